"""Hours of two pods as blocks of a Prometheus: scrapes off the grid, a restart, random rows; and the truth."""

import bisect
import subprocess
import time
from dataclasses import dataclass, field

import numpy as np
import yaml

from mlexporter import catalogue
from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json
from mlexporter.generate.rule_files import FLEET_FILE, RECORDING_FILE, fleet_rule_files, rule_files
from mlexporter.statistics.critical_value import critical_values
from mlexporter.statistics.rank_weights import location_weights, spread_weights

MODEL = 'model_name="late",model_version="1",variant="primary"'
FEATURE = 'feature="distance"'
PROFILE = 'profile="0a1b2c3d"'
BEFORE_SECONDS = 2.5 * 3600
AFTER_SECONDS = 180.0
SCRAPE_SECONDS = 15.0


@dataclass
class Pod:
    """Rows of one pod by bin, each at its own moment, and when it was scraped; it restarts once."""

    name: str
    moments: list
    scrapes: np.ndarray
    restarted_at: float

    def lines(self):
        """Yield the samples of its counters, bin by bin."""
        for label, moments in enumerate(self.moments):
            series = f'{catalogue.FEATURE_OBSERVATIONS.name}{{{MODEL},{FEATURE},bin="{label:02d}",{PROFILE},{self.target}}}'
            before = bisect.bisect_left(moments, self.restarted_at)
            for moment in self.scrapes:
                counted = bisect.bisect_right(moments, moment)
                yield f"{series} {counted - before if moment >= self.restarted_at else counted} {moment:.3f}"

    @property
    def target(self):
        """The labels of its target."""
        return f'job="m",instance="{self.name}"'


@dataclass
class RecordedFleet:
    """Two pods, their profile, and how many rows each bin really had.

    Args:
        now: The present, Unix seconds.
        rates: Rows a second of each bin, both pods together.
        reference: Training rows of each bin.
    """

    now: float
    rates: list
    reference: list
    pods: list = field(default_factory=list)

    def __post_init__(self):
        """Draw the rows and the scrapes."""
        random = np.random.default_rng(31)
        begin, end = self.now - BEFORE_SECONDS, self.now + AFTER_SECONDS
        for place, name in enumerate(("pod-1", "pod-2")):
            moments = [
                np.sort(random.uniform(begin, end, random.poisson(rate / 2 * (end - begin)))).tolist()
                for rate in self.rates
            ]
            # Prometheus records nothing before the end of its blocks: scrapes end now, rows go on.
            grid = np.arange(begin + 4.7 * place, self.now - 2, SCRAPE_SECONDS)
            scrapes = np.round(grid + random.uniform(0, 2, len(grid)), 3)
            restart = self.now - 1500 if place else begin
            self.pods.append(Pod(name, moments, scrapes, restart))

    def rows(self, until, seconds):
        """Return how many rows each bin had in the ``seconds`` before ``until``."""
        return np.array(
            [
                sum(
                    bisect.bisect_right(pod.moments[place], until)
                    - bisect.bisect_right(pod.moments[place], until - seconds)
                    for pod in self.pods
                )
                for place in range(len(self.rates))
            ]
        )

    def open_metrics(self):
        """Return all series as OpenMetrics with times."""
        lines = [f"# TYPE {catalogue.FEATURE_OBSERVATIONS.name.removesuffix('_total')} counter"]
        lines += [line for pod in self.pods for line in pod.lines()]
        for metric, samples in self._gauges().items():
            lines.append(f"# TYPE {metric.name} gauge")
            for labels, value in samples:
                lines += [
                    f"{metric.name}{{{MODEL},{labels},{pod.target}}} {value!r} {moment:.3f}"
                    for pod in self.pods
                    for moment in pod.scrapes
                ]
        return "\n".join([*lines, "# EOF", ""])

    def _gauges(self):
        shares = np.array([self.reference], dtype=np.float64) / sum(self.reference)
        weights = {"location": location_weights(shares)[0], "spread": spread_weights(shares)[0]}
        of_bin = [f'{FEATURE},bin="{place:02d}",{PROFILE}' for place in range(len(self.reference))]
        return {
            catalogue.FEATURE_REFERENCE: [
                (f'{labels},range="r"', rows) for labels, rows in zip(of_bin, self.reference, strict=True)
            ],
            catalogue.FEATURE_BIN_WEIGHT: [
                (f'{labels},weight="{name}"', float(value))
                for name, values in weights.items()
                for labels, value in zip(of_bin, values, strict=True)
            ],
            catalogue.FEATURE_DRIFT_THRESHOLD: [(FEATURE, 0.1)],
            catalogue.WINDOW_REQUIRED: [('window="1h"', 100)],
            catalogue.DRIFT_CRITICAL_VALUE: [
                (f'window="1h",method="{method}"', value)
                for method, value in critical_values(n_subjects=1, n_windows=1).items()
            ],
        }


class RulingPrometheus:
    """A Prometheus on blocks of the past that evaluates the rules of a fleet every second."""

    def __init__(self, programs, folder, fleet):
        """Write blocks and rules into ``folder`` and start; ``programs`` is where promtool and Prometheus are."""
        self.port = free_port()
        text = folder / "fleet.om"
        text.write_text(fleet.open_metrics(), encoding="utf-8")
        create = [programs / "promtool", "tsdb", "create-blocks-from", "openmetrics", text, folder / "data"]
        subprocess.run(create, check=True, capture_output=True)
        for name, content in (rule_files() | fleet_rule_files()).items():
            (folder / name).write_text(content.replace("interval: 1m", "interval: 1s"), encoding="utf-8")
        settings = {
            "global": {"evaluation_interval": "1s"},
            "rule_files": [str(folder / RECORDING_FILE), str(folder / FLEET_FILE)],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        self._child = Child(
            "Prometheus",
            (
                str(programs / "prometheus"), f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={HOST}:{self.port}",
                "--log.level=warn",
            ),
            folder / "prometheus.log",
        )  # fmt: skip

    def wait(self):
        """Return when it answers."""
        self._child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=60.0)

    def stop(self):
        """End it."""
        self._child.stop()

    def recorded(self, name, *, seconds=60.0):
        """Return time and value of a recorded series by its bin, once it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = get_json(self.port, f"/api/v1/query?query={name}%5B30s%5D") or {"data": {"result": []}}
            found = {
                each["metric"].get("bin", ""): (float(each["values"][-1][0]), float(each["values"][-1][1]))
                for each in answer["data"]["result"]
            }
            if found:
                return found
            time.sleep(0.2)
        raise TimeoutError(f"{name} was not recorded")
