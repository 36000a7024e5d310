"""Pools that fall one on each partition, so that every shard has the same work.

A pool's partition is murmur2 of its name, as Kafka's own clients compute it; so names are tried in
turn until each partition has one.
"""

from itertools import count

from aiokafka.partitioner import murmur2


def partition_of(pool: str, *, partitions: int) -> int:
    """Tell the partition of a pool's records, as Java and aiokafka choose it."""
    return (int(murmur2(pool.encode())) & 0x7FFFFFFF) % partitions


def pool_on_each(partitions: int) -> tuple[str, ...]:
    """Name one pool for each partition, in the order of the partitions; always the same names."""
    found: dict[int, str] = {}
    for number in count(1):
        if len(found) == partitions:
            break
        name = f"centre-{number}"
        found.setdefault(partition_of(name, partitions=partitions), name)
    return tuple(found[partition] for partition in range(partitions))
