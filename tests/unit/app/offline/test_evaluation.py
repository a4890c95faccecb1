import numpy as np
import pytest

from mlexporter import Profile, catalogue
from mlexporter.app.offline import OfflineOptions, evaluate_rows
from mlexporter.errors import ConfigurationError, FitError
from mlexporter.profile.sources import FrameSource
from offline_rows import DAY, START, rows_of

SEVERITY = catalogue.FEATURE_DRIFT_SEVERITY.name


def test_rows_like_training_do_not_drift(evaluated):
    """All rows are counted, in one window of the name asked for, and no severity is above 0."""
    found = evaluated(rows_of(1000, seed=2), window="6h")
    assert found.window.counts.row_count == 1000
    assert found.window.counts.name == "6h"
    assert found.window.features.scores[SEVERITY].tolist() == [0.0, 0.0]
    assert found.window.outputs.absent == ("",)


def test_a_shift_is_found_in_its_feature_alone(evaluated):
    """One standard deviation on a thousand rows is far beyond the bound; the country stays."""
    amount, country = evaluated(rows_of(1000, seed=2, shift=10.0)).window.features.scores[SEVERITY]
    assert amount > 5
    assert country == 0


def test_a_feature_that_the_rows_lack_is_missing(evaluated):
    """As in serving: every row counts as missing it, and its score is absent for lack of rows."""
    columns = rows_of(500, seed=2)
    del columns["country"]
    found = evaluated(columns).window.features
    assert found.absent == ("", "rows")
    assert found.scores[catalogue.FEATURE_MISSING_EXCESS.name][1] > 1


def test_periods_add_up_to_the_whole(evaluated):
    """Each period has its own rows; together they are all, whatever the order of the rows."""
    columns = rows_of(2000, seed=2)
    order = np.random.default_rng(3).permutation(2000)
    shuffled = {name: [values[place] for place in order] for name, values in columns.items()}
    found = evaluated(shuffled, timestamp="time", every="1d")
    assert [period.begins for period in found.periods] == [START + day * DAY for day in range(4)]
    assert [period.window.counts.row_count for period in found.periods] == [500] * 4
    total = sum(period.window.counts.feature_cells for period in found.periods)
    assert total.tolist() == found.window.counts.feature_cells.tolist()


def test_rows_without_a_time_are_in_no_period_and_in_the_whole(evaluated):
    """A third of the times is unknown: all rows are judged together, with periods as without."""
    columns = rows_of(1800, seed=2)
    columns["time"][::3] = np.nan
    found = evaluated(columns, timestamp="time", every="1d")
    assert found.window.counts.row_count == 1800
    assert sum(period.window.counts.row_count for period in found.periods) == 1200
    columns["time"][:] = np.nan
    found = evaluated(columns, timestamp="time", every="1d")
    assert (found.window.counts.row_count, found.periods) == (1800, ())


def test_a_drift_of_one_day_is_that_day_s(evaluated):
    """The period of the drift has a severity, those before and after have none."""
    columns = rows_of(2000, seed=2)
    columns["amount"][500:1000] += 15.0
    found = evaluated(columns, timestamp="time", every="1d")
    severities = [period.window.features.scores[SEVERITY][0] > 1 for period in found.periods]
    assert severities == [False, True, False, False]


def test_too_few_rows_have_no_score(evaluated):
    """Unknown is absent: 50 rows where 100 are needed."""
    found = evaluated(rows_of(50, seed=2))
    assert np.isnan(found.window.features.scores[SEVERITY]).all()
    assert found.window.features.absent == ("rows", "rows")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"window": "soon"}, ConfigurationError, "window='soon'"),
        ({"every": "1d"}, ConfigurationError, "timestamp="),
        ({"timestamp": "when"}, FitError, "no column 'when'"),
        ({"outputs": {"score": "score"}}, ConfigurationError, "its outputs are: prediction"),
        ({"outputs": {"prediction": "points"}}, FitError, "no column 'points'"),
    ],
)
def test_impossible_options_say_what_and_the_way_out(profile, options, error, message):
    """Before a row is read."""
    source = FrameSource(rows_of(10, seed=2))
    with (
        pytest.raises(error, match=message),
        evaluate_rows(source, profile, OfflineOptions(**options)),
    ):
        pass


def test_rows_of_something_else_are_refused(profile):
    """A file without any of the features is a wrong file, not a drift."""
    with (
        pytest.raises(FitError, match="none of the 2 features"),
        evaluate_rows(FrameSource({"x": [1.0] * 200}), profile, OfflineOptions()),
    ):
        pass


def test_hours_that_differ_are_no_broken_dependence():
    """With seasons a day that is seen in part is no drift of a joint: it has the noise of hours in all windows."""
    random = np.random.default_rng(6)

    def rows(n_rows, n_hours):
        time = START + np.sort(random.uniform(0, 28, n_rows)) * DAY
        time = time[time // 3600 % 24 < n_hours]
        swing = np.sin(time / DAY * 2 * np.pi)
        numbers = swing[:, None] + random.normal(size=(len(time), 3))
        return {"time": time, "a": numbers[:, 0], "b": numbers[:, 1], "c": numbers[:, 2]}

    profile = Profile.fit(rows(100_000, 24), model="m", version="1", timestamp="time")
    assert profile.reference.slots is not None
    options = OfflineOptions(timestamp="time")
    with evaluate_rows(FrameSource(rows(30_000, 6)), profile, options) as evaluation:
        window = evaluation.window
    assert window.joints.observations[0] > 500
    assert window.joints.scores[catalogue.JOINT_DRIFT_SEVERITY.name][0] < 1
    assert (window.features.scores[SEVERITY] < 1).all()
