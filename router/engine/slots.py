"""What an agent's claims add up to, in one number: so many on each channel, so many with each label.

Agents with the same number (and the same units in use) have room for the same. Each channel has its
bits in it, and so has each label of which an agent may have only so many at once; one more bit
tells that he has had enough of a label in a row, which is no claim but decides as one. A
conversation with labels has a slot of its own, beside that of its channel: the same channel, with
more to be counted.
"""

from collections.abc import Iterable, Iterator

from router.model.policy import Channel, Policy

COUNT_BITS = 16
"""Bits of a load code for each channel and each label: how many claims an agent has."""
MOST = (1 << COUNT_BITS) - 1


UNITS_BITS = 48
"""Bits of a load code for the units in use on interruptible channels."""


class LabelCount:
    """Where a label is counted; ``full`` is that count when an agent may have no more.

    ``run`` is the bit of who has had enough of them in a row (0: there is no such number).
    """

    __slots__ = ("full", "mask", "name", "one", "run")

    def __init__(self, name: str, index: int, most: int) -> None:
        self.name = name
        self.run = 0
        self.one = 1 << (COUNT_BITS * index)
        self.mask = MOST * self.one
        self.full = most * self.one


class Slot:
    """A channel's place in the load code, with the labels that a conversation on it may have.

    ``one`` is one more on the channel, ``bits`` what a claim adds, with ``soft`` for each of its
    units (0 unless it is interruptible); ``aside``: bits of what is in nobody's way here.
    ``spared`` masks the units that do not count here, in ``spares`` (0: all count). ``runs``: bits
    of who has had enough of one of its labels in a row. ``channel`` is None where it is not
    configured. ``index`` numbers the slots.
    """

    __slots__ = (
        "aside",
        "bits",
        "channel",
        "index",
        "labels",
        "mask",
        "name",
        "one",
        "runs",
        "soft",
        "spared",
        "spares",
        "units",
    )

    def __init__(self, name: str, channel: Channel | None, *, index: int, one: int) -> None:
        self.name = name
        self.index = index
        self.channel = channel
        self.one = one
        self.bits = one
        self.mask = MOST * one
        self.aside = self.mask
        self.labels: tuple[LabelCount, ...] = ()
        self.runs = 0
        self.soft = 0
        self.spared = 0
        self.spares = 1
        self.units = channel.units if channel is not None else 0

    def labelled(self, index: int, labels: tuple[LabelCount, ...]) -> "Slot":
        """Give the slot of conversations on this channel with these labels."""
        other = Slot(self.name, self.channel, index=index, one=self.one)
        other.aside, other.soft = self.aside, self.soft
        other.spared, other.spares = self.spared, self.spares
        other.labels = labels
        other.bits = self.one + sum(each.one for each in labels)
        other.runs = sum(each.run for each in labels)
        return other


def weight(slot: Slot, units: int) -> int:
    """Give what a claim of so many units adds to a load code."""
    return slot.bits + units * slot.soft


class Slots:
    """Every slot of a pool under one policy.

    ``of`` are those of channels, by name; ``exclusive`` masks the channels that go with no other,
    ``runs`` the bits of who has had enough of a label in a row; ``run_bits`` are these by label.
    """

    __slots__ = (
        *("_aside", "_labelled", "_labels", "_next", "count", "exclusive", "of"),
        *("run_bits", "runs"),
    )

    def __init__(self, policy: Policy) -> None:
        self._labels = {
            name: LabelCount(name, index, min(label.at_most, MOST))
            for index, (name, label) in enumerate(policy.labels.items())
        }
        self._next = 1 << (COUNT_BITS * len(self._labels))
        self.runs = 0
        self.run_bits: dict[str, int] = {}
        for name, label in policy.labels.items():
            if label.in_a_row is not None:
                self._labels[name].run = self.run_bits[name] = self._next
                self.runs |= self._next
                self._next <<= 1
        soft = self._next if any(each.interruptible for each in policy.channels.values()) else 0
        if soft:
            self._next <<= UNITS_BITS
        self._aside = self._next - 1
        self._labelled: dict[tuple[str, tuple[str, ...]], Slot] = {}
        self.of: dict[str, Slot] = {}
        self.count = 0
        self.exclusive = 0
        for name, channel in policy.channels.items():
            slot = self.add(name, channel)
            if channel.exclusive:
                self.exclusive |= slot.mask
        if soft:
            self._soften(soft)

    def _soften(self, soft: int) -> None:
        interruptible = [
            slot for slot in self.of.values() if slot.channel and slot.channel.interruptible
        ]
        for slot in self.of.values():
            if slot in interruptible:
                slot.soft = soft
            else:
                slot.spared, slot.spares = ((1 << UNITS_BITS) - 1) * soft, soft
                slot.aside |= sum(each.mask for each in interruptible)

    def add(self, name: str, channel: Channel | None) -> Slot:
        """Add the slot of a channel."""
        slot = self.of[name] = Slot(name, channel, index=self.count, one=self._next)
        slot.aside |= self._aside
        self._next <<= COUNT_BITS
        self.count += 1
        return slot

    def labelled(self) -> Iterable[Slot]:
        """Give the slots of conversations with labels there are so far."""
        return self._labelled.values()

    def trial(self, base: Slot, labels: tuple[str, ...]) -> Slot:
        """Give a slot of a channel with labels to try things on: nobody is offered it."""
        counts = tuple(self._labels[name] for name in labels if name in self._labels)
        return base.labelled(self.count, counts)

    def with_labels(self, base: Slot, labels: tuple[str, ...]) -> tuple[Slot, bool]:
        """Give the slot of a channel with labels, and whether it is new."""
        capped = tuple(name for name in labels if name in self._labels)
        if not capped:
            return base, False
        known = self._labelled.get((base.name, capped))
        if known is not None:
            return known, False
        counts = tuple(self._labels[name] for name in capped)
        slot = self._labelled[base.name, capped] = base.labelled(self.count, counts)
        self.count += 1
        return slot, True


def too_many(slot: Slot, code: int) -> Iterator[LabelCount]:
    """Give the labels of which an agent with this load code may have no more."""
    return (label for label in slot.labels if code & label.mask >= label.full)
