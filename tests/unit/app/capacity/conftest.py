"""A real exporter that serves what a test asks for."""

import pytest

import mlexporter
from mlexporter.testing import FakeClock, isolated_exporter
from served_loads import seen


@pytest.fixture
def served(tmp_path):
    """Return a function that serves rows of a profile and returns what came of it.

    Its arguments: the profile, a function from a seed to columns, settings, how many batches with how much time
    between them, how many then with how much, and the versions under which the model is served.
    """

    def serve(
        profile, rows, *, batches=3, seconds=900.0, then=(0, 0.0), versions=("2026-01-01",), **settings
    ):
        clock = FakeClock()
        chosen = {"baseline": "off", "dir": str(tmp_path), **settings}
        with isolated_exporter(clock, **chosen) as exporter:
            monitors = [
                mlexporter.Monitor(model=profile.reference.model_name, version=version, profile=profile)
                for version in versions
            ]
            exporter.evaluate()
            for batch, pause in enumerate([seconds] * batches + [then[1]] * then[0]):
                columns = rows(100 + batch)
                outputs = {name: columns.pop(name) for name in list(columns) if name.startswith("output_")}
                for monitor in monitors:
                    monitor.record_batch(columns, outputs["output_000000000"])
                clock.advance(pause)
                exporter.evaluate()
            return seen(exporter, tmp_path)

    return serve
