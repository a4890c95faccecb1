"""Importing mlexporter and calling a monitored function loads numpy and little else."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "scipy", "pandas", "polars", "pyarrow", "duckdb", "sklearn", "starlette", "uvicorn", "click",
    "prometheus_client", "yaml", "opentelemetry.sdk",
)  # fmt: skip
LOADED = "import json, sys; print(json.dumps(sorted(sys.modules)))"
SERVING = """
import mlexporter

@mlexporter.monitor(model="doubler", version="1")
def predict(x):
    return 2 * x

assert predict(21) == 42
predict({"x": 1.5}.get("x"))
assert "doubler" in mlexporter.describe()
"""


def heavy_modules(program):
    """Return the heavy packages that a fresh interpreter has loaded after ``program``."""
    done = subprocess.run(
        [sys.executable, "-c", program + "\n" + LOADED],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    return [name for name in HEAVY if name in loaded]


@pytest.mark.parametrize("program", ["import mlexporter", SERVING], ids=["import", "decorate and call"])
def test_serving_code_loads_nothing_heavy(program):
    """Heavy packages are imported where they are used, never on the way to a prediction."""
    assert heavy_modules(program) == []


def test_a_planted_import_is_found():
    """An import of a heavy package shows."""
    assert "yaml" in heavy_modules("import mlexporter, yaml")
