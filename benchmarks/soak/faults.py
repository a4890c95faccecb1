"""What is done to the pods and to those who watch them: one function for each fault, which ends when it is over."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from soak.pod import BAD_CONFIGURATION, Pod
from soak.programs import until

if TYPE_CHECKING:
    from soak.world import World

HOUR_SECONDS: Final = 3600.0
_STOP_SECONDS: Final = 3.0
_BUSY_CALLS, _BUSY_SECONDS = 2, 20.0
_PATIENCE_SECONDS: Final = 120.0
_N_SLOW_CLIENTS: Final = 150
_DEGRADED_FOR, _DOWN_FOR, _RELOAD_FOR, _STALLED_FOR = 600.0, 180.0, 300.0, 300.0
"""``for`` of the alerts that shall or may come, nominal seconds."""
_GROUP_INTERVAL: Final = 300.0
"""``group_interval`` of the routes that ship, nominal seconds: a message waits so long if its group was told of something just before."""

Detail = dict[str, Any]
Act = Callable[["World", Pod, random.Random], Detail]


def _victim(pod: Pod, chance: random.Random) -> int:
    """Return a worker to be hit: not the oldest one, whose memory is watched over the whole of its life."""
    workers = pod.workers()
    return chance.choice(workers[1:] or workers)


def _until_replaced(pod: Pod, pid: int) -> None:
    until(
        lambda: pid not in pod.workers(),
        seconds=_PATIENCE_SECONDS,
        told=f"the end of worker {pid} of {pod.life}",
    )
    pod.until_ready()


def kill_worker(world: World, pod: Pod, chance: random.Random) -> Detail:
    """SIGKILL in the middle of whatever it does, at a moment when several calls are under way."""
    pid = _victim(pod, chance)
    end = time.monotonic() + _BUSY_SECONDS
    while (under_way := world.ledger.in_progress(pod.life)) < _BUSY_CALLS and time.monotonic() < end:
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    _until_replaced(pod, pid)
    return {"calls under way": under_way}


def end_worker(_: World, pod: Pod, chance: random.Random) -> Detail:
    """SIGTERM, which lets calls end."""
    pid = _victim(pod, chance)
    os.kill(pid, signal.SIGTERM)
    _until_replaced(pod, pid)
    return {}


def stop_worker(_: World, pod: Pod, chance: random.Random) -> Detail:
    """SIGSTOP for some seconds; the others go on."""
    _pause(_victim(pod, chance), _STOP_SECONDS)
    pod.until_ready()
    return {}


def stop_evaluator(_: World, pod: Pod, __: random.Random) -> Detail:
    """SIGSTOP of whoever evaluates drift, for some seconds."""
    pid = _holder(pod.counts.path / "lock-evaluator") or pod.exporter.pid
    _pause(pid, _STOP_SECONDS)
    pod.until_ready()
    return {"who": "exporter" if pid == pod.exporter.pid else "worker"}


def stop_exporter(world: World, pod: Pod, _: random.Random) -> Detail:
    """SIGSTOP of the exporter for so long that somebody has to be told."""
    _pause(pod.exporter.pid, world.scale.hold(_DOWN_FOR))
    pod.until_ready()
    return {}


def kill_exporter(_: World, pod: Pod, __: random.Random) -> Detail:
    """SIGKILL; its supervisor starts it again at once."""
    pod.exporter.kill()
    pod.exporter.start()
    pod.until_ready()
    return {}


def exporter_gone(world: World, pod: Pod, _: random.Random) -> Detail:
    """SIGKILL, and nobody starts it for so long that somebody has to be told."""
    pod.exporter.kill()
    world.rest(world.scale.hold(_DOWN_FOR))
    pod.exporter.start()
    pod.until_ready()
    return {}


def kill_prometheus(world: World, _: Pod, __: random.Random) -> Detail:
    """SIGKILL; it starts again from its write-ahead log."""
    world.tower.prometheus.kill()
    world.tower.prometheus.start()
    world.tower.until_ready()
    return {}


def restart_alertmanager(world: World, _: Pod, __: random.Random) -> Detail:
    """SIGTERM, and a start from what it kept."""
    world.tower.alertmanager.stop()
    world.tower.alertmanager.start()
    world.tower.until_ready()
    return {}


def counts_full(world: World, pod: Pod, chance: random.Random) -> Detail:
    """Not one byte fits beside the counts, and a worker is replaced meanwhile: the new one has no room."""
    pod.counts.fill()
    pid = _victim(pod, chance)
    os.kill(pid, signal.SIGTERM)
    _until_replaced(pod, pid)
    _keep_full(world, pod.counts)
    reasons = _degraded(pod)
    pod.counts.free()
    until(lambda: not _degraded(pod), seconds=_PATIENCE_SECONDS, told=f"{pod.life} has room again")
    return {"told": reasons}


def snapshots_full(world: World, pod: Pod, _: random.Random) -> Detail:
    """The windows cannot be kept on their disk."""
    for path in pod.snapshots.path.rglob("*"):  # what stands there is written again under other names
        if path.is_file():
            path.unlink()
    pod.snapshots.fill()
    _keep_full(world, pod.snapshots, until_told=lambda: _degraded(pod))
    reasons = _degraded(pod)
    pod.snapshots.free()
    until(lambda: not _degraded(pod), seconds=_PATIENCE_SECONDS, told=f"{pod.life} keeps its windows again")
    return {"told": reasons}


def _keep_full(world: World, disk: Any, until_told: Callable[[], object] | None = None) -> None:
    """Fill what is freed, until the alert has had its time since it was ``until_told``."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while until_told is not None and not until_told() and time.monotonic() < end:
        disk.fill()
        world.rest(1.0)
    end = time.monotonic() + world.scale.hold(_DEGRADED_FOR + _GROUP_INTERVAL)
    while time.monotonic() < end:
        disk.fill()
        world.rest(1.0)


