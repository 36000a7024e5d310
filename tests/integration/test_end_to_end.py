"""From an event in to a decision out, on a real Kafka, through the router as operators run it."""

from typing import Any

import pytest

from tests.faults.events import Pen
from tests.faults.scene import CANARY, Scene
from tests.faults.site import Site, prove

POOL = "france"


class Desk:
    """Produces events by hand, in one mode, and waits for what they are answered with."""

    def __init__(self, site: Site, *, binary: bool = False) -> None:
        self._site = site
        self._binary = binary
        self._post = site.post()
        self._pen = Pen("/desk")

    def say(self, type_: str, subject: str, **data: Any) -> None:
        at = self._site.now()
        letter = self._pen.write(
            type_, pool=POOL, subject=subject, at=at, binary=self._binary, **data
        )
        self._post.send(letter)
        self._post.flush()

    def hear(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many decisions and give what they say, their type with it."""
        return [{**event["data"], "type": event["type"]} for event in self._site.decisions(count)]


@pytest.mark.parametrize("binary", [False, True], ids=["structured", "binary"])
def test_a_customer_is_offered_to_an_agent_who_takes_the_conversation_to_its_end(
    site: Site, *, binary: bool
) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    desk = Desk(site, binary=binary)
    profile = {"team": "day", "skills": {"claims": 2}, "channels": {"voice": 1}}
    desk.say("agent.updated", "ana", languages=["fr"], **profile)
    desk.say("agent.presence", "ana", presence="available")
    # Topics are read side by side: what is answered has been read, and all before it.
    desk.say("agent.wrapup_ended", "ana", conversation="c0")
    (stray,) = desk.hear(1)
    assert (stray["type"], stray["reason"]) == ("input.refused", "no_wrap_up")
    facts = {"channel": "voice", "topic": "claims", "level": 2, "language": "fr"}
    desk.say("conversation.created", "c1", text=f"my {CANARY} is ill", **facts)
    queued, offered = desk.hear(3)[1:]
    assert (queued["type"], queued["queue"], queued["place"]) == (
        "conversation.queued",
        "claims",
        1,
    )
    assert queued["qualified"]["requirements"] == {"claims": 2}
    assert (offered["type"], offered["agent"], offered["attempt"], offered["units"]) == (
        "conversation.offered",
        "ana",
        1,
        100,
    )
    assert queued["cause"] == offered["cause"]
    assert queued["cause"]["id"] == "desk-4"
    desk.say("offer.accepted", "c1", offer=offered["offer"], agent="ana")
    (assigned,) = desk.hear(4)[3:]
    assert (assigned["type"], assigned["agent"]) == ("conversation.assigned", "ana")
    assert assigned["why"] == offered["why"]
    desk.say("conversation.ended", "c1", agent="ana", outcome="resolved")
    (closed,) = desk.hear(5)[4:]
    assert (closed["type"], closed["reason"]) == ("conversation.closed", "ended")
    assert [each["seq"] for each in desk.hear(5)] == [1, 2, 3, 4, 5]
    prove(site)
    assert router.stop() == 0


@pytest.mark.parametrize("binary", [0.0, 1.0], ids=["structured", "binary"])
def test_a_busy_minute_of_a_whole_centre_breaks_no_promise(site: Site, *, binary: float) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    platform = site.platform(Scene(seed=5, binary=binary, arrivals_per_s=60))
    platform.start()
    platform.wait_for(lambda: platform.seen["conversation.closed"] > 150, timeout_s=30)
    platform.calm_down()
    platform.wait_until_served(30)
    report = prove(site)
    assert report.counts["refusals"] > 0
    assert router.stop() == 0


def test_a_restart_forgets_no_event_id_no_customer_and_no_number(site: Site) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    desk = Desk(site)
    desk.say("conversation.created", "c1", channel="chat", topic="claims")
    desk.hear(1)
    assert router.stop() == 0
    again = Desk(site)
    # Sent while nobody reads: the same event, under the same id of the same source.
    again.say("conversation.created", "c1", channel="chat", topic="claims")
    router.start()
    router.wait_ready()
    again.say("conversation.created", "c1", channel="chat", topic="claims")
    first, repeated, exists = again.hear(3)
    assert first["type"] == "conversation.queued"
    assert (repeated["type"], repeated["reason"]) == ("input.refused", "duplicate")
    assert (exists["type"], exists["reason"]) == ("input.refused", "conversation_exists")
    assert [first["seq"], repeated["seq"], exists["seq"]] == [1, 2, 3]
    router.kill()
    router.start()
    router.wait_ready()
    third = Desk(site)
    third.say("conversation.created", "c1", channel="chat", topic="claims")
    third.say("conversation.abandoned", "c1")
    fourth, refused = third.hear(5)[3:]
    assert (fourth["reason"], refused["type"]) == ("duplicate", "input.refused")
    assert refused["reason"] == "duplicate", "the second event of this source has an id seen before"


def test_platforms_may_compress_with_what_they_like(site: Site) -> None:
    """A batch is only compressed where that makes it smaller, so there is something to say."""
    router = site.router()
    router.start()
    router.wait_ready()
    pen, codecs = Pen("/desk"), ("none", "gzip", "snappy", "lz4", "zstd")
    for codec in codecs:
        post = site.post(codec=codec)
        told: dict[str, Any] = {"channel": "chat", "topic": "claims", "text": f"{CANARY} " * 100}
        post.send(
            pen.write("conversation.created", pool=POOL, subject=codec, at=site.now(), **told)
        )
        post.flush()

    queued = site.decisions(len(codecs))

    assert [each["subject"] for each in queued] == list(codecs)
    prove(site)
    assert router.stop() == 0
