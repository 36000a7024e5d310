"""What a demo stands on: a broker, topics of its own, quickened rules, a router process.

Promises: whatever happens, what was started here is ended and what was written is removed when the
stage is left. On a broker that was there before, topics and group have a name of their own, so that
nobody else's are touched.
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.daemon.connection import Connection
from router.daemon.settings import Settings
from router.daemon.topics import TopicNames
from router.demo.floor import POOL
from router.demo.pace import quicken_rules
from router.demo.router_process import RouterProcess
from router.embedded import EmbeddedKafka
from router.model.policy import Policy
from router.rules import load

PARTITIONS: Final = 2
"""The centre is one pool, so one shard does all the work; the other shows that there may be more."""

ENDLESS_RETENTION_MS: Final = 600_000
"""An endless demo would fill the disk: its inputs and decisions are forgotten after ten minutes."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything set up; the topics are not made and the router is not started yet."""

    settings: Settings
    connection: Connection
    names: TopicNames
    policy: Policy
    router: RouterProcess
    has_own_broker: bool


@contextmanager
def set_up(
    settings: Settings,
    *,
    settings_file: Path | None,
    is_endless: bool,
    say: Callable[[str], None],
) -> Iterator[Stage]:
    """Set a stage, with an embedded Kafka unless the settings name a broker.

    Raises `KafkaUnavailableError`, `RulesError`, and `OSError` for rules that cannot be read.
    """
    # Wrong rules are found before anything is started.
    load(settings.rules.path)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="contact-router-demo-"))
        )
        rules = folder / "rules"
        policies = quicken_rules(settings.rules.path, into=rules)
        policy = policies.for_pool(POOL)
        if policy is None:
            raise LookupError(f"no rules are for the pool {POOL}")
        has_own_broker = "bootstrap_servers" not in settings.kafka.model_fields_set
        servers = settings.kafka.bootstrap_servers
        if has_own_broker:
            say("starting a Kafka of its own (the first time, Maven fetches 43 MB)")
            servers = stack.enter_context(EmbeddedKafka()).bootstrap_servers
        else:
            say(f"using the Kafka at {servers}")
        own = f"demo-{uuid.uuid4().hex[:8]}"
        used = _own_settings(settings, servers=servers, own=own, is_endless=is_endless)
        router = RouterProcess(
            environment=_environment(used, rules=rules),
            settings_file=settings_file,
            log=folder / "router.log",
        )
        stack.callback(router.kill)
        yield Stage(
            settings=used,
            connection=Connection(used.kafka),
            names=TopicNames.with_prefix(used.topics.prefix),
            policy=policy,
            router=router,
            has_own_broker=has_own_broker,
        )


def _own_settings(settings: Settings, *, servers: str, own: str, is_endless: bool) -> Settings:
    retention = ENDLESS_RETENTION_MS if is_endless else settings.topics.retention_ms
    return settings.model_copy(
        update={
            "group": own,
            "kafka": settings.kafka.model_copy(update={"bootstrap_servers": servers}),
            "topics": settings.topics.model_copy(
                update={
                    "prefix": f"{settings.topics.prefix}{own}.",
                    "partitions": PARTITIONS,
                    "retention_ms": retention,
                }
            ),
        }
    )


def _environment(settings: Settings, *, rules: Path) -> dict[str, str]:
    return {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "CONTACT_ROUTER_TOPICS__PREFIX": settings.topics.prefix,
        "CONTACT_ROUTER_TOPICS__RETENTION_MS": str(settings.topics.retention_ms),
        "CONTACT_ROUTER_GROUP": settings.group,
        "CONTACT_ROUTER_INSTANCE": "demo",
        "CONTACT_ROUTER_RULES__PATH": str(rules),
        "CONTACT_ROUTER_HTTP__HOST": "127.0.0.1",
        "CONTACT_ROUTER_HTTP__PORT": "0",
        "CONTACT_ROUTER_LOG__FORMAT": "json",
    }
