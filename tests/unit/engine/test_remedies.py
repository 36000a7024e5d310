"""What would help is true: after the change that is named somebody has the conversation."""

from router.engine.remedies import Change, Remedy, changes, smallest_change
from router.model import inputs
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
channels:
  chat: {offer: {mode: automatic}, wrap_up: {fixed: 60s}}
  message: {offer: {mode: automatic}}
  voice: {offer: {mode: manual, expires: 60s}, wrap_up: {open: true}}
skills: {a: 1..3, b: 1..3}
topics: [easy_or_hard, either, beyond, exactly, any, spoken, odd, hurried]
labels: {hot: {at_most: 1, rest: 30s}, tricky: {at_most: 1}}
agents: {lease: 24h}
qualification:
  - {name: hot, when: has(attributes.angry), set: {labels: [hot]}}
  - {name: tricky, when: topic == "any" && level >= 2, set: {labels: [tricky]}}
  - {name: hard, when: topic == "easy_or_hard", set: {level: 3}}
queues:
  hard: {takes: topic == "easy_or_hard" && level >= 3, requires: {a: ">= level"}}
  odd: {takes: topic == "odd" && level != 3, requires: {a: ">= level"}}
  easy: {takes: topic == "easy_or_hard", requires: {b: 1}}
  either: {takes: topic == "either", requires: {any_of: [{a: 2}, {b: 3}]}}
  beyond: {takes: topic == "beyond", requires: {a: ">= level + 2"}}
  exactly: {takes: topic == "exactly", requires: {not: {a: "< 2"}, b: "!= 1"}}
  any: {takes: topic == "any", requires: {any_skill: 2}}
  spoken: {takes: topic == "spoken", requires: {any_of: [{language: it}, {a: 3, b: 3}]}}
  urgent: {takes: topic == "hurried" && priority >= 500, requires: {a: ">= level"}}
  all: {takes: true}
