"""Say for people why Kafka could not be asked, and what they can do about it.

The client tells only that it could not begin. Whether anything listens at those addresses is found
out here, for that is the difference between a broker that is not there and one that is asked in a
way it does not want. Connects, and sends nothing.
"""

import socket
import time
from contextlib import suppress
from typing import Final

from router.daemon.addresses import read_addresses
from router.daemon.settings import KafkaSettings

LOOPBACK: Final = ("127.0.0.1:", "localhost:")
KNOCKING_S: Final = 2.0


def not_reached(kafka: KafkaSettings, error: Exception, *, within_s: float = 0.0) -> str:
    """Say why a broker could not be asked, and on this machine how to have one.

    `within_s`: for so long it was tried; 0: once. Takes two seconds at most.
    """
    servers = kafka.bootstrap_servers
    if "Unable to bootstrap" not in str(error):
        return f"Kafka at {servers} could not be asked: {error}"
    time_given = f" within {within_s:g} s" if within_s else ""
    if _somebody_listens(servers):
        login = " and the login what it knows" if kafka.security_protocol.startswith("SASL") else ""
        return (
            f"what listens at {servers} did not answer as Kafka{time_given}: is"
            f" kafka.security_protocol={kafka.security_protocol} what it asks for{login}?"
        )
    hint = (
        " (is one running? `contact-router kafka start` starts one)"
        if servers.startswith(LOOPBACK)
        else ""
    )
    return f"no Kafka answered at {servers}{time_given}{hint}"


def _somebody_listens(servers: str) -> bool:
    until = time.monotonic() + KNOCKING_S
    for address in read_addresses(servers):
        left = until - time.monotonic()
        if left > 0:
            with suppress(OSError), socket.create_connection(address, timeout=left):
                return True
    return False
