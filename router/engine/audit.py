"""Invariants of a pool as pure functions: what must be true after every step.

Tests look after each input, production on a cadence; a violation means the engine is wrong, and
the shard stops loudly.
"""

from collections.abc import Iterator

from router.engine.bounds import bounds, lends_to
from router.engine.deadlines import NEVER, Deadlines
from router.engine.deflections import applying
from router.engine.demands import fits
from router.engine.estimates import estimate_newcomer
from router.engine.groups import Agent, Group
from router.engine.lanes import Line
from router.engine.overflow import open_overflow
from router.engine.pool import Pool
from router.engine.quotas import RENEWS, spent
from router.engine.runs import bits_of_runs
from router.engine.selection import best_agent
from router.engine.slots import weight
from router.engine.switches import can_be_reached, changes_at
from router.engine.waiting import next_overflow, next_with_time
from router.model.conditions import lowered
from router.model.inputs import Presence
from router.model.reasons import Suspension
from router.model.state import ConversationRecord, OpenOffer


def violations(pool: Pool, deadlines: Deadlines) -> Iterator[str]:
    """Give what is wrong with a pool between two inputs, in words."""
    unsettled = pool.hands or pool.fresh_lanes or pool.newcomers or pool.opened or pool.overdue
    if unsettled:
        yield "agents in hand or lanes unmatched between two inputs"
    yield from _stages(pool)
    yield from _lanes(pool)
    yield from _held(pool)
    yield from _switches(pool)
    yield from _surge(pool)
    for agent in pool.agents.values():
        yield from _capacity(pool, agent)
        yield from _shelf(pool, agent)
    yield from _staff(pool)
    yield from _quotas(pool)
    yield from _lent(pool)
    yield from _unmatched(pool)
    yield from _timers(pool, deadlines)


def _stages(pool: Pool) -> Iterator[str]:
    for name, record in pool.conversations.items():
        waits = name in pool.room.place_of
        if record.stage == "waiting":
            if record.offer is not None:
                yield f"{name} waits and is offered"
            if not waits and pool.signature(record) is not None:
                yield f"{name} waits in no lane"
            if waits and applying(pool, record) is not None:
                yield f"{name} waits and should be deflected"
            yield from _overflow(pool, record)
            continue
        if (record.stage == "deflected") != (record.deflection is not None):
            yield f"{name} is {record.stage} with or without a deflection"
        if record.stage == "deflected":
            if waits or record.offer is not None:
                yield f"{name} is deflected and waits, or has an agent"
            continue
        offer = record.offer
        if waits or offer is None:
            yield f"{name} is {record.stage} and waits, or has no agent"
        else:
            yield from _offer(pool, record, offer)


def _offer(pool: Pool, record: ConversationRecord, offer: OpenOffer) -> Iterator[str]:
    name, asked = record.id, offer.agents
    if any(name not in pool.agents[each].claims for each in asked):
        yield f"{name} holds no capacity of one of {asked}"
    if len(set(asked)) < len(asked):
        yield f"{name} is offered twice to one of {asked}"
    if record.stage == "assigned" and len(asked) > 1:
        yield f"{name} is assigned to {asked}"
    if (offer.expires_at is None) != (record.stage == "assigned"):
        yield f"{name} is {record.stage} with the wrong expiry"


def _overflow(pool: Pool, record: ConversationRecord) -> Iterator[str]:
    place = pool.room.place_of.get(record.id)
    if (place is not None and place[1].line.spills) != (record.id in pool.spilling):
        yield f"{record.id} may overflow and is not looked at, or the other way round"
    rule = open_overflow(pool, record)
    if rule is not None and rule.on is not None:
        yield f"{record.id} waits and should have overflowed by {rule.name}"


