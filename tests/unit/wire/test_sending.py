"""A conversation that is sent to another pool is read there as what it was here."""

import json

import msgspec
import pytest

from router.model.inputs import ConversationCreated, Customer
from router.wire import Record, Writer
from tests.unit.wire.events import read

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
LITTLE = ConversationCreated(
    pool="fr",
    id="sent-12",
    at=1_772_439_300_123,
    conversation="conv-1",
    channel="chat",
    arrived_at=1_772_439_060_000,
    hops=1,
)
MUCH = msgspec.structs.replace(
    LITTLE,
    traceparent=TRACE,
    topic_="reimbursement",
    level=3,
    language="fr-CA",
    priority=700,
    skills={"calm": 2},
    preferred_agents=("ana", "bob"),
    customer=Customer(id="c-7", tier="company"),
    attributes={"brand": "blue", "amount_eur": 1_500.5, "vip": True, "nothing": None},
    hops=3,
)


def written(sent: ConversationCreated) -> Record:
    return Writer(source="/contact-router").sent(sent, by="be")


@pytest.mark.parametrize("sent", [LITTLE, MUCH], ids=["little is known", "much is known"])
def test_what_is_sent_is_read_as_it_was(sent: ConversationCreated) -> None:
    record = written(sent)
    heard = read(record.value, key=record.key, headers=record.headers)
    assert isinstance(heard, ConversationCreated)
    expected = msgspec.structs.replace(sent, source="/contact-router/be", origin=heard.origin)
    assert heard == expected


def test_what_is_not_known_is_not_said() -> None:
    event = json.loads(written(LITTLE).value or b"")
    assert set(event["data"]) == {"channel", "arrived_at", "hops"}
    assert "traceparent" not in event
