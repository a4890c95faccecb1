import subprocess
import sys

import pytest

from mlexporter.catalogue import CATALOGUE
from mlexporter.statistics.statistic import statistic_named

NAMES = sorted({metric.statistic for metric in CATALOGUE if metric.statistic})


@pytest.mark.parametrize("name", NAMES)
def test_every_statistic_of_the_catalogue_is_found(name):
    """A file of its own, a function of the same name, a docstring with its range."""
    function = statistic_named(name)
    assert function.__name__ == name
    assert "Returns:" in function.__doc__


def test_an_unknown_statistic_is_an_error():
    """A row of the catalogue without a file cannot go unnoticed."""
    with pytest.raises(ModuleNotFoundError):
        statistic_named("no_such_statistic")


def test_importing_statistics_does_not_load_scipy():
    """Scipy waits for the first evaluation."""
    program = (
        "import sys, mlexporter.statistics.evaluate; "
        f"[__import__('mlexporter.statistics.' + name) for name in {NAMES}]; "
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
