from dataclasses import replace

import numpy as np
import pytest

from mlexporter.catalogue import (
    CATALOGUE,
    DATASET_P_VALUE,
    DRIFTED_FEATURES,
    DRIFTED_FEATURES_RATIO,
    DUPLICATE_ROWS_EXCESS,
    FEATURE_DRIFT,
    FEATURE_DRIFT_SEVERITY,
    FEATURE_EXPECTED_EFFECT,
    FEATURE_TRAINING_SKEW,
    FEATURE_TRAINING_SKEW_EFFECT,
    OUTPUT_DRIFT,
)
from mlexporter.errors import BinMismatchError, ConfigurationError
from mlexporter.records import ComponentNoise, ModelKey
from mlexporter.statistics.evaluate import evaluate

TRAINING = [2_000, 5_000, 3_000, 100, 0]
CLEAN = [200, 500, 300, 10, 0]
SHIFTED = [50, 250, 700, 10, 0]


def test_the_report_says_what_it_is_of(profile, number, window, report):
    """Key, fingerprint, time, required rows, and the windows with their counts in order."""
    windows = [window([CLEAN], name=name) for name in ("1h", "6h")]
    found = report(profile([number(TRAINING)]), windows)
    assert found.key == ModelKey("churn", "7")
    assert (found.fingerprint, found.evaluated_timestamp) == ("0123abcd", 12.5)
    assert found.required_observations == 100
    assert [entry.counts for entry in found.windows] == windows


def test_drift_is_severe_and_clean_rows_are_not(profile, number, window, report):
    """Two features in two windows: only the shifted one, only where it shifted."""
    reference = profile([number(TRAINING), number(TRAINING)])
    found = report(reference, [window([CLEAN, SHIFTED]), window([CLEAN, CLEAN], name="6h")])
    severity = [entry.features.scores[FEATURE_DRIFT_SEVERITY.name] for entry in found.windows]
    assert [values.shape for values in severity] == [(2,), (2,)]
    assert [(values > 1).tolist() for values in severity] == [[False, True], [False, False]]


def test_default_and_all_measures_follow_the_catalogue(profile, number, category, window, report):
    """Drift scores are those of the catalogue, feature and output apart; data quality comes in any case."""
    reference = profile([number(TRAINING)], [category([900, 80, 10, 10, 0, 0])])
    counts = window([CLEAN], [[90, 8, 1, 1, 0, 0]])
    drift = {entry.name for entry in (*FEATURE_DRIFT, *OUTPUT_DRIFT)}
    excess = {entry.name for entry in CATALOGUE if entry.statistic == "share_excess"} - {
        DUPLICATE_ROWS_EXCESS.name
    }
    for measures in ("default", "all"):
        entry = report(reference, [counts], measures=measures).windows[0]
        wanted = [
            {found.name for found in metrics if found.is_default or measures == "all"}
            for metrics in (FEATURE_DRIFT, OUTPUT_DRIFT)
        ]
        assert set(entry.features.scores) & drift == wanted[0]
        assert set(entry.features.scores) >= excess
        assert set(entry.outputs.scores) == wanted[1]


def test_outputs_share_out_alpha_among_themselves(profile, number, window, report):
    """One output beside 50 features is bounded tighter than each of them."""
    reference = profile([number(TRAINING)] * 50, [number(TRAINING)])
    entry = report(reference, [window([SHIFTED] * 50, [SHIFTED])]).windows[0]
    bound = "effect_lower_bound"
    feature, output = (
        next(found.name for found in metrics if found.statistic == bound)
        for metrics in (FEATURE_DRIFT, OUTPUT_DRIFT)
    )
    assert entry.outputs.scores[output][0] > entry.features.scores[feature][0] > 0


def test_a_model_without_features_or_windows_has_an_empty_report(profile, number, window, report):
    """Nothing to compare is no error: no windows, or windows with arrays of length 0."""
    assert report(profile([number(TRAINING)]), []).windows == ()
    entry = report(profile([]), [window([])]).windows[0]
    assert entry.features.observations.shape == (0,)
    assert entry.features.absent == ()
    assert all(values.shape == (0,) for values in entry.features.scores.values())


def test_unknown_measures_are_refused(profile, number, window, report):
    """A typo must not silently compute the default."""
    with pytest.raises(ConfigurationError, match="'everything'"):
        report(profile([number(TRAINING)]), [window([CLEAN])], measures="everything")


def test_counts_of_other_bins_are_refused(profile, number, window, report):
    """A window or a profile whose counts do not fit the bins raises, and names the owner."""
    with pytest.raises(BinMismatchError, match="window 1h has 4 counts where the bins ask for 5"):
        report(profile([number(TRAINING)]), [window([CLEAN[1:]])])
    broken = profile([number(TRAINING), number(TRAINING)])
    with pytest.raises(BinMismatchError, match="window 1h has 1 counts"):
        report(broken, [window([CLEAN, CLEAN], out_of_range=[0])])
    with pytest.raises(BinMismatchError, match="the profile of 'feature0' has 0 counts"):
        report(profile([type(number(TRAINING))(number(TRAINING).kind, "float")]), [window([CLEAN])])


