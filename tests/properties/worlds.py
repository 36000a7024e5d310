"""Small contact centres made by chance: pools with their rules, few names, many corner cases."""

from dataclasses import dataclass

from msgspec.structs import replace

from router.model.deflection import Closed, Deflection, DeflectionKind, First
from router.model.overflow import Overflow, Target
from router.model.policy import (
    Expansion,
    Feature,
    Label,
    LadderEnd,
    OfferMode,
    Order,
    OrderBy,
    Policy,
    Queue,
    Selection,
    Turn,
)
from router.model.requirement import (
    NOTHING,
    SAME,
    AllOf,
    AnyOf,
    AnySkill,
    Comparison,
    LanguageTerm,
    NotOf,
    Requirement,
    SiteTerm,
    SkillTerm,
    TeamTerm,
)
from tests.properties.bounding import quotas
from tests.properties.chance import Chance, one_in, some_of
from tests.properties.counting import counting
from tests.properties.doors import ByTopic, Door, Shifts
from tests.properties.helping import helping
from tests.properties.loads import a_switch, stages
from tests.properties.means import agent_rules, an_offering, channels
from tests.properties.measuring import estimates, status
from tests.properties.storming import storming

SKILLS = ("sales", "tech", "calm")
TOPICS = ("sales", "tech", "other")
LABELS = ("hard", "angry", "vip")
LANGUAGES = ("fr", "en", "fr-CA", "EN")
TEAMS = ("home", "away", "lyon")
SITES = ("paris", "nantes")
POOLS = ("north", "south", "west")
CHANNELS = ("chat", "voice", "email")
DURATIONS = (5_000, 15_000, 60_000, 300_000)


@dataclass
class World:
    """The rules of every pool, and who is about.

    ``lags_ms``: how far behind the conversations and the agents are read, by record time.
    ``rings_back``: every queue offers everybody a callback. ``lively``: everybody may have nearly
    everything, and has much at once, so that what limits it is met. ``counts``: everything is
    turned by how the last waits ended. ``storms``: who would wait for long is deflected, sooner in
    a surge. ``helps``: others help with nearly everything, but only so many at once. ``pools`` also
    has one that no rules are for; ``agents`` and ``conversations`` are the ids that events speak
    of. Profiles in a crowd are few, so that many agents are alike.
    """

    rules: dict[str, Policy]
    pools: tuple[str, ...]
    window_ms: int
    agents: tuple[str, ...] = ("ana", "bob", "cleo", "dan")
    conversations: tuple[str, ...] = tuple(f"c{n}" for n in range(1, 8))
    lags_ms: tuple[int, int] = (0, 0)
    crowded: bool = False
    version: int = 1
    rings_back: bool = False
    lively: bool = False
    counts: bool = False
    storms: bool = False
    helps: bool = False

    def other_rules(self, chance: Chance, *, version: str) -> Policy:
        """Make other rules for a pool of this world."""
        rules = a_policy(chance, version=version)
        if self.lively:
            rules = _livelier(rules, chance)
        if self.counts:
            rules = counting(rules, chance)
        if self.storms:
            rules = storming(rules, chance)
        if self.helps:
            rules = helping(rules, chance, teams=TEAMS, sites=SITES)
        if not self.rings_back:
            return rules
        queues = {
            name: replace(queue, deflects=(_callback(f"{name}: callback", chance),))
            for name, queue in rules.queues.items()
        }
        return replace(rules, queues=queues)

    def for_pool(self, pool: str) -> Policy | None:
        """Give the pool's policy, or None where no rules are for it."""
        return self.rules.get(pool)


def a_world(chance: Chance) -> World:
    """Make a world of one pool, sometimes two or three."""
    pools = POOLS[: chance.one_of((1, 1, 1, 1, 2, 3))]
    rules = {pool: a_policy(chance, version="v1") for pool in pools}
    heard_of = (*pools * 24, "nowhere")
    return World(
        rules,
        heard_of,
        window_ms=chance.one_of((86_400_000, 6_000)),
        lags_ms=chance.one_of(((0, 0), (0, 0), (200_000, 0), (0, 200_000))),
    )


