"""Qualification turns what is known into topic, level, language, priority and a queue, in order."""

from typing import Any

from router.model.inputs import Customer
from router.model.policy import Facts, Verdict
from router.rules import loads
from router.rules.qualification import Qualification
from router.rules.unanswered import Cause, Unanswered
from router.rules.writing import yaml_text

HEAD = """\
version: 1
channels: {chat: {}, voice: {}}
skills: {calm: 1..3, billing: 1..3}
topics: [billing, contracts, other]
"""
QUEUES = """\
queues:
  hard billing: {takes: topic == "billing" && level >= 2}
  billing: {takes: [billing]}
  urgent: {takes: priority >= 500}
  rest: {takes: topic == "other"}
"""


def qualifier(rules: str, queues: str = QUEUES) -> Qualification:
    found = loads(f"{HEAD}qualification:\n{rules}{queues}").policies[0].qualifier
    assert isinstance(found, Qualification)
    return found


def verdict(rules: str, **facts: Any) -> Verdict:
    return qualifier(rules).qualify(Facts(**{"channel": "chat", **facts}))


TOPICS = """\
  - {name: by menu, when: attributes.menu == "1", set: {topic: billing, level: 1}}
  - {name: large, when: topic == "billing" && attributes.amount > 500, set: {level: 3}}
  - {name: the rest, set: {topic: other, level: 2, language: fr}}
"""


def test_the_first_rule_that_says_something_wins() -> None:
    found = verdict(TOPICS, attributes={"menu": "1"})
    assert (found.topic, found.level, found.language) == ("billing", 1, "fr")
    assert found.rules == ("by menu", "the rest")
    assert found.queue == "billing"


def test_a_later_rule_sees_what_a_former_one_set() -> None:
    rules = TOPICS.replace(", level: 1", "")
    found = verdict(rules, attributes={"menu": "1", "amount": 501})
    assert (found.topic, found.level, found.queue) == ("billing", 3, "hard billing")
    assert found.rules == ("by menu", "large", "the rest")


def test_what_the_platform_said_is_honoured() -> None:
    found = verdict(TOPICS, topic="contracts", level=1, language="de", attributes={"menu": "1"})
    assert (found.topic, found.level, found.language) == ("contracts", 1, "de")
    assert found.rules == ("by menu", "the rest")
    assert found.queue is None


def test_a_final_rule_ends_the_reading() -> None:
    rules = "  - {name: stop, when: level == 1, final: true}\n" + TOPICS
    assert verdict(rules, attributes={"menu": "1"}).rules == ("stop",)
    assert verdict(rules, level=2, attributes={"menu": "1"}).rules == ("by menu", "the rest")


PRIORITIES = """\
  - {name: angry, when: attributes.nps <= 2, set: {priority: +200}}
  - {name: company, when: customer.tier == "company", set: {priority: 300}}
  - {name: gold, when: 'customer.tier in ["gold", "company"]', set: {priority: 400}}
  - {name: patient, when: attributes.patient, set: {priority: -100}}
  - {name: seen, when: priority >= 500, set: {topic: other}}
"""


def test_priorities_add_up_and_are_set_once() -> None:
    company = Customer(tier="company")
    assert verdict(PRIORITIES).priority == 0
    assert verdict(PRIORITIES, customer=company).priority == 300
    assert verdict(PRIORITIES, customer=Customer(tier="gold")).priority == 400
    angry = verdict(PRIORITIES, customer=company, attributes={"nps": 1})
    assert (angry.priority, angry.queue) == (500, "urgent")
    assert angry.rules == ("angry", "company", "gold", "seen")


def test_a_given_priority_is_not_replaced_but_added_to() -> None:
    company = Customer(tier="company")
    assert verdict(PRIORITIES, priority=10, customer=company).priority == 10
    assert verdict(PRIORITIES, priority=10, attributes={"nps": 0}).priority == 210
    assert verdict(PRIORITIES, priority=0, customer=company).priority == 0


def test_an_ordered_priority_is_neither_added_to_nor_replaced_and_conditions_see_it() -> None:
    company = Customer(tier="company")
    ordered = {"ordered_priority": 500, "priority": 10, "customer": company}
    found = verdict(PRIORITIES, **ordered, attributes={"nps": 0})
    assert (found.priority, found.queue) == (500, "urgent")
    assert verdict(PRIORITIES, ordered_priority=0, customer=company).priority == 0


