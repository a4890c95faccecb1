"""Pictures of the panel and of every page; ``PLUGIN_PICTURES`` names a folder that keeps them."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plugin_pages import SIZE, PluginPages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = 1_795_337_000.0
VERSION = "13.2"
MODEL = "var-model_name=late_arrival&var-model_version=2013.1&var-variant=primary&var-window=24h"
MULTIPLES = "[role=group][aria-label^='distance:']"
PAGES = {
    "models": ("models", "table [role=img], table a"),
    "model": (f"model/overview?{MODEL}", "table a"),
    "features": (f"model/features?{MODEL}", MULTIPLES),
    "feature": (f"feature?{MODEL}&var-feature=distance", MULTIPLES),
    "versions": ("versions?var-model_name=late_arrival&var-version_a=2013.1&var-version_b=2013.3", MULTIPLES),
    "setup-check": ("setup-check", "[role=status]"),
}


@pytest.fixture(scope="module", params=["dark", "light"])
def pictured(request, browser, site_of, history_port):
    """Pages in the newest version of Grafana, in a theme."""
    with PluginPages(browser, site_of(VERSION, history_port), request.param, NOW) as opened:
        yield opened


def kept(picture, name, theme):
    """Keep a picture if that is wanted, as small as it gets, and return its colours."""
    with Image.open(io.BytesIO(picture)) as read:
        colours = read.convert("RGB")
    if folder := os.environ.get("PLUGIN_PICTURES"):
        suffix = "" if theme == "dark" else "-light"
        Path(folder).mkdir(parents=True, exist_ok=True)
        colours.quantize(256, dither=Image.Dither.NONE).save(
            Path(folder) / f"plugin-{name}{suffix}.png", optimize=True
        )
    return np.asarray(colours)


def own_part(page):
    """Return the part of a page above the first of Grafana's own panels, for which there is only a stand-in here."""
    tops = page.evaluate(
        "[...document.querySelectorAll('[data-core-panel]')].map((each) => each.closest('section')?.getBoundingClientRect().top"
        " ?? each.getBoundingClientRect().top - 40)"
    )
    content = page.evaluate("document.querySelector('#root').scrollHeight")
    width, height = SIZE
    return {
        "x": 0,
        "y": 0,
        "width": width,
        "height": max(200, min([height, content, *(top - 8 for top in tops)])),
    }


def is_drawn(colours):
    """Whether there is more than a background."""
    return len(np.unique(colours.reshape(-1, 3), axis=0)) > 30


@pytest.mark.parametrize("name", PAGES)
def test_a_picture_of_each_page(pictured, name):
    """Taken when all that it asks has been answered."""
    path, ready = PAGES[name]
    opened = pictured.app(path)
    opened.page.locator(ready).first.wait_for()
    opened.page.wait_for_load_state("networkidle")
    opened.page.wait_for_timeout(1000)
    colours = kept(opened.page.screenshot(clip=own_part(opened.page)), name, pictured.theme)
    opened.page.close()
    assert is_drawn(colours)


def test_a_picture_of_the_panel(pictured):
    """The features of the demo's model, the broken one first."""
    panel = pictured.panel()
    variables = {
        "model_name": "late_arrival", "model_version": "2013.1", "variant": "primary", "window": "24h",
        "feature": ".*", "counts": "none",
    }  # fmt: skip
    panel.show(queries="compare", variables=variables, width=1400, height=900)
    panel.multiple("distance").get_by_role("option").last.hover()
    panel.page.get_by_role("tooltip").wait_for()
    colours = kept(panel.page.locator("#stage").screenshot(), "compare", pictured.theme)
    assert is_drawn(colours)
