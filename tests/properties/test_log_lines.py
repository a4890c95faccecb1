"""Properties of the log: whatever stands in a record, it is one line that reads back."""

import json
import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlexporter.cli.log_lines import LineFormatter, one_line

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=20) | st.sampled_from(
    ["\n", "\r\n{}", '"', "\\", "=", "\u2028", "\x1b[2J", "\x85", "\ud800", 'x" level="error', "\x7f"]
)
ABOUT = st.dictionaries(st.sampled_from(["model", "version", "reason", "path"]), ANYTHING | st.integers())


def formatted(form, message, about, name="mlexporter"):
    record = logging.LogRecord(name, logging.INFO, "file.py", 1, "%s", (message,), None)
    record.mlexporter = about
    return LineFormatter(form).format(record)


def is_harmless(line):
    """Whether nothing in a line ends it, hides it, or steers a terminal."""
    return not any(unicodedata.category(each).startswith(("C", "Zl", "Zp")) for each in line)


def read_logfmt(line):
    """Return the pairs of a line, by the grammar of logfmt: bare words, or texts in quotes."""
    found, place = {}, 0
    decoder = json.JSONDecoder()
    while place < len(line):
        name, _, rest = line[place:].partition("=")
        if rest.startswith('"'):
            value, used = decoder.raw_decode(rest)
        else:
            value = rest.partition(" ")[0]
            used = len(value)
        assert name not in found
        found[name] = value
        place += len(name) + 1 + used + 1
    return found


@given(ANYTHING, ABOUT, ANYTHING)
def test_a_record_is_one_line_that_reads_back(message, about, name):
    """As JSON and as logfmt with every value as it was; as text without anything that ends or hides a line."""
    told = message.removeprefix("mlexporter: ")

    found = json.loads(formatted("json", message, about, name))
    pairs = read_logfmt(formatted("logfmt", message, about, name))

    assert {key: found[key] for key in ("logger", "msg", *about)} == {"logger": name, "msg": told, **about}
    assert {key: pairs[key] for key in ("logger", "msg", *about)} == {
        "logger": name, "msg": told, **{key: str(value) for key, value in about.items()},
    }  # fmt: skip
    assert set(pairs) == {"time", "level", "logger", "msg", *about}
    for form in ("text", "logfmt", "json"):
        line = formatted(form, message, about, name)
        assert line.splitlines() == [line]
        assert is_harmless(line)


@given(ANYTHING)
def test_a_line_for_people_steers_no_terminal(text):
    """What can be printed stays as it is."""
    line = one_line(text)

    assert is_harmless(line)
    if is_harmless(text):
        assert line == text


@pytest.mark.parametrize("text", ["\u2028", "\x0b", "\x85", "\r"])
def test_every_end_of_a_line_is_one(text):
    """Also those that only Unicode knows."""
    assert len(f"a{one_line(text)}b".splitlines()) == 1
