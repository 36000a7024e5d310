"""The stages of a surge: the section "Surge" of docs/engine.md."""

from typing import Any

from msgspec.structs import replace

import router.model.outputs as said
from router.model.conditions import AllHold, AnyHolds, Measure, single
from router.model.policy import switches
from router.model.state import StageInForce
from tests.reference.offers import Offers


class Surge(Offers):
    """One pool that may have other measures in force for a while."""

    def speed(self) -> int:
        stage = self.stage()
        return stage.expansion_speed if stage else 1

    def surge_ends(self) -> int | None:
        stage = self.stage()
        return self.surge.since + stage.expires_ms if stage else None

    def is_forced(self, queue: str) -> bool:
        stage = self.stage()
        return bool(stage) and queue in stage.deflects

    def switches(self) -> list[Any]:
        """Give every switch as it is to be looked at now."""
        stage, queues = self.stage(), self.policy.queues.values()
        deflecting = [each.on for queue in queues for each in queue.deflects]
        lowest = stage.deflect_estimated_ms if stage else None
        return [
            it if lowest is None or it not in deflecting else self.lower(it, lowest)
            for it in switches(self.policy)
        ]

    def lower(self, it: Any, lowest: int) -> Any:
        """Lower the estimated waits of a switch in proportion, if its lowest one is not so low."""
        own = min((each.bound for each in single(it.on) if self.is_estimated(each)), default=0)

        def low(part: Any) -> Any:
            if isinstance(part, AnyHolds | AllHold):
                return type(part)(tuple(low(each) for each in part.parts))
            return (
                replace(part, bound=part.bound * lowest // own) if self.is_estimated(part) else part
            )

        return replace(it, on=low(it.on), off=it.off and low(it.off)) if lowest < own else it

    def is_estimated(self, condition: Any) -> bool:
        return getattr(condition, "measure", None) is Measure.ESTIMATED_WAIT

    def order_stage(self, name: str) -> None:
        if name == "off":
            self.end_surge("command")
        else:
            self.put_in_force(name, "command", commanded=True)

    def end_surge(self, reason: str) -> None:
        self.spent = {each.name for each in self.policy.stages if each.name in self.on}
        if self.surge:
            self.put_in_force(None, reason)

    def put_in_force(self, name: str | None, reason: str, *, commanded: bool = False) -> None:
        before = self.surge.stage if self.surge else None
        since: Any = {"since": self.now, "commanded": commanded}
        self.surge = StageInForce(stage=name, **since) if name else None
        more: dict[str, Any] = {"expires_at": self.surge_ends()} if name else {}
        if name and not commanded:
            more["trigger"] = self.on[name].trigger
        self.say(said.SurgeChanged, None, **{"from_": before, "to": name, "reason": reason} | more)

    def follow_load(self, reason: str) -> None:
        """Let that stage be in force which the load calls for, unless one is by command."""
        self.spent &= set(self.on)
        known = [each.name for each in self.policy.stages]
        if self.surge and self.surge.commanded and self.surge.stage in known:
            return
        called = [name for name in known if name in self.on and name not in self.spent]
        now = called[-1] if called else None
        was = (self.surge.stage, self.surge.commanded) if self.surge else (None, False)
        if (now, False) != was:
            self.put_in_force(now, reason)

    def surge_expires(self, of: str, due: int) -> None:
        self.end_surge("expired")
