"""What is said of those who were passed over is what was decided on, in every state of any story.

The reference works out from plain dictionaries who is eligible; the reason an agent is given, and
the change that would help, are held against it for every conversation and every agent of a pool.
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from router.engine.candidates import candidate, candidates
from router.engine.obstacles import obstacle
from router.engine.pool import Pool
from router.engine.remedies import Change, Remedy, changes, smallest_change
from router.model.inputs import Presence
from router.model.policy import Queue
from router.model.reasons import PassedOver
from router.model.requirement import NOTHING, AnySkill, Requirement, single_terms
from router.model.state import ConversationRecord
from tests.properties.chance import Dice
from tests.properties.story import Story
from tests.properties.worlds import SKILLS, a_lively_floor, a_world
from tests.reference.lifecycle import FOUND, Lifecycle

SEEDS = int(os.environ.get("CONTACT_ROUTER_STEPS", "20000")) // 1_000
STEPS = 100
MOST_ASKED = 6
"""Nobody asks for a higher level of a skill, in these worlds."""


def stories(seed: int) -> Iterator[Story]:
    """Tell the story of a seed, and give it after each step."""
    dice = Dice(seed)
    story = Story((a_world, a_lively_floor)[seed % 2](dice))
    if seed % 2:
        story.open(dice)
    for _ in range(STEPS):
        if dice.number(0, 9) == 0:
            story.wait(dice)
        else:
            story.happen(dice)
        yield story


def pairs(story: Story) -> Iterator[tuple[Pool, Lifecycle, ConversationRecord]]:
    """Give every conversation that a queue and a channel are for, with both views of its pool."""
    for name, pool in story.engine.pools.items():
        if pool.policy.queues:
            for record in pool.conversations.values():
                yield pool, story.reference.pools[name], record


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_who_has_no_reason_is_who_is_eligible(seed: int) -> None:
    for story in stories(seed):
        for pool, reference, record in pairs(story):
            able = set(reference.eligible(reference.conversations[record.id]))
            assert able == {name for name in pool.agents if obstacle(pool, record, name) is None}, (
                record.id
            )
            if record.stage == "waiting" and record.queue not in pool.record.paused:
                assert not able


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_the_reason_is_so(seed: int) -> None:
    for story in stories(seed):
        for pool, reference, record in pairs(story):
            for each in candidates(pool, record):
                if each.reason is not None:
                    assert so(reference, record.id, each.agent, each.reason), each
                    assert candidate(pool, record, each.agent) == each


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_whoever_was_chosen_scored_best(seed: int) -> None:
    for story in stories(seed):
        for pool, _, record in pairs(story):
            offer = record.offer
            if offer is None or offer.since != story.now or not offer.why.terms:
                continue
            if (
                pool.record.clock == story.now
                and pool.said
                # The last thing that happened said it: nothing silent came after.
                and pool.said[-1].cause is pool.cause
                and pool.said[-1].body.type
                in {
                    "conversation.offered",
                    "conversation.assigned",
                }
            ):
                last: Any = pool.said[-1].body
                # An offer that is accepted keeps the score it was made with.
                made_now = last.offer == f"o{pool.said[-1].seq}"
                # Whom it was kept for may score less than others, for whom it is kept no more.
                was_kept = offer.agent in record.preferred_agents
                if made_now and last.conversation == record.id and not was_kept:
                    scores = [each.why.score for each in candidates(pool, record) if each.why]
                    assert max(scores) == offer.why.score


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_after_a_change_that_is_said_to_help_somebody_may_have_it(seed: int) -> None:
    for story in stories(seed):
        for pool, reference, record in pairs(story):
            helps = changes(pool, record)
            assert not helps or record.stage == "waiting"
            assert smallest_change(pool, record) == (helps[0] if helps else None)
            for remedy in helps:
                assert remedy.agent in able_after(remedy, reference, record.id), remedy
                if remedy.change is Change.LEARN:
                    own = pool.agents[remedy.agent].profile.skills.get(remedy.of, 0)
                    assert own + remedy.steps <= pool.policy.top_levels.get(remedy.of, 2**53)


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_the_level_that_would_help_is_found_as_if_each_were_tried(seed: int) -> None:
    for story in stories(seed):
        for pool, reference, record in pairs(story):
            asked_less = {
                each.agent: each.steps
                for each in changes(pool, record)
                if each.change is Change.ASK_LESS
            }
            assert asked_less == least_steps(reference, record)


def least_steps(reference: Lifecycle, record: ConversationRecord) -> dict[str, int]:
    """Try every level below that of a conversation that waits, for every agent."""
    found: dict[str, int] = {}
    c = reference.conversations[record.id]
    for steps in range(1, (c.level or 1) if record.stage == "waiting" else 1):
        easier = of_level(reference, c, (c.level or 1) - steps)
        for agent in reference.eligible(easier) if easier is not None else ():
            found.setdefault(agent, steps)
    return found


def of_level(reference: Lifecycle, c: Any, level: int) -> Any:
    """Give a conversation as it would be, were it of another level; None: in another queue."""
    given = {name: getattr(c, f"given_{name}") for name in FOUND} | {"level": level}
    verdict = reference.policy.qualifier.qualify(reference.facts(c, text=None, **given))
    if verdict.queue not in {c.queue, c.home}:
        return None
    return replace(c, **{name: getattr(verdict, name) for name in (*FOUND, "labels")})


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_what_could_be_learnt_is_found_as_if_each_level_were_tried(seed: int) -> None:
    for number, story in enumerate(stories(seed)):
        for pool, reference, record in pairs(story) if number % 5 == 0 else ():
            learnt = {
                (each.agent, each.of): each.steps
                for each in changes(pool, record)
                if each.change is Change.LEARN
            }
            tried = least_lessons(pool, reference, record)
            if asks_any_skill(reference.needs(reference.conversations[record.id])):
                # What an agent has nothing of yet is left out then.
                tried = {each: tried[each] for each in learnt}
            assert learnt == tried


def asks_any_skill(requirement: Requirement) -> bool:
    return any(isinstance(each, AnySkill) for each in single_terms(requirement))


def least_lessons(
    pool: Pool, reference: Lifecycle, record: ConversationRecord
) -> dict[tuple[str, str], int]:
    """Try every level above that of an agent, of every skill there is."""
    found: dict[tuple[str, str], int] = {}
    if record.stage != "waiting":
        return found
    c = reference.conversations[record.id]
    already = reference.eligible(c)
    for agent, profile in list(reference.profiles.items()):
        for skill in SKILLS if agent not in already else ():
            own = profile.skills.get(skill, 0)
            for level in range(own + 1, pool.policy.top_levels.get(skill, MOST_ASKED) + 1):
                skills = {**profile.skills, skill: level}
                reference.profiles[agent] = replace(profile, skills=skills)
                if agent in reference.eligible(c):
                    found[agent, skill] = level - own
                    break
        reference.profiles[agent] = profile
    return found


def able_after(  # noqa: PLR0912 - a case for each change
    remedy: Remedy, reference: Lifecycle, conversation: str
) -> list[str]:
    """Make a change in a copy of the reference's plain dictionaries and ask who is eligible."""
    reference = deepcopy(reference)
    c, record = reference.conversations[conversation], reference.agents[remedy.agent]
    profile = reference.profiles[remedy.agent]
    match remedy.change:
        case Change.RESUME_QUEUE:
            reference.paused.discard(c.queue)
        case Change.OPEN_QUEUE:
            hours = reference.policy.queues[c.queue].hours
            assert hours is not None
            reference.looks[hours] = (True, reference.looks[hours][1])
        case Change.FREE_FOR_ALL:
            c.kept_until = None
        case Change.COME_BACK:
            record.presence, record.suspended = Presence.AVAILABLE, {}
        case Change.END_REST:
            record.rests_until = None
        case Change.RENEW_QUOTA | Change.RAISE_SHARE:
            quotas = dict(reference.policy.quotas)
            key = "at_most" if remedy.change is Change.RENEW_QUOTA else "share"
            quotas[profile.team] = replace(quotas[profile.team], **{key: None})
            reference.policy = replace(reference.policy, quotas=quotas)
        case Change.LEND_MORE:
            queue = reference.policy.queues[c.queue]
            rules = tuple(
                replace(each, lends_at_most=99) if each.name == remedy.of else each
                for each in queue.overflows
            )
            put_in_force(reference, replace(queue, overflows=rules))
        case Change.HAVE_ANOTHER:
            record.runs = {}
        case Change.FORGET_DECLINE:
            c.barred = {}
        case Change.FINISH if remedy.of in record.wrap_ups:
            record.wrap_ups = {k: v for k, v in record.wrap_ups.items() if k != remedy.of}
        case Change.FINISH:
            reference.conversations[remedy.of].offer = None
        case Change.ASK_LESS:
            c = of_level(reference, c, c.level - remedy.steps)
            reference.conversations[conversation] = c
        case Change.LEARN:
            skills = {**profile.skills, remedy.of: profile.skills.get(remedy.of, 0) + remedy.steps}
            reference.profiles[remedy.agent] = replace(profile, skills=skills)
        case Change.SPEAK:
            spoken = (*profile.languages, remedy.of)
            reference.profiles[remedy.agent] = replace(profile, languages=spoken)
        case Change.OPEN_CHANNEL:
            channels = {**profile.channels, remedy.of: 1}
            reference.profiles[remedy.agent] = replace(profile, channels=channels)
        case Change.LEND_TEAM:
            queue = reference.policy.queues[c.queue]
            steps = tuple(replace(each, serves=NOTHING) for each in queue.expands)
            put_in_force(reference, replace(queue, serves=NOTHING, expands=steps))
    return reference.eligible(c)


