"""What is published of a requirement means what the engine goes by."""

from hypothesis import given
from hypothesis import strategies as st

from router.model.requirement import NOTHING, AllOf, LanguageTerm, NotOf, met, primary, resolve
from router.model.requirement import published as publish
from tests.properties.chance import Drawn
from tests.properties.worlds import LANGUAGES, SKILLS, a_requirement

LEVELS = st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 4))
SPOKEN = st.frozensets(st.sampled_from(("fr", "en", "de")))


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
