"""Settings come from a file and from variables, and what is wrong with them is said in full."""

from pathlib import Path

import pytest

from router.daemon.settings import PREFIX
from router.daemon.settings_reading import SettingsError, read_settings, variables


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def problems(file: Path | None) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read_settings(file)
    return list(error.value.problems)


def test_without_a_file_or_a_variable_the_defaults_hold() -> None:
    settings = read_settings(None)

    assert settings.topics.prefix == "routing."
    assert settings.group == "contact-router"
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert settings.producer.backoff_ms == 1
    assert settings.shards.transactions_at_once == 3


def test_variables_override_the_file_field_by_field(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(
        "group: day\nkafka: {bootstrap_servers: 'a:1', call_timeout_s: 4}\nrules: {path: here}\n"
    )
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", "b:2")
    monkeypatch.setenv("CONTACT_ROUTER_HTTP__PORT", "0")

    settings = read_settings(file)

    assert settings.kafka.bootstrap_servers == "b:2"
    assert settings.kafka.call_timeout_s == 4
    assert (settings.group, settings.http.port, settings.rules.path) == ("day", 0, Path("here"))


@pytest.mark.parametrize(
    "name",
    [
        "KAFKA__BOOTSTRAP_SERVERS",
        "KAFKA__SECURITY_PROTOCOL",
        "TOPICS__PREFIX",
        "TOPICS__PARTITIONS",
        "GROUP",
        "RULES__PATH",
        "HTTP__HOST",
        "HTTP__PORT",
        "LOG__FORMAT",
        "LOG__LEVEL",
    ],
)
def test_the_variables_of_the_contract_are_there(name: str) -> None:
    assert PREFIX + name in set(variables())


def test_every_mistake_in_the_file_is_named_with_its_line_and_field(file: Path) -> None:
    file.write_text(
        "kafka:\n  bootstrap_server: x\nhttp:\n  port: many\nshards:\n  batch_inputs: 0\n"
    )

    found = problems(file)

    assert [line.partition(": ")[0] for line in found] == [
        f"{file}:2:3",
        f"{file}:4:3",
        f"{file}:6:3",
    ]
    assert "kafka.bootstrap_server: no such setting" in found[0]
    assert "did you mean `bootstrap_servers`?" in found[0]
    assert "http.port" in found[1]
    assert "shards.batch_inputs" in found[2]


def test_a_mistake_in_a_variable_is_named_by_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_LOG__LEVEL", "loud")

    (line,) = problems(None)

    assert line.startswith("CONTACT_ROUTER_LOG__LEVEL: log.level: ")


@pytest.mark.parametrize(
    "servers",
    [
        "127.0.0.1:notaport",
        "127.0.0.1:99999",
        "127.0.0.1:0",
        "kafka-1",
        "kafka-1:",
        ":9092",
        "kafka-1:9092,",
        "kafka-1:9092,kafka-2",
        "kafka-1:9092 kafka-2:9092",
        "PLAINTEXT://kafka-1:9092",
        "::1:9092",
        "[::1]",
        "[kafka-1]:9092",
        "[::1]:9092x",
        "kafka-1:٩٠٩٢",
    ],
)
def test_an_address_of_a_broker_is_a_host_and_a_port(
    servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", servers)

    (line,) = problems(None)

    assert line.startswith("CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS: kafka.bootstrap_servers: ")
    assert f"address {1 + servers.count(',')} is no host:port" in line


@pytest.mark.parametrize(
    "servers", ["k:1", "kafka-1.example:9092, kafka-2.example:9093", "[::1]:9092,10.0.0.1:65535"]
)
def test_several_brokers_and_addresses_of_either_kind_may_be_named(
    servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS", servers)

    assert read_settings(None).kafka.bootstrap_servers == servers


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CONTACT_ROUTER_KAFKA_BOOTSTRAP_SERVERS", "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"),
        ("CONTACT_ROUTER_KAFKA__BOOTSTRAPSERVERS", "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"),
        ("CONTACT_ROUTER_GROUPS", "CONTACT_ROUTER_GROUP"),
    ],
)
def test_a_variable_that_sets_nothing_is_a_mistake(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")

    assert problems(None) == [f"{name}: no such setting (did you mean `{meant}`?)"]


def test_a_variable_that_sets_nothing_hides_no_other_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_HTTP__PROT", "1")
    monkeypatch.setenv("CONTACT_ROUTER_LOG__LEVEL", "loud")
    with pytest.raises(SettingsError) as wrong:
        read_settings(None)
    first, second = wrong.value.problems
    assert first.startswith("CONTACT_ROUTER_HTTP__PROT: no such setting")
    assert second.startswith("CONTACT_ROUTER_LOG__LEVEL: log.level: ")


def test_the_value_of_a_setting_is_in_no_message(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("kafka: {security_protocol: SASL_SSL, sasl_password: [swordfish]}\n")
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SSL_PASSWORD", "swordfish")

    assert "swordfish" not in "".join(problems(file))


def test_a_secret_does_not_show_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SASL_USERNAME", "router")
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SASL_PASSWORD", "swordfish")

    assert "swordfish" not in repr(read_settings(None)) + str(read_settings(None).model_dump())


def test_a_login_needs_what_its_mechanism_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    assert "sasl_username and sasl_password are needed with PLAIN" in problems(None)[0]

    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SASL_MECHANISM", "OAUTHBEARER")
    assert "sasl_token_file is needed" in problems(None)[0]


LOGGED_IN = "security_protocol: SASL_SSL, sasl_username: router, sasl_password: swordfish"


@pytest.mark.parametrize(
    ("kafka", "said"),
    [
        (
            "sasl_username: router, sasl_password: swordfish",
            "sasl_password, sasl_username would be",
        ),
        ("security_protocol: SSL, sasl_username: router", "sasl_username would be without effect"),
        ("sasl_mechanism: SCRAM-SHA-512", "sasl_mechanism would be without effect"),
        ("sasl_token_file: {file}", "security_protocol is PLAINTEXT, not SASL_SSL"),
        ("ssl_cafile: {file}", "ssl_cafile would be without effect"),
        ("ssl_check_hostname: false", "security_protocol is PLAINTEXT, not SASL_SSL or SSL"),
        (
            "security_protocol: SASL_PLAINTEXT, sasl_username: a, sasl_password: b, ssl_cafile: {file}",
            "security_protocol is SASL_PLAINTEXT, not SASL_SSL",
        ),
        (LOGGED_IN + ", sasl_token_file: {file}", "sasl_mechanism is PLAIN, not OAUTHBEARER"),
        (
            LOGGED_IN + ", sasl_mechanism: OAUTHBEARER, sasl_token_file: {file}",
            "sasl_password, sasl_username would be without effect: sasl_mechanism is OAUTHBEARER",
        ),
        ("security_protocol: SSL, ssl_keyfile: {file}", "there is no ssl_certfile"),
    ],
)
def test_what_would_protect_nothing_is_refused(file: Path, kafka: str, said: str) -> None:
    """Who sets a login or a certificate means it: nothing goes out in clear for want of a word."""
    file.write_text("kafka: {" + kafka.replace("{file}", str(file)) + "}\n")

    (line,) = problems(file)

    assert line.startswith(f"{file}:1:1: kafka: ")
    assert said in line
    assert "swordfish" not in line


def test_what_is_left_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a compose file passes on what its caller has not set."""
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SASL_USERNAME", "")
    monkeypatch.setenv("CONTACT_ROUTER_KAFKA__SASL_PASSWORD", "")

    assert read_settings(None).kafka.security_protocol == "PLAINTEXT"


def test_times_that_cannot_work_together_are_refused(file: Path) -> None:
    file.write_text("membership: {session_timeout_ms: 6000, heartbeat_ms: 3000}\n")

    assert "heartbeat_ms is more than a third" in problems(file)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kafka: {", "not readable as YAML"),
        ("- kafka", "settings are keys such as `kafka:` and `rules:`"),
        ("kafka", "settings are keys such as `kafka:` and `rules:`"),
        ("group: a\ngroup: b\n", "written twice"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_settings_at_all_is_named(file: Path, text: str, said: str) -> None:
    file.write_text(text)

    (line,) = problems(file)

    assert line.startswith(str(file))
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("group: a\nkafka:\n", "kafka: is empty: its settings stand below it, or it is left out"),
        ("group: a\nkafka: k-1:9092\n", "kafka: holds settings, such as `bootstrap_servers`"),
        ("group: a\nhttp: [80]\n", "http: holds settings, such as `host`"),
    ],
)
def test_a_section_without_settings_is_named_in_words(file: Path, text: str, said: str) -> None:
    file.write_text(text)

    assert problems(file) == [f"{file}:2:1: {said}"]


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    assert problems(file) == [f"{file}: cannot be read: No such file or directory"]