"""


def remedy(centre: Centre, conversation: str) -> Remedy:
    pool = centre.engine.pools[POOL]
    found = smallest_change(pool, pool.conversations[conversation])
    assert found is not None
    return found


def every(centre: Centre, conversation: str) -> list[str]:
    pool = centre.engine.pools[POOL]
    return [each.words for each in changes(pool, pool.conversations[conversation])]


def nothing_helps(centre: Centre, conversation: str) -> bool:
    pool = centre.engine.pools[POOL]
    return smallest_change(pool, pool.conversations[conversation]) is None


def test_a_level_less_helps_nobody_where_it_leads_to_another_queue() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 2})
    centre.asks("c1", topic="easy_or_hard")
    assert remedy(centre, "c1").words == "if bob had a 3, not 2"
    again = centre.about(inputs.ConversationUpdated, conversation="c1", level=2)
    assert again == ["queued c1 in easy at 1"]


def test_a_level_that_another_queue_takes_is_passed_over_for_one_that_stays() -> None:
    centre = Centre(RULES)
    centre.works("ana", {"a": 3})
    centre.asks("c1", topic="odd", level=9)
    assert remedy(centre, "c1").words == "if it were of level 2, not 9, ana could have it"
    centre.about(inputs.ConversationUpdated, conversation="c1", level=2)
    assert centre.engine.pools[POOL].conversations["c1"].stage == "assigned"


def test_of_a_lower_level_the_priority_that_was_ordered_counts() -> None:
    centre = Centre(RULES)
    centre.works("ana", {"a": 2})
    centre.about(inputs.AgentPresence, agent="ana", presence=inputs.Presence.BREAK)
    centre.asks("c1", topic="hurried", level=3)
    order = {"by": "sofia", "reason": "tells why"}
    centre.about(inputs.CommandPrioritise, conversation="c1", priority=600, **order)
    centre.about(inputs.ConversationUpdated, conversation="c1", attributes={"seen": True})
    centre.about(inputs.AgentPresence, agent="ana", presence=inputs.Presence.AVAILABLE)
    assert "if it were of level 2, not 3, ana could have it" in every(centre, "c1")


def test_of_a_lower_level_it_counts_as_the_rules_would_have_it_then() -> None:
    centre = Centre(RULES)
    centre.works("ana", {"a": 3}, channels={"message": 3}, capacity=300)
    assert centre.asks("c1", "message", topic="any", level=2)[1:] == ["assigned c1 to ana"]
    centre.asks("c2", "message", topic="any", level=2)
    found = remedy(centre, "c2")
    assert found.words == "if ana were done with c1"
    assert "if it were of level 1, not 2, ana could have it" in every(centre, "c2")
    centre.about(inputs.ConversationUpdated, conversation="c2", level=1)
    assert centre.engine.pools[POOL].conversations["c2"].stage == "assigned"


def test_asking_what_would_help_counts_no_condition_as_unanswered() -> None:
    centre = Centre(RULES.replace("has(attributes.angry)", "attributes.angry == 1"))
    centre.works("bob", {"a": 2})
    centre.asks("c1", topic="easy_or_hard", level=3)
    counts = list(centre.rules.unanswered())
    assert counts
    assert remedy(centre, "c1").change is Change.LEARN
    assert list(centre.rules.unanswered()) == counts


def test_nobody_is_to_learn_a_level_that_does_not_exist() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 2})
    centre.asks("c1", topic="beyond", level=2)
    assert nothing_helps(centre, "c1")
    centre.asks("c2", topic="beyond", level=1)
    assert remedy(centre, "c2").words == "if bob had a 3, not 2"


def test_one_level_more_is_found_where_one_of_several_skills_will_do() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 1})
    centre.asks("c1", topic="either")
    found = remedy(centre, "c1")
    assert (found.change, found.words, found.steps) == (Change.LEARN, "if bob had a 2, not 1", 1)
    centre.works("bob", {"a": 2})
    assert centre.engine.pools[POOL].conversations["c1"].stage == "assigned"


def test_one_level_more_is_found_where_something_must_not_be_so() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 2, "b": 1})
    centre.works("cas", {"a": 1})
    centre.asks("c1", topic="exactly")
    assert every(centre, "c1") == ["if bob had b 2, not 1", "if cas had a 2, not 1"]


def test_one_level_more_in_whatever_skill_he_has() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 1})
    centre.asks("c1", topic="any")
    assert remedy(centre, "c1").words == "if bob had a 2, not 1"


def test_a_language_is_found_where_it_is_one_of_several_ways() -> None:
    centre = Centre(RULES)
    centre.works("bob", {"a": 1})
    centre.asks("c1", topic="spoken")
    assert (remedy(centre, "c1").change, remedy(centre, "c1").words) == (
        Change.SPEAK,
        "if bob spoke it",
    )


def test_who_rests_is_waited_for_until_the_rest_is_over() -> None:
    centre = Centre(RULES)
    centre.works("ana", channels={"message": 1})
    centre.asks("c1", "message", attributes={"angry": 1})
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.asks("c2", "message")
    found = remedy(centre, "c2")
    assert (found.change, found.words) == (
        Change.END_REST,
        "once the rest of ana is over, ana could have it",
    )
    assert found.until == centre.milliseconds + 30_000
    assert centre.wait(30) == ["assigned c2 to ana"]


def test_who_rests_and_is_on_a_break_is_two_changes_away() -> None:
    centre = Centre(RULES)
    centre.works("ana", channels={"message": 1})
    centre.asks("c1", "message", attributes={"angry": 1})
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.declares("ana", "break")
    centre.asks("c2", "message")
    assert nothing_helps(centre, "c2")
    assert centre.declares("ana", "available") == []


def test_who_has_a_conversation_is_free_after_the_work_that_follows_it() -> None:
    centre = Centre(RULES)
    centre.works("ana", channels={"chat": 1})
    centre.asks("c1")
    centre.asks("c2")
    assert remedy(centre, "c2").words == "if ana were done with c1 and the work after it"
    centre.about(inputs.ConversationEnded, conversation="c1")
    found = remedy(centre, "c2")
    assert found.words == "if the wrap-up of c1 by ana were over"
    assert found.until == centre.milliseconds + 60_000
    assert centre.wait(60) == ["assigned c2 to ana"]


def test_who_has_a_hot_conversation_is_free_after_a_rest() -> None:
    centre = Centre(RULES)
    centre.works("ana", channels={"chat": 1, "message": 1})
    centre.asks("c1", attributes={"angry": 1})
    centre.asks("c2")
    assert remedy(centre, "c2").words == (
        "if ana were done with c1 and the work after it, and had rested"
    )
    centre.about(inputs.ConversationEnded, conversation="c1")
    found = remedy(centre, "c2")
    assert found.words == "if the wrap-up of c1 by ana were over, and ana had rested"
    assert found.until == centre.milliseconds + 90_000
    assert centre.wait(60) == centre.wait(29) == []
    assert centre.wait(1) == ["assigned c2 to ana"]


def test_who_is_only_asked_yet_has_no_work_after_it() -> None:
    centre = Centre(RULES)
    centre.works("ana", channels={"voice": 1})
    centre.asks("c1", "voice")
    centre.asks("c2", "voice")
    assert remedy(centre, "c2").words == "if ana were done with c1"
    centre.answers("accepts", "c1")
    assert remedy(centre, "c2").words == "if ana were done with c1 and the work after it"
