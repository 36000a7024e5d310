"""What producers are given in these tests, and how much of it a broker takes."""

import asyncio

from aiokafka import AIOKafkaProducer

LARGEST = 20_000
"""What the broker takes as one message on the topics of these tests, in bytes."""


async def send(producer: AIOKafkaProducer, topic: str, *values: bytes) -> "asyncio.Future[object]":
    """Put values into one batch, and give its delivery."""
    page = producer.create_batch()
    for value in values:
        page.append(key=b"k", value=value, timestamp=None)
    delivery: asyncio.Future[object] = await producer.send_batch(page, topic, partition=0)
    return delivery
