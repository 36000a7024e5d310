"""Stages of a surge: measures for days when too much comes in, by load or by command."""

from typing import Final

import msgspec

from router.model.conditions import Switch

OFF: Final = "off"
"""What a command names that ends a surge; no stage is called so."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What is otherwise while a stage is in force, and how it comes about.

    ``switch`` enters it by load (None: by command only); it ends by itself after ``expires_ms``.
    ``offer_expires_ms``: manual offers wait no longer; ``expansion_speed``: how many times faster
    the steps of ladders come; ``deflects``: the queues whose deflections by load apply now;
    ``deflect_estimated_ms``: estimated waits turn deflections on from here, where that is lower.
    ``partner_share``: in place of the share of every team that has one.
    """

    name: str
    switch: Switch | None = None
    expires_ms: int
    offer_expires_ms: int | None = None
    expansion_speed: int = 1
    deflects: frozenset[str] = frozenset()
    deflect_estimated_ms: int | None = None
    partner_share: int | None = None
