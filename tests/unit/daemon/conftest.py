"""An engine with one agent and two conversations, as views are shown of it."""

import pytest

from router.engine import Engine
from router.model.inputs import (
    AgentPresence,
    AgentUpdated,
    ConversationCreated,
    Customer,
    Presence,
)
from router.rules import loads
from tests.unit.daemon.centre import NOON, POOL, RULES, apply


@pytest.fixture
def engine() -> Engine:
    created = ConversationCreated(
        pool=POOL,
        at=NOON - 2_500,
        conversation="c1",
        channel="voice",
        customer=Customer(id="k7", tier="gold"),
        text="my words",
    )
    return apply(
        Engine(loads(RULES)),
        AgentUpdated(
            pool=POOL, agent="anna", team="day", skills={"claims": 2}, channels={"voice": 1}
        ),
        AgentPresence(pool=POOL, agent="anna", presence=Presence.AVAILABLE),
        created,
        ConversationCreated(pool=POOL, at=NOON - 1_500, conversation="c2", channel="voice"),
    )
