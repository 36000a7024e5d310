"""Events made by chance: few ids, so that they collide, repeat, come late and mean nothing.

Answers to offers, ends and transfers mostly speak of what is really open, as the ledger tells;
otherwise no story would get anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

import router.model.inputs as told
from router.model.inputs import Customer, Input, Origin, Presence, Topic, TransferTarget
from tests.properties.chance import Chance, one_in, some_of
from tests.properties.ledger import Ledger, Ledgers
from tests.properties.loads import STAGES
from tests.properties.worlds import CHANNELS, LANGUAGES, SITES, SKILLS, TEAMS, TOPICS, World

QUEUES = ("red", "green", "blue", "grey")
STEPS_MS = (
    *(0, 0, 0, 0, 1_000, 1, 500, 1_000, 3_000, 5_000, 6_000, 7_500),
    *(0, 0, 0, 0, 1_000, 1, 500, 1_000, 3_000, 5_000, 6_000, 7_500),
    *(15_000, 14_999, 20_000, 60_000, 180_000, 700_000),
)
SECRET = "pangolin"
"""A word only customers say: it must not be found in any decision or record."""
TEXTS = (None, None, f"hello {SECRET}", f"i am angry, {SECRET}", "")


@dataclass(frozen=True)
class Scene:
    """A pool at a moment, as far as it was said, and who may be spoken of."""

    world: World
    ledger: Ledger
    now: int

    @property
    def agents(self) -> tuple[str, ...]:
        """Ids of agents, described or not."""
        return self.world.agents

    @property
    def conversations(self) -> tuple[str, ...]:
        """Ids of conversations, open or not."""
        return self.world.conversations


class Happenings:
    """Make one event after the other for a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._offset = 0
        self._said: list[Input] = []
        self._repeated: Input | None = None

    def opening(self, chance: Chance, ledgers: Ledgers, now: int) -> list[Input]:
        """Make the events of a morning: every agent is described and comes in."""
        events: list[Input] = []
        for pool in self._world.rules:
            scene = Scene(self._world, ledgers[pool], now)
            for agent in scene.agents:
                profile = {**_profile(chance, scene), "agent": agent}
                events.append(told.AgentUpdated(pool=pool, **profile))
                came = Presence.AVAILABLE
                events.append(told.AgentPresence(pool=pool, agent=agent, presence=came))
        for event in events:
            self._offset += 1
            origin = Origin(event.topic, partition=0, offset=self._offset, recorded_at=now)
            events[self._offset - 1] = replace(event, at=now, origin=origin)
        return events

    def next(self, chance: Chance, ledgers: Ledgers, now: int) -> Input:
        """Make an event of any type, about anything in a pool, at about this time."""
        self._offset += 1
        early = 0
        if self._said and one_in(2 if self._repeated else 25, chance):
            it = self._repeated or self._said[-min(chance.one_of((1, 2, 9, 40)), len(self._said))]
            self._repeated = None if self._repeated else it
        elif ledgers.sent and one_in(3, chance):
            it = replace(ledgers.sent.pop(0), source="/contact-router")
            self._said = [*self._said[-50:], it]
        else:
            pool = chance.one_of(self._world.pools)
            scene = Scene(self._world, ledgers[pool], now)
            kind, make = chance.one_of(KINDS if one_in(2, chance) else _sensible(scene))
            fields = make(chance, scene)
            id_ = f"e{self._offset}"
            if one_in(15, chance):
                id_ = chance.one_of(("", f"e{chance.number(1, self._offset)}"))
            elif one_in(10, chance):
                early = chance.number(0, 2_000)  # record times are not quite in order
            it = kind(
                pool=pool,
                id=id_,
                source=chance.one_of(("/platform", "/platform", "/desktop")),
                at=_about(chance, now),
                traceparent=f"trace-{self._offset}" if one_in(3, chance) else None,
                **fields,
            )
            self._said = [*self._said[-50:], it]
            self._repeated = None
        recorded_at = now - self._lag_ms(it.topic) - early
        origin = Origin(it.topic, partition=0, offset=self._offset, recorded_at=recorded_at)
        return replace(it, origin=origin)

    def _lag_ms(self, topic: Topic) -> int:
        conversations, agents = self._world.lags_ms
        return {Topic.CONVERSATIONS: conversations, Topic.AGENTS: agents}.get(topic, 0)


