"""Check that a routing test can mean something: names the rules know, people and conversations
that are there, expectations that can fail. Every problem is reported, none is thrown.

In a step that expects a refusal any name may stand: unknown ones are what it is about.
"""

from collections.abc import Iterable
from typing import Final

from router.engine.remedies import Change
from router.model.reasons import PassedOver, Refusal
from router.model.surge import OFF
from router.rules.problems import Problems, nearest, shown
from router.rules.shape import key_spot, spot
from router.rules.source import Mapping
from router.rules.vocabulary import Vocabulary
from router.scenarios import written
from router.scenarios.decided import STATES, WORDS, Told, details_of, expected
from router.scenarios.scenario import Scenario, Step

MORNING: Final = 1_772_442_000_000
"""Monday, 2 March 2026, 10:00 in Paris."""
MOST_BETWEEN_MS: Final = 7 * 86_400_000
"""Desktops are heard all that time, so a scenario with years in it would take as many minutes."""
Path = tuple[str | int, ...]
_ABOUT_AGENTS: Final = ("suspended", "released")
_ABOUT_ANYTHING: Final = ("refused", "applied", "status", "surge", "policy_changed")


def checked(
    file: written.File,
    tree: Mapping,
    *,
    vocabulary: Vocabulary,
    whole: bool,
    problems: Problems,
) -> list[Scenario]:
    """Give the scenarios of a file. ``whole``: nothing was taken out of it as unreadable."""
    checker = _Checker(tree, vocabulary, whole=whole, problems=problems)
    for name, profile in file.people.items():
        checker.profile(profile, ("people", name))
    if not file.scenarios and whole:
        problems.error(tree.place, "there are no scenarios", "`scenarios:` and a list of them")
    found: list[Scenario] = []
    names: set[str] = set()
    for index, each in enumerate(file.scenarios):
        path = ("scenarios", index)
        if each.name in names:
            problems.error(spot(tree, *path, "name"), f"scenario `{each.name}` is there twice")
        names.add(each.name or "")
        found.append(checker.scenario(each, path, file=file))
    return found


