"""What is written of a routing test: people, what happens, what is expected.

Models in the manner of the rules' own, and read by the same reader: unknown keys are refused with
what was probably meant, nothing is converted silently. Short forms (``accept: c1``, ``expect:
nothing``) have become groups of keys before these models see them.
"""

from typing import Annotated, Literal

from pydantic import Field

from router.model import limits
from router.rules.written.fields import Duration, Language, Name, Percent, PoolName, Written
from router.scenarios.notations import Attribute, Id, Moment, SpanOrOpen

Level = Annotated[int, Field(ge=limits.MIN_LEVEL)]
SkillLevel = Annotated[int, Field(ge=limits.MIN_SKILL_LEVEL)]
Preference = Annotated[int, Field(ge=-limits.MAX_PREFERENCE, le=limits.MAX_PREFERENCE)]
Priority = Annotated[int, Field(ge=limits.MIN_PRIORITY, le=limits.MAX_PRIORITY)]
PresenceName = Literal["available", "busy", "break", "training", "meeting", "draining", "offline"]


class Profile(Written):
    """What an agent is; what is left out is as a new colleague has it."""

    team: Name | None = Field(default=None, description="The first team of the rules if left out.")
    site: Name | None = Field(default=None, description="Where the agent sits.")
    skills: dict[Name, SkillLevel] | None = Field(default=None, description="Skills and levels.")
    channels: dict[Name, Annotated[int, Field(ge=0)]] | None = Field(
        default=None, description="Channel and most at once; every channel if left out."
    )
    capacity: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Units; what the rules say if left out."
    )
    languages: list[Language] | None = Field(default=None, description="What the agent speaks.")
    preferences: dict[Name, Preference] | None = Field(
        default=None, description="Which skills the agent likes to use, -5 to 5."
    )
    cost: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="What an hour costs."
    )
    partner: Name | None = Field(default=None, description="The company of an outsourced agent.")


class Person(Profile):
    """An agent, and what he declares."""

    id: Id | None = Field(default=None, description="Who; required.")
    presence: PresenceName | None = Field(
        default=None, description="What the agent declares; `available` for one who is new."
    )
    reason: Name | None = Field(default=None, description="Why, with a presence.")
    lasts: Duration | None = Field(default=None, description="Available again after so long.")
    idle: Duration | None = Field(
        default=None, description="At the start of a scenario: without work for so long."
    )


class Customer(Written):
    """Who waits."""

    id: Name | None = Field(default=None, description="The customer's id.")
    tier: Name | None = Field(default=None, description="Such as `gold`.")


class Facts(Written):
    """What a platform tells of a conversation."""

    id: Id | None = Field(default=None, description="Which conversation; required.")
    channel: Name | None = Field(
        default=None, description="Required where the rules have more than one channel."
    )
    topic: Name | None = Field(default=None, description="What it is about, if that is known.")
    level: Level | None = Field(default=None, description="How hard it is.")
    language: Language | None = Field(default=None, description="The customer's language.")
    priority: Priority | None = Field(default=None, description="0 to 1000.")
    skills: dict[Name, SkillLevel] | None = Field(
        default=None, description="Skills it asks for itself, at least."
    )
    preferred_agents: list[Id] | None = Field(
        default=None, description="Who should have it, if possible."
    )
    customer: Customer | None = Field(default=None, description="`id` and `tier`.")
    attributes: dict[str, Attribute] | None = Field(
        default=None, description="Whatever the platform sends."
    )
    text: str | None = Field(
        default=None, max_length=limits.MAX_TEXT, description="What the customer wrote."
    )


class Arrival(Facts):
    """A customer who begins to wait."""

    waited: Duration = Field(default=0, description="How long the customer waits already.")
    hops: Annotated[int, Field(ge=0, le=limits.MAX_HOPS)] = Field(
        default=0, description="From how many other pools it came."
    )


class About(Written):
    """A conversation, and perhaps the agent and the words that go with what happens to it."""

    conversation: Id | None = Field(default=None, description="Which; required.")
    agent: Id | None = Field(
        default=None, description="Who does it; who has, had or was offered it, if left out."
    )
    offer: Id | None = Field(
        default=None, description="Which offer is answered; the last one made, if left out."
    )
    reason: Name | None = Field(default=None, description="Why.")
    outcome: Name | None = Field(default=None, description="How it ended.")


class Target(Written):
    """Where a conversation is handed over to."""

    queue: Name | None = Field(default=None, description="This queue.")
    skills: dict[Name, SkillLevel] | None = Field(default=None, description="Who has these skills.")
    agent: Id | None = Field(default=None, description="This agent.")
    level: Level | None = Field(default=None, description="Somebody of this level.")


class Transfer(About):
    """A conversation that is handed over."""

    to: Target = Field(default=Target(), description="Where to: any of the four below.")


class Answer(Written):
    """A customer's answer to an offer of something else than waiting."""

    conversation: Id | None = Field(default=None, description="Which; required.")
    deflection: Id | None = Field(default=None, description="The last one made, if left out.")
    callback_at: Moment | None = Field(default=None, description="When to be called back.")
    phone_ref: Name | None = Field(default=None, description="Where to call.")


