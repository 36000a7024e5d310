"""Stages of a surge, from the file to the policy and back."""

from router.model.conditions import AtLeast, AtMost, Measure, Switch
from router.model.surge import Stage
from router.rules import loads
from router.rules.differences import differences
from router.rules.writing import yaml_text

RULES = """\
version: 1
channels: {voice: {}}
queues:
  contracts:
    takes: true
    deflects: [{offer: callback, on: {no_agents: logged_in}, text: Ring back?}]
  letters:
    takes: false
    estimates: {handling: 5m, patience: 4m}
    deflects: [{offer: callback, on: {estimated_wait: 10m}, off: {estimated_wait: 5m}, text: Ring back?}]
surge:
  busy: {on: {waiting: 60}, off: {waiting: 20}, at_least: 30m, expires: 4h, sets: {expansion_speed: 3x}}
  storm: {expires: 8h, sets: {offer_expires: 8s, deflects: all, deflect_when_estimated_wait: 3m}}
"""


def test_stages_are_compiled_in_their_order() -> None:
    (policy,) = loads(RULES).policies
    assert policy.stages == (
        Stage(
            name="busy",
            switch=Switch(
                name="busy",
                queue=None,
                on=AtLeast(Measure.WAITING, 60),
                off=AtMost(Measure.WAITING, 20),
                at_least_ms=1_800_000,
            ),
            expires_ms=14_400_000,
            expansion_speed=3,
        ),
        Stage(
            name="storm",
            expires_ms=28_800_000,
            offer_expires_ms=8_000,
            deflects=frozenset({"contracts", "letters"}),
            deflect_estimated_ms=180_000,
        ),
    )


def test_written_in_full_and_read_again_they_are_the_same() -> None:
    (compiled,) = loads(RULES).sets
    again = loads(yaml_text(compiled.document))
    assert again.policies[0].stages == compiled.policy.stages
    assert again.policies[0].version == compiled.policy.version


def test_a_centre_without_stages_has_the_version_it_had_before_there_were_any() -> None:
    (plain,) = loads(RULES[: RULES.index("surge:")]).sets
    assert "surge" not in plain.document
    assert loads(RULES).policies[0].version != plain.policy.version


def test_the_order_of_stages_is_a_part_of_the_version() -> None:
    lines = RULES.splitlines(keepends=True)
    turned = "".join([*lines[:-2], lines[-1], lines[-2]])
    assert loads(turned).policies[0].version != loads(RULES).policies[0].version


def test_what_a_stage_deflects_sooner_is_shown_and_told_apart() -> None:
    (compiled,) = loads(RULES).sets
    assert compiled.document["surge"]["storm"]["sets"]["deflect_when_estimated_wait"] == "3m"
    (other,) = loads(RULES.replace("estimated_wait: 3m", "estimated_wait: 2m")).sets
    (told,) = differences(compiled, other)
    assert (told.section, told.about) == ("surge", "storm")
    assert "deflect_when_estimated_wait 2m (was" in told.words
