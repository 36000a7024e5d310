"""The waiting room of a pool: every line and lane, and which lanes an agent finds."""

from collections.abc import Iterable

from router.engine.bounds import Bound, bounds
from router.engine.crew import Crew
from router.engine.demands import Demand, Terms, fits
from router.engine.groups import Group
from router.engine.lanes import Key, Lane, Line, Ranks, Signature
from router.engine.lenders import Lenders
from router.engine.slots import Slot
from router.model.policy import Policy
from router.model.requirement import (
    NOTHING,
    AllOf,
    AnyOf,
    Requirement,
    resolve,
    served_by,
    simplest,
)
from router.model.state import ConversationRecord

Apart = dict[str | None, dict[Demand, Ranks]]
"""Those who wait in lanes of their own, by anchor skill and demand."""

MOST_SIGNATURES = 20_000
"""With more kinds of conversation than this, those nobody waits with are dropped."""


class WaitingRoom:
    """Who waits in a pool under one policy.

    ``place_of``: who waits where and by which key, by conversation id; ``kept``: by agent, the
    lanes kept for him; ``own``: by slot, the conversations that somebody is barred from, each in a
    lane of its own; ``shared``: by slot and anchor skill, every shared lane. Lanes and agent groups
    are joined once, when the later of the two appears; a lane stays while nobody waits in it.
    ``moved``: the lines that switches look at, and where somebody came or left since they were
    looked at.
    """

    __slots__ = (
        "_crew",
        "_lanes",
        "_lenders",
        "_signatures",
        "_sweep_at",
        "_terms",
        "kept",
        "lines",
        "moved",
        "own",
        "place_of",
        "shared",
    )

    def __init__(self, policy: Policy, crew: Crew, lenders: Lenders | None) -> None:
        self._crew = crew
        self._lenders = lenders
        self.lines = {name: Line(queue, policy.top_levels) for name, queue in policy.queues.items()}
        self.moved: dict[Line, None] = {}
        self.place_of: dict[str, tuple[Lane, Signature, Key]] = {}
        self.own: dict[Slot, Apart] = {}
        self.shared: dict[tuple[Slot, str | None], list[Lane]] = {}
        self.kept: dict[str, dict[Lane, None]] = {}
        self._signatures: dict[tuple[object, ...], Signature] = {}
        self._lanes: dict[tuple[object, ...], Lane] = {}
        self._terms: dict[AllOf, Terms] = {}
        self._sweep_at = MOST_SIGNATURES

    def signature(self, record: ConversationRecord, slot: Slot) -> Signature | None:
        """Give what kind of conversation it is now; None where its queue or channel is gone."""
        skills = tuple(sorted(record.skills.items())) if record.skills else ()
        key = (
            record.queue,
            slot,
            record.level,
            record.language,
            skills,
            record.step,
            record.lent,
        )
        known = self._signatures.get(key)
        if known is not None:
            return known
        line = self.lines.get(record.queue)
        if line is None or slot.channel is None:
            return None
        if len(self._signatures) >= self._sweep_at:
            self._sweep()
        lent = () if self._lenders is None else bounds(line.queue, record)
        asked = in_force(line, record, level=record.level)
        lane = self._lane(line, slot, simplest(asked), lent)
        signature = Signature(line, lane, asked, language=record.language)
        self._signatures[key] = signature
        return signature

    def _lane(  # noqa: PLR0917 - what makes a lane
        self, line: Line, slot: Slot, requirement: AllOf, lent: tuple[Bound, ...]
    ) -> Lane:
        alike = line if line.newest else line.ageing
        own = line.queue.offering
        key = (slot, requirement, alike, own, lent)
        lane = self._lanes.get(key)
        if lane is None:
            terms = self._terms.get(requirement)
            if terms is None:
                terms = self._terms[requirement] = Terms(requirement)
            lane = self._lanes[key] = Lane(Demand(slot, terms, own, bounds=lent), line)
            self._share(lane)
        return lane

    def _share(self, lane: Lane) -> None:
        demand = lane.demand
        slot = demand.slot
        if self._lenders is not None:
            self._lenders.show(lane)
        self.shared.setdefault((slot, demand.anchor), []).append(lane)
        for group in self._crew.holders[slot.index].get(demand.anchor, ()):
            if fits(demand, group):
                group.lanes[slot].append(lane)

    def join(self, group: Group) -> None:
        """Let a new group serve the lanes it fits."""
        for slot, lanes in group.lanes.items():
            for anchor in group.anchors:
                shared = self.shared.get((slot, anchor), ())
                lanes += [lane for lane in shared if fits(lane.demand, group)]

    def _sweep(self) -> None:
        used = {id(lane.demand) for lane, _, _ in self.place_of.values()}
        self._signatures = {k: v for k, v in self._signatures.items() if id(v.demand) in used}
        self._lanes = {k: v for k, v in self._lanes.items() if id(v.demand) in used}
        asked = (lane.demand.terms for lane in self._lanes.values())
        self._terms = {each.requirement: each for each in asked}
        if self._lenders is not None:
            self._lenders.keep(used)
        self.shared.clear()
        for group in self._crew.groups():
            for lanes in group.lanes.values():
                lanes.clear()
        for lane in self._lanes.values():
            self._share(lane)
        self._sweep_at = max(MOST_SIGNATURES, 2 * len(self._signatures))

    def enter(self, record: ConversationRecord, signature: Signature) -> Lane | None:
        """Let a conversation wait, in a lane of its own if it has a condition of its own.

        Gives the lane to look at when matching, None in a queue that is paused.
        """
        line = signature.line
        key = line.key(record, signature)
        line.enter(key)
        if line.watched:
            self.moved[line] = None
        lane = self._lane_for(record, signature, key)
        lane.enter(key)
        self.place_of[record.id] = (lane, signature, key)
        return None if line.paused else lane

    def change_kind(self, record: ConversationRecord, signature: Signature) -> Lane | None:
        """Let a conversation that waits here wait for others from now on, at the place it has.

        Gives the lane to look at when matching, None in a queue that is paused.
        """
        line = signature.line
        lane, _, before = self.place_of[record.id]
        key = (*before[:4], signature)
        self._leave(lane, before, line)
        lane = self._lane_for(record, signature, key)
        lane.enter(key)
        self.place_of[record.id] = (lane, signature, key)
        return None if line.paused else lane

    def fill(self, everybody: Iterable[tuple[ConversationRecord, Signature]]) -> None:
        """Let many wait at once where nobody waits yet, as if they had entered one by one."""
        alike: dict[Signature, list[Key]] = {}
        apart: list[tuple[Lane, Line, Key]] = []
        for record, signature in everybody:
            line, lane = signature.line, signature.lane
            key = line.key(record, signature)
            if record.barred or record.kept_until is not None or line.paused:
                lane = self._lane_of_its_own(record, signature, key)
                apart.append((lane, line, key))
            elif signature in alike:
                alike[signature].append(key)
            else:
                alike[signature] = [key]
            # At once, not at the end: what somebody waits in is not dropped to save room.
            self.place_of[record.id] = (lane, signature, key)
        lines: dict[Line, list[Key]] = {}
        lanes: dict[Lane, list[Key]] = {}
        for signature, keys in alike.items():
            lines.setdefault(signature.line, []).extend(keys)
            lanes.setdefault(signature.lane, []).extend(keys)
        for lane, line, key in apart:
            lines.setdefault(line, []).append(key)
            lanes[lane] = [key]
        for line, keys in lines.items():
            line.fill(keys)
            if line.watched:
                self.moved[line] = None
        for lane, keys in lanes.items():
            lane.fill(keys)

    def _lane_for(self, record: ConversationRecord, signature: Signature, key: Key) -> Lane:
        if record.kept_until is None and not record.barred and not signature.line.paused:
            return signature.lane
        return self._lane_of_its_own(record, signature, key)

    def _lane_of_its_own(self, record: ConversationRecord, signature: Signature, key: Key) -> Lane:
        line = signature.line
        if line.paused:
            return Lane(signature.demand, line)
        kept = None
        if record.kept_until is not None:
            # Whoever is named twice is kept for once.
            kept = tuple(dict.fromkeys(record.preferred_agents))
        lane = Lane(signature.demand, line, kept=kept, barred=record.barred)
        self._show(lane, key)
        return lane

    def dissolve(self) -> None:
        """Let everybody go and take apart what refers to itself, so that nothing is left of it."""
        for lane, _, _ in self.place_of.values():
            lane.empty()
        for lane in self._lanes.values():
            lane.empty()
        for line in self.lines.values():
            line.empty()
            line.arrivals.empty()

    def leave(self, record: ConversationRecord) -> None:
        """Let a conversation go, if it waits."""
        place = self.place_of.pop(record.id, None)
        if place is None:
            return
        lane, signature, key = place
        line = signature.line
        line.leave(key)
        if line.watched:
            self.moved[line] = None
        self._leave(lane, key, line)

    def _leave(self, lane: Lane, key: Key, line: Line) -> None:
        lane.leave(key)
        if not line.paused and (lane.kept is not None or lane.barred):
            self._hide(lane, key)

    def _show(self, lane: Lane, key: Key) -> None:
        if self._lenders is not None:
            self._lenders.show(lane)
        if lane.kept is not None:
            for agent in lane.kept:
                self.kept.setdefault(agent, {})[lane] = None
            return
        demand = lane.demand
        by_demand = self.own.setdefault(demand.slot, {}).setdefault(demand.anchor, {})
        by_demand.setdefault(demand, Ranks()).add(key)

    def _hide(self, lane: Lane, key: Key) -> None:
        if self._lenders is not None:
            self._lenders.hide(lane)
        if lane.kept is not None:
            for agent in lane.kept:
                lanes = self.kept[agent]
                lanes.pop(lane, None)
                if not lanes:
                    del self.kept[agent]
            return
        demand = lane.demand
        by_anchor = self.own[demand.slot]
        by_demand = by_anchor[demand.anchor]
        apart = by_demand[demand]
        apart.remove(key)
        if not len(apart):
            del by_demand[demand]
            if not by_demand:
                del by_anchor[demand.anchor]
                if not by_anchor:
                    del self.own[demand.slot]


def template_in_force(line: Line, record: ConversationRecord) -> Requirement:
    """Give what the step taken last asks for, else the queue, before it is filled in."""
    return line.ladder[record.step - 1].requires if record.step else line.queue.requires


def in_force(line: Line, record: ConversationRecord, *, level: int | None) -> AllOf:
    """Give the requirement in force: that of the step taken last, else the queue's."""
    queue, skills = line.queue, record.skills
    serves = queue.serves
    if record.step:
        taken = line.ladder[record.step - 1]
        serves = taken.serves
        skills = {} if taken.drops_skills else skills
    if record.lent and serves != NOTHING:
        lent = (each.lends for each in queue.overflows if each.name in record.lent)
        serves = AnyOf((serves, *(each for each in lent if each is not None)))
    template = template_in_force(line, record)
    asked = resolve(template, level=level or 1, language=record.language, skills=skills)
    return served_by(asked, serves)
