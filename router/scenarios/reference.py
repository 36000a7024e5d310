"""Write the reference of every key of a routing test from the models and tables that read it."""

from collections.abc import Iterator, Mapping
from typing import Final

from router.engine.remedies import CHANGE_WORDS, Change
from router.model.reasons import PASSED_OVER_WORDS, PassedOver
from router.rules.reference import tables
from router.rules.written.fields import Written
from router.scenarios import written
from router.scenarios.decided import STATES, WORDS, details_of

SECTIONS: Final[tuple[tuple[str, type[Written]], ...]] = (
    ("The file", written.File),
    ("people: ID", written.Profile),
    ("scenarios: (each)", written.Scenario),
    ("agents: (each), and agent", written.Person),
    ("steps: (each)", written.Step),
    ("conversation", written.Arrival),
    ("update", written.Facts),
    ("abandon, end, accept, decline, wrapped_up", written.About),
    ("transfer", written.Transfer),
    ("transfer: to", written.Target),
    ("take_instead, wait_instead", written.Answer),
    ("command", written.Command),
)


def reference() -> str:
    """Write one table a part, in Markdown, and the words of ``expect``."""
    parts = ((title, model, ()) for title, model in SECTIONS)
    return "\n".join([*tables(parts), *_expectations(), ""])


def _expectations() -> Iterator[str]:
    yield "### `expect: (each)`"
    yield ""
    yield "| word | about | details |"
    yield "| --- | --- | --- |"
    agents, others = {"suspended", "released"}, {"status": "queue", "policy_changed": "version"}
    others |= {"surge": "stage, or `off`", "refused": "whom it named", "applied": "whom it named"}
    for word in (*WORDS, *STATES):
        about = "agent" if word in agents else others.get(word, "conversation")
        details = ", ".join(f"`{each}`" for each in details_of(word))
        yield f"| `{word}` | {about} | {details} |"
    yield ""
    yield "`passed_over` has one of these words for an agent; of several that apply, the first."
    yield ""
    yield from _meanings("why not", PASSED_OVER_WORDS)
    yield ""
    yield "`would_help` is one of these words: the smallest change after which somebody could have it."
    yield ""
    yield from _meanings("what would help", CHANGE_WORDS)


def _meanings(title: str, words: Mapping[PassedOver, str] | Mapping[Change, str]) -> Iterator[str]:
    yield f"| word | {title} |"
    yield "| --- | --- |"
    for word, meaning in words.items():
        yield f"| `{word.value}` | {meaning} |"
