"""Attacks on a served exposition, all on loopback: slow clients, too many, too much, and bad names."""

import contextlib
import dataclasses
import functools
import http.client
import resource
import select
import socket
import threading
import time
from collections import Counter

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mlexporter import catalogue
from mlexporter.exposition.server import serve
from mlexporter.records import FeatureReference

SCRAPE_SECONDS = 1.0
N_ATTACKERS = 120
PATIENCE_SECONDS = 20.0
HEALTH_REQUEST = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def denied():
    """Return a counter of what was turned away."""
    return Counter()


@pytest.fixture
def attacked(view, denied):
    """Return a server with the default limits, but a shorter time for the head of a request."""
    with serve(
        lambda: view, port=0, header_timeout=2.0, on_denied=lambda *what: denied.update([what])
    ) as handle:
        yield handle


@pytest.fixture
def connect():
    """Return a function that opens a connection; all are closed after the test."""
    with contextlib.ExitStack() as stack:

        def open_one(handle, sent=b"", *, receive_buffer=None):
            client = stack.enter_context(socket.socket())
            if receive_buffer is not None:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            client.settimeout(PATIENCE_SECONDS)
            client.connect((handle.host, handle.port))
            if sent:
                client.sendall(sent)
            return client

        yield open_one


def _scrape(handle, headers=None):
    """Return status, body and seconds of an honest scrape."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection(handle.host, handle.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/metrics", headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read(), time.perf_counter() - started
    finally:
        connection.close()


def _assert_served(handle):
    status, body, seconds = _scrape(handle)
    assert status == 200
    assert catalogue.PREDICTIONS.name.encode() in body
    assert seconds < SCRAPE_SECONDS


def _is_healthy(client):
    """Ask over an open connection and return whether the whole answer is the good one."""
    client.sendall(HEALTH_REQUEST)
    received = b""
    while not received.endswith(b"\r\n\r\nok\n"):
        chunk = client.recv(4096)
        if not chunk:
            return False
        received += chunk
    return received.startswith(b"HTTP/1.1 200")


def _is_closed(client):
    """Return whether the server has ended the connection, by its end or by a reset."""
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        return True
    return True


def _raw(handle, data):
    """Return everything that the server answers to raw bytes, as far as it lets us send them."""
    with socket.create_connection((handle.host, handle.port), timeout=PATIENCE_SECONDS) as client:
        received = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(data)
        with contextlib.suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
        return received


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_half_open_connections(attacked, connect, denied, sent):
    """Silent clients and partial heads neither delay an honest scrape nor stay."""
    clients = [connect(attacked, sent) for _ in range(N_ATTACKERS)]
    for _ in range(3):
        _assert_served(attacked)
    assert all(_is_closed(client) for client in clients)
    assert denied == {("connection", "header_timeout"): N_ATTACKERS}


def test_slow_bytes(attacked, connect):
    """A byte now and then does not extend the time for a head, neither for the first nor a later one."""
    fresh = [connect(attacked) for _ in range(N_ATTACKERS // 2)]
    used = [connect(attacked) for _ in range(N_ATTACKERS // 2)]
    assert all(_is_healthy(client) for client in used)
    alive = set(fresh + used)
    started = time.monotonic()
    _assert_served(attacked)
    while alive and time.monotonic() - started < 8.0:
        for client in list(alive):
            try:
                client.sendall(b"G")
            except ConnectionError:
                alive.discard(client)
        time.sleep(0.2)
    assert not alive
    _assert_served(attacked)


def test_slow_readers(view, connect, monkeypatch):
    """Clients that do not read a large answer do not delay others and are cut off in the end."""
    from mlexporter.exposition import guard

    monkeypatch.setattr(guard, "Guard", functools.partial(guard.Guard, reading_timeout=1.0))
    large = _with_features(view, [f"feature {index} " + "x" * 100 for index in range(1500)])
    with serve(lambda: large, port=0) as handle:
        assert len(_scrape(handle)[1]) > 5_000_000
        readers = [
            connect(handle, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", receive_buffer=4096)
            for _ in range(20)
        ]
        select.select(readers, [], [], PATIENCE_SECONDS)
        status, _, seconds = _scrape(handle, {"Accept-Encoding": "gzip"})
        assert (status, seconds < 5 * SCRAPE_SECONDS) == (200, True)
        time.sleep(2.0)
        assert _is_healthy(connect(handle))
        received = [_received(reader) for reader in readers]
        assert max(received) < 5_000_000


def _received(client):
    total = 0
    with contextlib.suppress(ConnectionError):
        while chunk := client.recv(65536):
            total += len(chunk)
    return total


def test_more_connections_than_the_cap(view, connect, denied):
    """The oldest silent ones lose their place; an honest client never does."""
    limit = 64
    with serve(
        lambda: view, port=0, connection_limit=limit, on_denied=lambda *what: denied.update([what])
    ) as handle:
        kept = connect(handle)
        assert _is_healthy(kept)
        for _ in range(3 * limit):
            connect(handle)
        for _ in range(3):
            _assert_served(handle)
        assert _is_healthy(kept)
    assert denied["connection", "connection_limit"] >= 2 * limit


def test_the_default_cap(view, connect, denied):
    """600 connections: at most 512 stay, and a scrape is answered within a second."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1500:
        if hard < 1500:
            pytest.skip(f"this machine allows {hard} open files, 1500 are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (1500, hard))
    try:
        with serve(lambda: view, port=0, on_denied=lambda *what: denied.update([what])) as handle:
            clients = [connect(handle) for _ in range(600)]
            _assert_served(handle)
            poll = select.poll()
            for client in clients:
                poll.register(client, select.POLLIN | select.POLLHUP)
            n_ended = len(poll.poll(0))
        assert denied == {("connection", "connection_limit"): 600 + 1 - 512}
        assert n_ended == 600 + 1 - 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_idle_clients_that_were_served_cannot_fill_the_cap(view, connect):
    """Connections that completed a request and stay give way to a newcomer too."""
    with serve(lambda: view, port=0, connection_limit=16) as handle:
        for _ in range(40):
            assert _is_healthy(connect(handle))
        _assert_served(handle)


def test_idle_connections_end(view, connect, monkeypatch, denied):
    """After a while without a request a connection is closed, and that is no denial."""
    from mlexporter.exposition import guard

    monkeypatch.setattr(guard, "KEEP_ALIVE_SECONDS", 1)
    with serve(lambda: view, port=0, on_denied=lambda *what: denied.update([what])) as handle:
        client = connect(handle)
        assert _is_healthy(client)
        assert client.recv(10) == b""
    assert denied == {}


def test_many_scrapers_at_once(attacked):
    """Thirty honest scrapers at once are all answered."""
    results = []
    threads = [threading.Thread(target=lambda: results.append(_scrape(attacked))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert [status for status, _, _ in results] == [200] * 30


@pytest.mark.parametrize(
    "head",
    [
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Big: " + b"x" * 2**20 + b"\r\n\r\n",
        b"GET /" + b"a" * 2**20 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\n" + b"X-Many: 1\r\n" * 100_000 + b"\r\n",
    ],
)
def test_a_head_of_a_megabyte(attacked, head):
    """It is refused before it is read to its end."""
    answer = _raw(attacked, head)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    _assert_served(attacked)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
        b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 2**20,
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"PUT /-/ready HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n",
    ],
)
def test_bodies(attacked, request_bytes):
    """A request with a body is answered by a refusal and the end of the connection."""
    answer = _raw(attacked, request_bytes)
    assert answer == b"" or answer.split()[1] in {b"405", b"413"}
    assert b"100 Continue" not in answer
    _assert_served(attacked)


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/metrics/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..\\..\\etc",
        "/%00",
        "//",
        "/%ff",
    ],
)
def test_traversal(attacked, path):
    """No path leads anywhere but to the few that exist."""
    answer = _raw(attacked, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] in {b"404", b"400"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io:80",
        "0.0.0.0",
        "",
        "[::1]evil",
        "localhost\t.",
    ],
)
def test_host_header(attacked, denied, host):
    """A domain name that an attacker points at loopback does not show the page."""
    answer = _raw(attacked, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] == b"403"
    assert b"localhost" in answer
    assert denied == {("page", "host"): 1}