class _Checker:
    """Check scenarios against what the rules declare."""

    def __init__(
        self, tree: Mapping, vocabulary: Vocabulary, *, whole: bool, problems: Problems
    ) -> None:
        self._tree = tree
        self._vocabulary = vocabulary
        self._whole = whole
        self._problems = problems
        self._agents: set[str] = set()
        self._conversations: set[str] = set()
        self._lenient = False

    def scenario(self, each: written.Scenario, path: Path, *, file: written.File) -> Scenario:
        """Check one scenario from its beginning to its end."""
        self._missing(each.name, path, key="name")
        self._agents = set()
        self._conversations = set()
        people: list[written.Person] = []
        for index, person in enumerate(each.agents):
            here = (*path, "agents", index)
            self._missing(person.id, here, key="id")
            self.profile(person, here)
            known = file.people.get(person.id or "")
            bare = person.model_fields_set == {"id"}
            if known is None and bare:
                name = person.id or ""
                hint = nearest(name, file.people) or f"say what `{name}` is, such as its `skills`"
                self._error(here, f"unknown agent `{name}`", hint)
            people.append(_overlaid(person, known))
            self._agents.add(person.id or "")
        at = each.at if each.at is not None else file.at if file.at is not None else MORNING
        now, steps = at, list[Step]()
        for index, step in enumerate(each.steps):
            here = (*path, "steps", index)
            now = self._time(step, here, now=now)
            steps.append(self._step(self._person_overlaid(step, file), here, now=now))
        expects = any(step.expected is not None for step in steps)
        if not expects and self._whole:
            self._error(path, "it expects nothing, so it cannot fail", "an `expect` in a step")
        return Scenario(
            name=each.name or "",
            place=spot(self._tree, *path),
            at=at,
            people=tuple(people),
            steps=tuple(steps),
        )

    def _person_overlaid(self, step: written.Step, file: written.File) -> written.Step:
        person = step.agent
        if person is None or person.id in self._agents or person.id not in file.people:
            return step
        return step.model_copy(update={"agent": _overlaid(person, file.people[person.id])})

    def _time(self, step: written.Step, path: Path, *, now: int) -> int:
        if step.at is not None and step.after is not None:
            self._error(path, "both `at` and `after`", "one of the two")
        at: int = now + (step.after or 0) if step.at is None else step.at
        if at < now:
            self._error((*path, "at"), "this is before the step before", "steps go forward in time")
        if at - now > MOST_BETWEEN_MS:
            self._error(path, "more than a week after the step before", "begin another scenario")
            return now
        return max(at, now)

    def _step(self, step: written.Step, path: Path, *, now: int) -> Step:
        told = [
            (each, self._expectation(each, (*path, "expect", index)))
            for index, each in enumerate(step.expect or ())
        ]
        wanted = tuple(each for _, each in told if each is not None)
        self._lenient = any(each.word == "refused" for each in wanted)
        happenings = [key for key in written.HAPPENINGS if getattr(step, key) is not None]
        if len(happenings) > 1:
            names = " and ".join(f"`{each}`" for each in happenings)
            self._error(path, f"{names} in one step", "one thing happens in a step")
        for key in happenings:
            self._happening(step, key, path)
        for index, each in enumerate(wanted):
            self._names_of(each, (*path, "expect", index))
        self._lenient = False
        return Step(
            place=spot(self._tree, *path),
            at=now,
            happens=step,
            expected=None if step.expect is None else wanted,
            nothing_else=step.nothing_else,
        )

    def _happening(self, step: written.Step, key: str, path: Path) -> None:
        here = (*path, key)
        match getattr(step, key):
            case written.Arrival() as arrival:
                self._missing(arrival.id, here, key="id")
                self._facts(arrival, here)
                if arrival.channel is None and len(self._vocabulary.channels) != 1:
                    self._missing(None, here, key="channel")
                self._conversations.add(arrival.id or "")
            case written.Facts() as facts:
                self._missing(facts.id, here, key="id")
                self._facts(facts, here)
                self._one_of("conversation", facts.id, (*here, "id"))
            case written.About() as about:
                self._missing(about.conversation, here, key="conversation")
                self._one_of("conversation", about.conversation, (*here, "conversation"))
                self._one_of("agent", about.agent, (*here, "agent"))
                if isinstance(about, written.Transfer):
                    self._target(about.to, (*here, "to"))
            case written.Answer() as answer:
                self._missing(answer.conversation, here, key="conversation")
                self._one_of("conversation", answer.conversation, (*here, "conversation"))
            case written.Person() as person:
                self._missing(person.id, here, key="id")
                self.profile(person, here)
                if person.model_fields_set & set(written.Profile.model_fields):
                    self._agents.add(person.id or "")
                self._one_of("agent", person.id, (*here, "id"))
            case written.Command() as command:
                self._command(command, here)
            case agent:
                self._one_of("agent", agent, here)

    def _target(self, to: written.Target, path: Path) -> None:
        self._one_of("queue", to.queue, (*path, "queue"))
        self._one_of("agent", to.agent, (*path, "agent"))
        self._skills(to.skills or {}, (*path, "skills"))
        if to == written.Target():
            self._error(path, "it does not say where to", "a `queue`, `agent`, `level` or `skills`")

    def _command(self, command: written.Command, path: Path) -> None:
        orders = [key for key in written.ORDERS if getattr(command, key) is not None]
        if len(orders) != 1:
            self._error(path, "a command orders one thing", f"one of {', '.join(written.ORDERS)}")
        for key in orders:
            kind = {
                "pause_queue": "queue", "resume_queue": "queue", "set_presence": "agent",
            }.get(key, "conversation")  # fmt: skip
            if key != "surge":
                self._one_of(kind, getattr(command, key), (*path, key))
        self._one_of("agent", command.to, (*path, "to"))
        needs = {"assign": "to", "prioritise": "priority", "set_presence": "presence"}
        for order, detail in needs.items():
            if order in orders:
                self._missing(getattr(command, detail), path, key=detail)
            elif getattr(command, detail) is not None:
                self._error((*path, detail), f"`{detail}` goes with `{order}`")

    def profile(self, profile: written.Profile, path: Path) -> None:
        """Check the names of a profile."""
        self._skills(profile.skills or {}, (*path, "skills"))
        self._skills(profile.preferences or {}, (*path, "preferences"), levels=False)
        for name in profile.channels or ():
            self._one_of("channel", name, (*path, "channels", name), key=True)
        if self._vocabulary.teams:
            self._one_of("team", profile.team, (*path, "team"))

    def _facts(self, facts: written.Facts, path: Path) -> None:
        self._one_of("channel", facts.channel, (*path, "channel"))
        self._one_of("topic", facts.topic, (*path, "topic"))
        self._skills(facts.skills or {}, (*path, "skills"))

    def _skills(self, skills: dict[str, int], path: Path, *, levels: bool = True) -> None:
        for name, level in skills.items():
            self._one_of("skill", name, (*path, name), key=True)
            known = self._vocabulary.skills.get(name)
            if levels and known is not None and level > known.top:
                self._error(
                    (*path, name), f"level {level} of `{name}` does not exist", f"it has {known}"
                )

    def _expectation(self, each: written.Expectation, path: Path) -> Told | None:
        given = each.model_fields_set
        words = [name for name in (*WORDS, *STATES) if name in given]
        if len(words) != 1:
            if words:
                self._error(path, f"{' and '.join(f'`{word}`' for word in words)} in one", "a list")
            elif self._whole:
                self._error(path, "it does not say what should be decided", "`{assigned: c1}`")
            return None
        told = expected(each)
        allowed = details_of(told.word)
        for name in told.details:
            if name not in allowed:
                here = key_spot(self._tree, *path, name)
                hint = f"there are {', '.join(allowed)}" if allowed else "it has no details"
                self._problems.error(here, f"`{told.word}` has no `{name}`", hint)
        return told

    def _names_of(self, each: Told, path: Path) -> None:
        """Check whom an expectation speaks of."""
        if each.word not in _ABOUT_ANYTHING:
            kind = "agent" if each.word in _ABOUT_AGENTS else "conversation"
            self._one_of(kind, each.about, (*path, each.word))
        if each.word == "surge":
            self._among(each.about, self._stages(), (*path, each.word), what="stage")
        for name, value in each.details.items():
            match name:
                case "to" | "from":
                    self._end_of(each.word, value, (*path, name))
                case "in":
                    self._one_of("queue", value, (*path, name))
                case "reason" if each.word == "refused":
                    self._among(value, Refusal, (*path, name), what="reason to refuse")
                case "would_help":
                    self._among(value, Change, (*path, name), what="change")
                case "passed_over":
                    for reason in value.values():
                        self._among(reason, PassedOver, (*path, name), what="reason to pass over")

    def _end_of(self, word: str, value: str, path: Path) -> None:
        """Check whom or what something goes to, or comes from."""
        known = self._vocabulary
        match word, path[-1]:
            case "surge", _:
                self._among(value, self._stages(), path, what="stage")
            case "overflowed", "to":
                places = [*known.queues, *known.teams, *known.sites, *known.pools]
                self._among(value, places, path, what="queue, team, site or pool")
            case "overflowed", _:
                self._one_of("queue", value, path)
            case "deflected", "to":
                self._among(value, [*known.channels, *known.teams], path, what="channel or team")
            case _:
                self._one_of("agent", value, path)

    def _stages(self) -> set[str]:
        return {*self._vocabulary.stages, OFF}

    def _known(self, kind: str) -> Iterable[str]:
        return {
            "agent": self._agents,
            "conversation": self._conversations,
            "queue": self._vocabulary.queues,
            "topic": self._vocabulary.topics,
            "skill": self._vocabulary.skills,
            "channel": self._vocabulary.channels,
            "team": self._vocabulary.teams,
        }[kind]

    def _one_of(self, kind: str, name: str | None, path: Path, *, key: bool = False) -> None:
        if name and name not in self._known(kind) and not self._lenient:
            known = self._known(kind)
            place = (key_spot if key else spot)(self._tree, *path)
            self._problems.error(place, f"unknown {kind} `{name}`", nearest(name, known))

    def _among(self, name: str, known: Iterable[str], path: Path, *, what: str) -> None:
        names = [str(each) for each in known]
        if name not in names:
            self._error(path, f"{shown(name)} is no {what}", nearest(name, names))

    def _missing(self, value: object, path: Path, *, key: str) -> None:
        if value is None and self._whole:
            self._error(path, f"`{key}` is missing")

    def _error(self, path: Path, message: str, suggestion: str = "") -> None:
        self._problems.error(spot(self._tree, *path), message, suggestion)


def _overlaid(person: written.Person, profile: written.Profile | None) -> written.Person:
    """Fill in from the file's people what is not said of a person in the scenario."""
    if profile is None:
        return person
    given = {name: getattr(person, name) for name in person.model_fields_set}
    known = {name: getattr(profile, name) for name in profile.model_fields_set}
    return written.Person.model_construct(**{**known, **given})
