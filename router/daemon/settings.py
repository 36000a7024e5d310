"""What an operator may set, and what each setting is good for.

Read once, at start: a YAML file first, then variables `CONTACT_ROUTER_<SECTION>__<FIELD>`, which
override it. Promises: every problem is named with the file or the variable it stands in and its
field, all at once; a secret is never shown. Durations are seconds (`_s`) or milliseconds (`_ms`).
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from router.daemon.addresses import read_address

PREFIX: Final = "CONTACT_ROUTER_"

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Section(BaseModel):
    """Common part of every group of settings: a name that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class KafkaSettings(Section):
    """Where Kafka is, and how to prove who we are."""

    bootstrap_servers: Annotated[str, Field(min_length=1)] = "127.0.0.1:9092"
    """One or more `host:port`, with commas between them; one that answers is enough to start.
    An IPv6 address stands in brackets."""

    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """`SSL` is TLS; `SASL_SSL` is TLS and a login; the two others are for networks you trust."""

    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = "PLAIN"
    """How to log in, where `security_protocol` begins with `SASL`."""

    sasl_username: str | None = None
    """Who logs in, with `PLAIN` and `SCRAM-SHA-…`."""

    sasl_password: SecretStr | None = None
    """The password that goes with it; better given by variable than in a file."""

    sasl_token_file: FilePath | None = None
    """File with the bearer token of `OAUTHBEARER`, read again at every connection."""

    ssl_cafile: FilePath | None = None
    """Certificates to trust, PEM; by default those of the system."""

    ssl_certfile: FilePath | None = None
    """Our own certificate, PEM, where the broker asks for one."""

    ssl_keyfile: FilePath | None = None
    """The private key of `ssl_certfile`, PEM; by default in the same file."""

    ssl_password: SecretStr | None = None
    """What the private key is encrypted with."""

    ssl_check_hostname: bool = True
    """Whether the broker's certificate must name the host we connect to."""

    start_timeout_s: Seconds = 30
    """So long `run` tries to reach a broker before it gives up with exit status 3; other commands
    try once, so wait for a broker that is only starting."""

    call_timeout_s: Seconds = 10
    """Longest wait for one answer of a broker before the connection counts as dead."""

    @field_validator("bootstrap_servers")
    @classmethod
    def _are_addresses(cls, servers: str) -> str:
        for number, each in enumerate(servers.split(","), start=1):
            if read_address(each) is None:
                raise ValueError(
                    f"address {number} is no host:port, such as kafka-1:9092 or [::1]:9092"
                )
        return servers

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self._has_login and self.sasl_mechanism == "OAUTHBEARER":
            if self.sasl_token_file is None:
                raise ValueError("sasl_token_file is needed with OAUTHBEARER")
        elif self._has_login and (self.sasl_username is None or self.sasl_password is None):
            raise ValueError(
                f"sasl_username and sasl_password are needed with {self.sasl_mechanism}"
            )
        return self

    @model_validator(mode="after")
    def _of_effect(self) -> Self:
        """Refuse what would protect nothing: who sets it believes that it does."""
        protocol = f"security_protocol is {self.security_protocol}, not SASL_SSL or"
        mechanism = f"sasl_mechanism is {self.sasl_mechanism}"
        if not self._has_login:
            self._refuse("sasl_", f"{protocol} SASL_PLAINTEXT")
        elif self.sasl_mechanism == "OAUTHBEARER":
            self._refuse(("sasl_username", "sasl_password"), mechanism)
        else:
            self._refuse("sasl_token_file", f"{mechanism}, not OAUTHBEARER")
        if not self.security_protocol.endswith("SSL"):
            self._refuse("ssl_", f"{protocol} SSL")
        elif self.ssl_certfile is None:
            self._refuse(("ssl_keyfile", "ssl_password"), "there is no ssl_certfile")
        return self

    @property
    def _has_login(self) -> bool:
        return self.security_protocol.startswith("SASL")

    def _refuse(self, beginnings: str | tuple[str, ...], why: str) -> None:
        given = [
            name
            for name in sorted(self.model_fields_set)
            if name.startswith(beginnings) and not _is_empty(getattr(self, name))
        ]
        if given:
            raise ValueError(f"{', '.join(given)} would be without effect: {why}")


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | SecretStr) and not len(value))


