"""Keep the garbage collector out of the way of decisions.

A shard's state is hundreds of thousands of objects that live for long; going through them again and
again, as Python does by default whenever enough new ones were made, costs tens of milliseconds each
time and frees nothing. So what a restored shard holds is set aside, and new objects are looked at
in larger portions. Reference counting, which frees nearly everything here, is not touched.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 20_000
"""Objects made and not freed before the youngest are looked at: a few batches' worth."""
MIDDLE: Final = 50
OLD: Final = 100


def tune() -> None:
    """Set how often the collector looks; to be called at start."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)


@contextmanager
def set_aside() -> Iterator[None]:
    """Set aside all there is at the end of what is done within, and look at nothing meanwhile.

    For what is built anew to live for long. What is no longer used afterwards must not refer to
    itself, or it stays until the next time all is settled.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def settle() -> None:
    """Collect once, and set aside all that is left.

    What was set aside before counts again first: the state of a shard that ended is freed here.
    Cost: once through everything, some 100 ms for a million objects; at a takeover only.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
