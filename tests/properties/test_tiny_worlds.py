"""Every short story there is, in worlds of two agents and two conversations.

No chance here: all sequences of what makes sense next, to a depth, engine and reference together.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from router.engine import Engine
from router.model import inputs
from router.model.deflection import Closed, Deflection, DeflectionKind
from router.model.inputs import Input, Origin, Presence
from router.model.outputs import Decision
from router.model.policy import (
    AgentRules,
    Channel,
    Expansion,
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
from tests.properties.doors import ByTopic, Door, Shifts
from tests.properties.durable import entities_of
from tests.properties.entries import Conversation
from tests.properties.ledger import Ledgers
from tests.properties.worlds import World
from tests.reference import Reference

DEPTH = int(os.environ.get("CONTACT_ROUTER_DEPTH", "4"))
"""How many things happen in a story of every world; one more in the first, one less before a
change of rules."""
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
            expands=(
                Expansion(after_ms=12_000, requires=SkillTerm("sales", Comparison.AT_LEAST, 2)),
                Expansion(after_ms=30_000, drops_skills=True),
            ),
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


OFFERS = (
    Deflection(
        name="callback",
        kind=DeflectionKind.CALLBACK,
        text="ring back?",
        on=Closed(),
        channels=("chat",),
        expires_ms=8_000,
    ),
    Deflection(
        name="letter", kind=DeflectionKind.MESSAGE, text="write?", on=Closed(), expires_ms=8_000
    ),
)
OPEN_BY_TURNS = a_policy(OfferMode.MANUAL, exclusive=True, order=Order(ageing=500))
CLOSED_AND_BACK = "closed by turns, with something better than waiting"
WORLDS[CLOSED_AND_BACK] = replace(
    OPEN_BY_TURNS,
    queues={
        name: replace(queue, hours="shop", deflects=OFFERS)
        for name, queue in OPEN_BY_TURNS.queues.items()
    },
    calendars={"shop": Shifts(open_ms=4_000, closed_ms=9_000, first=MORNING + 4_000)},
)

NOW = WORLDS["asked first, the most important first"]
WORLDS["both asked at once"] = replace(
    NOW,
    channels={**NOW.channels, "chat": replace(NOW.channels["chat"], addressees=2)},
    queues={**NOW.queues, "sales": replace(NOW.queues["sales"], preferred_wait_ms=0)},
)
REST = NOW.queues["rest"]
ONE_DOOR = ByTopic((Door("rest", frozenset({"sales", "tech", "other"})),), usual_level=1)
OTHER_RULES = {
    "ana is not good enough any more": replace(
        NOW,
        version="v2",
        queues={
            "sales": replace(
                NOW.queues["sales"], requires=SkillTerm("tech", Comparison.AT_LEAST, 1)
            ),
            "rest": REST,
        },
    ),
    "one queue for all": replace(
        NOW, version="v2", queues={"rest": REST}, qualifier=ONE_DOOR, agents=AgentRules()
    ),
    "one queue that keeps": replace(
        NOW,
        version="v2",
        queues={"rest": replace(REST, preferred_wait_ms=60_000)},
        qualifier=ONE_DOOR,
    ),
}


class Telling:
    """A story in the making: what was said so far, and what makes sense next."""

    def __init__(self, policy: Policy) -> None:
        self.world = World({POOL: policy}, (POOL,), window_ms=86_400_000)
        self.engine, self.reference = Engine(self.world), Reference(self.world)
        self.ledgers = Ledgers(self.world)
        self.now, self.offset = MORNING, 0
        for agent, skills in SKILLS.items():
            channels = {"chat": 2, "email": 1}
            self.tell(
                inputs.AgentUpdated(
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

    def restart(self, policy: Policy) -> tuple[list[Decision], list[Decision]]:
        """Start again under other rules."""
        self.world.rules = {POOL: policy}
        entities, self.engine = entities_of(self.engine), Engine(self.world)
        return self.engine.restore(entities, self.now), self.reference.restarted(self.now)

    def swap(self, policy: Policy) -> tuple[list[Decision], list[Decision]]:
        """Let other rules come into force."""
        self.world.rules = {POOL: policy}
        return self.engine.adopt(self.world, self.now), self.reference.adopted(self.now)

    def next(self) -> Iterator[Input | None]:
        """Give everything that makes sense now; None is time."""
        books = self.ledgers[POOL]
        yield None
        yield _presence("ana", Presence.AVAILABLE)
        yield _presence("bob", Presence.AVAILABLE)
        yield _presence("ana", Presence.BREAK)
        yield _presence("ana", Presence.OFFLINE)
        if "c1" not in books.open:
            yield _created("c1", channel="chat", topic_="sales", level=2, preferred_agents=("ana",))
        if "c2" not in books.open:
            yield _created("c2", channel="email", topic_="other", priority=1)
        for c in books.open.values():
            yield from _about(c)
        for agent, person in books.people.items():
            if agent == "bob" and books.held(agent):
                yield _presence(agent, Presence.OFFLINE)
            for id_ in person.wrap_ups:
                yield inputs.AgentWrapupEnded(pool=POOL, agent=agent, conversation=id_)


def _presence(agent: str, presence: Presence) -> Input:
    return inputs.AgentPresence(pool=POOL, agent=agent, presence=presence)


def _created(conversation: str, **facts: Any) -> Input:
    return inputs.ConversationCreated(pool=POOL, conversation=conversation, **facts)


def _about(c: Conversation) -> Iterator[Input]:
    this: dict[str, Any] = {"pool": POOL, "conversation": c.id}
    if c.stage == "waiting":
        yield inputs.ConversationAbandoned(**this)
    if c.stage == "offered":
        for agent in c.asked:
            yield inputs.OfferAccepted(**this, offer=c.offer, agent=agent)
            yield inputs.OfferDeclined(**this, offer=c.offer, agent=agent)
        yield inputs.ConversationUpdated(**this, level=3)
    if c.stage == "deflected":
        yield inputs.DeflectionAccepted(**this, deflection=c.deflection)
        yield inputs.DeflectionDeclined(**this, deflection=c.deflection)
        yield inputs.ConversationAbandoned(**this)
    if c.stage == "assigned":
        yield inputs.ConversationEnded(**this, agent=c.agent)
        other = "bob" if c.agent == "ana" else "ana"
        to = inputs.TransferTarget(agent=other, level=3)
        yield inputs.ConversationTransferred(**this, agent=c.agent, to=to)
    if c.stage != "waiting":
        yield inputs.CommandRequeue(**this, by="eve", reason="because")
    yield inputs.CommandAssign(**this, agent="bob", by="eve", reason="because")


def told(policy: Policy, so_far: list[int]) -> Telling:
    """Tell a story, and see that its last thing was decided alike."""
    telling = Telling(policy)
    decided: list[Decision] = []
    expected: list[Decision] = []
    for choice in so_far:
        event = list(telling.next())[choice]
        decided, expected = telling.let_time_pass() if event is None else telling.tell(event)
    assert decided == expected, so_far
    assert telling.engine.audit() == [], so_far
    return telling


def stories(policy: Policy, so_far: list[int], depth: int) -> Iterator[list[int]]:
    """Tell every story that goes on from here; give those that are ``depth`` longer."""
    ways = len(list(told(policy, so_far).next()))
    if depth == 0:
        yield so_far
        return
    for way in range(ways):
        yield from stories(policy, [*so_far, way], depth - 1)


FIRST, *_ = WORLDS


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("world", "depth"), [(FIRST, DEPTH + 1), *((world, DEPTH) for world in WORLDS)]
)
def test_every_short_story_is_decided_as_the_reference_would(world: str, depth: int) -> None:
    assert len(list(stories(WORLDS[world], [], depth))) > 4**depth


@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", [Telling.restart, Telling.swap])
@pytest.mark.parametrize("rules", OTHER_RULES)
def test_other_rules_after_any_short_story_mean_what_the_reference_says(
    rules: str, how: Callable[[Telling, Policy], tuple[list[Decision], list[Decision]]]
) -> None:
    changed = 0
    for story in stories(NOW, [], DEPTH - 1):
        telling = told(NOW, story)
        decided, expected = how(telling, OTHER_RULES[rules])
        assert decided == expected, story
        assert telling.engine.audit() == [], story
        changed += len(decided) > 1
    assert changed