def _lanes(pool: Pool) -> Iterator[str]:
    standing = 0
    for queue, line in pool.room.lines.items():
        hours = line.queue.hours
        due = pool.record.hours[hours] if hours is not None else 0
        if line.closed != (hours is not None and not pool.policy.calendars[hours].is_open(due - 1)):
            yield f"{queue} is closed in its hours, or the other way round"
        if line.paused != (line.closed or queue in pool.record.paused):
            yield f"{queue} is matched and should not be, or the other way round"
        records = list(line.records())
        standing += len(records)
        keys = [_place(line, record) for record in records]
        if keys != sorted(keys):
            yield f"the line of {queue} is out of order"
        for record in records:
            lane, signature, key = pool.room.place_of[record.id]
            if key != line.key(record, signature):
                yield f"{record.id} stands by a key that is not its own"
            if signature.line is not line or record not in lane.records():
                yield f"{record.id} stands in the wrong line or lane"
            if signature is not pool.signature(record) or lane.demand is not signature.demand:
                yield f"{record.id} stands in a lane that is not its own"
            if line.paused:
                continue
            if (record.kept_until is not None) != (lane.kept is not None):
                yield f"{record.id} is kept in the wrong lane"
            if dict(lane.barred) != record.barred:
                yield f"{record.id} is barred in the wrong lane"
    if standing != len(pool.room.place_of):
        yield "a conversation is said to wait and does not"


def _place(line: Line, record: ConversationRecord) -> tuple[int, int, int]:
    _, points, arrival, _, _ = line.key(record)
    return points, arrival, record.sequence


def _held(pool: Pool) -> Iterator[str]:
    held: dict[str, str] = {}
    for line, ranks in pool.held.items():
        records = list(ranks.records())
        held |= {record.id: line.queue.name for record in records}
        if not records or records != sorted(records, key=lambda each: _place(line, each)):
            yield f"the callbacks of {line.queue.name} are out of order, or none"
            continue
        first = records[0].deflection
        if first is None or first.expires_at is not None:
            yield f"{records[0].id} is held as a callback and is none"
        elif first.due is None and not line.paused and line.before(line.key(records[0])) == 0:
            yield f"{records[0].id} is a callback whose turn has come and is not due"
    for name, record in pool.conversations.items():
        open_ = record.deflection
        waits = open_ is not None and open_.expires_at is None and open_.callback_at is None
        if record.queue in pool.room.lines and (held.get(name) == record.queue) != waits:
            yield f"{name} is held as a callback and is none, or the other way round"


def _surge(pool: Pool) -> Iterator[str]:
    surge = None if pool.record.surge is None else pool.record.surge.stage
    if surge != (None if pool.stage is None else pool.stage.name):
        yield "another stage is in force than is said"
    lowest = None if pool.stage is None else pool.stage.deflect_estimated_ms
    for watch in () if pool.watches is None else pool.watches.lowers:
        if watch.switch != lowered(watch.written, lowest):
            yield f"the switch {watch.switch.name} looks at other waits than the stage says"


def _switches(pool: Pool) -> Iterator[str]:
    watches = pool.watches
    if watches is None:
        return
    if watches.fresh or pool.room.moved:
        yield "switches not looked at between two inputs"
    for demand, counted in watches.logged_in.items():
        serving = [each for each in pool.agents.values() if fits(demand, each.group)]
        if counted != sum(can_be_reached(each) for each in serving):
            yield f"{counted} agents are said to be logged in who serve a queue"
    for name, watch in watches.by_name.items():
        at = changes_at(pool, watch)
        # Sooner is no mistake: time may have made a condition hold again since.
        if watch.due > max(at, pool.now):
            yield f"the switch {name} is looked at later than it must change"
    if not pool.record.switches.keys() <= watches.by_name.keys():
        yield "a switch is on that the rules do not have"
    for name, tally in pool.tallies.items():
        if name not in watches.tallied:
            yield f"the waits {name} are counted for nobody"
        if any(well > ended for _, ended, well in tally.minutes):
            yield f"of the waits {name} more went well than ended"
        if [each[0] for each in tally.minutes] != sorted({each[0] for each in tally.minutes}):
            yield f"the minutes of the waits {name} are out of order"


