"""The built compare panel where something is lacking, too much or strange: each is a state that was thought of."""

import pytest

from plugin_frames import RANGES, USUAL, Subject, frames, required

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRIFTS = {"severity": 6.0, "effect": 1.2, "threshold": 0.2, "psi": 0.8, "rows": 1000}
CALM = {"severity": 0.1, "effect": 0.02, "threshold": 0.2, "psi": 0.01, "rows": 1000}
MANY = 220


def test_nothing_at_all(panel):
    """It says what to do, with queries to copy."""
    panel.show(frames=[], ready=None)
    panel.page.get_by_text("No distributions to compare").wait_for()
    assert panel.page.get_by_role("button", name="Copy the query reference").count() == 1


def test_training_alone_and_rows_alone(panel):
    """Neither is drawn as zero: the other side is said to be unknown."""
    panel.show(frames=frames(Subject("quiet", current=None), Subject("new", reference=None), Subject("both")))
    told = {name: panel.multiple(name).inner_text() for name in ("quiet", "new", "both")}
    assert "×" not in "".join(told.values())
    labels = [panel.multiple(name).get_attribute("aria-label") for name in ("quiet", "new")]
    assert labels[0] != labels[1]
    assert all("0 %" not in label for label in labels)


@pytest.mark.parametrize(
    ("reason", "word"),
    [("rows", "42 of 100 rows"), ("profile", "profile"), ("stale", "stale"), ("error", "error")],
)
def test_a_score_that_is_absent_says_why(panel, reason, word):
    """A badge without a number is not silent."""
    subject = Subject("fare", numbers={"rows": 42}, absent=reason)
    panel.show(frames=[*frames(subject), required(100)])
    text = panel.multiple("fare").inner_text() + panel.multiple("fare").get_attribute("aria-label")
    assert word in text.lower() or (reason == "stale" and "old" in text.lower())
    assert "×" not in text


def test_nan_is_unknown_and_is_last(panel):
    """NaN is no number: it is neither drawn nor sorted before what is known."""
    nan = float("nan")
    unknown = Subject("a_nan", current=(nan,) * len(RANGES), numbers={"severity": nan, "psi": nan})
    panel.show(frames=frames(unknown, Subject("b_calm", numbers=CALM), Subject("c_drifts", numbers=DRIFTS)))
    order = [sentence.split(":")[0] for sentence in panel.subjects()]
    assert order == ["c_drifts", "b_calm", "a_nan"]
    assert "NaN" not in panel.page.locator("#stage").inner_text()


def test_the_excluded_comes_after_and_says_that_it_does_not_alert(panel):
    """However far it is away."""
    quiet = Subject("temperature", numbers={**DRIFTS, "severity": 9.0, "excluded": 1})
    panel.show(frames=frames(quiet, Subject("fare", numbers=DRIFTS)))
    assert [sentence.split(":")[0] for sentence in panel.subjects()] == ["fare", "temperature"]
    assert "alert" in panel.multiple("temperature").inner_text()


def test_rows_of_another_profile_are_not_compared(panel):
    """Their bins are others."""
    panel.show(frames=frames(Subject("fare", profile="ffffffff")))
    assert "profile" in panel.multiple("fare").inner_text().lower()


def test_categories_have_names_and_what_is_unseen_stands_apart(panel):
    """Also where a name looks like an edge."""
    ranges = ("AA", "≤ 5", "other", "unseen", "missing", "invalid")
    carrier = Subject(
        "carrier", (500, 400, 100, 0, 0, 0), (300, 300, 100, 200, 100, 0), ranges, numbers=DRIFTS
    )
    panel.show(frames=frames(carrier))
    options = panel.page.get_by_role("option").all()
    told = [option.get_attribute("aria-label").split(":")[0] for option in options]
    assert told[:5] == ["AA", "≤ 5", "other", "unseen", "missing"]


def test_many_features_are_searched_and_few_are_drawn(panel):
    """220 of them: only those in view are in the document."""
    subjects = [
        Subject(f"feature_{place:03d}", numbers={**CALM, "severity": place / 1000}) for place in range(MANY)
    ]
    panel.show(frames=frames(*subjects), width=1200, height=700)
    drawn = panel.page.get_by_role("group").count()
    assert 4 <= drawn <= 60
    assert panel.page.evaluate("document.querySelectorAll('*').length") < 15_000
    assert panel.subjects()[0].startswith("feature_219:")
    panel.page.get_by_role("searchbox").fill("_017")
    panel.multiple("feature_017").wait_for()
    assert panel.page.get_by_role("group").count() == 1
    panel.page.get_by_role("searchbox").fill("nobody")
    panel.multiple("feature_017").wait_for(state="detached")
    panel.page.get_by_role("searchbox").fill("")
    panel.multiple("feature_219").wait_for()


def test_scrolling_draws_the_rest(panel):
    """What comes into view is drawn, and what leaves it goes."""
    subjects = [
        Subject(f"feature_{place:03d}", numbers={**CALM, "severity": place / 1000}) for place in range(MANY)
    ]
    panel.show(frames=frames(*subjects), width=1200, height=700)
    panel.multiple("feature_219").hover()
    panel.page.mouse.wheel(0, 100_000)
    panel.multiple("feature_000").wait_for()
    assert panel.multiple("feature_219").count() == 0


def test_text_that_looks_like_markup_stays_text(panel):
    """Names of features are somebody's."""
    panel.show(frames=frames(Subject("<img src=x onerror=document.title='broken'>", numbers=DRIFTS)))
    assert panel.page.title() == "mlexporter"
    assert "<img" in panel.page.locator("#stage").inner_text()


def test_new_data_replace_the_old(panel):
    """A refresh: the same panel, other rows."""
    panel.show(frames=frames(Subject("fare", numbers=CALM), Subject("hour", numbers=CALM)))
    panel.show(
        frames=frames(Subject("fare", current=USUAL[::-1], numbers=DRIFTS), Subject("hour", numbers=CALM))
    )
    assert panel.subjects()[0].startswith("fare: drift")
