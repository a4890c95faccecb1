"""Two pods that do what dashboards show, a day of them and a little of a day and of a week before, as blocks.

Everything that a workload of one process can meet is met by the real exporter on a clock that is moved by hand;
of cards, containers, pushes and events the series are made, as their catalogue entries say they look.
"""

import contextlib
import functools
import itertools
from dataclasses import dataclass

import numpy as np

from mlexporter import Monitor, Profile, catalogue
from mlexporter.app import Exporter
from mlexporter.demo.history.blocks import BlockMaker, join_samples
from mlexporter.demo.history.fired import fire
from mlexporter.demo.history.machine import MEASURED, machine_lines
from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION,
    CONFIGURATION_TEXT,
    STORAGE,
    past_prometheus,
)
from mlexporter.demo.history.recorded import record
from mlexporter.demo.history.samples import SampleWriter
from mlexporter.demo.history.steps import Stretch
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_text
from mlexporter.settings import read_settings
from mlexporter.state.clock import StandingClock

MODEL = "rides"
NOW = 1_767_614_400
"""The present, Unix seconds: noon of a Monday in UTC; nothing here asks a watch."""

HOUR, DAY = 3600, 86_400
STEP = 300
BLOCK = 18 * HOUR
PODS = ("pod-1", "pod-2")
MADE_CONDITIONS = frozenset({"gpu", "push", "events"})
VALUES = {
    "hw_id": ("0",), "hw_name": ("made",), "status": ("ok", "error", "rejected", "emitted", "dropped_queue"),
}  # fmt: skip
_MEASURED = tuple(name.encode() for name in MEASURED)
CONFIGURED = f"""
[models."{MODEL}"]
latency_threshold_seconds = 0.25
minimum_requests = 10
expected_effect = 0.01
label_delay = "1d"
quality_tolerance = {{ mean_absolute_error = 0.2 }}
"""


