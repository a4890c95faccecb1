"""Selectors of what the reader of a dashboard has chosen, made from catalogue entries."""

from __future__ import annotations

from typing import Final

from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.promql import Matcher, select

RATE: Final = "$__rate_interval"
"""The range of a rate: four scrapes at least, and no gap between two points of a panel."""

RANGE: Final = "$__range"
"""All that the reader looks at."""

WINDOW: Final = "$window"
"""The window of drift that the reader has chosen."""

CHOSEN_MODEL: Final = (
    Matcher("model_name", "=", "$model_name"),
    Matcher("model_version", "=~", "$model_version"),
    Matcher("variant", "=~", "$variant"),
)
CHOSEN_WINDOW: Final = Matcher("window", "=", WINDOW)
CHOSEN_FEATURE: Final = Matcher("feature", "=", "$feature")
CHOSEN_OUTPUT: Final = (Matcher("output", "=", "$output"), Matcher("class", "=~", "$class"))
CHOSEN_TARGETS: Final = (Matcher("job", "=~", "$job"), Matcher("instance", "=~", "$instance"))


def of_model(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of the chosen model, with further ``matchers``.

    Raises:
        ConfigurationError: the metric has no such label.
    """
    return select(metric, options.rules, *CHOSEN_MODEL, *matchers)


def of_every_model(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of all models; fitted to one model, of that one."""
    one = (Matcher("model_name", "=", "$model_name"),) if options.model else ()
    return select(metric, options.rules, *one, *matchers)


def of_targets(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of the chosen scrape targets."""
    return select(metric, options.rules, *CHOSEN_TARGETS, *matchers)


def recorded(name: str, *matchers: Matcher) -> str:
    """Return the selector of a recorded series of the chosen model; it has no labels of the user's own selector."""
    return f"{name}{{{', '.join(str(each) for each in (*CHOSEN_MODEL, *matchers))}}}"


def at_end(selector: str) -> str:
    """Return a selector as it is at the end of the time range, whatever the time of the point."""
    return f"{selector} @ end()"


def increase(selector: str, window: str) -> str:
    """Return by how much counters rose in each ``window``."""
    return f"increase({selector}[{window}])"


def per_second(selector: str) -> str:
    """Return the rate of counters, per second."""
    return f"rate({selector}[{RATE}])"


def summed(labels: tuple[str, ...] | str, expression: str) -> str:
    """Return the sum over everything but ``labels``, pods included: for counts."""
    return _aggregated("sum", labels, expression)


def greatest(labels: tuple[str, ...] | str, expression: str) -> str:
    """Return the largest over everything but ``labels``: for what each pod says of the same thing."""
    return _aggregated("max", labels, expression)


def unless_any(selector: str, label: str, words: str) -> str:
    """Return a series that is -1 where ``selector`` had nothing in the whole time range; ``words`` is its ``label``.

    A state timeline without any series shows an error instead of saying so.
    """
    return (
        f'on () (label_replace(vector(-1), "{label}", "{words}", "", "")'
        f" and on () absent_over_time({selector}[{RANGE}] @ end()))"
    )


def until_now(expression: str) -> str:
    """Return one series without labels that is NaN where ``expression`` has nothing.

    Else the last of a line that has ended, such as the rate of a server that is gone, would stand for the present.
    """
    return f"{expression} or vector(NaN)"


def _aggregated(operation: str, labels: tuple[str, ...] | str, expression: str) -> str:
    names = (labels,) if isinstance(labels, str) else labels
    return (
        f"{operation} by ({', '.join(names)}) ({expression})" if any(names) else f"{operation}({expression})"
    )
