"""Days of one pod, as Prometheus would have scraped them, from the exporter itself on a clock moved by hand.

A program: ``python simulated_pod.py PLAN`` reads a plan (JSON, the fields of ``Plan``) and writes the samples of its
scrapes. Three models are served: ``fares`` with a profile that knows seasons and noise, ``visits`` without one, and
``contracts`` with a profile and ten rows an hour in all pods together. Traffic has hours of the day, bursts, and a
weather that all rows of an hour share in both pods. Nothing is random but by a seed.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mlexporter import Monitor, Profile
from mlexporter.app import Exporter
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_text
from mlexporter.settings import read_settings
from mlexporter.testing import FakeClock

MINUTE, HOUR, DAY = 60, 3600, 86_400
EVALUATION_SECONDS = 600
TRAINING_DAYS = 28
ERROR_RATIO = 0.0002
FAULTY_ERROR_RATIO = 0.08
FAILURE = TimeoutError()
SETTINGS = {"strict": True, "dir": "off", "evaluation_interval": EVALUATION_SECONDS, "latency_objective": 0.5}


@dataclass
class Plan:
    """What one pod does from ``begin`` to ``end``; times in Unix seconds.

    Attributes:
        name: The label ``instance``.
        seed: Of all that is random in it.
        begin: When it begins to serve.
        end: When it stops being scraped.
        every: Seconds between two scrapes.
        path: Where the samples go, as OpenMetrics without its last line.
        keep: Names of the series that are written, as in a scrape.
        rollouts: Time at which ``fares`` has another version: pairs of time and version.
        restarts: Times at which the process begins anew.
        gaps: Pairs of begin and end between which nobody scrapes.
        is_profiled: False serves all models without a profile, which is much quicker.
        faults: Name of a fault to when it begins and ends.
        profiles: Folder with the profiles, by model and version.
        windows: Folder that keeps the windows over restarts: what was there before goes on.
        made: Series that are the same in each scrape: name with labels to value.
    """

    name: str
    seed: int
    begin: int
    end: int
    every: int
    path: str
    keep: list
    profiles: str
    windows: str
    rollouts: list = field(default_factory=list)
    restarts: list = field(default_factory=list)
    gaps: list = field(default_factory=list)
    is_profiled: bool = True
    faults: dict = field(default_factory=dict)
    made: dict = field(default_factory=dict)


def weather(hour):
    """Return what all rows of an hour share, about standard normal, and each hour like the one before."""
    shocks = np.random.default_rng([7, hour // 24]).normal(size=48)
    place = hour % 24
    return float(sum(shocks[place + back] * 0.8**back for back in range(24)) * 0.6)


def season(moment):
    """Return the part of the daily mean that comes at this time of day: quiet nights, two peaks."""
    hour = moment % DAY / HOUR
    return 0.35 + 0.9 * np.exp(-(((hour - 9) / 3) ** 2)) + 1.1 * np.exp(-(((hour - 18) / 3.5) ** 2))


def fares(random, moment, n_rows):
    """Return rows of a taxi ride: correlated by ride, by hour of the day, and by the weather."""
    rain = weather(int(moment // HOUR))
    ride = random.normal(size=n_rows)
    distance = np.exp(1.0 + 0.6 * ride + 0.06 * rain)
    return {
        "distance": distance,
        "speed": random.normal(28 - 6 * season(moment) - 0.8 * rain, 5.0, n_rows) + 3 * ride,
        "zone": random.choice(["north", "south", "east", "west"], n_rows, p=[0.4, 0.3, 0.2, 0.1]).tolist(),
        "time": np.full(n_rows, float(moment)),
        "fare": 3.0 + 2.1 * distance + random.normal(0.0, 1.0, n_rows),
    }


def contracts(random, n_rows):
    """Return rows of a contract: few, large, the same all day, and many without a guarantor."""
    guarantors = random.uniform(0.0, 1.0, n_rows)
    return {
        "guarantor": np.where(guarantors < 0.4, np.nan, guarantors),
        "amount": np.exp(random.normal(9.0, 1.0, n_rows)),
        "risk": random.uniform(0.0, 1.0, n_rows),
    }


def calls_of(random, moment, seconds, mean):
    """Return how many calls come in ``seconds``, where ``mean`` come in a minute of a mean hour: in bursts."""
    burst = random.gamma(4.0, 0.25)
    return int(random.poisson(mean * season(moment) * burst * seconds / MINUTE))


def training(begin):
    """Return weeks of rows of ``fares`` that end at ``begin``."""
    random = np.random.default_rng(11)
    moments = range(begin - TRAINING_DAYS * DAY, begin, 20 * MINUTE)
    parts = [fares(random, moment, int(random.poisson(30 * season(moment)))) for moment in moments]
    return {
        name: np.concatenate([part[name] for part in parts])
        if name != "zone"
        else [zone for part in parts for zone in part["zone"]]
        for name in parts[0]
    }


def write_profiles(folder, begin, versions):
    """Write the profiles of all models that have one; models were trained until ``begin``."""
    rows = training(begin)
    for version in versions:
        options = {"model": "fares", "version": version, "prediction": "fare", "timestamp": "time"}
        Profile.fit(rows, created=begin, **options).save(Path(folder) / f"fares-{version}.json")
    rows = contracts(np.random.default_rng(12), 4000)
    profile = Profile.fit(rows, model="contracts", version="1", prediction="risk", created=begin)
    profile.save(Path(folder) / "contracts-1.json")


class Process:
    """One life of a pod: an exporter with its models; counters begin at zero."""

    def __init__(self, plan, version, now):
        self.plan = plan
        self.now = float(now)
        self.clock = FakeClock(start=self.now)
        self.exporter = Exporter(
            read_settings({}, **SETTINGS, snapshot_dir=plan.windows),
            clock=self.clock, wall_clock=lambda: self.now,
        )  # fmt: skip
        self.fares = self._monitor("fares", version, timestamp="time")
        self.visits = self._monitor("visits", "1", has_profile=False)
        self.contracts = self._monitor("contracts", "1")

    def _monitor(self, model, version, *, has_profile=True, **more):
        path = Path(self.plan.profiles) / f"{model}-{version}.json"
        profile = path if has_profile and self.plan.is_profiled else None
        return Monitor(exporter=self.exporter, model=model, version=version, profile=profile, **more)

    def has(self, fault):
        """Return whether a fault is there at this time."""
        begin, end = self.plan.faults.get(fault, (0, 0))
        return begin <= self.now < end

    def serve(self, random, seconds):
        """Serve what comes in so many seconds, and let them go by."""
        for _ in range(calls_of(random, self.now, seconds, 4.0)):
            rows = fares(random, self.now, 1 + int(random.poisson(5.0)))
            self._fares(random, rows)
        for _ in range(0 if self.has("silence") else calls_of(random, self.now, seconds, 5.0)):
            self._record(random, self.visits, {"page": "home"}, 0.5, is_failing=self.has("errors"))
        for _ in range(random.poisson(5.0 * seconds / HOUR)):
            rows = contracts(random, 1)
            self.contracts.record_batch(rows, rows.pop("risk"), duration_seconds=0.2)
        self.clock.advance(seconds)
        self.now += seconds

    def _fares(self, random, rows):
        predictions = rows.pop("fare")
        if self.has("unit"):
            rows["distance"] = rows["distance"] * 1000.0
        if self.has("missing"):
            rows["speed"] = [None] * len(predictions)
        self._record(random, self.fares, rows, predictions)

    def _record(self, random, monitor, rows, prediction, *, is_failing=False):
        seconds = 0.02 * float(np.exp(random.normal(0.0, 0.7)))
        fails = random.random() < (FAULTY_ERROR_RATIO if is_failing else ERROR_RATIO)
        monitor.record(rows, prediction, duration_seconds=seconds, error=FAILURE if fails else None)

    def scrape(self):
        """Return the text of a scrape; of the process itself nothing, which would be this machine's."""
        view = self.exporter.view(include_process=False)
        # A simulated minute is shorter than a write to a real disk, which has a minute of its own.
        for thread in threading.enumerate():
            if thread.name == "mlexporter-snapshots":
                thread.join()
        return render_text(collect(view, now=self.now, include_process=False))


