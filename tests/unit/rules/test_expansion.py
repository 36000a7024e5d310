"""A ladder is read step by step, and written out in full so that reading it again gives the same."""

import pytest

from router.model.policy import Expansion, LadderEnd
from router.model.requirement import NOTHING, Comparison, SkillTerm
from router.rules import loads
from router.rules.writing import yaml_text

BASE = """\
version: 1
skills: {billing: 1..3, calm: 1..2}
channels: {chat: {}}
queues:
  hard: {takes: true, requires: {billing: ">= level"}, expands: LADDER}
  same: {like: hard, takes: false}
"""


def rules(ladder: str) -> str:
    teams = "teams: {paris: {}, lyon: {partner: true}}\n" if "teams" in ladder else ""
    return BASE.replace("LADDER", ladder) + teams


def ladder(written: str, queue: str = "hard") -> tuple[Expansion, ...]:
    return loads(rules(written)).policies[0].queues[queue].expands


LOWER = SkillTerm("billing", Comparison.AT_LEAST, -1, relative=True)


@pytest.mark.parametrize(
    ("written", "steps"),
    [
        (
            '[{after: 45s, requires: {billing: ">= level - 1"}}, {then: hold}]',
            (Expansion(after_ms=45_000, requires=LOWER),),
        ),
        (
            '[{after: 0s, requires: {billing: ">= level - 1"}, own_skills: dropped}, {after: 10m, then: anyone}]',
            (
                Expansion(after_ms=0, requires=LOWER, drops_skills=True),
                Expansion(after_ms=600_000, requires=NOTHING, drops_skills=True),
            ),
        ),
    ],
)
def test_a_ladder_says_when_who_may_help(written: str, steps: tuple[Expansion, ...]) -> None:
    assert ladder(written) == steps
    assert ladder(written, queue="same") == steps


@pytest.mark.parametrize(
    "written",
    [
        "[{after: 45s, requires: {billing: 1}}, {then: hold}]",
        "[{after: 45s, requires: {}, own_skills: kept}, {then: hold}]",
        "[{after: 45s, requires: {billing: 1}, own_skills: dropped}, {after: 1h, then: anyone}]",
        "[{after: 45s, teams: any}, {after: 1h, teams: [lyon, paris]}, {then: hold}]",
        "[{after: 45s, requires: {}, teams: any}, {after: 1h, teams: own}, {then: hold}]",
    ],
)
def test_a_ladder_written_in_full_is_the_same_ladder(written: str) -> None:
    (first,) = loads(rules(written)).sets
    (again,) = loads(yaml_text(first.document)).sets
    assert again.policy.queues == first.policy.queues
    assert again.policy.version == first.policy.version


def test_asking_for_nothing_at_all_is_anyone_in_other_words() -> None:
    in_short = "[{after: 5m, then: anyone}]"
    at_length = "[{after: 5m, requires: {}, own_skills: dropped}, {then: hold}]"
    versions = {loads(rules(each)).policies[0].version for each in (in_short, at_length)}
    assert len(versions) == 1
    kept = rules("[{after: 5m, requires: {}}, {then: hold}]")
    assert loads(kept).policies[0].version not in versions


def test_a_ladder_is_part_of_the_meaning_of_the_rules() -> None:
    one, other = (f"[{{after: {each}, then: anyone}}]" for each in ("5m", "6m"))
    assert loads(rules(one)).policies[0].version != loads(rules(other)).policies[0].version


@pytest.mark.parametrize("end", ["overflow", "deflect"])
def test_at_its_end_the_queue_may_be_helped_asking_what_it_asked_before(end: str) -> None:
    help_ = (
        "overflows: [{to: {queue: same}, after: 9m}], "
        "deflects: [{offer: voicemail, on: {oldest_wait: 9m}, at_least: 9m, text: Later?}]"
    )
    written = f"[{{after: 45s, requires: {{billing: 1}}}}, {{after: 2m, then: {end}}}]"
    text = rules(f"{written}, {help_}").replace("like: hard", "requires: {}")
    (first,) = loads(text).sets
    before, last = first.policy.queues["hard"].expands
    assert last == Expansion(after_ms=120_000, requires=before.requires, then=LadderEnd(end))
    (again,) = loads(yaml_text(first.document)).sets
    assert again.policy.queues == first.policy.queues
    assert again.policy.version == first.policy.version
