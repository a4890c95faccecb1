import contextlib
import socket
import time
from collections import Counter

import pytest

from mlexporter.exposition.server import serve
from mlexporter.exposition.web_config import read_web_config
from web_files import WebFiles

PATIENCE_SECONDS = 20.0


class Served:
    """A server in this process with a web configuration; ``config`` may be replaced while it runs.

    Attributes:
        denied: What was turned away, counted.
    """

    def __init__(self, handle, config, denied, files):
        self.handle = handle
        self.config = config
        self.denied = denied
        self.files = files

    def assert_denied(self, expected):
        """Assert what was turned away; a refused handshake is told to the client first, and counted then."""
        ended = time.monotonic() + 5
        while self.denied != expected and time.monotonic() < ended:
            time.sleep(0.02)
        assert self.denied == expected

    def read(self, text):
        """Read another text from now on."""
        self.config = read_web_config(self.files.write(text))


@pytest.fixture
def files(tmp_path):
    """A folder with certificates, in which web configuration files are written."""
    return WebFiles(tmp_path)


@pytest.fixture
def served(files, view):
    """Return a function that serves ``view`` with a web configuration, on a free port of loopback."""
    with contextlib.ExitStack() as stack:

        def start(text, **settings):
            denied = Counter()
            found = Served(None, read_web_config(files.write(text)), denied, files)
            found.handle = stack.enter_context(
                serve(
                    lambda: view,
                    port=0,
                    on_denied=lambda *what: denied.update([what]),
                    web=lambda: found.config,
                    **settings,
                )
            )
            return found

        yield start


@pytest.fixture
def connect():
    """Return a function that opens a TCP connection; all are closed after the test."""
    with contextlib.ExitStack() as stack:

        def open_one(handle, sent=b"", source="127.0.0.1"):
            client = stack.enter_context(socket.socket())
            client.settimeout(PATIENCE_SECONDS)
            client.bind((source, 0))
            client.connect((handle.host, handle.port))
            if sent:
                client.sendall(sent)
            return client

        yield open_one