def test_a_requirement_below_one_row_counts_as_one(profile, number, window, report):
    """Even when nobody asks for rows an empty window has no scores."""
    found = report(profile([number(TRAINING)]), [window([[0] * 5])], required_observations=0)
    assert found.windows[0].features.absent == ("rows",)
    assert np.isnan(found.windows[0].features.scores[FEATURE_DRIFT_SEVERITY.name]).all()


def test_the_model_as_a_whole_has_scores_of_its_own(profile, number, window, report):
    """Two of three features with rows drifted; the last has too few rows and takes no part."""
    few = [rows // 50 for rows in CLEAN]
    reference = profile([number(TRAINING)] * 4)
    entry = report(reference, [window([SHIFTED, CLEAN, SHIFTED, few])]).windows[0]
    assert entry.model[DRIFTED_FEATURES.name] == 2.0
    assert entry.model[DRIFTED_FEATURES_RATIO.name] == pytest.approx(2 / 3)
    assert entry.model[DATASET_P_VALUE.name] < 1e-6
    nothing = report(reference, [window([few] * 4)]).windows[0]
    assert DATASET_P_VALUE.name not in nothing.model
    assert DRIFTED_FEATURES.name not in nothing.model


def test_features_that_do_not_alert_are_counted_as_well(profile, number, window, report):
    """They drifted, whether or not somebody wants to be told."""
    reference = profile([number(TRAINING)])
    quiet = replace(reference, features=(replace(reference.features[0], alert=False),))
    assert report(quiet, [window([SHIFTED])]).windows[0].model[DRIFTED_FEATURES.name] == 1.0


def test_training_is_told_beside_a_baseline(profile, number, window):
    """Serving that has its own shares is no drift from the baseline, and skew against training."""
    training, baseline = profile([number(TRAINING)]), profile([number([rows * 10 for rows in SHIFTED])])
    asked = {"key": ModelKey("churn", "7"), "evaluated_timestamp": 0.0, "required_observations": 100}
    entry = evaluate(baseline, [window([SHIFTED])], training=training, **asked).windows[0]
    against = evaluate(training, [window([SHIFTED])], **asked).windows[0]
    effect = next(metric for metric in FEATURE_DRIFT if metric.statistic == "effect")
    assert entry.features.scores[FEATURE_DRIFT_SEVERITY.name][0] == 0.0
    for skew, drift in (
        (FEATURE_TRAINING_SKEW, FEATURE_DRIFT_SEVERITY),
        (FEATURE_TRAINING_SKEW_EFFECT, effect),
    ):
        assert entry.features.scores[skew.name][0] == against.features.scores[drift.name][0] > 0
        assert skew.name not in against.features.scores


def test_what_drift_means_for_predictions_is_there_where_the_profile_knows(profile, number, window, report):
    """Only with a partial dependence or an importance."""
    reference = profile([number(TRAINING)])
    assert (
        FEATURE_EXPECTED_EFFECT.name not in report(reference, [window([SHIFTED])]).windows[0].features.scores
    )
    known = replace(reference, features=(replace(reference.features[0], importance=0.5),))
    assert report(known, [window([SHIFTED])]).windows[0].features.scores[FEATURE_EXPECTED_EFFECT.name][0] > 0


def test_learned_noise_of_features_and_outputs_is_in_force(profile, number, window, report):
    """The same shift is not severe with it, in its own window and in all others."""
    reference = profile([number(TRAINING)], [number(TRAINING)])
    noise = {"1h": ComponentNoise(24, 0.2, 0.2, 0.2)}
    noisy = replace(
        reference,
        features=(replace(reference.features[0], noise=noise),),
        outputs=(replace(reference.outputs[0], noise=noise),),
    )
    windows = [window([SHIFTED], [SHIFTED], name=name) for name in ("30m", "1h", "6h")]
    for found, expected in ((reference, [True] * 3), (noisy, [False] * 3)):
        entries = report(found, windows).windows
        assert [entry.features.scores[FEATURE_DRIFT[0].name][0] > 1 for entry in entries] == expected
        assert [entry.outputs.scores[OUTPUT_DRIFT[0].name][0] > 1 for entry in entries] == expected


def test_a_model_without_joints_or_estimates_has_none(profile, number, window, report):
    """Empty, not absent."""
    entry = report(profile([number(TRAINING)]), [window([CLEAN])]).windows[0]
    assert entry.joints.absent == ()
    assert entry.estimates == ()
