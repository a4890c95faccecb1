import asyncio
import threading

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from mlexporter import catalogue
from mlexporter.exposition.asgi import metrics_app


def _client(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


@pytest.fixture
async def client(view):
    """Return a client of the application by itself."""
    async with _client(metrics_app(lambda: view)) as client:
        yield client


async def test_get_and_head(client):
    """HEAD has the headers of GET and no body."""
    got = await client.get("/metrics", headers={"accept-encoding": "identity"})
    head = await client.head("/metrics", headers={"accept-encoding": "identity"})
    assert catalogue.PREDICTIONS.name in got.text
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(got.content))


async def test_compressed(client):
    """Compression is undone by the client and holds the same text."""
    plain = await client.get("/metrics", headers={"accept-encoding": "identity"})
    packed = await client.get("/metrics", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 3


async def test_openmetrics(client):
    """A client that asks for OpenMetrics gets it."""
    response = await client.get("/metrics", headers={"accept": "application/openmetrics-text;version=1.0.0"})
    assert response.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert response.text.endswith("# EOF\n")


@pytest.mark.parametrize("mount", ["/metrics", "/monitoring", "/a/b", ""])
async def test_mounted(view, mount):
    """Inside another application the metrics are at the mount and at /metrics below it, never the page."""
    host = Starlette(routes=[Mount(mount, app=metrics_app(lambda: view))])
    paths = [f"{mount}/metrics"] + ([f"{mount}/"] if mount else [])
    async with _client(host) as client:
        for path in paths:
            assert catalogue.PREDICTIONS.name in (await client.get(path)).text, path
        assert (await client.get(f"{mount}/-/healthy")).status_code == 200
        assert (await client.get(f"{mount}/nothing")).status_code == 404


async def test_lifespan(view):
    """A server that tells of start and end is answered."""
    told = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent = []

    async def receive():
        return next(told)

    async def send(message):
        sent.append(message["type"])

    await metrics_app(lambda: view)({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_rendering_is_off_the_event_loop(view):
    """While a view is made, the loop answers others."""
    go_on = threading.Event()
    loop, began = asyncio.get_running_loop(), asyncio.Event()
    rendering_threads = []

    def source():
        rendering_threads.append(threading.current_thread())
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(10)
        return view

    app = metrics_app(source)
    slow = asyncio.create_task(_get(app, "/metrics"))
    await began.wait()
    assert await _get(app, "/-/healthy") == 200
    assert not slow.done()
    go_on.set()
    assert await slow == 200
    assert rendering_threads[0] is not threading.current_thread()


async def test_websockets_are_closed(view):
    """There is nothing to talk to."""
    sent = []

    async def send(message):
        sent.append(message)

    await metrics_app(lambda: view)({"type": "websocket", "path": "/metrics", "headers": []}, None, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def _get(app, path):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await app(scope, None, send)
    return sent[0]["status"]
