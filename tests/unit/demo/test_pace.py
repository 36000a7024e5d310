from pathlib import Path

import pytest

from router.demo.pace import PACE, lived, played, quicken_rules, quickened
from router.rules import RulesError, load
from tests.unit.demo.in_memory import RULES


def test_a_minute_of_the_centre_is_a_second_of_the_demo() -> None:
    assert played(60.0) == 1.0
    assert lived(played(17.0)) == pytest.approx(17.0)


def test_durations_and_rates_are_quickened_and_nothing_else_is_touched() -> None:
    document = {
        "channels": {"voice": {"offer": {"mode": "manual", "expires": "2m"}, "units": 100}},
        "agents": {"lost": {"requeue_after": "never"}, "never_again_after_decline": "10m"},
        "queues": {"letters": {"order": {"ageing": "0.1/s", "target": {"within": "4h"}}}},
        "topics": ["contracts", "other"],
        "calendars": {"paris": {"weekly": {"mon": "08:30-18:30"}}},
    }

    assert quickened(document) == {
        "channels": {"voice": {"offer": {"mode": "manual", "expires": "2s"}, "units": 100}},
        "agents": {"lost": {"requeue_after": "never"}, "never_again_after_decline": "10s"},
        "queues": {"letters": {"order": {"ageing": "6/s", "target": {"within": "4m"}}}},
        "topics": ["contracts", "other"],
        "calendars": {"paris": {"weekly": {"mon": "08:30-18:30"}}},
    }


def test_what_has_no_duration_keeps_none_and_a_short_one_stays_at_least_a_millisecond() -> None:
    wrap_ups = {"voice": {"wrap_up": {"at_most": "0s"}}, "chat": {"wrap_up": {"at_most": "10ms"}}}

    assert quickened({"channels": wrap_ups}) == {
        "channels": {
            "voice": {"wrap_up": {"at_most": "0s"}},
            "chat": {"wrap_up": {"at_most": "1ms"}},
        }
    }


def test_leases_and_offers_are_not_quickened_beyond_what_a_busy_machine_bears() -> None:
    document = {
        "agents": {"lease": "45s"},
        "channels": {"voice": {"offer": {"expires": "15s"}}},
    }

    assert quickened(document) == {
        "agents": {"lease": "6s"},
        "channels": {"voice": {"offer": {"expires": "600ms"}}},
    }


def test_the_quickened_rules_of_the_centre_decide_as_the_rules_do_only_sooner(
    tmp_path: Path,
) -> None:
    usual = load(RULES).for_pool("france")
    quick = quicken_rules(RULES, into=tmp_path / "rules").for_pool("france")

    assert usual is not None
    assert quick is not None
    assert quick.version != usual.version
    for name, queue in usual.queues.items():
        faster = quick.queues[name]
        assert (faster.requires, faster.prefers, faster.selects) == (
            queue.requires,
            queue.prefers,
            queue.selects,
        )
        assert faster.order.ageing == queue.order.ageing * PACE
        assert faster.order.within_ms == queue.order.within_ms // PACE


def test_wrong_rules_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: 1\nqueus: {}\n")

    with pytest.raises(RulesError, match="queus"):
        quicken_rules(wrong, into=tmp_path / "rules")
