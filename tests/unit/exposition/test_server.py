import asyncio
import http.client
import logging
import signal
import socket
import subprocess
import sys
import threading

import pytest

from mlexporter import catalogue
from mlexporter.errors import PortInUseError
from mlexporter.exposition.server import serve


def _get(handle, path="/metrics", host=None):
    connection = http.client.HTTPConnection(host or handle.host, handle.port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_serves_and_closes(view):
    """A chosen port, an address to open, and nothing left after closing twice."""
    handle = serve(lambda: view, port=0)
    assert handle.url == f"http://127.0.0.1:{handle.port}"
    status, body = _get(handle)
    assert status == 200
    assert catalogue.PREDICTIONS.name.encode() in body
    handle.close()
    handle.close()
    assert handle.is_closed
    with pytest.raises(ConnectionRefusedError):
        _get(handle)
    assert not any(thread.name == "mlexporter-serve" for thread in threading.enumerate())


def test_is_a_context_manager(view):
    """Leaving the block frees the port at once, so that it can be bound again."""
    with serve(lambda: view, port=0) as handle:
        assert _get(handle, "/-/ready") == (200, b"ok\n")
    with serve(lambda: view, port=handle.port) as again:
        assert again.port == handle.port


def test_a_taken_port(view):
    """The error names the address and the way out."""
    with serve(lambda: view, port=0) as handle, pytest.raises(PortInUseError) as caught:
        serve(lambda: view, port=handle.port)
    assert f"port={handle.port}" in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert "port=0" in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours(view, host):
    """An address of another machine, or none at all, is told apart from a taken port."""
    with pytest.raises(PortInUseError, match="choose an address of this machine") as caught:
        serve(lambda: view, host=host, port=0)
    assert host in str(caught.value)


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_ipv6(view, host):
    """Literal IPv6 addresses work with and without brackets."""
    with serve(lambda: view, host=host, port=0) as handle:
        assert handle.url == f"http://[::1]:{handle.port}"
        assert _get(handle)[0] == 200


def test_every_address(view):
    """Listening everywhere, the address to open is still this machine, and the page is refused."""
    denied = []
    with serve(lambda: view, host="0.0.0.0", port=0, on_denied=lambda *what: denied.append(what)) as handle:
        assert handle.url == f"http://127.0.0.1:{handle.port}"
        assert _get(handle, host="127.0.0.1")[0] == 200
        assert _get(handle, "/", host="127.0.0.1")[0] == 403
    assert denied == [("page", "listener")]


async def test_inside_a_running_event_loop(view):
    """Called from a coroutine it neither blocks nor borrows that loop."""
    with serve(lambda: view, port=0) as handle:
        status, _ = await asyncio.to_thread(_get, handle)
        assert status == 200


def test_signals_and_logging_stay(view, caplog):
    """The host process keeps its signal handlers and loggers, and hears nothing from uvicorn."""
    names = ("", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with caplog.at_level(logging.INFO), serve(lambda: view, port=0) as handle:
        _get(handle)
        with socket.create_connection((handle.host, handle.port)) as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert b"400" in client.recv(1000)
    assert caplog.records == []
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert [(logger.level, list(logger.handlers), logger.propagate) for logger in loggers] == before


def test_a_server_that_cannot_start_says_so(view, monkeypatch):
    """A failure in the thread is raised to the caller, and the port is free again."""
    from mlexporter.exposition import server

    def broken(*_):
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(server, "_protocol_factory", broken)
        with pytest.raises(RuntimeError, match="broken"):
            serve(lambda: view, port=0)
    assert not any(
        thread.name == "mlexporter-serve" and thread.is_alive() for thread in threading.enumerate()
    )


def test_a_failing_source_is_a_500(view):
    """The error is told, the client gets 500, and the next scrape works."""
    errors, views = [], iter([None, view])

    def source():
        found = next(views)
        if found is None:
            raise RuntimeError("no view yet")
        return found

    with serve(source, port=0, on_error=lambda *what: errors.append(what)) as handle:
        assert _get(handle)[0] == 500
        assert _get(handle)[0] == 200
    assert [stage for stage, _ in errors] == ["render"]


def test_closing_does_not_wait_for_a_stuck_answer(view):
    """An answer that never ends holds the close up for seconds at most."""
    go_on, asked = threading.Event(), threading.Event()

    def source():
        asked.set()
        go_on.wait(20)
        return view

    handle = serve(source, port=0)
    with socket.create_connection((handle.host, handle.port)) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert asked.wait(10)
        handle.close()
        assert client.recv(10) == b""
    go_on.set()


_PROGRAM = """
import sys
from mlexporter.exposition.server import serve
handle = serve(lambda: None, port=0)
print(handle.url, flush=True)
"""


@pytest.mark.slow
def test_the_interpreter_can_end():
    """A program that never closes its server still ends by itself, and quietly."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, timeout=30, check=True, text=True
    )
    assert done.stdout.startswith("http://127.0.0.1:")
    assert done.stderr == ""


@pytest.mark.slow
def test_importing_the_server_is_cheap():
    """uvicorn, starlette and prometheus_client are loaded only by those who use them."""
    program = (
        "import sys, mlexporter.exposition.server, mlexporter.exposition.collector, mlexporter.exposition.wsgi;"
        "print([m for m in ('uvicorn', 'starlette', 'prometheus_client', 'h11', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=True, text=True
    )
    assert done.stdout.strip() == "[]"
