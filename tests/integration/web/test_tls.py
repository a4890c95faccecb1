"""TLS as it is served: handshakes, clients that stay silent, certificates that change."""

import contextlib
import http.client
import socket
import ssl
import threading
import time

import pytest
import trustme

from web_asking import ask, connection_to, is_closed
from web_files import MUTUAL, TLS

N_ATTACKERS = 120
CLIENT_HELLO = bytes.fromhex("1603010200010001fc0303")


def assert_served(served, **how):
    """An honest scrape is answered."""
    status, _, body = ask(served.handle, context=served.files.context(), **how)
    assert (status, b"mlexporter_build_info" in body) == (200, True)


def test_it_is_https(served):
    """The address says so, and the metrics, the page and health are there."""
    found = served(TLS)

    assert found.handle.url == f"https://127.0.0.1:{found.handle.port}"
    for path in ("/metrics", "/", "/-/healthy"):
        assert ask(found.handle, path, context=found.files.context())[0] == 200
    found.assert_denied({})


@pytest.mark.parametrize("sent", [b"", b"\x16", CLIENT_HELLO])
def test_silent_clients(served, connect, sent):
    """120 that say nothing, or half a hello, do not stay, and each is counted."""
    found = served(TLS, header_timeout=1.0)
    clients = [connect(found.handle, sent) for _ in range(N_ATTACKERS)]
    assert all(is_closed(client) for client in clients)
    found.assert_denied({("connection", "header_timeout"): N_ATTACKERS})
    assert_served(found)


@pytest.mark.parametrize("sent", [b"", b"\x16", CLIENT_HELLO])
def test_a_scrape_does_not_wait_for_silent_clients(served, connect, sent):
    """It is answered while all 120 are still there and have all the time in the world."""
    found = served(TLS, header_timeout=600.0)
    for _ in range(N_ATTACKERS):
        connect(found.handle, sent)
    for _ in range(3):
        assert_served(found)
    assert len(found.handle._guard.connections) >= N_ATTACKERS
    assert found.denied == {}


def test_silence_after_the_handshake(served):
    """Who shakes hands and asks nothing is cut off as well."""
    found = served(TLS, header_timeout=1.0)
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(20):
            plain = stack.enter_context(
                socket.create_connection((found.handle.host, found.handle.port), timeout=20)
            )
            clients.append(
                stack.enter_context(found.files.context().wrap_socket(plain, server_hostname="localhost"))
            )
        assert_served(found)
        for client in clients:
            with contextlib.suppress(OSError):
                assert client.recv(1) == b""
    found.assert_denied({("connection", "header_timeout"): 20})


def test_slow_bytes_of_a_handshake(served, connect):
    """A byte now and then does not extend the time."""
    found = served(TLS, header_timeout=1.0)
    client = connect(found.handle, b"\x16")
    ended = time.monotonic() + 10
    with contextlib.suppress(ConnectionError):
        while time.monotonic() < ended:
            client.sendall(b"\x03")
            time.sleep(0.1)
    assert time.monotonic() < ended


def test_connections_before_their_handshake_count(served, connect):
    """The cap holds for them: the oldest silent ones lose their place."""
    found = served(TLS, connection_limit=32)
    for _ in range(100):
        connect(found.handle)
    for _ in range(3):
        assert_served(found)
    assert found.denied["connection", "connection_limit"] >= 100 + 1 - 32


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x00" * 64,
        b"\xff\xfe\xfd",
        b"SSH-2.0-x\r\n",
        b"\x80.\x01\x03\x01",
    ],
)
def test_what_is_no_tls(served, connect, sent):
    """Plain HTTP and garbage are told to use https, and counted; nothing of the metrics is given."""
    found = served(TLS)
    client = connect(found.handle, sent)
    answer = b""
    with contextlib.suppress(ConnectionError):
        while chunk := client.recv(4096):
            answer += chunk

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b"ask by https.\n")
    found.assert_denied({("connection", "no_tls"): 1})
    assert_served(found)


@pytest.mark.parametrize(
    "garbage", [b"\x16" + b"\x00" * 100, b"\x16\x03\x01\x00\x05" + b"\xff" * 5, CLIENT_HELLO + b"\x00" * 600]
)
def test_garbage_that_looks_like_a_handshake(served, connect, garbage):
    """It fails, is counted, and nothing is logged or left behind."""
    found = served(TLS, header_timeout=2.0)

    assert is_closed(connect(found.handle, garbage))
    assert_served(found)
    assert sum(found.denied.values()) == 1
    assert set(found.denied) <= {("connection", "tls_handshake"), ("connection", "header_timeout")}


def test_clients_that_go_away_in_the_middle(served, connect):
    """Neither counted as refused nor left behind."""
    found = served(TLS)
    for sent in (b"", b"\x16", CLIENT_HELLO):
        for _ in range(20):
            connect(found.handle, sent).close()
    assert_served(found)
    ended = time.monotonic() + 5
    while found.handle._guard.connections and time.monotonic() < ended:
        time.sleep(0.05)
    assert not found.handle._guard.connections


