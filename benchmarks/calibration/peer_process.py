"""The process of one peer: reads what it is told as JSON, and writes its answer as the last line.

python benchmarks/calibration/peer_process.py evidently alarms
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import sys


def main() -> None:
    """Answer one question; what the library prints goes to standard error."""
    peer, task = sys.argv[1:]
    told = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        logging.disable(logging.CRITICAL)
        module = importlib.import_module(f"calibration.libraries.with_{peer.replace('-', '_')}")
        answer = getattr(module, task)(told)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
