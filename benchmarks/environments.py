"""Environments of peers: their pins exclude each other and ours, so each has one in a cache.

The cache is ``${MLEXPORTER_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mlexporter}/peers``. An environment is named
after what it holds, appears by one rename when it is whole, and is made again when it is missing. pip does
the rest, with whatever configuration it has here.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_INSTALL_SECONDS: Final = 900


class DoesNotInstallError(Exception):
    """Says why a peer is not here; it is named as such, never estimated."""


@dataclass(frozen=True)
class Environment:
    """What one contestant is measured in.

    Attributes:
        name: The contestant.
        requirements: Pinned; empty means the environment that runs the benchmarks.
    """

    name: str
    requirements: tuple[str, ...] = ()

    def python(self) -> Path:
        """Return the interpreter; installs what is missing.

        Raises:
            DoesNotInstallError: pip cannot; the last lines of what it says.
        """
        if not self.requirements:
            return Path(sys.executable)
        folder = cache() / self._folder_name()
        program = folder / "bin" / "python"
        if not program.exists():
            print(f"installing {self.name} (once): {', '.join(self.requirements)}", file=sys.stderr)
            self._make(folder)
        return program

    def _folder_name(self) -> str:
        content = "\n".join((*self._pins(), sys.version))
        return f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def _pins(self) -> tuple[str, ...]:
        # The unit is the same code in every environment.
        return (*self.requirements, f"prometheus_client=={importlib.metadata.version('prometheus_client')}")

    def _make(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{self.name}.", dir=folder.parent))
        try:
            _run([sys.executable, "-m", "venv", str(work)])
            pip = [
                str(work / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]
            _run([*pip, "--only-binary", ":all:", *self._pins()])
            try:
                work.rename(folder)  # only its interpreter is used, which does not mind
            except OSError:
                if not folder.exists():  # else another run was faster
                    raise
        finally:
            shutil.rmtree(work, ignore_errors=True)


def cache() -> Path:
    """Return the folder of all environments of peers."""
    own = os.environ.get("MLEXPORTER_CACHE")
    above = os.environ.get("XDG_CACHE_HOME")
    root = Path(own) if own else (Path(above) if above else Path.home() / ".cache") / "mlexporter"
    return root / "peers"


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - pip, with pins that stand in this folder
            command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise DoesNotInstallError(f"not installed after {_INSTALL_SECONDS} s") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise DoesNotInstallError(said[-1].strip() if said else f"exit status {done.returncode}")


OURS: Final = "mlexporter"
ENVIRONMENTS: Final = {
    one.name: one
    for one in (
        Environment(OURS),
        Environment("prometheus_client"),
        Environment("opentelemetry", ("opentelemetry-sdk==1.45.2", "numpy==2.4.6")),
        # Its newest release still uses names that numpy 2 has removed.
        Environment("whylogs", ("whylogs==1.6.4", "numpy==1.26.4", "pandas==2.2.3")),
        # Its newest release still uses names that pandas 3 has removed.
        Environment("evidently", ("evidently==0.7.23", "numpy==2.2.6", "pandas==2.2.3")),
    )
}
"""Every contestant by name."""
