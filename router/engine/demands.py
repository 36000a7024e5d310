"""What conversations ask of an agent, and whether he meets it: the same for all who wait in a lane.

A new kind of conversation is held against every group of agents there is, so what it asks for is
sorted once, by how soon it tells.
"""

from router.engine.bounds import Bound, lends_to
from router.engine.groups import Group
from router.engine.slots import Slot
from router.model.policy import Offering
from router.model.requirement import (
    NOTHING,
    AllOf,
    LanguageTerm,
    Requirement,
    is_about_teams,
    least_level,
    met,
    primary,
)
from router.model.state import Profile

MOST_JOINS = 20_000
"""With more joins than this a group forgets them all and starts again."""


class Terms:
    """What an agent must be, sorted; the same for all demands that ask for the same.

    ``searched``: the skills without which nobody meets it, ``anchor`` the first of them; None:
    there is none.
    """

    __slots__ = (
        *("_languages", "_least", "_others", "_serves", "_served_by"),
        *("anchor", "requirement", "searched"),
    )

    def __init__(self, requirement: AllOf) -> None:
        self.requirement = requirement
        self._least: list[tuple[str, int]] = []
        self._languages: list[str] = []
        served_by: list[Requirement] = []
        others: list[Requirement] = []
        for term in requirement.terms:
            least = least_level(term)
            if least is not None:
                self._least.append(least)
            elif isinstance(term, LanguageTerm):
                self._languages.append(primary(term.language))
            elif is_about_teams(term):
                served_by.append(term)
            else:
                others.append(term)
        self._served_by = AllOf(tuple(served_by)) if served_by else NOTHING
        self._others = AllOf(tuple(others)) if others else NOTHING
        self._serves: dict[tuple[str, str | None], bool] = {}
        searched = tuple(skill for skill, least_of_it in self._least if least_of_it > 0)
        self.searched: tuple[str | None, ...] = searched or (None,)
        self.anchor = self.searched[0]

    def are_met(self, profile: Profile, languages: frozenset[str]) -> bool:
        """Tell whether an agent with this profile, who speaks these (primary) languages, meets them."""
        skills = profile.skills
        for skill, least in self._least:
            if skills.get(skill, 0) < least:
                return False
        for language in self._languages:
            if language not in languages:
                return False
        if self._served_by is not NOTHING and not self._is_served_by(profile.team, profile.site):
            return False
        others = self._others
        return others is NOTHING or met(others, skills=skills, languages=languages)

    def _is_served_by(self, team: str, site: str | None) -> bool:
        """Tell whether a team at a site serves, worked out once for each."""
        of = (team, site)
        known = self._serves.get(of)
        if known is None:
            asked = self._served_by
            known = met(asked, skills={}, languages=frozenset(), team=team, site=site)
            self._serves[of] = known
        return known


class Demand:
    """What an agent must be for a conversation, apart from the conversation itself, and how he is given it.

    ``own``: what the queue says of that; else it is as the channel says. ``at_once``: so many are
    given it. ``bounds``: the rules that lend only so many agents to it.
    """

    __slots__ = ("_lenders", "anchor", "at_once", "bounds", "offering", "slot", "terms")

    def __init__(
        self,
        slot: Slot,
        terms: Terms,
        own: Offering | None = None,
        *,
        bounds: tuple[Bound, ...] = (),
    ) -> None:
        self.slot = slot
        self.terms = terms
        self.anchor = terms.anchor
        self.bounds = bounds
        self._lenders: dict[tuple[str | None, str | None], Bound | None] = {}
        channel = slot.channel
        offering = channel.offering if own is None and channel is not None else own
        self.offering = offering
        self.at_once = 1 if offering is None else offering.at_once

    def lender(self, profile: Profile) -> Bound | None:
        """Give the bounded rule that lends an agent to it, worked out once for each team and site."""
        of = (profile.team, profile.site)
        if of not in self._lenders:
            self._lenders[of] = lends_to(self.bounds, profile)
        return self._lenders[of]


def fits(demand: Demand, group: Group) -> bool:
    """Tell whether a profile group meets a demand, worked out once for each pair of terms and group."""
    terms = demand.terms
    known = group.fits.get(terms)
    if known is None:
        if len(group.fits) >= MOST_JOINS:
            group.fits.clear()
        known = group.fits[terms] = terms.are_met(group.profile, group.languages)
    return known
