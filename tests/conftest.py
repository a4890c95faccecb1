"""Fixtures that any test may ask for."""

import contextlib
import sys

import numpy as np
import pytest
from hypothesis import settings

from mlexporter import catalogue
from mlexporter.records import (
    Distribution,
    ExporterCounts,
    FeatureReference,
    HistogramCounts,
    Kind,
    Lineage,
    ModelKey,
    ModelView,
    OutputReference,
    ProfileCounts,
    Reference,
    Report,
    ResourceSample,
    ResourceUsage,
    ServiceCounts,
    Snapshot,
    SubjectScores,
    TrainingType,
    View,
    WindowCounts,
    WindowReport,
)

# Of ``make check``, which tries a fifth of the examples; see ``examples`` in tests/shared.
settings.register_profile("quick", max_examples=20)

EVALUATED = 1_700_000_000.0
"""Unix time of the report in ``view``; render it with ``now`` shortly after."""


def _reference() -> Reference:
    distance = Distribution(
        Kind.NUMERIC,
        TrainingType.FLOAT,
        edges=(200.0, 500.5, 1000.0),
        counts=(100, 300, 400, 200, 5, 0),
        minimum=80.0,
        maximum=2500.0,
        out_of_range=4,
        mean=640.0,
        standard_deviation=310.5,
        quantiles=((0.5, 600.0),),
    )
    carrier = Distribution(
        Kind.CATEGORICAL,
        TrainingType.TEXT,
        categories=("UA", "B6", "DL"),
        other_categories=("AS", "HA"),
        counts=(500, 300, 150, 50, 0, 10, 0),
    )
    score = Distribution(
        Kind.NUMERIC, TrainingType.FLOAT, edges=(0.25, 0.5, 0.75), counts=(600, 250, 110, 50, 0, 0)
    )
    return Reference(
        model_name="late_arrival",
        model_version="2013.1",
        features=(
            FeatureReference("distance", distance, threshold=0.1, importance=0.7),
            FeatureReference("carrier", carrier, threshold=0.2, alert=False, importance=0.3),
        ),
        outputs=(OutputReference("prediction", score, positives=(10, 40, 60, 45)),),
        fingerprint="0a1b2c3d",
        profile_id="0123456789abcdef",
        row_count=1010,
        created_timestamp=1_690_000_000.25,
        lineage=Lineage("flights 2013", "run-7", "c0ffee", "scikit-learn"),
        decision_threshold=0.5,
        skipped={"tail_number": "nearly every value is different"},
    )


def _service(*, accepted: int, errors: dict[str, int]) -> ServiceCounts:
    latency = np.zeros(len(catalogue.LATENCY_BOUNDS_SECONDS) + 1, dtype=np.int64)
    latency[2], latency[4] = accepted - 3, 3
    rows = np.zeros(len(catalogue.BATCH_BOUNDS_ROWS) + 1, dtype=np.int64)
    rows[0] = accepted
    failed = sum(errors.values())
    return ServiceCounts(
        accepted=accepted,
        in_progress=1,
        requests={"ok": accepted - failed, "error": failed},
        durations={"ok": HistogramCounts(latency, 0.0123 * accepted)},
        batch_rows=HistogramCounts(rows, float(accepted)),
        errors=errors,
        dropped={"overload": 2},
        schema_violations={"missing_feature": 1},
        loaded_timestamp=EVALUATED - 7200.0,
    )


def _profile_counts() -> ProfileCounts:
    return ProfileCounts(
        fingerprint="0a1b2c3d",
        epoch="1",
        accepted=402,
        drained=402,
        dropped=2,
        feature_cells=np.array([10, 30, 100, 250, 8, 2, 180, 120, 60, 20, 15, 5, 0], dtype=np.int64),
        out_of_range=np.array([31, 0], dtype=np.int64),
        type_mismatches=np.array([2, 0], dtype=np.int64),
        output_cells=np.array([150, 110, 80, 50, 0, 0], dtype=np.int64),
    )


def _scores(metrics: tuple, rows: list[list[float]]) -> dict[str, np.ndarray]:
    return {metric.name: np.array(row) for metric, row in zip(metrics, rows, strict=False)}