class TopicSettings(Section):
    """The six topics: their names, and what `topics create` makes of them."""

    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,200}$")] = "routing."
    """What every topic's name begins with."""

    partitions: Annotated[int, Field(ge=1, le=10_000)] = 8
    """Partitions of the inputs, of the assignments and of the state: the number of shards. Used by
    `topics create` only; a running router takes the number from the topics. It cannot be changed
    later without moving pools to other shards."""

    replication: Annotated[int, Field(ge=-1, le=100)] = -1
    """Copies of each topic; -1 is the broker's default. In production 3."""

    retention_ms: Annotated[int, Field(ge=60_000)] = 7 * 86_400_000
    """How long inputs, assignments and dead letters are kept. An input that is deleted before the
    router has read it is lost, so this is the longest outage that may be survived."""


class RulesSettings(Section):
    """What the operators wrote."""

    path: Path = Path("config/rules")
    """File or folder with the rules."""

    watch_every_s: Annotated[float, Field(ge=0, le=3_600)] = 1
    """How often to look whether the files have changed. What changed and then was at rest for one
    look is read, checked, and put in force if nothing is wrong with it. 0: never; SIGHUP has them
    read at once in any case."""


class HttpSettings(Section):
    """Where metrics, health and the read-only views are served. There is no access control."""

    host: str = "127.0.0.1"
    """Address to listen on; keep it on loopback or behind something that checks who asks."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """0 takes any free one, which the `ready` line names."""


class LogSettings(Section):
    """What is said on standard error. No event's content is ever logged."""

    format: Literal["auto", "console", "json"] = "auto"
    """`auto` is `console` on a terminal and `json` elsewhere."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is worth a line."""


class ShardSettings(Section):
    """How shards work off their inputs."""

    transactions_at_once: Annotated[int, Field(ge=1, le=64)] = 3
    """Shards of this process that may have a transaction open. While a shard waits for its turn its
    batch grows, which costs less than more transactions would."""

    batch_inputs: Annotated[int, Field(ge=1, le=2_000)] = 2_000
    """Most inputs in one transaction."""

    batch_ms: Annotated[int, Field(ge=1, le=1_000)] = 40
    """Once deciding a batch has taken so long, the rest waits for the next one: nothing else moves
    in this process meanwhile, heartbeats included."""

    pause_ms: Annotated[float, Field(ge=0, le=1_000)] = 2
    """After a batch of fewer than 8 inputs a shard lets so much time go by before the next one, so
    that more come together, unless it is the only one of its process. What arrives at a shard with
    nothing to do is decided at once."""

    huge_pages_every_s: Annotated[float, Field(ge=0, le=3_600)] = 15
    """How often what has come to memory is put together in huge pages (Linux 6.1 and later;
    elsewhere nothing is done): the larger the state, the faster decisions are for it. 0: never."""

    buffered_inputs: Count = 8_000
    """A shard that has so many inputs waiting is not read for until half of them are decided."""

    buffered_mib: Annotated[int, Field(ge=1, le=4_096)] = 16
    """The same in MiB of input."""

    batch_timeout_s: Seconds = 10
    """Longest time from the begin of a transaction to its commit; then the shard starts over."""

    restore_timeout_s: Seconds = 120
    """Longest time for a shard to read its state and be ready."""

    backoff_min_s: Seconds = 0.1
    """Wait before a shard starts over, doubled with each life that ended soon after it began."""

    backoff_max_s: Seconds = 2
    """Longest such wait."""

    audit_every_s: Annotated[float, Field(ge=0, le=86_400)] = 300
    """How often a shard checks its own invariants; a broken one ends its life loudly. 0: never."""

    audit_at_most: Annotated[int, Field(ge=0)] = 5_000
    """A shard with more conversations and agents than this is not checked: nothing else moves in
    this process meanwhile, and so much takes about a tenth of a second."""

    deleted_inputs: Literal["stop", "skip"] = "stop"
    """What to do where inputs were deleted by retention before the router had read them: `stop`
    keeps the shard down and says so, `skip` goes on with what is left."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.backoff_min_s > self.backoff_max_s:
            raise ValueError("backoff_min_s is more than backoff_max_s")
        return self


class GroupSettings(Section):
    """How instances agree who owns which shard. Safety does not depend on any of these."""

    session_timeout_ms: Annotated[int, Field(ge=1_000, le=1_800_000)] = 6_000
    """An instance that is silent for so long loses its shards; brokers refuse less than 6000, and
    a router that is refused ends with status 2."""

    heartbeat_ms: Annotated[int, Field(ge=50, le=60_000)] = 500
    """How often an instance says that it lives, and learns that shards are dealt anew."""

    stall_ms: Annotated[int, Field(ge=100, le=1_800_000)] = 4_000
    """A process that stood still for so long (stopped, swapped out) starts all its shards over."""

    offsets_every_s: Annotated[float, Field(ge=0, le=3_600)] = 5
    """How often input positions are also committed to the group, for lag tools. Nothing here reads
    them. 0: never."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.heartbeat_ms * 3 > self.session_timeout_ms:
            raise ValueError("heartbeat_ms is more than a third of session_timeout_ms")
        if self.stall_ms >= self.session_timeout_ms:
            raise ValueError("stall_ms is not below session_timeout_ms")
        return self


