"""By which bounded overflow an agent would be lent to a conversation.

It follows from the rules, the conversation and the agent's profile; how many are lent, ``lenders``
knows.
"""

from typing import NamedTuple

from router.model.policy import Queue
from router.model.requirement import NOTHING, AnyOf, Requirement, met
from router.model.state import ConversationRecord, Profile


class Bound(NamedTuple):
    """An overflow that lends so many agents at once, as it is for some conversations.

    Lent is who meets ``lends`` and does not meet ``own``. ``lender``: the team or site, as it is
    said.
    """

    rule: str
    at_most: int
    lender: str
    own: Requirement
    lends: Requirement


def bounds(queue: Queue, record: ConversationRecord) -> tuple[Bound, ...]:
    """Give the bounded rules by which others may serve a conversation too, as it is now."""
    if not record.lent:
        return ()
    serves = queue.expands[record.step - 1].serves if record.step else queue.serves
    taken = [each for each in queue.overflows if each.lends and each.name in record.lent]
    own: list[Requirement] = [serves]
    own += [each.lends for each in taken if each.lends and each.lends_at_most is None]
    found: list[Bound] = []
    for rule in taken if serves != NOTHING else ():
        if rule.lends is not None and rule.lends_at_most is not None:
            at_most = rule.lends_at_most
            lender = f"{rule.kind.value} {rule.to}"
            found.append(Bound(rule.name, at_most, lender, AnyOf(tuple(own)), rule.lends))
            own.append(rule.lends)
    return tuple(found)


def lends_to(bounds: tuple[Bound, ...], profile: Profile) -> Bound | None:
    """Give the one of these rules that lends an agent; None: he needs none of them."""
    for bound in bounds:
        if _is_of(profile, bound.lends) and not _is_of(profile, bound.own):
            return bound
    return None


def _is_of(profile: Profile, requirement: Requirement) -> bool:
    return met(requirement, skills={}, languages=frozenset(), team=profile.team, site=profile.site)
