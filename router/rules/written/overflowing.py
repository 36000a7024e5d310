"""What is written of overflow: who else helps where a queue cannot serve in time, and when."""

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from router.rules.written.conditions import Calm, Standing
from router.rules.written.fields import Duration, Name, Percent, Written, trouble


class To(Written):
    """Where a conversation overflows to: one of these."""

    PLANNED: ClassVar[Mapping[str, str]] = {"pool": "to send it to another pool"}

    queue: Name | None = Field(
        default=None, description="Another queue: it stands there with the arrival it had."
    )
    team: Name | None = Field(
        default=None, description="A team, a partner's or not, that serves it too from then on."
    )
    site: Name | None = Field(
        default=None, description="A site whose agents serve it too from then on."
    )

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            said = "does not say where to" if not given else "goes to two places at once"
            raise trouble(f"the overflow {said}", "`to: {queue: NAME}`, `team` or `site`")
        return self


class Overflows(Written):
    """A rule by which others help."""

    PLANNED: ClassVar[Mapping[str, str]] = {
        "lends_at_most": "to bound how many agents of a team help at once",
    }

    to: To = Field(description="Where to.")
    after: Duration | None = Field(
        default=None, description="So long after the customer's arrival, whatever happened since."
    )
    on: Standing | None = Field(default=None, description="Or as soon as the queue stands so.")
    off: Calm | None = Field(
        default=None,
        description="When no more, once `on` holds no more; as soon as that is so, if left out.",
    )
    at_least: Duration | None = Field(
        default=None, description="Once it is on it stays on for so long."
    )
    share: Percent | None = Field(
        default=None, description="For so many of the conversations: `50%`; for all, if left out."
    )
    channels: list[Name] = Field(
        default=[], description="For conversations on these channels; on any, if left out."
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.after is None and self.on is None:
            raise trouble("the overflow does not say when", "`after: 4m`, or `on: {waiting: 25}`")
        if self.after is not None and self.on is not None:
            raise trouble("both `after` and `on`", "make it two rules")
        for key in ("off", "at_least"):
            if self.on is None and getattr(self, key) is not None:
                raise trouble(f"`{key}` without an `on`", "such as `on: {waiting: 25}`")
        return self
