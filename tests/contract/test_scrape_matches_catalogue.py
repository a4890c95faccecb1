"""A scrape of an exporter that has everything switched on equals the catalogue, in both directions."""

import contextlib
import os
import re
import subprocess
import sys
import types
import urllib.request
from collections import defaultdict

import numpy as np
import pytest
from opentelemetry.sdk.metrics.export import MetricExportResult
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

import mlexporter
from mlexporter.app.baselines.decision_file import add_decisions
from mlexporter.app.baselines.decisions import ACKNOWLEDGE, Decision, new_identity
from mlexporter.app.baselines.disk_files import DiskFiles
from mlexporter.catalogue import CATALOGUE, PRESSURE_RESOURCES
from mlexporter.records import ModelKey
from mlexporter.resources import container, graphics
from mlexporter.testing import FakeClock, isolated_exporter

SWITCHED_ON = {
    "always", "profile", "process", "container", "gpu", "push", "events", "genai", "slots", "noise", "joint",
    "estimated", "matter", "pairs", "fleet", "baseline", "objective", "config",
}  # fmt: skip
EXPECTED = {metric.name: metric for metric in CATALOGUE if metric.condition in SWITCHED_ON}
SAMPLE = re.compile(r"([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? \S+")
LABEL = re.compile(r'([a-z_]+)="(?:[^"\\]|\\.)*"')
ENDINGS = ("_bucket", "_sum", "_count")


class Null:
    """An exporter of OpenTelemetry that takes everything."""

    def export(self, *_, **__):
        """Take it."""
        return MetricExportResult.SUCCESS

    def shutdown(self, **_):
        """End."""


def flights(n_rows, seed):
    """Return a month of training rows: numbers, a category, a vector, times, score and label."""
    random = np.random.default_rng(seed)
    times = 1_700_006_400.0 + np.linspace(0, 30 * 86_400 - 1, n_rows)
    distance = random.gamma(2.0, 300.0, n_rows) * (1 + (times % 86_400 > 43_200))
    return {
        "departed": times,
        "distance": distance,
        "minutes": distance / 7 + 30,
        "text": list(random.normal(size=(n_rows, 8))),
        "carrier": random.choice(["UA", "B6", "DL"], n_rows).tolist(),
        "gust": random.normal(10.0, 2.0, n_rows),
        "score": random.uniform(0.0, 1.0, n_rows),
        "late": random.integers(0, 2, n_rows),
    }


def watched_of(rows, factor=1.0):
    """Return what is served of ``rows``: a feature never comes, so that what is absent says why."""
    return {
        "distance": rows["distance"] * factor, "minutes": rows["minutes"], "text": rows["text"],
        "carrier": rows["carrier"], "gust": [None] * len(rows["carrier"]),
    }  # fmt: skip


