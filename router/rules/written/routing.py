"""What is written of the conversations' way: qualification, queues, and the file as a whole."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from router.rules.written.calendars import Calendar
from router.rules.written.conditions import Standing
from router.rules.written.deflecting import Deflects
from router.rules.written.fields import (
    Condition,
    Duration,
    Language,
    Name,
    Percent,
    PoolName,
    PriorityChange,
    Rate,
    SkillLevels,
    Taken,
    Written,
    emptied,
    taken_back,
    trouble,
)
from router.rules.written.overflowing import Overflows
from router.rules.written.staffing import Agents, Channel, Label, Offer, Team
from router.rules.written.surging import Stage

MOST_LABELS = 8
"""Conversations with other labels are other kinds: of so many there are 256 of each channel."""


def _few(labels: dict[str, Label]) -> dict[str, Label]:
    if len(labels) > MOST_LABELS:
        raise trouble(f"{len(labels)} labels are declared", f"at most {MOST_LABELS}")
    return labels


Labels = Annotated[dict[Name, Label], AfterValidator(_few)]

Teams = Literal["own", "any"] | list[Name]
"""Which teams serve a queue."""


class Findings(Written):
    """What a rule finds out of a conversation; nothing that is known already is changed."""

    topic: Name | None = Field(default=None, description="What it is about; a declared topic.")
    level: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="How hard it is; 1 is simple."
    )
    language: Language | None = Field(
        default=None, description="Its language, such as `fr` or `fr-CA`."
    )
    priority: PriorityChange | None = Field(
        default=None,
        description="`300` sets it, `+200` and `-100` add to it; it stays within 0 to 1000.",
    )
    skills: dict[Name, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="Skills it asks for besides the queue's: `{calm: 2}`, at least."
    )
    labels: list[Name] = Field(
        default=[], description="Labels it has besides those of other rules; declared ones."
    )
    queue: Name | None = Field(
        default=None, description="The queue it comes to, whatever any queue `takes`."
    )


class Rule(Written):
    """A step of qualification."""

    name: Name | None = Field(
        default=None, description="Named in the decision it had a part in; required, and unique."
    )
    when: Condition | None = Field(
        default=None, description="The condition in CEL; left out: for every conversation."
    )
    set: Findings = Field(
        default=Findings(), description="What is found out then, where nobody has said it."
    )
    final: bool = Field(default=False, description="No rule after this one is read.")


class Target(Written):
    """The time within which conversations should be answered, and how many of them."""

    within: Duration = Field(description="Answered within this time of the customer's arrival.")
    answer: Percent | None = Field(
        default=None,
        description=(
            "Of all waits that end so many should be answered so soon: what the queue's service level "
            "is to be. Whoever says it is told how the queue stands, as with `status: {}`."
        ),
    )


class Order(Written):
    """What makes one conversation more urgent than another."""

    by: Literal["priority", "target", "arrival", "newest"] = Field(
        default="priority",
        description="`priority`, time left to the `target`, `arrival`, or the `newest` first.",
    )
    target: Target | None = Field(default=None, description="Required by, and only for, `target`.")
    ageing: Rate | None = Field(
        default=None,
        description="Points won by waiting; 0/s for `priority`, else 1/s if left out.",
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.by == "target" and self.target is None:
            raise trouble("ordered by `target`, without one", "`target: {within: 2m}`")
        if self.by != "target" and self.target is not None:
            raise trouble(f"a `target` does nothing in an order by `{self.by}`", "`by: target`")
        if self.ageing == 0 and self.by != "priority":
            raise trouble(
                f"without ageing it is an order by priority, not by `{self.by}`", "`by: priority`"
            )
        return self


class PreferredAgent(Written):
    """How long a conversation is kept for the agents it prefers."""

    wait: Duration = Field(description="So long after its arrival, while one can be reached.")
    even_if_away: bool = Field(
        default=False,
        description="Also while none of them can be reached: it is theirs, and waits for their return.",
    )
    then: Literal["anyone"] = Field(description="What comes after: `anyone` may have it.")

    @model_validator(mode="after")
    def _absence_lasts(self) -> Self:
        if self.even_if_away and self.wait == 0:
            raise trouble("it waits for nobody who is away for 0s", "`wait: 1d`")
        return self


class Step(Written):
    """A step of a queue's ladder, or its end."""

    after: Duration | None = Field(
        default=None, description="So long after the customer's arrival, whatever happened since."
    )
    when: Standing | None = Field(
        default=None,
        description="Or as soon as the queue stands so, such as with nobody logged in.",
    )
    requires: dict[str, Any] | None = Field(
        default=None,
        description=(
            "What is asked for from then on, in place of the queue's `requires`; beside `teams` it "
            "may be left out, and is then as before."
        ),
    )
    own_skills: Literal["kept", "dropped"] | None = Field(
        default=None,
        description="Whether the skills found in qualification are still asked for; `kept` if left out.",
    )
    teams: Teams | None = Field(
        default=None,
        description="Which teams serve from then on: names, `own` or `any`; as before if left out.",
    )
    then: Literal["hold", "anyone", "overflow", "deflect"] | None = Field(
        default=None,
        description=(
            "How the ladder ends: `hold` (it waits on as the last step says), or with an `after` "
            "or a `when` `anyone` who has the channel, of any team; or `overflow`, `deflect`: all the "
            "queue's `overflows`, or its `deflects` on a condition, apply from then on."
        ),
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        asks = (self.requires, self.own_skills, self.teams) != (None, None, None)
        if self.then is not None and asks:
            raise trouble("`then` ends the ladder and asks for nothing", "make it two steps")
        timed = self.after is not None or self.when is not None
        if self.after is not None and self.when is not None:
            raise trouble("both `after` and `when`", "make it two steps")
        if self.then == "hold" and timed:
            raise trouble(
                "`hold` has no time: it is what comes after the last step", "`then: hold`"
            )
        if self.then not in {None, "hold"} and not timed:
            raise trouble(f"`{self.then}` from when on?", f"`{{after: 10m, then: {self.then}}}`")
        if self.then is None and not timed:
            raise trouble("the step does not say when", "such as `after: 45s`")
        if self.then is None and self.requires is None and self.teams is None:
            raise trouble(
                "the step does not say what it asks for", "`requires: {}` asks for nothing"
            )
        return self


class Estimates(Written):
    """That waits are estimated, and what is expected until enough has been measured."""

    handling: Duration = Field(
        default=240_000,
        description=(
            "An agent's time for one conversation, with the work after it. Where agents have "
            "three at once, a third of it."
        ),
    )
    patience: Duration = Field(
        default=300_000,
        description="How long customers wait on average before they give up.",
    )

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        for name, ms in (("handling", self.handling), ("patience", self.patience)):
            if ms < 1_000:
                raise trouble(f"a `{name}` of less than a second", "such as `4m`")
        return self


class Status(Written):
    """That it is told how the queue stands, and how its service level is measured."""

    every: Duration = Field(
        default=10_000, description="It is told when it changes, but not more often than this."
    )
    answered_within: Duration | None = Field(
        default=None,
        description="What counts as answered in time; its `target` if left out, or else 20s.",
    )
    over: Duration = Field(
        default=900_000, description="Of the waits that ended in this time, in whole minutes."
    )

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if self.every < 1_000:
            raise trouble("more often than once a second", "such as `every: 10s`")
        if self.over < 60_000 or self.over % 60_000:
            raise trouble("`over` is in whole minutes", "such as `over: 15m`")
        if self.over > 86_400_000:
            raise trouble("`over` more than a day", "such as `over: 15m`")
        return self


class Queue(Written):
    """A queue: which conversations wait in it, and who may have them."""

    like: Name | None = Field(
        default=None,
        description="Another queue whose keys hold where this one is silent; not its `takes`.",
    )
    takes: Taken | None = Field(
        default=None,
        description="Which conversations: a CEL condition, a list of topics, `true` or `false`.",
    )
    requires: dict[str, Any] = Field(
        default={},
        description=(
            'Who may have them: `{reimbursement: ">= level", language: same}`; all of it holds. '
            "Also `any_skill: 1`, `all_of`, `any_of` (lists) and `not`."
        ),
    )
    prefers: dict[Name, Any] = Field(
        default={},
        description="Skills that make an agent fit better: `{calm: 2}`; nobody is refused for them.",
    )
    teams: Teams = Field(
        default="own",
        description="Which teams serve: names, `own` (all that are no partner) or `any`.",
    )
    order: Order = Field(
        default=Order(), description="Who goes first; by priority alone if left out."
    )
    selects: Any = Field(
        default="longest_idle",
        description="Which agent is best: a preset, or weights `{proficiency: 4, idle: 1}`.",
    )
    preferred_agent: PreferredAgent | None = Field(
        default=None,
        description="How long it is kept for the agents it prefers; not at all if left out.",
    )
    offer: Annotated[Offer | None, BeforeValidator(taken_back)] = Field(
        default=None,
        description=(
            "How its conversations are given, on every channel and in place of all that the channel's "
            "`offer` says; `false` takes back what `like` says."
        ),
    )
    hours: Annotated[Name | None, BeforeValidator(taken_back)] = Field(
        default=None,
        description=(
            "A calendar; while it is closed nobody gets a conversation from here. `false` takes back what "
            "`like` says."
        ),
    )
    deflects: list[Deflects] = Field(
        default=[],
        description=(
            "What is offered instead of waiting; the first that applies, then the next. `[]` takes back what "
            "`like` says."
        ),
    )
    expands: Annotated[list[Step], BeforeValidator(emptied)] = Field(
        default=[],
        description=(
            "For whom it waits too, once it has waited so long: steps, and how they end. `false` takes back "
            "what `like` says."
        ),
    )
    overflows: list[Overflows] = Field(
        default=[],
        description=(
            "Who else helps where this queue cannot serve in time; the first that applies first. `[]` takes "
            "back what `like` says."
        ),
    )
    estimates: Annotated[Estimates | None, BeforeValidator(taken_back)] = Field(
        default=None,
        description=(
            "That customers are told how long they will probably wait; `{}` will do, `false` takes back "
            "what `like` says."
        ),
    )
    status: Annotated[Status | None, BeforeValidator(taken_back)] = Field(
        default=None,
        description=(
            "That it is told how the queue stands (`queue.status`); `{}` will do, `false` takes back "
            "what `like` says."
        ),
    )


class Rules(Written):
    """A rule set: one file, or several that are for the same pools."""

    version: Literal[1] | None = Field(
        default=None, description="Version of this language; 1, in every file."
    )
    pools: list[PoolName] = Field(
        default=[], description="For these pools; left out: for every pool without its own rules."
    )
    calendars: dict[Name, Calendar] = Field(
        default={}, description="Opening hours, by name; queues follow them with `hours`."
    )
    skills: dict[Name, SkillLevels] = Field(
        default={}, description="Skills and their levels: `reimbursement: 1..3`; 3 is the best."
    )
    topics: list[Name] = Field(default=[], description="What conversations are about.")
    word_lists: dict[Name, Any] = Field(
        default={},
        description=(
            "Words that conditions speak of as `word_lists.NAME`: `[one, two words]`, or a file "
            "`words/NAME.txt` beside this one, one word or phrase a line."
        ),
    )
    labels: Labels = Field(
        default={}, description="Labels of conversations, and how many of each an agent can bear."
    )
    teams: dict[Name, Team] = Field(
        default={}, description="Teams of agents, by name; agents say which is theirs."
    )
    sites: list[Name] = Field(
        default=[], description="Where agents work; agents say which is theirs."
    )
    channels: dict[Name, Channel] = Field(default={}, description="Channels, by name.")
    agents: Agents = Field(default=Agents(), description="What holds for every agent.")
    qualification: list[Rule] = Field(
        default=[],
        description="Read in order; a rule that matches sets what is not set yet.",
    )
    queues: dict[Name, Queue] = Field(
        default={}, description="In order: the first that takes a conversation gets it."
    )
    surge: dict[Name, Stage] = Field(
        default={},
        description="Stages of other measures for days when too much comes in, the strongest last.",
    )
