"""Cases of the rules of a fleet: counts of two pods in, what the evaluator computes of their sum out."""

import math
from dataclasses import dataclass, field

import numpy as np
import yaml
from scipy.special import ndtri

from mlexporter import catalogue
from mlexporter.generate.rule_files import FLEET_FILE, RECORDING_FILE, fleet_rule_files, rule_files
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.critical_value import critical_values
from mlexporter.statistics.rank_weights import location_weights, spread_weights
from mlexporter.statistics.statistic import statistic_named

MINUTES = 68
HOUR = 60
MODEL = 'model_name="late", model_version="1", variant="primary"'
SCORES = {metric.statistic: metric.name for metric in catalogue.FEATURE_DRIFT}
EXACT = (
    "population_stability_index", "jensen_shannon_distance", "hellinger_distance", "total_variation",
    "effect", "location", "spread",
)  # fmt: skip


@dataclass
class Case:
    """Rows of one hour in each bin, and training rows; bins are numbered, two pods share the rows evenly."""

    current: list
    reference: list
    expected: list = field(default_factory=list)
    noise: float = 0.0
    accuracies: list = field(default_factory=list)
    threshold: float = 0.1

    @property
    def bins(self):
        """The values of the label bin."""
        return [f"{place:02d}" for place in range(len(self.reference))]

    @property
    def effective(self):
        """Training rows as the seasons that came expect them."""
        if not self.expected:
            return np.array([self.reference], dtype=np.float64)
        shares = np.array([self.expected], dtype=np.float64) / sum(self.expected)
        return shares * sum(self.reference)

    def comparison(self, **changes):
        """Return what the evaluator compares."""
        current = np.array([self.current], dtype=np.int64)
        return Comparison(current=current, reference=self.effective, is_ordered=True, **changes)

    def series(self):
        """Return the input series of a rule test, every minute: counters rise by a 60th of the hour."""
        found = []
        shares = np.array([self.reference], dtype=np.float64) / sum(self.reference)
        weights = {"location": location_weights(shares)[0], "spread": spread_weights(shares)[0]}
        for pod in ("pod-1", "pod-2"):
            target = f'{MODEL}, job="m", instance="{pod}"'
            feature = f'{target}, feature="distance"'
            for place, label in enumerate(self.bins):
                of_bin = f'{feature}, bin="{label}", profile="0a1b2c3d"'
                found.append(
                    (_metric(catalogue.FEATURE_OBSERVATIONS, of_bin), _rise(self.current[place] / 2))
                )
                ranged = f'{of_bin}, range="r{label}"'
                found.append((_metric(catalogue.FEATURE_REFERENCE, ranged), _still(self.reference[place])))
                if self.expected:
                    rise = _rise(self.expected[place] / 2)
                    found.append((_metric(catalogue.FEATURE_EXPECTED, of_bin), rise))
                for name, values in weights.items():
                    weighted = f'{of_bin}, weight="{name}"'
                    found.append((_metric(catalogue.FEATURE_BIN_WEIGHT, weighted), _still(values[place])))
            for label in ("missing", "invalid"):
                of_bin = f'{feature}, bin="{label}", profile="0a1b2c3d"'
                found.append((_metric(catalogue.FEATURE_OBSERVATIONS, of_bin), _rise(600)))
                ranged = f'{of_bin}, range="{label}"'
                found.append((_metric(catalogue.FEATURE_REFERENCE, ranged), _still(700)))
            for place, accuracy in enumerate(self.accuracies):
                of_bin = f'{target}, output="score", class="", bin="{place:02d}", profile="0a1b2c3d"'
                found.append((_metric(catalogue.OUTPUT_OBSERVATIONS, of_bin), _rise(self.current[place] / 2)))
                found.append((_metric(catalogue.OUTPUT_BIN_ACCURACY, of_bin), _still(accuracy)))
            window = f'{target}, window="1h"'
            found.append((_metric(catalogue.FEATURE_DRIFT_THRESHOLD, feature), _still(self.threshold)))
            found.append((_metric(catalogue.WINDOW_REQUIRED, window), _still(100)))
            for method, critical in critical_values(n_subjects=1, n_windows=1).items():
                of_method = f'{window}, method="{method}"'
                found.append((_metric(catalogue.DRIFT_CRITICAL_VALUE, of_method), _still(critical)))
            if self.noise:
                for method in catalogue.NOISE_METHODS:
                    labels = f'{feature}, method="{method}", window="1h"'
                    found.append((_metric(catalogue.FEATURE_NOISE_FLOOR, labels), _still(self.noise)))
        return [{"series": series, "values": values} for series, values in found]

    def answers(self):
        """Return recorded name to value; None where nothing may be recorded."""
        if sum(self.current) < 100:
            return {f"model_feature:{SCORES['effect']}:summed1h": None}
        comparison = self.comparison()
        found = {
            f"model_feature:{SCORES[name]}:summed1h": float(statistic_named(name)(comparison)[0])
            for name in EXACT
        }
        if self.expected:  # weights of the rules are those of training, whatever seasons came
            shares = np.array([self.reference], dtype=np.float64) / sum(self.reference)
            for name, weigh in (("location", location_weights), ("spread", spread_weights)):
                moved = float((comparison.difference * weigh(shares)).sum())
                found[f"model_feature:{SCORES[name]}:summed1h"] = moved
        degrees, sampling = int(comparison.degrees_of_freedom[0]), float(comparison.s[0])
        floor = max(sampling, self.noise**2)
        squared = float(comparison.phi_squared[0])
        found[f"model_feature:{SCORES['effect']}:contingency1h"] = squared
        found[f"model_feature:{SCORES['effect']}:summed1h"] = math.sqrt(max(squared - degrees * floor, 0.0))
        psi = found[f"model_feature:{SCORES['population_stability_index']}:summed1h"]
        name = f"model_feature:{SCORES['population_stability_index']}:debiased1h"
        found[name] = max(psi - degrees * floor, 0.0)
        if self.accuracies:
            right = np.dot(self.current, self.accuracies) / sum(self.current)
            found[f"model_output:{catalogue.ACCURACY.name}:estimated1h"] = float(right)
        bound = self._lower_bound(found, floor)
        found[f"model_feature:{SCORES['effect_lower_bound']}_approximate:summed1h"] = bound
        found[f"model_feature:{SCORES['severity']}:summed1h"] = bound / self.threshold
        return found

    def _lower_bound(self, found, floor):
        """Return the closed form of the rules, written down once more, bin by bin."""
        critical = {"location": -ndtri(1e-4 / 4), "spread": -ndtri(1e-4 / 8)}
        n, m = sum(self.current), float(self.effective.sum())
        terms, thin_q, thin_p = [], 0.0, 0.0
        for c, r in zip(self.current, self.effective[0].tolist(), strict=True):
            q, p = c / n, r / m
            if n * p >= 2:
                terms.append((q - p) ** 2 / ((c + r) / (n + m)))
            else:
                thin_q, thin_p = thin_q + q, thin_p + p
        degrees = len(terms) - 1
        statistic = sum(terms)
        if thin_q + thin_p > 0:
            statistic += (thin_q - thin_p) ** 2 / ((thin_q * n + thin_p * m) / (n + m))
            degrees += 1
        statistic /= floor
        bounds = [0.0]
        for name, z in critical.items():
            bounds.append(abs(found[f"model_feature:{SCORES[name]}:summed1h"]) - z * math.sqrt(floor))
        return float(max(*bounds, closed_form_root(statistic, degrees, -ndtri(1e-4 / 4)) * math.sqrt(floor)))