class ProducerSettings(Section):
    """How transactions are written."""

    backoff_ms: Annotated[float, Field(ge=0.1, le=1_000)] = 1
    """Wait before asking again while the broker still ends the shard's last transaction. The
    client's own 20 ms would be most of a decision's latency."""

    batch_bytes: Annotated[int, Field(ge=16_384, le=64 * 1024 * 1024)] = 900_000
    """Largest batch of records, below `max.message.bytes` of the topics. A transaction may have
    many batches."""

    transaction_timeout_ms: Annotated[int, Field(ge=1_000, le=900_000)] = 30_000
    """After so long the broker ends a transaction that its process left open; until then nobody
    reads past it. A new owner of the shard ends it at once. Brokers take no more than their
    `transaction.max.timeout.ms`, and a router that is refused ends with status 2."""


class RepetitionSettings(Section):
    """How long an event's id is remembered, to refuse the same event a second time."""

    window_s: Annotated[int, Field(ge=1, le=31 * 86_400)] = 86_400
    """In the time of the records, not of the clock."""

    at_most: Annotated[int, Field(ge=1_000, le=100_000_000)] = 1_000_000
    """Most ids remembered in a pool; beyond that the oldest are forgotten."""


class StopSettings(Section):
    """How the process ends."""

    drain_timeout_s: Seconds = 20
    """Longest wait at SIGTERM for the open batches to be committed; then they are dropped, and the
    next owner decides them again."""

    close_timeout_s: Seconds = 3
    """Longest wait for one Kafka client to close; then its connections are cut."""


class Settings(BaseSettings):
    """All settings. `group` is the consumer group and begins every transactional id."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "contact-router"
    """Instances with the same name share the shards; two routers on the same topics must not."""

    instance: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{0,200}$")] | None = None
    """Name of this instance, which only one process may have at a time: a process that starts takes
    whoever had its name out of the group, so that a restart after a crash need not wait for
    `membership.session_timeout_ms`. By default the names of the host and of the HTTP address, where
    `http.port` is not 0; with `""` it has no name, and the group waits."""

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    rules: RulesSettings = RulesSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    shards: ShardSettings = ShardSettings()
    membership: GroupSettings = GroupSettings()
    producer: ProducerSettings = ProducerSettings()
    repetition: RepetitionSettings = RepetitionSettings()
    stop: StopSettings = StopSettings()

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the library's signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let variables win over the file, whose content comes as arguments."""
        return env_settings, init_settings
