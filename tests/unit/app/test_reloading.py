"""Reloading, as an exporter of an application does it: what is read, what is said, what goes wrong."""

import logging
import os

import pytest

import mlexporter
from mlexporter.app import Exporter
from mlexporter.settings import Settings
from mlexporter.state.slots.process_name import ProcessName


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "mlexporter.toml"
    found.write_text("[models.a]\nminimum_requests = 10\n")
    return found


@pytest.fixture
def make():
    """Return a function that makes exporters, which are closed in the end."""
    made = []

    def exporter(**settings):
        made.append(Exporter(Settings(**{"dir": "off", **settings})))
        return made[-1]

    yield exporter
    for each in made:
        each.close()


def requests(exporter):
    (model,) = exporter.view(include_process=False).models
    return model.objectives.minimum_requests


def test_a_change_holds_at_once(make, path):
    """The next scrape shows it; no other process is spoken of where there is none."""
    exporter = make(config=str(path))
    exporter.monitor(model="a", version="1")(lambda x: x)(1.0)
    assert requests(exporter) == 10
    path.write_text("[models.a]\nminimum_requests = 20\n")

    found = exporter.reload()

    assert found == (True, f"{path} was read; what it says of models holds from now on")
    assert requests(exporter) == 20


def test_what_is_bad_changes_nothing(make, path, caplog):
    """The reason is the answer, and stands in the log."""
    exporter = make(config=str(path))
    path.write_text("[models.a]\nminimum_requests = -1\n")

    with caplog.at_level(logging.INFO):
        is_good, sentence = exporter.reload()

    assert is_good is False
    assert "line 2: [models.a] minimum_requests = -1" in sentence
    assert caplog.records[-1].levelno == logging.WARNING
    assert caplog.records[-1].mlexporter == {"path": str(path), "is_good": False}


def test_without_any_file_there_is_nothing_to_read(make):
    """It is no failure, and no success either."""
    is_good, sentence = make().reload()

    assert is_good is None
    assert "MLEXPORTER_CONFIG" in sentence


def test_an_error_of_ours_is_an_answer_without_its_words(make, path, monkeypatch, caplog):
    """It is counted as every other one."""
    exporter = make(config=str(path))

    def fail():
        raise RuntimeError("born in 1971")

    monkeypatch.setattr(exporter._engine.expectations, "reload", fail)

    is_good, sentence = exporter.reload()

    assert is_good is False
    assert "RuntimeError" in sentence
    assert "1971" not in sentence + caplog.text
    assert exporter.view(include_process=False).exporter.internal_errors == {"evaluate": 1}


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (0, ""),
        (1, "1 other process in {} reads the same file"),
        (3, "3 other processes in {} read the same file"),
    ],
)
def test_the_answer_says_who_follows_later(make, path, monkeypatch, others, told):
    """Other processes of a directory look for themselves."""
    shared = path.parent / "shared"
    exporter = make(config=str(path), dir=str(shared), evaluation_interval=7.0)
    exporter.monitor(model="a", version="1")(lambda x: x)(1.0)
    look = exporter._engine.look

    def looked():
        found = look()
        names = [ProcessName(os.getpid() + 1 + number, 1, 1) for number in range(others)]
        sums = found.sums._replace(processes=(*found.sums.processes, *names))
        return type(found)(found.snapshots, found.references, sums, found.cards)

    monkeypatch.setattr(exporter._engine, "look", looked)

    sentence = exporter.reload().sentence

    assert told.format(shared) in sentence
    assert ("evaluation_interval (7 s)" in sentence) == bool(others)


def test_a_worker_leaves_sighup_alone(make):
    """It belongs to the application, whose servers have their own meaning for it."""
    import signal

    before = signal.getsignal(signal.SIGHUP)
    exporter = make(reload_endpoint=True)
    exporter.serve(0)

    assert signal.getsignal(signal.SIGHUP) is before
    assert "reload" not in mlexporter.__all__
