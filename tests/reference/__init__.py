"""The reference router: slow, plain, and kept for ever to be compared with the real one.

It is docs/engine.md as code, by brute force: no index, no cache, no heap; at every step it looks
at everything there is. One module an idea, each under 200 lines: ``reference`` is the front (one
cause after the other, and the matches after each), ``moment`` tells what is so now (who may take
what, who is best), ``lifecycle`` what an input or a timer changes.
"""

from tests.reference.reference import Reference

__all__ = ["Reference"]