def _capacity(pool: Pool, agent: Agent) -> Iterator[str]:
    used = sum(units for _, units in agent.claims.values())
    code = sum(weight(slot, units) for slot, units in agent.claims.values())
    for wrap_up in agent.record.wrap_ups.values():
        used += wrap_up.units
        slot = pool.crew.slot_for(wrap_up.channel, wrap_up.labels)
        code += weight(slot, wrap_up.units)
    code += bits_of_runs(pool, agent.record.runs)
    if (used, code) != (agent.used, agent.code):
        yield f"{agent.id} has another load than its claims"
    counts = pool.policy.agents.occupancy is not None and bool(
        agent.claims or agent.record.wrap_ups
    )
    if (agent.record.busy_since is not None) != counts:
        yield f"{agent.id} is at work and does not count as such, or the other way round"
    for name in agent.claims:
        record = pool.conversations.get(name)
        if record is None or record.offer is None or agent.id not in record.offer.agents:
            yield f"{agent.id} holds {name}, which is not its own"
        elif record.stage == "offered" and not pool.is_there(agent):
            yield f"{agent.id} is offered {name} and is not available"


def _shelf(pool: Pool, agent: Agent) -> Iterator[str]:
    bucket = agent.bucket
    if (bucket is not None) != pool.serves(agent):
        yield f"{agent.id} is on the shelf and not available, or the other way round"
    if bucket is None:
        return
    if agent.group.buckets.get((agent.used, agent.code)) is not bucket:
        yield f"{agent.id} stands in the wrong bucket"
    room = tuple(s for s in agent.group.caps if agent.has_room(s, pool.crew.exclusive))
    if room != bucket.open:
        yield f"{agent.id} has other room than its bucket"
    for slot in room:
        for skill in agent.group.anchors:
            if agent.group not in pool.crew.open[slot.index].get(skill, ()):
                yield f"{agent.id} is not found by {skill} on {slot.name}"


def _staff(pool: Pool) -> Iterator[str]:
    serving: dict[Group, int] = {}
    for agent in pool.agents.values():
        if agent.counted is not (agent.group if pool.is_there(agent) else None):
            yield f"{agent.id} counts as one who serves and does not, or the other way round"
        elif agent.counted is not None:
            serving[agent.group] = serving.get(agent.group, 0) + 1
    for group in pool.crew.groups():
        if group.serving != serving.get(group, 0):
            yield "a group has another number of agents who serve than there are"
    for headcount in pool.staff.counts(pool.now):
        if headcount.millionths != pool.staff.counted_anew(headcount):
            yield f"{headcount.queue} has another number of agents than serve it"
    for line in pool.room.lines.values():
        yield from _foreseen(pool, line)


def _foreseen(pool: Pool, line: Line) -> Iterator[str]:
    name, known = line.queue.name, line.foreseen
    headcount = pool.staff.least(name)
    found = (headcount.available, headcount.roomy)
    if headcount.available is not None and found != pool.staff.asked_anew(headcount):
        yield f"others are available for {name}, or have room, than is said"
    told = estimate_newcomer(pool, line)
    line.foreseen = None
    if estimate_newcomer(pool, line) != told:
        yield f"the wait foreseen for {name} is not what was measured since"
    line.foreseen = known


def _quotas(pool: Pool) -> Iterator[str]:
    teams = pool.teams
    for group in pool.crew.groups():
        if group.shut != (teams is not None and group.profile.team in teams.shut):
            yield f"somebody of {group.profile.team} is passed over, or the other way round"
    for team in () if teams is None else teams.quotas:
        asked = {
            name
            for name, record in pool.conversations.items()
            if record.stage == "offered" and record.offer is not None
            if any(pool.agents[each].profile.team == team for each in record.offer.agents)
        }
        if teams is not None and teams.asked[team].keys() != asked:
            yield f"{team} is asked for other conversations than are counted"
        if teams is not None and (team in teams.shut) != bool(spent(pool, team)):
            yield f"{team} may be given more and is shut, or the other way round"


