"""Run a routing test: the real engine under the real rules, at the times the scenario says.

Timers between two steps fire at their own times, and what they decide counts for the step in which
they fall. Desktops are heard all the time, so that no lease expires, until a step says that one is
silent. Deterministic: no clock, no chance.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from router.engine import Engine
from router.engine.candidates import Candidate, candidates
from router.engine.pool import Pool
from router.engine.remedies import Remedy, smallest_change
from router.engine.waiting import place
from router.model.inputs import Input, Presence
from router.model.outputs import Decision
from router.model.policy import Policy
from router.scenarios import written
from router.scenarios.decided import STATES, Told, cause_words, told
from router.scenarios.happenings import Memory
from router.scenarios.scenario import Scenario, Step, Suite

MOST_TIMERS: Final = 5_000_000
"""With more timers and signs of life than this between two steps something never ends."""


class Met(msgspec.Struct, frozen=True):
    """An expectation, and the decision that met it; None: nothing did, perhaps ``instead``."""

    expected: Told
    by: Told | None
    instead: Told | None = None


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What a step decided, and how that compares.

    ``unexpected``: decisions that should not have been taken; ``asked`` {conversation: how every
    agent stands to it} and ``would_help`` for those that an unmet expectation is about.
    """

    step: Step
    decided: tuple[Told, ...]
    compared: tuple[Met, ...] = ()
    unexpected: tuple[Told, ...] = ()
    asked: dict[str, list[Candidate]] = {}
    would_help: dict[str, Remedy] = {}

    @property
    def ok(self) -> bool:
        """Tell whether all is as expected."""
        return not self.unexpected and all(each.by is not None for each in self.compared)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as it went: its steps up to the first that went otherwise than expected."""

    scenario: Scenario
    steps: tuple[Happened, ...]

    @property
    def ok(self) -> bool:
        """Tell whether every step went as expected."""
        return all(each.ok for each in self.steps)


class OnePolicy:
    """The same rules for every pool."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def for_pool(self, _pool: str) -> Policy | None:
        """Give the policy."""
        return self._policy


def run(suite: Suite, scenario: Scenario) -> Result:
    """Run a scenario to its end, or to the first step that goes otherwise than expected."""
    stage = Stage(suite, scenario)
    happened: list[Happened] = []
    for step in scenario.steps:
        happened.append(stage.play(step))
        if not happened[-1].ok:
            break
    return Result(scenario=scenario, steps=tuple(happened))


