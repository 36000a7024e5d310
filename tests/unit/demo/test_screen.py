import io
from collections import Counter

import pytest
from rich.console import Console

from router.demo.desks import Doing
from router.demo.lines import EVERY_S, Lines
from router.demo.screen import Screen, drawn
from router.demo.wallboard import Match, Picture, QueueRow
from router.demo.words import clock, summary

TEAMS = ("reimbursement", "affiliation_invoicing", "contracts", "onboarding", "partner_lyon")
QUEUES = (
    *("reimbursement", "reimbursement_letters", "affiliation_invoicing", "contracts_experts"),
    *("contracts", "onboarding_visitors", "onboarding", "generalists"),
)


def busy(name: str) -> QueueRow:
    return QueueRow(
        name=name,
        target_s=14_400 if "letters" in name else 120,
        waiting=250,
        oldest_s=5_999,
        serving=300,
        answered=99_999,
        in_time=60_000,
        gone=9_999,
    )


@pytest.fixture
def picture() -> Picture:
    match = Match(
        clock="13:27",
        conversation="c123456",
        channel="message",
        queue="affiliation_invoicing",
        agent="christophe-123",
        waited_s=5_999,
        score=20_292,
        terms=tuple(
            (name, -20_000) for name in ("preferred_skills", "proficiency", "cost", "idle")
        ),
        turn="longest idle",
    )
    return Picture(
        clock="13:31",
        day=12,
        share=0.5,
        queues=tuple(busy(name) for name in QUEUES),
        total=busy("all queues"),
        unread=1_234,
        teams={name: Counter(dict.fromkeys(Doing, 123)) for name in TEAMS},
        matches=(match,) * 12,
        router="killed with SIGKILL",
        is_deciding=False,
        policy="22e0095b6d7f",
        latency_p50=1.23456,
        latency_p99=12.3456,
        notice="13:31  started again, it decided 12.3 s later; nothing is lost",
    )


def on_terminal(picture: Picture, *, columns: int, lines: int) -> list[str]:
    console = Console(
        width=columns, height=lines, file=io.StringIO(), record=True, force_terminal=True
    )
    console.print(drawn(picture, lines=lines, columns=columns))
    return console.export_text().splitlines()


@pytest.mark.parametrize(("columns", "lines"), [(100, 30), (100, 27), (80, 24), (140, 45)], ids=str)
def test_the_busiest_picture_fits_the_terminal(picture: Picture, columns: int, lines: int) -> None:
    shown = on_terminal(picture, columns=columns, lines=lines)

    assert len(shown) == lines
    assert max(map(len, shown)) <= columns


def test_columns_stay_where_they_are_whatever_they_hold(picture: Picture) -> None:
    calm = QueueRow("contracts", target_s=120)
    shown = on_terminal(picture, columns=100, lines=30)
    quiet = on_terminal(_with(picture, queues=(calm,) * 8), columns=100, lines=30)

    assert shown[3] == quiet[3]
    assert {len(line.rstrip()) for line in (*shown[4:12], *quiet[4:12])} == {len(shown[3].rstrip())}


def test_it_says_what_a_supervisor_asks(picture: Picture) -> None:
    shown = "\n".join(on_terminal(picture, columns=100, lines=30))

    for word in ("13:31", "250", "99:59", "55%", "killed with SIGKILL", "1234 not read yet"):
        assert word in shown
    assert "christophe-123" in shown
    assert "answered within the target, of all answered or left" in shown


def test_a_narrow_terminal_is_told_that_something_is_missing(picture: Picture) -> None:
    fits, narrow = (on_terminal(picture, columns=each, lines=30) for each in (100, 80))

    assert not any("100 columns" in line for line in fits)
    assert "100 columns" in narrow[-1]


def test_a_wide_terminal_has_room_for_the_queue_of_a_match(picture: Picture) -> None:
    narrow = on_terminal(picture, columns=100, lines=30)[-2]
    wide = on_terminal(picture, columns=140, lines=30)[-2]

    assert "affiliation_invoicing" not in narrow
    assert "affiliation_invoicing: 20292 = " in wide


def test_the_screen_gives_the_terminal_back(picture: Picture) -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=100, height=30)
    with Screen(console) as screen:
        screen.show(picture)
        screen.say("nothing that would tear the picture")
    screen.say("the topics are read")
    text = written.getvalue()

    assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l") == 1
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert "tear" not in text
    assert text.rstrip().partition("\x1b[?1049l")[2].count("the topics are read") == 1


def test_without_a_terminal_a_line_comes_now_and_then_and_what_is_said_at_once(
    picture: Picture,
) -> None:
    written: list[str] = []
    moments = iter([0.0, 0.0, 1.0, EVERY_S - 0.1, EVERY_S, EVERY_S])
    lines = Lines(written.append, now=lambda: next(moments))
    with lines:
        lines.show(picture)
        lines.show(picture)
        lines.say("the router is killed with SIGKILL")
        lines.show(picture)
        lines.show(picture)

    assert written == [summary(picture), "the router is killed with SIGKILL", summary(picture)]
    assert "250 waiting, longest 99:59" in written[0]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0:00"), (65.9, "1:05"), (6_000, "100:00"), (14_400, "4 h")],
    ids=str,
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def _with(picture: Picture, *, queues: tuple[QueueRow, ...]) -> Picture:
    return Picture(
        **{**{name: getattr(picture, name) for name in Picture.__slots__}, "queues": queues}
    )