def put_in_force(reference: Lifecycle, queue: Queue) -> None:
    """Let a queue have other rules."""
    queues = {**reference.policy.queues, queue.name: queue}
    reference.policy = replace(reference.policy, queues=queues)


def so(reference: Lifecycle, conversation: str, agent: str, reason: PassedOver) -> bool:
    """Tell from the reference's plain dictionaries whether a reason is true."""
    c = reference.conversations[conversation]
    if reason is PassedOver.NOT_DESCRIBED:
        return agent not in reference.profiles
    profile, record = reference.profiles[agent], reference.agents[agent]
    channel = reference.policy.channels[c.channel]
    claims = reference.claims(agent, but=c)
    counts = claims if channel.interruptible else reference.uninterruptible(claims)
    others = [reference.policy.channels[name] for name, _, _ in counts if name != c.channel]
    own = len([name for name, _, _ in claims if name == c.channel])
    unmet = [
        type(term).__name__
        for term in reference.needs(c).terms
        if term != reference.teams_for(c) and not reference.meets(agent, term)
    ]
    answers = {
        PassedOver.CHANNEL: c.channel not in profile.channels,
        PassedOver.TEAM: not reference.meets(agent, reference.teams_for(c)),
        PassedOver.SKILL: "SkillTerm" in unmet,
        PassedOver.LEVEL: "SkillTerm" in unmet,
        PassedOver.LANGUAGE: "LanguageTerm" in unmet and "SkillTerm" not in unmet,
        PassedOver.REQUIREMENT: bool(unmet) and not {"SkillTerm", "LanguageTerm"} & set(unmet),
        PassedOver.OFFLINE: record.presence is Presence.OFFLINE and not unmet,
        PassedOver.PRESENCE: record.presence not in {Presence.OFFLINE, Presence.AVAILABLE},
        PassedOver.SUSPENDED: bool(record.suspended) and record.presence is Presence.AVAILABLE,
        PassedOver.RESTING: record.rests_until is not None,
        PassedOver.QUOTA: not reference.within_quota(profile.team, c),
        PassedOver.SHARE: not reference.within_share(profile.team, c),
        PassedOver.LENT_ENOUGH: not reference.may_be_lent(agent, c, []),
        PassedOver.BARRED: agent in c.barred,
        PassedOver.QUEUE_PAUSED: c.queue in reference.paused,
        PassedOver.QUEUE_CLOSED: reference.closed(c.queue),
        PassedOver.KEPT: c.kept_until is not None and agent not in c.preferred_agents,
        PassedOver.CHANNEL_FULL: own
        >= min(profile.channels.get(c.channel, 0), channel.at_most or 999),
        PassedOver.NO_UNITS: sum(units for _, units, _ in counts) + channel.units
        > reference.capacity(agent),
        PassedOver.EXCLUSIVE: bool(others)
        and (channel.exclusive or any(each.exclusive for each in others)),
        PassedOver.LABEL_FULL: any(reference.is_full(label, claims) for label in c.labels),
        PassedOver.LABEL_RUN: any(reference.had_enough(agent, label) for label in c.labels),
        PassedOver.OTHER_BETTER: agent in reference.eligible(c),
    }
    return answers[reason]
