from datetime import date

import pytest

from mlexporter.demo.options import Options
from mlexporter.errors import ConfigurationError


def test_the_default_run_takes_at_most_five_minutes():
    """Decision 33."""
    options = Options()
    assert options.days * 86_400 / options.speed < 300 - 30
    assert options.end == date(2013, 6, 20)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"speed": 1.0}, "--speed 1"),
        ({"speed": float("nan")}, "--speed nan"),
        ({"start": date(2013, 3, 31)}, "--from 2013-03-31"),
        ({"start": date(2014, 1, 1)}, "--from 2014-01-01"),
        ({"days": 0}, "--days 0"),
        ({"start": date(2013, 12, 30), "days": 3}, "1 to 2 are possible"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(changes, message):
    """The message names option and value."""
    with pytest.raises(ConfigurationError, match=message):
        Options(**changes)
