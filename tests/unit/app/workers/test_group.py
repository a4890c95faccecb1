"""Which directory a process counts in, and what it says where there is none."""

import os

import pytest

from mlexporter.app.workers.directory import user_folder
from mlexporter.app.workers.group import Choice, choose_directory, leave
from mlexporter.app.workers.master import Master
from mlexporter.app.workers.processes import Processes
from mlexporter.catalogue import DEGRADED_REASONS
from mlexporter.settings import Settings


@pytest.fixture
def memory(tmp_path):
    """A place such as /dev/shm."""
    place = tmp_path / "shm"
    place.mkdir()
    place.chmod(0o1777)
    return place


@pytest.fixture
def kernel_as(kernel):
    """Return a function that makes this process one of the machine: alone, or a worker."""

    def made(*, is_worker):
        kernel.started(100, 20)
        if is_worker:
            kernel.forked(os.getpid(), 100)
        else:
            kernel.started(os.getpid(), 20)
        return kernel.processes

    return made


def chosen(memory, processes, **settings):
    return choose_directory(Settings(**settings), processes=processes, shared_memory=memory)


def test_a_lone_process_has_a_directory_of_its_own(memory, kernel_as):
    """So that processes that it makes later count with it."""
    choice = chosen(memory, kernel_as(is_worker=False))

    assert choice.path.parent == memory / user_folder()
    assert choice.path.is_dir()
    assert (choice.is_found, choice.is_worker, choice.warning) == (True, False, "")
    assert choice.master.pid == os.getpid()


def test_workers_find_the_directory_of_their_master(memory, kernel_as, kernel):
    """The name is the master's: its number and its start."""
    choice = chosen(memory, kernel_as(is_worker=True))

    assert choice.is_worker
    assert choice.path.name == choice.group == f"{kernel.processes.machine()}-100-100"


def test_the_setting_wins(memory, kernel_as, tmp_path):
    """What a person has chosen is used, made if it is missing, and never removed."""
    choice = chosen(memory, kernel_as(is_worker=True), dir=str(tmp_path / "mine"))
    leave(choice)

    assert choice.path == tmp_path / "mine"
    assert choice.path.is_dir()
    assert not choice.is_found
    assert choice.group
    assert choice.warning == ""
    assert list(memory.iterdir()) == []


def counts_as_one(choice):
    """Return whether it is one of several workers and has no directory."""
    return choice.is_worker and choice.path is None


@pytest.mark.parametrize("is_worker", [False, True])
def test_off_counts_alone(memory, kernel_as, is_worker):
    """It is wanted, so nothing is degraded; with several workers it is told all the same."""
    choice = chosen(memory, kernel_as(is_worker=is_worker), dir="off")

    assert choice.path is None
    assert counts_as_one(choice) == is_worker == bool(choice.warning)
    assert choice.reason == ""


def test_a_worker_without_a_directory_says_so(memory, kernel_as):
    """Never silently wrong: the sentence says why, and the way out."""
    memory.chmod(0o777)

    choice = chosen(memory, kernel_as(is_worker=True))

    assert counts_as_one(choice)
    assert str(memory) in choice.warning
    assert "MLEXPORTER_DIR" in choice.warning
    assert choice.reason in DEGRADED_REASONS


def test_a_lone_process_without_a_directory_has_nothing_to_say(memory, kernel_as):
    """Its counts are complete."""
    memory.chmod(0o777)

    choice = chosen(memory, kernel_as(is_worker=False))

    assert choice == Choice(master=Master(os.getpid(), os.getpid(), is_worker=False))
    assert not counts_as_one(choice)


@pytest.mark.parametrize("attack", ["link", "file", "open"])
def test_what_an_attacker_prepared_is_not_used(memory, kernel_as, tmp_path, attack):
    """The base is a link, a file, or open to others: none is used, and a worker says why."""
    base = memory / user_folder()
    (tmp_path / "loot").mkdir()
    if attack == "link":
        base.symlink_to(tmp_path / "loot")
    elif attack == "file":
        base.write_text("")
    else:
        base.mkdir()
        base.chmod(0o777)

    choice = chosen(memory, kernel_as(is_worker=True))

    assert choice.path is None
    assert str(base) in choice.warning
    assert choice.reason in DEGRADED_REASONS
    assert list((tmp_path / "loot").iterdir()) == []


@pytest.mark.parametrize("is_worker", [False, True])
def test_a_chosen_directory_that_cannot_be_is_told_to_anybody(memory, kernel_as, tmp_path, is_worker):
    """Somebody asked for it."""
    (tmp_path / "file").write_text("")

    choice = chosen(memory, kernel_as(is_worker=is_worker), dir=str(tmp_path / "file"))

    assert choice.path is None
    assert "file" in choice.warning
    assert choice.reason in DEGRADED_REASONS
    assert counts_as_one(choice) == is_worker


def test_a_system_that_says_nothing_needs_the_setting(memory, tmp_path):
    """Without the kernel's files a child of multiprocessing warns, and the setting still works."""
    nothing = Processes(tmp_path / "none")

    told = choose_directory(Settings(), processes=nothing, told_parent=5, shared_memory=memory)
    set_ = choose_directory(
        Settings(dir=str(tmp_path / "mine")), processes=nothing, told_parent=5, shared_memory=memory
    )

    assert counts_as_one(told)
    assert told.warning
    assert set_.path == tmp_path / "mine"


def test_the_first_of_a_server_tidies_up(memory, kernel_as, kernel):
    """What a dead server left goes; what lives stays."""
    processes = kernel_as(is_worker=False)
    base = memory / user_folder()
    base.mkdir(mode=0o700)
    (base / f"{processes.machine()}-77-77").mkdir(mode=0o700)
    kernel.started(78, 20)
    (base / f"{processes.machine()}-78-78").mkdir(mode=0o700)

    choice = chosen(memory, processes)

    assert sorted(path.name for path in base.iterdir()) == sorted(
        [f"{processes.machine()}-78-78", choice.path.name]
    )


def test_leaving_alone_removes_the_directory(memory, kernel_as):
    """A clean exit of a lone process leaves nothing behind; twice is fine."""
    choice = chosen(memory, kernel_as(is_worker=False))

    leave(choice)
    leave(choice)
    leave(Choice())

    assert list((memory / user_folder()).iterdir()) == []


def test_leaving_others_behind_leaves_them_the_directory(memory, kernel_as):
    """A child that counts on keeps its counts."""
    processes = kernel_as(is_worker=False)
    first, second = chosen(memory, processes), chosen(memory, processes)

    leave(first)
    assert second.path.is_dir()
    leave(second)
    assert not second.path.exists()


def test_a_worker_that_leaves_a_living_server_removes_nothing(memory):
    """Gunicorn recycles its only worker: the next one finds the counts."""
    processes = Processes()
    parent = processes.read(os.getppid())
    choice = chosen(memory, processes)
    worker = Choice(
        choice.path, is_found=True, membership=choice.membership,
        master=Master(parent.pid, parent.start, is_worker=True),
    )  # fmt: skip

    leave(worker)

    assert choice.path.is_dir()
