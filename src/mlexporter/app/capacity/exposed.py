"""What is exposed of a model and of the exporter itself: series and bytes, by metric, as the renderer writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from mlexporter import catalogue
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.specimen import KEY, MOMENT, Specimen
from mlexporter.catalogue import CATALOGUE, MODEL_LABELS, Metric
from mlexporter.exposition.families import collect
from mlexporter.exposition.samples import Family
from mlexporter.exposition.text import render_text
from mlexporter.records import (
    BaselineState,
    ConfigurationState,
    ExporterCounts,
    HistogramCounts,
    ModelView,
    Objectives,
    ResourceSample,
    ResourceUsage,
    ServiceCounts,
    Snapshot,
    View,
)
from mlexporter.settings import parse_duration

GROUPS: Final = ("service", "features", "drift", "bins", "resources", "exporter")
"""What series speak of."""

_MACHINE: Final = ("process", "container", "gpu")
_UNLIMITED: Final = 2**62
_LARGE: Final = 123_456_789
_OBJECTIVES: Final = Objectives(latency_threshold_seconds=0.25, expected_effect=0.05, label_delay=86_400.0)


class Exposed(NamedTuple):
    """What one page shows of one model and of its exporter.

    Attributes:
        series: Samples of each metric.
        text_bytes: Bytes of each metric in the text format, its two lines about the metric included.
        subjects: Series that the bins of each subject make, by what the budget begins with: outputs, then
            features in the order of the profile.
        text: The whole page.
    """

    series: dict[str, float]
    text_bytes: dict[str, float]
    subjects: tuple[int, ...]
    text: bytes


def group_of(metric: Metric) -> str:
    """Return the group of a metric, one of ``GROUPS``; every metric is in one, whatever is added to the catalogue."""
    if metric.condition in _MACHINE:
        return "resources"
    if metric.labels[: len(MODEL_LABELS)] != MODEL_LABELS:
        return "exporter"
    if "bin" in metric.labels:
        return "bins"
    subject = {"feature", "output"} & set(metric.labels)
    if "window" in metric.labels or metric.condition in {"noise", "baseline", "joint", "matter"}:
        return "drift"
    return "features" if subject or metric.condition == "profile" else "service"


def exposed(specimen: Specimen, load: Load) -> Exposed:
    """Return what is shown of a model, all bins included."""
    families = collect(_view(specimen, load), now=MOMENT)
    texts = {family.metric.name: render_text((family,)) for family in families}
    return Exposed(
        series={family.metric.name: float(family.sample_count) for family in families},
        text_bytes={name: float(len(text)) for name, text in texts.items()},
        subjects=_subjects(families, len(specimen.training.outputs)),
        text=b"".join(texts.values()),
    )


def header_bytes(name: str) -> int:
    """Return the bytes of the two lines that say what a metric is, however many samples it has."""
    return len(render_text((Family(catalogue.metric_named(name), ()),)))


def _subjects(families: Iterable[Family], n_outputs: int) -> tuple[int, ...]:
    """Return the series of bins of each subject, outputs first."""
    found: Counter[tuple[str, ...]] = Counter()
    for family in families:
        names = family.metric.labels
        if "bin" not in names:
            continue
        last = names.index("bin")
        for block in family.blocks:
            found.update(row[len(MODEL_LABELS) : last] for row in block.labels.rows)
    outputs = [count for subject, count in found.items() if len(subject) > 1]
    features = [count for subject, count in found.items() if len(subject) == 1]
    return (*outputs[:n_outputs], *features)


def _view(specimen: Specimen, load: Load) -> View:
    reference = specimen.training
    baseline = None
    if load.baseline:
        baseline = BaselineState(
            against=catalogue.REFERENCES[specimen.used is not reference],
            clean_blocks=24,
            required_blocks=24,
            watched_blocks=168,
            block_limit=168,
            block_seconds=3600.0,
            accepted_timestamp=MOMENT,
            reference=None if specimen.used is reference else specimen.used,
        )
    model = ModelView(
        Snapshot(KEY, 0.0, _service(), specimen.counts),
        reference,
        specimen.report,
        baseline=baseline,
        objectives=_OBJECTIVES,
    )
    return View(
        models=(model,),
        exporter=_exporter(),
        degraded={},
        windows={name: parse_duration(name) for name in load.windows},
        evaluation_interval_seconds=load.evaluation_interval,
        series_budget=_UNLIMITED,
        measures=load.measures,
        resources=_resources(load.gpus),
        workers=load.workers,
        is_fleet=load.fleet,
        configuration=ConfigurationState(is_good=True, timestamp=MOMENT),
    )


def _service() -> ServiceCounts:
    return ServiceCounts(
        accepted=_LARGE,
        in_progress=10,
        requests=dict.fromkeys(catalogue.STATUSES, _LARGE),
        durations={status: _histogram(catalogue.LATENCY_BOUNDS_SECONDS) for status in catalogue.STATUSES},
        batch_rows=_histogram(catalogue.BATCH_BOUNDS_ROWS),
        errors={},
        dropped=dict.fromkeys(catalogue.DROP_REASONS, _LARGE),
        schema_violations=dict.fromkeys(catalogue.SCHEMA_REASONS, _LARGE),
        loaded_timestamp=MOMENT,
    )


def _histogram(bounds: Sequence[float]) -> HistogramCounts:
    return HistogramCounts(np.full(len(bounds) + 1, _LARGE // 16, dtype=np.int64), _LARGE / 7)


def _exporter() -> ExporterCounts:
    return ExporterCounts(
        internal_errors={},
        access_denied={},
        cardinality_overflow=0,
        observe_duration=_histogram(catalogue.DRAIN_BOUNDS_SECONDS),
        evaluation_duration_seconds=0.012345678901234567,
        last_evaluation_timestamp=MOMENT,
        processor_seconds=MOMENT / 1e4,
    )


def _resources(n_cards: int) -> ResourceUsage:
    def samples(condition: str, rows: Sequence[tuple[str, ...]]) -> list[ResourceSample]:
        return [
            ResourceSample(metric.name, row[: len(metric.labels)], MOMENT)
            for metric in CATALOGUE
            if metric.condition == condition
            for row in (rows if metric.labels else [()])
        ]

    cards = [
        (f"GPU-01234567-89ab-cdef-0123-{place:012d}", "NVIDIA H100 80GB HBM3") for place in range(n_cards)
    ]
    pressures = [(resource,) for resource in catalogue.PRESSURE_RESOURCES]
    process = {metric.name: MOMENT for metric in CATALOGUE if metric.condition == "process"}
    return ResourceUsage(process, tuple(samples("container", pressures)), tuple(samples("gpu", cards)))
