"""What qualification may look at of a conversation that is known: as it was given, told or found.

One place writes this down, so that whoever asks the rules again, in earnest or to learn what would
help, leaves nothing out.
"""

from msgspec.structs import replace

from router.model.inputs import ConversationUpdated
from router.model.policy import Facts
from router.model.state import ConversationRecord


def as_given(record: ConversationRecord) -> Facts:
    """Give the facts as platforms and supervisors have given them so far."""
    return Facts(
        channel=record.channel,
        topic=record.given_topic,
        level=record.given_level,
        language=record.given_language,
        priority=record.given_priority,
        ordered_priority=record.ordered_priority,
        skills=record.given_skills,
        customer=record.customer,
        attributes=record.attributes,
        text_rules=record.text_rules,
        hops=record.hops,
    )


def as_told(record: ConversationRecord, event: ConversationUpdated, *, channel: str) -> Facts:
    """Give the facts as they will be once an update is taken; a new priority ends an ordered one."""
    told = {
        "topic": event.topic_,
        "level": event.level,
        "language": event.language,
        "priority": event.priority,
        "skills": event.skills,
        "customer": event.customer,
        "attributes": event.attributes,
    }
    news = {name: value for name, value in told.items() if value is not None}
    ordered = record.ordered_priority if event.priority is None else None
    before = as_given(record)
    return replace(before, channel=channel, text=event.text, ordered_priority=ordered, **news)


def as_found(record: ConversationRecord) -> Facts:
    """Give the facts as qualification has found them, for the conditions of queues."""
    return Facts(
        channel=record.channel,
        topic=record.topic,
        level=record.level,
        language=record.language,
        priority=record.priority,
        skills=record.skills,
        customer=record.customer,
        attributes=record.attributes,
        text_rules=record.text_rules,
        hops=record.hops,
    )