def test_priority_keeps_within_its_limits() -> None:
    assert verdict(PRIORITIES, priority=900, attributes={"nps": 0}).priority == 1000
    assert verdict(PRIORITIES, priority=50, attributes={"patient": True}).priority == 0


def test_skills_are_merged_by_name() -> None:
    rules = """\
  - {name: one, set: {skills: {calm: 2}}}
  - {name: two, set: {skills: {calm: 3, billing: 1}}}
  - {name: seen, when: skills.billing == 1 && skills.calm == 2, set: {topic: other}}
"""
    assert verdict(rules).skills == {"calm": 2, "billing": 1}
    assert verdict(rules).topic == "other"
    given = {"calm": 1}
    assert verdict(rules, skills=given).skills == {"calm": 1, "billing": 1}
    assert given == {"calm": 1}


def test_a_level_nobody_said_reads_as_the_simplest() -> None:
    rules = "  - {name: simple, when: level == 1, set: {topic: billing}}\n"
    found = verdict(rules)
    assert (found.level, found.queue) == (None, "billing")


def test_a_condition_that_cannot_be_answered_does_not_hold_and_is_counted() -> None:
    rules = qualifier(TOPICS)
    found = [
        rules.qualify(Facts(channel="chat", attributes=each)).rules
        for each in ({}, {}, {"menu": "1", "amount": "much"}, {"menu": "1", "amount": 3})
    ]
    assert found == [("the rest",), ("the rest",), *[("by menu", "the rest")] * 2]
    assert list(rules.unanswered) == [
        Unanswered("rule", "by menu", Cause.MISSING, 2),
        Unanswered("rule", "large", Cause.UNUSABLE, 1),
    ]


def test_a_part_that_is_sure_without_the_rest_is_an_answer() -> None:
    rules = qualifier(
        "  - {name: one, when: attributes.a > 1 || level == 1, set: {topic: other}}\n"
    )
    assert rules.qualify(Facts(channel="chat")).rules == ("one",)
    assert list(rules.unanswered) == []


def test_whether_something_is_there_can_always_be_answered() -> None:
    rules = qualifier(
        "  - {name: one, when: has(attributes.a) && attributes.a > 1, set: {topic: other}}\n"
    )
    rules.qualify(Facts(channel="chat"))
    assert list(rules.unanswered) == []
    rules.qualify(Facts(channel="chat", attributes={"a": "x"}))
    assert list(rules.unanswered) == [Unanswered("rule", "one", Cause.UNUSABLE, 1)]


def test_a_queue_that_cannot_answer_leaves_the_conversation_to_the_next() -> None:
    queues = "queues: {large: {takes: attributes.amount > 500}, rest: {takes: true}}\n"
    rules = qualifier("  []\n", queues)
    for attributes in ({}, {"amount": "much"}):
        assert rules.qualify(Facts(channel="chat", attributes=attributes)).queue == "rest"
    assert rules.queue_for(Facts(channel="chat", attributes={"amount": None})) == "rest"
    assert list(rules.unanswered) == [
        Unanswered("queue", "large", Cause.MISSING, 1),
        Unanswered("queue", "large", Cause.UNUSABLE, 2),
    ]


WORDS = """\
  - {name: angry, when: 'text.mentions(["avocat", "inadmissible"]) || attributes.nps <= 2', set: {priority: +200}}
  - {name: stop, when: 'channel == "voice"', set: {topic: other}, final: true}
  - {name: billing, when: 'text.mentions(["facture*"])', set: {topic: billing}}
  - {name: both, when: 'text.mentions(["mutuelle"]) && !text.mentions(["pas"])', set: {topic: contracts}}
"""


def test_words_are_heard_and_remembered_by_the_rules_that_heard_them() -> None:
    rules = qualifier(WORDS)
    first = rules.qualify(Facts(channel="chat", text="Ma facture, c'est INADMISSIBLE"))
    assert (first.topic, first.priority, first.rules) == ("billing", 200, ("angry", "billing"))
    assert first.text_rules == {"angry", "billing"}

    again = rules.qualify(Facts(channel="chat", text_rules=first.text_rules, level=2))
    assert (again.topic, again.priority, again.rules) == ("billing", 200, ("angry", "billing"))
    assert again.text_rules == first.text_rules
    assert again.queue == "hard billing"


def test_new_words_replace_what_was_heard() -> None:
    found = verdict(WORDS, text="bonjour", text_rules=frozenset({"angry", "billing"}))
    assert (found.rules, found.text_rules) == ((), frozenset())


