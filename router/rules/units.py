"""The small notations of a rule file: ``90s``, ``1/s``, ``1..3``, ``">= level - 1"``, ``+200``.

Each is read by one function that returns an exact integer value or raises ``NotationError`` with
the words to show, and written back by its twin, so that what ``rules show`` prints reads the same.
"""

import re
from typing import Final

import msgspec

from router.model.limits import MAX_PRIORITY
from router.model.requirement import Comparison, SkillTerm
from router.rules.problems import shown

_MS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PER: Final = {"s": 1, "m": 60, "h": 3_600}
MAX_DURATION_MS: Final = 366 * 86_400_000
MAX_AGEING: Final = 1_000_000
MAX_SKILL_LEVEL: Final = 1_000

_DURATION = re.compile(r"([0-9]{1,11})(ms|s|m|h|d)")
_RATE = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,6}))?/(s|m|h)")
_PERCENT = re.compile(r"([0-9]{1,3})%")
_RANGE = re.compile(r"([0-9]{1,4})\.\.([0-9]{1,4})")
_LEVEL = re.compile(
    r"(?P<comparison>>=|<=|==|!=|>|<)\s*"
    r"(?:(?P<level>[0-9]{1,4})|(?P<relative>level)(?:\s*(?P<sign>[+-])\s*(?P<offset>[0-9]{1,2}))?)"
)
_CHANGE = re.compile(r"([+-])([0-9]{1,4})")


class NotationError(ValueError):
    """A text that is not in the notation asked for; says what is, and what was perhaps meant."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


def duration(written: object) -> int:
    """Read a duration such as ``90s``, ``10m`` or ``2h`` into milliseconds."""
    match = _DURATION.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        bare = type(written) in {int, float} or (isinstance(written, str) and written.isdigit())
        raise NotationError(
            f"{shown(written)} is not a duration",
            f"write the unit: `{written}s`" if bare else "such as `90s`, `10m` or `2h`",
        )
    ms = int(match[1]) * _MS[match[2]]
    if ms > MAX_DURATION_MS:
        raise NotationError(f"{shown(written)} is longer than a year")
    return ms


def duration_text(ms: int) -> str:
    """Write milliseconds as a duration in the largest unit that says it exactly."""
    for unit in ("h", "m", "s"):
        if ms and ms % _MS[unit] == 0:
            return f"{ms // _MS[unit]}{unit}"
    return f"{ms}ms" if ms else "0s"


def rate(written: object) -> int:
    """Read points over time such as ``1/s`` or ``6/m`` into thousandths of a point per second."""
    match = _RATE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        bare = type(written) in {int, float}
        raise NotationError(
            f"{shown(written)} is not a rate",
            f"write the unit: `{written}/s`" if bare else "such as `1/s`, `0.5/s` or `6/m`",
        )
    decimals = match[2] or ""
    unit: int = _PER[match[3]] * 10 ** len(decimals)
    exact, rest = divmod(int(match[1] + decimals) * 1_000, unit)
    if rest:
        raise NotationError(
            f"{shown(written)} is finer than a thousandth of a point per second",
            f"the nearest is `{rate_text(max(1, exact))}`",
        )
    if exact > MAX_AGEING:
        raise NotationError(f"{shown(written)} is more than {MAX_AGEING // 1_000}/s")
    return exact


def rate_text(thousandths: int) -> str:
    """Write thousandths of a point per second as a rate."""
    whole, rest = divmod(thousandths, 1_000)
    return f"{whole}/s" if not rest else f"{whole}.{rest:03}".rstrip("0") + "/s"


def percent(written: object) -> int:
    """Read a share such as ``25%`` into so many in a hundred."""
    match = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    if match is None or not 1 <= int(match[1]) <= 100:
        bare = type(written) is int and 1 <= written <= 100
        raise NotationError(
            f"{shown(written)} is not a share",
            f"write the unit: `{written}%`" if bare else "from `1%` to `100%`, without decimals",
        )
    return int(match[1])


def percent_text(share: int) -> str:
    """Write so many in a hundred as a share."""
    return f"{share}%"


class Levels(msgspec.Struct, frozen=True):
    """The levels a skill is declared with, both ends included."""

    lowest: int
    top: int

    def __str__(self) -> str:
        """Write the range as a rule file does."""
        return f"{self.lowest}..{self.top}"


def levels(written: object) -> Levels:
    """Read a range of skill levels such as ``1..3``."""
    match = _RANGE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise NotationError(f"{shown(written)} is not a range of levels", "such as `1..3`")
    found = Levels(int(match[1]), int(match[2]))
    if not 1 <= found.lowest <= found.top <= MAX_SKILL_LEVEL:
        raise NotationError(
            f"{shown(written)} is not a range of levels",
            f"from 1 to {MAX_SKILL_LEVEL}, the lowest first",
        )
    return found


def skill_term(skill: str, written: object) -> SkillTerm:
    """Read what is asked of a skill: ``2`` (at least), ``"< 3"``, ``">= level - 1"``."""
    if type(written) is int and 0 <= written <= MAX_SKILL_LEVEL:
        return SkillTerm(skill, Comparison.AT_LEAST, written)
    match = _LEVEL.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise NotationError(
            f"{shown(written)} does not say which level of `{skill}`",
            'such as `2`, `"< 3"` or `">= level - 1"`',
        )
    comparison = Comparison(match["comparison"])
    if match["relative"]:
        return SkillTerm(
            skill, comparison, int(f"{match['sign'] or ''}{match['offset'] or 0}"), relative=True
        )
    return SkillTerm(skill, comparison, int(match["level"]))


def skill_term_value(term: SkillTerm) -> int | str:
    """Write what is asked of a skill."""
    if term.relative:
        offset = f" {'+' if term.level > 0 else '-'} {abs(term.level)}" if term.level else ""
        return f"{term.comparison} level{offset}"
    if term.comparison is Comparison.AT_LEAST:
        return term.level
    return f"{term.comparison} {term.level}"


class Priority(msgspec.Struct, frozen=True):
    """A priority that is set, or points that are added (then ``relative``)."""

    points: int
    relative: bool = False

    def written(self) -> int | str:
        """Write the priority as a rule file does."""
        return f"{self.points:+d}" if self.relative else self.points


def priority(written: object) -> Priority:
    """Read ``300`` (set it), ``+200`` or ``-100`` (add to it)."""
    if type(written) is int and 0 <= written <= MAX_PRIORITY:
        return Priority(written)
    text = str(written) if type(written) is int else written
    match = _CHANGE.fullmatch(text) if isinstance(text, str) else None
    if match is None or not 0 < int(match[2]) <= MAX_PRIORITY:
        raise NotationError(
            f"{shown(written)} is not a priority",
            f"0 to {MAX_PRIORITY}, or points to add such as `+200` or `-100`",
        )
    return Priority(int(f"{match[1]}{match[2]}"), relative=True)
