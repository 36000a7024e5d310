"""What operators may look at: pools, conversations and agents as the engine holds them.

Promises: plain values, ready to be JSON; times as RFC 3339, waits in seconds. Shows what the
durable state holds and nothing else: a customer's words are not in it. Reads, never changes; who
calls this sees to it that all the engine holds is committed.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, get_args

import msgspec

from router.engine import Engine
from router.engine.candidates import candidates
from router.engine.estimates import estimate, estimate_newcomer
from router.engine.obstacles import wanted
from router.engine.pool import Pool
from router.engine.quotas import asked_for, share_in_force, spent
from router.engine.remedies import smallest_change
from router.engine.status import lately, service_target
from router.engine.waiting import place
from router.model.estimate import Foreseen
from router.model.requirement import expression
from router.model.state import ConversationRecord, Profile, Stage
from router.wire import instants

TIMES: Final = frozenset(
    {
        "arrived_at",
        "at",
        "since",
        "expires_at",
        "kept_until",
        "until",
        "idle_since",
        "asked_at",
        "lost_at",
        "rests_until",
        "busy_since",
        "strained_at",
        "callback_at",
        "due",
    }
)
"""Fields that hold milliseconds since the epoch; 0 stands for never."""
MOST_EXAMINED: Final = 500
"""So many agents are told of when one asks why: some 30 ms, in which no decision is taken."""
TIMES_BY_NAME: Final = frozenset({"barred", "suspended"})
"""Fields that map a name to such a time."""


def pools(engine: Engine) -> list[dict[str, Any]]:
    """List the pools of a shard by name, with how much is in each."""
    return [_summary(engine, name) for name in sorted(engine.pools)]


def pool(engine: Engine, name: str, *, now: int) -> dict[str, Any] | None:
    """Show one pool with its queues at `now` (ms); None where it has never been heard of.

    Service levels, and what they are to be, where rules ask for `queue.status`. ``surge`` is the
    stage in force; ``quotas`` are those of bounded teams, as counted in this period; ``lent`` who
    is lent now by overflows that lend only so many; ``conditions`` are those that are on, by the
    name of their rule.
    """
    found = engine.pools.get(name)
    if found is None:
        return None
    queues = [
        {
            "queue": queue,
            "waiting": waiting,
            "oldest_wait_s": None if oldest is None else max(0, now - oldest) / 1_000,
            "paused": queue in found.record.paused,
            "closed": found.room.lines[queue].closed,
            "estimated_wait_s": _told(estimate_newcomer(found, found.room.lines[queue])),
            **_service(found, queue, now=now),
        }
        for queue, waiting, oldest in found.queues()
    ]
    surge, on = found.record.surge, found.record.switches
    return {
        **_summary(engine, name),
        "queues": sorted(queues, key=lambda each: str(each["queue"])),
        "surge": None if surge is None else _plain(surge),
        "quotas": [_quota(found, team) for team in sorted(found.policy.quotas)],
        "lent": _lent(found),
        "conditions": {each: _plain(on[each]) for each in sorted(on)},
    }


def _quota(found: Pool, team: str) -> dict[str, Any]:
    quota, counted = found.policy.quotas[team], found.record.quotas[team]
    share = share_in_force(found, quota)
    return {
        "team": team,
        "given": counted.given,
        "asked": asked_for(found, team),
        "at_most": quota.at_most,
        "share": counted.given / counted.of if counted.of else None,
        "share_at_most": None if share is None else share / 100,
        "renews_at": instants.render(counted.until),
        "gets_no_more": [each.value for each in spent(found, team)],
    }


def _lent(found: Pool) -> list[dict[str, Any]]:
    lent = {} if found.lenders is None else found.lenders.lent
    return [
        {"rule": rule.name, "at_most": rule.lends_at_most, "agents": sorted(lent[rule.name])}
        for queue in found.policy.queues.values()
        for rule in queue.overflows
        if rule.lends_at_most is not None
    ]


def _service(found: Pool, queue: str, *, now: int) -> dict[str, Any]:
    rules = found.policy.queues[queue].status
    if rules is None:
        return {}
    in_time, ended = lately(found, queue, rules, now=now)
    target = service_target(rules)
    return {
        "service_level": in_time / ended if ended else None,
        **({} if target is None else {"service_target": _plain(target)}),
    }


def conversation(engine: Engine, name: str, *, conversation: str) -> dict[str, Any] | None:
    """Show an open conversation; None where there is none of that id (ended ones are forgotten).

    Of one that waits also its place and the estimated wait, as things stand.
    """
    found = engine.pools.get(name)
    record = None if found is None else found.conversations.get(conversation)
    if found is None or record is None:
        return None
    shown = {"pool": name, "stage": record.stage, **_plain(record)}
    if record.stage == "waiting":
        rank, signature = place(found, record), found.signature(record)
        foreseen = None if signature is None else estimate(found, record, signature, ahead=rank - 1)
        shown |= {"place": rank, "estimated_wait_s": _told(foreseen)}
    return shown


def _told(foreseen: Foreseen | None) -> dict[str, float] | None:
    return None if foreseen is None else {"p50": foreseen.told.p50, "p90": foreseen.told.p90}


def why(
    engine: Engine, name: str, *, conversation: str, agent: str | None = None
) -> dict[str, Any] | None:
    """Show why an open conversation is with whom it is, or with nobody, as things stand now.

    At most ``MOST_EXAMINED`` agents are told of: who has it, ``agent`` if one is asked for, those
    preferred, those who are available, then others by id. None where no such conversation is open.
    """
    found = engine.pools.get(name)
    record = None if found is None else found.conversations.get(conversation)
    if found is None or record is None:
        return None
    examined = _examined(found, record, asked=agent)
    want = wanted(found, record)
    remedy = smallest_change(found, record, examined)
    shown = candidates(found, record, examined)
    return {
        "pool": name,
        "policy": found.policy.version or None,
        "conversation": conversation,
        "stage": record.stage,
        "channel": record.channel,
        "queue": record.queue,
        "place": place(found, record) if record.stage == "waiting" else None,
        "rules": list(record.rules),
        "asks": None if want is None else expression(want.requirement),
        "agents": [_plain(each) for each in shown],
        "agents_left_out": len(found.agents) - len(found.agents.keys() & {*examined}),
        "would_help": None if remedy is None else _plain(remedy),
    }


def _examined(found: Pool, record: ConversationRecord, *, asked: str | None) -> list[str]:
    first = [] if record.offer is None else list(record.offer.agents)
    if asked is not None:
        first.append(asked)
    first += record.preferred_agents
    everybody = sorted(found.agents.values(), key=lambda each: (not found.serves(each), each.id))
    names = dict.fromkeys((*first, *(each.id for each in everybody)))
    return list(names)[:MOST_EXAMINED]


def agent(engine: Engine, name: str, *, agent: str) -> dict[str, Any] | None:
    """Show an agent who was described: profile, presence, and what he holds."""
    found = engine.pools.get(name)
    known = None if found is None else found.agents.get(agent)
    if found is None or known is None:
        return None
    return {
        "pool": name,
        "presence": known.record.presence.value,
        **_plain(known.record),
        "profile": _plain(known.profile),
        "units": {"used": known.used, "capacity": known.group.capacity},
        "conversations": [
            {
                "conversation": held,
                "stage": found.conversations[held].stage,
                "channel": found.conversations[held].channel,
            }
            for held in sorted(known.claims)
        ],
    }


def agents(engine: Engine, name: str) -> dict[str, Any] | None:
    """List everybody who was described in a pool, by id: the profile, as a roster has it."""
    found = engine.pools.get(name)
    if found is None:
        return None
    return {
        "pool": name,
        "agents": [
            {
                "id": each.id,
                "team": each.profile.team,
                **({} if each.profile.site is None else {"site": each.profile.site}),
                "skills": dict(each.profile.skills),
                "languages": sorted(each.profile.languages),
                "channels": dict(each.profile.channels),
                **_capacity(each.profile),
                "presence": each.record.presence.value,
            }
            for each in sorted(found.agents.values(), key=lambda each: each.id)
        ],
    }


def _capacity(profile: Profile) -> dict[str, int]:
    return {} if profile.capacity is None else {"capacity": profile.capacity}


def waiting_by_queue(engine: Engine) -> Counter[str]:
    """Count who waits, by queue name, all pools of a shard together."""
    waiting: Counter[str] = Counter()
    for each in engine.pools.values():
        for queue in each.policy.queues:
            waiting[queue] += each.waiting(queue)
    return waiting


class Service(NamedTuple):
    """How waits of queues of a name ended lately, and the highest part that should end in time."""

    ended: int = 0
    in_time: int = 0
    target: float | None = None

    def and_also(self, other: "Service") -> "Service":
        """Add what another pool or shard has of such queues."""
        targets = [each for each in (self.target, other.target) if each is not None]
        return Service(
            self.ended + other.ended, self.in_time + other.in_time, max(targets, default=None)
        )


def service_by_queue(engine: Engine, *, now: int) -> dict[str, Service]:
    """Sum up how waits ended lately as at `now` (ms), by queue name, where rules ask for `queue.status`."""
    found: dict[str, Service] = {}
    for pool in engine.pools.values():
        for queue, rules in pool.policy.queues.items():
            told = rules.status
            if told is not None:
                in_time, ended = lately(pool, queue, told, now=now)
                target = None if told.answer is None else told.answer / 100
                service = Service(ended, in_time, target)
                found[queue] = found.get(queue, Service()).and_also(service)
    return found


def repetition_missing_ms(engine: Engine) -> int:
    """Give by how much the window of repetition is cut short, in the pool where by the most."""
    return max((each.seen.missing_ms for each in engine.pools.values()), default=0)


def policy_versions(engine: Engine) -> set[str]:
    """Name the versions of the rules that are in force in a shard."""
    return {each.policy.version for each in engine.pools.values() if each.policy.version}


def _summary(engine: Engine, name: str) -> dict[str, Any]:
    found = engine.pools[name]
    stages = Counter(record.stage for record in found.conversations.values())
    presences = Counter(each.record.presence.value for each in found.agents.values())
    suspended = sum(bool(each.record.suspended) for each in found.agents.values())
    return {
        "pool": name,
        "policy": found.policy.version or None,
        "seq": found.record.seq,
        "conversations": {stage: stages[stage] for stage in get_args(Stage)},
        "agents": {"described": len(found.agents), "suspended": suspended, **presences},
    }


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return _with_times(plain)


def _with_times(values: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in values.items():
        if name in TIMES:
            shown[name] = _time(value)
        elif name in TIMES_BY_NAME:
            shown[name] = {each: _time(at) for each, at in value.items()}
        elif name in {"offer", "deflection", "estimate"} and isinstance(value, dict):
            shown[name] = _with_times(value)
        elif name == "wrap_ups":
            shown[name] = {each: _with_times(wrap_up) for each, wrap_up in value.items()}
        else:
            shown[name] = value
    return shown


def _time(at: int | None) -> str | None:
    # An arrival may be as late as a time can be written, and what follows from it later still.
    return instants.render(min(at, instants.LAST)) if at else None
