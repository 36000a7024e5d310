"""A batch packs all that follows from its inputs, each decision with the positions it saw."""

import json
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecord

from router.daemon.batch import LONGEST_KEY, Batch
from router.daemon.feed import Feed
from router.daemon.outbox import Outbox, Parcel
from router.daemon.surroundings import Surroundings
from router.engine import Engine
from router.wire.partitions import partition_of
from tests.unit.daemon.centre import (
    NAMES,
    POOL,
    agent_logs_in,
    contents,
    event,
    record,
    surroundings,
)

CONVERSATIONS, AGENTS, COMMANDS = 0, 1, 2


class Desk:
    """One shard's engine and feed, between two commits."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.engine = Engine(around.rules.policies)
        self.feed = Feed(0, [0, 0, 0], most_inputs=10_000, most_bytes=10_000_000)
        self.positions = [0, 0, 0]
        self._outbox = Outbox(around.connection, around.settings, partition=0)

    def give(self, source: int, *values: bytes | None, **more: Any) -> None:
        first = self.feed.to_fetch[source]
        read = [record(first + number, value, **more) for number, value in enumerate(values)]
        self.feed.give(source, read)

    def batch(self) -> Batch:
        made = Batch(self.around, outbox=self._outbox, partition=0, positions=list(self.positions))
        made.write(self.engine.advance(made.now))
        made.take(self.feed, self.engine)
        return made

    def packed(self) -> dict[str, list[DefaultRecord]]:
        """Decide a batch and give what it would publish, by topic."""
        batch = self.batch()
        parcels = batch.parcels(self.engine)
        self.positions = batch.positions
        return {parcel.topic: contents(parcel) for parcel in parcels}


def said(records: list[DefaultRecord]) -> list[dict[str, Any]]:
    events = [json.loads(record.value or b"") for record in records]
    return [{"type": each["type"], **each["data"]} for each in events]


def state(records: list[DefaultRecord]) -> dict[str, Any]:
    return {
        (record.key or b"").decode(): record.value and json.loads(record.value)
        for record in records
    }


@pytest.fixture
async def desk() -> Desk:
    return Desk(surroundings())


async def test_decisions_state_and_positions_leave_together(desk: Desk) -> None:
    desk.give(AGENTS, *agent_logs_in())
    desk.give(CONVERSATIONS, event("conversation.created", "c1", channel="chat"))

    packed = desk.packed()

    assert list(packed) == [NAMES.assignments, NAMES.state]
    assert [each["type"] for each in said(packed[NAMES.assignments])] == [
        "conversation.queued",
        "conversation.assigned",
    ]
    kept = state(packed[NAMES.state])
    assert kept["!positions"] == {"conversations": 1, "agents": 2, "commands": 0}
    assert kept[f"{POOL}|conversation|c1"]["stage"] == "assigned"
    assert packed[NAMES.state][-1].key == b"!positions"


async def test_each_decision_says_what_was_read_before_it(desk: Desk) -> None:
    desk.give(CONVERSATIONS, event("conversation.created", "c1", channel="chat"))
    desk.give(AGENTS, *agent_logs_in())
    desk.give(CONVERSATIONS, event("conversation.created", "c2", channel="chat"))

    decisions = said(desk.packed()[NAMES.assignments])

    assert [(each["type"], each["conversation"], each["read"]) for each in decisions] == [
        ("conversation.queued", "c1", {"conversations": 0, "agents": -1, "commands": -1}),
        ("conversation.assigned", "c1", {"conversations": 0, "agents": 1, "commands": -1}),
        ("conversation.queued", "c2", {"conversations": 1, "agents": 1, "commands": -1}),
        ("conversation.assigned", "c2", {"conversations": 1, "agents": 1, "commands": -1}),
    ]


async def test_a_timer_that_is_due_decides_before_the_next_input_is_read(desk: Desk) -> None:
    desk.give(AGENTS, *agent_logs_in())
    desk.give(CONVERSATIONS, event("conversation.created", "c1", channel="voice"))
    desk.packed()
    late = desk.batch()
    late.now += 20_000
    desk.give(CONVERSATIONS, event("conversation.created", "c2", channel="voice"))

    late.take(desk.feed, desk.engine)
    decisions = said(contents(late.parcels(desk.engine)[0]))

    expired, *_, queued = (
        each for each in decisions if each["type"] in {"offer.expired", "conversation.queued"}
    )
    assert (expired["cause"]["timer"], expired["read"]["conversations"]) == ("offer_expires", 0)
    assert (queued["conversation"], queued["read"]["conversations"]) == ("c2", 1)


async def test_an_unreadable_input_has_its_notice_in_the_same_transaction(desk: Desk) -> None:
    desk.give(CONVERSATIONS, b"{", event("conversation.created", "c1", channel="chat"))

    packed = desk.packed()

    (notice,) = said(packed[NAMES.dead_letters])
    assert (notice["reason"], notice["offset"]) == ("not_json", 0)
    assert packed[NAMES.dead_letters][0].key == POOL.encode()
    assert said(packed[NAMES.assignments])[0]["conversation"] == "c1"
    assert state(packed[NAMES.state])["!positions"]["conversations"] == 2


async def test_notices_are_spread_over_the_partitions_there_are() -> None:
    desk = Desk(surroundings(dead_letter_partitions=3))
    desk.give(COMMANDS, b"{")
    desk.give(COMMANDS, None, None, key=None)

    batch = desk.batch()
    letters = [each for each in batch.parcels(desk.engine) if each.topic == NAMES.dead_letters]
    by_partition = {parcel.partition: contents(parcel) for parcel in letters}

    keyed = partition_of(POOL.encode(), partitions=3)
    assert set(by_partition) <= {keyed, 1, 2}
    assert by_partition[keyed][0].key == POOL.encode()
    assert all(each.key is None for each in by_partition[2])


async def test_a_key_too_long_for_a_notice_is_left_out(desk: Desk) -> None:
    desk.give(COMMANDS, b"{}", key=b"k" * (LONGEST_KEY + 1))

    (notice,) = desk.packed()[NAMES.dead_letters]

    assert notice.key is None
    assert json.loads(notice.value or b"")["data"]["reason"] == "invalid_key"


async def test_where_nothing_happened_nothing_is_published(desk: Desk) -> None:
    assert desk.packed() == {}


async def test_inputs_without_a_decision_still_move_the_positions(desk: Desk) -> None:
    desk.give(AGENTS, *agent_logs_in())

    packed = desk.packed()

    assert list(packed) == [NAMES.state]
    assert state(packed[NAMES.state])["!positions"]["agents"] == 2


async def test_what_holds_no_input_is_passed_over_and_written_when_asked(desk: Desk) -> None:
    desk.give(AGENTS, *agent_logs_in())
    busy, idle = desk.batch(), Desk(desk.around).batch()

    assert busy.pass_over([3, 1, 0])
    (kept,) = busy.parcels(desk.engine)
    assert state(contents(kept))["!positions"] == {"conversations": 3, "agents": 2, "commands": 0}
    assert not busy.pass_over([3, 2, 0])
    assert idle.pass_over([1, 0, 0])
    assert idle.parcels(Desk(desk.around).engine) == []
    idle.keep_positions()
    (kept,) = idle.parcels(Desk(desk.around).engine)
    assert state(contents(kept))["!positions"]["conversations"] == 1


async def test_a_batch_ends_at_the_limits_and_leaves_the_rest() -> None:
    desk = Desk(surroundings(batch_inputs=100))
    desk.give(AGENTS, *(event("agent.heartbeat", "nobody") for _ in range(300)))

    desk.packed()

    assert 100 <= desk.positions[AGENTS] < 200
    assert desk.positions[AGENTS] + len(desk.feed) == 300


async def test_a_large_batch_has_as_many_pages_as_it_needs(desk: Desk) -> None:
    outbox = Outbox(desk.around.connection, desk.around.settings, partition=0)
    parcel = Parcel(outbox, "routing.state", 0, at=1)
    large = b"x" * 300_000
    for number in range(10):
        parcel.add(b"%d" % number, large)
    parcel.add(b"larger than a page", large * 5)

    pages = parcel.seal()

    assert len(pages) > 3
    assert [page.record_count() for page in pages][-1] == 1


async def test_a_restart_packs_the_same_records_again(desk: Desk) -> None:
    inputs = [
        (AGENTS, agent_logs_in()),
        (CONVERSATIONS, [event("conversation.created", "c1", channel="voice")]),
    ]
    packed = []
    for each in (desk, Desk(desk.around)):
        for source, values in inputs:
            each.give(source, *values)
        records = each.packed()
        events = said(records[NAMES.assignments])
        packed.append([(event["seq"], event["type"], event["read"]) for event in events])

    assert packed[0] == packed[1]