def _clock(who: str, seconds: float) -> Act:
    def jump(world: World, pod: Pod, _: random.Random) -> Detail:
        """The wall clock jumps and, some seconds later, jumps back."""
        pod.clocks[who].set(seconds)
        world.rest(world.scale.hold(_STALLED_FOR))
        pod.clocks[who].set(0.0)
        return {}

    return jump


def redeploy(world: World, pod: Pod, _: random.Random) -> Detail:
    """A new pod with the other version takes over; the old one answers what it has, and ends in order."""
    return world.replace(pod)


def bad_configuration(world: World, pod: Pod, _: random.Random) -> Detail:
    """A wrong file for so long that somebody has to be told, then the good one again."""
    pod.configure(BAD_CONFIGURATION)
    until(
        lambda: "config_invalid" in _degraded(pod), seconds=_PATIENCE_SECONDS, told="the wrong file is told"
    )
    world.rest(world.scale.hold(_RELOAD_FOR + _GROUP_INTERVAL))
    pod.configure()
    until(lambda: not _degraded(pod), seconds=_PATIENCE_SECONDS, told="the good file is read")
    return {}


def slow_clients(world: World, pod: Pod, _: random.Random) -> Detail:
    """Many connections to the exporter, none of which ever ends its request."""
    with contextlib.ExitStack() as stack:
        n_open = 0
        for _place in range(_N_SLOW_CLIENTS):
            with contextlib.suppress(OSError):
                connection = stack.enter_context(
                    socket.create_connection(("127.0.0.1", pod.exporter_port), 2.0)
                )
                connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\nX-A: ")
                n_open += 1
        began, answered = time.monotonic(), 0
        while time.monotonic() < began + 8.0:
            answered += pod.scrape() is not None
            world.rest(1.0)
    return {"connections": n_open, "scrapes answered meanwhile": answered}


def _pause(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _degraded(pod: Pod) -> list[str]:
    found = pod.scrape()
    return ["no answer"] if found is None else found.degraded()


def _holder(path: Path) -> int | None:
    """Return the process that holds the lock of a file."""
    with contextlib.suppress(OSError):
        place = path.stat().st_ino
        for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
            _, kind, _, _, pid, file, *_ = line.split()
            if kind == "FLOCK" and file.endswith(f":{place}"):
                return int(pid)
    return None


NORTH, SOUTH = "north", "south"
FAULTS: Final[Mapping[str, tuple[Act, tuple[str, ...]]]] = {
    "kill a worker": (kill_worker, (NORTH, SOUTH)),
    "end a worker": (end_worker, (NORTH, SOUTH)),
    "stop a worker": (stop_worker, (NORTH, SOUTH)),
    "stop the evaluator": (stop_evaluator, (NORTH, SOUTH)),
    "stop the exporter": (stop_exporter, (SOUTH,)),
    "kill the exporter": (kill_exporter, (NORTH,)),
    "exporter gone": (exporter_gone, (NORTH,)),
    "kill Prometheus": (kill_prometheus, (SOUTH,)),
    "restart Alertmanager": (restart_alertmanager, (SOUTH,)),
    "counts disk full": (counts_full, (NORTH, SOUTH)),
    "snapshot disk full": (snapshots_full, (SOUTH,)),
    "exporter's clock +1 h": (_clock("exporter", HOUR_SECONDS), (SOUTH,)),
    "exporter's clock -1 h": (_clock("exporter", -HOUR_SECONDS), (SOUTH,)),
    "workers' clock +1 h": (_clock("workers", HOUR_SECONDS), (NORTH, SOUTH)),
    "workers' clock -1 h": (_clock("workers", -HOUR_SECONDS), (NORTH, SOUTH)),
    "redeploy": (redeploy, (NORTH,)),
    "bad configuration": (bad_configuration, (NORTH, SOUTH)),
    "slow clients": (slow_clients, (SOUTH,)),
}
"""Name to what is done, and to which pods: the exporter and the oldest worker of the south live as long as the run."""


def schedule(counts: Mapping[str, int], chance: random.Random) -> list[tuple[str, str]]:
    """Return fault and pod, in an order by chance; a redeploy and the way back are far apart."""
    planned = []
    for name, n_times in counts.items():
        where = FAULTS[name][1]
        first = chance.randrange(len(where))
        planned += [
            (name, where[(first + place) % len(where)]) for place in range(n_times) if name != "redeploy"
        ]
    chance.shuffle(planned)
    n_redeploys = counts.get("redeploy", 0)
    for place in range(n_redeploys):
        planned.insert(round(len(planned) * (place + 1) / (n_redeploys + 1)), ("redeploy", NORTH))
    return planned
