import datetime as dt
import decimal
import enum
import fractions
import uuid

import numpy as np
import pandas as pd
import pytest

from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_values import (
    FIELDS_LIMIT,
    RECORD_LIMIT_BYTES,
    REDACTED,
    FieldNames,
    PlainFields,
    name_of,
    plain,
    short_text,
)


class Colour(enum.StrEnum):
    """A text that is more."""

    RED = "red"


class Talkative:
    """Says in its text what nobody shall know."""

    def __str__(self):
        return "a secret"

    __repr__ = __str__


class Hostile:
    """Fails wherever it is asked."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __str__(self):
        raise RuntimeError

    __repr__ = __len__ = __iter__ = __bool__ = __eq__ = __hash__ = __float__ = __str__


class HostileText(str):
    """A text that fails."""

    __slots__ = ()

    def __str__(self):
        raise RuntimeError

    __repr__ = encode = __len__ = __getitem__ = __str__


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, 1.5),
        (7, 7),
        (True, True),
        ("red", "red"),
        (Colour.RED, "red"),
        (HostileText("red"), "red"),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2.5), 2.5),
        (decimal.Decimal("2.5"), 2.5),
        (fractions.Fraction(1, 4), 0.25),
        (2**63 - 1, 2**63 - 1),
        (2**63, float(2**63)),
        (-(10**400), -1.7976931348623157e308),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (pd.Timestamp("2024-02-29"), "2024-02-29 00:00:00"),
        (np.datetime64("2024-02-29"), "2024-02-29"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (None, None),
        (float("nan"), None),
        (decimal.Decimal("NaN"), None),
        (decimal.Decimal("sNaN"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (float("inf"), float("inf")),
        ([1, 2, 3], "<list of 3>"),
        ({"email": "john"}, "<dict of 1>"),
        (b"secret", "<bytes of 6>"),
        (np.zeros((3, 4)), "<ndarray 3x4>"),
        (pd.DataFrame({"a": [1, 2]}), "<DataFrame 2x1>"),
        (1 + 2j, "<complex>"),
        (Talkative(), "<Talkative>"),
        (Hostile(), "<Hostile>"),
    ],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_what_stands_for_a_value(value, expected):
    """Plain values as they are; of all others the kind and the size, nothing of what they say or hold."""
    found = plain(value)

    assert found == expected
    assert type(found) in {str, int, float, bool, type(None)}


class Telling(dt.datetime):
    """A time that says more."""

    def __str__(self):
        return "a secret"

    isoformat = __repr__ = __str__


class TellingDate(dt.date):
    """Likewise."""

    __str__ = isoformat = __repr__ = Telling.__str__


class TellingTime(dt.time):
    """Likewise."""

    __str__ = isoformat = __repr__ = Telling.__str__


class TellingDelta(dt.timedelta):
    """Likewise."""

    __str__ = __repr__ = Telling.__str__


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Telling(2024, 2, 29), "2024-02-29 00:00:00"),
        (TellingDate(2024, 2, 29), "2024-02-29"),
        (TellingTime(1, 2, 3), "01:02:03"),
        (TellingDelta(seconds=1), "0:00:01"),
        (dt.datetime(2024, 2, 29, 1, tzinfo=dt.UTC), "2024-02-29 01:00:00+00:00"),
    ],
    ids=str,
)
def test_a_time_is_told_as_a_time_whatever_its_class_says(value, expected):
    """A class of a user may say anything of itself."""
    assert plain(value) == expected


def test_a_lazy_value_is_not_asked():
    """What computes its attributes when somebody asks is told by its kind."""

    class Lazy:
        def __getattr__(self, name):
            raise AssertionError(name)

    assert plain(Lazy()) == "<Lazy>"


@pytest.mark.parametrize("text", ["x" * 10**6, "\u00e9" * 200, "\U0001f600" * 100, "\ud800" * 300, "a\x00b"])
def test_texts_are_short_and_valid(text):
    """At most 128 bytes of UTF-8, and a sign where something was cut."""
    found = short_text(text)

    assert len(found.encode("utf-8")) <= 128
    assert found.endswith("\u2026") == (len(text.encode("utf-8", "replace")) > 128)


def test_a_text_at_the_limit_is_whole():
    """Nothing is cut that fits."""
    assert short_text("x" * 128) == "x" * 128
    assert short_text("x" * 129) == "x" * 125 + "\u2026"


def test_names():
    """Texts and whole numbers are names; anything else is none."""
    assert [name_of(key) for key in ("a", HostileText("b"), 3, np.int64(4), None, ("a",), 1.5, Hostile())] == [
        "a", "b", "3", "4", None, None, None, None,
    ]  # fmt: skip


def collected(pairs, *patterns, **options):
    values = list(pairs)
    fields = PlainFields(FieldNames(Redaction(patterns)))
    found = {id(label): value for label, value in values}
    fields.add_all([label for label, _ in values], len(values), lambda label: found[id(label)], **options)
    return fields


def test_fields_beyond_a_hundred_are_counted():
    """An event says how many are left out."""
    fields = collected((f"x{number}", number) for number in range(250))

    assert len(fields.sent) == FIELDS_LIMIT
    assert fields.n_left_out == 150


def test_a_record_has_a_limit_of_bytes():
    """Many long texts do not make a large record; numbers that still fit go in."""
    pairs = [(f"{number:03d}" + "n" * 100, "t" * 500) for number in range(90)]
    fields = collected([*pairs, ("small", 1)])
    size = sum(len(name.encode()) + len(str(value).encode()) for name, value in fields.sent.items())

    assert 0.9 * RECORD_LIMIT_BYTES < size <= RECORD_LIMIT_BYTES
    assert len(fields.sent) + fields.n_left_out == 91
    assert fields.sent["small"] == 1


def test_missing_values_are_absent_and_names_are_needed():
    """Unknown is absent; what has no name is counted."""
    fields = collected([("a", None), ("b", float("nan")), ((1, 2), 3), ("c", 4)])

    assert (fields.sent, fields.n_left_out) == ({"c": 4}, 1)


def test_two_names_that_are_cut_alike():
    """The first one stays."""
    fields = collected([("n" * 300, 1), ("n" * 400, 2)])

    assert (list(fields.sent.values()), fields.n_left_out) == ([1], 1)


def test_what_is_kept_back_is_not_even_looked_at():
    """A missing value is told as little as any other; and the whole of a long name counts."""

    class Watched:
        def __getattribute__(self, name):
            raise AssertionError(name)

    fields = collected([("email", Watched()), ("EMail2", None), ("n" * 300 + "email", "john")], "*email*")

    assert list(fields.sent.values()) == [REDACTED] * 3


def test_many_fields_that_are_missing_are_not_all_looked_at():
    """The rest is counted."""
    taken = []
    fields = PlainFields(FieldNames(Redaction(())))
    fields.add_all((f"x{number}" for number in range(50_000)), 50_000, taken.append)

    assert (len(taken), fields.sent, fields.n_left_out) == (1000, {}, 49_000)


def test_a_value_that_cannot_be_read_is_missing():
    """The others are sent."""
    fields = PlainFields(FieldNames(Redaction(())))
    fields.add_all(["a", "b"], 2, {"b": 1}.__getitem__)

    assert fields.sent == {"b": 1}


def test_labels_without_a_letter_are_names_where_they_were_chosen():
    """A profile may have a feature that is called 7."""
    redaction = Redaction(["email"])

    assert FieldNames(redaction).hides("7")
    assert not FieldNames(redaction, are_chosen=True).hides("7")
    assert not FieldNames(Redaction(())).hides("7")


def test_all_values_can_be_kept_back():
    """Where fields have no names of their own."""
    assert collected([("x0", 1), ("x1", "a")], hides_all=True).sent == {"x0": REDACTED, "x1": REDACTED}


def test_names_are_remembered_within_bounds():
    """Names of rows without end fill no memory, and are told all the same."""
    names = FieldNames(Redaction(["email*"]))

    for _ in range(2):
        assert all(names.of(f"email{number}").is_hidden for number in range(5000))
        assert not any(names.of(f"size{number}").is_hidden for number in range(5000))
    assert len(names._known) == 1000
    assert names.of("n" * 10**6).text.endswith("\u2026")
    assert "n" * 10**6 not in names._known
