from mlexporter.catalogue import FEATURE_MISSING, PREDICTION_REQUESTS
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.recording import error_ratio_name, recorded_name, recording_groups


def recordings():
    """Return name and expression of every recorded series."""
    return {rule.name: rule.expression for group in recording_groups(RuleOptions()) for rule in group.rules}


def test_names_leave_out_total():
    """A recorded rate is no counter any more."""
    assert recorded_name("model", PREDICTION_REQUESTS, "rate5m") == "model:ml_prediction_requests:rate5m"


def test_each_series_is_recorded_once():
    """Two rules of one name would overwrite each other."""
    names = [rule.name for group in recording_groups(RuleOptions()) for rule in group.rules]
    assert len(set(names)) == len(names)


def test_ratios_are_absent_without_calls():
    """The denominator is filtered, so that 0 / 0 gives nothing rather than NaN."""
    assert recordings()[error_ratio_name("5m")].endswith("> 0)")


def test_long_windows_add_up_steps():
    """A day of raw samples would be more than a query may load; steps do not overlap."""
    day = recordings()[recorded_name("model_feature", FEATURE_MISSING, "increase24h")]
    assert day == f"sum_over_time({recorded_name('model_feature', FEATURE_MISSING, 'increase5m')}[1d:5m])"


def test_a_step_and_its_sum_shrink_together():
    """In faster time the step of the sum is the range of what it sums."""
    fast = RuleOptions(time_factor=600, minimum_range_seconds=0.8)
    rules = {rule.name: rule.expression for group in recording_groups(fast) for rule in group.rules}
    assert "[800ms])" in rules[recorded_name("model_feature", FEATURE_MISSING, "increase5m")]
    assert rules[recorded_name("model_feature", FEATURE_MISSING, "increase6h")].endswith("[36s:800ms])")
