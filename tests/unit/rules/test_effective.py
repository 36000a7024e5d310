"""A policy is named by its meaning, and can be written out in full and read again."""

import subprocess
import sys
from pathlib import Path

import pytest

from router.rules import load, loads
from router.rules.writing import yaml_text

PROJECT = Path(__file__).resolve().parents[3]
RULES = PROJECT / "config" / "rules"

BASE = """\
version: 1
skills: {billing: 1..3, calm: 1..2}
topics: [billing]
channels: {chat: {units: 34}, voice: {}}
qualification:
  - {name: words, when: 'text.mentions(["facture"])', set: {topic: billing, skills: {calm: 1, billing: 1}}}
queues:
  billing: {takes: 'topic == "billing" && level > 1', requires: {billing: 2}}
  rest: {takes: true}
"""


def version(text: str) -> str:
    return loads(text).policies[0].version


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("# a comment\n" + BASE, True),
        (BASE.replace("billing: 2}", 'billing: ">= 2"}'), True),
        (BASE.replace('topic == "billing" && level > 1', '((topic=="billing"))&&level>1'), True),
        (BASE.replace("{units: 34}, voice: {}", "{units: 34}, voice: {units: 100}"), True),
        (BASE.replace("chat: {units: 34}, voice: {}", "voice: {}, chat: {units: 34}"), True),
        (BASE.replace("calm: 1, billing: 1", "billing: 1, calm: 1"), True),
        (BASE + "agents: {lease: 60s}\n", True),
        (BASE + "agents: {lease: 1m}\n", True),
        (BASE + "teams: {lyon: {}}\n", True),
        (BASE.replace("version: 1\n", "version: 1\npools: [france]\n"), True),
        (BASE.replace("level > 1", "level > 2"), False),
        (BASE.replace("billing: 2}", "billing: 3}"), False),
        (BASE.replace("units: 34", "units: 33"), False),
        (BASE.replace("calm: 1..2", "calm: 1..3"), False),
        (BASE.replace("name: words", "name: other words"), False),
        (BASE.replace("facture", "devis"), False),
        (BASE + "agents: {lease: 61s}\n", False),
        (BASE.replace("rest:", "others:"), False),
        (BASE.replace("  rest: {takes: true}\n", ""), False),
    ],
)
def test_the_version_names_the_meaning(written: str, same: bool) -> None:
    assert (version(written) == version(BASE)) is same


PROMISE = """\
version: 1
channels: {chat: {}}
queues:
  all: {takes: true, order: {by: target, target: {within: 2m, answer: 80%%}}%s}
"""


def test_who_promises_an_answer_in_time_is_told_how_the_queue_stands() -> None:
    (promised,) = loads(PROMISE % "").sets
    assert promised.document["queues"]["all"]["order"]["target"] == {
        "within": "2m",
        "answer": "80%",
    }
    assert promised.document["queues"]["all"]["status"] == {
        "every": "10s",
        "answered_within": "2m",
        "over": "15m",
    }
    assert version(yaml_text(promised.document)) == promised.policy.version
    assert version(PROMISE % ", status: {}") == promised.policy.version
    assert (
        version((PROMISE % ", status: {}").replace(", answer: 80%", "")) != promised.policy.version
    )


def test_the_order_of_queues_and_rules_is_part_of_the_meaning() -> None:
    lines = BASE.splitlines(keepends=True)
    assert version("".join([*lines[:-2], lines[-1], lines[-2]])) != version(BASE)


def test_the_version_is_short_and_the_text_has_a_hash_of_its_own() -> None:
    one, other = loads(BASE).policies[0], loads("# a comment\n" + BASE).policies[0]
    assert len(one.version) == 12
    assert (len(one.files), int(one.files, 16) > 0) == (64, True)
    assert one.files != other.files


def test_a_folder_has_the_version_of_its_text_in_one_file(tmp_path: Path) -> None:
    lines = BASE.splitlines(keepends=True)
    (tmp_path / "a.yaml").write_text("".join(lines[:4]))
    (tmp_path / "b.yaml").write_text("version: 1\n" + "".join(lines[4:]))
    assert load(tmp_path).policies[0].version == version(BASE)


