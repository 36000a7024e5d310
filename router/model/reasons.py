"""Closed lists of reasons: why an input is refused, unreadable, or an agent suspended.

A reason is a word of the contract. Metrics use these as label values, so a list only grows with a
new schema version.
"""

from enum import StrEnum
from typing import Final


class Refusal(StrEnum):
    """Why a readable input changes nothing (``input.refused`` or ``command.refused``)."""

    DUPLICATE = "duplicate"
    UNKNOWN_POOL = "unknown_pool"
    UNCONFIGURED_CHANNEL = "unconfigured_channel"
    UNKNOWN_QUEUE = "unknown_queue"
    NO_QUEUE = "no_queue"
    UNKNOWN_CONVERSATION = "unknown_conversation"
    UNKNOWN_AGENT = "unknown_agent"
    CONVERSATION_EXISTS = "conversation_exists"
    NOT_WAITING = "not_waiting"
    NOT_ASSIGNED = "not_assigned"
    STALE_OFFER = "stale_offer"
    STALE_DEFLECTION = "stale_deflection"
    NO_WRAP_UP = "no_wrap_up"
    NOT_SUPPORTED = "not_supported"
    UNKNOWN_STAGE = "unknown_stage"
    MISSING_BY = "missing_by"
    MISSING_REASON = "missing_reason"
    AGENT_UNAVAILABLE = "agent_unavailable"
    NO_ROOM = "no_room"


class Unreadable(StrEnum):
    """Why a record becomes a dead letter; the first that applies, in this order, is given."""

    NO_KEY = "no_key"
    INVALID_KEY = "invalid_key"
    WRONG_PARTITION = "wrong_partition"
    NO_VALUE = "no_value"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    NOT_CLOUDEVENT = "not_cloudevent"
    UNKNOWN_TYPE = "unknown_type"
    WRONG_TOPIC = "wrong_topic"
    INVALID_ATTRIBUTE = "invalid_attribute"
    MISSING_FIELD = "missing_field"
    INVALID_FIELD = "invalid_field"
    LIMIT_EXCEEDED = "limit_exceeded"


class Suspension(StrEnum):
    """Why an agent is suspended: no heartbeat for its lease, or too many offers unanswered."""

    LEASE_EXPIRED = "lease_expired"
    NO_ANSWER = "no_answer"


class Release(StrEnum):
    """What ended an agent's suspension."""

    HEARTBEAT = "heartbeat"
    TIME = "time"
    PRESENCE = "presence"


class Withdrawal(StrEnum):
    """Why an open offer was taken back, or ended, before an answer."""

    ABANDONED = "abandoned"
    UPDATED = "updated"
    PRESENCE = "presence"
    LEASE_EXPIRED = "lease_expired"
    COMMAND = "command"
    NO_ANSWER = "no_answer"
    TAKEN = "taken"


class Requeue(StrEnum):
    """Why a conversation went back to wait, its place kept."""

    TRANSFERRED = "transferred"
    AGENT_LOST = "agent_lost"
    COMMAND = "command"
    QUEUE_REMOVED = "queue_removed"
    DEFLECTION_DECLINED = "deflection_declined"
    DEFLECTION_EXPIRED = "deflection_expired"
    CALLBACK_DUE = "callback_due"
    CALLBACK_UNANSWERED = "callback_unanswered"


class Close(StrEnum):
    """Why a conversation was closed."""

    ENDED = "ended"
    COMMAND = "command"
    DEFLECTED = "deflected"


class SurgeChange(StrEnum):
    """Why another stage of a surge is in force, or none any more."""

    LOAD = "load"
    COMMAND = "command"
    EXPIRED = "expired"
    POLICY = "policy"


class PassedOver(StrEnum):
    """Why an agent does not get a conversation; of several the first in this order is given.

    What lasts comes before what passes: who lacks the skill is no candidate, busy or not.
    """

    UNCONFIGURED = "unconfigured"
    NOT_DESCRIBED = "not_described"
    CHANNEL = "channel"
    TEAM = "team"
    SKILL = "skill"
    LEVEL = "level"
    LANGUAGE = "language"
    REQUIREMENT = "requirement"
    OFFLINE = "offline"
    PRESENCE = "presence"
    SUSPENDED = "suspended"
    RESTING = "resting"
    QUOTA = "quota"
    SHARE = "share"
    LENT_ENOUGH = "lent_enough"
    BARRED = "barred"
    QUEUE_PAUSED = "queue_paused"
    QUEUE_CLOSED = "queue_closed"
    KEPT = "kept"
    CHANNEL_FULL = "channel_full"
    NO_UNITS = "no_units"
    EXCLUSIVE = "exclusive"
    LABEL_FULL = "label_full"
    LABEL_RUN = "label_run"
    OTHER_BETTER = "other_better"


PASSED_OVER_WORDS: Final = {
    PassedOver.UNCONFIGURED: "the rules have its queue or its channel no more",
    PassedOver.NOT_DESCRIBED: "nobody has described the agent",
    PassedOver.CHANNEL: "the agent does not work on its channel",
    PassedOver.TEAM: "it is for other teams or sites",
    PassedOver.SKILL: "the agent does not have a skill that is asked for",
    PassedOver.LEVEL: "the agent has the skill, at another level than is asked for",
    PassedOver.LANGUAGE: "the agent does not speak its language",
    PassedOver.REQUIREMENT: "something else that is asked for, such as one of several skills, is not met",
    PassedOver.OFFLINE: "the agent is offline",
    PassedOver.PRESENCE: "the agent has declared something else than available",
    PassedOver.SUSPENDED: "the agent is suspended: nothing is heard of the desktop, or too many offers went unanswered",
    PassedOver.RESTING: "the agent rests after a conversation",
    PassedOver.QUOTA: "the team was given as many as its quota allows for now",
    PassedOver.SHARE: "one more would be above the share that the team may have",
    PassedOver.LENT_ENOUGH: "the team or site lends as many agents to the queue as the rules allow",
    PassedOver.BARRED: "the agent declined it or had it before",
    PassedOver.QUEUE_PAUSED: "a supervisor has paused its queue",
    PassedOver.QUEUE_CLOSED: "its queue is closed at this hour",
    PassedOver.KEPT: "it is kept for other agents for a while",
    PassedOver.CHANNEL_FULL: "the agent has as many on its channel as may be at once",
    PassedOver.NO_UNITS: "the agent has not enough units free",
    PassedOver.EXCLUSIVE: "its channel goes with nothing else, or the agent is on one that does not",
    PassedOver.LABEL_FULL: "the agent has as many with one of its labels as may be at once",
    PassedOver.LABEL_RUN: "the agent has had as many with one of its labels in a row as may be",
    PassedOver.OTHER_BETTER: "the agent could have it, and another conversation or agent came first",
}
"""What each reason says, for the pages; ``why`` says it with names and numbers."""
