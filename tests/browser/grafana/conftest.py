"""The built plugin in Chromium, with the libraries of three versions of Grafana, over a Prometheus with 36 hours."""

import contextlib
import io

import pytest
from playwright.sync_api import sync_playwright

from mlexporter.demo.console import Console
from mlexporter.demo.faults import parse_faults
from mlexporter.demo.history.era import HOUR
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION,
    CONFIGURATION_TEXT,
    STORAGE,
    past_prometheus,
)
from mlexporter.demo.history.run import run_history
from plugin_pages import PluginPages
from plugin_site import VERSIONS, Site, bundle_harness, served
from real_programs import program_of

NOW = 1_795_337_000.0
"""The present of the history and of every page, Unix seconds."""

LOOKS = [(version, theme) for version in VERSIONS for theme in ("dark", "light")]


@pytest.fixture(scope="session")
def prometheus():
    """The path of Prometheus 3; missing skips on a laptop and fails in CI."""
    return program_of("install-prometheus-3", "prometheus")


@pytest.fixture(scope="session")
def history_port(prometheus, tmp_path_factory):
    """The port of a Prometheus that knows a day and a half of the demo: half of it kilometres came for miles."""
    out = tmp_path_factory.mktemp("history") / "out"
    folder = str(prometheus).rpartition("/")[0]
    options = HistoryOptions(
        36 * HOUR, out, parse_faults(("distance=unit",)), serve=False, program_path=folder, now=NOW
    )
    assert run_history(options, Console(io.StringIO())) == 0
    with past_prometheus(str(prometheus), out, str) as running:
        yield running.port


@pytest.fixture(scope="session")
def empty_port(prometheus, tmp_path_factory):
    """The port of a Prometheus that knows nothing."""
    out = tmp_path_factory.mktemp("empty")
    (out / STORAGE).mkdir()
    (out / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")
    with past_prometheus(str(prometheus), out, str) as running:
        yield running.port


@pytest.fixture(scope="session")
def site_of(built_plugin, tmp_path_factory):
    """Return what serves the plugin with a version's libraries over a port of Prometheus, and gives its address."""
    bundles = tmp_path_factory.mktemp("harness")
    known = {}
    with contextlib.ExitStack() as stack:

        def get(version, port):
            if (version, port) not in known:
                bundle = bundles / f"{version}.js"
                if not bundle.exists():
                    bundle_harness(version, bundle)
                known[version, port] = stack.enter_context(served(Site(version, bundle, built_plugin, port)))
            return known[version, port]

        yield get


@pytest.fixture(scope="session")
def browser(chromium):
    """Debian's Chromium."""
    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield running
        running.close()


@pytest.fixture(scope="session", params=LOOKS, ids="-".join)
def look(request):
    """A version of Grafana and a theme."""
    return request.param


@pytest.fixture(scope="session")
def pages(browser, site_of, history_port, look):
    """Pages of the demo's Prometheus in a version and a theme."""
    version, theme = look
    with PluginPages(browser, site_of(version, history_port), theme, NOW) as opened:
        yield opened


@pytest.fixture
def panel(pages):
    """The compare panel, on a page that is opened once; nothing may be complained about."""
    pages.panel().forget()
    yield pages.panel()
    assert pages.panel().complaints == []


@pytest.fixture(scope="session")
def app_pages(browser, site_of, look, history_port, empty_port):
    """Pages of the demo's Prometheus and of an empty one, in a version of Grafana and a theme."""
    version, theme = look
    with (
        PluginPages(browser, site_of(version, history_port), theme, NOW) as full,
        PluginPages(browser, site_of(version, empty_port), theme, NOW) as empty,
    ):
        yield {"history": full, "empty": empty}


@pytest.fixture
def app(app_pages):
    """Return what opens a page of the app, on the demo's Prometheus; nothing may be complained about."""
    opened = []

    def show(path, prometheus="history"):
        opened.append(app_pages[prometheus].app(path))
        return opened[-1]

    yield show
    for each in opened:
        each.page.close()
    assert [complaint for each in opened for complaint in each.complaints] == []
