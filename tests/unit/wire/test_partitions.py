"""A pool lives where every Java producer sends it."""

import pytest
from aiokafka.partitioner import murmur2 as murmur2_of_aiokafka
from hypothesis import given
from hypothesis import strategies as st

from router.wire.partitions import POOLS_REMEMBERED, Homes, murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973_932_308),
        (b"foobar", -790_332_482),
        (b"a-little-bit-long-string", -985_981_536),
        (b"a-little-bit-longer-string", -1_486_304_829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        (b"abc", 479_470_107),
    ],
)
def test_murmur2_is_that_of_kafka(key: bytes, signed: int) -> None:
    """The vectors of Kafka's own test of `Utils.murmur2`."""
    assert murmur2(key) == signed % 2**32


@given(key=st.binary(max_size=200), partitions=st.integers(1, 1000))
def test_partitions_are_those_of_another_client(key: bytes, partitions: int) -> None:
    expected = (murmur2_of_aiokafka(key) & 0x7FFFFFFF) % partitions
    assert partition_of(key, partitions=partitions) == expected


def test_a_key_names_its_pool_and_where_it_lives() -> None:
    homes = Homes(partitions=8)
    assert homes.of(b"fr") == ("fr", partition_of(b"fr", partitions=8))
    assert homes.of(b"fr") == homes.of(b"fr")
    assert homes.of(b"f r") is None


def test_pools_without_end_do_not_fill_the_memory() -> None:
    homes = Homes(partitions=8)
    for number in range(POOLS_REMEMBERED + 5):
        pool = f"pool-{number}"
        key = pool.encode()
        assert homes.of(key) == (pool, partition_of(key, partitions=8))


def test_a_topic_has_at_least_one_partition() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Homes(partitions=0)
