"""The example centre is sound, and sends people where its comments say."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from router.daemon.settings_reading import read_settings
from router.engine import Engine
from router.model.conditions import AtLeast, Measure, NoAgents, Switch, single
from router.model.deflection import Closed
from router.model.inputs import (
    AgentPresence,
    AgentUpdated,
    ConversationCreated,
    Customer,
    Presence,
)
from router.model.outputs import ConversationAssigned, ConversationDeflected, Outcome
from router.model.policy import Facts, OfferMode, OrderBy, Policy, Turn, Verdict, switches
from router.rules import load

CONFIG = Path(__file__).resolve().parents[3] / "config"


@pytest.fixture(scope="module")
def centre() -> Policy:
    policy = load(CONFIG / "rules").for_pool("france")
    assert policy is not None
    return policy


def qualified(centre: Policy, **facts: Any) -> Verdict:
    return centre.qualifier.qualify(Facts(**{"channel": "chat", **facts}))


@pytest.mark.parametrize("path", ["rules", "rules-tiny.yaml"])
def test_the_examples_have_no_problem_at_all(path: str) -> None:
    assert load(CONFIG / path).warnings == ()


@pytest.mark.parametrize(
    ("facts", "topic", "level", "queue"),
    [
        ({"text": "Où en est mon remboursement ?"}, "reimbursement", 1, "reimbursement"),
        (
            {"channel": "email", "text": "Mes décomptes svp"},
            *("reimbursement", 1, "reimbursement_letters"),
        ),
        (
            {"text": "remboursement de ma chirurgie"},
            *("reimbursement", 2, "reimbursement"),
        ),
        (
            {"channel": "voice", "attributes": {"menu": "1", "amount_eur": 2000}},
            *("reimbursement", 3, "reimbursement"),
        ),
        ({"text": "Je veux une carte vitale"}, "affiliation", 1, "affiliation_invoicing"),
        (
            {"channel": "voice", "attributes": {"menu": "3"}},
            "invoicing",
            1,
            "affiliation_invoicing",
        ),
        ({"text": "je résilie mon contrat"}, "contracts", 3, "contracts_experts"),
        ({"text": "mes garanties"}, "contracts", 1, "contracts"),
        ({"channel": "voice", "attributes": {"menu": "5"}}, "advice", 1, "advice"),
        ({"attributes": {"page": "join"}}, "onboarding", 1, "onboarding_visitors"),
        (
            {"attributes": {"page": "join"}, "customer": Customer(id="c1")},
            *("onboarding", 1, "onboarding"),
        ),
        ({"text": "bonjour"}, "other", 1, "generalists"),
        ({"text": "bonjour", "attributes": {"contacts_last_week": 4}}, "other", 2, "generalists"),
        ({"topic": "something new", "level": 3}, "something new", 3, "generalists"),
    ],
)
def test_a_conversation_goes_where_it_belongs(
    centre: Policy, facts: dict[str, Any], topic: str, level: int, queue: str
) -> None:
    found = qualified(centre, **facts)
    assert (found.topic, found.level, found.queue) == (topic, level, queue)


def test_anger_and_companies_come_first(centre: Policy) -> None:
    assert qualified(centre, text="bonjour").priority == 100
    assert qualified(centre, text="C'est inadmissible").priority == 300
    company = qualified(
        centre, text="SCANDALEUX", customer=Customer(tier="company"), attributes={"nps": 0}
    )
    assert (company.priority, company.skills) == (600, {"calm": 2})


def test_every_way_of_the_language_is_shown(centre: Policy) -> None:
    queues = centre.queues.values()
    assert {each.order.by for each in queues} == set(OrderBy)
    assert {each.selects.turn for each in queues} == set(Turn)
    assert any(each.prefers for each in queues)
    assert any(each.preferred_wait_ms for each in queues)
    assert any(each.hours for each in queues)
    deflections = [rule for each in queues for rule in each.deflects]
    assert {type(rule.on) for rule in deflections} == {type(None), Closed, Switch}
    found = [part for each in switches(centre) for part in single(each.on)]
    assert {each.measure for each in found if isinstance(each, AtLeast)} == set(Measure)
    assert any(isinstance(each, NoAgents) for each in found)
    assert any(rule.share < 100 for rule in deflections)
    assert {each.drops_skills for queue in queues for each in queue.expands} == {True, False}
    assert {each.mode for each in centre.channels.values()} == set(OfferMode)
    assert {None, 0} & {each.wrap_up.limit_ms for each in centre.channels.values()}


def test_the_smallest_centre_is_small() -> None:
    assert len((CONFIG / "rules-tiny.yaml").read_text(encoding="utf-8").splitlines()) < 20


def test_the_example_settings_name_the_example_rules() -> None:
    settings = read_settings(CONFIG / "settings.yaml")
    assert CONFIG.parent / settings.rules.path == CONFIG / "rules"


def test_a_simple_question_leaves_the_expert_free_and_an_angry_one_gets_calm() -> None:
    engine = Engine(load(CONFIG / "rules"))
    for agent, level, calm in (("expert", 3, 2), ("beginner", 1, 0)):
        skills = {"reimbursement": level, "calm": calm}
        profile = AgentUpdated(
            pool="france",
            agent=agent,
            team="reimbursement",
            skills=skills,
            channels={"chat": 3},
            languages=("fr",),
        )
        engine.apply(profile, 0)
        available = AgentPresence(pool="france", agent=agent, presence=Presence.AVAILABLE)
        engine.apply(available, 0)

    def who_gets(conversation: str, text: str) -> list[str]:
        created = ConversationCreated(
            pool="france", conversation=conversation, channel="chat", at=1, text=text
        )
        bodies = [each.body for each in engine.apply(created, 1)]
        return [each.agent for each in bodies if isinstance(each, ConversationAssigned)]

    assert who_gets("c1", "Où est mon remboursement ?") == ["beginner"]
    assert who_gets("c2", "Mon remboursement, c'est INADMISSIBLE") == ["expert"]


def test_who_calls_the_advisers_on_a_sunday_may_have_a_callback() -> None:
    engine = Engine(load(CONFIG / "rules"))

    def said(at: str, channel: str) -> list[Outcome]:
        now = round(datetime.fromisoformat(at).timestamp() * 1_000)
        created = ConversationCreated(
            pool="france", conversation=at, channel=channel, at=now, attributes={"menu": "5"}
        )
        bodies = [each.body for each in engine.apply(created, now)]
        return [each for each in bodies if getattr(each, "conversation", "") == at][1:]

    assert said("2026-03-06T18:29:59+01:00", "voice") == []
    (call,) = said("2026-03-08T11:00:00+01:00", "voice")
    (chat,) = said("2026-03-08T11:00:01+01:00", "chat")
    assert isinstance(call, ConversationDeflected)
    assert isinstance(chat, ConversationDeflected)
    assert (call.kind, chat.kind, chat.to) == ("callback", "channel", "email")
    assert said("2026-03-08T11:00:02+01:00", "email") == []
