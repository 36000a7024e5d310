"""A real Apache Kafka on this machine, for the demo, the tests and first steps.

One node, KRaft combined mode, loopback only, nothing replicated: the protocol, the transactions and
the failures are the real ones, the durability is not. Starts Kafka as a process and watches over
it; never speaks to it as a client does. Not for production, and the daemon does not know it.
"""

from router.embedded.broker import EmbeddedKafka
from router.embedded.errors import KafkaUnavailableError

__all__ = ["EmbeddedKafka", "KafkaUnavailableError"]
