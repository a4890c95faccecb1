"""Eight worker processes that have counted 200 features and stay alive while somebody reads them all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import workload

N_WORKERS: Final = 8
N_FEATURES: Final = 200
N_ROWS: Final = 400
_FOLDER: Final = Path(__file__).parents[1]


def columns(n_features: int) -> workload.Columns:
    """Return what each worker counts."""
    return workload.wide(N_ROWS, n_features, seed=8)


@contextlib.contextmanager
def workers(n_workers: int, module: str, *arguments: str) -> Iterator[list[int]]:
    """Start ``n_workers`` processes that run ``work(*arguments)`` of ``module`` and then wait, until the end of the context.

    Yields:
        Their process ids.

    Raises:
        RuntimeError: one of them could not count.
    """
    program = (
        f"import sys; from {module} import work; kept = work(*sys.argv[1:]); "
        "print('ready', flush=True); sys.stdin.read()"
    )
    processes = [
        subprocess.Popen(  # noqa: S603 - the interpreter that runs this
            [sys.executable, "-c", program, *arguments],
            cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(n_workers)
    ]  # fmt: skip
    try:
        for process in processes:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError(f"a worker of {module} could not count")
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.communicate("")
