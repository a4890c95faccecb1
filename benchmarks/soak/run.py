"""An hour of mixed load with faults: counts exact, memory flat, no false page.

    make soak                                  an hour; writes benchmarks/soak/results.json and a page
    make soak ARGS="--minutes 5"               five minutes, every fault once; nothing is kept
    make soak ARGS="--minutes 5 --seed 7 --out FILE"
    make soak ARGS=--page                      the page anew, from the results of the last hour

Exit status 0 says that everything held, 1 that something did not, 2 that the soak itself could not go on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import machine
from mlexporter import __version__
from mlexporter.demo.console import Console
from soak.faults import schedule
from soak.judge import verdicts_of
from soak.mounts import with_own_mounts
from soak.page import write_page
from soak.programs import SoakError
from soak.results import kept, table
from soak.scale import USUAL_MINUTES, Scale, scale_of
from soak.world import World

USUAL_SEED: Final = 20_261_122
ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = Path(__file__).with_name("results.json")
PAGE: Final = ROOT / "docs" / "explanation" / "soak-results.md"
_CACHE: Final = ("install-prometheus-3", "install-alertmanager", "install-prometheus")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak and print what held; returns the exit status."""
    asked = _parser().parse_args(arguments)
    if asked.page:
        write_page(json.loads(RESULTS.read_text(encoding="utf-8")), PAGE)
        return 0
    with_own_mounts()
    # A shell that starts this in the background has it ignore Ctrl-C, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    console = Console(sys.stdout)
    scale = scale_of(asked.minutes)
    folder = Path(tempfile.mkdtemp(prefix="mlexporter-soak-"))
    try:
        found = _soak(folder, scale, asked, console)
    except SoakError as error:
        console.clear_status()
        print(f"the soak cannot go on: {error}", file=sys.stderr)
        return 2
    finally:
        if asked.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    results = kept(found)
    console.clear_status()
    print(table(results))
    if asked.out is not None:
        asked.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    elif asked.minutes >= USUAL_MINUTES and not found["was_interrupted"]:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        write_page(results, PAGE)
    return 0 if all(one["held"] for one in results["verdicts"]) and not found["was_interrupted"] else 1


def _soak(folder: Path, scale: Scale, asked: argparse.Namespace, console: Console) -> dict[str, Any]:
    chance = random.Random(asked.seed)
    planned = schedule(scale.counts, chance)
    began, version = time.time(), _version()
    was_interrupted = False
    with World(folder, scale, asked.seed, programs=_folders(), source=asked.source) as world:
        world.console = console
        console.line(
            f"load begins; {len(planned)} faults in about {scale.minutes:g} minutes, seed {asked.seed}"
        )
        loaded = time.time()
        try:
            _faults(world, planned, chance, loaded)
            world.drift()
            world.stop_calls()
            for pod in list(world.pods.values()):
                world.finish(pod)
        except KeyboardInterrupt:
            was_interrupted = True
            console.line("interrupted: what was found so far follows")
        found = {
            **world.evidence,
            "planned": planned,
            "began": began, "loaded": loaded, "ended": time.time(),
            "complaints": world.looker.complaints,
            "looks": [world.looker.n_looks, world.looker.n_compared],
            "messages": list(world.tower.messages),
            "totals": world.ledger.totals(),
            "disks_are_mounted": all(
                disk.is_mounted for pod in world.pods.values() for disk in (pod.counts, pod.snapshots)
            ),
        }  # fmt: skip
        with contextlib.suppress(SoakError):
            found["firings"] = world.tower.firings(loaded, time.time())
            found["resets"] = world.tower.resets(time.time() - began)
    found |= {
        "scale": scale,
        "seed": asked.seed,
        "was_interrupted": was_interrupted,
        "machine": machine.describe(),
    }
    found["versions"] = {"mlexporter": version, **_program_versions(world)}
    found["verdicts"] = verdicts_of(found)
    return found


def _faults(world: World, planned: Sequence[tuple[str, str]], chance: random.Random, loaded: float) -> None:
    scale = world.scale
    world.rest(scale.warm_up)
    last = loaded + 60 * scale.minutes - scale.drift
    for place, (name, where) in enumerate(planned):
        world.do(name, where, chance)
        # What is left of the time is spread evenly over the faults that are left.
        left = max(last - time.time(), 0.0) / max(len(planned) - place, 1)
        world.rest(max(2.0, min(left, 2 * left * chance.random())))
    world.rest(max(last - time.time(), 0.0))


def _folders() -> list[str]:
    found = []
    for script in _CACHE:
        command = [str(ROOT / "scripts" / script), "--where"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
        found += [asked.stdout.strip()] if asked.returncode == 0 else []
    return found


def _version() -> str:
    """Return what is soaked: it is copied when the run begins, and later changes are not in it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no input
    return f"{__version__} ({asked.stdout.strip()})" if asked.returncode == 0 else __version__


def _program_versions(world: World) -> dict[str, str]:
    found = {}
    for name, program in (("Prometheus", world.tower.prometheus), ("Alertmanager", world.tower.alertmanager)):
        asked = subprocess.run([program.command[0], "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found before
        words = (asked.stdout + asked.stderr).split()
        found[name] = words[words.index("version") + 1] if "version" in words else "unknown"
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=USUAL_MINUTES, help="load with faults, about")
    parser.add_argument("--seed", type=int, default=USUAL_SEED, help="of all chance")
    parser.add_argument("--out", type=Path, help="write the results there, and no page")
    parser.add_argument("--source", type=Path, help="a checkout whose src is soaked, instead of this one")
    parser.add_argument(
        "--page", action="store_true", help="only write the page anew, from the results of the last hour"
    )
    parser.add_argument("--keep", action="store_true", help="leave the files of all programs, and say where")
    return parser


if __name__ == "__main__":
    sys.exit(main())
