"""Correct Faust's Kafka driver where figures would otherwise be wrong.

All of it seen on a real broker; the first is kept in `tests/integration/test_streams_hazards.py`.
Faust takes the end of a changelog from what its consumer happens to have fetched: right after an
assignment that is nothing, the table then counts as restored while it is empty, and figures begin
again at zero; here the broker is asked. Faust lets records of the source in, and empties its queues
after that: they are read and never seen; here the source waits until the queues were emptied. And a
topic is asked for its number of partitions. Everything else is Faust's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from faust.transport.drivers import aiokafka as faust_driver
from faust.types import TP


class ConsumerThread(faust_driver.AIOKafkaConsumerThread):
    """Ask the broker for the ends of partitions."""

    async def _highwaters(self, partitions: list[TP]) -> Mapping[TP, int]:
        # Read committed: the end up to which every transaction is decided. The transactional ids of
        # these partitions were taken over before, so none of a former owner is still open.
        ends: Mapping[TP, int] = await self._ensure_consumer().end_offsets(partitions)
        return ends


class Consumer(faust_driver.Consumer):
    """Use the corrected thread, and let the source's records in last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._held: set[TP] = set()
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Let records of changelogs in now, and of other topics once the flow is resumed."""
        resumed = set(tps)
        changelogs = {tp for tp in resumed if self._is_changelog_tp(tp)}
        self._held |= resumed - changelogs
        super().resume_partitions(changelogs)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Let no records of these partitions in."""
        paused = set(tps)
        self._held -= paused
        super().pause_partitions(paused)

    def resume_flow(self) -> None:
        """Let records in: Faust has just emptied the queues they go to."""
        super().resume_flow()
        held, self._held = self._held, set()
        super().resume_partitions(held)


class Producer(faust_driver.Producer):
    """Tell the number of partitions of any topic, from a client that runs already."""

    async def partitions_of(self, topic: str) -> int:
        """Give a topic's number of partitions; 0 where there is no such topic."""
        client = self._ensure_producer().client
        cluster = await client.fetch_all_metadata()
        return len(cluster.partitions_for_topic(topic) or ())


class Transport(faust_driver.Transport):
    """Put the corrected consumer and producer in place."""

    Consumer = Consumer
    Producer = Producer
