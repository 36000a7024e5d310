"""What is written of deflection: what a customer is offered instead of waiting, and when."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from router.rules.problems import shown
from router.rules.written.conditions import Standing
from router.rules.written.fields import Duration, Name, trouble
from router.rules.written.occasion import Occasion

MAX_TEXT = 1_000


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise trouble(f"{shown(value)} tells the customer nothing", "a text")
    if len(value) > MAX_TEXT:
        raise trouble(f"a text of {len(value)} characters", f"at most {MAX_TEXT}")
    return value


class When(Standing):
    """What sets a deflection off: hours, or how the queue stands."""

    closed: Literal[True] | None = Field(
        default=None,
        description="`true`: while the queue's calendar is closed, from the moment it closes.",
    )


class Deflects(Occasion):
    """Something better than waiting. A customer is offered it once, and may decline."""

    offer: Literal["callback", "channel", "self_service", "voicemail", "partner", "message"] = (
        Field(
            description="What is offered. A `callback` keeps its place; all others end the conversation."
        )
    )
    on: When | None = Field(default=None, description="When; at any time, if left out.")
    channel: Name | None = Field(
        default=None, description="Required by, and only for, `channel`: the channel to go to."
    )
    team: Name | None = Field(
        default=None, description="Required by, and only for, `partner`: a team that is a partner."
    )
    text: Annotated[
        str, BeforeValidator(_text), WithJsonSchema({"type": "string", "maxLength": MAX_TEXT})
    ] = Field(description="What the customer is told.")
    expires: Duration = Field(
        default=60_000, description="Without an answer for so long the customer waits on."
    )

    attempts: Annotated[int, Field(ge=1, le=10)] | None = Field(
        default=None,
        description="For `callback`: how often to ring a customer who does not pick up; once if left out.",
    )
    retry: Duration | None = Field(
        default=None, description="So long after one attempt the next is due (10m if left out)."
    )

    first: Literal["agent", "customer"] | None = Field(
        default=None,
        description="For `callback`: who is rung first when it is due, the `agent` (who then rings the customer) if left out, or the `customer`.",
    )

    @property
    def turns(self) -> bool:
        """Tell whether it is turned on and off by how the queue stands, not by its hours."""
        return self.on is not None and not self.on.closed

    @model_validator(mode="after")
    def _rings_again(self) -> Self:
        if self.attempts is not None and self.offer != "callback":
            raise trouble(f"`attempts` do nothing where `{self.offer}` is offered")
        if self.first is not None and self.offer != "callback":
            raise trouble(f"nobody is rung `first` where `{self.offer}` is offered")
        if self.retry is not None and (self.attempts is None or self.attempts == 1):
            raise trouble("a `retry` does nothing after the only attempt", "`attempts: 3`")
        if self.retry is not None and self.retry < 1_000:
            raise trouble("a customer rung again at once will not pick up", "`retry: 10m`")
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        for key, kind, given in (
            ("channel", "channel", self.channel),
            ("team", "partner", self.team),
        ):
            if self.offer == kind and given is None:
                raise trouble(f"`{kind}` is offered, and no `{key}` named", f"`{key}:` and a name")
            if self.offer != kind and given is not None:
                raise trouble(f"a `{key}` does nothing where `{self.offer}` is offered")
        if self.on is None and self.share is None:
            raise trouble(
                "it does not say when, and nobody would ever wait",
                "`on: {closed: true}`, or `share: 100%` if everybody is meant",
            )
        if self.expires == 0:
            raise trouble("a deflection that expires at once cannot be answered")
        return self
