"""Judge what each agent was given: never more than he can carry, never while he is away.

Offers, assignments and wrap-ups together are an agent's claims. Each time one begins, the claims
must fit the profile and the channel as they stand; a profile lowered below present use takes
nothing away. A wrap-up holds until its time, or until the agent says that it is over.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.checker.centre import Centre, ChannelRules
from tests.checker.claims import Claim, holds, labels_of
from tests.checker.decisions import Decision
from tests.checker.events import Event, time_of
from tests.checker.lives import Life
from tests.checker.report import Report, Rule
from tests.checker.rests import Rests

AVAILABLE: Final = "available"
OFFLINE: Final = "offline"


@dataclass(slots=True)
class Agent:
    """An agent as inputs and decisions tell of him; `profile` None: nobody described him."""

    id: str
    profile: dict[str, Any] | None = None
    presence: str = "offline"
    until: int | None = None
    is_suspended: bool = False
    claims: dict[str, Claim] = field(default_factory=dict)
    wrap_ups: dict[str, Claim] = field(default_factory=dict)

    def present(self, now: int) -> bool:
        """Whether he is available, or may be so again by `now`."""
        return self.presence == AVAILABLE or (self.until is not None and self.until <= now)

    def held(self, now: int) -> list[Claim]:
        """Claims that hold at `now`, wrap-ups included."""
        return [
            *self.claims.values(),
            *(each for each in self.wrap_ups.values() if holds(each, now)),
        ]


class Agents:
    """All agents of a pool; `known` by id."""

    def __init__(self, report: Report, *, centre: Centre) -> None:
        self.known: dict[str, Agent] = {}
        self._report = report
        self._centre = centre
        self._seen_units: dict[str, int] = {}
        self._touched: set[str] = set()
        self.rests = Rests(report, centre=centre)

    @property
    def knows_capacity(self) -> bool:
        """Whether the capacity of an agent whose profile names none is known."""
        return self._centre.capacity is not None

    @property
    def may_rest(self) -> bool:
        """Whether somebody who is free may be given nothing, and no topic tells."""
        return self._centre.rests

    def knows_labels(self, labels: tuple[str, ...]) -> bool:
        """Whether it is known of all these how many an agent has at most."""
        return all(label in self._centre.labels for label in labels)

    def rules_of(self, channel: str) -> ChannelRules | None:
        """Give what is told of a channel."""
        return self._centre.channels.get(channel)

    def units_of(self, channel: str) -> int | None:
        """Say what a conversation of a channel costs: as given, else as seen, else None."""
        rules = self._centre.channels.get(channel)
        if rules is not None and rules.units is not None:
            return rules.units
        return self._seen_units.get(channel)

    def of(self, id_: str) -> Agent:
        """Give the agent with this id, unknown so far or not."""
        return self.known.setdefault(id_, Agent(id_))

    def catch_up(self, until: int) -> None:
        """Let the wrap-ups be over that surely are by a moment."""
        for agent in self.known.values():
            over = [
                (each.until, name)
                for name, each in agent.wrap_ups.items()
                if each.until is not None and each.until <= until
            ]
            for at, name in sorted(over):
                self._wrap_up_over(agent, name, at=at)

    def settle(self, now: int) -> None:
        """Let those rest who have come free by what was decided up to now."""
        for id_ in self._touched:
            self._look_whether_free(self.of(id_), at=now)
        self._touched.clear()

    def _wrap_up_over(self, agent: Agent, conversation: str, *, at: int) -> None:
        claim = agent.wrap_ups.pop(conversation, None)
        if claim is not None:
            self.rests.work_over(agent.id, claim, at=at)
            self._look_whether_free(agent, at=at)

    def _look_whether_free(self, agent: Agent, *, at: int) -> None:
        if not agent.claims and not agent.wrap_ups:
            self.rests.came_free(agent.id, at=at)

    def available(self, now: int) -> int:
        """Count those who may be available now."""
        about = (each for each in self.known.values() if each.profile is not None)
        return sum(each.present(now) and not each.is_suspended for each in about)

    def learn(self, event: Event, *, now: int) -> None:
        """Apply an input about an agent that was not refused, at `now` or later."""
        agent = self.of(event.subject)
        match event.type:
            case "agent.updated":
                agent.profile = event.data
            case "agent.presence":
                agent.presence = str(event.data.get("presence"))
                agent.until = time_of(event.data.get("until"))
                if agent.presence == OFFLINE:
                    self.rests.went_offline(agent.id)
            case "agent.wrapup_ended":
                self._wrap_up_over(agent, str(event.data.get("conversation")), at=now)

    def set_presence(self, command: Event) -> None:
        """Apply a supervisor's command that was not refused."""
        agent = self.of(str(command.data.get("agent")))
        agent.presence, agent.until = str(command.data.get("presence")), None
        if agent.presence == OFFLINE:
            self.rests.went_offline(agent.id)

    def give(self, decision: Decision, *, life: Life, by_command: bool) -> None:
        """Begin a claim: what the conversation takes of the agent it was given to."""
        agent = self.of(str(decision.data.get("agent")))
        units = decision.data.get("units")
        if not isinstance(units, int) or units < 0:
            self._report.add(Rule.CAPACITY, decision.where, f"{units!r} units")
            units = 0
        rules = self._centre.channels.get(life.channel)
        if rules is not None and rules.units is not None and rules.units != units:
            self._report.add(
                Rule.CAPACITY, decision.where, f"{units} units, {life.channel} costs {rules.units}"
            )
        own = self._centre.addressees.get(str(decision.data.get("queue")))
        if own and decision.type == "conversation.assigned" and not by_command:
            self._report.add(Rule.LIFE, decision.where, "is given unasked, and its queue asks")
        most = own if own is not None else rules and rules.addressees
        if most is not None and len(life.addressees) > most:
            what = f"{len(life.addressees)} are asked at once, at most {most}"
            self._report.add(Rule.LIFE, decision.where, what)
        self._check_reachable(decision, agent=agent)
        self._seen_units[life.channel] = units
        claim = Claim(
            life.channel,
            units,
            labels=labels_of(decision.data),
            interruptible=decision.data.get("interruptible") is True,
        )
        if agent.profile is not None:
            self._check_room(decision, agent=agent, claim=claim)
        self.rests.given(decision, claim, by_command=by_command)
        agent.claims[life.id] = claim

    def take(self, id_: str, *, conversation: str) -> Claim | None:
        """End a claim and give it back."""
        self._touched.add(id_)
        return self.of(id_).claims.pop(conversation, None)

    def wrap_up(self, decision: Decision, *, claim: Claim) -> None:
        """Begin the work after a conversation, of the size the conversation had."""
        agent = self.of(str(decision.data.get("agent")))
        said = decision.data.get("wrapup_until")
        until = time_of(said)
        if said is not None and (until is None or until < decision.at):
            self._report.add(Rule.CAPACITY, decision.where, f"wrap-up until {said!r}")
        earlier = agent.wrap_ups.get(str(decision.data.get("conversation")))
        if until == decision.at and earlier is not None and holds(earlier, decision.at):
            return  # no work at all ends none that is left of an earlier one of this name
        agent.wrap_ups[str(decision.data.get("conversation"))] = Claim(
            claim.channel, claim.units, until, claim.labels, claim.interruptible
        )

    def follow_other_rules(self) -> None:
        """What may be interrupted is asked of the rules: of what agents have it is known no more."""
        for agent in self.known.values():
            for claims in (agent.claims, agent.wrap_ups):
                for name, each in claims.items():
                    claims[name] = replace(each, interruptible=True)

    def suspend(self, decision: Decision) -> None:
        """Apply a suspension: not twice, and no offer stays open."""
        agent = self.of(str(decision.data.get("agent")))
        if agent.is_suspended:
            self._report.add(Rule.SUSPENSION, decision.where, f"{agent.id} was suspended already")
        agent.is_suspended = True

    def release(self, decision: Decision) -> None:
        """Apply a release: only of who is suspended."""
        agent = self.of(str(decision.data.get("agent")))
        if not agent.is_suspended:
            self._report.add(Rule.SUSPENSION, decision.where, f"{agent.id} was not suspended")
        agent.is_suspended = False

    def room_fault(self, agent: Agent, *, claim: Claim, now: int) -> str | None:
        """Say why an agent has no room for a claim, or None where he has."""
        profile, held = agent.profile or {}, agent.held(now)
        capacity = profile.get("capacity")
        capacity = self._centre.capacity if capacity is None else capacity
        counts = held if claim.interruptible else [each for each in held if not each.interruptible]
        used = sum(each.units for each in counts)
        if capacity is not None and used + claim.units > capacity:
            return f"{used} + {claim.units} units of {capacity}"
        caps = profile.get("channels") or {}
        if claim.channel not in caps:
            return f"does not work on {claim.channel}"
        rules = self._centre.channels.get(claim.channel)
        at_most = caps[claim.channel]
        if rules is not None and rules.at_most is not None:
            at_most = min(at_most, rules.at_most)
        same = sum(each.channel == claim.channel for each in held)
        if same + 1 > at_most:
            return f"{same} + 1 on {claim.channel}, at most {at_most}"
        for label in claim.labels:
            most = self._centre.labels.get(label)
            has = sum(label in each.labels for each in held)
            if most is not None and has >= most:
                return f"{has} + 1 that are {label}, at most {most}"
        for other in {each.channel for each in counts} - {claim.channel}:
            for channel in (other, claim.channel):
                known = self._centre.channels.get(channel)
                if known is not None and known.exclusive:
                    return f"{channel} excludes other channels"
        return None

    def _check_room(self, decision: Decision, *, agent: Agent, claim: Claim) -> None:
        fault = self.room_fault(agent, claim=claim, now=decision.at)
        if fault is not None:
            self._report.add(Rule.CAPACITY, decision.where, f"{agent.id} has no room: {fault}")

    def _check_reachable(self, decision: Decision, *, agent: Agent) -> None:
        if agent.profile is None:
            self._report.add(Rule.PRESENCE, decision.where, f"nobody described {agent.id}")
        if agent.is_suspended:
            self._report.add(Rule.SUSPENSION, decision.where, f"{agent.id} is suspended")
        if not agent.present(decision.at):
            self._report.add(Rule.PRESENCE, decision.where, f"{agent.id} is {agent.presence}")
