"""The libraries that stand beside ours in the calibration, each pinned in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from environments import ENVIRONMENTS, DoesNotInstallError, Environment

EVIDENTLY, NANNYML, ALIBI_DETECT, RIVER = "evidently", "nannyml", "alibi-detect", "river"

PEERS: Final = {
    one.name: one
    for one in (
        ENVIRONMENTS[EVIDENTLY],
        # Its newest release still uses names that pandas 3 has removed.
        Environment(
            NANNYML,
            (
                "nannyml==0.13.1", "numpy==1.26.4", "pandas==2.2.3", "scipy==1.14.1", "scikit-learn==1.5.2",
                "pyarrow==17.0.0",
            ),
        ),
        Environment(
            ALIBI_DETECT, ("alibi-detect==0.13.0", "numpy==1.26.4", "pandas==2.2.3", "scipy==1.14.1")
        ),
        Environment(RIVER, ("river==0.26.1", "numpy==2.2.6", "pandas==2.2.3", "scipy==1.14.1")),
    )
}  # fmt: skip
"""By name."""

_FOLDER: Final = Path(__file__).parent
_SECONDS: Final = 600
_SILENT: Final = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}
"""Two of them would tell their makers that they are used."""


@dataclass(frozen=True)
class Question:
    """What a peer is asked: a function of ``libraries/with_<peer>.py``, and what it is told as JSON."""

    peer: str
    task: str
    told: Mapping[str, Any]


def ask(question: Question) -> dict[str, Any]:
    """Return what the peer answers; ``absent`` holds why it does not.

    Its process is given at most ten minutes and one thread.
    """
    try:
        python = PEERS[question.peer].python()
    except DoesNotInstallError as reason:
        return {"absent": f"does not install: {reason}"}
    environment = {
        **os.environ, **_SILENT, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_FOLDER.parent),
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - the program of this folder, in an environment that we made
            [str(python), str(_FOLDER / "peer_process.py"), question.peer, question.task],
            input=json.dumps(question.told), capture_output=True, text=True, check=False,
            timeout=_SECONDS, env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"absent": f"no answer after {_SECONDS} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()
        return {"absent": f"failed: {said[-1][:160] if said else done.returncode}"}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer
