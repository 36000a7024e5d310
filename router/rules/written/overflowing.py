"""What is written of overflow: who else helps where a queue cannot serve in time, and when."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from router.rules.written.fields import Duration, Name, PoolName, Written, trouble
from router.rules.written.occasion import Occasion


class To(Written):
    """Where a conversation overflows to: one of these."""

    queue: Name | None = Field(
        default=None, description="Another queue: it stands there with the arrival it had."
    )
    team: Name | None = Field(
        default=None, description="A team, a partner's or not, that serves it too from then on."
    )
    site: Name | None = Field(
        default=None, description="A site whose agents serve it too from then on."
    )
    pool: PoolName | None = Field(
        default=None,
        description="Another pool: its rules decide there, with what was found and the arrival it had.",
    )

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            said = "does not say where to" if not given else "goes to two places at once"
            raise trouble(f"the overflow {said}", "`to: {queue: NAME}`, `team`, `site` or `pool`")
        return self


class Overflows(Occasion):
    """A rule by which others help."""

    to: To = Field(description="Where to.")
    lends_at_most: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None,
        description="So many agents of that team or site help at once, each with as much as he has room "
        "for; any number if left out.",
    )
    after: Duration | None = Field(
        default=None, description="So long after the customer's arrival, whatever happened since."
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.after is None and self.on is None:
            raise trouble("the overflow does not say when", "`after: 4m`, or `on: {waiting: 25}`")
        if self.after is not None and self.on is not None:
            raise trouble("both `after` and `on`", "make it two rules")
        return self
