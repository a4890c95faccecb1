"""Alerts about what comes: no calls, too few, too many, versions that nobody expects, a worse canary."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.service import FEWEST_BAD_CALLS
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    TARGET_LABELS,
    Matcher,
    above,
    compared,
    largest,
    rate,
    select,
    select_name,
    total,
)
from mlexporter.generate.recording import error_ratio_name
from mlexporter.generate.rules import MODEL_PHRASE, Alert
from mlexporter.settings import parse_duration

_HOUR: Final = 3_600.0
_HALF_HOUR: Final = 1_800.0
_DAY: Final = 86_400.0
_WEEK: Final = 604_800.0
_PART_THAT_PROVES_TRAFFIC: Final = 0.2
_AROUND_LAST_WEEK: Final = _WEEK - _HALF_HOUR
"""Where the hour ends that lies around this time last week: a morning that is a little late is no fault."""

_TIMES_LAST_WEEK: Final = (
    '{{ $labels.model_name }} gets {{ $value | printf "%.2f" }} times the rows a second that it got around this time '
    "last week, over all versions and pods."
)
_MOST_VERSIONS: Final = 2
_CANARY_WINDOW: Final = "30m"

# Traffic is that of a model: it moves between versions and to a canary and back, and none of this is a fault.
_NAME: Final = ("model_name",)
_FOR_CALLERS: Final = Matcher("variant", "!=", "shadow")


def traffic_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about traffic."""
    return (
        _no_predictions(options),
        _disappeared(options),
        _drop(options),
        _spike(options),
        _unexpected_version(options),
        _canary_worse(options),
    )


def _calls(seconds: float, options: RuleOptions, *, ago_seconds: float = 0.0) -> str:
    increase = rate(
        catalogue.PREDICTION_REQUESTS, options, seconds, _FOR_CALLERS,
        function="increase", offset_seconds=ago_seconds,
    )  # fmt: skip
    return total(_NAME, increase)


def _rows(seconds: float, options: RuleOptions, *, ago_seconds: float = 0.0) -> str:
    return total(
        _NAME, rate(catalogue.PREDICTIONS, options, seconds, _FOR_CALLERS, offset_seconds=ago_seconds)
    )


def _enough(calls: str, options: RuleOptions, *, factor: float | None = None) -> str:
    return above(calls, catalogue.SLO_MINIMUM_REQUESTS, options, operator=">=", on=_NAME, factor=factor)


def _no_predictions(options: RuleOptions) -> Alert:
    # A quiet night is no fault: yesterday must have had traffic on both sides of this time of day, so that
    # work which begins or ends half an hour later or earlier wakes nobody, and last week was not quiet.
    around = (
        _enough(
            _calls(_HALF_HOUR, options, ago_seconds=_DAY + seconds), options, factor=_PART_THAT_PROVES_TRAFFIC
        )
        for seconds in (-_HALF_HOUR, _HALF_HOUR)
    )
    last_week = _calls(_HALF_HOUR, options, ago_seconds=_WEEK)
    return Alert(
        "MLModelNoPredictions",
        "\nand\n".join((*around, f"{_calls(600, options)} == 0")) + f"\nunless\n{last_week} == 0",
        600, "critical", "traffic",
        "A model that had traffic at this time yesterday has none.",
        "{{ $labels.model_name }} has not finished a call for at least ten minutes, although its exporters are up "
        'and it was called about {{ $value | printf "%.0f" }} times in this half hour yesterday. Something before it is '
        "broken, its calls hang, or it was taken out of service on purpose.",
    )  # fmt: skip


def _disappeared(options: RuleOptions) -> Alert:
    # By name: an old version goes with each release. Canaries and shadows end on purpose. What a target
    # that is down does not tell is the subject of MLExporterDown.
    group = ("model_name", "variant")
    info = select(catalogue.MODEL_INFO, options, Matcher("variant", "=", "primary"))
    down = f"{select_name('up', options)} == 0"
    before = f"{info} offset {options.offset(_HOUR)} unless on ({', '.join(TARGET_LABELS)}) {down}"
    return Alert(
        "MLModelDisappeared",
        f"{largest(group, before)}\nunless on ({', '.join(group)})\n{largest(group, info)}",
        900, "warning", "traffic",
        "A model that was monitored an hour ago is no longer.",
        "No version of {{ $labels.model_name }} is exposed by any target that is up; an hour ago one was. Its "
        "pods are gone, its name was changed, or the service no longer loads it. If it was retired on purpose, "
        "this ends by itself within the hour.",
    )  # fmt: skip


