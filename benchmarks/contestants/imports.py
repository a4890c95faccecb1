"""What ``import`` costs above ``import numpy``, in fresh processes of the contestant's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import ClassVar, Final

from contest import Numbers, check

_PROGRAM: Final = """
import json, os, sys, time
import numpy

def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

before, started = resident(), time.process_time()
module = __import__(sys.argv[1])
found = {"import": time.process_time() - started, "bytes": resident() - before, "is_there": 1}
if sys.argv[1] == "mlexporter":
    @module.monitor(model="imported", version="1")
    def predict(row):
        return row
    found |= {"decorated": time.process_time() - started, "decorated_bytes": resident() - before}
print(json.dumps(found))
"""


class _Import:
    module: ClassVar[str]

    def __init__(self, *, quick: bool) -> None:
        del quick  # it takes no more than it takes
        # A server starts with modules that were compiled before, whatever this environment says.
        self._compiled = tempfile.TemporaryDirectory(prefix="mlexporter-benchmark-")
        self._environment = {**os.environ, "PYTHONPYCACHEPREFIX": self._compiled.name}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.repeat()

    def repeat(self) -> Numbers:
        """Return processor time and memory of the import; of ours also with a function decorated."""
        done = subprocess.run(  # noqa: S603 - the interpreter that runs this
            [sys.executable, "-c", _PROGRAM, self.module],
            env=self._environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: Numbers = json.loads(done.stdout.splitlines()[-1])
        check(f"{self.module} imported", found.pop("is_there"), 1)
        return found

    def close(self) -> None:
        """Remove what was compiled."""
        self._compiled.cleanup()


class MLExporter(_Import):
    """Ours."""

    module = "mlexporter"


class PrometheusClient(_Import):
    """prometheus_client."""

    module = "prometheus_client"


class OpenTelemetry(_Import):
    """The SDK of OpenTelemetry for metrics."""

    module = "opentelemetry.sdk.metrics"


class Whylogs(_Import):
    """whylogs."""

    module = "whylogs"


class Evidently(_Import):
    """evidently."""

    module = "evidently"
