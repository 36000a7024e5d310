"""What is written of how a queue stands: what turns something on, and what turns it off again."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from router.rules.written.fields import Duration, Written, trouble

_TO_COME: Mapping[str, str] = {
    "estimated_wait": "to look at the wait that is to be expected",
    "service_level": "to look at the share answered in time",
    "answered_share": "to look at the share answered",
}


class _OneCondition(Written):
    """Common part: exactly one key says what is looked at."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if not given:
            raise trouble("it does not say when", "such as `waiting: 10`")
        if len(given) > 1 and "closed" in given:
            raise trouble("`closed` stands alone", "make it two rules")
        if len(given) > 1:
            joined = ", ".join(f"{{{name}: …}}" for name in given)
            raise trouble("two conditions at once", f"join them: `any: [{joined}]`, or `all:`")
        for name in ("any", "all"):
            if getattr(self, name) == []:
                raise trouble(f"`{name}` of nothing", "a list of conditions")
        return self


class Standing(_OneCondition):
    """How a queue stands when something turns on."""

    PLANNED: ClassVar[Mapping[str, str]] = _TO_COME

    waiting: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="At least so many wait in the queue."
    )
    oldest_wait: Duration | None = Field(
        default=None, description="Somebody has waited there for so long."
    )
    no_agents: Literal["logged_in", "available"] | None = Field(
        default=None,
        description=(
            "Nobody who serves the queue is `logged_in`, or `available` with room; for a simple "
            "conversation, in whatever language."
        ),
    )
    any: "list[Standing] | None" = Field(default=None, description="One of these holds.")
    all: "list[Standing] | None" = Field(default=None, description="All of these hold.")


class Calm(_OneCondition):
    """How a queue stands when something turns off again."""

    PLANNED: ClassVar[Mapping[str, str]] = _TO_COME

    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="At most so many wait in the queue."
    )
    oldest_wait: Duration | None = Field(
        default=None, description="Nobody has waited there for longer."
    )
    any: "list[Calm] | None" = Field(default=None, description="One of these holds.")
    all: "list[Calm] | None" = Field(default=None, description="All of these hold.")
