"""The built app on real series: pages are found, say what is wrong first, and keep their state in the address."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MODEL = "var-model_name=late_arrival&var-model_version=2013.1&var-variant=primary"
BROKEN = "distance"


def heading(opened):
    """Return the title of a page, once it is there."""
    title = opened.page.get_by_role("heading", level=1)
    title.wait_for()
    return title.inner_text()


def test_who_comes_without_a_page_gets_the_models(app):
    """As a click on the app's name does."""
    opened = app("")
    assert heading(opened) == "Models"
    assert opened.address().startswith("/a/mlexporter-app/models")


def test_the_model_that_needs_somebody_is_first(app):
    """It is the one of which a feature drifts; models without an alert come after."""
    opened = app("models")
    rows = opened.page.get_by_role("table").get_by_role("row")
    rows.nth(1).wait_for()
    first, last = rows.nth(1).inner_text(), rows.last.inner_text()
    assert first.startswith("late_arrival")
    assert "ticket" in first
    assert not last.startswith("late_arrival")


def test_a_click_on_a_model_opens_it_and_back_goes_back(app):
    """With its name in the address, so that the page can be sent to somebody."""
    opened = app("models")
    opened.page.get_by_role("link", name="late_arrival").first.click()
    opened.page.get_by_role("tab", name="Overview").wait_for()
    assert heading(opened) == "late_arrival"
    assert "var-model_name=late_arrival" in opened.address()
    opened.page.get_by_role("link", name=BROKEN).first.wait_for()
    opened.page.go_back()
    opened.page.get_by_role("table", name=re.compile("Models")).wait_for()
    assert opened.address().startswith("/a/mlexporter-app/models")


@pytest.mark.parametrize("tab", ["overview", "features", "predictions", "quality", "versions"])
def test_every_tab_of_a_model_is_drawn(app, tab):
    """Straight from an address, and with nothing that failed."""
    opened = app(f"model/{tab}?{MODEL}")
    opened.page.get_by_role("tab", name=tab.capitalize(), selected=True).wait_for()
    opened.page.locator("table, [role=group], [data-core-panel]").first.wait_for()
    opened.page.wait_for_load_state("networkidle")
    assert opened.page.get_by_text("went wrong").count() == 0
    assert "parse error" not in opened.page.locator("#root").inner_text()


def test_the_features_of_a_model_lead_to_one(app):
    """What drifted is first there too, and a click on it leads to its page."""
    opened = app(f"model/features?{MODEL}")
    first = opened.page.locator(f'[role=group][aria-label^="{BROKEN}:"]').first
    first.wait_for()
    drawn = opened.page.locator("[role=group][aria-label*=' times its threshold']")
    assert drawn.first.get_attribute("aria-label").startswith(f"{BROKEN}: drift")
    first.get_by_role("button", name=BROKEN).click()
    opened.page.wait_for_function("harness.address().includes('var-feature=distance')")
    opened.page.wait_for_function("harness.address().includes('/feature?')")


def test_one_feature_has_its_distribution(app):
    """Large, with its course over time below."""
    opened = app(f"feature?{MODEL}&var-window=24h&var-feature={BROKEN}")
    multiple = opened.page.locator(f'[role=group][aria-label^="{BROKEN}:"]').first
    multiple.wait_for()
    assert multiple.bounding_box()["width"] > 500
    opened.page.locator("[data-core-panel=timeseries]").first.wait_for()


def test_two_versions_stand_side_by_side(app):
    """Each feature with the rows of both."""
    opened = app("versions?var-model_name=late_arrival&var-version_a=2013.1&var-version_b=2013.3")
    opened.page.locator(f'[role=group][aria-label^="{BROKEN}:"]').first.wait_for()
    assert "2013.3" in opened.page.locator("#root").inner_text()


def test_setup_check_finds_what_is_there(app):
    """Exporters are scraped and rules have recorded, as in the demo."""
    opened = app("setup-check")
    opened.page.get_by_role("status").wait_for()
    opened.page.wait_for_load_state("networkidle")
    assert re.search(r"\d+ ok", opened.page.get_by_role("status").inner_text())


def test_setup_check_of_an_empty_prometheus_says_what_is_missing(app):
    """And gives the lines to copy."""
    opened = app("setup-check", "empty")
    opened.page.get_by_role("region", name=re.compile("^Exporters")).wait_for()
    assert "1 missing" in opened.page.get_by_role("status").inner_text()
    assert opened.page.get_by_role("button", name=re.compile("^Copy")).count() >= 2
    assert "mlexporter.serve" in opened.page.locator("#root").inner_text()


def test_models_of_an_empty_prometheus_lead_to_setup_check(app):
    """Nothing is a state of its own, not an empty table."""
    opened = app("models", "empty")
    link = opened.page.get_by_role("link", name=re.compile("setup check", re.IGNORECASE))
    link.first.click()
    assert heading(opened) == "Setup check"
