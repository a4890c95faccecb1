"""A worker that finds no room in the directory counts for itself: every page says so, and no call is lost."""

from __future__ import annotations

import errno
import gc
import logging
import os
import threading
from contextlib import ExitStack

import pytest

from mlexporter.errors import DirectoryFullError
from mlexporter.state.slots import file_memory, outsiders
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.file_memory import FileMemory
from mlexporter.state.slots.process_name import own_process
from mlexporter.testing import isolated_exporter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks of Unix")
NO_ROOM = (errno.ENOSPC, "No space left on device")


class Worker:
    """An exporter with a model, as a process of its own has it."""

    def __init__(self, path, stack, model="m"):
        self.exporter = stack.enter_context(isolated_exporter(dir=str(path), strict=False))
        self.tick = self.exporter._engine.tick
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

        @self.exporter.monitor(model=model, version="1")
        def predict(_):
            self.entered.set()
            self.gate.wait(10)
            return 1

        self.predict = predict

    def count(self, n_calls):
        """Call the model so often."""
        for _ in range(n_calls):
            self.predict({"x": 1.0})

    def start_call(self):
        """Return a thread that is in the middle of a call until ``gate`` opens."""
        self.gate.clear()
        self.entered.clear()
        thread = threading.Thread(target=self.predict, args=({"x": 1.0},))
        thread.start()
        assert self.entered.wait(10)
        return thread

    @property
    def accepted(self):
        """Rows of its model, on its own page."""
        return self.exporter.view().models[0].snapshot.service.accepted

    @property
    def degraded(self):
        """What its page says is wrong."""
        return self.exporter.view().degraded


@pytest.fixture
def make(tmp_path):
    """Return a function that makes workers of one directory."""
    with ExitStack() as stack:
        yield lambda **options: Worker(tmp_path / "shared", stack, **options)


@pytest.fixture
def directory(tmp_path):
    """The directory as another process has it."""
    return SlotDirectory(tmp_path / "shared")


@pytest.fixture
def full(monkeypatch):
    """Return a context in which nothing that needs room succeeds, but an empty file does."""

    def fill():
        stack = pytest.MonkeyPatch()

        def refuse(*_, **__):
            raise OSError(*NO_ROOM)

        stack.setattr("mlexporter.state.slots.file_memory.reserve", refuse)
        stack.setattr("mlexporter.state.slots.folder.write_all", refuse)
        return stack

    opened = []

    def begin():
        opened.append(fill())
        return opened[-1].undo

    yield begin
    for each in opened:
        each.undo()


def test_every_page_says_that_a_worker_counts_outside(make, full, monkeypatch):
    """The page of another worker is degraded too, and counts the process; with room all is well and exact."""
    inside, outside = make(), make()
    inside.count(10)
    stranger = own_process()._replace(pid=7)
    monkeypatch.setattr(outsiders, "own_process", lambda: stranger)
    end = full()
    outside.count(5)
    outside.tick()

    assert inside.accepted == 10
    assert "process 7" in inside.degraded["directory_full"]
    assert inside.exporter.view().workers == 2
    assert "make room" in outside.degraded["directory_full"]
    end()
    outside.tick()
    assert (inside.accepted, outside.accepted) == (15, 15)
    assert inside.degraded == outside.degraded == {}
    assert inside.exporter.view().workers == 1  # both slots are of this process


def test_failures_leave_nothing_for_the_garbage_collector(make, full):
    """An error that is kept held all that was read when it came, and itself: a circle for each look at a full disk."""
    inside = make()
    inside.count(10)
    inside.exporter.evaluate()
    full()
    inside.count(10)
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            inside.exporter.evaluate()
            assert "make room" in inside.degraded["directory_full"]
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_page_has_what_its_process_counts_outside(make, full):
    """Also of a model that others count too: nothing that is known is left out, nothing falls on the way in."""
    inside, outside = make(), make()
    inside.count(10)
    end = full()
    outside.count(5)
    assert outside.accepted == 15
    inside.count(1)
    assert outside.accepted == 16
    end()
    outside.tick()

    assert outside.accepted == inside.accepted == 16