class Command(Written):
    """What a supervisor orders: one of these, each with whom it is about."""

    assign: Id | None = Field(default=None, description="Give this conversation to an agent.")
    to: Id | None = Field(default=None, description="To which agent, with `assign`.")
    requeue: Id | None = Field(default=None, description="Take this conversation back.")
    close: Id | None = Field(default=None, description="End this conversation.")
    prioritise: Id | None = Field(default=None, description="Change this one's priority.")
    priority: Priority | None = Field(default=None, description="With `prioritise`.")
    pause_queue: Name | None = Field(default=None, description="Offer nothing from this queue.")
    resume_queue: Name | None = Field(default=None, description="Offer from it again.")
    set_presence: Id | None = Field(default=None, description="Declare for this agent.")
    presence: PresenceName | None = Field(default=None, description="With `set_presence`.")
    surge: Name | None = Field(default=None, description="Enter this stage, or `off`.")
    by: Id = Field(default="supervisor", description="Who orders it.")
    reason: Name = Field(default="test", description="Why.")
    without: Literal["by", "reason"] | None = Field(
        default=None, description="Leave one of the two out, to see it refused."
    )


ORDERS = (
    "assign", "requeue", "close", "prioritise", "pause_queue", "resume_queue", "set_presence",
    "surge",
)  # fmt: skip
"""The keys of a command that say what is ordered."""


class Expectation(Written):
    """A decision that should be taken: what, about whom, and any of its details."""

    queued: Id | None = None
    offered: Id | None = None
    assigned: Id | None = None
    expired: Id | None = None
    declined: Id | None = None
    withdrawn: Id | None = None
    requeued: Id | None = None
    expanded: Id | None = None
    overflowed: Id | None = None
    deflected: Id | None = None
    deflection_accepted: Id | None = None
    deflection_expired: Id | None = None
    abandoned: Id | None = None
    closed: Id | None = None
    suspended: Id | None = None
    released: Id | None = None
    status: Name | None = None
    surge: Name | None = None
    policy_changed: Name | None = None
    refused: Name | None = None
    applied: Name | None = None
    waits: Id | None = Field(
        default=None, description="Not a decision: it waits when the step is over."
    )

    in_: Name | None = Field(default=None, alias="in")
    to: Name | None = None
    from_: Name | None = Field(default=None, alias="from")
    place: int | None = None
    attempt: int | None = None
    units: int | None = None
    score: int | None = None
    waited: Duration | None = None
    handled: Duration | None = None
    expires: Duration | None = None
    wrap_up: SpanOrOpen | None = None
    first: Name | None = None
    estimated_wait: Duration | None = None
    topic: Name | None = None
    level: Level | None = None
    language: Language | None = None
    priority: Priority | None = None
    rules: list[Name] | None = None
    labels: list[Name] | None = None
    requirements: dict[str, Attribute] | None = None
    step: int | None = None
    kind: Name | None = None
    text: str | None = None
    trigger: Name | None = None
    callback_at: Moment | None = None
    waiting: int | None = None
    available_agents: int | None = None
    service_level: Percent | None = None
    to_answer: Percent | None = None
    within: Duration | None = None
    reason: Name | None = None
    because: Name | None = None
    passed_over: dict[Id, Name] | None = None
    would_help: Name | None = None


class Step(Written):
    """Some time goes by, one thing happens or none, and decisions are expected."""

    after: Duration | None = Field(
        default=None, description="After the step before; 0s if left out."
    )
    at: Moment | None = Field(default=None, description="Or at this moment.")
    event: Id | None = Field(
        default=None, description="Id of the event, to send the same one twice."
    )
    conversation: Arrival | None = Field(default=None, description="A customer begins to wait.")
    update: Facts | None = Field(default=None, description="More is known of a conversation.")
    abandon: About | None = Field(default=None, description="The customer leaves.")
    end: About | None = Field(default=None, description="The conversation is over.")
    transfer: Transfer | None = Field(default=None, description="It is handed over.")
    accept: About | None = Field(default=None, description="The agent takes the offer.")
    decline: About | None = Field(default=None, description="The agent refuses it.")
    take_instead: Answer | None = Field(
        default=None, description="The customer takes a deflection."
    )
    wait_instead: Answer | None = Field(default=None, description="The customer declines it.")
    agent: Person | None = Field(
        default=None, description="An agent comes, changes, or declares a presence."
    )
    wrapped_up: About | None = Field(
        default=None, description="The work after a conversation is done."
    )
    heartbeat: Id | None = Field(default=None, description="The desktop is heard again.")
    silent: Id | None = Field(default=None, description="The desktop is heard for the last time.")
    command: Command | None = Field(default=None, description="A supervisor orders something.")
    expect: list[Expectation] | None = Field(
        default=None, description="Decisions that should be taken; anything may be, if left out."
    )
    nothing_else: bool = Field(
        default=False, description="Nothing but that; the same as `nothing else` in the list."
    )


HAPPENINGS = (
    "conversation", "update", "abandon", "end", "transfer", "accept", "decline", "take_instead",
    "wait_instead", "agent", "wrapped_up", "heartbeat", "silent", "command",
)  # fmt: skip
"""The keys of a step that say what happens; a step has at most one."""


class Scenario(Written):
    """One story with its expectations."""

    name: Name | None = Field(default=None, description="What it shows; required, and unique.")
    at: Moment | None = Field(default=None, description="When it begins.")
    agents: list[Person] = Field(
        default=[], description="Who is there; a name, or a whole profile."
    )
    steps: list[Step] = Field(default=[], description="What happens, in order.")


class File(Written):
    """A file of routing tests."""

    rules: str | None = Field(
        default=None, description="Rule file or folder, seen from this file; or give `--rules`."
    )
    pool: PoolName | None = Field(
        default=None, description="Whose rules; needed where the rules are for several pools."
    )
    at: Moment | None = Field(
        default=None,
        description="When scenarios begin that do not say; a Monday at ten if left out.",
    )
    people: dict[Id, Profile] = Field(
        default={}, description="Agents by id, for scenarios that only name them."
    )
    scenarios: list[Scenario] = Field(default=[], description="The scenarios.")
