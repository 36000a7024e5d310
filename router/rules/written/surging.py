"""What is written of a surge: stages with other measures, and what brings them about."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from router.rules.problems import shown
from router.rules.written.conditions import Calm, Standing
from router.rules.written.fields import Duration, Name, Percent, Written, trouble

MOST_SPEED: Final = 100
_SPEED = re.compile(r"([0-9]{1,3})x")


def _speed(value: object) -> object:
    match = _SPEED.fullmatch(value) if isinstance(value, str) else None
    if match is None or not 1 <= int(match[1]) <= MOST_SPEED:
        hint = (
            f"write it as `{value}x`" if type(value) is int else "such as `3x`: three times faster"
        )
        raise trouble(f"{shown(value)} is not a speed", hint)
    return int(match[1])


def _queues(value: object) -> object:
    if value != "all" and not (isinstance(value, list) and value):
        raise trouble(f"{shown(value)} names no queue", "a list of queues, or `all`")
    return value


class Measures(Written):
    """What is otherwise while a stage is in force."""

    offer_expires: Duration | None = Field(
        default=None, description="Manual offers wait no longer for their answer."
    )
    expansion_speed: Annotated[
        int, BeforeValidator(_speed), WithJsonSchema({"type": "string", "examples": ["3x"]})
    ] = Field(default=1, description="`3x`: the steps of every ladder come three times as fast.")
    deflects: Annotated[list[Name] | Literal["all"], BeforeValidator(_queues)] = Field(
        default=[],
        description=(
            "Queues, or `all`: their deflections on a condition apply at once, whatever the load."
        ),
    )
    deflect_when_estimated_wait: Duration | None = Field(
        default=None,
        description=(
            "Deflections on an `estimated_wait` apply from this one on already, in every queue; "
            "their `off` is lower in proportion."
        ),
    )
    partner_share: Percent | None = Field(
        default=None, description="In place of the `share` of every partner that has one."
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        shares = self.partner_share is not None
        faster = self.offer_expires is not None or self.expansion_speed > 1
        sooner = self.deflect_when_estimated_wait is not None
        if not (shares or faster or sooner or self.deflects):
            raise trouble("it sets nothing", "such as `offer_expires: 10s`")
        if self.offer_expires == 0:
            raise trouble("an offer that expires at once cannot be answered")
        if self.deflect_when_estimated_wait == 0:
            raise trouble("nobody waits less than `0s`", "`deflects: all`, whatever the load")
        return self


class Stage(Written):
    """A stage of a surge. Of several the one written last is the strongest; one is in force."""

    on: Standing | None = Field(
        default=None,
        description="How all queues together stand when it begins; left out: by command only.",
    )
    off: Calm | None = Field(
        default=None, description="How they stand when it ends, once `on` holds no more."
    )
    at_least: Duration | None = Field(
        default=None, description="Once the load has begun it, it lasts for so long."
    )
    expires: Duration = Field(description="It ends by itself after so long, forgotten or not.")
    sets: Measures = Field(description="What is otherwise while it is in force.")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        for key, given in (("off", self.off), ("at_least", self.at_least)):
            if self.on is None and given is not None:
                raise trouble(f"`{key}` without `on`", "`on: {waiting: 40}`")
        if self.expires == 0 or self.expires <= (self.at_least or 0):
            raise trouble("it would expire before it may end", "`expires: 6h`")
        return self
