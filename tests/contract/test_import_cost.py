"""What ``import mlexporter`` and ``@monitor`` load: numpy, and little else that takes time.

No time is measured here. What is slow to import is named, and fails when it comes back.
"""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "anyio", "click", "duckdb", "opentelemetry.sdk", "pandas", "polars", "prometheus_client", "psutil",
    "pyarrow", "pynvml", "scipy", "sklearn", "starlette", "uvicorn", "yaml",
)  # fmt: skip
"""Packages that no prediction needs."""

SLOW = (
    "asyncio", "concurrent.futures", "ctypes", "decimal", "difflib", "email", "hashlib", "http", "inspect",
    "ipaddress", "json", "lzma", "multiprocessing", "numpy.testing", "pathlib", "pickle",
    "random", "shutil", "socket", "ssl", "statistics", "subprocess", "sysconfig", "tempfile", "unittest",
    "urllib.parse", "uuid", "zoneinfo",
)  # fmt: skip
"""Modules that take 1 to 15 ms each; those that this version of numpy loads itself are free."""

LATER = (
    "mlexporter.cli", "mlexporter.demo", "mlexporter.exposition", "mlexporter.generate",
    "mlexporter.profile.fitting", "mlexporter.profile.reading", "mlexporter.profile.writing",
    "mlexporter.records.counts", "mlexporter.records.distribution", "mlexporter.records.reference",
    "mlexporter.records.report", "mlexporter.records.view", "mlexporter.statistics", "mlexporter.testing",
)  # fmt: skip
"""Our own modules that a start without a profile does not need."""

DATACLASSES_AT_MOST = 12
"""Each takes about a millisecond to make on a slow machine; a ``NamedTuple`` takes a fifth of it."""

NUMPY = "import numpy\n"
IMPORT = NUMPY + "import mlexporter\n"
DECORATE = (
    IMPORT
    + """
@mlexporter.monitor(model="doubler", version="1")
def predict(x):
    return 2 * x
"""
)
FIT = IMPORT + "mlexporter.Profile\n"
CALL = (
    DECORATE
    + """
assert predict(21) == 42
predict({"x": 1.5}.get("x"))
assert "doubler" in mlexporter.describe()
"""
)
SERVE = CALL + 'mlexporter.serve(0, host="127.0.0.1").close()\n'
GUARDS = (
    "bcrypt", "mlexporter.exposition.authentication", "mlexporter.exposition.credentials",
    "mlexporter.exposition.tls_door", "mlexporter.exposition.web_config", "yaml",
)  # fmt: skip
"""What only those pay for who name a web configuration."""
LOADED = """
import sys
names = sorted(sys.modules)
classes = {
    value for name in names if name.startswith("mlexporter")
    for value in vars(sys.modules[name]).values()
    if isinstance(value, type) and "__dataclass_fields__" in vars(value)
}
import json
print(json.dumps([names, sorted(f"{made.__module__}.{made.__qualname__}" for made in classes)]))
"""


def loaded(program):
    """Return the modules that a fresh interpreter has after ``program``, and our dataclasses in it."""
    done = subprocess.run(
        [sys.executable, "-c", program + LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    modules, dataclasses = json.loads(done.stdout.splitlines()[-1])
    return set(modules), dataclasses


def unwanted(program, names):
    """Return those of ``names`` that ``program`` loads and numpy alone does not."""
    return sorted(set(names) & (loaded(program)[0] - loaded(NUMPY)[0]))


@pytest.mark.parametrize(
    "program", [IMPORT, DECORATE, FIT, CALL], ids=["import", "decorate", "Profile", "call"]
)
def test_serving_code_loads_nothing_heavy(program):
    """Heavy packages are imported where they are used, never on the way to a prediction."""
    assert unwanted(program, HEAVY) == []


@pytest.mark.parametrize("program", [IMPORT, DECORATE, FIT], ids=["import", "decorate", "Profile"])
def test_the_start_loads_nothing_slow(program):
    """A program that only begins to serve pays for no module that it may never use."""
    assert unwanted(program, SLOW + LATER) == []


def test_the_import_alone_loads_neither_half():
    """What counts and what fits come with the first name that needs them."""
    ours = {name for name in loaded(IMPORT)[0] if name.startswith("mlexporter")}
    assert ours == {"mlexporter", "mlexporter._version", "mlexporter.errors"}


def test_the_start_makes_few_dataclasses():
    """Their methods are compiled anew at each start, which was half of what an import cost."""
    made = loaded(DECORATE)[1]
    assert len(made) <= DATACLASSES_AT_MOST, made


def test_serving_without_a_web_configuration_loads_nothing_of_it():
    """Neither YAML nor passwords nor handshakes of our own."""
    assert unwanted(SERVE, GUARDS) == []


@pytest.mark.slow
def test_a_planted_import_is_found():
    """An import of a heavy package, of a slow module or of a reader's half shows."""
    planted = IMPORT + "import difflib, yaml, mlexporter.records.view\n"
    assert unwanted(planted, HEAVY + SLOW + LATER) == [
        "difflib", "mlexporter.records.counts", "mlexporter.records.distribution",
        "mlexporter.records.reference", "mlexporter.records.report", "mlexporter.records.view", "yaml",
    ]  # fmt: skip
    assert "mlexporter.records.view.View" in loaded(planted)[1]
