"""Days that were simulated, in a real Prometheus, and which alerts would have fired in them.

Rules cannot be evaluated in the past by a server. So recorded series are computed by ``promtool tsdb
create-blocks-from rules``, and each alert is a query over the whole day: it fires where its expression holds at
least as long as its ``for``.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
from dataclasses import asdict

import pytest
import yaml

import simulated_pod
from mlexporter.demo.programs import HOST, Child, answers, free_port
from mlexporter.generate.rule_files import ALERTING_FILE, RECORDING_FILE, rule_files
from simulated_pod import DAY, HOUR, MINUTE, Plan

MONDAY = 1_772_409_600
"""Midnight of a day in March 2026."""

JUDGED = MONDAY + 8 * DAY
"""When the day begins that is judged; the seven days before are history."""

STEP = MINUTE
READY_SECONDS = 60.0
COMMAND_SECONDS = 600.0
TWO_PODS = ("pod-1", "pod-2")
FORMULA_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_SECONDS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": 1}


def seconds_of(duration):
    """Return the seconds of a duration of Prometheus, such as 1h30m; of none 0."""
    parts = re.findall(r"(\d+)([dhms])", str(duration or ""))
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def rules_of(file, kind):
    """Return the rules of a kind, ``alert`` or ``record``, in one of the files that ship."""
    groups = yaml.safe_load(rule_files()[file])["groups"]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


def names_in(expression):
    """Return all words of an expression that a name of a series could be."""
    return set(FORMULA_NAME.findall(expression))


def recordings_by_level():
    """Return the recorded series that alerts need: those of raw series first, then those that need these."""
    every = {rule["record"]: rule for rule in rules_of(RECORDING_FILE, "record")}
    needed, open_names = (
        {},
        {name for rule in rules_of(ALERTING_FILE, "alert") for name in names_in(rule["expr"])},
    )
    while found := (open_names & every.keys()) - needed.keys():
        needed |= {name: names_in(every[name]["expr"]) & every.keys() for name in found}
        open_names = set().union(*(needed[name] for name in found))
    levels, done = [], set()
    while rest := needed.keys() - done:
        levels.append([every[name] for name in sorted(rest) if needed[name] <= done])
        done |= {rule["record"] for rule in levels[-1]}
    return levels


def raw_names():
    """Return the words in all rules: no other series needs to be kept."""
    rules = [*rules_of(ALERTING_FILE, "alert"), *rules_of(RECORDING_FILE, "record")]
    return sorted({name for rule in rules for name in names_in(rule["expr"])})


class Days:
    """Samples of two pods: a week of history, a healthy day, and mornings with faults.

    Args:
        folder: Where files go.
        made: Series that each scrape has beside those of the exporter: name with labels to value.
    """

    def __init__(self, folder, made):
        self.folder = folder
        self._made = made
        simulated_pod.write_profiles(folder, MONDAY, ("3", "4"))
        self._keep = [*raw_names(), "up", "scrape_duration_seconds", "scrape_samples_scraped"]

    def simulate(self, name, begin, end, *, after="", **more):
        """Write a part of the samples, by a process for each pod.

        Args:
            name: Of the part.
            begin: When it begins.
            end: When it ends.
            after: The part whose windows go on in it.
            more: Fields of ``Plan``, for both pods or a dict of pod to value.

        Returns:
            What waits until it is done, and returns the path of the file with the samples of both pods.
        """
        running = []
        for place, pod in enumerate(TWO_PODS):
            fields = {field: value[pod] if isinstance(value, dict) and pod in value else value
                      for field, value in more.items()}  # fmt: skip
            path, windows = self.folder / f"{name}-{pod}.om", self.folder / f"{name}-{pod}-windows"
            if after:
                shutil.copytree(self.folder / f"{after}-{pod}-windows", windows)
            else:
                windows.mkdir()
            seed = 100 * place + len(name)
            plan = Plan(
                pod, seed, begin, end, path=str(path), keep=self._keep, profiles=str(self.folder),
                windows=str(windows), made=self._made, **fields,
            )  # fmt: skip
            written = self.folder / f"{name}-{pod}.json"
            written.write_text(json.dumps(asdict(plan)), encoding="utf-8")
            command = [sys.executable, simulated_pod.__file__, str(written)]
            running.append((path, subprocess.Popen(command, stderr=subprocess.PIPE, text=True)))

        def wait():
            whole = self.folder / f"{name}.om"
            with whole.open("wb") as file:
                for path, process in running:
                    _, said = process.communicate(timeout=COMMAND_SECONDS)
                    if process.returncode:
                        pytest.fail(f"the simulation of {path.stem} failed: {said[-2000:]}")
                    with path.open("rb") as part:
                        shutil.copyfileobj(part, file)
                    path.unlink()
                file.write(b"# EOF\n")
            return whole

        return wait


def write_blocks(promtool, samples, storage):
    """Write samples as blocks into the storage of a Prometheus, each as long as can be: it is quicker."""
    _run(
        promtool, "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=480h", "--quiet",
        samples, storage,
    )  # fmt: skip


def _run(*command):
    done = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
    )
    if done.returncode:
        pytest.fail(f"{command[1:4]}: {(done.stdout + done.stderr)[-2000:]}")


class Judge:
    """A Prometheus on the blocks of some days.

    Args:
        programs: The folder with prometheus and promtool.
        folder: Where its files go; the storage is in ``data``.
    """

    def __init__(self, programs, folder):
        self._programs, self._folder = programs, folder
        (folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")

    @property
    def storage(self):
        """Where its blocks are."""
        return self._folder / "data"

    def adopt(self, storage):
        """Begin with the blocks of another storage."""
        shutil.copytree(storage, self.storage)

    @contextlib.contextmanager
    def _running(self):
        self.port = free_port()
        child = Child(
            "Prometheus",
            (
                str(self._programs / "prometheus"), f"--config.file={self._folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self.storage}", "--storage.tsdb.retention.time=100y",
                f"--web.listen-address={HOST}:{self.port}", "--log.level=warn",
            ),
            self._folder / "prometheus.log",
        )  # fmt: skip
        try:
            child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=READY_SECONDS)
            yield
        finally:
            child.stop()

    def fired(self, begin, end):
        """Return what fires from ``begin`` to ``end``: name and labels of each alert, and when it begins.

        Returns:
            A list of name, labels (a dict), begin and end in Unix seconds; end without ``keep_firing_for``.
        """
        for level in recordings_by_level():
            with self._running():
                # What is recorded of recorded series looks back at them.
                self._record(level, begin - DAY, end)
        with self._running():
            return [
                (rule["alert"], labels, since, until)
                for rule in rules_of(ALERTING_FILE, "alert")
                for labels, since, until in self._held(rule, begin, end)
            ]

    def _record(self, rules, begin, end):
        # Prometheus 2.42 loses labels of count_values in a query over a range, and not at one time, as rules ask.
        odd = [rule for rule in rules if "count_values" in rule["expr"]]
        path = self._folder / "recording.yml"
        even = [rule for rule in rules if rule not in odd]
        path.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": even}]}), encoding="utf-8")
        _run(
            self._programs / "promtool", "tsdb", "create-blocks-from", "rules",
            f"--url=http://{HOST}:{self.port}", f"--start={begin}", f"--end={end}", f"--eval-interval={STEP}s",
            f"--output-dir={self.storage}", path,
        )  # fmt: skip
        if odd:
            self._record_each(odd, begin, end)

    def _record_each(self, rules, begin, end):
        samples = self._folder / "recorded.om"
        with samples.open("w", encoding="utf-8") as file:
            for rule in rules:
                for moment in range(begin, end, 4 * STEP):  # a sample is good for five minutes
                    for each in self._asked("query", query=rule["expr"], time=moment):
                        labels = ",".join(
                            f"{name}={json.dumps(text)}" for name, text in each["metric"].items()
                        )
                        file.write(f"{rule['record']}{{{labels}}} {each['value'][1]} {moment}\n")
            file.write("# EOF\n")
        write_blocks(self._programs / "promtool", samples, self.storage)

    def _held(self, rule, begin, end):
        wait = seconds_of(rule.get("for"))
        for series in self.range(rule["expr"], begin, end):
            times = [int(moment) for moment, _ in series["values"]]
            since = times[0]
            for place, moment in enumerate(times):
                if place and moment - times[place - 1] > STEP:
                    since = moment
                is_last = place + 1 == len(times) or times[place + 1] - moment > STEP
                if is_last and moment - since >= wait:
                    yield series["metric"] | rule["labels"], since, moment

    def range(self, expression, begin, end):
        """Return the series that a query over a range answers."""
        return self._asked("query_range", query=expression, start=begin, end=end, step=STEP)

    def _asked(self, path, **parameters):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=COMMAND_SECONDS)
        with contextlib.closing(connection):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/api/v1/{path}", urllib.parse.urlencode(parameters), kind)
            answer = json.loads(connection.getresponse().read())
        if answer["status"] != "success":
            pytest.fail(f"{answer.get('error')}: {parameters}")
        return answer["data"]["result"]
