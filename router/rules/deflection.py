"""Compile what a queue offers instead of waiting, and write it in full again."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from typing import Any, Final

from router.model.conditions import Switch
from router.model.deflection import Closed, Deflection, DeflectionKind, First
from router.rules.conditions import switch, switch_value
from router.rules.flapping import flaw
from router.rules.measuring import in_time
from router.rules.problems import Problems, nearest
from router.rules.shape import spot
from router.rules.source import Mapping
from router.rules.units import duration_text, percent_text
from router.rules.vocabulary import Vocabulary
from router.rules.written.deflecting import Deflects
from router.rules.written.routing import Queue
from router.rules.written.staffing import Team

DEFAULT_RETRY_MS: Final = 600_000


def deflections(queue: str, written: Queue) -> tuple[Deflection, ...]:
    """Compile the deflection rules of a queue, in their order.

    A rule is named by its queue and what it offers, and numbered where it is not the first to offer
    that; whoever has been deflected by it is not deflected by the rule of that name again.
    """
    return tuple(
        Deflection(
            name=name,
            kind=DeflectionKind(each.offer),
            text=each.text,
            on=_on(queue, name, each, target_ms=in_time(written)),
            channels=tuple(each.channels),
            share=100 if each.share is None else each.share,
            to=each.channel or each.team,
            expires_ms=each.expires,
            attempts=each.attempts or 1,
            retry_ms=DEFAULT_RETRY_MS if each.retry is None else each.retry,
            first=First.AGENT if each.first is None else First(each.first),
        )
        for name, each in zip(_names(queue, written.deflects), written.deflects, strict=True)
    )


def _on(
    queue: str, name: str, written: Deflects, *, target_ms: int | None
) -> Closed | Switch | None:
    if written.on is not None and written.on.closed:
        return Closed()
    return switch(name, queue, written, target_ms=target_ms)


def _names(queue: str, rules: Iterable[Deflects]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for each in rules:
        number = seen[each.offer] = seen.get(each.offer, 0) + 1
        yield f"{queue}: {each.offer}" if number == 1 else f"{queue}: {each.offer} {number}"


class DeflectionReader:
    """Check what deflection rules speak of, in the tree they were read from."""

    def __init__(
        self,
        tree: Mapping,
        *,
        vocabulary: Vocabulary,
        teams: MappingType[str, Team],
        problems: Problems,
    ) -> None:
        self._tree = tree
        self._vocabulary = vocabulary
        self._teams = teams
        self._problems = problems

    def check(self, queue: str, written: Queue, *, has_hours: bool) -> None:
        """Report names that nobody declared, and conditions that can never hold."""
        for number, each in enumerate(written.deflects):
            path = ("queues", queue, "deflects", number)
            for index, channel in enumerate(each.channels):
                self._check_channel(channel, path=(*path, "channels", index))
            if each.channel is not None:
                self._check_channel(each.channel, path=(*path, "channel"))
            if each.team is not None:
                self._check_team(each.team, path=(*path, "team"))
            if each.on is not None and each.on.closed and not has_hours:
                self._problems.error(
                    spot(self._tree, *path, "on"),
                    f"`{queue}` has no hours, so it is never closed",
                    "`hours:` and a calendar",
                )

    def check_switches(self, queue: str, rules: Iterable[Deflection]) -> None:
        """Report pairs of conditions that would flap."""
        for number, each in enumerate(rules):
            found = flaw(each.on) if isinstance(each.on, Switch) else None
            if found is not None:
                path = ("queues", queue, "deflects", number, "on")
                self._problems.error(spot(self._tree, *path), *found)

    def _check_channel(self, name: str, *, path: tuple[str | int, ...]) -> None:
        known = self._vocabulary.channels
        if name not in known:
            self._problems.error(
                spot(self._tree, *path), f"unknown channel `{name}`", nearest(name, known)
            )

    def _check_team(self, name: str, *, path: tuple[str | int, ...]) -> None:
        partners = [team for team, each in self._teams.items() if each.partner]
        if name not in self._vocabulary.teams:
            self._problems.error(
                spot(self._tree, *path), f"unknown team `{name}`", nearest(name, partners)
            )
        elif name in self._teams and name not in partners:
            self._problems.error(
                spot(self._tree, *path),
                f"team `{name}` is no partner",
                nearest(name, partners) or "`partner: true` where the team is declared",
            )


def deflection_value(rule: Deflection) -> dict[str, Any]:
    """Write a deflection rule with every default filled in."""
    value: dict[str, Any] = {"offer": rule.kind.value}
    if isinstance(rule.on, Closed):
        value["on"] = {"closed": True}
    elif rule.on is not None:
        value |= switch_value(rule.on)
    value["share"] = percent_text(rule.share)
    if rule.channels:
        value["channels"] = list(rule.channels)
    if rule.to is not None:
        value["channel" if rule.kind is DeflectionKind.CHANNEL else "team"] = rule.to
    value |= {"text": rule.text, "expires": duration_text(rule.expires_ms)}
    if rule.attempts > 1:
        value |= {"attempts": rule.attempts, "retry": duration_text(rule.retry_ms)}
    if rule.kind is DeflectionKind.CALLBACK:
        value["first"] = rule.first.value
    return value