def _window(name: str, span: float, *, has_scores: bool) -> WindowReport:
    counts = _profile_counts()
    divisor = 1 if has_scores else 10
    window = WindowCounts(
        name=name,
        span_seconds=span,
        row_count=400 // divisor,
        feature_cells=counts.feature_cells // divisor,
        out_of_range=counts.out_of_range // divisor,
        type_mismatches=counts.type_mismatches // divisor,
        output_cells=counts.output_cells // divisor,
    )
    if not has_scores:
        features = SubjectScores(np.array([39, 38], dtype=np.int64), {}, ("rows", "rows"))
        outputs = SubjectScores(np.array([39], dtype=np.int64), {}, ("rows",))
        return WindowReport(window, features, outputs)
    # severity, effect, lower bound, location (none for categories), detectable effect, psi, spread
    feature_rows = [
        [4.5, 0.4],
        [0.52, 0.1],
        [0.45, 0.08],
        [0.5, np.nan],
        [0.11, 0.12],
        [0.31, 0.02],
        [0.1, np.nan],
    ]
    output_rows = [[0.6], [0.09], [0.06], [0.08], [0.1], [0.015], [-0.02]]
    scores = _scores(catalogue.FEATURE_DRIFT, feature_rows)
    scores[catalogue.FEATURE_MISSING_EXCESS.name] = np.array([0.02, -0.01])
    scores[catalogue.FEATURE_UNSEEN_EXCESS.name] = np.array([np.nan, 0.15])
    features = SubjectScores(np.array([390, 395], dtype=np.int64), scores, ("", ""))
    outputs = SubjectScores(
        np.array([390], dtype=np.int64), _scores(catalogue.OUTPUT_DRIFT, output_rows), ("",)
    )
    return WindowReport(window, features, outputs)


def _resources() -> ResourceUsage:
    card = ("GPU-0a1b", "NVIDIA H100 80GB HBM3")
    return ResourceUsage(
        process={catalogue.PROCESS_RESIDENT_MEMORY.name: 123_456_789, catalogue.PROCESS_CPU.name: 12.5},
        container=(
            ResourceSample(catalogue.CONTAINER_MEMORY_LIMIT.name, (), 536_870_912.0),
            ResourceSample(catalogue.CONTAINER_PRESSURE.name, ("cpu",), 0.125),
            ResourceSample(catalogue.CONTAINER_PRESSURE.name, ("io",), 0.0),
        ),
        gpu=(
            ResourceSample(catalogue.GPU_UTILIZATION.name, card, 0.5),
            ResourceSample(catalogue.GPU_UTILIZATION.name, ("GPU-2c3d", 'spoken "aloud"\x00'), 1.0),
            ResourceSample(catalogue.GPU_POWER.name, card, 250.5),
        ),
    )


@pytest.fixture
def view() -> View:
    """Return two models: one with a profile and a report (6h has scores, 1h too few rows), one without."""
    key = ModelKey("late_arrival", "2013.1")
    report = Report(
        key,
        "0a1b2c3d",
        EVALUATED,
        100,
        (_window("1h", 3600.0, has_scores=False), _window("6h", 7200.0, has_scores=True)),
    )
    profiled = ModelView(
        Snapshot(key, 7200.0, _service(accepted=402, errors={"ValueError": 3}), _profile_counts()),
        _reference(),
        report,
        notes=(("tail_number", "nearly every value is different"),),
    )
    bare = ModelView(
        Snapshot(ModelKey("fares", "7", "shadow"), 7200.0, _service(accepted=50, errors={})),
        notes=(("drift", "not measured: there is no profile"),),
        degraded={"profile_missing": "fares.profile.json is not there"},
    )
    drains = np.zeros(len(catalogue.DRAIN_BOUNDS_SECONDS) + 1, dtype=np.int64)
    drains[1] = 9
    exporter = ExporterCounts(
        internal_errors={"drain": 1},
        access_denied={("page", "host"): 2},
        cardinality_overflow=4,
        observe_duration=HistogramCounts(drains, 0.0009),
        evaluation_duration_seconds=0.012,
        last_evaluation_timestamp=EVALUATED,
    )
    return View(
        models=(profiled, bare),
        exporter=exporter,
        degraded={},
        windows={"1h": 3600.0, "6h": 21600.0},
        evaluation_interval_seconds=15.0,
        series_budget=10_000,
        resources=_resources(),
    )


@pytest.fixture
def interrupted_at():
    """Return what presses Ctrl-C at the n-th place in mlexporter where it can strike.

    ``with interrupted_at(n) as struck:``, where ``struck`` says in the end where that was, if it was
    reached. The interpreter looks for signals when a function of Python begins, when one of C has
    ended and at jumps back; the first two are tried.
    """

    @contextlib.contextmanager
    def interrupted(point):
        struck = []
        left = point

        def strike(frame, event, _):
            nonlocal left
            if event not in {"call", "c_return"} or "/mlexporter/" not in frame.f_code.co_filename:
                return
            if left == 0:
                sys.setprofile(None)
                struck.append(f"{event} in {frame.f_code.co_name}, line {frame.f_lineno}")
                raise KeyboardInterrupt
            left -= 1

        sys.setprofile(strike)
        try:
            yield struck
        finally:
            sys.setprofile(None)

    return interrupted


@pytest.fixture
def otlp_http_receiver():
    """Return a receiver of OTLP over HTTP; ``otlp_receivers`` has the ways it can behave."""
    from otlp_receivers import HttpReceiver

    with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
def otlp_grpc_receiver():
    """Return a receiver of OTLP over gRPC; likewise."""
    from otlp_receivers import GrpcReceiver

    with GrpcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def built_plugin(tmp_path_factory):
    """The folder of the built Grafana plugin; without npm's packages it skips, or fails in CI."""
    from plugin_site import build_plugin

    return build_plugin(tmp_path_factory.mktemp("plugin") / "dist")
