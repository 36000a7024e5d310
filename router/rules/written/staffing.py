"""What is written of the people and the means: teams, channels, and what holds for every agent."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from router.rules.written.calendars import TimeZone
from router.rules.written.fields import Duration, DurationOrNever, Name, Percent, Written, trouble


class Quota(Written):
    """How much a partner is given in a period."""

    per: Literal["hour", "day"] = Field(
        description="The period: each hour of UTC, or each day of `timezone`, from midnight on."
    )
    timezone: TimeZone | None = Field(
        default=None, description="Time zone of the days; daylight saving is followed."
    )
    at_most: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        description="Conversations its agents are given in a period, together; any number if left out.",
    )

    @model_validator(mode="after")
    def _a_day_is_somewhere(self) -> Self:
        if self.per == "day" and self.timezone is None:
            raise trouble("it does not say where the day begins", "`timezone: Europe/Paris`")
        if self.per == "hour" and self.timezone is not None:
            raise trouble("an hour needs no time zone", "leave `timezone` out")
        return self


class Team(Written):
    """A team of agents."""

    partner: bool = Field(default=False, description="Whether the team belongs to another company.")
    quota: Quota | None = Field(
        default=None,
        description="How many conversations a partner is given in a period, then no more until the next.",
    )
    share: Percent | None = Field(
        default=None,
        description="Of all conversations given in the pool in the quota's period a partner gets no "
        "larger part.",
    )

    @model_validator(mode="after")
    def _bounds_a_partner(self) -> Self:
        if not self.partner and (self.quota is not None or self.share is not None):
            raise trouble("only a partner has a quota or a share", "`partner: true`")
        if self.share is not None and self.quota is None:
            raise trouble(
                "it does not say over which time the share is",
                "`quota: {per: day, timezone: Europe/Paris}`",
            )
        if self.quota is not None and self.quota.at_most is None and self.share is None:
            raise trouble("the quota bounds nothing", "`at_most: 300`, or a `share` of the team")
        return self


class Offer(Written):
    """How an agent is given a conversation."""

    mode: Literal["manual", "automatic"] = Field(
        default="manual",
        description="`manual`: the agent is asked and answers. `automatic`: assigned at once.",
    )
    expires: Duration | None = Field(
        default=None, description="How long a manual offer waits for its answer (20s if left out)."
    )
    to: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1,
        description="So many agents are asked at once, the best first; the first who accepts has it.",
    )

    @model_validator(mode="after")
    def _automatic_does_not_wait(self) -> Self:
        if self.mode == "automatic" and self.expires is not None:
            raise trouble("an automatic offer waits for no answer", "leave `expires` out")
        if self.mode == "automatic" and self.to > 1:
            raise trouble("an automatic offer asks nobody", "`mode: manual`, or leave `to` out")
        if self.expires == 0:
            raise trouble("an offer that expires at once cannot be answered")
        return self


class WrapUp(Written):
    """Work after a conversation, which still takes the agent's capacity."""

    fixed: Duration | None = Field(
        default=None, description="So long after every conversation, unless the agent ends it."
    )
    at_most: Duration | None = Field(
        default=None, description="Until the agent says it is done, but no longer than this."
    )
    open: Literal[True] | None = Field(
        default=None, description="Until the agent says it is done; `at_most` may cap it."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.fixed is not None and (self.at_most is not None or self.open):
            raise trouble("`fixed` stands alone", "either `fixed`, or `open` and `at_most`")
        if self.fixed is None and self.at_most is None and self.open is None:
            raise trouble(
                "it does not say how long", "`fixed: 20s`, `at_most: 60s` or `open: true`"
            )
        return self

    @property
    def limit_ms(self) -> int | None:
        """Give the end at the latest in ms; None: open."""
        return self.fixed if self.fixed is not None else self.at_most


class Channel(Written):
    """A channel: what one conversation on it costs an agent, and how it is offered."""

    like: Name | None = Field(
        default=None, description="Another channel whose keys hold where this one is silent."
    )
    units: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=100, description="What one conversation takes of an agent's capacity."
    )
    at_most: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="Conversations of this channel an agent may have at once."
    )
    exclusive: bool = Field(
        default=False,
        description="An agent who has one of these has nothing on any other channel.",
    )
    interruptible: bool = Field(
        default=False,
        description="Work that waits: beside it an agent has room for other channels as if he had none.",
    )
    offer: Offer = Field(
        default=Offer(), description="How an agent is given a conversation; asked, if left out."
    )
    wrap_up: WrapUp | None = Field(
        default=None, description="Work after the conversation; none if left out."
    )

    @model_validator(mode="after")
    def _interrupts_or_excludes(self) -> Self:
        if self.interruptible and self.exclusive:
            raise trouble(
                "what is `exclusive` cannot be `interruptible` too",
                "`exclusive` shares an agent with nothing",
            )
        return self


class Label(Written):
    """A label that rules give to conversations: of these an agent can bear only so much."""

    at_most: Annotated[int, Field(ge=1, le=1_000)] = Field(
        description="Conversations with this label an agent may have at once, on all channels."
    )
    rest: Duration = Field(
        default=0,
        description="Who is done with one, wrap-up included, gets nothing new for so long.",
    )
    in_a_row: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None,
        description="After so many in a row an agent gets none of them until he has had another "
        "conversation, or has been offline; without it, any number.",
    )


class MissedOffers(Written):
    """What follows when an agent lets offers expire."""

    do: Literal["suspend", "nothing"] = Field(
        description="`suspend`: no offers for a while. `nothing`: only the next agent is asked."
    )
    count: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="How many missed in a row (2 if left out)."
    )
    for_: Duration | None = Field(
        default=None, alias="for", description="How long the agent gets no offers (5m if left out)."
    )

    @model_validator(mode="after")
    def _nothing_has_no_measure(self) -> Self:
        if self.do == "nothing" and (self.count is not None or self.for_ is not None):
            raise trouble("`do: nothing` has neither `count` nor `for`")
        if self.for_ == 0:
            raise trouble("a suspension of no time is none", "`do: nothing`")
        return self


class Lost(Written):
    """What becomes of the conversations of an agent who cannot be reached any more."""

    requeue_after: DurationOrNever = Field(
        description="They wait again, at their old place, after so long; or `never`."
    )


class Agents(Written):
    """What holds for every agent."""

    capacity: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=100, description="Units an agent can hold, where the profile does not say."
    )
    lease: Duration = Field(
        default=60_000,
        description="An agent whose desktop is silent for so long gets nothing until it speaks.",
    )
    after_missed_offers: MissedOffers = Field(
        default=MissedOffers.model_validate({"do": "suspend"}),
        description="When an agent lets offers expire; two in a row suspend for 5m if left out.",
    )
    never_again_after_decline: Duration = Field(
        default=600_000,
        description="Who declined a conversation is not asked again for it for so long.",
    )
    rest: Duration = Field(
        default=0,
        description="Who is done with a conversation, wrap-up included, gets nothing new for so long.",
    )
    occupancy_at_most: Percent | None = Field(
        default=None,
        description="Work takes at most this share of an agent's time, over an hour: who comes free "
        "after more of it rests until it is so.",
    )
    lost: Lost = Field(
        default=Lost.model_validate({"requeue_after": "2m"}),
        description="When an agent who has conversations is gone; they wait again after 2m if left out.",
    )

    @model_validator(mode="after")
    def _a_lease_lives(self) -> Self:
        if self.lease < 1_000:
            raise trouble("a lease under a second would end between two heartbeats")
        return self
