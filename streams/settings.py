"""What an operator may set for the streams: the router's own variables, and a few more.

Read once, at start, from variables `CONTACT_ROUTER_<SECTION>__<FIELD>`. Where the router has a
setting of the same name it means the same, so that one environment serves both; what only the
router knows is ignored here. Reads no file.
"""

import ssl
from pathlib import Path
from typing import Annotated, Literal, Self

import faust
from faust.types.auth import CredentialsT
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOUR_MS = 3_600_000


class Section(BaseModel):
    """Common part of every group of settings; the router's other fields are none of our business."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)


class KafkaSettings(Section):
    """Where Kafka is, and how to prove who we are. `OAUTHBEARER` is the router's alone."""

    bootstrap_servers: Annotated[str, Field(min_length=1)] = "127.0.0.1:9092"
    """One or more `host:port`, with commas between them."""

    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """`SSL` is TLS; `SASL_SSL` is TLS and a login; the two others are for networks you trust."""

    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    """How to log in, where `security_protocol` begins with `SASL`."""

    sasl_username: str | None = None
    """Who logs in."""

    sasl_password: SecretStr | None = None
    """The password that goes with it."""

    ssl_cafile: Path | None = None
    """Certificates to trust, PEM; by default those of the system."""

    ssl_certfile: Path | None = None
    """Our own certificate, PEM, where the broker asks for one."""

    ssl_keyfile: Path | None = None
    """The private key of `ssl_certfile`, PEM; by default in the same file."""

    ssl_password: SecretStr | None = None
    """What the private key is encrypted with."""

    ssl_check_hostname: bool = True
    """Whether the broker's certificate must name the host we connect to."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        is_login = self.security_protocol.startswith("SASL")
        if is_login and (self.sasl_username is None or self.sasl_password is None):
            raise ValueError(
                f"sasl_username and sasl_password are needed with {self.sasl_mechanism}"
            )
        return self

    @property
    def urls(self) -> list[str]:
        """The bootstrap servers as Faust wants them."""
        return [f"kafka://{server.strip()}" for server in self.bootstrap_servers.split(",")]

    def credentials(self) -> CredentialsT | None:
        """Build what proves who we are; None on a network that is trusted."""
        tls = self._tls() if self.security_protocol.endswith("SSL") else None
        if self.security_protocol.startswith("SASL") and self.sasl_password is not None:
            return faust.SASLCredentials(
                username=self.sasl_username,
                password=self.sasl_password.get_secret_value(),
                ssl_context=tls,
                mechanism=self.sasl_mechanism,
            )
        return None if tls is None else faust.SSLCredentials(tls)

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ssl_cafile)
        context.check_hostname = self.ssl_check_hostname
        if self.ssl_certfile is not None:
            password = self.ssl_password.get_secret_value() if self.ssl_password else None
            context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile, password)
        return context


class TopicSettings(Section):
    """The names of the topics, and how those of the streams are made."""

    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,200}$")] = "routing."
    """What every topic's name begins with."""

    replication: Annotated[int, Field(ge=-1, le=100)] = -1
    """Copies of each topic the streams create; -1 is the broker's default. In production 3."""

    @property
    def assignments(self) -> str:
        """The decisions of the router, which are read."""
        return f"{self.prefix}assignments"

    @property
    def queue_minutes(self) -> str:
        """The figures, which are written for all who want them."""
        return f"{self.prefix}queue-minutes"

    @property
    def open_conversations(self) -> str:
        """What the fold must remember of open conversations; nobody else reads it."""
        return f"{self.prefix}open-conversations"


class LogSettings(Section):
    """What is said on standard error. No decision's content is ever logged."""

    format: Literal["auto", "console", "json"] = "auto"
    """`auto` is `console` on a terminal and `json` elsewhere."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is worth a line."""


class StreamsSettings(Section):
    """How the figures are kept, and how the worker works. Ours alone: an unknown name is a slip."""

    model_config = ConfigDict(extra="forbid")

    retention_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    """How long figures are kept behind the newest minute of their pool; older ones are removed
    from the topic too. Memory grows with it: about a kilobyte for each queue and busy minute."""

    conversation_hours: Annotated[int, Field(ge=1, le=24 * 365)] = 24 * 7
    """How long an open conversation is remembered. The end of one that was open for longer is
    counted under no queue."""

    session_timeout_ms: Annotated[int, Field(ge=1_000, le=1_800_000)] = 6_000
    """A worker that is silent for so long loses its partitions; brokers refuse less than 6000."""

    batch_decisions: Annotated[int, Field(ge=1, le=100_000)] = 5_000
    """Most decisions in one transaction."""

    batch_ms: Annotated[int, Field(ge=10, le=60_000)] = 500
    """How long decisions are gathered before they are folded and committed: how old figures are."""

    delivery_timeout_s: Annotated[float, Field(gt=0, le=3_600)] = 30
    """Longest wait for the broker to take the rows of a batch; then the worker ends."""


class Settings(BaseSettings):
    """All settings of the streams. The consumer group is that of the router with `-streams`."""

    model_config = SettingsConfigDict(
        env_prefix="CONTACT_ROUTER_",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "contact-router"
    """The router's group; the streams' own is made from it."""

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    log: LogSettings = LogSettings()
    streams: StreamsSettings = StreamsSettings()

    @property
    def streams_group(self) -> str:
        """Consumer group of the workers, and what their transactional ids begin with."""
        return f"{self.group}-streams"
