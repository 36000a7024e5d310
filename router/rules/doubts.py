"""Warn of rules that are allowed and cannot be meant.

Every warning is a proof, with the case that shows it: a conversation that no queue takes, a queue
or a rule that an earlier one leaves nothing, a topic nothing speaks of, a channel nobody has room
for, a calendar that never opens. What cannot be proven cheaply is not said; the absence of a
warning proves nothing.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final, NamedTuple

from router.model.deflection import DeflectionKind
from router.model.overflow import Target
from router.model.policy import Facts
from router.model.requirement import Requirement, met
from router.rules.cel.syntax import Expression, Literal, children
from router.rules.closings import silent_closings
from router.rules.compilation import Compiled, qualification
from router.rules.listening import lists_asked
from router.rules.problems import Problems
from router.rules.reach import reach
from router.rules.shape import key_spot, spot
from router.rules.units import duration_text
from router.rules.unreached import unreached_queues, unreached_rules

MAX_TRIALS: Final = 2_000
_ELSEWHERE: Final = "a topic nobody declared"
_LEVELS: Final = (1, 2, 3, 4)
_MOST_AGENTS: Final = 5_000
"""Agents and conversations tried for each step of a ladder."""


def warn(compiled: Compiled, *, problems: Problems) -> None:
    """Note what is doubtful in a compiled rule set."""
    unreached_queues(compiled, problems=problems)
    unreached_rules(compiled, problems=problems)
    _untaken_conversations(compiled, problems=problems)
    _unused_topics(compiled, problems=problems)
    _unheard_lists(compiled, problems=problems)
    _unused_labels(compiled, problems=problems)
    _outsized_channels(compiled, problems=problems)
    _idle_calendars(compiled, problems=problems)
    _offers_of_the_same_channel(compiled, problems=problems)
    _idle_steps(compiled, problems=problems)
    silent_closings(compiled, problems=problems)
    _idle_help(compiled, problems=problems)
    _idle_offers(compiled, problems=problems)


def _untaken_conversations(compiled: Compiled, *, problems: Problems) -> None:
    """A conversation, found by trial, that no queue takes."""
    policy = compiled.policy
    topics = (None, _ELSEWHERE, *sorted(compiled.vocabulary.topics))
    trials = product(policy.channels, topics, _LEVELS)
    # Asked of a twin: what fails here is no conversation's, and must not be counted.
    twin = qualification(compiled.steps, compiled.takes)
    for _, (channel, topic, level) in zip(range(MAX_TRIALS), trials, strict=False):
        facts = Facts(channel=channel, topic=topic, level=level)
        if twin.qualify(facts).queue is None:
            about = "that says no topic" if topic is None else f"about {_quoted(topic)}"
            problems.warning(
                key_spot(compiled.tree, "queues"),
                f"a conversation on `{channel}` {about}, level {level}, comes to no queue: refused",
                "end with a queue that has `takes: true`",
            )
            return


def _quoted(topic: str) -> str:
    return topic if topic == _ELSEWHERE else f"`{topic}`"


def _unused_topics(compiled: Compiled, *, problems: Problems) -> None:
    """A topic that no rule finds and no condition asks for."""
    spoken = {step.topic for step in compiled.steps}
    for tree in (*(step.when for step in compiled.steps), *compiled.takes.values()):
        spoken.update(_texts(tree))
    section = compiled.document.get("topics", [])
    for index, topic in enumerate(section):
        if topic not in spoken:
            problems.warning(
                spot(compiled.tree, "topics", index),
                f"no rule and no queue speaks of the topic `{topic}`",
                "take it out, or say where it goes",
            )


def _unused_labels(compiled: Compiled, *, problems: Problems) -> None:
    """A label that no rule gives."""
    given = {label for step in compiled.steps for label in step.labels}
    for label in compiled.policy.labels:
        if label not in given:
            problems.warning(
                key_spot(compiled.tree, "labels", label),
                f"no rule gives the label `{label}`",
                f"`set: {{labels: [{label}]}}` in a rule, or take it out",
            )


def _texts(tree: Expression) -> Iterator[str]:
    if isinstance(tree, Literal) and isinstance(tree.value, str):
        yield tree.value
    for each in children(tree):
        yield from _texts(each)


def _unheard_lists(compiled: Compiled, *, problems: Problems) -> None:
    """A list of words that no rule listens for."""
    heard = {name for step in compiled.steps for name in lists_asked(step.when)}
    for name in compiled.vocabulary.word_lists:
        if name not in heard:
            problems.warning(
                key_spot(compiled.tree, "word_lists", name),
                f"no rule listens for the words of `{name}`",
                f"`text.mentions(word_lists.{name})` in a rule, or take it out",
            )


def _outsized_channels(compiled: Compiled, *, problems: Problems) -> None:
    """A channel whose conversation is larger than what an agent holds by default."""
    capacity = compiled.policy.agents.capacity
    channels: Mapping[str, int] = {
        name: each.units for name, each in compiled.policy.channels.items()
    }
    for name, units in channels.items():
        if units > capacity:
            problems.warning(
                key_spot(compiled.tree, "channels", name),
                f"one conversation takes {units} units, and an agent has {capacity}: nobody has room",
                "unless the agent's profile says more",
            )


def _idle_calendars(compiled: Compiled, *, problems: Problems) -> None:
    """A calendar that no queue follows, and one that never opens."""
    for name, written in compiled.document.get("calendars", {}).items():
        spans = [*written["weekly"].values(), *written.get("exceptions", {}).values()]
        if name not in compiled.policy.calendars:
            problems.warning(
                key_spot(compiled.tree, "calendars", name),
                f"no queue follows the calendar `{name}`",
                f"`hours: {name}` in a queue, or take it out",
            )
        elif all(each == "closed" for each in spans):
            problems.warning(
                key_spot(compiled.tree, "calendars", name),
                f"`{name}` never opens, and nobody is called from the queues that follow it",
                "say its hours in `weekly`",
            )


def _offers_of_the_same_channel(compiled: Compiled, *, problems: Problems) -> None:
    """A deflection to the very channel the conversation is on."""
    for queue, each in compiled.policy.queues.items():
        for number, rule in enumerate(each.deflects):
            same = rule.kind is DeflectionKind.CHANNEL and (
                not rule.channels or rule.to in rule.channels
            )
            if same:
                problems.warning(
                    spot(compiled.tree, "queues", queue, "deflects", number),
                    f"who is on `{rule.to}` is offered `{rule.to}`",
                    "name the other channels in `channels`",
                )


def _idle_help(compiled: Compiled, *, problems: Problems) -> None:
    """An overflow to a team that serves the queue anyway."""
    for name, queue in compiled.policy.queues.items():
        for number, rule in enumerate(queue.overflows):
            if rule.kind is Target.TEAM and met(
                queue.serves, skills={}, languages=frozenset(), team=rule.to
            ):
                problems.warning(
                    spot(compiled.tree, "queues", name, "overflows", number, "to"),
                    f"the team `{rule.to}` serves `{name}` from the beginning",
                    "say in `teams` who serves it, or take the overflow out",
                )


def _idle_offers(compiled: Compiled, *, problems: Problems) -> None:
    """A queue's own offer that is what every channel says."""
    channels = [each.offering for each in compiled.policy.channels.values()]
    for name, queue in compiled.policy.queues.items():
        if queue.offering is not None and all(each == queue.offering for each in channels):
            problems.warning(
                spot(compiled.tree, "queues", name, "offer"),
                f"`{name}` offers as every channel does anyway",
                "say what is otherwise here, or take it out",
            )


