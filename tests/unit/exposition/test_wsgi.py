import gzip
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from mlexporter import catalogue
from mlexporter.exposition.wsgi import metrics_app


@pytest.fixture
def get(view):
    """Return a function that asks the application, watched by wsgiref's validator."""
    app = validator(metrics_app(lambda: view))

    def ask(path, method="GET", **environment):
        started = []
        full = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "QUERY_STRING": "",
            "SCRIPT_NAME": "",
        } | environment
        setup_testing_defaults(full)
        answer = app(full, lambda status, headers, _=None: started.append((status, dict(headers))))
        body = b"".join(answer)
        answer.close()
        return started[0][0], started[0][1], body

    return ask


def test_metrics(get):
    """The same content as over ASGI."""
    status, headers, body = get("/metrics")
    assert status == "200 OK"
    assert headers["Content-Length"] == str(len(body))
    assert catalogue.PREDICTIONS.name.encode() in body


def test_accept_headers_are_read(get):
    """Format and compression follow the client."""
    _, headers, body = get(
        "/metrics", HTTP_ACCEPT="application/openmetrics-text", HTTP_ACCEPT_ENCODING="gzip, deflate"
    )
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).endswith(b"# EOF\n")


def test_head(get):
    """HEAD has no body and the length of the whole."""
    _, headers, body = get("/metrics", "HEAD")
    assert body == b""
    assert int(headers["Content-Length"]) > 1000


def test_mounted_and_elsewhere(get):
    """The mount gives metrics; the root has no page; other paths and methods do not exist."""
    assert get("/", SCRIPT_NAME="/metrics")[0] == "200 OK"
    assert get("/")[0] == "404 Not Found"
    assert get("/-/ready")[0] == "200 OK"
    assert get("/metrics", "POST", CONTENT_LENGTH="3")[0] == "405 Method Not Allowed"
