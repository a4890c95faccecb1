import dataclasses

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.families import collect
from mlexporter.records import HistogramCounts, ResourceUsage


def test_each_metric_has_exactly_its_labels(view, now):
    """Whatever is exposed carries the labels of the catalogue, in its order, and le where it belongs."""
    for family in collect(view, now=now):
        for sample in family.samples():
            labels = tuple(sample.labels)
            assert labels[: len(family.metric.labels)] == family.metric.labels
            assert labels[len(family.metric.labels) :] in ((), ("le",))
            assert (labels[-1:] == ("le",)) == sample.name.endswith("_bucket")


def test_known_series_start_at_zero(view, scrape, values):
    """Each status and reason is there before anything of the kind happened."""
    samples = scrape(view)
    requests = values(samples, catalogue.PREDICTION_REQUESTS, "model_name", "status")
    assert requests["late_arrival", "ok"] == 399
    assert {status for model, status in requests if model == "fares"} == set(catalogue.STATUSES)
    assert requests["fares", "abandoned"] == 0
    reasons = values(samples, catalogue.SCHEMA_VIOLATIONS, "model_name", "reason")
    assert len(reasons) == 2 * len(catalogue.SCHEMA_REASONS)
    stages = values(samples, catalogue.INTERNAL_ERRORS, "stage")
    assert {stage for (stage,) in stages} == set(catalogue.INTERNAL_STAGES)
    denied = values(samples, catalogue.ACCESS_DENIED, "endpoint", "reason")
    assert {reason for _, reason in denied} == set(catalogue.DENIED_REASONS)


def test_what_many_workers_say_of_themselves(view, scrape, values):
    """How many there are, whether one speaks for itself only, and what died or was set aside."""
    alone = scrape(view)
    lost = values(alone, catalogue.ROWS_LOST, "model_name", "reason")
    assert lost == {
        (name, reason): 0 for name in ("late_arrival", "fares") for reason in catalogue.LOST_REASONS
    }
    set_aside = values(alone, catalogue.SLOTS_SET_ASIDE, "reason")
    assert set_aside == {(reason,): 0 for reason in catalogue.SET_ASIDE_REASONS}
    assert values(alone, catalogue.WORKERS) == {(): 1}
    assert values(alone, catalogue.SINGLE_WORKER) == {(): 0}

    model = view.models[0]
    service = dataclasses.replace(model.snapshot.service, lost={"killed": 7})
    model = dataclasses.replace(model, snapshot=dataclasses.replace(model.snapshot, service=service))
    counts = dataclasses.replace(view.exporter, slots_set_aside={"garbled": 2})
    many = scrape(
        dataclasses.replace(view, models=(model,), exporter=counts, workers=3, is_single_worker=True)
    )
    assert values(many, catalogue.ROWS_LOST, "reason") == {("killed",): 7}
    assert values(many, catalogue.SLOTS_SET_ASIDE, "reason")["garbled",] == 2
    assert values(many, catalogue.WORKERS) == {(): 3}
    assert values(many, catalogue.SINGLE_WORKER) == {(): 1}


def test_counts_are_in_the_right_bins(view, scrape, values):
    """Observed and reference counts stand under the label of their bin."""
    samples = scrape(view)
    observed = values(samples, catalogue.FEATURE_OBSERVATIONS, "feature", "bin", "profile")
    assert observed["distance", "03", "0a1b2c3d"] == 250
    assert observed["distance", "missing", "0a1b2c3d"] == 8
    assert observed["carrier", "other", "0a1b2c3d"] == 20
    assert sum(value for (feature, *_), value in observed.items() if feature == "carrier") == 400
    reference = values(samples, catalogue.FEATURE_REFERENCE, "feature", "bin", "range")
    assert reference["carrier", "01", "B6"] == 300
    assert reference["distance", "00", "≤ 200"] == 100


def test_data_quality(view, scrape, values):
    """Only numbers have a range and only categories can be unseen."""
    samples = scrape(view)
    assert values(samples, catalogue.FEATURE_MISSING, "feature") == {("distance",): 8, ("carrier",): 5}
    assert values(samples, catalogue.FEATURE_OUT_OF_RANGE, "feature") == {("distance",): 31}
    assert values(samples, catalogue.FEATURE_UNSEEN, "feature") == {("carrier",): 15}
    assert values(samples, catalogue.FEATURE_TYPE_MISMATCH, "feature") == {("distance",): 2, ("carrier",): 0}
    assert values(samples, catalogue.FEATURE_EXCLUDED, "feature") == {("distance",): 0, ("carrier",): 1}


