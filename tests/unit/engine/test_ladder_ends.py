"""At the end of a ladder others help, or something better is offered, however the queue stands."""

from router.model.inputs import ConversationTransferred, TransferTarget
from tests.unit.engine.centre import RULES, Centre

OVERFLOWS = """
    overflows:
      - {to: {team: lyon}, on: {waiting: 9}, off: {waiting: 2}, channels: [voice]}
      - {to: {queue: letters}, after: 1h}
      - {to: {queue: reimbursement}, on: {waiting: 9}, off: {waiting: 2}}"""
DEFLECTS = """
    deflects:
      - {offer: callback, on: {waiting: 9}, off: {waiting: 2}, text: We ring you back.}
      - {offer: voicemail, on: {oldest_wait: 2h}, off: {oldest_wait: 1h}, text: Leave a message.}
      - {offer: channel, channel: email, on: {closed: true}, text: Write to us.}
    hours: office"""
TEAMS = "teams: {in_house: {}, lyon: {partner: true}}\n"
OFFICE = 'calendars: {office: {timezone: UTC, weekly: {mon-sun: "00:00-24:00"}}}\n'


def centre(end: str, more: str) -> Centre:
    ladder = f"""takes: topic == "contracts"
    teams: [in_house]
    expands: [{{after: 1m, requires: {{contracts: 1}}}}, {end}]{more}"""
    rules = RULES.replace('takes: topic == "contracts"', ladder)
    return Centre(rules.replace("queues:", TEAMS + OFFICE + "queues:"))


def overflowing(end: str = "{after: 5m, then: overflow}") -> Centre:
    return centre(end, OVERFLOWS)


def deflecting(end: str = "{after: 5m, then: deflect}") -> Centre:
    return centre(end, DEFLECTS)


LAST_STEP = "expanded c1 in contracts: 2 {'contracts': 1}"


def test_at_the_end_it_goes_to_the_first_queue_that_is_meant_for_it_however_few_wait() -> None:
    story = overflowing()
    story.asks("c1", topic="contracts", level=2)
    story.wait(299)
    assert story.wait(1) == [LAST_STEP, "overflowed c1 from contracts to queue letters: ladder"]
    assert story.works("ana", {}) == ["assigned c1 to ana"]


def test_at_the_end_a_team_helps_before_it_goes_elsewhere_where_that_comes_first() -> None:
    story = overflowing()
    story.asks("c1", "voice", topic="contracts")
    story.wait(60)
    assert story.wait(240) == [
        LAST_STEP,
        "overflowed c1 from contracts to team lyon: ladder",
        "overflowed c1 from contracts to queue letters: ladder",
    ]


def test_nobody_is_sent_twice_by_the_same_rule() -> None:
    story = overflowing()
    story.asks("c1", topic="contracts")
    story.wait(300)
    assert story.works("ana", {"reimbursement": 1}) == ["assigned c1 to ana"]
    climbed = ["expanded c1 in contracts: 1 {'contracts': 1}", LAST_STEP]
    back = {"conversation": "c1", "agent": "ana", "to": TransferTarget(queue="contracts")}
    assert story.about(ConversationTransferred, **back) == [
        "requeued c1 in contracts at 1: transferred",
        *climbed,
        "overflowed c1 from contracts to queue reimbursement: ladder",
    ]
    assert story.works("eva", {"reimbursement": 1}, languages=("fr",)) == ["assigned c1 to eva"]
    assert story.about(ConversationTransferred, **back | {"agent": "eva"}) == [
        "requeued c1 in contracts at 1: transferred",
        *climbed,
    ]
    assert story.wait(1800) == []


def test_who_arrives_when_the_end_is_past_goes_at_once() -> None:
    story = overflowing()
    assert story.asks("c1", topic="contracts", arrived_at=story.milliseconds - 300_000) == [
        "queued c1 in contracts at 1",
        "expanded c1 in contracts: 1 {'contracts': 1}",
        LAST_STEP,
        "overflowed c1 from contracts to queue letters: ladder",
    ]


def test_an_offer_that_is_open_at_the_end_stays() -> None:
    story = overflowing()
    story.wait(1)
    story.asks("c1", "voice", topic="contracts", arrived_at=story.milliseconds - 290_000)
    assert story.works("ana", {"contracts": 1}) == ["offered c1 to ana"]
    assert story.wait(14) == []
    assert story.answers("accepts", "c1") == ["assigned c1 to ana"]


def test_the_end_may_come_on_a_condition() -> None:
    story = overflowing("{when: {waiting: 2}, then: overflow}")
    story.asks("c1", topic="contracts")
    story.asks("c2", topic="contracts")
    assert story.wait(0) == [
        LAST_STEP,
        "expanded c2 in contracts: 2 {'contracts': 1}",
        "overflowed c1 from contracts to queue letters: ladder",
        "overflowed c2 from contracts to queue letters: ladder",
    ]


def test_at_the_end_something_better_is_offered_each_once_and_then_it_waits() -> None:
    story = deflecting()
    story.asks("c1", topic="contracts")
    story.wait(60)
    assert story.wait(240) == [LAST_STEP, "deflected c1: callback"]
    assert story.prefers_to_wait("c1") == [
        "requeued c1 in contracts at 1: deflection_declined",
        "deflected c1: voicemail",
    ]
    assert story.prefers_to_wait("c1") == ["requeued c1 in contracts at 1: deflection_declined"]
    assert story.wait(600) == []
    assert story.works("ana", {"contracts": 1}) == ["assigned c1 to ana"]


def test_the_end_is_known_after_a_restart_and_new_rules_take_it_back() -> None:
    story = deflecting()
    story.asks("c1", topic="contracts")
    story.wait(300)
    assert story.restarted() == []
    assert story.prefers_to_wait("c1")[1:] == ["deflected c1: voicemail"]
    held = centre("{then: hold}", DEFLECTS).rules.sets[0]
    assert held.policy.version != story.rules.sets[0].policy.version
