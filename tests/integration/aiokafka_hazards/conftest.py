"""A client, a topic and a producer of each test's own, on a real broker."""

import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic

from router.daemon import hazards
from router.daemon.connection import Connection
from router.daemon.hard_stop import stop_admin, stop_producer
from router.daemon.settings import HttpSettings, KafkaSettings, ProducerSettings, Settings
from router.embedded import EmbeddedKafka
from tests.integration.aiokafka_hazards.batches import LARGEST


@pytest.fixture
def settings(kafka: EmbeddedKafka) -> Settings:
    hazards.mend(backoff_ms=1)
    return Settings(
        group=f"g{uuid.uuid4().hex[:8]}",
        kafka=KafkaSettings(bootstrap_servers=kafka.bootstrap_servers),
        http=HttpSettings(port=0),
        producer=ProducerSettings(batch_bytes=16_384),
    )


@pytest.fixture
def connection(settings: Settings) -> Connection:
    return Connection(settings.kafka)


@pytest.fixture
async def topic(connection: Connection) -> str:
    name = f"t{uuid.uuid4().hex[:8]}"
    admin = connection.admin()
    await admin.start()
    configs = {"max.message.bytes": str(LARGEST)}
    await admin.create_topics([NewTopic(name, 4, 1, topic_configs=configs)])
    await stop_admin(admin, timeout_s=3)
    return name


@pytest.fixture
async def producer(connection: Connection, settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    made = connection.producer(f"{settings.group}.0", settings.producer)
    await made.start()
    yield made
    await stop_producer(made, timeout_s=1)