Fields = dict[str, Any]
Maker = Callable[[Chance, Scene], Fields]


def _about(chance: Chance, now: int) -> int:
    return chance.one_of((now, now, now, now - 5_000, now - 60_000, now + 7_000, 0))


def _facts(chance: Chance, scene: Scene) -> Fields:
    skills = {skill: chance.number(0, 3) for skill in some_of(SKILLS, chance, most=2)}
    return {
        "topic_": chance.one_of((*TOPICS, None, None)),
        "level": chance.one_of((None, None, 1, 2, 3)),
        "language": chance.one_of((None, None, *LANGUAGES)),
        "priority": chance.one_of((None, None, None, 0, 10, 500)),
        "skills": chance.one_of((None, None, None, None, skills)),
        "preferred_agents": chance.one_of((None, None, (), *(_preferred(chance, scene),) * 2)),
        "customer": chance.one_of((None, None, Customer(id="k1", tier="gold"))),
        "attributes": chance.one_of((None, None, {}, {"vip": True}, {"vip": False, "n": 1})),
        "text": chance.one_of(TEXTS),
    }


def _preferred(chance: Chance, scene: Scene) -> tuple[str, ...]:
    """Name some agents, now and then somebody twice: the last agent may be the account's owner."""
    some = tuple(some_of((*scene.agents, "nobody"), chance, most=2))
    return some + some[:1] * chance.one_of((0, 0, 1))


def _created(chance: Chance, scene: Scene) -> Fields:
    fresh = [each for each in scene.conversations if each not in scene.ledger.open]
    arrived_at = chance.one_of(
        (None, None, None, scene.now - 90_000, scene.now - 1_000, scene.now + 1_000, 0)
    )
    return {
        "conversation": chance.one_of(
            fresh if fresh and not one_in(12, chance) else scene.conversations
        ),
        "channel": _channel(chance),
        "arrived_at": arrived_at,
        "hops": chance.one_of((0, 0, 0, 0, 0, 1, 2, 3)),
        **_facts(chance, scene),
    }


def _channel(chance: Chance) -> str:
    return "carrier pigeon" if one_in(40, chance) else chance.one_of(CHANNELS)


def _updated(chance: Chance, scene: Scene) -> Fields:
    channel = _channel(chance) if one_in(4, chance) else None
    return {"conversation": _open(chance, scene), "channel": channel, **_facts(chance, scene)}


def _open(chance: Chance, scene: Scene, *stages: str) -> str:
    """Choose a conversation, mostly one that is open, and in one of these stages."""
    fitting = [c.id for c in scene.ledger.open.values() if not stages or c.stage in stages]
    return chance.one_of(scene.conversations if not fitting or one_in(8, chance) else fitting)


def _holder(chance: Chance, scene: Scene, conversation: str) -> str:
    c = scene.ledger.open.get(conversation)
    return chance.one_of(scene.agents) if not c or not c.agent or one_in(8, chance) else c.agent


def _abandoned(chance: Chance, scene: Scene) -> Fields:
    reason = chance.one_of(("hung up", "no_answer"))
    return {"conversation": _open(chance, scene, "waiting", "offered"), "reason": reason}


def _ended(chance: Chance, scene: Scene) -> Fields:
    id_ = _open(chance, scene, "assigned")
    holder = _holder(chance, scene, id_)
    return {
        "conversation": id_,
        "agent": None if one_in(3, chance) else holder,
        "outcome": chance.one_of((None, "solved", "no_answer", "no_answer")),
    }


def _transferred(chance: Chance, scene: Scene) -> Fields:
    id_ = _open(chance, scene, "assigned")
    skills = {chance.one_of(SKILLS): chance.number(0, 3)}
    to = TransferTarget(
        queue=chance.one_of((None, None, *QUEUES)),
        skills=chance.one_of((None, skills, {})),
        agent=chance.one_of((None, None, *scene.agents, "nobody")),
        level=chance.one_of((None, 1, 3)),
    )
    return {"conversation": id_, "agent": _holder(chance, scene, id_), "to": to}


