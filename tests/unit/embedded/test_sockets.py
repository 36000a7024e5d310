"""A broker's port is chosen with care, and 'it serves' means a Kafka answered."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from router.embedded import EmbeddedKafka
from router.embedded.sockets import CORRELATION_ID, LOOPBACK, broker_serves, free_port, is_free


@contextmanager
def server_that_answers(answer: bytes) -> Iterator[int]:
    """Listen on a free port, answer the first connection with these bytes, and hang up."""
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def metadata_answer(brokers: int) -> bytes:
    """The beginning of a Metadata response that names so many brokers."""
    body = struct.pack(">iii", CORRELATION_ID, 0, brokers) + b"\x00" * 16
    return struct.pack(">i", len(body)) + body


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server((LOOPBACK, free_port())):
        pass


def test_a_free_port_is_none_the_kernel_gives_to_clients() -> None:
    setting = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not setting.exists():
        pytest.skip("only Linux says which ports it gives to clients")
    first_for_clients = int(setting.read_text().split()[0])
    if first_for_clients < 11_000:
        pytest.skip("this machine gives nearly all ports to clients")

    assert all(free_port() < first_for_clients for _ in range(20))


def test_a_port_with_a_server_is_not_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        assert not is_free(listener.getsockname()[1])


def test_nobody_on_the_port_is_no_broker() -> None:
    assert not broker_serves(free_port())


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", metadata_answer(0)],
    ids=["hangs up", "breaks off", "speaks HTTP", "not yet admitted to its cluster"],
)
def test_a_server_that_is_no_ready_broker_does_not_count(answer: bytes) -> None:
    with server_that_answers(answer) as port:
        assert not broker_serves(port)


def test_a_broker_in_its_cluster_serves() -> None:
    with server_that_answers(metadata_answer(1)) as port:
        assert broker_serves(port)


def test_a_real_broker_serves(kafka: EmbeddedKafka) -> None:
    assert broker_serves(kafka.port)
