"""Which events have been seen, so that a repeated one is refused once and changes nothing.

Ids are kept for a window of record time, told by the topic they came on (one topic may be read far
behind another), and at most so many. They are written in blocks, one for
each batch; small blocks are merged, so neither their number nor the volume written grows without
bound.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from router.model.inputs import Input
from router.model.state import SeenRecord

Ids = dict[str, dict[str, int]]
"""{"topic source": {event id: record time}}"""

MERGE_AFTER = 64
"""So many small blocks are merged into larger ones."""
SMALL = 1_024
"""A block with fewer ids is small. Two small ones of the longest ids fit into one Kafka record."""


class Block(NamedTuple):
    """Ids that are written, merged and forgotten together; ``newest`` {topic: record time}."""

    ids: Ids
    size: int
    newest: dict[str, int]


def _block(ids: Ids) -> Block:
    newest: dict[str, int] = {}
    size = 0
    for origin, each in ids.items():
        topic = origin.partition(" ")[0]
        newest[topic] = max(newest.get(topic, 0), *each.values())
        size += len(each)
    return Block(ids, size, newest)


class _Source:
    """The ids of one source on one topic: all that are known, and those of the open block."""

    __slots__ = ("fresh", "known", "label")

    def __init__(self, label: str) -> None:
        self.label = label
        self.known: dict[str, int] = {}
        self.fresh: dict[str, int] = {}


class Seen:
    """The ids seen in one pool. ``window_ms`` in record time; ``at_most`` ids, oldest forgotten."""

    __slots__ = (
        "_at_most",
        "_blocks",
        "_by_topic",
        "_latest",
        "_next",
        "_open",
        "_size",
        "_small",
        "_sources",
        "_window",
    )

    def __init__(self, *, window_ms: int, at_most: int) -> None:
        self._window = window_ms
        self._at_most = at_most
        self._sources: dict[str, _Source] = {}
        self._by_topic: dict[str, dict[str, _Source]] = {}
        self._size = 0
        self._open: list[_Source] = []
        self._blocks: dict[int, Block] = {}
        self._small: list[int] = []
        self._next = 1
        self._latest: dict[str, int] = {}

    def repeated(self, event: Input) -> bool:
        """Tell whether the event was seen within the window; if not, remember it."""
        sources = self._by_topic.get(event.topic)
        source = sources.get(event.source) if sources is not None else None
        if source is None:
            source = self._begin(event.topic, event.source)
        known, name = source.known, event.id
        at = event.origin.recorded_at
        size = len(known)
        before = known.setdefault(name, at)
        if len(known) != size:
            self._size += 1
        elif abs(at - before) <= self._window:
            return True
        else:
            known[name] = at
        fresh = source.fresh
        if not fresh:
            self._open.append(source)
        fresh[name] = at
        return False

    def _begin(self, topic: str, source: str) -> _Source:
        begun = self._source(f"{topic} {source}")
        self._by_topic.setdefault(topic, {})[source] = begun
        return begun

    def _source(self, label: str) -> _Source:
        source = self._sources.get(label)
        if source is None:
            source = self._sources[label] = _Source(label)
        return source

    def restore(self, record: SeenRecord) -> None:
        """Take a block back, as it was written."""
        self._keep(record.block, record.ids)
        self._next = max(self._next, record.block + 1)
        for label, ids in record.ids.items():
            known = self._source(label).known
            for each, at in ids.items():
                before = known.get(each)
                if before is None:
                    self._size += 1
                if before is None or before < at:
                    known[each] = at

    def changes(self) -> Iterator[tuple[int, SeenRecord | None]]:
        """Close the open block, merge and forget; give what changed by block number."""
        if not self._open:
            return
        gone: list[int] = []
        written = [self._close(self._opened())]
        self._open = []
        if len(self._small) >= MERGE_AFTER:
            gone.extend(self._small)
            written.extend(self._merge())
        gone.extend(self._forget())
        for number in gone:
            yield number, None
        for number in written:
            if number in self._blocks:
                yield number, SeenRecord(block=number, ids=self._blocks[number].ids)

    def snapshot(self) -> Iterable[SeenRecord]:
        """Give every block, the open one included, under its number."""
        for number, block in self._blocks.items():
            yield SeenRecord(block=number, ids=block.ids)
        if self._open:
            yield SeenRecord(block=self._next, ids={each.label: each.fresh for each in self._open})

    def _opened(self) -> Ids:
        """Take the ids of the open block; the next one begins empty."""
        ids: Ids = {}
        for source in self._open:
            ids[source.label] = source.fresh
            source.fresh = {}
        return ids

    def _merge(self) -> Iterator[int]:
        """Put small blocks together, oldest first, until they are small no longer."""
        small, self._small = self._small, []
        merged: Ids = {}
        size = 0
        for number in small:
            block = self._blocks.pop(number)
            for origin, ids in block.ids.items():
                merged.setdefault(origin, {}).update(ids)
            size += block.size
            if size >= SMALL:
                yield self._close(merged)
                merged, size = {}, 0
        if merged:
            yield self._close(merged)

    def _close(self, ids: Ids) -> int:
        number = self._next
        self._next += 1
        self._keep(number, ids)
        return number

    def _keep(self, number: int, ids: Ids) -> None:
        block = self._blocks[number] = _block(ids)
        for topic, at in block.newest.items():
            self._latest[topic] = max(self._latest.get(topic, 0), at)
        if block.size < SMALL:
            self._small.append(number)

    def _in_window(self, block: Block) -> bool:
        return any(at >= self._latest[topic] - self._window for topic, at in block.newest.items())

    def _forget(self) -> Iterator[int]:
        """Drop whole blocks, oldest number first, that are past the window or over the limit."""
        while len(self._blocks) > 1:
            number, block = next(iter(self._blocks.items()))
            if self._size <= self._at_most and self._in_window(block):
                return
            del self._blocks[number]
            if number in self._small:
                self._small.remove(number)
            for origin, each in block.ids.items():
                known = self._source(origin).known
                for event, at in each.items():
                    if known.get(event) == at:
                        del known[event]
                        self._size -= 1
            yield number
