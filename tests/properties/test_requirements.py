"""What is published of a requirement, and what the engine makes of it, mean what it says."""

from hypothesis import given
from hypothesis import strategies as st

from router.engine.demands import Terms
from router.model.requirement import (
    NOTHING,
    AllOf,
    AnyOf,
    LanguageTerm,
    NotOf,
    Requirement,
    SiteTerm,
    TeamTerm,
    met,
    primary,
    resolve,
    served_by,
)
from router.model.requirement import published as publish
from router.model.state import Profile
from tests.properties.chance import Drawn
from tests.properties.worlds import LANGUAGES, SKILLS, a_requirement

LEVELS = st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 4))
SPOKEN = st.frozensets(st.sampled_from(("fr", "en", "de")))
TEAMS = ("claims", "contracts", "partner")
SITES = ("lyon", "paris", None)
SERVES: st.SearchStrategy[Requirement] = st.sampled_from(
    (
        NOTHING,
        TeamTerm("claims"),
        NotOf(SiteTerm("lyon")),
        AnyOf((TeamTerm("claims"), SiteTerm("paris"))),
        AllOf((AnyOf((TeamTerm("partner"), TeamTerm("claims"))), SiteTerm("lyon"))),
    )
)


@given(st.data(), LEVELS, SPOKEN, LEVELS)
def test_an_agent_fits_exactly_if_he_has_the_published_levels_and_speaks_the_language(
    data: st.DataObject, own: dict[str, int], spoken: frozenset[str], agent: dict[str, int]
) -> None:
    template = a_requirement(Drawn(data), depth=2)
    language = data.draw(st.sampled_from((None, *LANGUAGES)))
    asked = resolve(template, level=data.draw(st.integers(1, 3)), language=language, skills=own)
    published = publish(asked, language=language)
    if "expression" in published:
        return
    has_levels = all(agent.get(skill, 0) >= int(level) for skill, level in published.items())
    speaks = language is None or primary(language) in spoken
    wants_language = LanguageTerm(primary(language or "")) in asked.terms
    assert met(asked, skills=agent, languages=spoken) == (
        has_levels and (speaks or not wants_language)
    )


@given(st.data(), LEVELS, SPOKEN)
def test_an_agent_fits_a_requirement_or_its_opposite(
    data: st.DataObject, agent: dict[str, int], spoken: frozenset[str]
) -> None:
    asked = resolve(a_requirement(Drawn(data), depth=2), level=1, language="fr", skills={})
    fits = met(asked, skills=agent, languages=spoken)
    assert met(NotOf(asked), skills=agent, languages=spoken) is not fits
    assert met(AllOf((asked, NOTHING)), skills=agent, languages=spoken) is fits


@given(st.data(), LEVELS, SPOKEN, SERVES)
def test_sorted_terms_are_met_exactly_if_every_one_of_them_is(
    data: st.DataObject, agent: dict[str, int], spoken: frozenset[str], serves: Requirement
) -> None:
    asked = resolve(
        a_requirement(Drawn(data), depth=2), level=2, language="fr", skills=data.draw(LEVELS)
    )
    asked = served_by(asked, serves)
    sorted_terms = Terms(asked)
    # The same for all of them: what is kept of a team and site must be theirs alone.
    for team in TEAMS:
        for site in SITES:
            profile = Profile(team=team, skills=agent, channels={}, site=site)
            fits = met(asked, skills=agent, languages=spoken, team=team, site=site)
            assert sorted_terms.are_met(profile, spoken) is fits
