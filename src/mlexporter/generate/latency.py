"""Recorded series of calls that took longer than they should, by the threshold that a model's configuration sets.

The threshold is a bucket bound of the duration histogram. PromQL compares no label with a number, so that
the threshold is turned into the text of the label ``le`` and both are joined on it.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    TARGET_LABELS,
    Matcher,
    recorded_name,
    select_name,
    threshold,
    total,
)
from mlexporter.generate.rules import Recording
from mlexporter.settings import parse_duration

STEP_SECONDS: Final = 300.0
"""Nominal time between two of the recorded rates that longer windows add up."""

_THRESHOLD_BOUND: Final = recorded_name("model", catalogue.SLO_LATENCY_THRESHOLD, "bound")
COMPLETED_RATE: Final = recorded_name("model", catalogue.PREDICTION_DURATION, "completed_rate5m")
"""Calls a second that returned or raised, of pods whose histogram has the threshold as a bound."""

SLOW_RATE: Final = recorded_name("model", catalogue.PREDICTION_DURATION, "slow_rate5m")
"""Those of them that took longer than the threshold."""

_FIVE_MINUTES: Final = "5m"
# A caller who went away says nothing about how fast the answer would have been.
_HAS_COMPLETED: Final = Matcher("status", "!~", "cancelled|abandoned")


def slow_ratio_name(window: str) -> str:
    """Return the recorded series with the share of calls that were too slow, over a nominal window."""
    return recorded_name("model", catalogue.PREDICTION_DURATION, f"slow_ratio_rate{window}")


def latency_recordings(windows: tuple[str, ...], options: RuleOptions) -> tuple[Recording, ...]:
    """Return the recordings of slow calls; each reads those before it.

    Args:
        windows: Nominal windows of the shares; the five minutes are the first.
        options: The options of the rules.
    """
    fast = _of_completed("_bucket", options) + f"\n  and on ({', '.join((*MODEL, 'le'))}) {_THRESHOLD_BOUND}"
    pod = ", ".join((*TARGET_LABELS, *MODEL, "status"))
    return (
        Recording(_THRESHOLD_BOUND, _bound(options)),
        # Of a pod without such a bound nobody knows which calls were slow: it counts on neither side.
        Recording(
            COMPLETED_RATE,
            total(MODEL, f"\n{_of_completed('_count', options)}\n  and on ({pod}) ({fast})\n"),
        ),
        Recording(SLOW_RATE, f"clamp_min({COMPLETED_RATE} - {total(MODEL, fast)}, 0)"),
        *(Recording(slow_ratio_name(window), _slow_ratio(window, options)) for window in windows),
    )


def calls_in(rate_name: str, window: str, options: RuleOptions) -> str:
    """Return how many calls a recorded rate of five minutes makes over a longer nominal window."""
    return f"{_added(rate_name, window, options)} * {options.seconds(STEP_SECONDS):.12g}"


def _bound(options: RuleOptions) -> str:
    # count_values writes 1 where mlexporter and Prometheus 3 write 1.0, and 0.00001 where they write 1e-05;
    # what came over OTLP may have either.
    plain = (
        f'count_values by ({", ".join(MODEL)}) ("le", {threshold(catalogue.SLO_LATENCY_THRESHOLD, options)})'
    )
    spelled = plain
    for replacement, pattern in (
        ("$1.0", "([0-9]+)"),
        ("${1}e-05", "0[.]0000([1-9])"),
        ("${1}.${2}e-05", "0[.]0000([1-9])([0-9]+)"),
    ):
        spelled = f'label_replace({spelled}, "le", "{replacement}", "le", "{pattern}")'
    return f"{spelled}\nor {plain}"


def _of_completed(part: str, options: RuleOptions) -> str:
    series = select_name(catalogue.PREDICTION_DURATION.name + part, options, _HAS_COMPLETED)
    return f"rate({series}[{options.range(parse_duration(_FIVE_MINUTES))}])"


def _slow_ratio(window: str, options: RuleOptions) -> str:
    # Without calls there is no share: 0 / 0 would be NaN, which looks like a value.
    if window == _FIVE_MINUTES:
        return f"{SLOW_RATE} / ({COMPLETED_RATE} > 0)"
    # Days of raw buckets of every pod are past the query limit of a default Prometheus.
    return f"{_added(SLOW_RATE, window, options)}\n  / ({_added(COMPLETED_RATE, window, options)} > 0)"


def _added(rate_name: str, window: str, options: RuleOptions) -> str:
    step = options.range(STEP_SECONDS)
    return f"sum_over_time({rate_name}[{options.range(parse_duration(window))}:{step}])"
