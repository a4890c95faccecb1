import copy
import gc

from mlexporter import catalogue
from mlexporter.exposition import layout
from mlexporter.exposition.layout import layout_of

MODEL = ("m", "1", "primary")


def test_a_layout_is_prepared_once(view):
    """The same profile gives the same prepared labels at every scrape."""
    reference = view.models[0].reference
    assert layout_of(MODEL, reference) is layout_of(MODEL, reference)
    assert layout_of(("m", "2", "primary"), reference) is not layout_of(MODEL, reference)


def test_layouts_do_not_outlive_their_profile(view):
    """A replaced profile takes its prepared labels with it."""
    reference = copy.copy(view.models[0].reference)
    layout_of(MODEL, reference)
    key = id(reference)
    assert key in layout._layouts
    del reference
    gc.collect()
    assert key not in layout._layouts


def test_what_a_profile_says_is_written_once(view):
    """Thresholds and what is left out of alerts are prepared with the labels, and kept as text."""
    reference = view.models[0].reference
    settings = dict(layout_of(MODEL, reference).settings)

    assert settings[catalogue.FEATURE_DRIFT_THRESHOLD].values == [
        each.threshold for each in reference.features
    ]
    assert settings[catalogue.OUTPUT_DRIFT_THRESHOLD].values == [each.threshold for each in reference.outputs]
    assert settings[catalogue.OUTPUT_EXCLUDED].values == [int(not each.alert) for each in reference.outputs]
    assert all(block.is_constant for block in settings.values())


def test_scores_that_are_all_absent_are_written_once(view):
    """One block for each window and reason says it of every feature, at every scrape."""
    features = layout_of(MODEL, view.models[0].reference).features
    block = features.all_absent("1h", "rows")

    assert block is features.all_absent("1h", "rows")
    assert block.is_constant
    assert block.values == [1] * len(features.each)
    assert {row[-2:] for row in block.labels.rows} == {("1h", "rows")}
    assert {row[-2:] for row in features.all_absent("1h", "stale").labels.rows} == {("1h", "stale")}
