"""What ``import`` costs above ``import numpy``, in fresh processes of the contestant's environment."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import ClassVar, Final

from contest import Numbers, check

_PROGRAM: Final = """
import json, os, sys, time
import numpy

def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

before, started = resident(), time.process_time()
__import__(sys.argv[1])
print(json.dumps({"import": time.process_time() - started, "bytes": resident() - before, "is_there": 1}))
"""


class _Import:
    module: ClassVar[str]

    def __init__(self, *, quick: bool) -> None:
        del quick  # it takes no more than it takes
        self.repeat()  # compiles what is not compiled yet

    def repeat(self) -> Numbers:
        """Return processor time and memory of the import."""
        done = subprocess.run(  # noqa: S603 - the interpreter that runs this
            [sys.executable, "-c", _PROGRAM, self.module], capture_output=True, text=True, check=True
        )
        found: Numbers = json.loads(done.stdout.splitlines()[-1])
        check(f"{self.module} imported", found.pop("is_there"), 1)
        return found

    def close(self) -> None:
        """Nothing is open."""


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