def test_a_block_that_does_not_fit_is_on_the_own_page(make, full, monkeypatch):
    """The slot stands in the directory, one block in memory: its counts are shown here, and told elsewhere."""
    inside, outside = make(), make()
    inside.count(10)
    allocate = FileMemory.allocate

    def small(memory, description):
        if description.key is not None:
            raise OSError(*NO_ROOM)
        return allocate(memory, description)

    monkeypatch.setattr(FileMemory, "allocate", small)
    outside.count(5)

    assert (inside.accepted, outside.accepted) == (10, 15)
    assert set(inside.degraded) == set(outside.degraded) == {"directory_full"}
    monkeypatch.setattr(FileMemory, "allocate", allocate)
    outside.tick()
    assert (inside.accepted, outside.accepted) == (15, 15)
    assert inside.degraded == outside.degraded == {}


def test_a_try_that_fails_leaves_no_file(make, directory, monkeypatch):
    """A slot whose blocks do not fit would take the room that is looked for, once a second."""
    outside = make()
    allocate = FileMemory.allocate

    def small(memory, description):
        if description.key is not None:
            raise OSError(*NO_ROOM)
        return allocate(memory, description)

    monkeypatch.setattr(FileMemory, "allocate", small)
    outside.count(1)
    names = sorted(each.name for each in directory.path.iterdir())
    for _ in range(3):
        outside.tick()

    assert sorted(each.name for each in directory.path.iterdir() if each.name[:4] in ("slot", "outs")) == [
        name for name in names if name[:4] in ("slot", "outs")
    ]


def test_a_number_of_another_namespace_is_not_looked_up(make, monkeypatch):
    """Here it is the parent of this process: nothing is told but processor time, which is counted."""
    worker = make()
    stranger = own_process()
    stranger = stranger._replace(pid=os.getppid(), namespace=stranger.namespace + 1)
    monkeypatch.setattr(file_memory, "own_process", lambda: stranger)
    worker.count(1)

    assert set(worker.exporter.view().resources.process) == {"process_cpu_seconds_total"}
    assert worker.exporter.view().resources.container == ()


@pytest.mark.parametrize("how", ["moves in", "was outside with one block", "slot was taken away"])
def test_a_call_that_is_under_way_while_counting_moves_is_counted(make, full, directory, monkeypatch, how):
    """It ends in the cells that were left, and stands in the sums of everybody a tick later."""
    worker = make()
    end = full() if how == "moves in" else lambda: None
    allocate = FileMemory.allocate
    if how == "was outside with one block":
        monkeypatch.setattr(
            FileMemory, "allocate",
            lambda memory, each: (_ for _ in ()).throw(OSError(*NO_ROOM)) if each.kind == "error" else allocate(memory, each),
        )  # fmt: skip
        with pytest.raises(TypeError):
            worker.exporter.monitor(model="m", version="1")(len)(5)
    worker.count(3)
    thread = worker.start_call()
    if how == "slot was taken away":
        directory.read()
        (slot,) = (each for each in directory.path.iterdir() if each.name.startswith("slot-"))
        with slot.open("r+b") as file:
            file.write(bytes(8))
        directory.fold()
    before = 3 + (how == "was outside with one block")
    end()
    monkeypatch.undo()
    worker.tick()
    directory.fold()
    worker.gate.set()
    thread.join(10)
    worker.tick()
    for _ in range(2):
        directory.fold()
    found = sum(int(block.synchronous[:2].sum()) for block in directory.read().blocks.values()
                if block.description.kind == "service")  # fmt: skip

    assert found == before + 1
    assert worker.accepted == before + 1
    assert worker.exporter.view().models[0].snapshot.service.in_progress == 0


def test_a_directory_that_could_not_be_opened_is_tried_again(make, full, tmp_path, caplog):
    """It was full before anybody had begun it: each worker is alone until there is room, then all are counted."""
    end = full()
    first, second = make(), make()
    first.count(2)
    second.count(3)
    for _ in range(3):
        first.tick()
    assert set(first.degraded) == set(second.degraded) == {"directory_full"}
    assert (first.accepted, second.accepted) == (2, 3)
    end()
    first.tick()
    second.tick()

    assert (first.accepted, second.accepted) == (5, 5)
    assert first.degraded == second.degraded == {}
    assert caplog.text.count("make room") == 2  # once for each


def test_what_never_finds_room_is_told_at_the_end(make, full, caplog):
    """Counts that end with the process are no secret."""
    worker = make()
    worker.exporter._engine.place.enter()
    full()
    worker.count(1)
    with caplog.at_level(logging.WARNING):
        worker.exporter.close()

    assert "ends with it" in caplog.text