class Stage:
    """An engine, a clock, and the people of one scenario."""

    def __init__(self, suite: Suite, scenario: Scenario) -> None:
        policy = suite.policy
        self._engine = Engine(OnePolicy(policy))
        self._pool = suite.pool
        teams = suite.rules.vocabulary.teams
        team = next(iter(suite.rules.document.get("teams", {})), "team") if teams else "team"
        self._memory = Memory(suite.pool, policy, team)
        self._beat = max(1, policy.agents.lease_ms // 2)
        self._heard: dict[str, int] = {}
        early = sorted(scenario.people, key=lambda each: -(each.idle or 0))
        self._now = scenario.at
        for person in early:
            self._reach(scenario.at - (person.idle or 0))
            for event in self._memory.arrival(person, self._now):
                self._hear(event)
            self._heard[person.id or ""] = self._now
        self._reach(scenario.at)

    def play(self, step: Step) -> Happened:
        """Let the time of a step go by and happen what it says, and compare."""
        decided = self._reach(step.at)
        happens = step.happens
        for event in self._memory.events(happens, self._now):
            decided += self._hear(event)
        decided += self._reach(self._now)  # what follows at this very moment
        if happens.silent is not None:
            self._heard.pop(happens.silent, None)
        for agent in (happens.heartbeat, happens.agent.id if happens.agent else None):
            if agent is not None:
                self._heard[agent] = self._now
        violated = self._engine.audit()
        if violated:
            raise AssertionError(f"the engine broke an invariant: {violated[0]}")
        return self._compared(step, self._said(decided, happens))

    @property
    def pool(self) -> Pool | None:
        """Give the pool as it stands, to read only; None before anything was heard."""
        return self._engine.pools.get(self._pool)

    def _reach(self, at: int) -> list[Decision]:
        """Let timers fire and desktops be heard until ``at`` (ms)."""
        decided: list[Decision] = []
        if at < self._now and not self._engine.pools:
            self._now = at
        for _ in range(MOST_TIMERS):
            due = self._engine.next_deadline
            beats = [(since + self._beat, name) for name, since in self._heard.items()]
            beat, agent = min(beats, default=(at + 1, ""))
            upcoming = min(beat, at + 1 if due is None else due)
            if upcoming > at:
                break
            self._now = max(self._now, upcoming)
            if beat <= upcoming:
                self._heard[agent] = self._now
                decided += self._beat_of(agent)
            else:
                decided += self._engine.advance(self._now)
                self._memory.learn(decided)
        else:
            raise AssertionError(f"more than {MOST_TIMERS} timers between two steps")
        self._now = max(self._now, at)
        return decided

    def _beat_of(self, name: str) -> list[Decision]:
        pool = self._engine.pools[self._pool]
        agent = pool.agents.get(name)
        if agent is None or agent.record.presence is Presence.OFFLINE:
            return []
        return self._hear(self._memory.heartbeat(name, self._now))

    def _hear(self, event: Input) -> list[Decision]:
        decided = self._engine.apply(event, self._now)
        self._memory.learn(decided)
        return decided

    def _said(self, decided: list[Decision], happens: written.Step) -> tuple[Told, ...]:
        happening = next(
            (key for key in written.HAPPENINGS if getattr(happens, key) is not None), "time"
        )
        found: list[Told] = []
        cause, words = None, frozenset[str]()
        for each in decided:
            if each.cause != cause:
                cause, words = each.cause, cause_words(each, happening=happening)
            command = getattr(each.body, "command", "")
            said = told(each, subject=self._memory.subjects.get(command, ""), causes=words)
            found.append(said)
            words |= {said.word}
        return tuple(found)

    def _compared(self, step: Step, decided: tuple[Told, ...]) -> Happened:
        if step.expected is None:
            return Happened(step=step, decided=decided)
        left = list(decided)
        met: list[Met] = []
        unexpected: list[Told] = []
        for wanted in step.expected:
            if wanted.word in STATES:
                now = self._waiting(wanted)
                so = now is not None and now.meets(wanted)
                met.append(Met(wanted, now if so else None, now))
                continue
            index = next((n for n, each in enumerate(left) if self._meets(each, wanted)), None)
            if index is None:
                met.append(Met(wanted, None))
                continue
            unexpected += left[:index]
            met.append(Met(wanted, left[index]))
            left = left[index + 1 :]
        unexpected += left
        found = Happened(
            step=step,
            decided=decided,
            compared=tuple(met),
            unexpected=tuple(unexpected) if step.nothing_else else (),
        )
        return found if found.ok else self._asked(found)

    def _meets(self, decision: Told, wanted: Told) -> bool:
        details = dict(wanted.details)
        passed = details.pop("passed_over", None)
        plain = msgspec.structs.replace(wanted, details=details)
        if not decision.meets(plain):
            return False
        return passed is None or self._passed_over(wanted.about, passed) == passed

    def _passed_over(self, conversation: str, agents: dict[str, str]) -> dict[str, str]:
        """Give the reasons of the agents named; empty for the one who has it."""
        pool = self._engine.pools[self._pool]
        record = pool.conversations.get(conversation)
        if record is None:
            return {}
        known = {each.agent: each.reason or "" for each in candidates(pool, record)}
        return {name: str(known.get(name, "not_described")) for name in agents}

    def _waiting(self, wanted: Told) -> Told | None:
        """Say how a conversation waits now, as far as that is asked; None: it does not wait."""
        pool = self._engine.pools.get(self._pool)
        record = None if pool is None else pool.conversations.get(wanted.about)
        if pool is None or record is None or record.stage != "waiting":
            return None
        details: dict[str, object] = {"in": record.queue, "place": place(pool, record)}
        if "passed_over" in wanted.details:
            names = wanted.details["passed_over"]
            details["passed_over"] = self._passed_over(wanted.about, names)
        if "would_help" in wanted.details:
            remedy = smallest_change(pool, record)
            details["would_help"] = "" if remedy is None else remedy.change.value
        return Told(word="waits", about=wanted.about, details=details, at=self._now)

    def _asked(self, found: Happened) -> Happened:
        """Ask of each conversation that should have gone otherwise how every agent stands to it."""
        pool = self._engine.pools.get(self._pool)
        asked: dict[str, list[Candidate]] = {}
        helps: dict[str, Remedy] = {}
        for name in self._in_question(found):
            record = None if pool is None else pool.conversations.get(name)
            if pool is None or record is None:
                continue
            asked[name] = candidates(pool, record)
            remedy = smallest_change(pool, record)
            if remedy is not None:
                helps[name] = remedy
        return msgspec.structs.replace(found, asked=asked, would_help=helps)

    def _in_question(self, found: Happened) -> Iterator[str]:
        unmet = [each.expected for each in found.compared if each.by is None]
        yield from dict.fromkeys(each.about for each in (*unmet, *found.unexpected))
