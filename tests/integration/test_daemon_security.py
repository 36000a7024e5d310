"""The router proves who it is, over TLS, in each way that a broker may ask for."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from router.embedded import EmbeddedKafka
from router.embedded.sockets import free_port
from tests.faults.site import RULES
from tests.integration.test_daemon_process import command

PASSWORD = "sword fish, with a comma"
WORDS = (
    ["run"],
    ["topics", "check"],
    ["topics", "put", "agents", "--pool", "spain"],
    ["topics", "read", "agents"],
    ["state"],
)
"""Commands that ask a broker."""
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a key store for a broker on loopback, and beside it the certificate to trust."""
    folder = tmp_path_factory.mktemp("tls")
    store, trusted = folder / "broker.p12", folder / "broker.pem"
    shared = ["-keystore", str(store), "-storepass", "store-word", "-alias", "broker"]
    subject = ["-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1"]
    for words in (
        ["-genkeypair", "-keyalg", "RSA", "-validity", "2", "-storetype", "PKCS12", *subject],
        ["-exportcert", "-rfc", "-file", str(trusted)],
    ):
        subprocess.run(["keytool", *words, *shared], check=True, capture_output=True, timeout=60)
    return trusted


@pytest.fixture(scope="module")
def guarded(certificate: Path) -> Iterator[str]:
    """Start a broker with a listener that wants TLS and a login; give that listener's address."""
    port, guarded_port, controller_port = free_port(), free_port(), free_port()
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    bearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    listeners = f"PLAINTEXT://127.0.0.1:{port},GUARDED://127.0.0.1:{guarded_port}"
    settings = {
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": listeners,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listener.security.protocol.map": (
            "PLAINTEXT:PLAINTEXT,GUARDED:SASL_SSL,CONTROLLER:PLAINTEXT"
        ),
        "sasl.enabled.mechanisms": ",".join(MECHANISMS),
        "ssl.keystore.location": str(certificate.with_suffix(".p12")),
        "ssl.keystore.password": "store-word",
        "ssl.keystore.type": "PKCS12",
        "listener.name.guarded.plain.sasl.jaas.config": (
            f'{plain} required user_router="{PASSWORD}";'
        ),
        "listener.name.guarded.scram-sha-256.sasl.jaas.config": f"{scram} required;",
        "listener.name.guarded.scram-sha-512.sasl.jaas.config": f"{scram} required;",
        "listener.name.guarded.oauthbearer.sasl.jaas.config": (
            f'{bearer} required unsecuredLoginStringClaim_sub="broker";'
        ),
    }
    with EmbeddedKafka(port=port, settings=settings) as broker:
        admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
        for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
            user = UserScramCredentialUpsertion(
                "router", ScramCredentialInfo(mechanism, 4096), PASSWORD.encode()
            )
            admin.alter_user_scram_credentials([user])["router"].result(30)
        yield f"127.0.0.1:{guarded_port}"


def bearer_token() -> str:
    """Write an unsigned token, which a broker takes unless it is told to verify them."""
    now = int(time.time())
    parts = ({"alg": "none"}, {"sub": "router", "iat": now, "exp": now + 600})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


def login(mechanism: str, *, guarded: str, certificate: Path, folder: Path) -> dict[str, str]:
    settings = {
        "BOOTSTRAP_SERVERS": guarded,
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SSL_CAFILE": str(certificate),
        "SASL_MECHANISM": mechanism,
        "START_TIMEOUT_S": "5",
        "CALL_TIMEOUT_S": "5",
    }
    if mechanism == "OAUTHBEARER":
        token = folder / "token"
        token.write_text(bearer_token())
        settings["SASL_TOKEN_FILE"] = str(token)
    else:
        settings |= {"SASL_USERNAME": "router", "SASL_PASSWORD": PASSWORD}
    return {f"CONTACT_ROUTER_KAFKA__{name}": value for name, value in settings.items()} | {
        "CONTACT_ROUTER_TOPICS__PREFIX": f"{mechanism.lower()}.",
        "CONTACT_ROUTER_TOPICS__PARTITIONS": "1",
        "CONTACT_ROUTER_RULES__PATH": str(RULES),
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_router_logs_in_over_tls(
    mechanism: str, guarded: str, certificate: Path, tmp_path: Path
) -> None:
    settings = login(mechanism, guarded=guarded, certificate=certificate, folder=tmp_path)

    made = command("topics", "create", settings=settings)
    shown = command("state", settings=settings)

    assert (made.returncode, made.stdout.count("created ")) == (0, 6), made.stderr
    assert (shown.returncode, shown.stdout) == (0, "shard 0: nothing was ever read\n")


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "wrong",
    [
        {"CONTACT_ROUTER_KAFKA__SASL_PASSWORD": "no such word"},
        {"CONTACT_ROUTER_KAFKA__SSL_CAFILE": ""},
    ],
    ids=["password", "certificate"],
)
def test_a_router_that_is_not_let_in_says_so_without_its_password(
    wrong: dict[str, str], guarded: str, certificate: Path, tmp_path: Path
) -> None:
    settings = login("SCRAM-SHA-512", guarded=guarded, certificate=certificate, folder=tmp_path)
    if "CONTACT_ROUTER_KAFKA__SSL_CAFILE" in wrong:
        del settings["CONTACT_ROUTER_KAFKA__SSL_CAFILE"]
    else:
        settings |= wrong

    run = command("run", settings=settings)

    assert run.returncode == 3
    assert guarded in run.stderr
    assert PASSWORD not in run.stderr
    assert "no such word" not in run.stderr


def test_a_certificate_that_is_none_is_wrong_use(guarded: str, tmp_path: Path) -> None:
    nonsense = tmp_path / "ca.pem"
    nonsense.write_text("not a certificate")
    settings = login("PLAIN", guarded=guarded, certificate=nonsense, folder=tmp_path)
    missing = settings | {"CONTACT_ROUTER_KAFKA__SSL_CAFILE": str(tmp_path / "nowhere.pem")}

    for each, said in ((settings, "kafka.ssl_"), (missing, "CONTACT_ROUTER_KAFKA__SSL_CAFILE")):
        for words in WORDS:
            run = command(*words, settings=each)
            assert (run.returncode, said in run.stderr) == (2, True), run.stderr