def rides(n_rows, seed, *, is_broken=False):
    """Return rows of a ride with a time, a fare, and a distance in miles that derives from kilometres."""
    random = np.random.default_rng(seed)
    distance = random.gamma(2.0, 3.0, n_rows)
    rows = {
        "distance": distance, "miles": distance / 1.609, "weight": random.normal(80.0, 10.0, n_rows),
        "zone": random.choice(["north", "south"], n_rows).tolist(),
        "time": 1.7e9 + DAY * 28 * np.sort(random.uniform(0, 1, n_rows)),
        "fare": 2.5 * distance + random.normal(0.0, 0.5, n_rows),
        "words": list(random.normal(size=(n_rows, 8))),
    }  # fmt: skip
    if is_broken:
        few = n_rows // 5
        rows["distance"][few:] *= 1.6
        rows["miles"][:few] = np.nan
        rows["weight"][:] = 80.0
        rows["weight"][: few // 5] = 500.0
        rows["zone"][:few] = ["west"] * few
        for values in rows.values():  # rows that repeat others
            values[-few:] = values[:few]
    return rows


def profiles():
    """Return the profiles of both versions."""
    rows = rides(20_000, 1)
    rows["truth"] = rows["fare"] * 1.02
    more = {"prediction": "fare", "label": "truth", "timestamp": "time", "derived": {"miles": "distance"}}
    return {
        version: Profile.fit(
            rows, model=MODEL, version=version, held_out=True, no_alert=["zone"], embeddings=["words"],
            importances={"distance": 3.0, "miles": 1.0, "weight": 0.5, "zone": 0.1},
            predict=lambda columns: [2.5 * distance for distance in columns["distance"]], **more,
        )
        for version in ("1", "2")
    }  # fmt: skip


def made_lines(now, seconds):
    """Return series of what this machine has not, at a time and ``seconds`` after the start."""
    lines = []
    for metric in catalogue.CATALOGUE:
        if metric.condition not in MADE_CONDITIONS:
            continue
        for values in itertools.product(*(VALUES[name] for name in metric.labels)):
            labels = ",".join(f'{name}="{value}"' for name, value in zip(metric.labels, values, strict=True))
            series = f"{metric.name}{{{labels}}}" if labels else metric.name
            lines.append(f"{series} {_made(metric, now, seconds)!r}\n")
    return "".join(lines).encode()


def _made(metric, now, seconds):
    if metric.name.endswith("_timestamp_seconds"):
        return now - 20
    if metric.kind == "counter":
        return seconds // 10
    return 0.5 if metric.unit == "ratio" else float(seconds)


class Pod:
    """One pod: all models, calls of all kinds, and scrapes.

    Args:
        number: Which one, from 0.
        begins: When it starts, Unix seconds.
        folder: Where its windows and its configuration file are.
        known: Profile by version.
    """

    def __init__(self, number, begins, folder, known):
        self.number, self.started, self.now = number, begins, begins
        self.samples = SampleWriter(job="mlexporter", instance=PODS[number])
        configuration = folder / "mlexporter.toml"
        configuration.write_text(CONFIGURED, encoding="utf-8")
        settings = read_settings(
            {}, strict=False, dir="off", evaluation_interval=600.0, fleet=True, config=str(configuration)
        )
        self.clock = StandingClock(float(begins))
        self.exporter = Exporter(settings, clock=self.clock, wall_clock=lambda: float(self.now))
        self.primary = self._monitor("1", "primary", known)
        self.canary, self._known = None, known
        self.visits = Monitor(
            exporter=self.exporter, model="visits", version="1", profile=folder / "gone.json"
        )
        self.calls = 0
        self.exporter.evaluate()

    def _monitor(self, version, variant, known):
        return Monitor(
            exporter=self.exporter, model=MODEL, version=version, variant=variant, profile=known[version],
            timestamp="time",
        )  # fmt: skip

    def move(self, now, *, is_broken):
        """Let time go by until ``now`` and serve what comes."""
        self.clock.advance(float(now - self.now))
        self.now = now
        self.calls += 3
        if is_broken and self.canary is None and now % HOUR == 0:
            self.canary = self._monitor("2", "canary", self._known)
        for place, monitor in enumerate(filter(None, (self.primary, self.canary))):
            rows = rides(120 // (1 + place), [now, self.number, place], is_broken=is_broken)
            fares = rows.pop("fare")
            rows["time"][:] = float(now)
            monitor.record_batch(rows, fares, duration_seconds=0.02 + 0.3 * (now % 7 == 0))
            monitor.record({"distance": "far", "extra": 1}, None, duration_seconds=0.5, error=TimeoutError())
        self.visits.record({"page": "home"}, 0.5, duration_seconds=0.001)
        self._generate(now)
        if now % 600 == 0:
            self.exporter.evaluate()

    def _generate(self, now):
        for reason in ("stop", "length", "content_filter"):
            self.primary.record_generation(
                input_tokens=400, output_tokens=60, time_to_first_token_seconds=0.2,
                time_per_output_token_seconds=0.02, duration_seconds=1.5, finish_reason=reason,
                refusal=now % 120 == 0, tool_calls={"ok": 1, "error": 1}, cost=0.002, currency="EUR",
                request_model="large", response_model="large-1", provider="openai", operation="chat",
            )  # fmt: skip
        self.primary.record_feedback("negative" if now % 180 == 0 else "positive")

    def scrape(self):
        """Return the text of a scrape, with what is made."""
        view = self.exporter.view(include_process=False)
        text = b"".join(
            line
            for line in render_text(collect(view, now=float(self.now), include_process=False)).splitlines(
                True
            )
            if not line.startswith(_MEASURED)
        )
        made = machine_lines(self.number, self.now, self.started, self.calls)
        return text + made + made_lines(self.now, self.now - self.started)


@dataclass(frozen=True)
class RecordedDay:
    """Blocks in ``folder / STORAGE``; ``now`` is the present, Unix seconds."""

    folder: object
    now: int


def write_day(programs, folder, now):
    """Write the day before ``now`` as blocks: scraped, recorded and fired.

    Args:
        programs: Folder of promtool and Prometheus.
        folder: Where everything goes.
        now: The present, a multiple of ten minutes.
    """
    stretches = [
        Stretch(begins, ends, STEP, 600, BLOCK)
        for begins, ends in (
            (now - 7 * DAY - HOUR, now - 7 * DAY + HOUR // 2),
            (now - DAY - HOUR, now - DAY + HOUR // 2),
            (now - 3 * HOUR, now + STEP),
        )
    ]
    work = folder / "work"
    work.mkdir(parents=True)
    (folder / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")
    known = profiles()
    pods = [Pod(number, stretches[0].begins - 600, work, known) for number in range(len(PODS))]
    with contextlib.ExitStack() as stack:
        started = functools.partial(_end_later, stack)
        maker = BlockMaker(str(programs / "promtool"), folder / STORAGE, started)
        for stretch in stretches:
            for number, chunk in enumerate(stretch.chunks()):
                parts = [_play(pod, chunk, work, is_broken=stretch is stretches[-1]) for pod in pods]
                whole = work / f"whole-{chunk.begins}-{number}.om"
                join_samples(parts, b"", whole)
                maker.add(whole, chunk.block)
        maker.finish()
        for pod in pods:
            pod.exporter.close()
        start = functools.partial(past_prometheus, str(programs / "prometheus"), folder, started)
        record(stretches, start, maker, work, _say_nothing)
        fire(stretches, start, maker, work, _say_nothing)
    return RecordedDay(folder, now)


def _play(pod, chunk, folder, *, is_broken):
    path = folder / f"{PODS[pod.number]}-{chunk.begins}.om"
    with path.open("wb") as file:
        for now in chunk.moments():
            pod.move(now, is_broken=is_broken)
            pod.samples.write(file, pod.scrape(), now)
    return path


def _end_later(stack, child):
    stack.callback(child.stop)


def _say_nothing(done, total):
    """Progress is of no interest here."""
