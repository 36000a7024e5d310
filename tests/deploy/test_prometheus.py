"""The alerts ring when they should, and ask for nothing the router does not measure."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from router.daemon.metrics import Metrics
from router.daemon.views import Service
from tests.deploy.deployment import (
    METRIC,
    PROMETHEUS,
    panels,
    promtool,
    read_yaml,
    rules,
)

RECORDED = {rule["record"] for rule in rules() if "record" in rule}
ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
STORIES = read_yaml(PROMETHEUS / "alerts_test.yml")["tests"]
CASES = [case for story in STORIES for case in story.get("alert_rule_test", ())]


def measured() -> dict[str, dict[str, set[str]]]:
    """Everything a router measures: name of the series, its labels, and the values they begin with."""
    metrics = Metrics()
    metrics.show_waiting({"claims": 1, "letters": 0})
    metrics.show_service(dict.fromkeys(("claims", "letters", "night", "chats"), Service(9, 7, 0.8)))
    metrics.show_lag({"conversations": 1, "agents": 0, "commands": 0})
    metrics.show_policies({"v1"})
    metrics.show_shards(total=8, owned=8, running=8)
    series: dict[str, dict[str, set[str]]] = {}
    for family in text_string_to_metric_families(metrics.text()[0].decode()):
        for sample in family.samples:
            labels = series.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    return series


MEASURED = measured()


def test_prometheus_accepts_its_settings_and_the_rules() -> None:
    config = promtool("check", "config", "prometheus.yml")
    assert config.returncode == 0, config.stdout + config.stderr

    checked = promtool("check", "rules", "alerts.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(rules())} rules found" in checked.stdout


def test_every_story_about_the_alerts_ends_as_told() -> None:
    told = promtool("test", "rules", "alerts_test.yml")

    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_has_a_story_in_which_it_rings_and_one_in_which_it_does_not(alert: str) -> None:
    told = [case for case in CASES if case["alertname"] == alert]

    assert any(case.get("exp_alerts") for case in told)
    assert any(not case.get("exp_alerts") for case in told)


def test_no_story_is_about_an_alert_that_does_not_exist() -> None:
    assert {case["alertname"] for case in CASES} == ALERTS.keys()


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_says_how_urgent_it_is_what_it_means_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]

    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    assert len(rule["annotations"]["description"]) > 40


ASKED_FOR = [
    *((rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()),
    *((name, text) for name, rule in ALERTS.items() for text in rule["annotations"].values()),
    *panels(),
    *((story["name"], each["series"]) for story in STORIES for each in story["input_series"]),
]


@pytest.mark.parametrize(("where", "text"), ASKED_FOR)
def test_nothing_is_asked_for_that_the_router_does_not_measure(where: str, text: str) -> None:
    known = MEASURED.keys() | RECORDED
    # A histogram may also be named as a whole, to people.
    known |= {name.removesuffix("_bucket") for name in MEASURED}

    assert set(METRIC.findall(text)) <= known, where


def test_no_label_is_asked_for_that_a_figure_does_not_have() -> None:
    for story in STORIES:
        for series in story["input_series"]:
            name, _, rest = series["series"].partition("{")
            if not name.startswith("contact_router_"):
                continue
            for pair in rest.rstrip("}").split(", "):
                label, _, value = pair.partition("=")
                # Prometheus adds the instance; `le` and the closed lists begin with all their
                # values.
                if label != "instance":
                    assert value.strip('"') in MEASURED[name][label], series["series"]


MATCHER = re.compile(r'(?P<label>[a-z_]+)(?:=~|!~|=|!=)"(?P<values>[^"]*)"')
SELECTOR = re.compile(r"\b(?P<name>contact_router_[a-z_]+)\{(?P<matchers>[^}]*)\}")


def test_no_value_of_a_label_is_asked_for_that_can_never_be() -> None:
    expressions = [*(rule["expr"] for rule in rules()), *(expr for _, expr in panels())]
    asked = [
        (found["name"], matcher["label"], value)
        for expr in expressions
        for found in SELECTOR.finditer(expr)
        for matcher in MATCHER.finditer(found["matchers"])
        for value in matcher["values"].split("|")
    ]

    assert asked
    for name, label, value in asked:
        assert value in MEASURED[name][label], f'{name}{{{label}="{value}"}}'


def test_the_objective_is_one_of_the_bounds_of_the_histogram() -> None:
    assert "0.25" in MEASURED["contact_router_end_to_end_seconds_bucket"]["le"]


def test_what_the_router_measures_has_the_form_that_prometheus_wants() -> None:
    linted = promtool("check", "metrics", told=Metrics().text()[0].decode())

    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_expressions_of_the_dashboards_are_valid(tmp_path: Path) -> None:
    recorded = [
        {"record": f"panel:number{number}", "expr": expr.replace("$__rate_interval", "1m")}
        for number, (_, expr) in enumerate(panels())
    ]
    assert recorded
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": recorded}]}))

    checked = promtool("check", "rules", str(file))

    assert checked.returncode == 0, checked.stdout + checked.stderr