def test_the_version_is_the_same_on_every_machine() -> None:
    program = f"from router.rules import load; print(load({str(RULES)!r}).policies[0].version)"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert found == {load(RULES).policies[0].version + "\n"}


WHOLE = """\
version: 1
pools: [france]
calendars:
  paris:
    timezone: Europe/Paris
    weekly: {mon-wed: "09:00-18:00", fri: ["09:00-12:00", "13:00-24:00"], "sat,sun": closed}
    holidays: FR
    exceptions: {2026-12-24: "09:00-12:00", 2026-12-31: closed}
skills: {billing: 1..3, calm: 2..4, "odd: name": 1..1}
topics: [billing, "on", "12", "it's #1"]
teams: {lyon: {partner: true}, paris: {}}
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}, wrap_up: {open: true}}
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}, wrap_up: {fixed: 20s}}
agents: {after_missed_offers: {do: nothing}, lost: {requeue_after: never}, lease: 90s}
qualification:
  - name: "no: 1"
    when: 'text.mentions(["l''avocat"]) || attributes.a == "x: y #z"'
    set: {priority: -50, level: 2, language: fr-CA, skills: {calm: 3}}
  - {name: base, set: {priority: 300}}
  - {name: "true", when: true, final: true}
queues:
  billing:
    takes: [billing, "on", "12", "it's #1"]
    requires: {all_of: [{billing: 1}, {billing: "< 3"}], not: {calm: 4}, any_skill: 2, language: same}
    prefers: {calm: "== 3", "odd: name": 1}
    order: {by: target, target: {within: 90s}, ageing: 0.25/s}
    selects: {preferred_skills: 0, idle: 3}
    preferred_agent: {wait: 45s, then: anyone}
  turns: {takes: level > 1, selects: round_robin, prefers: {calm: 2}}
  plain turns: {takes: level > 2, selects: round_robin}
  nothing: {takes: false, selects: {turn: longest_idle}}
  any: {takes: true, requires: {any_of: [{billing: ">= level - 1"}, {calm: 2, billing: 1}]}}
"""


@pytest.mark.parametrize("source", [WHOLE, BASE])
def test_what_is_shown_is_itself_a_rule_file_with_the_same_meaning(source: str) -> None:
    first = loads(source).sets[0]
    shown = yaml_text(first.document)
    again = loads(shown).sets[0]
    assert again.document == first.document
    assert again.policy.version == first.policy.version
    assert again.policy.queues == first.policy.queues
    assert again.policy.channels == first.policy.channels
    assert again.policy.agents == first.policy.agents
    assert yaml_text(again.document) == shown


def test_how_a_queue_offers_is_written_out_and_read_again() -> None:
    own = "rest: {takes: true, offer: {OWN}}"
    shown = {
        "": {"mode": "manual", "expires": "20s"},
        "mode: automatic": {"mode": "automatic"},
        "expires: 60s, to: 3": {"mode": "manual", "expires": "1m", "to": 3},
    }
    for written, value in shown.items():
        text = BASE.replace("rest: {takes: true}", own.replace("OWN", written))
        (first,) = loads(text).sets
        assert first.document["queues"]["rest"]["offer"] == value
        (again,) = loads(yaml_text(first.document)).sets
        assert again.policy.queues == first.policy.queues
        assert again.policy.version == first.policy.version != version(BASE)


def test_what_is_shown_has_every_default_filled_in() -> None:
    text = "version: 1\nchannels: {chat: {}}\nqueues: {q: {takes: true}}\n"
    assert yaml_text(loads(text).sets[0].document) == (
        "version: 1\n"
        "\n"
        "channels:\n"
        "  chat:\n"
        "    units: 100\n"
        "    exclusive: false\n"
        "    offer: {mode: manual, expires: 20s}\n"
        "    wrap_up: {at_most: 0s}\n"
        "\n"
        "agents:\n"
        "  capacity: 100\n"
        "  lease: 1m\n"
        "  after_missed_offers: {count: 2, do: suspend, for: 5m}\n"
        "  never_again_after_decline: 10m\n"
        "  lost: {requeue_after: 2m}\n"
        "\n"
        "queues:\n"
        "  q:\n"
        "    takes: true\n"
        "    requires: {}\n"
        "    order: {by: priority, ageing: 0/s}\n"
        "    selects: {idle: 1}\n"
    )
