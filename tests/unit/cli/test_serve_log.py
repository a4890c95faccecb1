"""The log of a command: what it says to people and to programs, and what is left when it ends."""

import errno
import io
import json
import logging
import sys
import threading

import pytest

from mlexporter.cli.serve_log import ServeLog
from mlexporter.errors import SettingError


@pytest.fixture
def lines(capsys):
    """Return a function that gives the lines of the standard error as records."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_people_read_lines_and_programs_records(capsys):
    """Lines for people are no part of the log; a name cannot make two of one."""
    for form in ("text", "json"):
        log = ServeLog(form, "info")
        with log.open():
            log.tell("model a\nb 1", model="a\nb")
            log.tell_people("reload: read")
    out, err = capsys.readouterr()

    assert out == "model a\\nb 1\nreload: read\n"
    assert [json.loads(line)["model"] for line in err.splitlines()] == ["a\nb"]


def test_a_full_disk_ends_nothing(monkeypatch):
    """Nor does a pipe whose reader is gone: who serves goes on."""

    class Full(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "no space", text)

    monkeypatch.setattr(sys, "stdout", Full())
    log = ServeLog("text", "info")

    log.tell("model a 1")
    log.tell_people("reload: read")


def test_a_thread_that_ends_by_an_error_is_one_line_without_its_words(lines):
    """Also the error that ends all."""

    def fail():
        raise ValueError("born in 1971\n")

    with ServeLog("json", "warning").open():
        thread = threading.Thread(target=fail, name="mlexporter-evaluator")
        thread.start()
        thread.join()
        try:
            fail()
        except ValueError:
            sys.excepthook(*sys.exc_info())

    of_thread, of_all = lines()
    assert (of_thread["level"], of_thread["exception"], of_thread["thread"]) == (
        "critical", "ValueError", "mlexporter-evaluator",
    )  # fmt: skip
    assert of_all["exception"] == "ValueError"
    assert "1971" not in json.dumps([of_thread, of_all])


def test_an_end_that_nobody_asked_for(lines):
    """For people the command line tells it; for programs it is a record."""
    error = SettingError("x.toml: write it")
    with ServeLog("json", "error").open():
        ServeLog("json", "error").tell_the_end(error)

    (found,) = lines()
    assert (found["level"], found["msg"], found["error"]) == ("error", "x.toml: write it", "SettingError")
    with pytest.raises(SettingError):
        ServeLog("text", "error").tell_the_end(error)


def test_everything_is_as_it_was_afterwards():
    """A program that calls the command keeps its own log."""

    def state():
        return (
            logging.getLogger().handlers[:], logging.getLogger().level, logging.getLogger("uvicorn.access").level,
            sys.excepthook, threading.excepthook,
        )  # fmt: skip

    before = state()
    with ServeLog("logfmt", "debug").open():
        assert state() != before
    assert state() == before