def a_crowd(chance: Chance) -> World:
    """Make a world of one pool where many wait and many agents are alike."""
    return World(
        rules={"north": a_policy(chance, version="v1")},
        pools=("north",),
        window_ms=chance.one_of((86_400_000, 6_000)),
        agents=tuple(f"a{n:02}" for n in range(24)),
        conversations=tuple(f"c{n:03}" for n in range(120)),
        crowded=True,
    )


def a_centre_that_rings_back(chance: Chance) -> World:
    """Make a world in which everybody is offered a callback, and few pick up at once."""
    world = a_world(chance)
    world.rings_back = True
    world.rules = {pool: world.other_rules(chance, version="v1") for pool in world.rules}
    return world


def a_lively_floor(chance: Chance) -> World:
    """Make a world in which agents have much at once, and several are asked at once."""
    world = a_world(chance)
    world.lively = True
    world.rules = {pool: world.other_rules(chance, version="v1") for pool in world.rules}
    return world


def a_centre_that_counts(chance: Chance) -> World:
    """Make a world in which it is looked at how the last waits ended."""
    world = a_world(chance)
    world.lively = world.counts = True
    world.rules = {pool: world.other_rules(chance, version="v1") for pool in world.rules}
    return world


def a_centre_in_storms(chance: Chance) -> World:
    """Make a world in which long waits are foreseen, and in a surge shorter ones are too long."""
    world = a_world(chance)
    world.storms = True
    world.rules = {pool: world.other_rules(chance, version="v1") for pool in world.rules}
    return world


def a_centre_that_helps(chance: Chance) -> World:
    """Make a world in which teams and sites lend each other only so many agents at once."""
    world = a_world(chance)
    world.lively = world.helps = True
    world.rules = {pool: world.other_rules(chance, version="v1") for pool in world.rules}
    return world


def _livelier(rules: Policy, chance: Chance) -> Policy:
    livelier = {
        name: replace(
            channel,
            units=chance.one_of((25, 20, 34)),
            exclusive=name == "voice" and one_in(3, chance),
            mode=OfferMode.MANUAL if one_in(2, chance) else channel.mode,
            addressees=chance.one_of((1, 2, 3)),
            interruptible=one_in(3, chance),
        )
        for name, channel in rules.channels.items()
    }
    queues = {
        name: replace(
            queue,
            requires=queue.requires if one_in(3, chance) else AllOf(),
            hours=None,
            deflects=(),
            offering=an_offering(chance) if one_in(3, chance) else None,
        )
        for name, queue in rules.queues.items()
    }
    rests = (0, 0, 0, 5_000, 30_000)
    runs = (None, 1, 2)
    labels = {
        name: Label(chance.one_of((1, 2)), chance.one_of(rests), chance.one_of(runs))
        for name in LABELS
    }
    return replace(rules, channels=livelier, queues=queues, calendars={}, labels=labels)


def _callback(name: str, chance: Chance) -> Deflection:
    return Deflection(
        name=name,
        kind=DeflectionKind.CALLBACK,
        text=f"the words of {name}",
        expires_ms=300_000,
        attempts=chance.one_of((3, 2)),
        retry_ms=chance.one_of((5_000, 1_000, 60_000)),
    )


