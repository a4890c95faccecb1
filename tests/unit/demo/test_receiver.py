import contextlib
import http.client
import json

import pytest

from mlexporter.demo.receiver import Receiver


def body(status, fingerprint="f1", **labels):
    alert = {
        "status": status, "fingerprint": fingerprint, "labels": {"alertname": "MLFeatureDrift", **labels},
        "annotations": {"description": "A feature has drifted."},
    }  # fmt: skip
    return json.dumps({"alerts": [alert]}).encode()


def post(receiver, length, content):
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(receiver.url.rstrip("/").rpartition(":")[2]), timeout=10
    )
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length)
    connection.endheaders(content)
    with contextlib.closing(connection):
        return connection.getresponse().status


@pytest.fixture
def heard():
    return []


@pytest.fixture
def receiver(heard):
    with Receiver(heard.append) as running:
        yield running


def test_each_change_is_handed_on_once(receiver, heard):
    """Alertmanager repeats itself; people are told once that it began and once that it ended."""
    for status in ("firing", "firing", "resolved", "resolved", "firing"):
        receiver.accept(body(status, feature="distance"))
    assert [notification.is_firing for notification in heard] == [True, False, True]
    assert heard[0].alert == "MLFeatureDrift"
    assert heard[0].labels["feature"] == "distance"
    assert heard[0].description == "A feature has drifted."


def test_two_alerts_are_two_notifications(receiver, heard):
    """Told apart by the fingerprint of their labels."""
    receiver.accept(body("firing", "f1"))
    receiver.accept(body("firing", "f2"))
    assert len(heard) == 2


def test_what_began_before_we_listened_does_not_end(receiver, heard):
    """A resolved alert that never fired here is no news."""
    receiver.accept(body("resolved"))
    assert heard == []


@pytest.mark.parametrize(
    "rubbish", [b"", b"{", b"[]", b'{"alerts": 3}', b'{"alerts": [{"status": "firing"}]}', b"\xff"]
)
def test_rubbish_is_left_alone(receiver, heard, rubbish):
    """Anybody on the machine can post to a loopback port."""
    receiver.accept(rubbish)
    assert heard == []


def test_it_listens(receiver, heard):
    """A real request over the loopback interface."""
    assert post(receiver, str(len(body("firing"))), body("firing")) == 200
    assert len(heard) == 1


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("many", 400), (str(2**20 + 1), 413)])
def test_a_nonsensical_or_huge_length_is_refused_before_a_byte_is_read(receiver, heard, length, status):
    """A negative one would make the server read until the client hangs up."""
    assert post(receiver, length, b"") == status
    assert heard == []


def test_messages_to_a_chat_are_told_apart_by_their_path(heard):
    """They are no alerts, and without a reader they are dropped."""
    read = []
    message = json.dumps({"channel": "#ml", "attachments": [{"title": "t", "text": "x"}]}).encode()
    with Receiver(heard.append, read.append) as running:
        running.accept(message, "/chat")
        running.accept(body("firing"), "/copy")
        running.accept(b"rubbish", "/chat")
    with Receiver(heard.append) as deaf:
        deaf.accept(message, "/chat")
    assert [each.title for each in read] == ["t"]
    assert len(heard) == 1
