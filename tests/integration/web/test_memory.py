"""What connections over TLS leave behind: nothing, also where nobody collects rubbish for a long time."""

import asyncio.sslproto
import contextlib
import gc
import socket
import ssl
import struct
import time

import pytest

from web_asking import ask, is_closed
from web_files import MUTUAL, TLS

PATIENCE_SECONDS = 30.0
"""Some ends wait for a time limit of the server, of five seconds."""
HEALTH = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def left():
    """Return a function that counts what connections left, waiting a while for none."""

    def count():
        ended = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = sum(isinstance(each, asyncio.sslproto.SSLProtocol) for each in gc.get_objects())
            if not found or time.monotonic() > ended:
                return found
            time.sleep(0.02)

    gc.collect()
    gc.disable()
    yield count
    gc.enable()


@pytest.fixture
def shake(served, connect):
    """Return a function that makes an encrypted connection to ``found``, sends and reads an answer."""
    with contextlib.ExitStack() as stack:

        def begin(found, sent=HEALTH):
            client = found.files.context().wrap_socket(connect(found.handle), server_hostname="localhost")
            stack.enter_context(client)
            client.sendall(sent)
            client.recv(100)
            return client

        yield begin


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_requests(served, shake, left):
    """Whoever ends the connection, and however: its buffers are a third of a megabyte."""
    found = served(TLS)
    for _ in range(3):
        assert ask(found.handle, context=found.files.context())[0] == 200
        shake(found).close()
        reset(shake(found))
        shake(found, HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).close()
        assert is_closed(shake(found, b"\x00\x01\r\n\r\n"))

    assert left() == 0


def test_handshakes_that_fail(served, connect, left):
    """Of rubbish, of clients that go away, of those that are too slow, and of those without a certificate."""
    found = served(MUTUAL, header_timeout=0.5)
    for sent in (b"\x16\x03\x01" + b"x" * 300, b"\x16", b"\x16\x03"):
        assert is_closed(connect(found.handle, sent))
    with connect(found.handle, b"\x16"):
        pass
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        ask(found.handle, context=found.files.context())

    assert left() == 0
