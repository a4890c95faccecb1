"""Pieces of PromQL made from catalogue entries, so that no rule can misspell a name or a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlexporter.catalogue import MODEL_LABELS, Metric
from mlexporter.errors import ConfigurationError
from mlexporter.generate.options import RuleOptions

TARGET_LABELS = ("job", "instance")
"""The labels that Prometheus itself puts on every series of a target."""

MODEL = MODEL_LABELS
FEATURE = (*MODEL_LABELS, "feature")
FEATURE_WINDOW = (*FEATURE, "window")
OUTPUT = (*MODEL_LABELS, "output", "class")
OUTPUT_WINDOW = (*OUTPUT, "window")


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; ``operator`` is ``=``, ``!=``, ``=~`` or ``!~``."""

    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.operator}"{escaped}"'


def select(metric: Metric, options: RuleOptions, *matchers: Matcher) -> str:
    """Return the selector of ``metric`` with ``matchers`` and the user's own selector.

    Raises:
        ConfigurationError: the metric has no such label.
    """
    for matcher in matchers:
        if matcher.label not in (*metric.labels, *TARGET_LABELS):
            raise ConfigurationError(f"{metric.name} has no label {matcher.label!r}")
    return select_name(metric.name, options, *matchers)


def select_name(name: str, options: RuleOptions, *matchers: Matcher) -> str:
    """Return a selector of a series by its name; of ours, or one of Prometheus itself such as ``up``."""
    conditions = [str(matcher) for matcher in matchers]
    if options.selector:
        conditions.append(options.selector)
    return name + (f"{{{', '.join(conditions)}}}" if conditions else "")


def recorded_name(level: str, metric: Metric, operation: str) -> str:
    """Return the name of a recorded series: ``level:metric without _total:operation``."""
    return f"{level}:{metric.name.removesuffix('_total')}:{operation}"


def total(labels: Sequence[str], expression: str) -> str:
    """Return the sum over everything but ``labels``: pods are added up."""
    return f"sum by ({', '.join(labels)}) ({expression})"


def largest(labels: Sequence[str], expression: str) -> str:
    """Return the largest over everything but ``labels``: for what each pod says of the same thing."""
    return f"max by ({', '.join(labels)}) ({expression})"


def risen(
    labels: Sequence[str], metric: Metric, options: RuleOptions, nominal_seconds: float, *matchers: Matcher
) -> str:
    """Return by how much a counter rose over a nominal range, everything but ``labels`` added up."""
    return total(labels, rate(metric, options, nominal_seconds, *matchers, function="increase"))


def rate(
    metric: Metric,
    options: RuleOptions,
    nominal_seconds: float,
    *matchers: Matcher,
    function: str = "rate",
    offset_seconds: float = 0.0,
) -> str:
    """Return rate (or ``increase``) of a counter over a nominal range, ``offset_seconds`` ago.

    Raises:
        ConfigurationError: the metric is a gauge, of which there is no rate.
    """
    if metric.kind == "gauge":
        raise ConfigurationError(f"{metric.name} is a gauge: there is no {function} of it")
    offset = f" offset {options.offset(offset_seconds)}" if offset_seconds else ""
    return f"{function}({select(metric, options, *matchers)}[{options.range(nominal_seconds)}]{offset})"


def threshold(metric: Metric, options: RuleOptions, *matchers: Matcher, on: Sequence[str] = MODEL) -> str:
    """Return the threshold that a model's configuration sets: every pod says the same, so the largest.

    Not aggregated, two pods would be many on both sides, and a rule that reads it would never fire.
    """
    return largest(on, select(metric, options, *matchers))


def compared(expression: str, operator: str, limit: str, *, on: Sequence[str] = MODEL) -> str:
    """Return a comparison of each series of ``expression`` with the one of ``limit`` that has its labels ``on``.

    Args:
        expression: Has the labels ``on`` and may have more, which the result keeps, with its value. What
            binds less tightly than a comparison (``and``, ``or``, ``unless``) needs brackets of its own.
        operator: A comparison such as ``>``, or arithmetic such as ``/``.
        limit: Has the labels ``on`` and no others.
        on: The labels on which both sides meet.
    """
    return f"{expression}\n  {operator} on ({', '.join(on)}) group_left () {limit}"


def above(
    expression: str,
    metric: Metric,
    options: RuleOptions,
    *matchers: Matcher,
    operator: str = ">",
    on: Sequence[str] = MODEL,
    factor: float | None = None,
) -> str:
    """Return the comparison of ``expression`` with a threshold that arrives as a series.

    Args:
        expression: Grouped by ``on`` and perhaps more labels, which the result keeps.
        metric: The threshold, a gauge with the labels ``on`` and perhaps others.
        options: The options of the rules; their selector restricts the threshold, too.
        matchers: Conditions on the labels of the threshold, such as ``metric="errors"``.
        operator: The comparison.
        on: The labels on which both sides meet: those of a model, or fewer.
        factor: What the threshold is multiplied by.
    """
    limit = threshold(metric, options, *matchers, on=on)
    return compared(expression, operator, limit if factor is None else f"{factor:.12g} * {limit}", on=on)
