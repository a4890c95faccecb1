"""The page as a browser shows it: served by the exporter, under its own content security policy."""

import numpy as np
import pytest
from PIL import Image

import mlexporter
from mlexporter.testing import FakeClock, isolated_exporter

pytestmark = pytest.mark.browser


@pytest.fixture
def url():
    """The page of a model in which kilometres came for miles, on a loopback port."""
    generator = np.random.default_rng(3)
    frame = {
        "distance": generator.gamma(2.0, 300.0, 4000),
        "carrier": generator.choice(["AA", "<b>DL</b>"], 4000),
        "score": generator.random(4000),
    }
    profile = mlexporter.Profile.fit(frame, model="late <script>", version="1", prediction="score")
    clock = FakeClock()
    with isolated_exporter(clock) as exporter:
        predict = exporter.monitor(model="late <script>", version="1", profile=profile)(
            lambda distance, carrier: 0.5
        )
        for distance, carrier in zip(frame["distance"][:1000], frame["carrier"][:1000], strict=True):
            predict(float(distance) * 1.609344, str(carrier))
        clock.advance(3600)
        exporter.evaluate()
        with exporter.serve(0) as server:
            yield server.url + "/"


def pixels(path):
    """Return the colours of a picture, uint8, shape (height, width, 3)."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_the_page_says_in_words_what_drifts(url, browse):
    """Chromium shows the drifting feature, draws its picture, and hostile names stay text."""
    document, complaints = browse(url, "--dump-dom")

    assert "distance" in document
    assert "drift" in document
    assert document.count("<svg") >= 3
    assert "<script" not in document
    assert "<b>DL</b>" not in document
    assert "Content Security Policy" not in complaints


def test_light_and_dark(url, browse, tmp_path):
    """The page follows the preferred colour scheme: a light and a dark background."""
    brightness = {}
    for scheme, preference in (("dark", 0), ("light", 1)):
        picture = tmp_path / f"{scheme}.png"
        browse(
            url, f"--blink-settings=preferredColorScheme={preference}",
            "--window-size=640,400", f"--screenshot={picture}",
        )  # fmt: skip
        brightness[scheme] = float(np.median(pixels(picture)))

    assert brightness["dark"] < 80
    assert brightness["light"] > 200


def test_a_phone_does_not_have_to_scroll_sideways(url, browse, tmp_path):
    """At 400 pixels the right-most column is background only: nothing is cut off there."""
    picture = tmp_path / "phone.png"
    browse(url, "--window-size=400,1200", f"--screenshot={picture}")

    edge = pixels(picture)[:, -2:, :].reshape(-1, 3)
    assert len(np.unique(edge, axis=0)) <= 3
