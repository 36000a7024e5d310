"""How the clients of this process reach Kafka: addresses, TLS, login, timeouts.

Every Kafka client of the daemon is made here, so that they all connect alike. Makes clients, starts
none.
"""

import ssl
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import SecretStr

from router.daemon.errors import CertificateError
from router.daemon.settings import KafkaSettings, ProducerSettings

RETRY_BACKOFF_MS = 50
"""Wait before a client asks a broker again that said 'not yet'."""
FETCH_WAIT_MS = 100
"""Longest wait of a fetch for something to come. While one is under way, partitions that were
added or resumed are not read, so it is short."""
IDLE_MS = 540_000


class Connection:
    """Makes Kafka clients that connect as the settings say.

    Raises `CertificateError` where the files they name cannot be used.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._ssl = _ssl_context(settings)

    @property
    def servers(self) -> str:
        """The addresses that are tried first, for messages."""
        return self._settings.bootstrap_servers

    def consumer(self, **options: Any) -> AIOKafkaConsumer:
        """Make a consumer; what is not given: no group, never an offset of its own choice."""
        return AIOKafkaConsumer(
            **{
                **self._shared(),
                "group_id": None,
                "enable_auto_commit": False,
                "auto_offset_reset": "none",
                "isolation_level": "read_committed",
                "fetch_max_wait_ms": FETCH_WAIT_MS,
                **options,
            }
        )

    def producer(self, transactional_id: str, settings: ProducerSettings) -> AIOKafkaProducer:
        """Make a transactional producer; starting it fences every earlier one of the same id."""
        return AIOKafkaProducer(
            **self._shared(),
            transactional_id=transactional_id,
            transaction_timeout_ms=settings.transaction_timeout_ms,
            max_batch_size=settings.batch_bytes,
        )

    def plain_producer(self, **options: Any) -> AIOKafkaProducer:
        """Make a producer without transactions, as a platform has one."""
        return AIOKafkaProducer(**{**self._shared(), "acks": "all", **options})

    def admin(self) -> AIOKafkaAdminClient:
        """Make a client that asks about topics and creates them."""
        return AIOKafkaAdminClient(**self._shared())

    def _shared(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "bootstrap_servers": settings.bootstrap_servers,
            "request_timeout_ms": int(settings.call_timeout_s * 1_000),
            "retry_backoff_ms": RETRY_BACKOFF_MS,
            "connections_max_idle_ms": IDLE_MS,
            "security_protocol": settings.security_protocol,
            "ssl_context": self._ssl,
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": _plain(settings.sasl_password),
            "sasl_oauth_token_provider": (
                TokenFile(settings.sasl_token_file) if settings.sasl_token_file else None
            ),
        }


class TokenFile(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka has no types
    """Gives the bearer token that stands in a file, as it stands there at each connection."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def token(self) -> str:
        """Read the token; a few hundred bytes from a local file."""
        return self._path.read_text().strip()


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    if settings.security_protocol not in {"SSL", "SASL_SSL"}:
        return None
    try:
        context = ssl.create_default_context(
            cafile=None if settings.ssl_cafile is None else str(settings.ssl_cafile)
        )
        if settings.ssl_certfile is not None:
            context.load_cert_chain(
                settings.ssl_certfile, settings.ssl_keyfile, _plain(settings.ssl_password)
            )
    except OSError as error:
        raise CertificateError(f"kafka.ssl_…: {error}") from error
    context.check_hostname = settings.ssl_check_hostname
    return context


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
