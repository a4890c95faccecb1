import dataclasses

import pytest

from mlexporter.exposition.page.compared import compared_facts
from mlexporter.exposition.page.document import document
from mlexporter.records import BaselineState, ComponentNoise, Slots

STATE = BaselineState("training", 7, 24, 9, 168, 3600.0)
HOSTILE = "<script>x</script>"


@pytest.fixture
def told(make, words_of):
    """Return a function that gives the text on what drift is measured against."""

    def text(state=None, **changes):
        model = make.model([make.Row("a"), make.Row(HOSTILE)], baseline=state)
        reference = dataclasses.replace(model.reference, **changes)
        return words_of(compared_facts(dataclasses.replace(model, reference=reference)))

    return text


def test_without_anything_learned(told):
    """What is not known is said, with what it costs."""
    text = told()
    assert "the training data of the profile" in text
    assert "not told apart" in text
    assert "bounds take rows for independent" in text
    assert "Baseline" not in text


def test_seasons_and_noise(told, make):
    """How many kinds of rows, and from how many blocks noise is known."""
    slots = Slots((0, 1) * 84, "", (), (0, 1), ("even", "<odd>"), ((1,), (1,)), (5, 5))
    noisy = dataclasses.replace(
        make.reference([make.Row("a")]).features[0], noise={"1h": ComponentNoise(30, 0.1, 0.1, 0.1)}
    )
    text = told(slots=slots, features=(noisy,))
    assert "2 kinds of rows, such as even and <odd>" in text
    assert "1h from 30 blocks" in text


def test_the_way_to_a_baseline(told):
    """How many clean blocks there are, are needed and are waited for."""
    assert "7 clean blocks of 1 hour; 24 are needed, 168 are waited for" in told(STATE)


def test_an_accepted_baseline(told, make):
    """Who and why are told to people, and escaped; noise is that of the baseline."""
    baseline = dataclasses.replace(
        make.reference([make.Row("a")]),
        features=(
            dataclasses.replace(
                make.reference([make.Row("a")]).features[0], noise={"6h": ComponentNoise(168, 0.1, 0.1, 0.1)}
            ),
        ),
    )
    state = dataclasses.replace(
        STATE, against="baseline", reference=baseline, accepted_timestamp=make.NOW, who="anna", why=HOSTILE,
        note="a note",
    )  # fmt: skip
    text = told(state)
    assert "a baseline of serving of 2023-11-14 22:13 UTC" in text
    assert f"anna: {HOSTILE}" in text
    assert "a note" in text
    assert "6h from 168 blocks" in text


def test_decisions_are_listed(told):
    """Excluded features and acknowledged drifts."""
    state = dataclasses.replace(STATE, excluded=frozenset({HOSTILE}), acknowledged={"a": 0.0})
    text = told(state)
    assert f"Excluded by people{HOSTILE}" in text
    assert "Drift acknowledgeda, 1970-01-01 00:00 UTC" in text


def test_nothing_without_a_profile(make):
    """There is nothing to compare with."""
    assert compared_facts(make.model()) is None


def test_the_page_says_it_on_the_cards_and_stays_html(make, read):
    """Decisions are on the card of the feature; no name becomes an element."""
    rows = [make.Row(HOSTILE, (9.0, 9.0)), make.Row("b", (3.0, 3.0))]
    state = dataclasses.replace(
        STATE, excluded=frozenset({HOSTILE}), acknowledged={"b": 0.0}, who=HOSTILE, why=HOSTILE, note=HOSTILE
    )
    page = read(document(make.view(make.model(rows, baseline=state)), now=make.NOW))
    assert "script" not in page.tags
    assert "Excluded by a person: its drift is shown and does not alert." in page.text
    assert "Acknowledged 1970-01-01 00:00 UTC: no alert until this drift is over." in page.text
    assert "Shown, not alerted 1" in page.text