def a_policy(chance: Chance, *, version: str) -> Policy:
    """Make the rules of a pool."""
    names = ("red", "green", "blue", "grey")[: chance.number(1, 4)]
    queues = {
        name: _queue(name, chance, tuple(each for each in names if each != name)) for name in names
    }
    followed = sorted({queue.hours for queue in queues.values() if queue.hours})
    catch_all = Door(names[-1], frozenset(TOPICS[: chance.one_of((3, 3, 3, 2))]))
    doors = [
        Door(name, frozenset(some_of(TOPICS, chance, most=2)), chance.one_of((0, 0, 1, 2)))
        for name in names[:-1]
    ]
    return Policy(
        version=version,
        files=f"files of {version}",
        channels=channels(chance),
        queues=queues,
        qualifier=ByTopic((*doors, catch_all), chance.one_of((1, 2, None))),
        agents=agent_rules(chance),
        top_levels=dict.fromkeys(some_of(SKILLS, chance, most=3), 3),
        labels={
            name: Label(chance.one_of((1, 1, 2, 3)), in_a_row=chance.one_of((None, None, 1, 2)))
            for name in some_of(LABELS, chance, most=3)
            if one_in(2, chance)
        },
        calendars={name: _calendar(chance) for name in followed},
        stages=stages(names, chance),
        quotas=quotas(TEAMS, chance),
    )


def _calendar(chance: Chance) -> Shifts:
    return Shifts(
        chance.one_of((60_000, 60_000, 300_000, 5_000)),
        chance.one_of((15_000, 60_000, 5_000, 300_000, 0)),
        chance.one_of((0, 7_000, 30_000)),
    )


def _queue(name: str, chance: Chance, others: tuple[str, ...]) -> Queue:
    by = chance.one_of(tuple(OrderBy))
    order = Order(
        by=by,
        ageing=chance.one_of((0, 1000, 250, 5000)),
        within_ms=chance.one_of(DURATIONS) if by is OrderBy.TARGET else 0,
    )
    wishes = range(chance.one_of((0, 0, 1, 2)))
    hours = chance.one_of((None, None, None, "day", "shop"))
    rules = chance.one_of((0, 0, 0, 1)) if hours is None else chance.one_of((0, 1, 1, 2))
    spills = chance.one_of((0, 0, 0, 1, 2))
    prefers = tuple(_skill_term(chance, relative=False) for _ in wishes)
    return Queue(
        name=name,
        requires=a_requirement(chance, depth=2),
        serves=_teams(chance),
        prefers=prefers,
        order=order,
        selects=_selection(chance),
        preferred_wait_ms=chance.one_of((0, 15_000, 60_000, 300_000)),
        keeps_for_absent=one_in(3, chance),
        hours=hours,
        deflects=tuple(_deflection(f"{name} {n}", chance, hours=hours) for n in range(rules)),
        expands=_ladder(name, chance),
        overflows=tuple(_overflow(f"{name} overflows {n}", chance, others) for n in range(spills)),
        estimates=estimates(chance),
        status=status(chance),
        offering=an_offering(chance) if one_in(4, chance) else None,
    )


def _deflection(name: str, chance: Chance, *, hours: str | None) -> Deflection:
    kind = chance.one_of((*(DeflectionKind.CALLBACK,) * 6, *DeflectionKind))
    to = {DeflectionKind.CHANNEL: "email", DeflectionKind.PARTNER: "lyon"}.get(kind)
    always = hours is None or one_in(3, chance)
    on = (
        a_switch(name, chance, queue=name.partition(" ")[0])
        if one_in(2, chance)
        else None
        if always
        else Closed()
    )
    return Deflection(
        name=name,
        kind=kind,
        text=f"the words of {name}",
        on=on,
        channels=tuple(some_of(CHANNELS, chance, most=2)),
        share=chance.one_of((20, 50, 100) if on is None else (100, 100, 50)),
        to=to,
        attempts=chance.one_of((3, 2, 1)),
        first=chance.one_of(tuple(First)),
        retry_ms=chance.one_of((20_000, 5_000, 180_000)),
        expires_ms=chance.one_of((60_000, 15_000, 300_000, 5_000)),
    )


