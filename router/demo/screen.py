"""The wallboard on a terminal: fixed columns, a line for each thing, calm enough to be watched.

Fits 100 columns and 30 lines; a lower terminal shows fewer matches and no teams, a higher one more
matches; a narrower one loses what is on the right, and says so. Draws a picture and knows nothing
of how it came about.
"""

from collections import Counter
from types import TracebackType
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from router.demo.desks import Doing
from router.demo.pace import PACE
from router.demo.wallboard import Match, Picture, QueueRow
from router.demo.words import because, clock, milliseconds, percent

WIDTH: Final = 100
WIDE: Final = 130
"""From so many columns on there is room for the queue of a match."""

BAR: Final = 22
ALWAYS: Final = 19
"""Lines that are shown on any terminal; the rest is for teams, and matches."""

MATCHES_AT_LEAST: Final = 2

GOOD: Final = 0.80
POOR: Final = 0.60
BUSY: Final = 24
"""A queue with so many waiting fills its bar."""

NARROW: Final = " cut off at the right: make this terminal 100 columns wide or more"
FOOT: Final = (
    " in time: answered within the target, of all answered or left        Ctrl-C ends everything"
)
LABEL: Final = "dim"
COLUMNS: Final = (
    *(Doing.FREE, Doing.RINGING, Doing.SERVING, Doing.WRAP_UP),
    *(Doing.BREAK, Doing.SUSPENDED, Doing.AWAY),
)


class Screen:
    """Shows pictures in place; as a context manager it gives the terminal back at its end."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._console = console

    def show(self, picture: Picture) -> None:
        """Replace what is shown."""
        columns, lines = self._console.size
        self._live.update(drawn(picture, lines=lines, columns=columns), refresh=True)

    def say(self, line: str) -> None:
        """Say something; while a picture is shown, it is on the picture."""
        if not self._live.is_started:
            self._console.print(line, style=LABEL, highlight=False, soft_wrap=True)

    def __enter__(self) -> "Screen":
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()


def drawn(picture: Picture, *, lines: int, columns: int = WIDTH) -> Group:
    """Draw a picture in so many lines; only the reasons of matches use more than 100 columns."""
    teams = [*_teams(picture), Text()]
    room = lines - ALWAYS - len(teams)
    if room < MATCHES_AT_LEAST:
        teams, room = [], max(1, lines - ALWAYS)
    return Group(
        _title(picture),
        _progress(picture),
        Text(),
        *_queues(picture),
        Text(),
        *teams,
        *_router(picture),
        Text(),
        *_matches(picture, room=room, columns=columns),
    )


def _line(*parts: tuple[str, str]) -> Text:
    text = Text(no_wrap=True, overflow="crop")
    for part, style in parts:
        text.append(part, style)
    text.truncate(WIDTH)
    return text


def _title(picture: Picture) -> Text:
    left = " contact-router demo"
    day = f"day {picture.day}, " if picture.day > 1 else ""
    where = f"   a health insurer in Paris, {day}{picture.clock}"
    pace = f"1 s is {PACE // 60} min for its people "
    gap = " " * max(1, WIDTH - len(left) - len(where) - len(pace))
    return _line((left, "bold"), (where, ""), (gap, ""), (pace, LABEL))


def _progress(picture: Picture) -> Text:
    width = WIDTH - 2
    done = width if picture.share is None else round(width * min(1.0, picture.share))
    return _line((" " + "━" * done, "cyan"), ("━" * (width - done), LABEL))


def _queues(picture: Picture) -> list[Text]:
    heads = ("oldest", "target", "in time", "answered", "left", "served")
    head = f" {'queue':<22}{'waiting':<{BAR + 5}}" + "".join(f"{each:>8}" for each in heads[:3])
    head += "".join(f"{each:>9}" for each in heads[3:5]) + f"{heads[5]:>8}"
    lines = [_line((head, LABEL))]
    lines += [_queue(row) for row in picture.queues]
    lines.append(_queue(picture.total, is_total=True))
    return lines


def _queue(row: QueueRow, *, is_total: bool = False) -> Text:
    filled = 0 if is_total else min(BAR, -(-row.waiting * BAR // BUSY))
    colour = "red" if row.waiting >= BUSY else "yellow" if row.waiting > BUSY / 3 else "cyan"
    level = row.service_level
    oldest = clock(row.oldest_s) if row.waiting else "·"
    style = "bold" if is_total else ""
    return _line(
        (f" {row.name:<22}", style),
        ("■" * filled, colour),
        (" " * (BAR - filled), ""),
        (f"{row.waiting or '·':>4} ", style),
        (f"{oldest:>8}", style),
        (f"{'' if is_total else clock(row.target_s):>8}", LABEL),
        (f"{percent(level):>8}", _shade(level)),
        (f"{row.answered:>9}{row.gone or '·':>9}{row.serving or '·':>8}", style),
    )


def _shade(level: float | None) -> str:
    if level is None:
        return LABEL
    return "green" if level >= GOOD else "yellow" if level >= POOR else "red"


def _teams(picture: Picture) -> list[Text]:
    names = [each.value.replace("_", "-") for each in COLUMNS]
    head = f" {'team':<22}" + "".join(f"{name:>11}" for name in names)
    lines = [_line((head, LABEL))]
    for team, doing in picture.teams.items():
        lines.append(_team(team, doing))
    return lines


def _team(name: str, doing: Counter[Doing]) -> Text:
    parts = [(f" {name:<22}", "")]
    for each in COLUMNS:
        count = doing[each]
        style = LABEL
        if count and each is not Doing.AWAY:
            style = {Doing.FREE: "green", Doing.SUSPENDED: "red"}.get(each, "")
        parts.append((f"{count or '·':>11}", style))
    return _line(*parts)


def _router(picture: Picture) -> list[Text]:
    colour = "green" if picture.is_deciding else "red"
    unread = f"{picture.unread} not read yet" if picture.unread else ""
    return [
        _line(
            (" router  ", LABEL),
            ("● ", colour),
            (f"{picture.router:<19}", "bold"),
            (f"{milliseconds(picture.latency_p50):>9}", ""),
            (" p50 ", LABEL),
            (f"{milliseconds(picture.latency_p99):>9}", ""),
            (" p99    rules ", LABEL),
            (f"{picture.policy:<13}", ""),
            (f"{unread:>18}", "yellow"),
        ),
        _line(("         ", ""), (picture.notice, "yellow")),
    ]


def _matches(picture: Picture, *, room: int, columns: int) -> list[Text]:
    matches = picture.matches[:room]
    lines = [_line((" who got whom, after which wait, and why", LABEL))]
    lines += [_match(each, columns=columns) for each in matches]
    lines += [Text()] * (room - len(matches))
    lines.append(_line((NARROW, "yellow") if columns < WIDTH else (FOOT, LABEL)))
    return lines


def _match(match: Match, *, columns: int) -> Text:
    why = because(match)
    if columns >= WIDE:
        why = f"{match.queue}: {why}"
    line = Text(no_wrap=True)
    line.append(f" {match.clock} ", LABEL)
    line.append(f"{match.channel:<8}{match.conversation:<7}")
    line.append("→ ", LABEL)
    line.append(f"{match.agent:<13}", "cyan")
    line.append(f"{clock(match.waited_s):>6}  ")
    line.append(why, LABEL)
    line.truncate(columns - 1, overflow="ellipsis")
    return line
