"""The application around the endpoints: what is open, what is not, and with which headers."""

import base64

import pytest

from mlexporter.exposition import authentication
from mlexporter.exposition.asgi import metrics_app
from mlexporter.exposition.authentication import protected
from mlexporter.exposition.web_config import read_web_config
from web_files import BEARER, MUTUAL, users

TOKEN = "0123456789abcdef0123456789abcdef"
RIGHT = b"Basic " + base64.b64encode(b"prometheus:secret")
WRONG = b"Basic " + base64.b64encode(b"prometheus:guess")


@pytest.fixture
def served(files, view):
    """Return a function that serves with a web configuration and returns what asks."""

    def serve(text, host="192.0.2.1"):
        denied = []
        (files.folder / "tokens").write_text(TOKEN)
        config = read_web_config(files.write(text))
        inner = metrics_app(
            lambda: view, page=True, listener_host=host, on_denied=lambda *what: denied.append(what)
        )

        async def ask(path="/metrics", *headers, method="GET"):
            sent = []

            async def send(message):
                sent.append(message)

            async def receive():
                raise AssertionError("the body of a request is read by nobody")

            scope = {
                "type": "http", "method": method, "path": path, "headers": list(headers),
                "client": ("198.51.100.7", 1),
            }  # fmt: skip
            await ask.application(scope, receive, send)
            return sent[0]["status"], sent[0]["headers"], sent[1]["body"]

        ask.config, ask.denied = config, denied
        ask.application = protected(inner, lambda: ask.config, lambda *what: denied.append(what))
        return ask

    return serve


async def test_health_is_open_and_says_nothing(served):
    """A kubelet has no password; what it is told is no data."""
    ask = served(users(prometheus="secret"))

    assert (await ask("/-/healthy"))[::2] == (200, b"ok\n")
    assert (await ask("/-/ready"))[::2] == (200, b"ok\n")
    assert (await ask("/-/ready", method="POST"))[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/",
        "/-/reload",
        "/nothing",
        "/-/healthy/",
        "//-/healthy",
        "/-/healthy/../metrics",
        "/-/HEALTHY",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
async def test_everything_else_is_closed(served, path, method):
    """Whether an address exists or not is not told either."""
    ask = served(users(prometheus="secret") + BEARER)

    status, headers, body = await ask(path, method=method)

    assert status == 401
    assert [value for name, value in headers if name == b"www-authenticate"] == [
        b'Basic realm="mlexporter", charset="UTF-8"', b'Bearer realm="mlexporter"',
    ]  # fmt: skip
    assert (b"connection", b"close") in headers
    assert body == (b"" if method == "HEAD" else b"not authorised\n")
    assert ask.denied == [("request", "no_credentials")]


async def test_passwords_and_tokens(served):
    """Either lets in; what is wrong is counted."""
    ask = served(users(prometheus="secret") + BEARER)

    assert (await ask("/metrics", (b"authorization", RIGHT)))[0] == 200
    assert (await ask("/metrics", (b"authorization", b"Bearer " + TOKEN.encode())))[0] == 200
    assert (await ask("/metrics", (b"authorization", WRONG)))[0] == 401
    assert (await ask("/metrics", (b"authorization", RIGHT), (b"authorization", WRONG)))[0] == 401
    assert ask.denied == [("request", "wrong_credentials")] * 2


async def test_the_page_needs_somebody_who_is_known(served):
    """With a password it is shown on any address and under any name; without authentication as before."""
    guarded, mutual, bare = served(users(prometheus="secret")), served(MUTUAL), served("")

    host = (b"host", b"mlexporter.example.org")
    status, headers, _ = await guarded("/", (b"authorization", RIGHT), host)
    assert (status, dict(headers)[b"content-type"]) == (200, b"text/html; charset=utf-8")
    assert (await mutual("/", host))[0] == 200
    assert (await bare("/", host))[0] == 403
    assert bare.denied == [("page", "listener")]
    assert (await served("", host="127.0.0.1")("/", host))[0] == 403


async def test_headers_replace_ours_or_leave_them_out(served):
    """On every answer, refusals and health included."""
    ask = served(
        users(prometheus="secret")
        + "http_server_config:\n  headers:\n    Content-Security-Policy: default-src 'none'\n"
        "    X-Content-Type-Options:\n    X-Frame-Options: deny\n"
    )

    for path in ("/metrics", "/-/healthy"):
        names = [name for name, _ in (await ask(path))[1]]
        assert names.count(b"content-security-policy") == names.count(b"x-frame-options") == 1
        assert b"x-content-type-options" not in names
        assert dict((await ask(path))[1])[b"content-security-policy"] == b"default-src 'none'"


async def test_a_rate(served, monkeypatch):
    """A burst, then one each interval; health does not count, and nobody is checked beyond it."""
    now = [100.0]
    monkeypatch.setattr(authentication.time, "monotonic", lambda: now[0])
    ask = served("rate_limit: {interval: 2s, burst: 3}\n" + users(prometheus="secret"))

    async def statuses(n):
        return [(await ask("/metrics", (b"authorization", RIGHT)))[0] for _ in range(n)]

    assert await statuses(5) == [200, 200, 200, 429, 429]
    assert (await ask("/-/healthy"))[0] == 200
    now[0] += 2.0
    assert await statuses(2) == [200, 429]
    now[0] += 3600.0
    assert await statuses(4) == [200, 200, 200, 429]
    assert set(ask.denied) == {("request", "rate_limit")}
    ask.config = ask.config._replace(rate_limit=None)
    assert await statuses(4) == [200] * 4


async def test_too_many_checks(served, monkeypatch):
    """Who is one too many is told to come again, and it is counted."""

    async def full(*_):
        return None

    monkeypatch.setattr(authentication.Turns, "take", full)
    ask = served(users(prometheus="secret"))

    status, headers, _ = await ask("/metrics", (b"authorization", RIGHT))

    assert (status, dict(headers)[b"retry-after"]) == (429, b"5")
    assert ask.denied == [("request", "too_many_checks")]


async def test_a_new_reading_holds_for_the_next_request(served, files):
    """Also on a connection that is open: a password that was taken away lets nobody in."""
    ask = served(users(prometheus="secret"))
    assert (await ask("/metrics", (b"authorization", RIGHT)))[0] == 200

    ask.config = read_web_config(files.write(users(prometheus="other")))

    assert (await ask("/metrics", (b"authorization", RIGHT)))[0] == 401


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8::1:2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("x", "x"),
    ],
)
def test_whose_turn(address, client):
    """A network of IPv6 is one client: it has more addresses than there are turns."""
    assert authentication._client({"client": (address, 1)}) == client
    assert authentication._client({"client": None}) == ""
