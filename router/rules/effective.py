"""Say a policy in full: every default filled in, every notation in its one form.

The document is what ``rules show`` prints; read again it gives the same policy. Its part that
decides anything (not the declarations nobody follows, and not for which pools it is) is what the
version names: two texts with the same meaning have the same version, on any machine. Of the
calendars that a queue follows that is every date, so other public holidays are another version.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from router.model.policy import AgentRules, Channel, OrderBy, Queue
from router.model.requirement import NOTHING, Requirement
from router.rules.cel.syntax import Expression, canonical, constant
from router.rules.deflection import deflection_value
from router.rules.expansion import ladder_value
from router.rules.hours import OpeningHours
from router.rules.means import offering_value
from router.rules.measuring import estimates_value, status_value
from router.rules.overflow import overflow_value
from router.rules.periods import team_value
from router.rules.qualification import Step
from router.rules.requirements import requirement_value
from router.rules.selection import selection_value
from router.rules.surge import stage_value, stages
from router.rules.teams import all_but, teams_value
from router.rules.units import duration_text, percent_text, rate_text, skill_term_value
from router.rules.written.calendars import Calendar, Spans
from router.rules.written.routing import Rules
from router.rules.written.staffing import Label

VERSION_DIGITS: Final = 12
_DECIDING: Final = ("skills", "channels", "labels", "agents", "qualification", "queues")


def document(
    rules: Rules,
    *,
    channels: Mapping[str, Channel],
    queues: Mapping[str, Queue],
    agents: AgentRules,
    steps: Sequence[Step],
    takes: Mapping[str, Expression],
) -> dict[str, Any]:
    """Write a whole rule set as plain values, in the order a person reads it.

    The word lists of ``rules`` are written out.
    """
    own = all_but(name for name, each in rules.teams.items() if each.partner)
    parts: dict[str, Any] = {
        "pools": list(rules.pools),
        "calendars": {name: _calendar(each) for name, each in rules.calendars.items()},
        "skills": {name: str(each) for name, each in rules.skills.items()},
        "topics": list(rules.topics),
        "word_lists": {name: list(each) for name, each in rules.word_lists.items()},
        "labels": {name: _label(each) for name, each in rules.labels.items()},
        "teams": {name: team_value(each) for name, each in rules.teams.items()},
        "sites": list(rules.sites),
        "channels": {name: _channel(each) for name, each in channels.items()},
        "agents": _agents(agents),
        "qualification": [_step(each) for each in steps],
        "queues": {name: _queue(each, takes[name], own=own) for name, each in queues.items()},
        "surge": {each.name: stage_value(each) for each in stages(rules.surge, queues)},
    }
    return {"version": 1, **{name: each for name, each in parts.items() if each}}


def version(whole: Mapping[str, Any], *, calendars: Mapping[str, OpeningHours]) -> str:
    """Name the meaning of a document, and of the calendars it follows, in twelve hex digits."""
    deciding = {name: whole.get(name) for name in _DECIDING}
    partners = [name for name, each in (whole.get("teams") or {}).items() if each["partner"]]
    if partners:
        deciding["partners"] = sorted(partners)
    bounds = {name: each for name, each in (whole.get("teams") or {}).items() if "quota" in each}
    if bounds:
        deciding["quotas"] = bounds
    deciding["queues"] = list((whole.get("queues") or {}).items())
    deciding["skills"] = {
        name: levels.partition("..")[2] for name, levels in (whole.get("skills") or {}).items()
    }
    if whole.get("surge"):
        deciding["surge"] = list(whole["surge"].items())
    if whole.get("word_lists"):
        deciding["word_lists"] = whole["word_lists"]
    if not deciding["labels"]:
        del deciding["labels"]
    if calendars:
        deciding["calendars"] = {name: each.meaning for name, each in calendars.items()}
    text = json.dumps(deciding, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_DIGITS]


def _calendar(calendar: Calendar) -> dict[str, Any]:
    value: dict[str, Any] = {
        "timezone": calendar.timezone,
        "weekly": {day: _hours(spans) for day, spans in calendar.week.items()},
    }
    if calendar.holidays is not None:
        value["holidays"] = calendar.holidays
    if calendar.exceptions:
        value["exceptions"] = {day: _hours(each) for day, each in calendar.exceptions.items()}
    return value


def _hours(spans: Spans) -> str | list[str]:
    written = [f"{_time(opens)}-{_time(closes)}" for opens, closes in spans]
    return (written[0] if len(written) == 1 else written) if written else "closed"


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _channel(channel: Channel) -> dict[str, Any]:
    value: dict[str, Any] = {"units": channel.units}
    if channel.at_most is not None:
        value["at_most"] = channel.at_most
    value["exclusive"] = channel.exclusive
    if channel.interruptible:
        value["interruptible"] = True
    value["offer"] = offering_value(channel.offering)
    limit = channel.wrap_up.limit_ms
    value["wrap_up"] = {"open": True} if limit is None else {"at_most": duration_text(limit)}
    return value


def _label(label: Label) -> dict[str, Any]:
    rest = {"rest": duration_text(label.rest)} if label.rest else {}
    runs = {"in_a_row": label.in_a_row} if label.in_a_row is not None else {}
    return {"at_most": label.at_most, **rest, **runs}


def _agents(agents: AgentRules) -> dict[str, Any]:
    missed: dict[str, Any] = {"do": "nothing"}
    if agents.missed_offers:
        missed = {
            "count": agents.missed_offers,
            "do": "suspend",
            "for": duration_text(agents.suspended_ms),
        }
    lost = agents.lost_after_ms
    return {
        "capacity": agents.capacity,
        "lease": duration_text(agents.lease_ms),
        "after_missed_offers": missed,
        "never_again_after_decline": duration_text(agents.decline_memory_ms),
        **({"rest": duration_text(agents.rest_ms)} if agents.rest_ms else {}),
        **(
            {"occupancy_at_most": percent_text(agents.occupancy)}
            if agents.occupancy is not None
            else {}
        ),
        "lost": {"requeue_after": "never" if lost is None else duration_text(lost)},
    }


def _step(step: Step) -> dict[str, Any]:
    value: dict[str, Any] = {"name": step.name}
    if constant(step.when) is not True:
        value["when"] = _condition(step.when)
    found: dict[str, Any] = {
        "topic": step.topic,
        "level": step.level,
        "language": step.language,
        "priority": None if step.priority is None else step.priority.written(),
        "skills": dict(step.skills) or None,
        "labels": list(step.labels) or None,
        "queue": step.queue,
    }
    found = {name: each for name, each in found.items() if each is not None}
    if found:
        value["set"] = found
    if step.final:
        value["final"] = True
    return value


def _condition(tree: Expression) -> str | bool:
    answer = constant(tree)
    return canonical(tree) if answer is None else answer


def _queue(queue: Queue, takes: Expression, *, own: Requirement) -> dict[str, Any]:
    value: dict[str, Any] = {
        "takes": _condition(takes),
        "requires": requirement_value(queue.requires),
    }
    if queue.serves != NOTHING or own != NOTHING:
        value["teams"] = teams_value(queue.serves, own=own)
    if queue.prefers:
        value["prefers"] = {each.skill: skill_term_value(each) for each in queue.prefers}
    value["order"] = _order(queue)
    value["selects"] = selection_value(queue.selects, prefers=bool(queue.prefers))
    if queue.preferred_wait_ms:
        value["preferred_agent"] = {
            "wait": duration_text(queue.preferred_wait_ms),
            **({"even_if_away": True} if queue.keeps_for_absent else {}),
            "then": "anyone",
        }
    if queue.offering is not None:
        value["offer"] = offering_value(queue.offering)
    if queue.hours is not None:
        value["hours"] = queue.hours
    if queue.deflects:
        value["deflects"] = [deflection_value(each) for each in queue.deflects]
    if queue.expands:
        value["expands"] = ladder_value(queue.expands, serves=queue.serves, own=own)
    if queue.overflows:
        value["overflows"] = [overflow_value(each) for each in queue.overflows]
    if queue.estimates is not None:
        value["estimates"] = estimates_value(queue.estimates)
    if queue.status is not None:
        value["status"] = status_value(queue.status)
    return value


def _order(queue: Queue) -> dict[str, Any]:
    order, told = queue.order, queue.status
    value: dict[str, Any] = {"by": order.by.value}
    if order.by is OrderBy.TARGET:
        value["target"] = {"within": duration_text(order.within_ms)}
        if told is not None and told.answer is not None:
            value["target"]["answer"] = percent_text(told.answer)
    value["ageing"] = rate_text(order.ageing)
    return value