def test_two_host_headers(attacked):
    """An ambiguous request is refused."""
    answer = _raw(attacked, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")


HOSTILE = [
    'quote"in the middle',
    '"} 1\nml_fake_metric{a="b',
    "new\nline",
    "back\\slash\\",
    "\\n is not a newline",
    "ends with a backslash\\",
    'all \\" of \\\\" them \n"',
    "{braces} # EOF",
    " leading and trailing ",
    "\u202eright to left",
    "🛫" * 20,
    "comma,equals=",
    "",
]
UNSAFE = [
    "nul\x00",
    "carriage\rreturn",
    "escape\x1b[31m",
    "next line\x85",
    "\ud800 lone",
    "x" * 10_000,
    "é" * 10_000,
]


def _with_features(view, names):
    """Return the view with one copy of the first feature for each name, and that many counts."""
    model = view.models[0]
    template = model.reference.features[0]
    profile = model.snapshot.profile
    n = len(names)
    width = template.distribution.n_cells
    reference = dataclasses.replace(
        model.reference,
        features=tuple(FeatureReference(name, template.distribution) for name in names),
    )
    counts = dataclasses.replace(
        profile,
        feature_cells=profile.feature_cells[:width].repeat(n).reshape(width, n).T.ravel(),
        out_of_range=profile.out_of_range[:1].repeat(n),
        type_mismatches=profile.type_mismatches[:1].repeat(n),
    )
    changed = dataclasses.replace(
        model, reference=reference, report=None, snapshot=dataclasses.replace(model.snapshot, profile=counts)
    )
    return dataclasses.replace(view, models=(changed, *view.models[1:]), series_budget=10**6)


def _parsed(handle):
    plain = _scrape(handle)[1].decode()
    openmetrics = _scrape(handle, {"Accept": "application/openmetrics-text"})[1].decode()
    found = []
    for families in (parse_text(plain), parse_openmetrics(openmetrics)):
        samples = {}
        for family in families:
            for sample in family.samples:
                key = (sample.name, tuple(sorted(sample.labels.items())))
                assert key not in samples, key
                samples[key] = sample.value
        found.append(samples)
    assert set(found[0]) == set(found[1])
    return found[0]


def _label_values(samples, metric, label):
    return {dict(pairs)[label] for name, pairs in samples if name == metric.name}


def test_hostile_names_of_features(view):
    """Any text as a feature's name comes back unchanged from both parsers, and makes no other series."""
    with serve(lambda: _with_features(view, HOSTILE), port=0) as handle:
        samples = _parsed(handle)
    assert _label_values(samples, catalogue.FEATURE_MISSING, "feature") == set(HOSTILE)
    assert not any(name.startswith("ml_fake") for name, _ in samples)


def test_unsafe_names_of_features(view):
    """What cannot be written is replaced or cut; names that become equal stay apart."""
    names = [*UNSAFE, "x" * 10_001, "nul\x01"]
    with serve(lambda: _with_features(view, names), port=0) as handle:
        samples = _parsed(handle)
    found = _label_values(samples, catalogue.FEATURE_MISSING, "feature")
    assert len(found) == len(names)
    assert all(len(value.encode()) <= 128 for value in found)
    assert {"carriage\ufffdreturn", "\ufffd lone"} <= found


def test_hostile_names_of_models_categories_classes_and_errors(view):
    """The same holds wherever a text of the user becomes a label."""
    texts = [*HOSTILE, *UNSAFE]
    base = view.models[0]
    output = base.reference.outputs[0]
    models = []
    for index, text in enumerate(texts):
        carrier = base.reference.features[1]
        distribution = dataclasses.replace(carrier.distribution, categories=(text, "B6", "DL"))
        reference = dataclasses.replace(
            base.reference,
            features=(base.reference.features[0], dataclasses.replace(carrier, distribution=distribution)),
            outputs=(dataclasses.replace(output, class_name=text),),
            lineage=dataclasses.replace(base.reference.lineage, dataset=text, commit=text),
        )
        key = base.snapshot.key._replace(name=f"{index}{text}", version=text)
        service = dataclasses.replace(base.snapshot.service, errors={text: 2, text + "\ud800": 1})
        snapshot = dataclasses.replace(base.snapshot, key=key, service=service)
        models.append(dataclasses.replace(base, snapshot=snapshot, reference=reference, report=None))
    changed = dataclasses.replace(view, models=tuple(models))
    with serve(lambda: changed, port=0) as handle:
        samples = _parsed(handle)
    success = {key: value for key, value in samples.items() if key[0] == catalogue.MODEL_SCRAPE_SUCCESS.name}
    assert list(success.values()) == [1] * len(texts)
    assert set(HOSTILE) <= _label_values(samples, catalogue.PREDICTION_ERRORS, "error_type")
    assert set(HOSTILE) <= _label_values(samples, catalogue.FEATURE_REFERENCE, "range")
    assert set(HOSTILE) <= _label_values(samples, catalogue.OUTPUT_REFERENCE, "class")
    assert {f"{index}{text}" for index, text in enumerate(HOSTILE)} <= _label_values(
        samples, catalogue.PREDICTIONS, "model_name"
    )
