"""What is written of how a queue stands: what turns something on, and what turns it off again."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from router.rules.written.fields import Duration, Percent, Written, trouble

MOST_OVER_MS = 14_400_000


class _Lately(Written):
    """Common part: of which waits a share is."""

    over: Duration = Field(
        description="Of the waits that ended in this time, in whole minutes, four hours at most."
    )

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if self.over < 60_000 or self.over % 60_000:
            raise trouble("`over` is in whole minutes", "such as `over: 15m`")
        if self.over > MOST_OVER_MS:
            raise trouble("`over` more than four hours", "such as `over: 15m`")
        return self


class TooFew(_Lately):
    """A share that is too small."""

    below: Percent = Field(description="Fewer than so many, such as `60%`; not where none ended.")

    @model_validator(mode="before")
    @classmethod
    def _is_too_small(cls, written: object) -> object:
        if isinstance(written, dict) and "above" in written:
            raise trouble("what turns on is a share that is too small", "`below`, such as `60%`")
        return written


class TooFewInTime(TooFew):
    """A share answered in time that is too small."""

    within: Duration | None = Field(
        default=None, description="What is in time; the queue's `target` if left out."
    )


class Enough(_Lately):
    """A share that is large enough."""

    above: Percent = Field(description="More than so many, such as `75%`; not where none ended.")

    @model_validator(mode="before")
    @classmethod
    def _is_large_enough(cls, written: object) -> object:
        if isinstance(written, dict) and "below" in written:
            raise trouble(
                "what turns off is a share that is large enough", "`above`, such as `75%`"
            )
        return written

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.above == 100:
            raise trouble("a share above `100%` never is", "such as `above: 75%`")
        return self


class EnoughInTime(Enough):
    """A share answered in time that is large enough."""

    within: Duration | None = Field(
        default=None, description="What is in time; the queue's `target` if left out."
    )


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

    waiting: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="At least so many wait in the queue."
    )
    oldest_wait: Duration | None = Field(
        default=None, description="Somebody has waited there for so long."
    )
    estimated_wait: Duration | None = Field(
        default=None,
        description="Somebody who came now would wait so long (p50); of a queue with `estimates`.",
    )
    no_agents: Literal["logged_in", "available"] | None = Field(
        default=None,
        description=(
            "Nobody who serves the queue is `logged_in`, or `available` with room; for a simple "
            "conversation, in whatever language."
        ),
    )
    service_level: TooFewInTime | None = Field(
        default=None, description="Of the waits that ended lately too few were answered in time."
    )
    answered_share: TooFew | None = Field(
        default=None,
        description="Of the waits that ended lately too few were answered; in the others the customer left.",
    )
    any: "list[Standing] | None" = Field(default=None, description="One of these holds.")
    all: "list[Standing] | None" = Field(default=None, description="All of these hold.")


class Calm(_OneCondition):
    """How a queue stands when something turns off again."""

    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="At most so many wait in the queue."
    )
    oldest_wait: Duration | None = Field(
        default=None, description="Nobody has waited there for longer."
    )
    estimated_wait: Duration | None = Field(
        default=None, description="Somebody who came now would not wait longer (p50)."
    )
    service_level: EnoughInTime | None = Field(
        default=None, description="Of the waits that ended lately enough were answered in time."
    )
    answered_share: Enough | None = Field(
        default=None, description="Of the waits that ended lately enough were answered."
    )
    any: "list[Calm] | None" = Field(default=None, description="One of these holds.")
    all: "list[Calm] | None" = Field(default=None, description="All of these hold.")
