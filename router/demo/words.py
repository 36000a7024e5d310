"""How figures are said to people, on the screen, in lines and in the report."""

from router.demo.wallboard import Match, Picture

LONG_S = 7_200.0


def clock(seconds: float) -> str:
    """Write a duration of the centre: `1:05`, or `4 h` from two hours on."""
    if seconds >= LONG_S:
        return f"{seconds / 3_600:.0f} h"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def milliseconds(seconds: float | None) -> str:
    """Write a latency: `4.2 ms`; a dot where nothing was measured."""
    return "·" if seconds is None else f"{seconds * 1_000:.1f} ms"


def percent(share: float | None) -> str:
    """Write a share: `84%`; a dot where there is none."""
    return "·" if share is None else f"{share:.0%}"


def because(match: Match) -> str:
    """Say why: the score and its terms, the largest first, or whose turn it was."""
    if not match.terms:
        return match.turn
    terms = " ".join(
        f"{'+' if points > 0 else '−'} {name.replace('_', ' ')} {abs(points)}"
        for name, points in match.terms
    )
    return f"{match.score} = {terms.removeprefix('+ ')}"


def summary(picture: Picture) -> str:
    """Say in one line how the centre stands."""
    total = picture.total
    day = f"day {picture.day} " if picture.day > 1 else ""
    parts = [
        f"{day}{picture.clock}",
        f"{total.waiting} waiting"
        + (f", longest {clock(total.oldest_s)}" if total.waiting else ""),
        f"{total.serving} served",
        f"{total.answered} answered, {percent(total.service_level)} in time, {total.gone} left",
        f"decided in {milliseconds(picture.latency_p50)} p50, {milliseconds(picture.latency_p99)} p99",
    ]
    return "  ".join(parts)
