"""Write the reference of every key of a routing test from the models and tables that read it."""

from collections.abc import Iterator
from typing import Final

from router.engine.remedies import Change
from router.model.reasons import PassedOver
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
    yield f"`passed_over` has, for an agent, one of {_listed(PassedOver)}."
    yield ""
    yield f"`would_help` is one of {_listed(Change)}."


def _listed(names: type[PassedOver] | type[Change]) -> str:
    return ", ".join(f"`{each.value}`" for each in names)
