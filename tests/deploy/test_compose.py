"""The composed system fits together: names, ports, settings, rules and a Kafka that starts."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from router.daemon.settings import StopSettings
from router.daemon.settings_reading import variables
from router.embedded.distribution import KAFKA_VERSION, fetch_jars, find_java
from router.rules import load
from streams.settings import Settings as StreamsSettings
from tests.deploy.deployment import DEPLOY, PROMETHEUS, read_yaml

COMPOSE = read_yaml(DEPLOY / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
FOREIGN = {name: service for name, service in SERVICES.items() if "build" not in service}
DURATION = re.compile(r"(\d+)s")


def test_it_is_made_of_kafka_its_topics_the_router_the_streams_and_prometheus() -> None:
    assert SERVICES.keys() == {"kafka", "topics", "router", "streams", "prometheus"}
    assert OURS.keys() == {"topics", "router", "streams"}


def test_the_image_is_built_from_the_project() -> None:
    for service in OURS.values():
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_the_images_of_others_have_a_fixed_version_and_kafka_that_of_the_tests() -> None:
    for service in FOREIGN.values():
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", service["image"])
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"


@pytest.mark.parametrize("name", OURS)
def test_our_own_services_have_no_rights_they_do_not_need(name: str) -> None:
    service = OURS[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_nothing_is_open_to_the_net() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_settings_of_our_services_are_settings() -> None:
    for service in OURS.values():
        assert service["environment"].keys() <= set(variables())


def test_router_and_streams_speak_of_the_same_kafka_and_topics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kafka = SERVICES["kafka"]["environment"]
    for name, value in SERVICES["streams"]["environment"].items():
        monkeypatch.setenv(name, value)

    servers = StreamsSettings().kafka.bootstrap_servers

    assert f"INSIDE://{servers}" in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert {
        service["environment"]["CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"]
        for service in OURS.values()
    } == {servers}
    assert (
        len({service["environment"]["CONTACT_ROUTER_TOPICS__PREFIX"] for service in OURS.values()})
        == 1
    )


def test_each_service_waits_for_what_it_cannot_do_without() -> None:
    conditions = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }

    assert conditions["topics"] == {"kafka": "service_healthy"}
    assert conditions["router"] == {"topics": "service_completed_successfully"}
    assert conditions["streams"] == {"topics": "service_completed_successfully"}


def test_a_router_that_drains_is_not_killed_in_the_middle_of_it() -> None:
    for name in ("router", "streams"):
        grace = DURATION.fullmatch(SERVICES[name]["stop_grace_period"])
        assert grace is not None
        assert int(grace[1]) > StopSettings().drain_timeout_s


def test_every_folder_and_file_that_is_mounted_exists_and_the_rules_are_right() -> None:
    mounted = {
        source: target
        for service in SERVICES.values()
        for source, target, *_ in (volume.split(":") for volume in service.get("volumes", ()))
        if source.startswith(".")
    }

    assert mounted
    for source in mounted:
        assert (DEPLOY / source).exists(), source
    rules = next(source for source, target in mounted.items() if target.endswith("/rules"))
    load(DEPLOY / rules)


def test_prometheus_asks_the_router_where_it_listens() -> None:
    (job,) = read_yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"]

    assert job["job_name"] == "contact-router"
    assert job["static_configs"] == [{"targets": ["router:8080"]}]
    assert SERVICES["router"]["ports"] == ["127.0.0.1:8080:8080"]


def test_a_real_kafka_accepts_the_settings_it_is_given(tmp_path: Path) -> None:
    given: dict[str, str] = SERVICES["kafka"]["environment"]
    # What Kafka's image makes of its variables: KAFKA_LOG_DIRS is log.dirs.
    settings = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in given.items()
        if name.startswith("KAFKA_")
    }
    file = tmp_path / "server.properties"
    settings["log.dirs"] = str(tmp_path / "data")
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    formatted = subprocess.run(
        [
            *(find_java(), "-cp", f"{fetch_jars()}/*", "kafka.tools.StorageTool", "format"),
            *(f"--cluster-id={given['CLUSTER_ID']}", f"--config={file}"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert formatted.returncode == 0, formatted.stdout + formatted.stderr
