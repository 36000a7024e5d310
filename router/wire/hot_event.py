"""What the events of the hot reading are made of: limits as msgspec checks them, and attributes.

The same limits as `router.wire.fields`, from the same numbers, in the form that costs least.
Promises nothing alone: the tests hold the hot reading to the exact one.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from router.model import limits
from router.model.inputs import Input, Origin

Name = Annotated[str, Meta(max_length=limits.MAX_STRING)]
Source = Annotated[str, Meta(max_length=limits.MAX_SOURCE)]
Text = Annotated[str, Meta(max_length=limits.MAX_TEXT)]
Count = Annotated[int, Meta(ge=0, le=limits.MAX_INTEGER)]
Level = Annotated[int, Meta(ge=limits.MIN_LEVEL, le=limits.MAX_INTEGER)]
Priority = Annotated[int, Meta(ge=limits.MIN_PRIORITY, le=limits.MAX_PRIORITY)]
Preference = Annotated[int, Meta(ge=-limits.MAX_PREFERENCE, le=limits.MAX_PREFERENCE)]
SkillLevel = Annotated[int, Meta(ge=limits.MIN_SKILL_LEVEL, le=limits.MAX_INTEGER)]
Hops = Annotated[int, Meta(ge=0, le=limits.MAX_HOPS)]
Number = Annotated[int, Meta(ge=-limits.MAX_INTEGER, le=limits.MAX_INTEGER)] | float
Skills = Annotated[dict[Name, SkillLevel], Meta(max_length=limits.MAX_SKILLS)]
Preferences = Annotated[dict[Name, Preference], Meta(max_length=limits.MAX_SKILLS)]
Channels = Annotated[dict[Name, Count], Meta(max_length=limits.MAX_CHANNELS)]
Languages = Annotated[tuple[Name, ...], Meta(max_length=limits.MAX_LANGUAGES)]
Agents = Annotated[tuple[str, ...], Meta(max_length=limits.MAX_PREFERRED_AGENTS)]
Attributes = Annotated[
    dict[Name, Name | Number | bool | None], Meta(max_length=limits.MAX_ATTRIBUTES)
]


class Event(msgspec.Struct, tag_field="type", kw_only=True):
    """The attributes of an event; its type and its data are in the classes below."""

    specversion: Literal["1.0"]
    id: str
    source: Source
    time: str
    subject: str
    traceparent: str | None = None

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None where an id, a language or a time is for the exact reading."""
        raise NotImplementedError