class _Asked(NamedTuple):
    """What is asked of agents, whether a conversation's own skills are not, and which teams serve."""

    requires: Requirement
    drops_skills: bool
    serves: Requirement


def _idle_steps(compiled: Compiled, *, problems: Problems) -> None:
    """A step of a ladder by which nobody may have a conversation who could not before it."""
    tops = compiled.policy.top_levels
    for name, queue in compiled.policy.queues.items():
        # What may be in force before a step: since the last one that everybody has passed by time.
        before = [_Asked(queue.requires, drops_skills=False, serves=queue.serves)]
        since = 0
        for index, step in enumerate(queue.expands):
            asked = _Asked(step.requires, step.drops_skills, step.serves)
            first = 0 if step.after_ms is None else since
            if step.then is None and all(
                _adds_nobody(each, asked, tops=tops) for each in before[first:]
            ):
                when = "then" if step.after_ms is None else f"after {duration_text(step.after_ms)}"
                problems.warning(
                    spot(compiled.tree, "queues", name, "expands", index),
                    f"{when} nobody more may have what waits in `{name}`: "
                    f"{_kept_out(before[-1], asked, tops=tops)}",
                    "ask for less, or take it out",
                )
            before.append(asked)
            since = since if step.after_ms is None else index + 1


def _adds_nobody(before: _Asked, after: _Asked, *, tops: Mapping[str, int]) -> bool:
    if before == after:
        return True
    if before.serves != after.serves or (after.drops_skills and not before.drops_skills):
        return False
    found = reach(before.requires, after.requires, tops, most=_MOST_AGENTS)
    return found is not None and found.gains is None


def _kept_out(before: _Asked, after: _Asked, *, tops: Mapping[str, int]) -> str:
    found = reach(before.requires, after.requires, tops, most=_MOST_AGENTS)
    if found is None or found.loses is None:
        return "the step asks for what was asked for before"
    return f"it only keeps out whom it could have before, such as {found.loses}"
