"""Alerts about drift: what reaches a model no longer looks like training, feature by feature and as a whole.

One alert a feature, however many windows show it: three windows that come and go would be three alerts that
fire and resolve in turn. It ends when no window shows the drift any more.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.data import FEATURE_PHRASE, not_excluded
from mlexporter.generate.alerting.template_queries import listed, pinned, told, windows
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import FEATURE, FEATURE_WINDOW, MODEL, above, largest, select
from mlexporter.generate.rules import MODEL_PHRASE, Alert
from mlexporter.generate.severities import feature_severity

FEWEST_FEATURES: Final = 3
"""Drifted features below which it is not the data as a whole, however few features there are."""

_MODEL_WINDOW: Final = (*MODEL, "window")
_SEVERITY: Final = '{{ $value | printf "%.1f" }}'
_MOST_NAMED: Final = 5


def drift_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts on the drift of what comes in: of features, of all of them, of what they share."""
    # A severity is absent where a window holds too few rows: no guard of the rules is needed.
    return (
        _feature(options),
        _important(options),
        _dataset(options),
        _joint(options),
        _embedding(options),
    )


def _feature(options: RuleOptions) -> Alert:
    here = pinned(FEATURE, options)
    unit = largest(MODEL, select(catalogue.FEATURE_UNIT_FACTOR, here))
    return Alert(
        "MLFeatureDrift",
        f"{largest(FEATURE, feature_severity(options))} > 1\n{not_excluded(options)}\n{_not_acknowledged(options)}",
        900, "warning", "drift",
        "A feature has drifted away from the training data, or from an accepted baseline.",
        f"{FEATURE_PHRASE} has moved at least {_SEVERITY} times as far from what it is measured against "
        "(training, or an accepted baseline) as its threshold allows: a lower bound, chance is taken off. "
        f"{_drift_windows(options)}"
        f"{told(unit, FEATURE, ' Another unit would explain it: values look as if multiplied by {number}.')} "
        "Look first whether its source, unit or encoding changed; the page of the exporter shows both side by "
        "side.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _drift_windows(options: RuleOptions) -> str:
    drifted = f"{feature_severity(pinned(FEATURE, options))} > 1"
    return windows(drifted, catalogue.FEATURE_WINDOW_OBSERVATIONS, FEATURE, options)


def _important(options: RuleOptions) -> Alert:
    effect = largest(FEATURE_WINDOW, select(catalogue.FEATURE_EXPECTED_EFFECT, options))
    both = (
        f"{above(effect, catalogue.EXPECTED_EFFECT_THRESHOLD, options)}\n"
        f"  and on ({', '.join(FEATURE_WINDOW)}) ({feature_severity(options)} > 1)"
    )
    return Alert(
        "MLImportantFeatureDrift",
        f"{largest(FEATURE, both)}\n{not_excluded(options)}\n{_not_acknowledged(options)}",
        900, "critical", "drift",
        "A feature has drifted, and moves the predictions further than is allowed.",
        f"{FEATURE_PHRASE} has drifted beyond its threshold, and by what the model does with it this moves "
        'predictions by about {{ $value | printf "%.3g" }} (in their unit), more than the configured '
        f"expected_effect. {_drift_windows(options)} Look whether its source changed, and whether the predictions "
        "can still be used.",
        keep_firing_seconds=300, needs="expected effect",
    )  # fmt: skip


def _dataset(options: RuleOptions) -> Alert:
    # Not ml_drifted_features_ratio and not the p-value: they tell of significance, which any small change
    # reaches with rows enough, and of features that shall not alert. A page needs shifts that matter.
    share = _drifted_share(options)
    here = pinned(MODEL, options)
    worst = f"topk({_MOST_NAMED}, {largest(FEATURE, f'({feature_severity(here)} > 1) {_quiet(here)}')})"
    name = '{{ $one.Labels.feature }} ({{ $one.Value | printf "%.1f" }} times its threshold)'
    p_value = f"min({select(catalogue.DATASET_P_VALUE, here)})"
    shown = above(_drifted_share(here), catalogue.DRIFTED_FEATURES_THRESHOLD, here)
    return Alert(
        "MLDatasetDrift",
        above(largest(MODEL, share), catalogue.DRIFTED_FEATURES_THRESHOLD, options),
        1800, "critical", "drift",
        "Many features of a model have drifted at once.",
        f"{{{{ $value | humanizePercentage }}}} of the features of {MODEL_PHRASE} that may alert have drifted "
        f"beyond their thresholds, {FEWEST_FEATURES} or more of them. Worst: {listed(worst, MODEL, name)}. "
        f"{windows(shown, catalogue.WINDOW_OBSERVATIONS, MODEL, options)}"
        f"{told(p_value, MODEL, ' Chance alone gives this with a probability of {number}.')} So many at once have "
        "one cause: look at what feeds all of them, or who calls, before you look at single features.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _drifted_share(options: RuleOptions) -> str:
    """Return the share of drifted features among those that may alert, by window, where enough drifted."""
    severity = feature_severity(options)
    drifted = f"count by ({', '.join(_MODEL_WINDOW)}) (({severity} > 1) {_quiet(options)})"
    scored = f"count by ({', '.join(_MODEL_WINDOW)}) ({severity} {not_excluded(options)})"
    return f"({drifted} >= {FEWEST_FEATURES})\n  / {scored}"


def _quiet(options: RuleOptions) -> str:
    return f"{not_excluded(options)} {_not_acknowledged(options)}"


def _joint(options: RuleOptions) -> Alert:
    def joint(labels: tuple[str, ...], chosen: RuleOptions) -> str:
        return f"{largest(labels, select(catalogue.JOINT_DRIFT_SEVERITY, chosen))} > 1"

    here = joint(_MODEL_WINDOW, pinned(MODEL, options))
    return Alert(
        "MLJointDrift",
        # Where a single feature drifted, too, that is the news.
        f"{joint(MODEL, options)}\nunless on ({', '.join(MODEL)})\n({feature_severity(options)} > 1 "
        f"{not_excluded(options)})",
        1800, "warning", "drift",
        "The features of a model no longer belong together as they did in training.",
        f"No feature of {MODEL_PHRASE} has drifted by itself, but how they depend on each other has, at least "
        f"{_SEVERITY} times as far as the threshold allows. "
        f"{windows(here, catalogue.WINDOW_OBSERVATIONS, MODEL, options)} Look first for rows whose features come "
        "from different moments or customers: a wrong join key, a column shifted against the others.",
        keep_firing_seconds=300, needs="joint",
    )  # fmt: skip


def _embedding(options: RuleOptions) -> Alert:
    def severity(labels: tuple[str, ...], chosen: RuleOptions) -> str:
        return f"{largest(labels, select(catalogue.EMBEDDING_DRIFT_SEVERITY, chosen))} > 1"

    here = severity((*MODEL, "window"), pinned(FEATURE, options))
    return Alert(
        "MLEmbeddingDrift", f"{severity(FEATURE, options)}\n{_quiet(options)}",
        3600, "warning", "drift",
        "An embedding has drifted away from the training data.",
        f"Embedding {{{{ $labels.feature }}}} of {MODEL_PHRASE} has moved at least {_SEVERITY} times as far from "
        "training as its threshold allows, in its mean, its spread or its clusters. "
        f"{windows(here, catalogue.WINDOW_OBSERVATIONS, FEATURE, options)} Look first whether the model that makes "
        "the vectors was replaced; else the texts or pictures changed.",
        keep_firing_seconds=300, needs="embedding",
    )  # fmt: skip


def _not_acknowledged(options: RuleOptions) -> str:
    """Return the condition that keeps a drift quiet that a person knows of, until it has ended."""
    known = largest(FEATURE, select(catalogue.DRIFT_ACKNOWLEDGED, options))
    return f"unless on ({', '.join(FEATURE)})\n{known}"