def _lent(pool: Pool) -> Iterator[str]:
    if pool.lenders is None:
        return
    found: dict[str, set[tuple[str, str]]] = {}
    for name, record in pool.conversations.items():
        queue = pool.policy.queues.get(record.queue)
        if queue is None or record.offer is None:
            continue
        for each in record.offer.agents:
            bound = lends_to(bounds(queue, record), pool.agents[each].profile)
            if bound is not None:
                found.setdefault(bound.rule, set()).add((each, name))
    for rule, lent in pool.lenders.lent.items():
        if {(each, name) for each, held in lent.items() for name in held} != found.get(rule, set()):
            yield f"{rule} lends others than are counted"


def _unmatched(pool: Pool) -> Iterator[str]:
    places = pool.room.place_of.values()
    heads = {id(lane): lane for lane, signature, _ in places if not signature.line.paused}
    for lane in heads.values():
        agent = best_agent(pool, lane)
        if agent is not None:
            yield f"{lane.head()[3].id} waits and {agent.id} may take it"


def _timers(pool: Pool, deadlines: Deadlines) -> Iterator[str]:
    armed = {
        (timer, of): due
        for (timer, of, name), due in deadlines.armed().items()
        if name == pool.name
    }
    for name, agent in pool.agents.items():
        silent = Suspension.LEASE_EXPIRED in agent.record.suspended
        has_lease = agent.lease.due != NEVER
        if (agent.record.presence is Presence.OFFLINE or silent) == has_lease:
            yield f"{name} has a lease and should not, or the other way round"
    hours = {("hours_change", name): due for name, due in pool.record.hours.items()}
    watches = pool.watches.by_name.items() if pool.watches is not None else ()
    changes = {("condition_changes", of): each.due for of, each in watches if each.due != NEVER}
    reports = {("status_due", n): each.due for n, each in pool.reports.items() if each.due}
    surge, stage = pool.record.surge, pool.stage
    if surge is not None and stage is not None:
        changes["surge_expires", stage.name] = surge.since + stage.expires_ms
    expected = {
        **hours,
        **changes,
        **reports,
        **{(RENEWS, name): pool.record.quotas[name].until for name in pool.policy.quotas},
        **_expected_of_conversations(pool),
        **_expected_of_agents(pool),
    }
    for key, due in armed.items():
        if expected.pop(key, None) != due:
            yield f"timer {key[0]} of {key[1]} is set for another time"
    for timer, of in expected:
        yield f"timer {timer} of {of} is not set"


def _expected_of_conversations(pool: Pool) -> dict[tuple[str, str], int | None]:
    expected: dict[tuple[str, str], int | None] = {}
    for name, record in pool.conversations.items():
        if record.stage == "offered" and record.offer is not None:
            expected["offer_expires", name] = record.offer.expires_at
        if record.deflection is not None and record.deflection.expires_at is not None:
            expected["deflection_expires", name] = record.deflection.expires_at
        if record.deflection is not None and record.deflection.due is not None:
            expected["callback_due", name] = record.deflection.due
        if record.barred:
            expected["decline_forgotten", name] = min(record.barred.values())
        if record.kept_until is not None:
            expected["preferred_agent_wait", name] = record.kept_until
        if name in pool.room.place_of:
            step = next_with_time(pool, record, pool.room.place_of[name][1].line)
            if step is not None:
                expected["expands", name] = step[1]
            rule = next_overflow(pool, record, pool.room.place_of[name][1].line)
            if rule is not None:
                expected["overflows", name] = rule[0]
    return expected


def _expected_of_agents(pool: Pool) -> dict[tuple[str, str], int | None]:
    expected: dict[tuple[str, str], int | None] = {}
    after = pool.policy.agents.lost_after_ms
    for name, agent in pool.agents.items():
        record = agent.record
        ends = [each.until for each in record.wrap_ups.values() if each.until is not None]
        if ends:
            expected["wrap_up_ends", name] = min(ends)
        if record.until is not None:
            expected["presence_until", name] = record.until
        if Suspension.NO_ANSWER in record.suspended:
            expected["suspension_ends", name] = record.suspended[Suspension.NO_ANSWER]
        if record.rests_until is not None:
            expected["rest_ends", name] = record.rests_until
        if record.lost_at is not None and after is not None:
            expected["lost_agent", name] = record.lost_at + max(after, 1)
    return expected
