"""Rules under which nearly everything is helped with by others, of whom only so many are lent at once."""

from msgspec.structs import replace

from router.model.overflow import Overflow, Target
from router.model.policy import Policy
from router.model.requirement import AllOf, SiteTerm, TeamTerm
from tests.properties.chance import Chance, one_in


def helping(
    rules: Policy, chance: Chance, *, teams: tuple[str, ...], sites: tuple[str, ...]
) -> Policy:
    """Make other rules of these: a team serves every queue, the others and the sites help it soon."""
    queues = {}
    for name, queue in rules.queues.items():
        own = chance.one_of(teams)
        helpers = [(Target.TEAM, each) for each in teams if each != own]
        helpers += [(Target.SITE, each) for each in sites]
        queues[name] = replace(
            queue,
            requires=queue.requires if one_in(4, chance) else AllOf(),
            serves=TeamTerm(own),
            hours=None,
            expands=queue.expands if one_in(3, chance) else (),
            deflects=(),
            overflows=tuple(
                _help(f"{name}: {to}", kind, to, chance)
                for kind, to in helpers
                if not one_in(3, chance)
            ),
        )
    return replace(rules, queues=queues, quotas=rules.quotas if one_in(4, chance) else {})


def _help(name: str, kind: Target, to: str, chance: Chance) -> Overflow:
    return Overflow(
        name=name,
        kind=kind,
        to=to,
        lends=TeamTerm(to) if kind is Target.TEAM else SiteTerm(to),
        lends_at_most=chance.one_of((1, 1, 2, None)),
        after_ms=chance.one_of((0, 1, 5_000)),
    )