def test_older_versions_and_strangers(served):
    """TLS 1.1 is not spoken; a client that does not trust the certificate is counted."""
    found = served(TLS)
    old = found.files.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    for context in (old, ssl.create_default_context()):
        with pytest.raises(ssl.SSLError):
            ask(found.handle, context=context)
    assert_served(found)
    found.assert_denied({("connection", "tls_handshake"): 2})


def test_client_certificates(served):
    """Without one, or with one of strangers, nothing is given, not even health; each is counted."""
    found = served(MUTUAL)
    files = found.files

    assert ask(found.handle, context=files.context(files.client()))[0] == 200
    assert (
        ask(found.handle, "/", context=files.context(files.client()), headers={"Host": "a.example.org"})[0]
        == 200
    )
    for client in (None, files.client(authority=trustme.CA())):
        with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
            ask(found.handle, "/-/healthy", context=files.context(client))
    found.assert_denied({("connection", "client_certificate"): 2})


def test_names_of_client_certificates(served):
    """Of those that the authority has signed, only the ones that are named."""
    found = served(MUTUAL + "  client_allowed_sans: [prometheus.example.org]\n")
    files = found.files

    assert ask(found.handle, context=files.context(files.client()))[0] == 200
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        ask(found.handle, context=files.context(files.client("other.example.org")))
    found.assert_denied({("connection", "client_certificate"): 1})


def test_a_new_certificate_while_scrapes_go_on(served):
    """New connections get it, open ones go on, and no scrape fails."""
    found = served(TLS)
    files, stop, seen = found.files, threading.Event(), []
    context = files.context()

    def scrape():
        while not stop.is_set():
            seen.append(ask(found.handle, "/metrics", context=context)[0])

    with contextlib.closing(connection_to(found.handle, context)) as kept:
        kept.request("GET", "/-/healthy")
        kept.getresponse().read()
        first = kept.sock.getpeercert()["serialNumber"]
        socket_before = kept.sock
        threads = [threading.Thread(target=scrape) for _ in range(3)]
        for thread in threads:
            thread.start()
        serials = set()
        for _ in range(5):
            files.issue()
            found.read(TLS)
            with contextlib.closing(connection_to(found.handle, context)) as fresh:
                fresh.request("GET", "/-/healthy")
                fresh.getresponse().read()
                serials.add(fresh.sock.getpeercert()["serialNumber"])
        kept.request("GET", "/metrics")
        assert kept.getresponse().status == 200
        assert kept.sock is socket_before
        stop.set()
        for thread in threads:
            thread.join(20)
    assert len(serials - {first}) == 5
    assert seen
    assert set(seen) == {200}
    found.assert_denied({})


def test_an_authority_that_is_not_trusted_any_more(served):
    """Who was let in by it is shown out after the answer in progress, and does not come in again."""
    found = served(MUTUAL)
    files = found.files
    context = files.context(files.client())
    with contextlib.closing(connection_to(found.handle, context)) as kept:
        kept.request("GET", "/metrics")
        assert kept.getresponse().read()
        files.write_pem("clients.pem", files.authority.cert_pem.bytes())
        found.read(MUTUAL)
        found.handle.renew_connections()
        assert kept.sock.recv(1) == b""
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        ask(found.handle, context=context)


def test_a_tls_1_2_client_cannot_renegotiate(served):
    """It would make the server work for nothing; and its session is none for a later certificate."""
    found = served(TLS)
    context = found.files.context(maximum_version=ssl.TLSVersion.TLSv1_2)

    assert ask(found.handle, context=context)[0] == 200
    assert found.config.tls.context.options & ssl.OP_NO_RENEGOTIATION


def test_slow_readers(served, connect, monkeypatch, view):
    """Clients that do not read are cut off over TLS too, and others do not wait for them."""
    import functools

    from mlexporter.exposition import guard

    monkeypatch.setattr(guard, "Guard", functools.partial(guard.Guard, reading_timeout=1.0))
    found = served(TLS)
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            plain = connect(found.handle)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client = stack.enter_context(
                found.files.context().wrap_socket(plain, server_hostname="localhost")
            )
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
        assert_served(found)
        ended = time.monotonic() + 15
        while found.handle._guard.connections and time.monotonic() < ended:
            time.sleep(0.1)
    assert not found.handle._guard.connections


def test_closing_ends_handshakes_too(served, connect):
    """A server that ends leaves no socket and no task behind."""
    found = served(TLS)
    clients = [connect(found.handle, sent) for sent in (b"", b"\x16", CLIENT_HELLO) for _ in range(5)]
    assert_served(found)
    found.handle.close()
    assert all(is_closed(client) for client in clients)
    with pytest.raises(ConnectionError):
        connect(found.handle)
