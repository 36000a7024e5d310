"""The mutants: what is broken, where, and which tests must turn red.

A mutant names tests that notice it surely, not only by luck. When the source changes so that a text
is no longer there, write the mutant anew where the promise is kept now; never leave it out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

REFERENCE = "tests/properties/test_engine_against_reference.py::"
ENGINE = (f"{REFERENCE}test_engine_and_reference_decide_the_same_all_day_long",)
TAKEOVERS = "tests/faults/test_takeovers.py::"
END_TO_END = "tests/integration/test_end_to_end.py::"
RESTART = (f"{END_TO_END}test_a_restart_forgets_no_event_id_no_customer_and_no_number",)
SHARDS = "tests/integration/test_daemon_shards.py::"
OUTAGES = "tests/faults/test_outages.py::"
REFUSED = (f"{OUTAGES}test_a_topic_that_refuses_the_decisions_for_a_while_loses_none_of_them",)
POISON = ("tests/integration/test_poison.py",)
ALONE = "tests/properties/test_topics_alone.py::"
TOPICS_ALONE = (f"{ALONE}test_who_knows_the_rules_and_the_topics_finds_nothing_broken",)
BUSY = (f"{END_TO_END}test_a_busy_minute_of_a_whole_centre_breaks_no_promise",)


class StaleMutantError(Exception):
    """Tell that the text a mutant changes is not in the source exactly once."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in `file`, `before` becomes `after`, and one of `tests` must fail."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def apply(self, root: Path) -> None:
        """Change the source under `root`; raises `StaleMutantError` where it does not fit."""
        path = root / self.file
        source = path.read_text() if path.exists() else ""
        found = source.count(self.before)
        if found != 1:
            raise StaleMutantError(
                f"{self.name}: {self.file} holds its text {found} times, not once"
            )
        path.write_text(source.replace(self.before, self.after))


