"""``/-/reload``: who may ask, how often, and what the answers are."""

import pytest

from mlexporter.exposition.endpoints import Endpoints, Request, Response
from mlexporter.exposition.reload import PAUSE_SECONDS, Reloaded, ReloadEndpoint


class Asked:
    """A server without a network, whose clock is moved by hand."""

    def __init__(self, view, *readings, is_on=True):
        self.now = 100.0
        self.readings = list(readings)
        self.read = self.readings.pop
        endpoint = ReloadEndpoint((lambda: self.read(0)) if is_on else None, clock=lambda: self.now)
        self._endpoints = Endpoints(lambda: view, reload=endpoint)

    def begin(self, method="POST", path="/-/reload", **headers):
        """Return what is answered at once, or what would read."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._endpoints.answer(Request(method, path, {"host": "localhost", **named}))

    def ask(self, *arguments, **headers):
        """Return what is answered in the end."""
        answer = self.begin(*arguments, **headers)
        return answer if isinstance(answer, Response) else answer()


GOOD = Reloaded(is_good=True, sentence="x.toml was read")


@pytest.mark.parametrize(
    ("reading", "status"),
    [(GOOD, 200), (Reloaded(is_good=False, sentence="x.toml: bad"), 500), (Reloaded(None, "no file"), 400)],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_answer_says_how_the_reading_went(view, method, reading, status):
    """A program sees it by the status, a person by the sentence."""
    response = Asked(view, reading).ask(method)

    assert (response.status, response.body.decode()) == (status, f"{reading.sentence}\n")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_other_methods_read_nothing(view, method):
    """A link, or a program that looks around, changes nothing."""
    response = Asked(view).ask(method)

    assert response.status == 405
    assert ("allow", "POST, PUT") in response.headers


def test_where_it_is_off_the_way_out_is_told(view):
    """It is off by default."""
    response = Asked(view, is_on=False).ask()

    assert response.status == 403
    assert b"MLEXPORTER_RELOAD_ENDPOINT=1" in response.body
    assert b"SIGHUP" in response.body


def test_where_nobody_listens_for_it_there_is_no_such_address(view):
    """An application that mounts the metrics mounts nothing that changes anything."""
    assert Endpoints(lambda: view).answer(Request("POST", "/-/reload", {})).status == 404


@pytest.mark.parametrize(
    "header", [{"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}]
)
def test_a_page_in_a_browser_may_not_ask(view, header):
    """Any page could make a browser post to a port of this machine."""
    assert Asked(view).ask(**header).status == 403


def test_a_body_is_not_read(view):
    """Nothing is taken from the request."""
    assert Asked(view).ask(content_length="3").status == 413
    assert Asked(view, GOOD).ask(content_length="0").status == 200


def test_it_reads_once_a_second_at_most(view):
    """Who asks more often is told when to ask again, at once and without a reading."""
    server = Asked(view, GOOD, GOOD)

    assert server.ask().status == 200
    server.now += PAUSE_SECONDS * 0.9
    refused = server.ask()
    server.now += PAUSE_SECONDS
    assert server.ask().status == 200

    assert refused.status == 429
    assert ("retry-after", "1") in refused.headers
    assert server.readings == []


def test_while_it_reads_nobody_waits(view):
    """The two threads that render are left for scrapes, however long a reading takes."""
    server = Asked(view, GOOD)
    asked_during = []

    def slow(_):
        server.now += 10 * PAUSE_SECONDS
        asked_during.append(server.ask())
        return GOOD

    server.read = slow
    assert server.ask().status == 200
    assert [response.status for response in asked_during] == [429]


def test_who_leaves_before_the_reading_begins_blocks_nobody(view):
    """Its connection may end between the answer and the thread that reads."""
    server = Asked(view, GOOD)
    server.begin()

    server.now += PAUSE_SECONDS

    assert server.ask().status == 200


def test_a_reading_that_fails_blocks_nobody(view):
    """Whatever happens in it, the next one may begin."""
    server = Asked(view)

    with pytest.raises(IndexError):
        server.ask()
    server.now += PAUSE_SECONDS
    server.readings.append(GOOD)

    assert server.ask().status == 200
