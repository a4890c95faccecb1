"""Pairs of a real Prometheus and a real Alertmanager: Debian's, and the newest that Go builds here."""

import contextlib

import pytest

from mlexporter.demo import alertmanager, prometheus
from pagers import SOURCES, Pod, paging
from real_programs import program_of


@pytest.fixture(scope="session", params=SOURCES)
def pager(request, tmp_path_factory):
    """What is sent about the exporters that tests serve on its ports; each pair is started once."""
    ruler, notifier = SOURCES[request.param]
    programs = program_of(ruler, *prometheus.NAMES), program_of(notifier, *alertmanager.NAMES)
    with paging(*programs, tmp_path_factory.mktemp("pager")) as watch:
        yield watch


@pytest.fixture
def pod(pager):
    """Return a function that makes an exporter with a clock of its own and serves it where it is scraped."""
    with contextlib.ExitStack() as stack:

        def start(**settings):
            return stack.enter_context(Pod(pager, **settings))

        yield start
