"""What grows with time: the baseline that is learned, windows and blocks that become full."""

import pytest

from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.load import Load
from mlexporter.testing import isolated_exporter
from served_loads import fitted, seen, table

HOUR, MINUTE, ROWS = 3600.0, 60.0, 300


@pytest.mark.slow
def test_series_and_files_of_an_exporter_that_has_run_for_a_week(served):
    """A baseline is in use, blocks and windows are full, and the directory is as large as was said."""
    real = served(
        fitted(table(6000, 1, numbers=20)),
        lambda seed: table(ROWS, seed, numbers=20),
        batches=170,
        seconds=HOUR,
        then=(70, MINUTE),
        windows="1h",
        baseline="auto",
    )
    load = Load(features=20, workers=1, windows=("1h",), rows_per_second=ROWS / HOUR)

    predicted = capacity(load)

    exact = ("features", "drift", "bins")
    assert {name: predicted.pod.groups[name] for name in exact} == {name: real.groups[name] for name in exact}
    assert real.total <= predicted.pod.series <= 1.25 * real.total
    held = sum(real.directory.values())
    assert held <= predicted.directory.total_bytes <= 2 * held
    for kind in ("windows", "report", "blocks", "baseline", "profile"):
        known = sum(size for name, size in real.directory.items() if name.startswith(f"shared-{kind}-"))
        assert known / 1.6 <= predicted.directory.files[kind] <= 1.6 * known, kind
    workers = sum(size for name, size in real.directory.items() if name.startswith("slot-"))
    assert predicted.directory.files["workers"] == workers
    assert predicted.directory.files["marks"] >= real.directory["marks"]


def test_sums_of_workers_that_have_ended_are_counted(served, tmp_path):
    """The file of sums that the next evaluator makes of an ended worker is no larger than was said."""
    profile = fitted(table(6000, 1, numbers=10))
    served(profile, lambda seed: table(ROWS, seed, numbers=10), seconds=HOUR, windows="1h")
    with isolated_exporter(dir=str(tmp_path), windows="1h") as exporter:
        exporter.evaluate()
        real = seen(exporter, tmp_path).directory

    predicted = capacity(Load(features=10, workers=1, windows=("1h",), rows_per_second=ROWS / HOUR))

    assert real["base"] <= predicted.directory.files["base"] <= 2 * real["base"]
    assert sum(real.values()) <= predicted.directory.total_bytes
