import pytest

from mlexporter.exposition.page.feature import card
from mlexporter.exposition.page.subjects import subjects


@pytest.mark.parametrize(
    ("severity", "visible", "word"), [(0.5, 3.0, "blind"), (0.5, 0.3, "steady"), (4.0, 3.0, "drift")]
)
def test_a_card_does_not_call_blindness_steady(make, words_of, severity, visible, word):
    """A window that could not have seen a shift is blind; one that did see a drift is not."""
    row = make.Row("x", (severity, severity), scores={"minimum_detectable_effect": visible, "effect": 0.2})
    (subject,) = subjects(make.reference([row]), make.report([row]))[0]
    drawn = card(subject, expose_names=True, required=100, is_large=False)
    text = words_of(drawn)
    assert [each for each in ("blind", "steady", "drift") if f">{each}</span>" in drawn] == [word]
    assert ("no shift visible: it moves as much while all is well" in text.replace("\u00a0", " ")) == (
        visible > 1.75
    )
