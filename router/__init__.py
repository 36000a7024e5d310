"""Route contact-centre conversations to agents, deterministically and exactly once.

A pure engine decides, a thin daemon moves the bytes: `router.engine` can be embedded in any
program without a broker, `router.daemon` serves it on Apache Kafka. Importing this package loads
nothing else.
"""

__version__ = "0.1.0"