def _answer(chance: Chance, scene: Scene) -> Fields:
    id_ = _open(chance, scene, "offered")
    c = scene.ledger.open.get(id_)
    stale = f"o{chance.number(1, 9)}"
    offer = stale if c is None or not c.offer or one_in(10, chance) else c.offer
    asked = c.asked if c else []
    agent = chance.one_of(asked) if len(asked) > 1 else _holder(chance, scene, id_)
    return {"conversation": id_, "offer": offer, "agent": agent}


def _deflection(chance: Chance, scene: Scene) -> Fields:
    id_ = _open(chance, scene, "deflected")
    c = scene.ledger.open.get(id_)
    stale = f"d{chance.number(1, 9)}"
    now = scene.now
    return {
        "conversation": id_,
        "deflection": c.deflection if c and c.deflection and not one_in(10, chance) else stale,
        "callback_at": chance.one_of((None, None, now + 20_000, now + 90_000, now - 5, 2**52)),
    }


ALIKE: Fields = {
    "team": "home",
    "channels": {"chat": 3, "voice": 1, "email": 4},
    "capacity": None,
    "languages": ("fr", "en"),
    "preferences": {},
    "cost": None,
}
"""What most of a crowd have in common."""


def _profile(chance: Chance, scene: Scene) -> Fields:
    caps = (3, 1, 2, 1, 0) if one_in(5, chance) else (3, 1)
    new = [agent for agent in scene.agents if agent not in scene.ledger.people]
    skills = {skill: chance.number(0, 4) for skill in some_of(SKILLS, chance, most=6)}
    if scene.world.crowded:
        skills = chance.one_of(({"sales": 2}, {"sales": 2, "tech": 3}, {"tech": 1, "calm": 3}))
    return {
        "agent": chance.one_of(new if new and not one_in(4, chance) else scene.agents),
        "team": chance.one_of(TEAMS),
        "site": chance.one_of((None, *SITES)),
        "skills": skills,
        "channels": {name: chance.one_of(caps) for name in some_of(CHANNELS, chance, most=9)},
        "capacity": chance.one_of(
            (None, None, 100, 99, 68, 67, 300) if not one_in(9, chance) else (0, 20)
        ),
        "languages": tuple(some_of(LANGUAGES, chance, most=3)),
        "preferences": {skill: chance.number(-5, 5) for skill in some_of(SKILLS, chance, most=2)},
        "cost": chance.one_of((None, 10, 99.9, -5, 5_000)),
    } | (ALIKE if (scene.world.crowded or scene.world.lively) and not one_in(12, chance) else {})


def _agent(chance: Chance, scene: Scene) -> str:
    return "nobody" if one_in(12, chance) else chance.one_of(scene.agents)


def _presence(chance: Chance, scene: Scene) -> Fields:
    idle = [agent for agent in scene.agents if not scene.ledger.held(agent)]
    agent = chance.one_of(idle) if idle and not one_in(3, chance) else _agent(chance, scene)
    usual = (*(Presence.AVAILABLE,) * 16, Presence.OFFLINE, Presence.OFFLINE)
    presence = chance.one_of((*usual, *Presence))
    until = chance.one_of(
        (None, None, None, None, scene.now + 10_000, scene.now + 90_000, scene.now, scene.now - 1)
    )
    return {"agent": agent, "presence": presence, "until": until}


def _heartbeat(chance: Chance, scene: Scene) -> Fields:
    return {"agent": _agent(chance, scene)}


def _wrapup_ended(chance: Chance, scene: Scene) -> Fields:
    fitting = [(agent, id_) for agent, who in scene.ledger.people.items() for id_ in who.wrap_ups]
    by_chance = [(_agent(chance, scene), chance.one_of(scene.conversations))]
    pairs = sorted(fitting) if fitting and not one_in(8, chance) else by_chance
    agent, id_ = chance.one_of(pairs)
    return {"agent": agent, "conversation": id_}


