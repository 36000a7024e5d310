"""What the topics hold after a day: its inputs and decisions, as they would lie on Kafka.

For whoever judges by the topics alone, together with what he is told of the rules. Each decision
says what was read before it; inputs are written as a platform writes them, with the fields of the
contract.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from router.model.inputs import CommandInput, Input, Topic
from router.model.outputs import Decision, InputCause
from router.model.policy import OfferMode, Policy
from router.wire.writer import Read, Writer
from tests.checker import Centre, Record, Topics
from tests.checker.centre import ChannelRules, QuotaRules, StatusRules
from tests.checker.topics import INPUTS, OUTPUTS
from tests.properties.bounding import Rounds

ENVELOPE: Final = frozenset({"pool", "id", "source", "at", "traceparent", "origin"})
LAST_MS: Final = 253_402_300_799_000
TIMES: Final = ("arrived_at", "until", "callback_at")


class Published:
    """The topics of one partition in the making."""

    def __init__(self) -> None:
        self._writer = Writer(source="/contact-router")
        self._records: dict[str, list[Record]] = {name: [] for name in (*INPUTS, *OUTPUTS)}
        self._read = dict.fromkeys(INPUTS, -1)

    def step(self, decided: Iterable[Decision], heard: Input | None = None) -> None:
        """Write an input, if there was one, and what was decided at that moment."""
        for decision in decided:
            if heard is not None and isinstance(decision.cause, InputCause):
                self._read[heard.topic] = heard.origin.offset
            self._decision(decision)
        if heard is not None:
            self._read[heard.topic] = heard.origin.offset
            self._input(heard)

    def topics(self) -> Topics:
        """Give the topics as they stand."""
        return Topics(prefix="", partitions=1, records=self._records)

    def _decision(self, decision: Decision) -> None:
        conversations, agents, commands = (self._read[name] for name in INPUTS)
        read: Read = conversations, agents, commands
        written = self._writer.decision(decision, read)
        records = self._records["assignments"]
        records.append(
            Record("assignments", 0, len(records), written.key, written.value, decision.at)
        )

    def _input(self, heard: Input) -> None:
        told: dict[str, Any] = msgspec.to_builtins(heard)
        data = {
            name: rfc3339(value) if name in TIMES else value
            for name, value in told.items()
            if name not in ENVELOPE and value is not None
        }
        is_command = isinstance(heard, CommandInput)
        named = "agent" if heard.topic is Topic.AGENTS else "conversation"
        subject = told.get(named, "") if is_command else data.pop(named)
        event = {
            "specversion": "1.0",
            "id": heard.id,
            "source": heard.source,
            "type": heard.type,
            "subject": subject,
            "time": rfc3339(heard.at),
            "traceparent": heard.traceparent,
            "data": data,
        }
        topic, origin = str(heard.topic), heard.origin
        key, value = heard.pool.encode(), json.dumps(event).encode()
        self._records[topic].append(Record(topic, 0, origin.offset, key, value, origin.recorded_at))


def told_of(policies: Mapping[str, Policy]) -> Centre:
    """Say what topics do not: channels, rests, statuses, overflows and quotas of every pool."""
    return Centre(rests=True, pools={pool: _told_of(rules) for pool, rules in policies.items()})


def _told_of(rules: Policy) -> Centre:
    agents, queues = rules.agents, rules.queues
    return Centre(
        channels={
            name: ChannelRules(
                units=each.units,
                at_most=each.at_most,
                exclusive=each.exclusive,
                interruptible=each.interruptible,
                addressees=each.addressees,
            )
            for name, each in rules.channels.items()
        },
        addressees={
            name: queue.offering.addressees if queue.offering.mode is OfferMode.MANUAL else 0
            for name, queue in queues.items()
            if queue.offering is not None
        },
        capacity=agents.capacity,
        closing=frozenset(name for name, queue in queues.items() if queue.hours),
        labels={name: each.at_most for name, each in rules.labels.items()},
        rests=True,
        rest_ms=agents.rest_ms,
        label_rests={name: each.rest_ms for name, each in rules.labels.items()},
        in_a_row={
            name: each.in_a_row for name, each in rules.labels.items() if each.in_a_row is not None
        },
        occupancy=None if agents.occupancy is None else (agents.occupancy, agents.occupancy_ms),
        status={
            name: StatusRules(
                queue.status.every_ms,
                queue.status.within_ms,
                queue.status.over_ms,
                queue.status.answer,
            )
            for name, queue in queues.items()
            if queue.status is not None
        },
        overflows={
            name: tuple(each.to for each in queue.overflows) for name, queue in queues.items()
        },
        quotas={
            team: QuotaRules(
                each.at_most, each.periods.lasts_ms, each.periods.first, share=each.share
            )
            for team, each in rules.quotas.items()
            if isinstance(each.periods, Rounds)
        },
        partner_shares={
            stage.name: stage.partner_share
            for stage in rules.stages
            if stage.partner_share is not None
        },
    )


def rfc3339(ms: int) -> str:
    """Write milliseconds as the contract does."""
    moment = datetime.fromtimestamp(min(ms, LAST_MS) / 1_000, tz=UTC)
    return moment.isoformat(timespec="milliseconds")