def _ladder(queue: str, chance: Chance) -> tuple[Expansion, ...]:
    """Make the steps of a queue, in half of the queues none."""
    times = sorted(set(some_of((0, 1, *DURATIONS, 90_000), chance, most=4)))
    times = times[: chance.one_of((0, 0, 1, 4))]
    end = chance.one_of((None, *LadderEnd))
    return tuple(
        Expansion(
            after_ms=None if by_switch else after_ms,
            when=a_switch(f"{queue} expands {number}", chance, queue=queue) if by_switch else None,
            requires=a_requirement(chance, depth=1),
            serves=_teams(chance),
            drops_skills=one_in(3, chance),
            then=end if number == len(times) - 1 else None,
        )
        for number, after_ms in enumerate(times)
        for by_switch in (one_in(3, chance),)
    )


def _overflow(name: str, chance: Chance, others: tuple[str, ...]) -> Overflow:
    """Make a rule by which others help: a queue of these, a team, a site, a pool."""
    kinds = (*(Target.QUEUE, Target.QUEUE) * 2, *(Target.TEAM, Target.SITE) * 2, Target.POOL)
    kind = chance.one_of(kinds if others else kinds[4:])
    places = {Target.QUEUE: others, Target.TEAM: TEAMS, Target.SITE: SITES, Target.POOL: POOLS}
    to = chance.one_of(places[kind])
    lends = {Target.TEAM: TeamTerm(to), Target.SITE: SiteTerm(to)}.get(kind)
    by_switch = one_in(3, chance)
    return Overflow(
        name=name,
        kind=kind,
        to=to,
        lends=lends,
        lends_at_most=chance.one_of((None, 1, 2)) if lends is not None else None,
        after_ms=None if by_switch else chance.one_of((5_000, 1, 60_000, 0)),
        on=a_switch(name, chance, queue=name.partition(" ")[0]) if by_switch else None,
        channels=tuple(some_of(CHANNELS, chance, most=2)),
        share=chance.one_of((100, 100, 50)),
    )


def _teams(chance: Chance) -> Requirement:
    """Say which teams serve: most often all, or all but one, or some."""
    some = AnyOf(tuple(TeamTerm(each) for each in some_of(TEAMS, chance, most=2)))
    others = (TeamTerm("home"), NotOf(TeamTerm("lyon")), some if some.terms else NOTHING)
    return chance.one_of((NOTHING, NOTHING, NOTHING, *others))


def _selection(chance: Chance) -> Selection:
    weights = {
        feature: chance.number(0 if feature in {Feature.IDLE, Feature.FAIRNESS} else -5, 5)
        for feature in some_of(tuple(Feature), chance, most=6)
    }
    return Selection(weights=weights, turn=chance.one_of(tuple(Turn)))


def a_requirement(chance: Chance, *, depth: int) -> Requirement:
    """Make a template of any shape: comparisons, languages, any skill, and, or, not."""
    kinds = ("nothing", "nothing", "skill", "all", "language", "any_skill", "any_of", "not")
    match chance.one_of(kinds[: 8 if depth else 3]):
        case "skill":
            return _skill_term(chance, relative=one_in(3, chance))
        case "all":
            parts = range(chance.number(0, 3))
            return AllOf(tuple(a_requirement(chance, depth=depth - 1) for _ in parts))
        case "any_of":
            parts = range(chance.number(1, 3))
            return AnyOf(tuple(a_requirement(chance, depth=depth - 1) for _ in parts))
        case "not":
            return NotOf(a_requirement(chance, depth=depth - 1))
        case "language":
            return LanguageTerm(chance.one_of((SAME, SAME, "fr", "en-GB")))
        case "any_skill":
            return AnySkill(chance.number(0, 3))
    return AllOf()


def _skill_term(chance: Chance, *, relative: bool) -> SkillTerm:
    comparison = chance.one_of((Comparison.AT_LEAST, Comparison.AT_LEAST, *Comparison))
    level = chance.number(-2, 1) if relative else chance.one_of((1, 0, 2, 3))
    return SkillTerm(chance.one_of(SKILLS), comparison, level, relative)
