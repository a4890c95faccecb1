"""The catalogue keeps the rules of naming: units, suffixes, order of labels, sentences of help."""

import re

import pytest

from mlexporter import catalogue
from mlexporter.catalogue import CATALOGUE, Metric, metric_named

LABEL_ORDER = (
    "model_name", "model_version", "variant", "output", "feature", "class", "bin", "slice", "attribute",
    "group", "metric", "actual", "predicted", "source", "against", "cause", "method", "weight", "window",
    "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_response_model",
    "gen_ai_token_type", "currency", "rating",
    "endpoint", "stage", "reason", "status", "error_type", "profile", "range", "resource", "hw_id", "hw_name",
)  # fmt: skip
INFO_LABELS = {
    "profile_id", "profile_version", "dataset", "run_id", "commit", "framework", "version", "python_version",
}  # fmt: skip
PREFIXES = ("ml_", "mlexporter_", "process_", "hw_", "gen_ai_")
UNITS = {"seconds", "bytes", "ratio", "rows", "cores", "watts", ""}
RESERVED_ENDINGS = ("_bucket", "_sum", "_count", "_created")
OBSERVED_BY_OTHERS = "process_"


def problems(metric):
    """Return what is wrong with one entry."""
    return [
        message
        for message, is_wrong in (
            ("a name of ours: lower case, a known prefix", not _is_named(metric.name)),
            (
                "_total ends counters, and only them",
                (metric.kind == "counter") != metric.name.endswith("_total"),
            ),
            ("a reserved ending", metric.name.endswith(RESERVED_ENDINGS)),
            ("the unit is not a base unit", metric.unit not in UNITS),
            ("the unit does not end the name", not _unit_ends_name(metric)),
            ("a name that ends in a unit has one", not metric.unit and _ends_in_unit(metric)),
            ("labels out of order or unknown", not _labels_in_order(metric)),
            ("a label twice", len(set(metric.labels)) != len(metric.labels)),
            ("le and quantile belong to the format", bool({"le", "quantile"} & set(metric.labels))),
            ("help is one sentence", not _is_sentence(metric.help)),
            ("bounds are for histograms, ascending", not _bounds_fit(metric)),
            ("info is a gauge", metric.name.endswith("_info") and metric.kind != "gauge"),
        )
        if is_wrong
    ]


def _is_named(name):
    return name.startswith(PREFIXES) and re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", name) is not None


def _stem(metric):
    return metric.name.removesuffix("_total")


def _unit_ends_name(metric):
    return not metric.unit or _stem(metric).endswith(f"_{metric.unit}")


def _ends_in_unit(metric):
    # "dropped_rows_total" counts rows: the word is what is counted, not a unit of measurement.
    endings = ("_seconds", "_bytes", "_ratio", "_cores", "_watts", "_milliseconds", "_percent")
    return _stem(metric).endswith(endings)


def _labels_in_order(metric):
    ordered = [LABEL_ORDER.index(label) for label in metric.labels if label in LABEL_ORDER]
    unknown = set(metric.labels) - set(LABEL_ORDER)
    return ordered == sorted(ordered) and (
        not unknown or (metric.name.endswith("_info") and unknown <= INFO_LABELS)
    )


def _is_sentence(text):
    return re.match(r"[A-Z0-9]", text) and text.endswith(".") and "\n" not in text and ". " not in text


def _bounds_fit(metric):
    if metric.kind != "histogram":
        return not metric.bounds
    return bool(metric.bounds) and list(metric.bounds) == sorted(set(metric.bounds))


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_entry_keeps_the_rules(metric):
    """Name, unit, labels and help of each entry follow the rules of naming."""
    assert problems(metric) == []


def test_names_are_unique():
    """A name means one thing, and no entry of the file is missing from the list."""
    written = [
        entry
        for value in vars(catalogue).values()
        for entry in ((value,) if isinstance(value, Metric) or not isinstance(value, tuple) else value)
        if isinstance(entry, Metric)
    ]
    by_name = {}
    for entry in written:
        assert by_name.setdefault(entry.name, entry) == entry
    assert set(by_name) == {metric.name for metric in CATALOGUE}
    assert len(CATALOGUE) == len(by_name)


def test_a_histogram_takes_no_name_of_another_metric():
    """NAME_bucket, NAME_sum and NAME_count of a histogram are free."""
    names = {metric.name for metric in CATALOGUE}
    for metric in CATALOGUE:
        if metric.kind == "histogram":
            assert not {f"{metric.name}{ending}" for ending in RESERVED_ENDINGS} & names


def test_metric_named_finds_entries_and_nothing_else():
    """Look-ups by name give the entry; a misspelt name is an error."""
    assert metric_named("ml_predictions_total") is catalogue.PREDICTIONS
    with pytest.raises(KeyError):
        metric_named("ml_prediction_total")


GOOD = {"name": "ml_call_duration_seconds", "kind": "gauge", "help": "Time that it took.", "unit": "seconds"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "ml_calls", "kind": "counter", "unit": ""}, "_total"),
        ({"name": "ml_calls_total", "unit": ""}, "_total"),
        ({"name": "model_duration_seconds"}, "a known prefix"),
        ({"name": "ml_call:rate_seconds"}, "lower case"),
        ({"unit": "milliseconds"}, "base unit"),
        ({"name": "ml_call_duration"}, "does not end the name"),
        ({"unit": ""}, "has one"),
        ({"labels": ("variant", "model_name")}, "out of order"),
        ({"labels": ("user_id",)}, "unknown"),
        ({"labels": ("window", "window")}, "twice"),
        ({"labels": ("le",)}, "belong to the format"),
        ({"help": "no sentence"}, "one sentence"),
        ({"bounds": (1.0,)}, "for histograms"),
        ({"kind": "histogram", "bounds": (2.0, 1.0)}, "ascending"),
    ],
)
def test_planted_faults_are_found(change, message):
    """Each rule is broken once on purpose and reported."""
    assert problems(Metric(**GOOD)) == []
    assert any(message in problem for problem in problems(Metric(**{**GOOD, **change})))
