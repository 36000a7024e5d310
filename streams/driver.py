"""Correct Faust's Kafka driver where the figures would otherwise be wrong.

Two things, both seen on a real broker. Faust takes the end of a changelog from what its consumer
happens to have fetched: right after an assignment that is nothing, the table then counts as restored
while it is empty, and old figures are written over from zero; here the broker is asked instead. And
Faust creates changelogs with a number of partitions from its settings; here the number is that of
the topic they follow. Everything else is Faust's.
"""

from collections.abc import Mapping

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
    """Use the corrected thread."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)


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
