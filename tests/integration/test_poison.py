"""Bad messages: each has its one dead letter with the reason, and harms none of the good ones."""

from typing import Any

from tests.checker import Topics
from tests.checker.events import partition_of, read_event
from tests.checker.topics import INPUTS, Record
from tests.faults.events import Letter, Pen
from tests.faults.poison import Poison, every_kind
from tests.faults.scene import CANARY
from tests.faults.site import Site, prove

POOL = "france"


def kinds(site: Site, tag: str) -> list[Poison]:
    elsewhere = (partition_of(POOL.encode(), site.partitions) + 1) % site.partitions
    return every_kind(pool=POOL, at=site.now(), tag=tag, wrong_partition=elsewhere)


def dead_letters(topics: Topics) -> dict[tuple[str, int, int], list[dict[str, Any]]]:
    found: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for record in topics.of("dead-letters"):
        event = read_event(record)
        assert event is not None
        data = event.data
        place = data["topic"], data["partition"], data["offset"]
        found.setdefault(place, []).append(data)
    return found


def record_of(letter: Letter, topics: Topics) -> Record:
    """Find where a letter came to lie."""
    (found,) = (
        record
        for name in INPUTS
        for record in topics.of(name)
        if (record.key, record.value, record.headers) == (letter.key, letter.value, letter.headers)
    )
    return found


def test_every_kind_of_bad_message_has_one_dead_letter_and_all_good_ones_are_decided(
    site: Site,
) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    post, pen = site.post(), Pen("/desk")
    first, second = kinds(site, "one"), kinds(site, "two")
    assert len({each.kind for each in first}) == 27

    def good(number: int) -> Letter:
        told: dict[str, Any] = {"channel": "chat", "topic": "claims", "text": f"my {CANARY} is ill"}
        subject = f"c{number}"
        return pen.write("conversation.created", pool=POOL, subject=subject, at=site.now(), **told)

    for number, poison in enumerate(first):
        post.send(good(number))
        post.send(poison.letter)
    post.flush()
    site.decisions(len(first))
    router.kill()
    # The same again after a crash: what was noticed before is not noticed again.
    router.start()
    router.wait_ready()
    for number, poison in enumerate(second, start=len(first)):
        post.send(poison.letter)
        post.send(good(number))
    post.flush()
    site.decisions(len(first) + len(second))
    report = prove(site)
    assert report.counts["dead letters"] == len(first) + len(second)
    topics = site.topics()
    letters = dead_letters(topics)
    wrong = {}
    for poison in (*first, *second):
        record = record_of(poison.letter, topics)
        (letter,) = letters[record.topic, record.partition, record.offset]
        named = letter["reason"], letter.get("field") if poison.field else None
        if named != (poison.reason, poison.field):
            wrong[poison.kind] = named
    assert wrong == {}
    assert router.stop() == 0
