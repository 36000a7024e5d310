"""What is written of a roster: the agents that rules are held against."""

from typing import Annotated, Any

from pydantic import Field

from router.rules.written.fields import Language, Name, Written


class Member(Written):
    """An agent of the roster; a profile as the platform sends it can be used as it is."""

    id: Name = Field(description="Who.")
    skills: dict[Name, Annotated[int, Field(ge=0)]] = Field(
        default={}, description="Skills and levels."
    )
    languages: list[Language] = Field(default=[], description="What the agent speaks.")
    channels: dict[Name, Annotated[int, Field(ge=0)]] | None = Field(
        default=None, description="Channel and most at once; every channel if left out."
    )
    team: str = Field(default="", description="The team.")
    site: Name | None = Field(default=None, description="Where the agent sits.")
    capacity: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Units the agent can hold; what the rules say if left out."
    )
    preferences: Any = Field(default=None, description="Not looked at.")
    cost: Any = Field(default=None, description="Not looked at.")
    partner: Any = Field(default=None, description="Not looked at.")
    presence: Any = Field(default=None, description="Not looked at.")


class Roster(Written):
    """Who works in the centre."""

    pool: Any = Field(default=None, description="Not looked at.")
    agents: list[Member] = Field(default=[], description="The agents.")
