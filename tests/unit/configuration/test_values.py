"""The parsers of single values, at their limits."""

import pytest

from mlexporter.configuration.values import as_number, duration, number_above, number_between


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1.0), (0.5, 0.5), (True, None), ("1", None), (None, None), (float("nan"), None),
     (float("-inf"), None), (10**400, None)],
)  # fmt: skip
def test_what_is_a_number(value, expected):
    """Finite numbers are; truth values, texts and what is too large are not."""
    assert as_number(value) == expected


def test_limits_are_out_unless_they_are_said_to_be_in():
    """Above is not from."""
    with pytest.raises(ValueError):
        number_between(0, 1, example="0.5")(0)
    with pytest.raises(ValueError):
        number_between(0, 1, example="0.5", with_low=True)(1)
    assert number_above(0, example="1", with_low=True)(0) == 0
    with pytest.raises(ValueError, match="below"):
        number_between(0, 1, example="0.5")(2)


def test_a_duration_computed_by_hand():
    """Seven days are 7 x 86,400 s."""
    assert duration("7d") == 604_800
