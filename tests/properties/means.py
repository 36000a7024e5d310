"""Channels and what holds for every agent, made by chance."""

from collections.abc import Mapping

from router.model.policy import AgentRules, Channel, Offering, OfferMode, WrapUp
from tests.properties.chance import Chance, one_in


def channels(chance: Chance) -> Mapping[str, Channel]:
    """Make three channels: one of several at once, one that may be exclusive, one that may wait."""
    modes = (OfferMode.MANUAL, OfferMode.AUTOMATIC)
    chat = Channel(
        name="chat",
        units=chance.one_of((34, 50, 100)),
        at_most=chance.one_of((3, 2, None)),
        mode=chance.one_of((OfferMode.AUTOMATIC, OfferMode.MANUAL)),
        expires_ms=15_000,
        wrap_up=_wrap_up(chance),
    )
    voice = Channel(
        name="voice",
        exclusive=chance.one_of((True, False)),
        mode=chance.one_of(modes),
        expires_ms=chance.one_of((15_000, 5_000)),
        addressees=chance.one_of((1, 1, 2, 3)),
        wrap_up=_wrap_up(chance),
    )
    email = Channel(
        name="email",
        units=chance.one_of((25, 0, 60)),
        exclusive=one_in(6, chance),
        interruptible=one_in(3, chance),
        mode=chance.one_of(modes),
        expires_ms=120_000,
        addressees=chance.one_of((1, 1, 50, 2)),
        wrap_up=_wrap_up(chance),
    )
    return {each.name: each for each in (chat, voice, email)}


def an_offering(chance: Chance) -> Offering:
    """Make how the conversations of a queue are given, whatever their channels say."""
    return Offering(
        mode=chance.one_of((OfferMode.MANUAL, OfferMode.MANUAL, OfferMode.AUTOMATIC)),
        expires_ms=chance.one_of((15_000, 3_000, 90_000)),
        addressees=chance.one_of((1, 2, 3, 50)),
    )


def _wrap_up(chance: Chance) -> WrapUp:
    return WrapUp(limit_ms=chance.one_of((0, 20_000, 60_000, None)))


def agent_rules(chance: Chance) -> AgentRules:
    """Make what holds for everybody, each limit now and then at its end."""
    return AgentRules(
        capacity=chance.one_of((100, 200, 200, 50)),
        lease_ms=chance.one_of((3_600_000, *(600_000,) * 5, 60_000, 60_000, 15_000, 1)),
        missed_offers=chance.one_of((2, 1, 3, 0)),
        suspended_ms=chance.one_of((60_000, 5_000, 300_000, 0)),
        decline_memory_ms=chance.one_of((60_000, 5_000, 0)),
        lost_after_ms=chance.one_of((20_000, 120_000, 0, None)),
        rest_ms=chance.one_of((0, 0, 0, 1_000, 15_000)),
        occupancy=chance.one_of((None, None, 90, 50, 33)),
        occupancy_ms=chance.one_of((60_000, 7_001, 600_000)),
    )