MUTANTS: Final = (
    Mutant(
        name="control: the router does not start",
        file="router/daemon/service.py",
        before="        hazards.mend(",
        after='        raise RuntimeError("control")\n        hazards.mend(',
        tests=RESTART,
    ),
    Mutant(
        name="fencing off: every life has a transactional id of its own",
        file="router/daemon/outbox.py",
        before='    return f"{group}.{partition}"',
        after='    return f"{group}.{partition}.{asyncio.get_running_loop().time()}"',
        tests=(f"{TAKEOVERS}test_of_two_owners_of_one_shard_only_the_later_one_is_heard",),
    ),
    Mutant(
        name="barrier skipped: state is folded as far as the first answer goes",
        file="router/daemon/restore.py",
        before="    while not found:",
        after="    for _ in range(1):",
        tests=(f"{TAKEOVERS}test_more_state_than_one_answer_of_the_broker_holds_comes_back_whole",),
    ),
    Mutant(
        name="state read uncommitted: what a crashed owner wrote is remembered",
        file="router/daemon/connection.py",
        before='                "isolation_level": "read_committed",',
        after='                "isolation_level": "read_uncommitted",',
        tests=(f"{TAKEOVERS}test_what_a_crashed_owner_left_uncommitted_is_not_remembered",),
    ),
    Mutant(
        name="commit before gathering: deliveries are not waited for",
        file="router/daemon/outbox.py",
        before=(
            "        await asyncio.gather(*deliveries)\n        await producer.commit_transaction()"
        ),
        after=(
            "        await producer.commit_transaction()\n"
            "        await asyncio.gather(*deliveries, return_exceptions=True)"
        ),
        tests=REFUSED,
    ),
    Mutant(
        name="state outside the transaction: decisions follow in one of their own",
        file="router/daemon/partition.py",
        before="            await self._outbox.publish(parcels)",
        after=(
            "            await self._outbox.publish(parcels[1:])\n"
            "            await self._outbox.publish(parcels[:1])"
        ),
        tests=REFUSED,
    ),
    Mutant(
        name="dead letters dropped: poison passes without a notice",
        file="router/daemon/batch.py",
        before="        return [*decided, state, *self._notices.values(), *self._sent.values()]",
        after="        return [*decided, state, *self._sent.values()]",
        tests=POISON,
    ),
    Mutant(
        name="the sent dropped: what goes to another pool is said and not published",
        file="router/daemon/batch.py",
        before="        return [*decided, state, *self._notices.values(), *self._sent.values()]",
        after="        return [*decided, state, *self._notices.values()]",
        tests=("tests/faults/test_other_pools.py",),
    ),
    Mutant(
        name="numbers forgotten: the last seq is not kept",
        file="router/daemon/batch.py",
        before="            state.add(*encode_change(change))",
        after=(
            '            if change.key.kind != "pool":\n'
            "                state.add(*encode_change(change))"
        ),
        tests=RESTART,
    ),
    Mutant(
        name="repetitions forgotten: event ids are not kept",
        file="router/daemon/batch.py",
        before="            state.add(*encode_change(change))",
        after=(
            '            if change.key.kind != "seen":\n'
            "                state.add(*encode_change(change))"
        ),
        tests=RESTART,
    ),
    Mutant(
        name="positions run ahead: a crash would skip an input",
        file="router/daemon/batch.py",
        before=(
            "                PositionsRecord(conversations=conversations, agents=agents,"
            " commands=commands)"
        ),
        after=(
            "                PositionsRecord(conversations=conversations + 1, agents=agents,"
            " commands=commands)"
        ),
        tests=RESTART,
    ),
    Mutant(
        name="read claims too much: a decision has not read its cause",
        file="router/daemon/batch.py",
        before="            positions[source] = offset + 1",
        after="            positions[source] = offset + 2",
        tests=BUSY,
    ),
    Mutant(
        name="pools on any partition: a stray record is decided where it lies",
        file="router/wire/reader.py",
        before="if home is None or home[1] != partition:",
        after="if home is None:",
        tests=POISON,
    ),
    Mutant(
        name="offers without end: after a restart no timer ends them",
        file="router/engine/adoption.py",
        before='        pool.set_timer("offer_expires", record.id, offer.expires_at)',
        after="        pass",
        tests=ENGINE,
    ),
    Mutant(
        name="other rules seen late: who waits is not looked at when they come into force",
        file="router/engine/adoption.py",
        before="            pool.hands[agent] = None",
        after="            pass",
        tests=ENGINE,
    ),
    Mutant(
        name="old leases run on: a timer of the old rules fires under the new ones",
        file="router/engine/adoption.py",
        before="        pool.deadlines.move(agent.lease, NEVER)",
        after="        pass",
        tests=ENGINE,
    ),
    Mutant(
        name="words kept: a customer's text goes into the state",
        file="router/engine/conversations.py",
        before="        attributes=event.attributes or {},\n        preferred_agents=",
        after='        attributes={"text": event.text},\n        preferred_agents=',
        tests=BUSY,
    ),
    Mutant(
        name="capacity off by one unit",
        file="router/engine/groups.py",
        before="if used > self.group.capacity and (",
        after="if used > self.group.capacity + 1 and (",
        tests=ENGINE,
    ),
    Mutant(
        name="capacity not checked: only the caps of the channels count",
        file="router/engine/groups.py",
        before="if used > self.group.capacity and (",
        after="if used < 0 and (",
        tests=BUSY,
    ),
    Mutant(
        name="bar forgotten: who declined is asked again",
        file="router/engine/offers.py",
        before="        record.barred = {**record.barred, agent: pool.now + memory}",
        after="        record.barred = {**record.barred, agent: pool.now + 1}",
        tests=ENGINE,
    ),
    Mutant(
        name="doors open: a calendar that is closed keeps nobody waiting",
        file="router/engine/hours.py",
        before="    closed = not pool.policy.calendars[calendar].is_open(due - 1)",
        after="    closed = False",
        tests=ENGINE,
    ),
    Mutant(
        name="ladder stuck: a step whose time has come is not taken",
        file="router/engine/expansion.py",
        before="    _take(pool, record, numbers)",
        after="    pass",
        tests=ENGINE,
    ),
    Mutant(
        name="rings on: whoever else was asked is not released when one accepts",
        file="router/engine/offers.py",
        before="            _end_for(pool, record, pool.agents[name], OfferWithdrawn, reason=Withdrawal.TAKEN)",
        after="            pass",
        tests=ENGINE,
    ),
    Mutant(
        name="labels not counted: an agent has more of a kind than its cap",
        file="router/engine/groups.py",
        before="next(too_many(slot, code), None) is not None",
        after="False",
        tests=ENGINE,
    ),
    Mutant(
        name="runs not reopened: what ended a run gives nobody a turn",
        file="router/engine/matching.py",
        before="        if runs & ~agent.code:",
        after="        if False:",
        tests=("tests/unit/engine/test_runs.py::test_another_conversation_ends_the_run",),
    ),
    Mutant(
        name="strain without end: who worked for long rests for longer than the window frees",
        file="router/engine/occupancy.py",
        before="min(2 * bears, record.strain",
        after="max(0, record.strain",
        tests=(
            "tests/unit/engine/test_occupancy.py::test_nobody_rests_for_longer_than_a_tenth_of_the_hour",
        ),
    ),
    Mutant(
        name="begin from nothing: a shard whose state is gone decides once more",
        file="router/daemon/restore.py",
        before="        if fold.positions() is None:",
        after="        if False:",
        tests=(f"{SHARDS}test_a_state_that_is_gone_stops_the_shards_that_had_decided",),
    ),
    Mutant(
        name="the dead are waited for: nobody takes them out of the group",
        file="router/daemon/former_members.py",
        before="                    await inside_aiokafka.leave_group(admin, group, member=id_)",
        after="                    pass",
        tests=("tests/faults/test_restarts.py",),
    ),
    Mutant(
        name="fairness: the longest idle of a load stands for all of them",
        file="router/engine/selection.py",
        before="            if by_idleness and not without and not made.fairness and agent",
        after="            if by_idleness and not without and agent",
        tests=("tests/unit/engine/test_fairness.py",),
    ),
    Mutant(
        name="fairness: nothing that was given is ever forgotten",
        file="router/engine/fairness.py",
        before="        if each > present - SLICES:",
        after="        if True:",
        tests=("tests/unit/engine/test_fairness.py",),
    ),
    Mutant(
        name="no rest: who is done with something hard is given the next at once",
        file="router/engine/rest.py",
        before="        rest_until(pool, agent, pool.now + rest)",
        after="        pass",
        tests=TOPICS_ALONE,
    ),
    Mutant(
        name="a wait told in one queue is said again in another",
        file="router/engine/waiting.py",
        before="        record.estimate = None\n        record.lent = ()",
        after="        record.lent = ()",
        tests=TOPICS_ALONE,
    ),
    Mutant(
        name="a service level that counts who left as answered",
        file="router/engine/status.py",
        before="int(answered and waited_ms <= rules.within_ms)",
        after="int(waited_ms <= rules.within_ms)",
        tests=TOPICS_ALONE,
    ),
    Mutant(
        name="queues say how they stand whenever it changes, and never mind the period",
        file="router/engine/status.py",
        before="    due = record.at + rules.every_ms",
        after="    due = record.at",
        tests=TOPICS_ALONE,
    ),
)
