"""Recorded drift of a fleet: every statistic computed from counts that are summed over all pods first.

All rules of one window stand in one group, one after the other, and begin with a copy of the counts: rules
of other groups are evaluated when they like, and a score must not mix two moments. Everything is derived
from integers that each pod exposes alike (``max by``) or counts by itself (``sum by``).

What differs from the evaluator: thin bins are pooled into one instead of merged with their neighbours, the
bound of the omnibus has a closed form, and noise is compared without quantiles of t or directions. Hence the lower bound is
called approximate. Kolmogorov-Smirnov and Wasserstein distances need cumulative shares, which labels cannot
order: they are not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import FEATURE_DRIFT, OUTPUT_DRIFT, Metric
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import FEATURE, MODEL, OUTPUT, Matcher, largest, recorded_name, select, total
from mlexporter.generate.recording import COUNT_WINDOWS, counts_of
from mlexporter.generate.rules import Group, Recording

OPERATION: Final = "summed"
"""What is done to counts before a score is computed from them."""

_SHAPE: Final = Matcher("bin", "!~", "missing|invalid")
_INTERVAL_SECONDS: Final = 60.0
_THIN_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class _Subject:
    """What of the catalogue speaks of features, or of outputs."""

    level: str
    labels: tuple[str, ...]
    observations: Metric
    reference: Metric
    window_observations: Metric
    threshold: Metric
    weight: Metric
    noise: Metric
    scores: tuple[Metric, ...]
    expected: Metric | None = None

    def score(self, statistic: str) -> Metric:
        return next(metric for metric in self.scores if metric.statistic == statistic)


_FEATURES: Final = _Subject(
    "model_feature", FEATURE, catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_REFERENCE,
    catalogue.FEATURE_WINDOW_OBSERVATIONS, catalogue.FEATURE_DRIFT_THRESHOLD, catalogue.FEATURE_BIN_WEIGHT,
    catalogue.FEATURE_NOISE_FLOOR, FEATURE_DRIFT, catalogue.FEATURE_EXPECTED,
)  # fmt: skip
_OUTPUTS: Final = _Subject(
    "model_output", OUTPUT, catalogue.OUTPUT_OBSERVATIONS, catalogue.OUTPUT_REFERENCE,
    catalogue.OUTPUT_WINDOW_OBSERVATIONS, catalogue.OUTPUT_DRIFT_THRESHOLD, catalogue.OUTPUT_BIN_WEIGHT,
    catalogue.OUTPUT_NOISE_FLOOR, OUTPUT_DRIFT,
)  # fmt: skip


def fleet_groups(options: RuleOptions) -> tuple[Group, ...]:
    """Return the groups of a fleet: counts, then one for each window."""
    # Those of features are in the recording rules that everybody has.
    counts = counts_of(
        "model_output_bin", catalogue.OUTPUT_OBSERVATIONS, (*OUTPUT, "bin", "profile"), options
    )
    return (
        Group("mlexporter-fleet-counts", counts, _INTERVAL_SECONDS),
        *(
            Group(
                f"mlexporter-fleet-{window}",
                (
                    *_Window(_FEATURES, window, options).recordings(),
                    *_Window(_OUTPUTS, window, options).recordings(),
                    _accuracy(window, options),
                ),
                _INTERVAL_SECONDS,
            )
            for window in COUNT_WINDOWS
        ),
    )


class _Window:
    """The rules of one kind of subject over one window, as expressions over recorded names."""

    def __init__(self, subject: _Subject, window: str, options: RuleOptions) -> None:
        self._subject, self._window, self._options = subject, window, options
        self._each = (*subject.labels, "profile")
        self._of_each = f"on ({', '.join(self._each)}) group_left ()"
        self._of_subject = f"on ({', '.join(subject.labels)}) group_left ()"
        self._count = self._bin(subject.observations, OPERATION)
        self._expected = self._bin(subject.reference, OPERATION)
        self._share = self._bin(subject.observations, "share")
        self._expected_share = self._bin(subject.reference, "share")
        self._rows = self._score_name(subject.window_observations)
        self._training_rows = self._named(subject.reference, "rows")
        self._noise = self._named(subject.noise, "sampling")
        self._contingency = self._named(subject.score("effect"), "contingency")

    def recordings(self) -> tuple[Recording, ...]:
        """Return all of them, in the order in which they build on each other."""
        return (*self._counts(), *self._distances(), *self._effects())

    def _bin(self, metric: Metric, operation: str) -> str:
        return recorded_name(f"{self._subject.level}_bin", metric, operation + self._window)

    def _named(self, metric: Metric, operation: str) -> str:
        return recorded_name(self._subject.level, metric, operation + self._window)

    def _score_name(self, metric: Metric) -> str:
        return self._named(metric, OPERATION)

    def _sum(self, expression: str) -> str:
        return total(self._each, expression)

    def _counts(self) -> tuple[Recording, ...]:
        subject, options = self._subject, self._options
        counted = recorded_name(f"{subject.level}_bin", subject.observations, f"increase{self._window}")
        required = select(catalogue.WINDOW_REQUIRED, options, Matcher("window", "=", self._window))
        of_model = f"on ({', '.join(MODEL)}) group_left ()"
        rows, training = self._rows, self._training_rows
        return (
            Recording(self._count, f"{counted}{{{_SHAPE}}}"),
            Recording(self._expected, self._effective_reference()),
            # Too few rows: nothing is recorded, and nothing that follows.
            Recording(rows, f"{self._sum(self._count)}\n  >= {of_model} {largest(MODEL, required)}"),
            Recording(training, f"{self._sum(self._expected)} > 0"),
            Recording(self._share, f"{self._count} / {self._of_each} {rows}"),
            Recording(self._expected_share, f"{self._expected} / {self._of_each} {training}"),
            Recording(self._noise, f"1 / {rows} + 1 / {training}"),
        )

    def _effective_reference(self) -> str:
        """Return training rows by bin; where seasons are told apart, those of the seasons that came."""
        subject = self._subject
        training = largest((*self._each, "bin"), select(subject.reference, self._options, _SHAPE))
        if subject.expected is None:
            return training
        counted = recorded_name(f"{subject.level}_bin", subject.expected, f"increase{self._window}")
        expected = f"{counted}{{{_SHAPE}}}"
        return (
            f"{expected} / {self._of_each} ({self._sum(expected)} > 0)\n"
            f"  * {self._of_each} {self._sum(training)}\nor\n{training}"
        )

    def _distances(self) -> tuple[Recording, ...]:
        share, expected, psi = (
            self._share, self._expected_share, self._subject.score("population_stability_index"),
        )  # fmt: skip
        n_bins = f"0.5 * count by ({', '.join(self._each)}) ({self._expected})"
        now = f"(({self._count} + 0.5) / {self._of_each} ({self._rows} + {n_bins}))"
        then = f"(({self._expected} + 0.5) / {self._of_each} ({self._training_rows} + {n_bins}))"
        middle = f"(({share} + {expected}) / 2)"
        information = " + ".join(
            self._sum(f"({side} > 0) * log2(({side} > 0) / {middle})") for side in (share, expected)
        )
        apart = self._sum(f"(sqrt({share}) - sqrt({expected})) ^ 2")
        return (
            Recording(self._score_name(psi), self._sum(f"({now} - {then}) * ln({now} / {then})")),
            Recording(
                self._score_name(self._subject.score("jensen_shannon_distance")),
                f"sqrt(clamp_min(({information}) / 2, 0))",
            ),
            Recording(
                self._score_name(self._subject.score("hellinger_distance")),
                f"sqrt(clamp_max({apart} / 2, 1))",
            ),
            Recording(
                self._score_name(self._subject.score("total_variation")),
                f"{self._sum(f'abs({share} - {expected})')} / 2",
            ),
        )

    def _effects(self) -> tuple[Recording, ...]:
        subject = self._subject
        effect, psi = subject.score("effect"), subject.score("population_stability_index")
        degrees = f"(count by ({', '.join(self._each)}) (({self._count} + {self._expected}) > 0) - 1)"
        floor = self._floor("omnibus")
        lower = f"{subject.score('effect_lower_bound').name}_approximate"
        lower_name = f"{subject.level}:{lower}:{OPERATION}{self._window}"
        threshold = largest(subject.labels, select(subject.threshold, self._options))
        return (
            Recording(self._contingency, self._sum(self._squares())),
            Recording(
                self._score_name(effect), f"sqrt(clamp_min({self._contingency} - {degrees} * {floor}, 0))"
            ),
            Recording(
                self._named(psi, "debiased"),
                f"clamp_min({self._score_name(psi)} - {degrees} * {floor}, 0)",
            ),
            *(Recording(self._score_name(subject.score(name)), self._moved(name)) for name in _MOVES),
            *self._omnibus(),
            Recording(lower_name, self._lower_bound()),
            Recording(
                self._score_name(subject.score("severity")), f"{lower_name} / {self._of_subject} {threshold}"
            ),
        )

    def _squares(self) -> str:
        rows = f"({self._rows} + {self._training_rows})"
        pooled = f"((({self._count} + {self._expected}) > 0) / {self._of_each} {rows})"
        return f"({self._share} - {self._expected_share}) ^ 2 / {pooled}"

    def _moved(self, weight: str) -> str:
        weights = select(self._subject.weight, self._options, Matcher("weight", "=", weight))
        return self._sum(
            f"({self._share} - {self._expected_share}) * {largest((*self._each, 'bin'), weights)}"
        )

    def _floor(self, method: str) -> str:
        """Return the variance that sampling gives, or the learned one where it is larger."""
        matchers = (Matcher("method", "=", method), Matcher("window", "=", self._window))
        learned = largest(self._subject.labels, select(self._subject.noise, self._options, *matchers))
        return (
            f"(({self._noise} < {self._of_subject} ({learned} ^ 2)) * 0 + {self._of_subject} ({learned} ^ 2) "
            f"or {self._noise})"
        )

    def _omnibus(self) -> tuple[Recording, ...]:
        """Return Pearson's statistic over its noise with thin bins pooled, and its degrees of freedom."""
        effect = self._subject.score("effect")
        rows = f"({self._expected_share} * {self._of_each} {self._rows})"
        thick, thin = f"({rows} >= {_THIN_ROWS})", f"({rows} < {_THIN_ROWS})"
        share = self._sum(f"{self._share} and {thin}")
        expected = self._sum(f"{self._expected_share} and {thin}")
        pooled = (
            f"({share} * {self._rows} + {expected} * {self._training_rows}) "
            f"/ ({self._rows} + {self._training_rows})"
        )
        statistic, degrees = self._named(effect, "statistic"), self._named(effect, "degrees")
        zero = f"0 * {self._rows}"
        return (
            Recording(
                statistic,
                f"({self._sum(f'({self._squares()}) and {thick}')}\n"
                f"  + (({share} - {expected}) ^ 2 / (({pooled}) > 0) or {zero}))\n/ {self._floor('omnibus')}",
            ),
            Recording(
                degrees,
                f"count by ({', '.join(self._each)}) {thick}\n  + ((({pooled}) > bool 0) or {zero}) - 1",
            ),
        )

    def _lower_bound(self) -> str:
        effect = self._subject.score("effect")
        statistic, degrees = self._named(effect, "statistic"), self._named(effect, "degrees")
        # Cornish and Fisher: a chi-square of k degrees and non-centrality b exceeds
        # (sqrt(b + k / 2) + z)^2 + k / 2 - 1 less often than a normal exceeds z. Solved for b it is never
        # above the exact bound.
        beyond = (
            f"clamp_min(sqrt(clamp_min({statistic} + 1 - {degrees} / 2, 0)) - {self._critical('omnibus')}, 0)"
        )
        root = f"sqrt(clamp_min({beyond} ^ 2 - {degrees} / 2, 0)) * sqrt({self._floor('omnibus')})"
        parts = [root]
        for name in _MOVES:
            moved = self._score_name(self._subject.score(name))
            parts.append(f"abs({moved}) - sqrt({self._floor(name)}) * {self._critical(name)}")
        parts.append(f"0 * {self._rows}")
        told = [f'label_replace({part}, "part", "{place}", "", "")' for place, part in enumerate(parts)]
        return largest(self._each, "\n  or ".join(told))

    def _critical(self, method: str) -> str:
        """Return what a comparison or product with the quantile of a test is written with."""
        matchers = (Matcher("method", "=", method), Matcher("window", "=", self._window))
        value = largest(MODEL, select(catalogue.DRIFT_CRITICAL_VALUE, self._options, *matchers))
        return f"on ({', '.join(MODEL)}) group_left () {value}"


_MOVES: Final = ("location", "spread")


def _accuracy(window: str, options: RuleOptions) -> Recording:
    """Return the share of right decisions that is expected of the scores that came."""
    counted = recorded_name("model_output_bin", catalogue.OUTPUT_OBSERVATIONS, f"increase{window}")
    right = largest((*OUTPUT, "bin", "profile"), select(catalogue.OUTPUT_BIN_ACCURACY, options))
    each = (*OUTPUT, "profile")
    return Recording(
        recorded_name("model_output", catalogue.ACCURACY, f"estimated{window}"),
        f"{total(each, f'{counted} * {right}')}\n  / ({total(each, f'{counted} and {right}')} > 0)",
    )
