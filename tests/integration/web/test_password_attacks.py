"""Attacks on passwords and tokens: floods, rubbish, and requests that want to be two."""

import contextlib
import select
import socket
import threading
import time

import bcrypt
import pytest

from web_asking import ask, basic, bearer, connection_to, is_closed
from web_files import BEARER, TLS, users

TOKEN = "0123456789abcdef0123456789abcdef"
GUARDED = users(prometheus="secret", grafana="another")


@pytest.fixture
def slow_checks(monkeypatch):
    """Make bcrypt wait until it is let go, as if each check took very long."""
    let_go, real = threading.Semaphore(0), bcrypt.checkpw

    def check(password, hashed):
        assert let_go.acquire(timeout=60)
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", check)
    yield let_go
    let_go.release(100_000)


@pytest.fixture
def flood(connect):
    """Return a function that leaves wrong passwords waiting, each on a connection of its own."""

    def guess(handle, n, source="127.0.0.2"):
        lines = [
            f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic('prometheus', f'guess {k}')['Authorization']}"
            "\r\n\r\n"
            for k in range(n)
        ]
        return [connect(handle, line.encode(), source) for line in lines]

    return guess


def waiting(found, n):
    """Wait until ``n`` requests are being answered."""
    ended = time.monotonic() + 10
    while time.monotonic() < ended:
        if sum(one.is_answering for one in tuple(found.handle._guard.connections)) >= n:
            return
        time.sleep(0.01)
    raise AssertionError("they do not wait")


def test_64_wrong_passwords_do_not_stop_scrapes(served, slow_checks, flood):
    """While not a single check ends, scrapes whose password is known, tokens and health are answered."""
    found = served(GUARDED)
    slow_checks.release()
    assert ask(found.handle, headers=basic("prometheus", "secret"))[0] == 200
    clients = flood(found.handle, 64)
    waiting(found, 64)

    for _ in range(5):
        assert ask(found.handle, headers=basic("prometheus", "secret"))[0] == 200
        assert ask(found.handle, "/-/healthy")[0] == 200
        assert ask(found.handle, "/metrics")[0] == 401
    assert sum(found.denied[key] for key in found.denied if key[1] == "wrong_credentials") == 0
    slow_checks.release(64)
    assert all(b"401" in client.recv(64) for client in clients)
    found.assert_denied({("request", "no_credentials"): 5, ("request", "wrong_credentials"): 64})


def test_who_comes_for_the_first_time_waits_for_few(served, slow_checks, flood):
    """Another client's guesses do not stand before an honest one: it is next but one."""
    found = served(GUARDED)
    flood(found.handle, 64)
    waiting(found, 64)
    answers = []
    honest = threading.Thread(
        target=lambda: answers.append(ask(found.handle, headers=basic("grafana", "another"))[0])
    )
    honest.start()
    waiting(found, 65)
    slow_checks.release(3)
    honest.join(20)

    assert answers == [200]
    assert found.denied["request", "wrong_credentials"] <= 2


def test_a_flood_beyond_the_queue_is_told_at_once(served, slow_checks, flood):
    """Nothing grows: who is one too many hears it without a check, and only the attacker does."""
    before = set(threading.enumerate())
    found = served(GUARDED)
    clients = flood(found.handle, 100)
    found.assert_denied({("request", "too_many_checks"): 100 - 65})
    told, _, _ = select.select(clients, [], [], 1.0)
    assert len(told) == 100 - 65
    assert all(b" 429 " in client.recv(64) for client in told)
    names = [thread.name for thread in set(threading.enumerate()) - before]
    assert sum(name.startswith("mlexporter-password") for name in names) == 1


def test_a_token_is_never_behind_passwords(served, slow_checks, flood):
    """It needs no slow check."""
    found = served(GUARDED)
    (found.files.folder / "tokens").write_text(TOKEN)
    found.read(GUARDED + BEARER)
    flood(found.handle, 64)
    waiting(found, 64)

    assert ask(found.handle, headers=bearer(TOKEN))[0] == 200


def test_clients_that_do_not_wait_for_the_verdict(served, flood):
    """Who asks and goes away does not hold the line up for ever."""
    found = served(GUARDED)
    for _ in range(3):
        for client in flood(found.handle, 30, "127.0.0.1"):
            client.close()
    ended = time.monotonic() + 20
    while ask(found.handle, headers=basic("prometheus", "secret"))[0] != 200:
        assert time.monotonic() < ended
        time.sleep(0.05)


