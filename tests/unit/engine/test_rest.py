"""Rest: whoever is done with a conversation is given nothing new for a while."""

from router.engine.candidates import candidate
from router.model import inputs
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

RESTS = """
version: 1
channels:
  chat: {units: 20, offer: {mode: automatic}, wrap_up: {fixed: 10s}}
  message: {units: 20, offer: {mode: automatic}}
  voice: {units: 20, offer: {mode: manual, expires: 60s}}
labels: {heated: {at_most: 9, rest: 30s}}
agents: {lease: 24h, rest: 5s}
qualification:
  - {name: hard, when: level >= 3, set: {labels: [heated]}}
queues: {all: {takes: true}}
"""


def worked(channel: str, **facts: int) -> Centre:
    """Let ana have a conversation, and end it."""
    centre = Centre(RESTS)
    centre.works("ana", channels={"chat": 5, "message": 5, "voice": 5})
    centre.asks("c1", channel, **facts)
    centre.about(inputs.ConversationEnded, conversation="c1")
    return centre


def test_a_rest_begins_when_the_wrap_up_is_over() -> None:
    centre = worked("chat")
    assert centre.asks("c2")[1:] == ["assigned c2 to ana"]
    assert centre.wait(10) == []
    assert centre.asks("c3") == ["queued c3 in all at 1"]
    assert centre.wait(5) == ["assigned c3 to ana"]


def test_a_rest_begins_at_once_where_there_is_no_wrap_up_or_it_is_done() -> None:
    centre = worked("message")
    assert centre.asks("c2") == ["queued c2 in all at 1"]
    assert centre.wait(5) == ["assigned c2 to ana"]
    centre = worked("chat")
    centre.about(inputs.AgentWrapupEnded, agent="ana", conversation="c1")
    assert centre.asks("c2") == ["queued c2 in all at 1"]


def test_the_longest_rest_counts_and_a_shorter_one_does_not_end_it() -> None:
    centre = worked("message", level=3)
    assert centre.asks("c2") == ["queued c2 in all at 1"]
    order = {"conversation": "c2", "agent": "ana", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandAssign, **order)[1:] == ["assigned c2 to ana"]
    centre.wait(20)
    centre.about(inputs.CommandClose, conversation="c2", by="eve", reason="r")
    centre.asks("c3")
    assert centre.wait(9) == []
    assert centre.wait(1) == ["assigned c3 to ana"]


def test_a_rest_goes_on_through_a_presence_a_restart_and_other_rules() -> None:
    centre = worked("message", level=3)
    centre.asks("c2")
    assert centre.declares("ana", "break") == centre.declares("ana", "available") == []
    assert centre.restarted() == []
    assert centre.swapped(RESTS.replace(", rest: 30s", "")) == ["policy.changed"]
    assert centre.wait(29) == []
    assert centre.wait(1) == ["assigned c2 to ana"]


def test_what_is_offered_already_stays_while_an_agent_rests() -> None:
    centre = Centre(RESTS)
    centre.works("ana", channels={"message": 5, "voice": 5})
    centre.asks("c1", "message")
    assert centre.asks("v1", "voice")[1:] == ["offered v1 to ana"]
    centre.about(inputs.ConversationEnded, conversation="c1")
    assert centre.answers("accepts", "v1") == ["assigned v1 to ana"]


def test_why_not_says_until_when_an_agent_rests() -> None:
    centre = worked("message", level=3)
    centre.asks("c2")
    pool = centre.engine.pools[POOL]
    told = candidate(pool, pool.conversations["c2"], "ana")
    assert (told.reason, told.until) == (PassedOver.RESTING, centre.milliseconds + 30_000)
