import math

import pytest

from mlexporter.demo.faults import Fault, parse_fault, parse_faults
from mlexporter.errors import ConfigurationError


def test_a_unit_error_sends_miles_as_kilometres():
    """1,000 miles are sent as 1,609.344, and the row given is left as it was."""
    row = {"distance": 1000, "carrier": "UA"}
    assert parse_fault("distance=unit").applied(row, {}) == {
        "distance": pytest.approx(1609.344),
        "carrier": "UA",
    }
    assert row == {"distance": 1000, "carrier": "UA"}


def test_a_unit_error_of_temperature_has_an_offset():
    """Water freezes at 32 °F and at 0 °C."""
    assert parse_fault("temp=unit").applied({"temp": 32.0}, {})["temp"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("value", [None, math.nan])
def test_a_unit_error_leaves_what_is_missing(value):
    """What is not known has no unit."""
    assert parse_fault("temp=unit").applied({"temp": value}, {})["temp"] is value


def test_missing_sends_none():
    """As after a dropped join."""
    assert parse_fault("carrier=missing").applied({"carrier": "UA"}, {}) == {"carrier": None}


def test_stuck_repeats_the_last_healthy_value():
    """As a feed that stands still; before the first row there is nothing to repeat."""
    fault = parse_fault("seats=stuck")
    assert fault.applied({"seats": 100}, {"seats": 55}) == {"seats": 55}
    assert fault.applied({"seats": 100}, {}) == {"seats": None}


@pytest.mark.parametrize("text", ["distance", "distance=", "distance=metric", "=unit", ""])
def test_what_is_no_fault_is_refused_with_the_way_to_write_one(text):
    """The message names what was given and the three ways."""
    with pytest.raises(ConfigurationError, match=r"unit|no feature"):
        parse_fault(text)


def test_a_unit_error_needs_another_unit():
    """A carrier has none; the message says what works instead."""
    with pytest.raises(ConfigurationError, match="missing and stuck"):
        parse_fault("carrier=unit")


def test_one_feature_breaks_in_one_way():
    """Two faults of one feature contradict each other; two features are fine."""
    with pytest.raises(ConfigurationError, match="'distance' is given twice"):
        parse_faults(("distance=unit", "distance=stuck"))
    assert parse_faults(("distance=unit", "seats=stuck")) == (
        Fault("distance", "unit"),
        Fault("seats", "stuck"),
    )


def test_a_fault_reads_as_on_the_command_line_and_as_a_sentence():
    """People see both."""
    fault = parse_fault("distance=unit")
    assert str(fault) == "distance=unit"
    assert "kilometres" in fault.sentence
    assert "miles" in fault.sentence