def test_who_has_left_the_directory_does_not_come_back_by_itself(make, directory):
    """After ``close`` counting goes on in memory, also when something is served again."""
    worker = make()
    worker.count(2)
    worker.exporter.close()
    worker.count(3)
    worker.exporter.collector()
    worker.tick()

    assert directory.read().workers == ()


def test_a_profile_or_card_that_cannot_be_left_is_told_once(make, monkeypatch, caplog, profile):
    """The worker's page is degraded, a reader's shows the model as one without its profile; then it is over."""
    worker, reader = make(model="other"), make(model="other")
    reader.count(1)
    score = worker.exporter.monitor(model="flights", version="1", profile=profile)(lambda _: 0.5)

    def refuse(*_, **__):
        raise DirectoryFullError("no room")

    monkeypatch.setattr(SlotDirectory, "write_shared", refuse)
    with caplog.at_level(logging.WARNING):
        score({"distance": 1.0, "carrier": "AA"})
        for _ in range(3):
            worker.tick()
    of_reader = {each.snapshot.key.name: each.degraded for each in reader.exporter.view().models}

    assert "notes or profiles" in worker.degraded["directory_full"]
    assert caplog.text.count("notes or profiles") == 1
    assert set(of_reader["flights"]) == {"profile_missing"}
    monkeypatch.undo()
    worker.tick()
    assert worker.degraded == {}
    assert caplog.text.count("are shared again") == 1
    of_reader = {each.snapshot.key.name: each.degraded for each in reader.exporter.view().models}
    assert of_reader["flights"] == {}


def test_evaluations_that_fail_are_told_once_and_when_it_is_over(make, monkeypatch, caplog):
    """Whatever the number of models and evaluations."""
    worker = make()
    worker.count(1)
    for name in ("b", "c"):
        worker.exporter.monitor(model=name, version="1")(lambda _: 1)({"x": 1.0})

    def refuse(*_, **__):
        raise DirectoryFullError("no room")

    monkeypatch.setattr(SlotDirectory, "fold", refuse)
    monkeypatch.setattr(SlotDirectory, "write_shared", refuse)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            worker.exporter.evaluate()
    assert caplog.text.count("not folded") == caplog.text.count("reports cannot be published") == 1
    assert "directory_full" in worker.degraded
    monkeypatch.undo()
    with caplog.at_level(logging.WARNING):
        worker.exporter.evaluate()
        worker.exporter.evaluate()

    assert caplog.text.count("it is over that") == 2
    assert "directory_full" not in worker.degraded


def test_who_is_no_evaluator_does_not_become_one_by_closing(make, monkeypatch):
    """Whoever evaluates may have gone: the office is for those who stay."""
    first, second = make(), make()
    for each in (first, second):
        each.count(1)
        each.exporter.evaluate()
    elections = []
    second_election = second.exporter._engine._made[0]._election
    first.exporter.close()
    monkeypatch.setattr(second_election, "_try", lambda: elections.append("tried"))
    second.exporter.close()

    assert elections == []


def test_a_worker_that_shares_nothing_and_has_no_port_is_no_fault(monkeypatch, caplog):
    """With ``off`` only one worker gets the port: the log says how each gets one, and no error."""
    with (
        isolated_exporter(dir="off", strict=False) as first,
        isolated_exporter(dir="off", strict=False) as second,
    ):
        port = first.serve(0).port
        monkeypatch.setattr(type(second._engine.place), "is_single_worker", property(lambda _: True))
        with caplog.at_level(logging.INFO):
            assert second.serve(port).url == ""

    (record,) = (each for each in caplog.records if "this worker is not scraped" in each.message)
    assert record.levelno == logging.WARNING
    assert "nothing is served" not in caplog.text


def test_a_profile_that_this_process_has_not_is_shown_for_others(make, profile):
    """Its own model has none yet: what others counted is there, also when all of them have gone."""
    worker, reader = make(model="other"), make(model="flights")
    score = worker.exporter.monitor(model="flights", version="1", profile=profile)(lambda _: 0.5)
    score({"distance": 1.0, "carrier": "AA"})
    worker.exporter.close()
    (shown,) = (each for each in reader.exporter.view().models if each.snapshot.key.name == "flights")

    assert shown.reference is not None
    assert shown.snapshot.profile.accepted == 1
