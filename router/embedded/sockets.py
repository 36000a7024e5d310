"""Choose ports for a local broker, and ask it over the wire whether it serves.

Speaks the two or three dozen bytes of the Kafka protocol that this needs, so that starting a broker
needs no Kafka client.
"""

import random
import socket
import struct
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
LOWEST_PORT: Final = 10_000
FALLBACK_EPHEMERAL: Final = 32_768
METADATA: Final = 3
METADATA_VERSION: Final = 4
CORRELATION_ID: Final = 0x6372_6F75
PROBE_TIMEOUT_S: Final = 2.0


def free_port() -> int:
    """Return a loopback port that is free now and that no outgoing connection will take.

    Ports that the kernel hands to outgoing connections are left out: while a broker restarts, a
    client that tries again and again may connect to itself there, and hold the broker's port.
    """
    candidates = range(LOWEST_PORT, max(_first_ephemeral_port(), LOWEST_PORT + 1_000))
    for port in random.SystemRandom().sample(candidates, k=100):
        if is_free(port):
            return port
    raise OSError("no free loopback port found")


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as listener:
        # As the broker does; otherwise connections that just ended would make it look taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
            listener.listen(1)
        except OSError:
            return False
        return True


def broker_serves(port: int) -> bool:
    """Tell whether a Kafka on this loopback port answers, with itself as a member of its cluster.

    A broker that still starts, or that its controller has not admitted yet, does not count.
    """
    body = struct.pack(">i?", 0, False)  # no topics wanted, none to be created
    header = struct.pack(">hhih", METADATA, METADATA_VERSION, CORRELATION_ID, -1)
    request = header + body
    try:
        with socket.create_connection((LOOPBACK, port), timeout=PROBE_TIMEOUT_S) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as reader:
                (size,) = struct.unpack(">i", reader.read(4))
                answer = reader.read(min(size, 65_536))
        correlation_id, _throttle_ms, brokers = struct.unpack_from(">iii", answer)
    except (OSError, struct.error):
        return False
    # Other servers answer too, and any bytes can be read as numbers.
    return bool(correlation_id == CORRELATION_ID and brokers >= 1)


def _first_ephemeral_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return FALLBACK_EPHEMERAL