def _command(chance: Chance) -> Fields:
    by = None if one_in(20, chance) else "eve"
    return {"by": by, "reason": None if one_in(20, chance) else "because"}


def _assign(chance: Chance, scene: Scene) -> Fields:
    id_ = _open(chance, scene, "waiting", "offered")
    agent = _holder(chance, scene, id_) if one_in(3, chance) else _agent(chance, scene)
    return {"conversation": id_, "agent": agent, **_command(chance)}


def _about_open(chance: Chance, scene: Scene) -> Fields:
    return {"conversation": _open(chance, scene, "offered", "assigned"), **_command(chance)}


def _prioritise(chance: Chance, scene: Scene) -> Fields:
    priority = chance.one_of((0, 10, 500, 1_000))
    return {"conversation": _open(chance, scene), "priority": priority, **_command(chance)}


def _about_queue(chance: Chance, scene: Scene) -> Fields:
    return {"queue": chance.one_of(QUEUES), **_command(chance)}


def _set_presence(chance: Chance, scene: Scene) -> Fields:
    return {
        "agent": _agent(chance, scene),
        "presence": chance.one_of((Presence.AVAILABLE, *Presence)),
        **_command(chance),
    }


def _surge(chance: Chance, scene: Scene) -> Fields:
    return {"stage": chance.one_of((*STAGES, *STAGES, "off", "off", "gale")), **_command(chance)}


WEIGHTS: tuple[tuple[int, type[Input], Maker], ...] = (
    (24, told.ConversationCreated, _created),
    (10, told.ConversationUpdated, _updated),
    (3, told.ConversationAbandoned, _abandoned),
    (9, told.ConversationEnded, _ended),
    (6, told.ConversationTransferred, _transferred),
    (10, told.OfferAccepted, _answer),
    (5, told.OfferDeclined, _answer),
    (8, told.DeflectionAccepted, _deflection),
    (3, told.DeflectionDeclined, _deflection),
    (10, told.AgentUpdated, _profile),
    (14, told.AgentPresence, _presence),
    (6, told.AgentHeartbeat, _heartbeat),
    (5, told.AgentWrapupEnded, _wrapup_ended),
    (3, told.CommandAssign, _assign),
    (3, told.CommandRequeue, _about_open),
    (1, told.CommandClose, _about_open),
    (2, told.CommandPrioritise, _prioritise),
    (1, told.CommandPauseQueue, _about_queue),
    (2, told.CommandResumeQueue, _about_queue),
    (2, told.CommandSetPresence, _set_presence),
    (3, told.CommandSurge, _surge),
)
KINDS = tuple((kind, make) for weight, kind, make in WEIGHTS for _ in range(weight))


def _sensible(scene: Scene) -> tuple[tuple[type[Input], Maker], ...]:
    """Give the kinds that somebody who knows the pool would expect next."""
    stages = {c.stage for c in scene.ledger.open.values()}
    people = scene.ledger.people.values()
    kinds: set[type[Input]] = {told.AgentPresence}
    if len(scene.ledger.open) < len(scene.conversations) - 2:
        kinds |= {told.ConversationCreated}
    if "waiting" in stages:
        kinds |= {told.ConversationUpdated, told.CommandAssign}
    if "offered" in stages:
        kinds |= {told.OfferAccepted, told.OfferDeclined, told.ConversationAbandoned}
        kinds |= {told.ConversationUpdated, told.CommandRequeue}
    if "assigned" in stages:
        kinds |= {told.ConversationEnded, told.ConversationTransferred, told.CommandRequeue}
    if "deflected" in stages:
        kinds |= {told.DeflectionAccepted, told.DeflectionDeclined, told.CommandRequeue}
    if len(people) < len(scene.agents):
        kinds |= {told.AgentUpdated}
    if any(each.suspended for each in people):
        kinds |= {told.AgentHeartbeat}
    if any(each.wrap_ups for each in people):
        kinds |= {told.AgentWrapupEnded}
    return tuple((kind, make) for kind, make in KINDS if kind in kinds)
