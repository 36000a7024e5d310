"""Warn of a queue that closes on those who wait in it, tells them nothing and sends them nowhere.

A proof, with when it closes and until when somebody waits: the next closing after a Monday's noon
is looked at, for each channel of which the queue may have conversations with somebody at the other
end. What is for a share of them, or only while the queue stands so, helps some; it is silent for
the others. What comes after a time helps all, if that is before the queue opens again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from router.model.conditions import Switch
from router.model.deflection import Closed, Selective
from router.model.overflow import Target
from router.model.policy import Channel, Hours, LadderEnd, Policy, Queue
from router.rules.compilation import Compiled
from router.rules.implication import excludes
from router.rules.problems import Problems
from router.rules.shape import spot

_RINGS_BACK: Final = "callback"
"""The channel of those who have asked to be rung, and so are not on the line."""
_EVERYBODY: Final = 100
_SOME_MONDAY: Final = 1_799_668_800_000
"""Noon, UTC, of 11 January 2027: examples of hours are given from there on."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def silent_closings(compiled: Compiled, *, problems: Problems) -> None:
    """Warn of each queue that closes on those who wait, and offers them nothing."""
    policy = compiled.policy
    for name, queue in policy.queues.items():
        hours = None if queue.hours is None else policy.calendars.get(queue.hours)
        night = None if hours is None else _night(hours)
        if night is None:
            continue
        closes, opens = night
        channels = [
            each
            for each in policy.channels.values()
            if not excludes(compiled.takes[name], {"channel": each.name})
        ]
        silent = [
            each
            for each in _listened_to(channels)
            if not _is_told(queue, each)
            and not _is_helped(policy, queue, each, closes=closes, opens=opens)
        ]
        if not silent:
            continue
        zone = compiled.document["calendars"][queue.hours]["timezone"]
        on = (
            ""
            if len(silent) == len(channels)
            else f" on {' and '.join(f'`{each}`' for each in silent)}"
        )
        problems.warning(
            spot(compiled.tree, "queues", name, "hours"),
            f"`{name}` closes and nobody{on} is told: who waits there at {_local(closes, zone)} "
            f"waits until {_local(opens, zone)}",
            "`deflects: [{offer: callback, on: {closed: true}, text: ...}]`, or another offer",
        )


def _listened_to(channels: Iterable[Channel]) -> Iterator[str]:
    """Name the channels on which somebody is there who waits: a letter can lie till the morning."""
    return (each.name for each in channels if not each.interruptible and each.name != _RINGS_BACK)


def _night(hours: Hours) -> tuple[int, int] | None:
    """Give when a calendar closes next, and opens again; None where it does not within a year."""
    closes = hours.next_change(_SOME_MONDAY) if hours.is_open(_SOME_MONDAY) else _SOME_MONDAY
    opens = hours.next_change(closes)
    return None if hours.is_open(closes) or not hours.is_open(opens) else (closes, opens)


def _is_told(queue: Queue, channel: str) -> bool:
    """Tell whether everybody on a channel is offered something at the moment the queue closes."""
    return any(
        _is_for_all(rule, channel) and (rule.on is None or isinstance(rule.on, Closed))
        for rule in queue.deflects
    )


def _is_for_all(rule: Selective, channel: str) -> bool:
    return rule.share == _EVERYBODY and (not rule.channels or channel in rule.channels)


def _is_helped(policy: Policy, queue: Queue, channel: str, *, closes: int, opens: int) -> bool:
    """Tell whether what comes after a time helps everybody on a channel before the queue opens."""
    offered = any(
        _is_for_all(each, channel) and isinstance(each.on, Switch) for each in queue.deflects
    )
    if offered and any(closes + after < opens for after in _ends(queue, LadderEnd.DEFLECT)):
        return True
    return any(
        to is None or _serves(policy, to, channel, at=at, until=opens)
        for to, at in _sent(policy, queue, channel, since=closes)
        if at < opens
    )


def _ends(queue: Queue, end: LadderEnd) -> Iterator[int]:
    """Give after how long the ladder of a queue ends so, if time brings it there."""
    return (
        each.after_ms for each in queue.expands if each.then is end and each.after_ms is not None
    )


def _sent(
    policy: Policy, queue: Queue, channel: str, *, since: int
) -> Iterator[tuple[Queue | None, int]]:
    """Give the queues to which everybody is sent, and when at the latest; None: another pool."""
    ends = [*_ends(queue, LadderEnd.OVERFLOW)]
    for rule in queue.overflows:
        times = ends if rule.after_ms is None else [rule.after_ms, *ends]
        if times and rule.lends is None and _is_for_all(rule, channel):
            to = policy.queues[rule.to] if rule.kind is Target.QUEUE else None
            yield to, since + min(times)


def _serves(policy: Policy, queue: Queue, channel: str, *, at: int, until: int) -> bool:
    """Tell whether a queue is open some time before another opens, or tells who comes to it."""
    hours = None if queue.hours is None else policy.calendars.get(queue.hours)
    if hours is None or hours.is_open(at) or _is_told(queue, channel):
        return True
    return hours.next_change(at) < until or _is_helped(
        policy, queue, channel, closes=at, opens=until
    )


def _local(at: int, zone: str) -> str:
    local = datetime.fromtimestamp(at / 1_000, tz=ZoneInfo(zone))
    return f"{local:%H:%M} on {_DAYS[local.weekday()]} {local:%Y-%m-%d}"
