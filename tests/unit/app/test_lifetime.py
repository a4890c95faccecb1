"""The end of a process in which uvicorn serves; what a real one does is tried in ``tests/integration/serving``."""

import asyncio
import signal
import sys
import types

import pytest

from mlexporter.app import lifetime


@pytest.fixture
def server(monkeypatch):
    """A class like uvicorn's, found where uvicorn's is; ``ended`` grows with each end that we see to."""

    class Server:
        def __init__(self, *captured, error=None):
            self._captured_signals, self._error = list(captured), error

        async def shutdown(self, sockets=None):
            """Shut down."""
            if self._error is not None:
                raise self._error
            return sockets

    module = types.ModuleType("uvicorn.server")
    module.Server = Server
    monkeypatch.setitem(sys.modules, "uvicorn.server", module)
    Server.ended = []
    monkeypatch.setattr(lifetime, "_at_end", lambda: Server.ended.append("end"))
    return Server


def test_a_signal_that_will_come_again_is_the_end(server):
    """Once, however often it was looked for; what it is given and returns passes through."""
    lifetime._watch_uvicorn()
    lifetime._watch_uvicorn()

    assert asyncio.run(server(signal.SIGTERM).shutdown(sockets=["a"])) == ["a"]
    assert server.ended == ["end"]
    assert server.shutdown.__doc__ == "Shut down."


def test_a_server_that_ends_by_itself_is_not_the_end(server):
    """In a test or in a thread, or by Ctrl-C, after which Python ends as ever."""
    lifetime._watch_uvicorn()

    asyncio.run(server().shutdown())
    asyncio.run(server(signal.SIGINT).shutdown())
    assert server.ended == []


def test_what_goes_wrong_in_a_server_goes_on(server):
    """The signal comes all the same."""
    lifetime._watch_uvicorn()

    with pytest.raises(OSError, match="no such socket"):
        asyncio.run(server(signal.SIGTERM, error=OSError("no such socket")).shutdown())
    assert server.ended == ["end"]


@pytest.mark.parametrize("module", [None, types.ModuleType("uvicorn.server")], ids=["absent", "another"])
def test_without_a_server_nothing_happens(monkeypatch, module):
    """No uvicorn, or one that is made otherwise."""
    monkeypatch.setitem(sys.modules, "uvicorn.server", module)
    lifetime._watch_uvicorn()


def test_a_server_that_keeps_no_signals_needs_nothing(server):
    """Versions before 0.29 end in order."""
    lifetime._watch_uvicorn()
    old = server(signal.SIGTERM)
    del old._captured_signals

    asyncio.run(old.shutdown())
    assert server.ended == []
