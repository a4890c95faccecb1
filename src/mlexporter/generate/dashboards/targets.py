"""Selectors of servers: of those behind a model, of exporters, and of what Prometheus itself says of its targets."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import (
    CHOSEN_TARGETS,
    RANGE,
    at_end,
    greatest,
    of_model,
    of_targets,
    per_second,
    summed,
)
from mlexporter.generate.promql import TARGET_LABELS, Matcher, select_name

UP: Final = "up"
SCRAPE_DURATION: Final = "scrape_duration_seconds"
SCRAPED_SAMPLES: Final = "scrape_samples_scraped"

_TARGET: Final = ", ".join(TARGET_LABELS)
_ONE_MODEL: Final = Matcher("model_name", "=", "$model_name")


def of_served(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of the chosen model on the chosen servers."""
    return of_model(metric, options, *CHOSEN_TARGETS, *matchers)


def part_of(metric: Metric, ending: str, selector: str) -> str:
    """Return the selector of one series of a histogram: ``_bucket``, ``_sum`` or ``_count``."""
    return f"{metric.name}{ending}{selector.removeprefix(metric.name)}"


def quantile(share: float, metric: Metric, selector: str, labels: tuple[str, ...] = ()) -> str:
    """Return a quantile of a histogram, all pods together, one for each value of ``labels``."""
    buckets = per_second(part_of(metric, "_bucket", selector))
    return f"histogram_quantile({share:g}, {summed((*labels, 'le'), buckets)})"


def where_served(expression: str, options: DashboardOptions) -> str:
    """Return of ``expression``, by target, only the servers that serve the chosen model at that time."""
    served = greatest(TARGET_LABELS, of_served(catalogue.MODEL_INFO, options))
    return f"{expression} and on ({_TARGET}) {served}"


def up_where_served(options: DashboardOptions) -> str:
    """Return ``up`` of all servers that have served the chosen model in the time range, dead ones included."""
    return _seen(of_prometheus(UP, options), of_served(catalogue.MODEL_INFO, options))


def of_prometheus(name: str, options: DashboardOptions) -> str:
    """Return the selector of what Prometheus writes about the chosen targets, whatever they are."""
    return select_name(name, options.rules, *CHOSEN_TARGETS)


def where_exporter(name: str, options: DashboardOptions) -> str:
    """Return what Prometheus writes about targets that had an exporter in the time range, dead ones included."""
    return _seen(of_prometheus(name, options), of_targets(catalogue.BUILD_INFO, options))


def of_exporter(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of the chosen exporters; fitted to one model, of that one."""
    one = (_ONE_MODEL,) if options.model and "model_name" in metric.labels else ()
    return of_targets(metric, options, *one, *matchers)


def recorded_of_all(name: str, options: DashboardOptions) -> str:
    """Return the selector of a recorded series of all models, all servers added up; fitted, of the one model."""
    return f"{name}{{{_ONE_MODEL}}}" if options.model else name


def or_none(expression: str, label: str, total: str) -> str:
    """Return ``expression``, or where it is empty although ``total`` is 0, a 0 whose ``label`` is ``none``.

    So that "there was none" and "nobody counts" do not look alike.
    """
    return f'{expression} or on () label_replace({total} == 0, "{label}", "none", "", "")'


def _seen(selector: str, sign: str) -> str:
    seen = greatest(TARGET_LABELS, f"count_over_time({at_end(f'{sign}[{RANGE}]')})")
    return f"{selector} and on ({_TARGET}) {seen}"
