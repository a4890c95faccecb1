import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.options import RuleOptions, duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (300, "5m"), (3600, "1h"), (5400, "1h30m"), (86400, "1d"), (259200, "3d"), (0.8, "800ms"),
        (24, "24s"), (90061.001, "1d1h1m1s1ms"),
    ],
)  # fmt: skip
def test_durations_are_written_as_prometheus_reads_them(seconds, text):
    """The largest units come first, and what is zero is left out."""
    assert duration_text(seconds) == text


def test_a_duration_below_a_millisecond_is_refused():
    """Rounding to nothing would make a rule that Prometheus refuses."""
    with pytest.raises(ConfigurationError, match="too short"):
        duration_text(0.0001)


def test_the_factor_divides_ranges_down_to_the_floor():
    """A rate needs samples: below four scrapes a range would hold too few."""
    options = RuleOptions(time_factor=3600, minimum_range_seconds=0.8)
    assert options.range(86_400) == "24s"
    assert options.range(300) == "800ms"


def test_offsets_have_no_floor():
    """Yesterday is a day of the faster time ago, exactly."""
    options = RuleOptions(time_factor=3600, minimum_range_seconds=30)
    assert options.offset(86_400) == "24s"


def test_defaults_leave_durations_alone():
    """The committed rules say what they mean."""
    assert RuleOptions().range(120) == "2m"


def test_the_factor_of_for_stretches_what_is_held_only():
    """Ranges stay what they are; the floor holds for both."""
    options = RuleOptions(for_factor=2)
    assert (options.hold(300), options.range(300)) == ("10m", "5m")
    assert RuleOptions(for_factor=0.01).hold(300) == "1m"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_factor": 0}, "time_factor=0"),
        ({"time_factor": float("nan")}, "time_factor=nan"),
        ({"minimum_range_seconds": -1}, "minimum_range_seconds=-1"),
        ({"for_factor": 0}, "for_factor=0"),
        ({"memory_ratio": 90}, "memory_ratio=90"),
        ({"with_alerts": frozenset({"MLX"}), "without": frozenset({"MLX"})}, "without='MLX'"),
    ],
)
def test_impossible_options_are_refused(change, message):
    """The message names the option and its value."""
    with pytest.raises(ConfigurationError, match=message):
        RuleOptions(**change)