class Samples:
    """Writes what was scraped, with times and the labels of the target."""

    def __init__(self, file, plan):
        self._file = file
        self._keep = frozenset(name.encode() for name in plan.keep)
        self._target = f'job="mlexporter",instance="{plan.name}"'.encode()
        self._made = "".join(f"{series} {value}\n" for series, value in plan.made.items()).encode()
        self._known = {}

    def write(self, text, now, *, is_up=True):
        """Write one scrape that answered ``text``."""
        up = b"up %d\nscrape_duration_seconds 0.02\nscrape_samples_scraped %d\n" % (is_up, text.count(b"\n"))
        end = b" %d\n" % now
        for line in (up + text + (self._made if is_up else b"")).splitlines():
            series, _, value = line.rpartition(b" ")
            known = self._known.get(series)
            if known is None:
                known = self._known[series] = self._labelled(series)
            if known:
                self._file.write(known + value + end)

    def _labelled(self, series):
        if series.startswith(b"#"):
            return b""
        name, _, labels = series.partition(b"{")
        if name not in self._keep:
            return b""
        return name + b"{" + self._target + (b"," + labels if labels else b"}") + b" "


def version_at(plan, moment):
    """Return the version of ``fares`` at a time."""
    return [version for begin, version in plan.rollouts if begin <= moment][-1]


def run(plan):
    """Serve, look and be scraped until the end of the plan."""
    random = np.random.default_rng(plan.seed)
    starts = {*plan.restarts, *(begin for begin, _ in plan.rollouts)}
    process = Process(plan, version_at(plan, plan.begin), plan.begin)
    process.exporter.evaluate()
    with Path(plan.path).open("wb") as file:
        samples = Samples(file, plan)
        for now in range(plan.begin + plan.every, plan.end, plan.every):
            if now in starts:  # it is down for this scrape
                process.exporter.evaluate()  # its windows are on file up to now, as those of a kind restart are
                process.exporter.close()
                process = Process(plan, version_at(plan, now), now)
                process.exporter.evaluate()
                samples.write(b"", now, is_up=False)
                continue
            process.serve(random, plan.every)
            if now % EVALUATION_SECONDS < plan.every:
                process.exporter.evaluate()
            if not any(begin <= now < end for begin, end in plan.gaps):
                samples.write(process.scrape(), now)
    process.exporter.evaluate()
    process.exporter.close()


if __name__ == "__main__":
    run(Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
