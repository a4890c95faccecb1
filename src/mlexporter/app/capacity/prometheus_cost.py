"""What Prometheus pays for all pods: series, samples, memory, disk, rules."""

from __future__ import annotations

import math
from typing import Final

from mlexporter import catalogue
from mlexporter.app.capacity.costs import PrometheusCost
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.measured import (
    DISK_BYTES_OF_A_SAMPLE,
    PROMETHEUS_BYTES_OF_A_SERIES,
    RETENTION_SECONDS,
    RULE_SECONDS_OF_A_SAMPLE,
)
from mlexporter.app.capacity.pod_cost import Page
from mlexporter.generate.fleet import fleet_groups
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.recording import recording_groups
from mlexporter.generate.rules import Recording

SERIES_OF_A_TARGET: Final = 5
"""Series that Prometheus itself adds to each target, such as ``up``."""
_RULE_INTERVAL_SECONDS: Final = 60.0
_RANGES_SECONDS: Final = (300.0, 3600.0)
"""Ranges over which raw counts of bins are read each minute."""


def prometheus_cost(page: Page, load: Load) -> PrometheusCost:
    """Return what Prometheus pays.

    Args:
        page: What one pod exposes.
        load: The load.
    """
    scraped = load.pods * (page.total + SERIES_OF_A_TARGET)
    recorded = _recorded(page, load)
    series = scraped + recorded
    rollout = 2 * scraped + recorded
    samples = scraped / load.scrape_interval + recorded / _RULE_INTERVAL_SECONDS
    of_bins = load.pods * page.series.get(catalogue.FEATURE_OBSERVATIONS.name, 0)
    read = [math.ceil(of_bins * seconds / load.scrape_interval) for seconds in _RANGES_SECONDS]
    return PrometheusCost(
        series=scraped,
        recorded_series=recorded,
        rollout_series=rollout,
        samples_per_second=round(samples, 1),
        memory_bytes=series * PROMETHEUS_BYTES_OF_A_SERIES,
        rollout_memory_bytes=rollout * PROMETHEUS_BYTES_OF_A_SERIES,
        disk_bytes=math.ceil(samples * RETENTION_SECONDS * DISK_BYTES_OF_A_SAMPLE),
        rule_samples=max(read),
        rule_seconds=round(sum(read) * RULE_SECONDS_OF_A_SAMPLE, 3),
    )


def _recorded(page: Page, load: Load) -> int:
    """Return how many series the recording rules add: what they sum up is there once, however many pods there are."""
    n_models = load.models * load.versions
    of_level = {
        "model": n_models,
        "model_profile": n_models,
        "model_feature": n_models * load.features,
        "model_feature_bin": page.series.get(catalogue.FEATURE_OBSERVATIONS.name, 0),
        "model_feature_window": n_models * load.features * len(load.windows),
        "model_output": n_models * load.outputs,
        "model_output_bin": page.series.get(catalogue.OUTPUT_OBSERVATIONS.name, 0),
    }
    options = RuleOptions()
    groups = (*recording_groups(options), *(fleet_groups(options) if load.fleet else ()))
    names = [rule.name for group in groups for rule in group.rules if isinstance(rule, Recording)]
    return sum(of_level[name.split(":")[0]] for name in names if _is_exposed(name.split(":")[1], page))


def _is_exposed(name: str, page: Page) -> bool:
    return bool(page.series.get(name) or page.series.get(f"{name}_total"))