def prices_profile():
    """Return the profile of a model that predicts a number, with labels of held-out rows."""
    random = np.random.default_rng(3)
    size = random.gamma(2.0, 300.0, 3000)
    columns = {"size": size, "guess": 2 * size, "price": 2 * size + random.normal(0, 0.1 * size)}
    return mlexporter.Profile.fit(
        columns, model="prices", version="1", prediction="guess", label="price", held_out=True
    )


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A container with limits and a graphics card, so that everything exists wherever this runs."""
    folder = tmp_path_factory.mktemp("machine")
    files = {
        f"{os.getpid()}/cgroup": "0::/\n",
        "self/mountinfo": f"30 1 0:30 / {folder} rw - cgroup2 cgroup2 rw\n",
        "memory.max": "536870912\n",
        "memory.current": "400000000\n",
        "memory.events": "oom_kill 0\n",
        "cpu.max": "150000 100000\n",
        "cpu.stat": "throttled_usec 0\n",
    } | {f"{resource}.pressure": "some avg10=1.50 avg60=0.00\n" for resource in PRESSURE_RESOURCES}
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    binding = types.ModuleType("pynvml")
    binding.NVMLError = OSError
    binding.nvmlInit = lambda: None
    binding.nvmlDeviceGetCount = lambda: 1
    binding.nvmlDeviceGetHandleByIndex = lambda index: index
    binding.nvmlDeviceGetUUID = lambda card: f"GPU-{card}"
    binding.nvmlDeviceGetName = lambda card: "NVIDIA H100 80GB HBM3"
    binding.nvmlDeviceGetUtilizationRates = lambda card: types.SimpleNamespace(gpu=75)
    binding.nvmlDeviceGetMemoryInfo = lambda card: types.SimpleNamespace(used=1, total=2)
    binding.nvmlDeviceGetPowerUsage = lambda card: 312_500
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "PROC", folder)
        patch.setattr(graphics, "_opened", {})
        patch.setitem(sys.modules, "pynvml", binding)
        yield


@pytest.fixture(scope="module")
def profile():
    """A profile with all that can be learned."""
    return mlexporter.Profile.fit(
        flights(6000, 1), model="late_arrival", version="1", prediction="score", label="late",
        no_alert=["gust"], timestamp="departed", held_out=True, decision_threshold=0.5,
        derived={"minutes": "distance"}, embeddings=["text"],
        importances={"distance": 2.0, "minutes": 1.0, "carrier": 1.0, "gust": 1.0},
    )  # fmt: skip


@pytest.fixture(scope="module")
def decided(tmp_path_factory, profile):
    """A directory in which somebody said that the drift of a feature is known."""
    folder = tmp_path_factory.mktemp("snapshots")
    bins = profile.reference.fingerprint
    said = Decision(new_identity(), ACKNOWLEDGE, "anna", "a broken sensor", 1_700_000_000.0, bins, "gust")
    add_decisions(DiskFiles(folder), ModelKey("late_arrival", "1"), [said])
    return folder


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    """A configuration file with the objectives that have no default."""
    path = tmp_path_factory.mktemp("configuration") / "mlexporter.toml"
    path.write_text(
        '[models."*"]\nlatency_threshold_seconds = 0.3\nexpected_effect = 0.1\nlabel_delay = "7d"\n'
    )
    return path


@pytest.fixture(scope="module")
def scrapes(machine, profile, decided, configured):
    """The text and the OpenMetrics of one exporter with every kind of model."""
    clock = FakeClock()
    with isolated_exporter(
        clock, measures="all", strict=False, events_ratio=1.0, events_per_second=0.001, fleet=True,
        baseline="on", baseline_blocks=24, snapshot_dir=str(decided), config=str(configured),
    ) as exporter:  # fmt: skip
        full = mlexporter.Monitor(model="late_arrival", version="1", profile=profile)
        mlexporter.Monitor(model="late_arrival", version="1", variant="shadow", profile=profile)
        prices = mlexporter.Monitor(model="prices", version="1", profile=prices_profile())
        exporter.evaluate()
        for hour in range(25):  # a day and an hour of serving, from which a baseline is learned
            rows = flights(200, 10 + hour)
            full.record_batch(watched_of(rows), rows["score"])
            clock.advance(3600.0)
            exporter.evaluate()
        for batch in range(5):  # kilometres instead of miles would not be told; a factor of a hundred is
            rows = flights(400, 2 + batch)
            full.record_batch(watched_of(rows, factor=100.0), rows["score"])
        prices.record_batch({"size": rows["distance"]}, rows["distance"] * 2)

        @mlexporter.monitor(model="bare", version="1")
        def fail(x):
            raise ValueError(x)

        @mlexporter.monitor(model="bot", version="1", kind="chat", provider="openai", request_model="gpt-4o")
        def chat(prompt):
            mlexporter.record_generation(time_per_output_token_seconds=0.02, cost=0.01, currency="USD")
            yield {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}
            yield {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 12}}

        list(chat("Hi"))
        mlexporter.record_feedback("positive", model="bot")
        with contextlib.suppress(ValueError):
            fail(1)
        clock.advance(3600.0)
        exporter.evaluate()
        with exporter.push(Null(), interval_seconds=3600.0) as pushing:
            assert pushing.flush(20.0)
        handle = exporter.serve(port=0)
        yield {
            "text": read(handle.url, "text/plain"),
            "openmetrics": read(handle.url, "application/openmetrics-text; version=1.0.0"),
        }


def read(url, accepted):
    """Return the exposition in the format asked for."""
    request = urllib.request.Request(url.rstrip("/") + "/metrics", headers={"Accept": accepted})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith(accepted.split(";")[0])
        return answer.read().decode("utf-8")


def family_of(sample, types):
    """Return the family that a sample of the text format belongs to."""
    for ending in ENDINGS:
        if sample.endswith(ending) and types.get(sample.removesuffix(ending)) == "histogram":
            return sample.removesuffix(ending)
    return sample


def differences(text, expected):
    """Return how the families of a text exposition differ from the entries of the catalogue."""
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.MULTILINE))
    types = dict(re.findall(r"^# TYPE (\S+) (.*)$", text, re.MULTILINE))
    labels = defaultdict(set)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, inside = SAMPLE.match(line).groups()
            labels[family_of(name, types)].add(tuple(LABEL.findall(inside or "")))
    found = [f"{name} is exposed and not in the catalogue" for name in labels if name not in expected]
    for name, metric in expected.items():
        if name not in labels:
            found.append(f"{name} is in the catalogue and not exposed")
            continue
        if types.get(name) != metric.kind:
            found.append(f"{name} has the type {types.get(name)}")
        if helps.get(name, "").replace("\\n", "\n").replace("\\\\", "\\") != metric.help:
            found.append(f"{name} has another help")
        allowed = {metric.labels, (*metric.labels, "le")} if metric.kind == "histogram" else {metric.labels}
        found += [f"{name} has the labels {seen}" for seen in labels[name] if seen not in allowed]
    return found


def test_scrape_equals_the_catalogue(scrapes):
    """Names, types, help, labels and their order: nothing is missing and nothing is more."""
    assert differences(scrapes["text"], EXPECTED) == []


def test_every_condition_is_known():
    """What is neither switched on here nor planned has no excuse for staying away."""
    assert {metric.condition for metric in CATALOGUE} <= SWITCHED_ON | {"planned", "labels"}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ((r"^ml_predictions_total.*\n", ""), "is in the catalogue and not exposed"),
        ((r"\Z", "ml_stray 1\n"), "ml_stray is exposed"),
        (
            (r"^# TYPE ml_predictions_total counter", "# TYPE ml_predictions_total gauge"),
            "has the type gauge",
        ),
        ((r"^# HELP ml_predictions_total .*", "# HELP ml_predictions_total Rows."), "has another help"),
        ((r"^ml_predictions_total\{", 'ml_predictions_total{user="x",'), "has the labels"),
    ],
)
def test_planted_faults_are_found(scrapes, fault, message):
    """Each kind of difference is reported."""
    pattern, replacement = fault
    planted = re.sub(pattern, replacement, scrapes["text"], flags=re.MULTILINE)
    assert any(message in found for found in differences(planted, EXPECTED))


def test_both_parsers_read_the_same_samples(scrapes):
    """Text and OpenMetrics hold the same series; values that move between two scrapes may differ."""
    text = {(s.name, tuple(sorted(s.labels.items()))) for f in parse_text(scrapes["text"]) for s in f.samples}
    openmetrics = {
        (sample.name, tuple(sorted(sample.labels.items())))
        for family in parse_openmetrics(scrapes["openmetrics"])
        for sample in family.samples
    }
    assert text == openmetrics
    assert len(text) > 200


@pytest.mark.parametrize(
    ("planted", "is_silent"), [("", True), ("# TYPE ml_stray counter\nml_stray 1\n", False)]
)
def test_promtool_has_nothing_to_say(promtool, scrapes, planted, is_silent):
    """``promtool check metrics`` is silent, and would not be with a counter without help or total."""
    done = subprocess.run(
        [promtool, "check", "metrics"],
        input=scrapes["text"] + planted,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0 and not said) == is_silent, said
