"""Why a conversation would go where: rules, queue, requirement, agents, in one answer."""

from pathlib import Path

import pytest

from router.model.policy import Facts
from router.rules import RulesError, load
from router.rules.compilation import Compiled
from router.rules.tracing import trace
from router.scenarios import Shelf, load_suite
from router.scenarios.explaining import (
    Explanation,
    explain,
    explanation_lines,
    explanation_values,
)
from router.scenarios.happenings import facts_of

CONFIG = Path(__file__).resolve().parents[3] / "config"
CASE = """
agents:
  - {id: ana, skills: {reimbursement: 1}, languages: [fr], idle: 5m}
  - {id: bob, skills: {reimbursement: 3, calm: 2}, languages: [fr], presence: break}
conversation:
  channel: voice
  customer: {tier: company}
  text: Mon remboursement n'arrive pas, c'est inadmissible
"""


@pytest.fixture(scope="module")
def centre() -> Compiled:
    return load(CONFIG / "rules").sets[0]


def told(found: Explanation) -> str:
    return "\n".join(explanation_lines(found))


def test_the_whole_way_of_a_conversation(centre: Compiled) -> None:
    assert told(explain(centre, CASE)) == (
        """\
c1, on voice
  rules that matched
    angry words        priority: 200, skills: {calm: 2}
    company customers  priority: 500
    reimbursement      topic: reimbursement
    everything else    level: 1, language: fr; the last one read
  queue reimbursement, which takes: topic == "reimbursement" && channel != "email"
  asks for: reimbursement >= 1 and language == fr and calm >= 2
  urgency: 380 points
  decided
    queued: c1, in: reimbursement, place: 1
  agents
    ana  skill     does not have calm (asked for: 2)
    bob  presence  has declared: break
  what would help: if bob became available, who has declared: break"""
    )


def test_parts_hold_instead_of_the_cases_own(centre: Compiled) -> None:
    found = explain(centre, CASE, parts={"conversation": "{channel: chat, topic: reimbursement}"})
    assert next((each.agent, each.words) for each in found.agents) == (
        "ana",
        "assigned to this agent",
    )
    assert [each.rule for each in found.matched] == ["everything else"]
    assert explanation_values(found)["agents"][0]["score"] == 82


def test_a_conversation_nobody_is_there_for(centre: Compiled) -> None:
    found = explain(centre, "", parts={"conversation": "{channel: chat}"})
    assert (found.queue, found.agents, found.would_help) == ("generalists", (), None)
    assert "  agents\n    none" in told(found)


def test_a_conversation_that_no_queue_takes(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("version: 1\nchannels: {chat: {}}\nqueues: {q: {takes: level > 1}}\n")
    (rules,) = load(file).sets
    found = explain(rules, "conversation: {channel: chat}")
    assert found.queue is None
    assert told(found).splitlines()[-1] == "  refused: c1, reason: no_queue"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("agents: [{id: ana}]", "case:1:1: error: there is no conversation"),
        ("conversation: {channel: chatt}", "case:1:25: error: unknown channel `chatt`"),
        ("conversation: {channel: chat}\nagents: [ana]", "case:2:10: error: unknown agent `ana`"),
        ("conversation: {channel: chat}\nsteps: []", "case:2:1: error: unknown key `steps`"),
        ("- 1", "case:1:1: error: a case has `conversation:`"),
    ],
)
def test_a_case_that_cannot_be_read_is_answered_at_its_place(
    centre: Compiled, case: str, said: str
) -> None:
    with pytest.raises(RulesError) as raised:
        explain(centre, case)
    assert str(raised.value).startswith(said)


def test_the_rules_are_followed_as_the_router_follows_them(centre: Compiled) -> None:
    asked = 0
    for file in sorted((CONFIG / "scenarios").glob("*.yaml")):
        for scenario in load_suite(file, shelf=Shelf()).scenarios:
            for step in scenario.steps:
                arrival = step.happens.conversation
                if arrival is None or arrival.channel is None:
                    continue
                fields = facts_of(arrival)
                fields["topic"] = fields.pop("topic_")
                unlike = {"conversation", "preferred_agents"}
                given = {k: v for k, v in fields.items() if v is not None and k not in unlike}
                facts = Facts(**given)
                verdict = centre.policy.qualifier.qualify(facts)
                matched = list(trace(centre, facts))
                assert tuple(each.rule for each in matched) == verdict.rules
                found = {"topic": facts.topic, "level": facts.level, "language": facts.language}
                found |= {"priority": facts.priority or 0, "skills": facts.skills}
                for each in matched:
                    found |= each.sets
                assert found == {name: getattr(verdict, name) for name in found}
                asked += 1
    assert asked > 100