def test_a_call_without_words_is_judged_by_the_other_facts() -> None:
    assert verdict(WORDS, attributes={"nps": 1}).rules == ("angry",)
    assert verdict(WORDS, attributes={"nps": 9}).rules == ()


def test_words_are_heard_even_where_a_final_rule_ended_the_reading() -> None:
    rules = qualifier(WORDS)
    call = rules.qualify(Facts(channel="voice", text="une facture"))
    assert (call.topic, call.rules, call.text_rules) == (
        *("other", ("stop",), frozenset({"billing"})),
    )

    moved = rules.qualify(Facts(channel="chat", text_rules=call.text_rules))
    assert (moved.topic, moved.rules) == ("billing", ("billing",))


def test_a_rule_with_two_questions_remembers_both() -> None:
    rules = qualifier(WORDS)
    for text, topic in (("ma mutuelle", "contracts"), ("pas ma mutuelle", None), ("pas", None)):
        first = rules.qualify(Facts(channel="chat", text=text))
        again = rules.qualify(Facts(channel="chat", text_rules=first.text_rules))
        assert (first.topic, again.topic) == (topic, topic)
        assert again.text_rules == first.text_rules


def test_what_rules_of_another_time_heard_is_forgotten() -> None:
    assert verdict(WORDS, text_rules=frozenset({"gone"})).text_rules == frozenset()


def test_a_conversation_can_be_sent_on_without_the_rules() -> None:
    rules = qualifier(TOPICS)
    assert rules.queue_for(Facts(channel="chat", topic="billing")) == "billing"
    assert rules.queue_for(Facts(channel="chat", topic="billing", level=2)) == "hard billing"
    assert rules.queue_for(Facts(channel="chat", priority=500)) == "urgent"
    assert rules.queue_for(Facts(channel="chat")) is None


def test_a_queue_that_takes_nothing_gets_nothing() -> None:
    found = qualifier(TOPICS, "queues: {closed: {takes: false}, open: {takes: true}}\n")
    assert found.qualify(Facts(channel="chat")).queue == "open"


NAMING = """\
  - {name: by hand, when: attributes.desk == "hard", set: {queue: hard billing}}
  - {name: urgent, when: attributes.now == true, set: {queue: urgent}}
  - {name: the rest, set: {topic: other}}
"""


def test_a_rule_names_the_queue_whatever_queues_take_and_the_first_one_counts() -> None:
    assert verdict(NAMING, attributes={"desk": "hard", "now": True}).queue == "hard billing"
    assert verdict(NAMING, attributes={"now": True}).queue == "urgent"
    assert verdict(NAMING, attributes={}).queue == "rest"
    assert verdict(NAMING, attributes={"desk": "hard"}).topic == "other"


def test_a_queue_that_a_rule_names_is_reached_though_another_takes_all_of_it() -> None:
    queues = "queues:\n  all: {takes: true}\n  urgent: {takes: priority >= 500}\n"
    named = "  - {name: now, when: attributes.now == true, set: {queue: urgent}}\n"
    spoken = "  - {name: about, set: {topic: QUEUE}}\n"
    spoken = "".join(
        spoken.replace("about", each).replace("QUEUE", each)
        for each in ("billing", "contracts", "other")
    )
    with_it = loads(f"{HEAD}qualification:\n{named}{spoken}{queues}").warnings
    without = loads(f"{HEAD}qualification:\n{spoken}{queues}").warnings
    assert not any("nothing comes to `urgent`" in each.message for each in with_it)
    assert any("nothing comes to `urgent`" in each.message for each in without)


def test_rules_that_name_a_queue_are_written_out_and_read_again() -> None:
    (first,) = loads(f"{HEAD}qualification:\n{NAMING}{QUEUES}").sets
    assert first.document["qualification"][0]["set"] == {"queue": "hard billing"}
    (again,) = loads(yaml_text(first.document)).sets
    assert again.policy.version == first.policy.version


def test_what_a_queue_inherits_of_estimates_and_status_can_be_taken_back() -> None:
    queues = """\
queues:
  first: {takes: [billing], estimates: {handling: 5m}, status: {}}
  same: {like: first, takes: [contracts]}
  silent: {like: first, takes: true, estimates: false, status: false}
"""
    found = loads(f"{HEAD}{queues}").policies[0].queues
    assert found["same"].estimates == found["first"].estimates is not None
    assert found["same"].status == found["first"].status is not None
    assert found["silent"].estimates is None
    assert found["silent"].status is None
