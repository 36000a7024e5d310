"""Every shard has one pool, so all have the same work."""

import pytest
from aiokafka.partitioner import DefaultPartitioner

from loadtests.pools import partition_of, pool_on_each


@pytest.mark.parametrize("partitions", [1, 2, 8, 12])
def test_each_partition_has_the_pool_that_kafka_puts_there(partitions: int) -> None:
    pools = pool_on_each(partitions)
    everywhere = list(range(partitions))

    chosen = [DefaultPartitioner()(pool.encode(), everywhere, everywhere) for pool in pools]

    assert chosen == everywhere


def test_pools_have_the_same_names_every_time() -> None:
    assert pool_on_each(8) == pool_on_each(8)
    assert len(set(pool_on_each(8))) == 8


def test_partitions_are_those_that_java_clients_choose() -> None:
    # Hashes from the Java client's own tests of murmur2: "21" and "foobar".
    assert partition_of("21", partitions=10**9) == (-973932308 & 0x7FFFFFFF) % 10**9
    assert partition_of("foobar", partitions=10**9) == (-790332482 & 0x7FFFFFFF) % 10**9
