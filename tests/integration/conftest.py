"""Where the real programs of Debian are, for all tests that start them."""

import pytest

from mlexporter.demo import alertmanager, prometheus
from real_programs import program_of


@pytest.fixture(scope="session")
def programs():
    """The paths of Prometheus and Alertmanager; skips where they are not, but fails in CI."""
    return tuple(program_of("install-prometheus", *names) for names in (prometheus.NAMES, alertmanager.NAMES))
