"""The built compare panel on real series: what drifted is seen first, and every bin can be asked."""

import io
import re
import time

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHOSEN = {
    "model_name": "late_arrival", "model_version": "2013.1", "variant": "primary", "window": "24h", "feature": ".*",
    "counts": "none",
}  # fmt: skip
BROKEN = "distance"


@pytest.fixture
def live(panel):
    """The panel on what the page of a model asks of Prometheus."""
    panel.show(queries="compare", variables=CHOSEN, width=1400, height=950)
    return panel


def pixels(locator):
    """Return the colours of an element, int, shape (height, width, 3)."""
    with Image.open(io.BytesIO(locator.screenshot())) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def share_near(picture, colour, by=24):
    """Return the share of pixels near a colour, given as #rrggbb."""
    wanted = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    return float(np.mean(np.all(np.abs(picture - wanted) <= by, axis=2)))


def test_the_broken_feature_is_first_and_says_so(live, look):
    """Sign, number and word, not colour alone; the others follow."""
    subjects = live.subjects()
    assert len(subjects) > 10
    assert subjects[0].startswith(f"{BROKEN}: drift ")
    first = live.multiple(BROKEN).inner_text()
    assert re.search(r"▲+ \d+(\.\d)?×", first)
    assert "drift" in first


def test_bars_and_outline_are_drawn(live, look):
    """Bars stand under the outline of training, with what is more and what is fewer in colours of their own."""
    picture = pixels(live.multiple(BROKEN).locator("svg").first)
    outline = "#e2e5ea" if look[1] == "dark" else "#3f444d"
    bars = "#2f6ea6" if look[1] == "dark" else "#a9cbe8"
    assert share_near(picture, bars) > 0.05
    assert 0.005 < share_near(picture, outline) < 0.3
    warm = (picture[..., 0] > picture[..., 2] + 60) & (picture[..., 1] > picture[..., 2] + 30)
    assert np.mean(warm) > 0.005


def test_the_theme_is_followed(live, look):
    """Dark on dark, light on light."""
    brightness = float(np.median(pixels(live.page.locator("#stage"))))
    assert brightness < 60 if look[1] == "dark" else brightness > 220


def bins_of(panel, name=BROKEN):
    return panel.multiple(name).get_by_role("listbox").get_by_role("option")


def test_hover_tells_what_a_bin_holds(live):
    """Its range, both shares and what it adds."""
    last = bins_of(live).last
    edge = re.search(r"[\d.]+", last.get_attribute("aria-label"))[0]
    last.hover()
    told = live.page.get_by_role("tooltip")
    told.wait_for()
    text = told.inner_text()
    assert edge in text.splitlines()[0]
    assert len(re.findall(r"[\d.]+ %", text)) >= 3
    live.page.mouse.move(0, 0)
    told.wait_for(state="detached")


@pytest.mark.parametrize("how", ["bin", "title"])
def test_a_click_sets_the_variable(live, how):
    """Of the dashboard, by its address; what was there stays."""
    live.page.evaluate("harness.go('/?var-other=kept')")
    clicked = bins_of(live).nth(3) if how == "bin" else live.multiple(BROKEN).get_by_role("button")
    clicked.click()
    live.page.wait_for_function("harness.address().includes('var-feature')")
    assert "var-feature=distance" in live.address()
    assert "var-other=kept" in live.address()


def test_the_keyboard_walks_the_bins_and_chooses(live):
    """One stop of the tab key for each plot, arrow keys within it."""
    bins = bins_of(live)
    bins.first.focus()
    live.page.keyboard.press("ArrowRight")
    live.page.keyboard.press("ArrowRight")
    focused = live.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == bins.nth(2).get_attribute("aria-label")
    assert live.page.get_by_role("tooltip").is_visible()
    live.page.keyboard.press("Tab")
    assert live.page.evaluate("document.activeElement.closest('[role=group]')?.ariaLabel") != BROKEN
    bins.first.focus()
    live.page.keyboard.press("Enter")
    live.page.wait_for_function("harness.address().includes('var-feature=distance')")


def test_what_was_chosen_is_marked(live):
    """For eyes and for screen readers."""
    live.page.evaluate("harness.go('/?var-feature=distance')")
    live.page.locator('[role=group][aria-current="true"]').wait_for()
    assert live.page.locator('[role=group][aria-current="true"]').count() == 1


def test_one_feature_fills_the_panel_and_has_a_table(panel):
    """As on the page of a feature."""
    variables = {**CHOSEN, "feature": BROKEN}
    panel.show(queries="compareFeature", variables=variables, width=1200, height=500)
    box = panel.multiple(BROKEN).bounding_box()
    assert box["width"] > 1100
    table = panel.page.get_by_role("table")
    assert table.count() == 1
    assert table.get_by_role("row").count() > 10


def test_it_is_drawn_quickly(panel):
    """A person does not wait for it; the limit is far above what is seen, for slow machines."""
    begun = time.monotonic()
    panel.show(queries="compare", variables=CHOSEN, width=1400, height=950)
    assert time.monotonic() - begun < 10


def test_a_planted_complaint_is_heard(panel):
    """The check that no page complains can fail: on what is logged, and on what is thrown."""
    panel.page.evaluate("console.error('planted'); setTimeout(() => { throw new Error('thrown'); })")
    panel.page.wait_for_timeout(200)
    assert [text.split(" ")[0] for text in panel.complaints] == ["planted", "thrown"]
    panel.complaints.clear()
