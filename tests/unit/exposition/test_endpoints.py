import sys
import types

import pytest

from mlexporter.exposition.endpoints import Endpoints, Request, Response, is_local_host_header, is_loopback


@pytest.fixture
def answer(view, monkeypatch):
    """Return a function from a request to its response, with the page replaced by one word."""
    page = types.ModuleType("mlexporter.exposition.page")
    page.render_page = lambda view, *, now: "<p>page</p>"
    monkeypatch.setitem(sys.modules, "mlexporter.exposition.page", page)

    def ask(path="/metrics", method="GET", *, headers=None, is_mounted=False, **options):
        found = Endpoints(lambda: view, **options).answer(
            Request(method, path, headers or {"host": "localhost"}, is_mounted=is_mounted)
        )
        return found if isinstance(found, Response) else found()

    return ask


def test_metrics(answer):
    """Text by default, with its exact type and length, and never kept by anybody."""
    response = answer()
    headers = dict(response.headers)
    assert response.status == 200
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert headers["content-length"] == str(len(response.body))
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/metric",
        "/metrics/",
        "//metrics",
        "/../metrics",
        "/metrics/../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/static/../-/ready",
        "/metrics\x00",
        "/-/",
        "/favicon.ico",
    ],
)
def test_unknown_paths(answer, path):
    """Only exact paths exist; nothing is ever looked up by path."""
    assert answer(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods(answer, method):
    """Everything is read-only."""
    response = answer(method=method)
    assert response.status == 405
    assert dict(response.headers)["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "headers", [{"content-length": "5"}, {"transfer-encoding": "chunked"}, {"content-length": "x"}]
)
def test_bodies_are_refused(answer, headers):
    """A request with a body is answered without reading it, and the connection is closed."""
    for method, status in (("GET", 413), ("POST", 405)):
        response = answer(method=method, headers=headers)
        assert response.status == status
        assert dict(response.headers)["connection"] == "close"
    assert answer(headers={"content-length": "0"}).status == 200


def test_probes(answer):
    """Healthy always; ready when somebody says so."""
    assert answer("/-/healthy").status == 200
    assert answer("/-/ready").status == 200
    assert answer("/-/ready", is_ready=lambda: False).status == 503
    assert answer("/-/healthy", is_ready=lambda: False).status == 200


def test_a_mounted_application_has_no_page(answer):
    """Where it is mounted it gives the metrics; at the root of a server without a page, nothing."""
    assert answer("/", listener_host="127.0.0.1").status == 404
    for path in ("", "/", "/metrics"):
        assert answer(path, is_mounted=True).content_type.startswith("text/plain; version")


@pytest.mark.parametrize(
    ("listener", "host", "reason"),
    [
        ("127.0.0.1", "localhost:9469", None),
        ("127.0.0.1", "LOCALHOST", None),
        ("127.0.0.1", "127.0.0.1:1", None),
        ("::1", "[::1]:9469", None),
        ("127.0.0.1", "evil.example", "host"),
        ("127.0.0.1", "localhost.evil.example:9469", "host"),
        ("127.0.0.1", "evil@localhost", "host"),
        ("127.0.0.1", "127.0.0.1.nip.io", "host"),
        ("127.0.0.1", "localhost:9469:1", "host"),
        ("127.0.0.1", "169.254.169.254", "host"),
        ("127.0.0.1", "[::1", "host"),
        ("127.0.0.1", "", "host"),
        ("0.0.0.0", "localhost", "listener"),
        ("10.0.0.5", "localhost", "listener"),
        ("::", "[::1]", "listener"),
        (None, "localhost", "listener"),
    ],
)
def test_who_sees_the_page(answer, listener, host, reason):
    """Only a loopback listener under a local name shows it; a refusal says how, and is counted."""
    denied = []
    response = answer(
        "/",
        page=True,
        listener_host=listener,
        headers={"host": host},
        on_denied=lambda *what: denied.append(what),
    )
    if reason is None:
        assert (response.status, response.body, denied) == (200, b"<p>page</p>", [])
    else:
        assert response.status == 403
        assert b"127.0.0.1" in response.body
        assert denied == [("page", reason)]


def test_metrics_are_given_under_any_host_name(answer):
    """Prometheus scrapes by name; only the page is for browsers."""
    assert answer(headers={"host": "exporter.monitoring.svc"}).status == 200


@pytest.mark.parametrize("path", ["/metrics", "/"])
def test_an_error_is_reported_and_passed_on(path):
    """Where no view can be made, somebody is told."""
    errors = []

    def source():
        raise RuntimeError("no view")

    endpoints = Endpoints(
        source, page=True, listener_host="127.0.0.1", on_error=lambda *what: errors.append(what)
    )
    render = endpoints.answer(Request("GET", path, {"host": "localhost"}))
    with pytest.raises(RuntimeError, match="no view"):
        render()
    assert [stage for stage, _ in errors] == ["render"]


def test_loopback():
    """Names are not resolved: only localhost and addresses count."""
    assert is_loopback("127.8.8.8")
    assert is_loopback("[::1]")
    assert not is_loopback("localhost.example")
    assert not is_local_host_header("localhost:")