def closed_form_root(statistic, degrees, z):
    """Return the root of the non-centrality that is left after z deviations of a chi-square."""
    beyond = math.sqrt(max(statistic + 1 - degrees / 2, 0.0)) - z
    return math.sqrt(beyond**2 - degrees / 2) if beyond > math.sqrt(degrees / 2) else 0.0


def _metric(metric, labels):
    return f"{metric.name}{{{labels}}}"


def _rise(an_hour):
    return f"0+{an_hour / HOUR!r}x{MINUTES}"


def _still(value):
    return f"{float(value)!r}x{MINUTES}"


def write_test(folder, case):
    """Write rules and a rule test that asks for every answer of ``case``; return the path of the test."""
    for name, content in (rule_files() | fleet_rule_files()).items():
        (folder / name).write_text(content, encoding="utf-8")
    asked = []
    for name, value in case.answers().items():
        if value is None:
            asked.append({"expr": f"count({name})", "eval_time": f"{MINUTES}m", "exp_samples": []})
            continue
        distance = f"sum(abs({name} - ({value!r}))) < bool 1e-6"
        sample = {"labels": "{}", "value": 1}
        asked.append({"expr": distance, "eval_time": f"{MINUTES}m", "exp_samples": [sample]})
    content = {
        "rule_files": [RECORDING_FILE, FLEET_FILE],
        "evaluation_interval": "4m",  # shorter than the lookback: groups have no order
        "tests": [{"interval": "1m", "input_series": case.series(), "promql_expr_test": asked}],
    }
    path = folder / "fleet_test.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def cases():
    """Return the cases by name."""
    random = np.random.default_rng(13)
    reference = random.multinomial(10_000, np.full(18, 1 / 18)).tolist()
    moved = (60 * random.poisson(np.linspace(0.5, 8, 18))).tolist()
    steady = (60 * random.poisson(4, 18)).tolist()
    return {
        "moved": Case(moved, reference, accuracies=np.linspace(0.95, 0.55, 18).tolist()),
        "steady": Case(steady, reference),
        "empty bins and one that the reference never saw": Case(
            [0, 600, 0, 120, 240], [900, 1000, 15, 0, 2000]
        ),
        "thin bins": Case([60, 0, 60, 120, 0, 60], [2000, 20, 1500, 1000, 30, 4000]),
        "seasons": Case(moved, reference, expected=(60 * random.poisson(6, 18)).tolist()),
        "learned noise": Case(moved, reference, noise=0.4),
        "too few rows": Case([60, 0, 0], [300, 300, 300]),
    }
