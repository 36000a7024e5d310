"""Which events have been seen, so that a repeated one is refused once and changes nothing.

Ids are kept for a window of record time, told by the topic they came on (one topic may be read far
behind another), and at most so many. They are written in blocks, one for each batch; small blocks
are merged, so neither their number nor the volume written grows without bound.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from router.model.inputs import Input
from router.model.state import SeenRecord

Ids = dict[str, dict[str, int]]
"""{"topic source": {event id: record time}}"""

MERGE_AFTER = 64
"""So many blocks of a kind are merged into larger ones."""
TINY = 64
"""A block with fewer ids is tiny: merged with its like, so that no id is copied often."""
SMALL = 1_024
"""A block with fewer ids is small. Two small ones of the longest ids fit into one Kafka record."""


class Block(NamedTuple):
    """Ids that are written, merged and forgotten together; ``newest`` {topic: record time}."""

    ids: Ids
    size: int
    newest: dict[str, int]


def _block(ids: Ids) -> Block:
    newest: dict[str, int] = {}
    for origin, each in ids.items():
        _note_newest(newest, origin.partition(" ")[0], max(each.values()))
    return Block(ids, _size(ids), newest)


def _note_newest(newest: dict[str, int], topic: str, at: int) -> None:
    before = newest.get(topic)
    if before is None or before < at:
        newest[topic] = at


def _size(ids: Ids) -> int:
    return sum(map(len, ids.values()))


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
        "_forgotten",
        "_latest",
        "_next",
        "_open",
        "_size",
        "_small",
        "_sources",
        "_tiny",
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
        self._tiny: list[int] = []
        self._small: list[int] = []
        self._next = 1
        self._latest: dict[str, int] = {}
        self._forgotten: dict[str, int] = {}

    @property
    def missing_ms(self) -> int:
        """Give by how much the window is cut short on some topic, since there are too many ids.

        As far as ids were forgotten in this engine: after a restart it is 0 until some are again.
        """
        until = ((self._latest[topic] - self._window, at) for topic, at in self._forgotten.items())
        return max((at - begins for begins, at in until if at > begins), default=0)

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

    def _drop(self, label: str) -> None:
        """Forget a source of which no id is known any more, unless some are in the open block."""
        if not self._sources[label].fresh:
            del self._sources[label]
            topic, _, source = label.partition(" ")
            self._by_topic.get(topic, {}).pop(source, None)

    def restore(self, record: SeenRecord) -> None:
        """Take a block back, as it was written."""
        self._keep(record.block, _block(record.ids))
        self._next = max(self._next, record.block + 1)
        for label, ids in record.ids.items():
            known = self._source(label).known
            for each, at in ids.items():
                before = known.get(each)
                if before is None:
                    self._size += 1
                if before is None or before < at:
                    known[each] = at

    def changes(self) -> list[tuple[int, SeenRecord | None]]:
        """Close the open block, merge and forget; give what changed by block number."""
        if not self._open:
            return []
        ids = self._opened()
        number = self._close(_block(ids))
        changed: list[tuple[int, SeenRecord | None]] = [(number, SeenRecord(block=number, ids=ids))]
        if len(self._tiny) >= MERGE_AFTER:
            changed += self._merged(self._tiny)
        if len(self._small) >= MERGE_AFTER:
            changed += self._merged(self._small)
        while len(self._blocks) > 1 and self._is_done_with(next(iter(self._blocks.values()))):
            changed.append((self._forget(), None))
        return changed

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
        self._open = []
        return ids

    def _merged(self, numbers: list[int]) -> Iterator[tuple[int, SeenRecord | None]]:
        """Put blocks together, oldest first, into as few as may be written."""
        old = list(numbers)
        numbers.clear()
        merged: Ids = {}
        newest: dict[str, int] = {}
        for number in old:
            block = self._blocks.pop(number)
            yield number, None
            for label, ids in block.ids.items():
                merged.setdefault(label, {}).update(ids)
            for topic, at in block.newest.items():
                _note_newest(newest, topic, at)
            size = _size(merged)
            if size >= SMALL or number == old[-1]:
                made = self._close(Block(merged, size, newest))
                yield made, SeenRecord(block=made, ids=merged)
                merged, newest = {}, {}

    def _close(self, block: Block) -> int:
        number = self._next
        self._next += 1
        self._keep(number, block)
        return number

    def _keep(self, number: int, block: Block) -> None:
        self._blocks[number] = block
        for topic, at in block.newest.items():
            _note_newest(self._latest, topic, at)
        if block.size < TINY:
            self._tiny.append(number)
        elif block.size < SMALL:
            self._small.append(number)

    def _is_done_with(self, block: Block) -> bool:
        """Tell whether a block is past the window of all its topics, or there are too many ids."""
        if self._size > self._at_most:
            return True
        latest, window = self._latest, self._window
        return all(at < latest[topic] - window for topic, at in block.newest.items())

    def _forget(self) -> int:
        """Drop the whole block of the lowest number."""
        number, block = next(iter(self._blocks.items()))
        del self._blocks[number]
        for topic, newest in block.newest.items():
            self._forgotten[topic] = max(self._forgotten.get(topic, 0), newest)
        for kind in (self._tiny, self._small):
            if number in kind:
                kind.remove(number)
        for label, ids in block.ids.items():
            known = self._source(label).known
            for event, at in ids.items():
                if known.get(event) == at:
                    del known[event]
                    self._size -= 1
            if not known:
                self._drop(label)
        return number
