"""Series of a wide fleet: 200 features of 18 bins on 5 pods, those that dashboards read and no others.

They are made, not exposed: what a query costs hangs on how many series and samples it reads, not on their values.
"""

import itertools
import re
import subprocess
from dataclasses import dataclass

import promql_parser as promql

from dashboard_parts import variables_of
from dashboard_queries import known_series, selectors_in
from grafana_asking import Asking, questions_of
from mlexporter.catalogue import CATALOGUE
from mlexporter.demo.history.recorded import series_start
from mlexporter.demo.history.samples import END
from promql_inference import TARGET, exposed

MODEL = "wide"
N_FEATURES, N_BINS, N_PODS = 200, 18, 5
WINDOW = "24h"
CHOSEN = {
    "datasource": "one", "model_name": MODEL, "model_version": ".*", "variant": ".*", "feature": "feature_000",
    "output": "score", "class": ".*", "window": WINDOW, "job": ".*", "instance": ".*",
    "counts": "none", "version_a": "one", "version_b": "one",
}  # fmt: skip
"""What is chosen in every dashboard: one of what can be one only, else all."""

SCRAPE_SECONDS = 30
RECORDED_SECONDS = 60
"""Of series by feature; those of models are recorded as often as they are scraped."""

_BINS = (*(f"{place:02d}" for place in range(N_BINS - 2)), "missing", "invalid")
VALUES = {
    "model_name": (MODEL,), "feature": tuple(f"feature_{place:03d}" for place in range(N_FEATURES)), "bin": _BINS,
    "instance": tuple(f"pod-{place}" for place in range(N_PODS)), "window": ("1h", "6h", WINDOW),
    "variant": ("primary",), "status": ("ok", "error"), "metric": ("errors", "latency"), "output": ("score",),
    "method": ("location", "spread", "omnibus"), "resource": ("cpu", "memory", "io"), "class": ("",),
    "source": ("estimated",), "alertstate": ("firing",), "reason": ("rows",),
}  # fmt: skip
"""Values of labels; all others have the one value ``one``."""

OF_SOME = frozenset({"joint", "pairs", "baseline"})
"""Conditions of which a model has some subjects, such as embeddings, and not one for each feature."""

_SOME = 10
_BOUNDS = {metric.name: metric.bounds for metric in CATALOGUE if metric.kind == "histogram"}
_CONDITIONS = {metric.name: metric.condition for metric in CATALOGUE}
_SCRAPED = exposed(CATALOGUE)
_OF_PROMETHEUS = {"up": TARGET, "scrape_duration_seconds": TARGET}


@dataclass(frozen=True)
class Series:
    """One series: its name, its labels, and the seconds between two of its samples."""

    name: str
    labels: dict
    step: int


def series_read(dashboards):
    """Return the series that the queries of dashboards (classic JSON) read."""
    texts = []
    for dashboard in dashboards:
        texts += [question.text for question in questions_of(dashboard)]
        texts += [
            re.sub(r"^(label_values|query_result)\((.+?)(, \w+)?\)$", r"\2", variable["query"]["query"])
            for variable in variables_of(dashboard)
            if variable["type"] == "query"
        ]
    return series_of(texts)


def series_of(texts):
    """Return the series that queries, with variables, read."""
    by_name = {}
    asking = Asking(0, 0, chosen=CHOSEN)
    for text in texts:
        for selector, _ in selectors_in(promql.parse(asking.filled(text))):
            by_name.setdefault(selector.name, []).append(selector.matchers.matchers)
    return [series for name, selectors in sorted(by_name.items()) for series in _of_name(name, selectors)]


def step_of(name):
    """Return the seconds between two samples of a series."""
    is_rare = ":" in name and "feature" in known_series().get(name, ())
    return RECORDED_SECONDS if is_rare else SCRAPE_SECONDS


def _of_name(name, selectors):
    labels = (_SCRAPED[name][0] if name in _SCRAPED else {**known_series(), **_OF_PROMETHEUS}.get(name)) or ()
    names = sorted(set(labels) - {"range"})
    step = step_of(name)
    chosen = {
        tuple(_chosen(_values(name, label), label, matchers) for label in names) for matchers in selectors
    }
    for values in sorted(set(itertools.chain.from_iterable(itertools.product(*each) for each in chosen))):
        given = dict(zip(names, values, strict=True))
        yield Series(name, given | ({"range": f"about {given['bin']}"} if "range" in labels else {}), step)


def _values(name, label):
    if label == "le":
        bounds = _BOUNDS[name.removesuffix("_bucket")]
        return (*map(repr, bounds), "+Inf")
    if label == "feature" and _CONDITIONS.get(name) in OF_SOME:
        return VALUES[label][:_SOME]
    if label == "instance" and name.startswith("ALERTS"):
        return ("one",)
    return VALUES.get(label, ("one",))


def _chosen(values, label, matchers):
    """Return the values of a label that meet all matchers; ``one`` meets any."""
    of_label = [matcher for matcher in matchers if matcher.name == label]
    return tuple(value for value in values if value == "one" or all(_meets(each, value) for each in of_label))


def _meets(matcher, value):
    is_pattern = matcher.op in (promql.MatchOp.Re, promql.MatchOp.NotRe)
    is_met = re.fullmatch(matcher.value, value) is not None if is_pattern else value == matcher.value
    return is_met == (matcher.op in (promql.MatchOp.Re, promql.MatchOp.Equal))


def write_blocks(promtool, folder, series, *, now, seconds):
    """Write ``seconds`` before ``now`` (Unix seconds) of all series as blocks below ``folder``; return the samples."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "wide.om"
    ends = {
        step: [
            b"%d %d\n" % (1000 + place % 997, moment)
            for place, moment in enumerate(range(now - seconds, now + 1, step))
        ]
        for step in {each.step for each in series}
    }
    with path.open("wb") as file:
        for each in series:
            start = series_start(each.name, {label: value for label, value in each.labels.items() if value})
            file.write(b"".join([start + end for end in ends[each.step]]))
        file.write(END)
    # One block a file: promtool reads the whole file again for each block.
    one = "--max-block-duration=54h"
    create = [promtool, "tsdb", "create-blocks-from", "openmetrics", one, "--quiet", path, folder / "data"]
    subprocess.run(create, check=True, capture_output=True)
    path.unlink()
    return sum(len(ends[each.step]) for each in series)
