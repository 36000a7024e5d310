"""Compile one rule set: from a tree that fits the language to a ``Policy`` and its full text.

Everything that can be wrong is found here and gathered, section by section; a policy comes out only
where nothing is. After that nothing can fail: conditions are compiled, names are resolved, every
default is filled in.
"""

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from typing import Any, Final

import msgspec

from router.model.policy import (
    Expansion,
    Policy,
    Queue,
)
from router.model.requirement import NOTHING
from router.rules import effective
from router.rules.cel.checking import check
from router.rules.cel.evaluation import compiled
from router.rules.cel.hearing import Lists
from router.rules.cel.parser import parse
from router.rules.cel.scanner import ConditionError
from router.rules.cel.syntax import (
    TRUE,
    Binary,
    Expression,
    Items,
    Literal,
    Name,
    constant,
)
from router.rules.deflection import DeflectionReader, deflections
from router.rules.dispatch import Dispatch
from router.rules.expansion import check_end, check_end_helps, ladder
from router.rules.hours import compiled_hours
from router.rules.listening import ears
from router.rules.means import agent_rules, channel, label, offering, order
from router.rules.measuring import estimates, status, unfounded
from router.rules.overflow import OverflowReader, overflows
from router.rules.periods import quotas
from router.rules.problems import Problems, Severity, nearest
from router.rules.qualification import Qualification, Step
from router.rules.requirements import WORDS, RequirementReader
from router.rules.selection import selection
from router.rules.shape import Fitted, fitted, key_spot, spot
from router.rules.source import Mapping, Node, Scalar, Sequence
from router.rules.surge import check_stages, stages
from router.rules.teams import TeamsReader
from router.rules.unanswered import parts_asked
from router.rules.vocabulary import FACTS, LASTING_FACTS, Type, Vocabulary, declared
from router.rules.written import routing

NO_TAKER: Final = Literal(False)