def test_unknown_is_absent(view, scrape, values):
    """A NaN score has no series; nor has a window without scores, which says why."""
    samples = scrape(view)
    location = next(metric for metric in catalogue.FEATURE_DRIFT if metric.statistic == "location")
    assert values(samples, location, "feature", "window") == {("distance", "6h"): 0.5}
    absent = values(samples, catalogue.SCORE_ABSENT, "feature", "window", "reason")
    assert absent["distance", "1h", "rows"] == 1
    assert ("distance", "6h", "rows") not in absent


def test_scores_of_measures_all(view, scrape, values):
    """A score that is no default appears with measures: all."""
    spread = next(metric for metric in catalogue.OUTPUT_DRIFT if metric.statistic == "spread")
    assert values(scrape(view), spread, "output") == {}
    everything = dataclasses.replace(view, measures="all")
    assert values(scrape(everything), spread, "output", "window") == {("prediction", "6h"): -0.02}


def test_a_model_without_profile_says_so(view, scrape, values):
    """Service metrics stay, and the reason for no score is the profile."""
    samples = scrape(view)
    assert values(samples, catalogue.PROFILE_LOADED, "model_name") == {("late_arrival",): 1, ("fares",): 0}
    absent = values(samples, catalogue.SCORE_ABSENT, "model_name", "feature", "window", "reason")
    assert absent["fares", "", "6h", "profile"] == 1
    assert values(samples, catalogue.PREDICTIONS, "model_name")["fares",] == 50


def test_an_old_report_is_absent(view, scrape, values, now):
    """After three intervals no score of the report is left, and the reason is stale."""
    samples = scrape(view, now=now + 36)
    assert values(samples, catalogue.FEATURE_DRIFT_SEVERITY, "feature") == {}
    assert values(samples, catalogue.WINDOW_OBSERVATIONS, "window") == {}
    absent = values(samples, catalogue.SCORE_ABSENT, "model_name", "feature", "window", "reason")
    assert {reason for model, _, _, reason in absent if model == "late_arrival"} == {"stale"}
    assert len([key for key in absent if key[0] == "late_arrival"]) == 4
    fresh = scrape(view, now=now + 34)
    assert values(fresh, catalogue.FEATURE_DRIFT_SEVERITY, "feature") != {}


def test_before_the_first_report(with_model, scrape, values, now):
    """A young model lacks rows; one that was never evaluated for long is stale."""
    young = with_model("report", None)
    reasons = values(scrape(young, now=now - 7200), catalogue.SCORE_ABSENT, "model_name", "reason")
    assert ("late_arrival", "rows") in reasons
    reasons = values(scrape(young), catalogue.SCORE_ABSENT, "model_name", "reason")
    assert ("late_arrival", "stale") in reasons


def test_a_report_on_other_bins_is_not_shown(with_model, scrape, values):
    """After a profile is replaced, nothing of the old one is exposed under the new one."""
    samples = scrape(with_model("report.fingerprint", "ffffffff"))
    assert values(samples, catalogue.FEATURE_DRIFT_SEVERITY, "feature") == {}
    samples = scrape(with_model("snapshot.profile.fingerprint", "ffffffff"))
    assert values(samples, catalogue.FEATURE_OBSERVATIONS, "feature") == {}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("snapshot.profile.feature_cells", np.zeros(3, dtype=np.int64)),
        ("snapshot.profile.type_mismatches", np.zeros(1, dtype=np.int64)),
        ("snapshot.service.requests", None),
        ("report.windows", (None,)),
        ("snapshot.service.accepted", "many"),
        ("snapshot.service.in_progress", None),
        ("reference.features", (None,)),
    ],
)
def test_one_broken_model_takes_nothing_from_the_others(with_model, scrape, values, path, value):
    """It is left out, says so, and is counted under the stage render."""
    errors = []
    samples = scrape(with_model(path, value), on_error=lambda stage, error: errors.append((stage, error)))
    assert {stage for stage, _ in errors} == {"render"}
    success = values(samples, catalogue.MODEL_SCRAPE_SUCCESS, "model_name")
    assert success == {("late_arrival",): 0, ("fares",): 1}
    assert values(samples, catalogue.PREDICTIONS, "model_name") == {("fares",): 50}


