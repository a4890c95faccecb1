"""Records as lines: what is in them, and that nothing in them makes another line."""

import json
import logging
import re
import sys

import pytest

from mlexporter.cli.log_lines import LineFormatter
from mlexporter.errors import SettingError
from mlexporter.state.log import fields

FORMS = ("text", "logfmt", "json")


@pytest.fixture
def line():
    """Return a function from a record's parts to its line."""

    def write(form, message, *arguments, exc_info=None, **about):
        record = logging.LogRecord("mlexporter", logging.WARNING, "file.py", 1, message, arguments, exc_info)
        record.created = 1_700_000_000.1239
        vars(record).update(fields(**about))
        return LineFormatter(form).format(record)

    return write


def failing(error):
    """Return what ``logging`` has of an error that passes through our own code."""
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_the_same_record_in_every_form(line):
    """Time in UTC with milliseconds, level, logger, message, and what it is about."""
    about = {"model": "fares", "version": "3 b"}

    lines = [line(form, "mlexporter: model %s: %d rows", "fares", 3, **about) for form in FORMS]

    assert lines[0] == "2023-11-14T22:13:20.123Z warning mlexporter: model fares: 3 rows"
    assert lines[1] == (
        'time=2023-11-14T22:13:20.123Z level=warning logger=mlexporter msg="model fares: 3 rows" '
        'model=fares version="3 b"'
    )
    assert json.loads(lines[2]) == {
        "time": "2023-11-14T22:13:20.123Z", "level": "warning", "logger": "mlexporter",
        "msg": "model fares: 3 rows", **about,
    }  # fmt: skip


def test_what_is_unknown_is_absent(line):
    """A field without a value is no field."""
    assert "path" not in line("json", "x", path=None)


def test_a_field_cannot_take_the_place_of_the_message(line):
    """What a record is about stands beside what it says."""
    assert json.loads(line("json", "x", msg="y", level="debug"))["msg"] == "x"


@pytest.mark.parametrize("form", FORMS)
def test_what_an_exception_says_is_not_written(line, form):
    """Its class and our own frames are; words of a foreign exception may hold a row."""
    error = failing(ValueError("born in 1971"))

    for text in (
        line(form, "failed", exc_info=error),
        line(form, "failed: %s", error[1]),
        line(form, "failed: %(e)s", {"e": error[1]}),
        line(form, error[1]),
    ):
        assert "ValueError" in text
        assert "1971" not in text
        assert "\n" not in text


def test_our_own_exceptions_and_those_of_the_system_say_why(line):
    """A message of ours names the way out; of an error of the system its words are enough."""
    assert "write it" in line("text", "%s", SettingError("x.toml: write it"))
    full = OSError(28, "No space left on device", "/secret/name")
    assert line("text", "kept in memory: %s", full).endswith("OSError: No space left on device")


def test_frames_are_ours_alone(line):
    """They name files of the package, and functions."""
    from mlexporter.settings import parse_duration

    try:
        parse_duration(None)
    except TypeError:
        frames = json.loads(line("json", "failed", exc_info=sys.exc_info()))["frames"]
    assert re.fullmatch(r"settings/parsers\.py:\d+ parse_duration", frames)


def test_a_message_that_does_not_fit_its_arguments_is_written_all_the_same(line):
    """A mistake in a call of the log takes no line away."""
    assert line("text", "%d rows", "many").endswith("%d rows")


def test_records_without_fields_of_ours_are_formatted_too():
    """Other libraries write into the same log, and may have an attribute of our name."""
    record = logging.LogRecord("other", logging.INFO, "file.py", 1, "x", (), None)
    record.mlexporter = "something"

    assert json.loads(LineFormatter("json").format(record))["logger"] == "other"