Path = tuple[str | int, ...]


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set ready to use. ``takes`` {queue: its condition}; ``document``: all of it in full."""

    pools: tuple[str, ...]
    policy: Policy
    document: MappingType[str, Any]
    vocabulary: Vocabulary
    steps: tuple[Step, ...]
    takes: MappingType[str, Expression]
    tree: Mapping


def compile_rules(
    tree: Mapping, files: str, *, word_lists: Lists, problems: Problems
) -> Compiled | None:
    """Compile a merged tree; None where there is any error. ``files``: hash of its texts."""
    before = problems.errors
    vocabulary = declared(tree, word_lists)
    fit = fitted(tree, problems=problems)
    rules = fit.rules
    builder = _Builder(tree, vocabulary, fit=fit, problems=problems)
    builder.check_names()
    channels = {name: channel(name, each) for name, each in rules.channels.items()}
    steps = tuple(builder.step(index, each) for index, each in enumerate(rules.qualification))
    takes = {name: builder.takes(name, each) for name, each in rules.queues.items()}
    queues = {name: builder.queue(name, each) for name, each in rules.queues.items()}
    shares = any(each.share is not None for each in rules.teams.values())
    check_stages(
        rules.surge,
        tree,
        queues=queues,
        shares=shares or fit.hurts(tree, "teams"),
        estimates=any(each.estimates for each in queues.values()) or fit.hurts(tree, "queues"),
        problems=problems,
    )
    builder.overflows.check_rings(queues)
    if problems.errors > before:
        return None
    followed = {each.hours for each in queues.values()}
    calendars = {
        name: compiled_hours(each) for name, each in rules.calendars.items() if name in followed
    }
    document = effective.document(
        rules.model_copy(update={"word_lists": word_lists}),
        channels=channels,
        queues=queues,
        agents=agent_rules(rules.agents),
        steps=steps,
        takes=takes,
    )
    made = Policy(
        version=effective.version(document, calendars=calendars),
        files=files,
        channels=channels,
        queues=queues,
        qualifier=qualification(steps, takes),
        agents=agent_rules(rules.agents),
        top_levels={name: each.top for name, each in rules.skills.items()},
        labels={name: label(each) for name, each in rules.labels.items()},
        calendars=calendars,
        stages=stages(rules.surge, queues),
        quotas=quotas(rules.teams),
    )
    return Compiled(
        pools=tuple(rules.pools),
        policy=made,
        document=document,
        vocabulary=vocabulary,
        steps=steps,
        takes=takes,
        tree=tree,
    )


def qualification(steps: tuple[Step, ...], takes: MappingType[str, Expression]) -> Qualification:
    """Put rules and queues together, ready to be asked."""
    open_queues = ((name, each) for name, each in takes.items() if constant(each) is not False)
    return Qualification(steps, Dispatch(open_queues))


class _Builder:
    """Compile the sections that speak of one another's names."""

    def __init__(
        self,
        tree: Mapping,
        vocabulary: Vocabulary,
        *,
        fit: Fitted,
        problems: Problems,
    ) -> None:
        self._tree = tree
        self._rules = rules = fit.rules
        self._removed = fit.removed
        self._fit = fit
        self._vocabulary = vocabulary
        self._problems = problems
        self._requirements = RequirementReader(vocabulary, problems)
        self._teams = TeamsReader(
            tree,
            teams=vocabulary.teams,
            partners=[name for name, each in rules.teams.items() if each.partner],
            problems=problems,
        )
        self.overflows = OverflowReader(
            tree, vocabulary=vocabulary, pools=rules.pools, problems=problems
        )
        self._deflections = DeflectionReader(
            tree, vocabulary=vocabulary, teams=rules.teams, problems=problems
        )

    def check_names(self) -> None:
        """Check what must be there, and what must be there once."""
        rules = self._rules
        for section in ("channels", "queues"):
            misspelt = [key for place, key in self._removed if place == self._tree.place]
            near = nearest(section, misspelt).startswith("did")
            if self._silent(self._tree, section) and not near:
                self._problems.error(
                    self._tree.place, f"no {section} are declared", f"there must be `{section}:`"
                )
        for word in WORDS:
            if word in self._vocabulary.skills:
                self._problems.error(
                    key_spot(self._tree, "skills", word),
                    f"a skill cannot be named `{word}`: `requires` uses it",
                )
        self._once("topics", rules.topics, what="topic")
        self._once("sites", rules.sites, what="site")
        self._once("pools", rules.pools, what="pool")
        self._once("qualification", [each.name or "" for each in rules.qualification], what="rule")

    def _once(self, section: str, written: Iterable[str], *, what: str) -> None:
        seen: set[str] = set()
        for index, name in enumerate(written):
            if name and name in seen:
                path = (section, index, "name") if what == "rule" else (section, index)
                self._problems.error(spot(self._tree, *path), f"{what} `{name}` is there twice")
            seen.add(name)

    def step(self, index: int, written: routing.Rule) -> Step:
        """Compile a qualification rule."""
        path = ("qualification", index)
        if self._silent(self._node(path), "name"):
            self._problems.error(
                spot(self._tree, *path),
                "the rule has no name",
                "decisions name the rules they follow",
            )
        found = written.set
        if (
            not written.final
            and found == routing.Findings()
            and not self._fit.hurts(self._tree, *path)
        ):
            self._problems.error(
                spot(self._tree, *path), "the rule does nothing", "say what it sets with `set`"
            )
        if found.topic is not None and found.topic not in self._vocabulary.topics:
            self._unknown("topic", found.topic, path=(*path, "set", "topic"))
        for skill, level in found.skills.items():
            self._found_skill(skill, level, path)
        for number, given in enumerate(found.labels):
            if given not in self._vocabulary.labels:
                self._unknown("label", given, path=(*path, "set", "labels", number))
        if found.queue is not None and found.queue not in self._vocabulary.queues:
            self._unknown("queue", found.queue, path=(*path, "set", "queue"))
        when = TRUE if written.when is None else self._condition((*path, "when"), facts=FACTS)
        return Step(
            name=written.name or "",
            when=when,
            holds=compiled(when),
            parts=parts_asked(when),
            ears=ears(written.name or "", when, lists=self._vocabulary.word_lists),
            topic=found.topic,
            level=found.level,
            language=found.language,
            priority=found.priority,
            skills=found.skills,
            labels=tuple(sorted(set(found.labels))),
            queue=found.queue,
            final=written.final,
        )

    def _found_skill(self, skill: str, level: int, path: Path) -> None:
        if skill not in self._vocabulary.skills:
            self._unknown("skill", skill, path=(*path, "set", "skills", skill))
            return
        known = self._vocabulary.skills[skill]
        if known is not None and not known.lowest <= level <= known.top:
            self._problems.error(
                spot(self._tree, *path, "set", "skills", skill),
                f"level {level} of `{skill}` does not exist",
                f"its levels are {known}",
            )

    def takes(self, name: str, written: routing.Queue) -> Expression:
        """Compile which conversations a queue takes."""
        path = ("queues", name, "takes")
        if written.takes is None:
            if self._silent(self._node(path[:-1]), "takes"):
                self._problems.error(
                    key_spot(self._tree, *path[:-1]),
                    f"`{name}` does not say what it takes",
                    "`takes:` and a condition, a list of topics, `true` or `false`",
                )
            return NO_TAKER
        if not isinstance(written.takes, list):
            return self._condition(path, facts=LASTING_FACTS)
        for index, topic in enumerate(written.takes):
            if topic not in self._vocabulary.topics:
                self._unknown("topic", topic, path=(*path, index))
        topics = tuple(Literal(each) for each in written.takes)
        if len(topics) == 1:
            return Binary("==", Name("topic"), topics[0])
        return Binary("in", Name("topic"), Items(topics))

    def _condition(self, path: Path, *, facts: MappingType[str, Type]) -> Expression:
        """Read a condition; where it is wrong, report all that is, and take one that never holds."""
        node = self._node(path)
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return Literal(node.value)
        if not isinstance(node, Scalar):
            return NO_TAKER
        try:
            tree = parse(node.text)
        except ConditionError as trouble:
            self._problems.error(node.spot(trouble.at), trouble.message, trouble.suggestion)
            return NO_TAKER
        sound = True
        for each in check(tree, self._vocabulary, facts=facts):
            sound = sound and each.severity is not Severity.ERROR
            note = (
                self._problems.error if each.severity is Severity.ERROR else self._problems.warning
            )
            note(node.spot(each.at), each.message, each.suggestion)
        return tree if sound else NO_TAKER

    def _silent(self, group: Node | None, key: str) -> bool:
        """Tell whether a group has no such key, and had none."""
        if not isinstance(group, Mapping):
            return False
        return key not in group.entries and (group.place, key) not in self._removed

    def _node(self, path: Path) -> Node | None:
        node: Node | None = self._tree
        for part in path:
            if isinstance(node, Mapping):
                node = node.get(str(part))
            elif isinstance(node, Sequence) and isinstance(part, int):
                node = node.items[part]
        return node

    def queue(self, name: str, written: routing.Queue) -> Queue:
        """Compile what a queue asks of agents and how it orders conversations."""
        requires, prefers = (self._node(("queues", name, each)) for each in ("requires", "prefers"))
        likes = () if prefers is None else self._requirements.preference(prefers)
        kept = written.preferred_agent
        if written.hours is not None and written.hours not in self._vocabulary.calendars:
            self._unknown("calendar", written.hours, path=("queues", name, "hours"))
        serves = self._teams.serves(written.teams, ("queues", name, "teams"))
        asked = NOTHING if requires is None else self._requirements.requirement(requires)
        has_hours = written.hours is not None or self._fit.hurts(
            self._tree, "queues", name, "hours"
        )
        self._deflections.check(name, written, has_hours=has_hours)
        self.overflows.check(name, written)
        for where, *words in unfounded(name, written):
            self._problems.error(spot(self._tree, "queues", name, *where), *words)
        instead = deflections(name, written)
        self._deflections.check_switches(name, instead)
        return Queue(
            name=name,
            requires=asked,
            serves=serves,
            prefers=likes,
            order=order(written.order),
            selects=selection(
                self._node(("queues", name, "selects")),
                prefers=bool(likes),
                problems=self._problems,
            ),
            preferred_wait_ms=0 if kept is None else kept.wait,
            keeps_for_absent=kept is not None and kept.even_if_away,
            offering=None if written.offer is None else offering(written.offer),
            hours=written.hours,
            deflects=instead,
            expands=self._ladder(name, written, start=Expansion(requires=asked, serves=serves)),
            overflows=overflows(name, written),
            estimates=estimates(written),
            status=status(written),
        )

    def _ladder(
        self, name: str, written: routing.Queue, *, start: Expansion
    ) -> tuple[Expansion, ...]:
        node = self._node(("queues", name, "expands"))
        if not isinstance(node, Sequence):
            return ()
        places = {node.place, *(each.place for each in node.items)}
        if not any(place in places for place, _ in self._removed):
            check_end(written.expands, node, problems=self._problems)
            check_end_helps(name, written, node, problems=self._problems)
        return ladder(
            name,
            written,
            node,
            start=start,
            requirements=self._requirements,
            teams=self._teams,
        )

    def _unknown(self, kind: str, name: str, *, path: Path) -> None:
        known = {
            "topic": self._vocabulary.topics,
            "skill": self._vocabulary.skills,
            "calendar": self._vocabulary.calendars,
            "label": self._vocabulary.labels,
            "queue": self._vocabulary.queues,
        }[kind]
        self._problems.error(
            spot(self._tree, *path), f"unknown {kind} `{name}`", nearest(name, known)
        )