def test_series_counts_itself(view, scrape, values):
    """The gauge is the number of sample lines."""
    samples = scrape(view)
    assert values(samples, catalogue.SERIES) == {(): len(samples)}


def test_names_that_are_hidden(with_model, scrape, values):
    """Without expose_names no category is readable anywhere."""
    samples = scrape(with_model("reference.expose_names", False))
    ranges = values(samples, catalogue.FEATURE_REFERENCE, "feature", "range")
    assert ("carrier", "00") in ranges
    assert not any("B6" in value for _, pairs in samples for _, value in pairs)


def test_models_whose_names_are_cut_to_the_same(view, scrape, values):
    """Two models with long names stay two sets of series."""
    models = tuple(
        dataclasses.replace(
            model,
            snapshot=dataclasses.replace(
                model.snapshot, key=model.snapshot.key._replace(name="m" * 300 + str(index))
            ),
        )
        for index, model in enumerate(view.models)
    )
    samples = scrape(dataclasses.replace(view, models=models))
    assert sorted(values(samples, catalogue.PREDICTIONS, "model_name").values()) == [50, 402]


def test_an_objective_is_a_bound_of_its_own(with_model, scrape, values):
    """Buckets follow the bounds that the counts were made with, in every status."""
    counts = HistogramCounts(np.array([1, 2, 3]), 1.0, bounds=(0.2, 0.3))
    samples = scrape(with_model("snapshot.service.durations", {"ok": counts}))
    bounds = {
        dict(pairs)["le"]
        for name, pairs in samples
        if name == f"{catalogue.PREDICTION_DURATION.name}_bucket" and ("model_name", "late_arrival") in pairs
    }
    assert bounds == {"0.2", "0.3", "+Inf"}


def test_degraded_reasons_are_counted(view, scrape, values):
    """Each reason starts at 0 and counts models."""
    found = values(scrape(view), catalogue.DEGRADED, "reason")
    assert found["profile_missing",] == 1
    assert found["port_in_use",] == 0


def test_process_metrics_are_optional(view, scrape, values):
    """They are what the view knows, or nothing."""
    name = catalogue.PROCESS_RESIDENT_MEMORY
    assert values(scrape(view), name) == {(): 123_456_789}
    assert values(scrape(view, include_process=False), name) == {}


def test_machine_metrics_are_told_once_a_subject(view, scrape, values):
    """A container has its values, a card is one row of each of its metrics; labels are made safe."""
    found = scrape(view)
    assert values(found, catalogue.CONTAINER_MEMORY_LIMIT) == {(): 536_870_912.0}
    assert values(found, catalogue.CONTAINER_PRESSURE, "resource") == {("cpu",): 0.125, ("io",): 0.0}
    assert values(found, catalogue.GPU_UTILIZATION, "hw_id", "hw_name") == {
        ("GPU-0a1b", "NVIDIA H100 80GB HBM3"): 0.5,
        ("GPU-2c3d", 'spoken "aloud"\ufffd'): 1.0,
    }
    assert values(found, catalogue.GPU_POWER, "hw_id") == {("GPU-0a1b",): 250.5}


def test_what_the_system_does_not_tell_is_no_family(view, scrape):
    """Without a container and without cards there is no series of theirs, and no 0."""
    bare = scrape(dataclasses.replace(view, resources=ResourceUsage()))
    absent = {
        metric.name for metric in CATALOGUE if metric.condition in {"process", "container", "gpu", "push"}
    }
    assert not absent & {name for name, _ in bare}


def test_a_failed_evaluation_is_the_reason_for_absent_scores(view, scrape, values):
    """Our own fault is told from waiting for rows, and is forgotten with the next report."""
    model = view.models[0]
    failed = dataclasses.replace(model, report=None, has_failed=True)
    again = dataclasses.replace(model, has_failed=True)

    reasons = [
        {reason for name, reason in values(scrape(changed), catalogue.SCORE_ABSENT, "model_name", "reason")
         if name == model.snapshot.key.name}
        for changed in (dataclasses.replace(view, models=(each,)) for each in (failed, again))
    ]  # fmt: skip

    assert reasons[0] == {"error"}
    assert "error" not in reasons[1]