def raw(handle, data):
    """Return everything that the server answers to raw bytes."""
    with socket.create_connection((handle.host, handle.port), timeout=20) as client:
        received = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(data)
        with contextlib.suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
        return received


SECOND = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
RIGHT = f"Authorization: {basic('prometheus', 'secret')['Authorization']}\r\n".encode()


@pytest.mark.parametrize(
    "lines",
    [
        b"Authorization: Basic " + b"A" * 12_000 + b"\r\n",
        b"Authorization: Basic \xff\xfe\xfd\r\n",
        b"Authorization: Basic =\r\n",
        b"Authorization: Basic Og==\r\n",
        b"Authorization: Bearer \r\n",
        b"Authorization: Negotiate abc\r\n",
        b"Authorization:\r\n",
        RIGHT + RIGHT,
        RIGHT + b"AUTHORIZATION: Basic Zm9vOmJhcg==\r\n",
        b"Proxy-" + RIGHT,
        b"X-Forwarded-User: prometheus\r\nX-Remote-User: prometheus\r\n",
        b"X-Original-URL: /-/healthy\r\nX-Rewrite-URL: /-/healthy\r\n",
        b"Cookie: " + RIGHT,
        RIGHT.replace(b": Basic", b" : Basic"),
        b"X: a\rAuthorization: Basic\r\n",
        b"X: a\0b\r\n",
    ],
)  # fmt: skip
def test_headers_of_rubbish(served, lines):
    """Each is refused: nothing is given, nothing breaks, no header of the client comes back."""
    found = served(GUARDED)

    answer = raw(found.handle, b"GET /metrics HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n")

    assert answer.split()[1] in {b"401", b"400"}
    assert b"mlexporter_build_info" not in answer
    assert b"Set-Cookie" not in answer
    assert ask(found.handle, headers=basic("prometheus", "secret"))[0] == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /-/healthy HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n      ",
        b"GET /-/healthy HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SECOND,
        b"GET /-/healthy HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
        b"GET /-/healthy HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + SECOND,
        b"GET /-/healthy HTTP/1.0\r\n\r\nGET /metrics HTTP/1.0\r\n\r\n",
        b"GET /metrics?/-/healthy HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://a/-/healthy/../../metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%2e%2e/metrics#/-/healthy HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    ],
)  # fmt: skip
def test_requests_behind_an_open_one(served, request_bytes):
    """What follows health on one connection, or pretends to be it, is asked for its password too."""
    found = served(GUARDED)

    answer = raw(
        found.handle, request_bytes + b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )

    assert b"mlexporter_build_info" not in answer
    assert b"HTTP/1.1 " in answer
    assert {line.split()[1] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")} <= {
        b"200", b"400", b"401", b"405", b"413",
    }  # fmt: skip
    assert answer.count(b"HTTP/1.1 200") <= 1


def test_a_body_that_is_not_asked_for(served):
    """A refusal closes the connection: megabytes behind it are not read."""
    found = served(GUARDED)
    with socket.create_connection((found.handle.host, found.handle.port), timeout=20) as client:
        client.sendall(b"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 401")
        assert is_closed(client)


def test_many_names(served):
    """Hundreds of names that nobody has leave nothing behind, and are counted."""
    found = served(GUARDED)
    for number in range(200):
        assert ask(found.handle, headers=basic(f"user {number}", "secret"))[0] == 401

    assert found.config.credentials._accepted == {}
    found.assert_denied({("request", "wrong_credentials"): 200})


def test_a_password_that_is_taken_away(served):
    """It does not hold for the connection that is open, nor for what is remembered."""
    found = served(TLS + GUARDED)
    with contextlib.closing(connection_to(found.handle, found.files.context())) as kept:
        for status in (200, 200):
            kept.request("GET", "/metrics", headers=basic("prometheus", "secret"))
            answer = kept.getresponse()
            assert (answer.status, bool(answer.read())) == (status, True)
        found.read(TLS + users(prometheus="new", grafana="another"))
        kept.request("GET", "/metrics", headers=basic("prometheus", "secret"))
        assert kept.getresponse().status == 401


def test_answers_do_not_differ_by_whether_a_name_exists(served):
    """Byte for byte, but for the date."""
    found = served(GUARDED)

    answers = [
        ask(found.handle, headers=headers)
        for headers in (basic("prometheus", "guess"), basic("nobody", "guess"), {}, bearer(TOKEN))
    ]

    def told(answer):
        status, headers, body = answer
        return (
            status,
            sorted((name, value) for name, value in headers.items() if name.lower() != "date"),
            body,
        )

    assert len({repr(told(answer)) for answer in answers}) == 1
