"""The engine: decides, and does nothing else.

It takes one input and a time and returns decisions. It knows no clock, no randomness, no log and
no I/O, so the daemon, the routing tests, the replay and the proofs all run the same one.
"""

from router.engine.engine import Engine

__all__ = ["Engine"]
