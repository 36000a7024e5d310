from typing import Any

import pytest

from router.demo.agenda import Agenda
from router.demo.events import Letter, Pen, Voice
from router.model.inputs import ConversationCreated, Input, Topic
from router.wire.reader import Reader

FACTS: dict[str, Any] = {
    "channel": "chat",
    "language": "fr",
    "level": None,
    "attributes": {"nps": 9},
    "customer": {"id": "k1", "tier": "person"},
    "text": "Où en est mon remboursement ?",
}


def read(letter: Letter) -> Input:
    reader = Reader(topics={topic.value: topic for topic in Topic}, partitions=1)
    event = reader.read(
        topic=letter.topic.value,
        partition=0,
        offset=0,
        timestamp=0,
        key=letter.key,
        value=letter.value,
        headers=letter.headers,
    )
    assert isinstance(event, Input), event
    return event


@pytest.mark.parametrize("binary", [False, True], ids=["structured", "binary"])
def test_the_router_reads_what_platforms_write_in_either_mode(binary: bool) -> None:
    letter = Pen("/chat", pool="france", binary=binary).write(
        "conversation.created", "c1", at=1_772_000_000.25, **FACTS
    )
    event = read(letter)

    assert isinstance(event, ConversationCreated)
    assert (event.pool, event.conversation, event.at) == ("france", "c1", 1_772_000_000_250)
    assert (event.channel, event.level, event.text) == ("chat", None, FACTS["text"])
    assert event.attributes == {"nps": 9}
    assert event.customer is not None
    assert event.customer.id == "k1"
    assert (event.source, event.id) == ("/chat", letter.id)


def test_no_id_is_used_twice() -> None:
    pen = Pen("/desk", pool="france")
    letters = [pen.write("agent.heartbeat", "ana", at=1.0) for _ in range(3)]

    assert len({letter.id for letter in letters}) == 3
    assert {letter.topic for letter in letters} == {Topic.AGENTS}


def test_a_voice_speaks_at_the_time_it_is() -> None:
    agenda = Agenda(1_772_000_000.0)
    said: list[Letter] = []
    voice = Voice(Pen("/desk", pool="france"), agenda, said.append)
    agenda.later(2.5, lambda: voice.say("agent.presence", "ana", presence="available"))

    agenda.advance(1_772_000_010.0)

    assert [read(letter).at for letter in said] == [1_772_000_002_500]
