import io
import socket

import pytest

from mlexporter.demo.console import Console
from mlexporter.demo.history import run
from mlexporter.demo.history.era import DAY
from mlexporter.demo.history.folder import write_about
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.run import run_history
from mlexporter.demo.signals import InterruptedDemo
from mlexporter.errors import ConfigurationError, EnvironmentDegradedError, PortInUseError


@pytest.fixture
def said():
    return io.StringIO()


@pytest.fixture
def path(tmp_path):
    """A folder with programs that start."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("prometheus", "promtool"):
        (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def options(tmp_path, path, **changed):
    return HistoryOptions(DAY, tmp_path / "out", program_path=path, **changed)


def test_without_programs_it_says_what_to_do(tmp_path, said):
    """Nothing is written."""
    with pytest.raises(EnvironmentDegradedError, match="scripts/install-prometheus"):
        run_history(options(tmp_path, str(tmp_path)), Console(said))
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told_before_the_work(tmp_path, path, said):
    """One that was asked for; without one another is found."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortInUseError, match="leave it out"):
            run_history(options(tmp_path, path, port=taken.getsockname()[1]), Console(said))
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_else_is_told_before_the_work(tmp_path, path, said):
    """It is not touched."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="something else"):
        run_history(options(tmp_path, path), Console(said))
    assert (tmp_path / "out" / "mine").exists()


def test_an_interrupt_while_writing_is_calm(tmp_path, path, said, monkeypatch):
    """The exit status says which signal it was."""

    def interrupted(chosen, programs, folder, stack, console):
        (folder / "half").write_text("", encoding="utf-8")
        raise InterruptedDemo(2)

    monkeypatch.setattr(run, "write_history", interrupted)
    assert run_history(options(tmp_path, path), Console(said)) == 130
    assert "nothing half was written" in said.getvalue()
    assert not (tmp_path / "out").exists()


def test_an_interrupt_while_serving_is_the_usual_end(tmp_path, path, said, monkeypatch):
    """The folder is whole by then."""

    def written(chosen, programs, folder, stack, console):
        write_about(folder, {})

    def served(programs, folder, port, stack, console):
        raise InterruptedDemo(2)

    monkeypatch.setattr(run, "write_history", written)
    monkeypatch.setattr(run, "summary", lambda history, folder: ["IN IT"])
    monkeypatch.setattr(run, "_serve", served)
    assert run_history(options(tmp_path, path), Console(said)) == 0
    assert "is whole" in said.getvalue()
    assert (tmp_path / "out").is_dir()


def test_without_serving_it_says_how_to_start_prometheus(tmp_path, path, said, monkeypatch):
    """With the flags that it needs."""
    monkeypatch.setattr(run, "write_history", lambda *given: write_about(given[2], {}))
    monkeypatch.setattr(run, "summary", lambda history, folder: ["IN IT"])
    assert run_history(options(tmp_path, path, serve=False), Console(said)) == 0
    assert "--query.lookback-delta=2h1m" in said.getvalue()
    assert "--storage.tsdb.retention.time=100y" in said.getvalue()
