"""Conditions that could not be answered are seen in the figures, and lose no conversation."""

import structlog

from router.daemon.metrics import Metrics
from router.daemon.reload import RulesInForce
from router.daemon.unanswered import MOST_NAMES, OTHERS, UnansweredConditions
from router.model.policy import Facts, Policy
from router.rules import loads

RULES = """\
version: 1
channels: {chat: {}}
topics: [hard]
qualification:
  - {name: large, when: attributes.amount > 500, set: {topic: hard}}
queues: {hard: {takes: attributes.amount > 500}, rest: {takes: true}}
"""


class Centre:
    """Rules in force and the figures of those who could not be answered."""

    def __init__(self, rules: str = RULES) -> None:
        self.metrics = Metrics()
        self.in_force = RulesInForce(loads(rules))
        self.conditions = UnansweredConditions(self.in_force, self.metrics)

    def asks(self, amount: object = None, policy: Policy | None = None) -> None:
        found = policy or self.in_force.policies.for_pool("any")
        assert found is not None
        facts = Facts(channel="chat", attributes={} if amount is None else {"amount": amount})  # type: ignore[dict-item]  # any number
        assert found.qualifier.qualify(facts).queue == "rest"

    def figure(self, of: str, name: str, cause: str) -> float | None:
        self.conditions.look()
        return self.metrics.registry.get_sample_value(
            "contact_router_conditions_unanswered_total",
            {"of": of, "name": name, "cause": cause},
        )


def test_each_is_counted_by_rule_and_cause_and_once() -> None:
    centre = Centre()
    for amount in (None, "much", "more", None, None, 3):
        centre.asks(amount)
    for _ in range(2):
        assert centre.figure("rule", "large", "missing") == 3
        assert centre.figure("rule", "large", "unusable") == 2
        assert centre.figure("queue", "hard", "unusable") == 2


def test_what_is_answered_has_no_figure() -> None:
    centre = Centre()
    centre.asks(3)
    assert centre.figure("rule", "large", "missing") is None


def test_the_log_names_the_rule_once_and_no_value() -> None:
    centre = Centre()
    with structlog.testing.capture_logs() as logs:
        for amount in (None, "secret", "secret"):
            centre.asks(amount)
            centre.conditions.look()
    assert [(each["log_level"], each["of"], each["name"]) for each in logs] == [
        ("warning", "rule", "large"),
        ("warning", "queue", "hard"),
    ]
    assert "secret" not in str(logs)


def test_other_rules_begin_anew_and_nothing_counted_before_is_lost() -> None:
    centre = Centre()
    old = centre.in_force.policies.for_pool("any")
    centre.asks("much")
    centre.conditions.look()
    centre.asks("much")
    centre.in_force.policies = loads(RULES.replace("500", "600"))
    centre.asks("much", policy=old)
    centre.asks("much")
    assert centre.figure("rule", "large", "unusable") == 4


def test_the_labels_have_an_end() -> None:
    many = "".join(
        f"  - {{name: rule {n}, when: attributes.amount > {n}, set: {{level: 1}}}}\n"
        for n in range(MOST_NAMES + 5)
    )
    centre = Centre(RULES.replace("queues:", f"{many}queues:"))
    centre.asks("much")
    assert centre.figure("rule", "rule 0", "unusable") == 1
    assert centre.figure("rule", OTHERS, "unusable") == 6
    assert centre.figure("queue", OTHERS, "unusable") == 1
