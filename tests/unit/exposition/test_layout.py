import copy
import gc

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
