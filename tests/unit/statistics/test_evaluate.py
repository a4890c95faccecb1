import numpy as np
import pytest

from mlexporter.catalogue import CATALOGUE, FEATURE_DRIFT, FEATURE_DRIFT_SEVERITY, OUTPUT_DRIFT
from mlexporter.errors import BinMismatchError, ConfigurationError
from mlexporter.records import ModelKey

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
    """Names of scores are those of catalogue entries with a statistic, feature and output apart."""
    reference = profile([number(TRAINING)], [category([900, 80, 10, 10, 0, 0])])
    counts = window([CLEAN], [[90, 8, 1, 1, 0, 0]])
    excess = {entry.name for entry in CATALOGUE if entry.statistic == "share_excess"}
    for measures in ("default", "all"):
        entry = report(reference, [counts], measures=measures).windows[0]
        wanted = [
            {found.name for found in metrics if found.is_default or measures == "all"}
            for metrics in (FEATURE_DRIFT, OUTPUT_DRIFT)
        ]
        assert set(entry.features.scores) == wanted[0] | excess
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
