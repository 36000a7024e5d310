"""What is written of a rule of a queue that does not always hold: when it does, and for whom."""

from typing import Self

from pydantic import Field, model_validator

from router.rules.written.conditions import Calm, Standing
from router.rules.written.fields import Duration, Name, Percent, Written, trouble


class Occasion(Written):
    """Common part: how the queue stands when a rule holds, and which conversations it is for."""

    on: Standing | None = Field(default=None, description="As soon as the queue stands so.")
    off: Calm | None = Field(
        default=None,
        description="When no more, once `on` holds no more; as soon as that is so, if left out.",
    )
    at_least: Duration | None = Field(
        default=None, description="Once it is on it stays on for so long."
    )
    share: Percent | None = Field(
        default=None, description="For so many of the conversations: `25%`; for all, if left out."
    )
    channels: list[Name] = Field(
        default=[], description="For conversations on these channels; on any, if left out."
    )

    @property
    def turns(self) -> bool:
        """Tell whether it is turned on and off by how the queue stands."""
        return self.on is not None

    @model_validator(mode="after")
    def _is_turned_by_the_queue(self) -> Self:
        for key, given in (("off", self.off), ("at_least", self.at_least)):
            if not self.turns and given is not None:
                raise trouble(f"`{key}` goes with a condition on the queue", "`on: {waiting: 10}`")
        return self