def _drop(options: RuleOptions) -> Alert:
    enough = _enough(_calls(_HOUR, options, ago_seconds=_AROUND_LAST_WEEK), options)
    ratio = _to_last_week(_rows(_HALF_HOUR, options), options)
    return Alert(
        "MLPredictionVolumeDrop",
        f"{above(ratio, catalogue.TRAFFIC_DROP_THRESHOLD, options, operator='<', on=_NAME)}\nand\n{enough}",
        1800, "warning", "traffic",
        "A model gets far fewer rows than at the same time last week.",
        f"{_TIMES_LAST_WEEK} Something before it may be broken, a caller may fail, or it is a holiday.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _spike(options: RuleOptions) -> Alert:
    enough = _enough(_calls(_HOUR, options), options)
    ratio = _to_last_week(_rows(600, options), options)
    return Alert(
        "MLPredictionVolumeSpike",
        f"{above(ratio, catalogue.TRAFFIC_SPIKE_THRESHOLD, options, on=_NAME)}\nand\n{enough}",
        900, "warning", "traffic",
        "A model gets far more rows than at the same time last week.",
        f"{_TIMES_LAST_WEEK} A caller may retry or loop, a batch may have been started, or there is a new client.",
        keep_firing_seconds=600,
    )  # fmt: skip


def _to_last_week(rows: str, options: RuleOptions) -> str:
    last_week = _rows(_HOUR, options, ago_seconds=_AROUND_LAST_WEEK)
    return compared(rows, "/", f"({last_week} > 0)", on=_NAME)


def _unexpected_version(options: RuleOptions) -> Alert:
    requests = rate(catalogue.PREDICTION_REQUESTS, options, _HALF_HOUR, _FOR_CALLERS)
    versions = total(("model_name", "model_version"), requests)
    return Alert(
        "MLUnexpectedModelVersion",
        f"count by ({', '.join(_NAME)}) ({versions} > 0) > {_MOST_VERSIONS}",
        7200, "warning", "traffic",
        "More than two versions of a model take traffic.",
        "{{ $value }} versions of {{ $labels.model_name }} have taken calls for two hours. A release stopped halfway, "
        "or pods of an old version were left behind: callers get answers of different models.",
    )  # fmt: skip


def _canary_worse(options: RuleOptions) -> Alert:
    requests, seconds = catalogue.PREDICTION_REQUESTS, parse_duration(_CANARY_WINDOW)
    is_canary, is_primary = (Matcher("variant", "=", variant) for variant in ("canary", "primary"))
    is_error = Matcher("status", "=", "error")
    primary = (
        f"{total(_NAME, rate(requests, options, seconds, is_primary, is_error))}"
        f" / ({total(_NAME, rate(requests, options, seconds, is_primary))} > 0)"
    )
    failed = total(MODEL, rate(requests, options, seconds, is_canary, is_error, function="increase"))
    every = total(MODEL, rate(requests, options, seconds, is_canary, function="increase"))
    return Alert(
        "MLCanaryWorse",
        compared(
            f"{error_ratio_name(_CANARY_WINDOW)}{{{is_canary}}}", ">", f"(2 * {primary} + 0.01)", on=_NAME
        )
        + f"\nand\n{failed} >= {FEWEST_BAD_CALLS}\nand\n"
        + above(every, catalogue.SLO_MINIMUM_REQUESTS, options, operator=">="),
        600, "critical", "slo",
        "The canary of a model fails far more often than the primary.",
        f"{{{{ $value | humanizePercentage }}}} of the calls of {MODEL_PHRASE} raised over the last half hour: more than "
        "twice as many, and one point more, than of the primary. Take the traffic away from the canary.",
        needs="canary",
    )  # fmt: skip
