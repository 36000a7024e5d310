"""What a pool stands under that no rules are for: nothing is taken, and what waits stays."""

from router.model.policy import Facts, Policy, Verdict, as_given


class Nobody:
    """The qualifier of a pool without rules: no queue takes anything."""

    def qualify(self, facts: Facts) -> Verdict:
        """Take nothing."""
        return as_given(facts, queue=None)

    def qualify_as_if(self, facts: Facts) -> Verdict:
        """Take nothing."""
        return as_given(facts, queue=None)

    def queue_for(self, _facts: Facts) -> str | None:
        """Take nothing."""
        return None


NO_POLICY = Policy(version="", files="", channels={}, queues={}, qualifier=Nobody())
"""In force where no rules are for a pool."""
