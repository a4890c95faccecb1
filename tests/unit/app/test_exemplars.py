"""Exemplars of workers: in a full directory, on the way into it, and across a fork."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from mlexporter.state.entries import OK
from mlexporter.state.slots.file_memory import FileMemory
from mlexporter.testing import isolated_exporter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks of Unix")

FORK = """
import os, sys
import mlexporter
from mlexporter.app.default import default_exporter
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
child = None

@mlexporter.monitor(model="m", version="1")
def predict(does_fork):
    global child, inner
    inner = trace.get_current_span().get_span_context()
    if does_fork:
        child = os.fork()
    return 1

def shown():
    view = default_exporter().view()
    assert not sum(view.exporter.internal_errors.values()), view.exporter.internal_errors
    counts = view.models[0].snapshot.service.durations["ok"].exemplars
    return {exemplar.span_id for exemplar in counts.values()}

predict(False)
predict(True)
if child == 0:
    outer = inner
    try:
        for _ in range(100):  # the parent may have ended its call a moment later
            predict(False)
            if inner.span_id in shown():
                break
        assert inner.span_id in shown() and inner.span_id != outer.span_id
    finally:
        os._exit(4 if sys.exc_info()[0] else 0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert inner.span_id in shown()
"""


class Worker:
    """An exporter with a model that was called once."""

    def __init__(self, path, stack):
        self.exporter = stack.enter_context(isolated_exporter(dir=str(path), strict=False))
        self.tick = self.exporter._engine.tick
        predict = self.exporter.monitor(model="m", version="1")(lambda _: 1)
        predict({"x": 1.0})

    def exemplify(self, number):
        """Let a sampled call end, the later the larger its number."""
        (model,) = self.exporter._engine.models.all()
        model.state.exemplify(OK, number, trace_id=number, span_id=number)

    @property
    def shown(self):
        """Numbers of the calls that its page shows."""
        exemplars = self.exporter.view().models[0].snapshot.service.durations["ok"].exemplars
        return [each.span_id for each in exemplars.values()]

    @property
    def degraded(self):
        """What its page says is wrong."""
        return set(self.exporter.view().degraded)


@pytest.fixture
def make(tmp_path):
    """Return a function that makes workers of one directory."""
    with ExitStack() as stack:
        yield lambda: Worker(tmp_path / "shared", stack)


def test_every_worker_shows_the_newest_call_of_all(make):
    """Whoever made it."""
    one, other = make(), make()
    one.exemplify(1)
    assert one.shown == other.shown == [1]
    other.exemplify(2)
    assert one.shown == other.shown == [2]
    one.exemplify(3)
    assert one.shown == other.shown == [3]


def test_without_room_they_are_on_the_own_page_and_move_in_later(make, monkeypatch):
    """As counts are: the pages say so until there is room."""
    inside, outside = make(), make()
    allocate = FileMemory.allocate

    def small(memory, description):
        if description.kind == "exemplars":
            raise OSError(errno.ENOSPC, "No space left on device")
        return allocate(memory, description)

    monkeypatch.setattr(FileMemory, "allocate", small)
    outside.exemplify(1)
    assert (inside.shown, outside.shown) == ([], [1])
    assert inside.degraded == outside.degraded == {"directory_full"}

    monkeypatch.undo()
    outside.tick()
    assert inside.shown == outside.shown == [1]
    assert inside.degraded == outside.degraded == set()
    outside.exemplify(2)
    assert inside.shown == [2]


def test_a_worker_whose_slot_was_taken_away_shows_calls_again(make, tmp_path):
    """Those that follow; the ones before are gone with the slot."""
    one, other = make(), make()
    one.exemplify(1)
    assert other.shown == [1]
    for slot in (tmp_path / "shared").glob("slot-*"):
        slot.unlink()
    one.tick()
    other.tick()
    assert other.shown == []
    one.exemplify(2)
    assert other.shown == [2]


@pytest.mark.slow
@pytest.mark.parametrize("directory", ["off", "given"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_inside_a_sampled_call(tmp_path, directory):
    """The parent keeps the call; the child keeps its own, and neither has an error."""
    subprocess.run(
        [sys.executable, "-c", FORK], check=True, timeout=60,
        env={**os.environ, "MLEXPORTER_DIR": "off" if directory == "off" else str(tmp_path / "shared")},
    )  # fmt: skip
