"""Every short story there is, in worlds of two agents and two conversations.

No chance here: all sequences of what makes sense next, to a depth, engine and reference together.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

import router.model.inputs as told
from router.engine import Engine
from router.model.inputs import Input, Origin, Presence
from router.model.outputs import Decision
from router.model.policy import (
    AgentRules,
    Channel,
    Feature,
    OfferMode,
    Order,
    OrderBy,
    Policy,
    Queue,
    Selection,
    Turn,
    WrapUp,
)
from router.model.requirement import Comparison, SkillTerm
from tests.properties.ledger import Conversation, Ledgers
from tests.properties.worlds import ByTopic, Door, World
from tests.reference import Reference

DEPTH = int(os.environ.get("CONTACT_ROUTER_DEPTH", "4"))
"""How many things happen in a story of every world; one more in the first."""
POOL = "tiny"
MORNING = 1_700_000_000_000
SKILLS = {"ana": {"sales": 2}, "bob": {"sales": 3, "tech": 1}}


def a_policy(mode: OfferMode, *, exclusive: bool, order: Order) -> Policy:
    """Write rules in which everything that can end, ends soon."""
    chat = Channel(
        name="chat",
        units=60,
        exclusive=exclusive,
        mode=mode,
        expires_ms=10_000,
        wrap_up=WrapUp(limit_ms=10_000),
    )
    email = Channel(name="email", units=40, mode=OfferMode.AUTOMATIC, wrap_up=WrapUp(limit_ms=None))
    hard = SkillTerm("sales", Comparison.AT_LEAST, 0, relative=True)
    weights = {Feature.PROFICIENCY: 1, Feature.OVERQUALIFIED: -3, Feature.LAST_AGENT: 2}
    queues = (
        Queue(
            name="sales",
            requires=hard,
            order=order,
            selects=Selection(weights=weights),
            preferred_wait_ms=20_000,
        ),
        Queue(
            name="rest",
            order=Order(ageing=1_000),
            selects=Selection(weights={Feature.LOAD: -1}, turn=Turn.ROUND_ROBIN),
        ),
    )
    doors = (Door("sales", frozenset({"sales"})), Door("rest", frozenset({"tech", "other"})))
    return Policy(
        version="v1",
        files="files",
        channels={"chat": chat, "email": email},
        queues={queue.name: queue for queue in queues},
        qualifier=ByTopic(doors, usual_level=1),
        agents=AgentRules(
            lease_ms=25_000,
            missed_offers=2,
            suspended_ms=10_000,
            decline_memory_ms=10_000,
            lost_after_ms=10_000,
        ),
        top_levels={"sales": 3},
    )


WORLDS = {
    "asked first, the most important first": a_policy(
        OfferMode.MANUAL, exclusive=True, order=Order(ageing=500)
    ),
    "asked first, the newest first": a_policy(
        OfferMode.MANUAL, exclusive=False, order=Order(by=OrderBy.NEWEST, ageing=2_000)
    ),
    "given at once, by target": a_policy(
        OfferMode.AUTOMATIC,
        exclusive=True,
        order=Order(by=OrderBy.TARGET, ageing=1_000, within_ms=15_000),
    ),
}


class Telling:
    """A story in the making: what was said so far, and what makes sense next."""

    def __init__(self, policy: Policy) -> None:
        world = World({POOL: policy}, (POOL,), window_ms=86_400_000)
        self.engine, self.reference = Engine(world), Reference(world)
        self.ledgers = Ledgers(world)
        self.now, self.offset = MORNING, 0
        for agent, skills in SKILLS.items():
            channels = {"chat": 2, "email": 1}
            self.tell(
                told.AgentUpdated(
                    pool=POOL, agent=agent, team="t", skills=skills, channels=channels
                )
            )

    def tell(self, event: Input) -> tuple[list[Decision], list[Decision]]:
        """Tell engine and reference of an event, a second after the last."""
        self.now, self.offset = self.now + 1_000, self.offset + 1
        origin = Origin(event.topic, partition=0, offset=self.offset, recorded_at=self.now)
        event = replace(event, at=self.now, origin=origin)
        decided = self.engine.apply(event, self.now)
        self.ledgers.follow(decided, event)
        return decided, self.reference.apply(event, self.now)

    def let_time_pass(self) -> tuple[list[Decision], list[Decision]]:
        """Let nine seconds go by."""
        self.now += 9_000
        decided = self.engine.advance(self.now)
        self.ledgers.follow(decided)
        return decided, self.reference.advance(self.now)

    def next(self) -> Iterator[Input | None]:
        """Give everything that makes sense now; None is time."""
        books = self.ledgers[POOL]
        yield None
        yield _presence("ana", Presence.AVAILABLE)
        yield _presence("bob", Presence.AVAILABLE)
        if "c1" not in books.open:
            yield _created("c1", channel="chat", topic_="sales", level=2, preferred_agents=("ana",))
        if "c2" not in books.open:
            yield _created("c2", channel="email", topic_="other", priority=1)
        for c in books.open.values():
            yield from _about(c)
        for agent, person in books.people.items():
            if books.held(agent):
                yield _presence(agent, Presence.OFFLINE)
            for id_ in person.wrap_ups:
                yield told.AgentWrapupEnded(pool=POOL, agent=agent, conversation=id_)


def _presence(agent: str, presence: Presence) -> Input:
    return told.AgentPresence(pool=POOL, agent=agent, presence=presence)


def _created(conversation: str, **facts: Any) -> Input:
    return told.ConversationCreated(pool=POOL, conversation=conversation, **facts)


def _about(c: Conversation) -> Iterator[Input]:
    this: dict[str, Any] = {"pool": POOL, "conversation": c.id}
    if c.stage == "waiting":
        yield told.ConversationAbandoned(**this)
    if c.stage == "offered":
        yield told.OfferAccepted(**this, offer=c.offer, agent=c.agent)
        yield told.OfferDeclined(**this, offer=c.offer, agent=c.agent)
        yield told.ConversationUpdated(**this, level=3)
    if c.stage == "assigned":
        yield told.ConversationEnded(**this, agent=c.agent)
        other = "bob" if c.agent == "ana" else "ana"
        to = told.TransferTarget(agent=other, level=3)
        yield told.ConversationTransferred(**this, agent=c.agent, to=to)
    if c.stage != "waiting":
        yield told.CommandRequeue(**this, by="eve", reason="because")
    yield told.CommandAssign(**this, agent="bob", by="eve", reason="because")


def stories(policy: Policy, so_far: list[int], depth: int) -> int:
    """Tell every story that goes on from here; give how many there were."""
    telling = Telling(policy)
    for turn, choice in enumerate(so_far):
        event = list(telling.next())[choice]
        decided, expected = telling.let_time_pass() if event is None else telling.tell(event)
        if turn == len(so_far) - 1:
            assert decided == expected, so_far
            assert telling.engine.audit() == [], so_far
    if depth == 0:
        return 1
    ways = len(list(telling.next()))
    return sum(stories(policy, [*so_far, way], depth - 1) for way in range(ways))


FIRST, *_ = WORLDS


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("world", "depth"), [(FIRST, DEPTH + 1), *((world, DEPTH) for world in WORLDS)]
)
def test_every_short_story_is_decided_as_the_reference_would(world: str, depth: int) -> None:
    assert stories(WORLDS[world], [], depth) > 3**depth
