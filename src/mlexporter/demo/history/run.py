"""One history from the command line: written, told, and served until Ctrl-C."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from mlexporter.demo import prometheus
from mlexporter.demo.console import Console
from mlexporter.demo.history import blocks
from mlexporter.demo.history.folder import check_folder, whole_folder
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.past_prometheus import start_past_prometheus
from mlexporter.demo.history.telling import introduction, summary, way_to_look
from mlexporter.demo.history.written import Programs, write_history
from mlexporter.demo.programs import HOST, find_program
from mlexporter.demo.signals import InterruptedDemo, stop_signals
from mlexporter.errors import EnvironmentDegradedError, PortInUseError

DEFAULT_PORT: Final = 9090
"""Where people look for a Prometheus."""


def run_history(options: HistoryOptions, console: Console) -> int:
    """Write a history, serve it if wanted, and return the exit status: 0, or 128 and the signal that ended it early.

    Raises:
        ConfigurationError: the folder holds something else.
        EnvironmentDegradedError: flights, scikit-learn, Prometheus or promtool are not installed, or fail.
        PortInUseError: a port that the user asked for is taken.
        OSError: the folder cannot be written.
    """
    programs = _programs(options.program_path)
    check_folder(options.out)
    port = _port(options) if options.serve else None
    is_written = False
    with stop_signals():
        try:
            _say(console, [*introduction(options), ""])
            with whole_folder(options.out) as folder, ExitStack() as stack:
                history = write_history(options, programs, folder, stack, console)
            is_written = True
            console.clear_status()
            _say(console, [*summary(history, options.out), ""])
            if port is None:
                _say(console, way_to_look(options.out, ""))
                return 0
            with ExitStack() as stack:
                _serve(programs, options.out, port, stack, console)
        except InterruptedDemo as interrupt:
            console.clear_status()
            left = f"; {options.out} is whole" if is_written else ", and nothing half was written"
            console.line(f"Stopped; nothing is left running{left}.")
            return 0 if is_written else 128 + interrupt.number
    return 0


def _serve(programs: Programs, folder: Path, port: int, stack: ExitStack, console: Console) -> None:
    running = start_past_prometheus(
        programs.prometheus, folder.absolute(), lambda child: stack.callback(child.stop), port=port
    )
    running.wait()
    _say(console, [*way_to_look(folder, running.url), "", "It stays up until Ctrl-C."])
    while True:
        time.sleep(1.0)


def _programs(path: str) -> Programs:
    server, tool = find_program(prometheus.NAMES, path), find_program(blocks.NAMES, path)
    if server is None or tool is None:
        raise EnvironmentDegradedError(
            "--history needs prometheus and promtool: scripts/install-prometheus unpacks Debian's, without installing "
            "a service"
        )
    return Programs(server, tool)


def _port(options: HistoryOptions) -> int:
    """Return the port to serve on; asked for before the work, so that nobody waits for minutes to hear no."""
    for port in (DEFAULT_PORT, 0) if options.port is None else (options.port,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
            return chosen
    raise PortInUseError(f"--port {options.port} is taken; leave it out and the demo finds a free one")


def _say(console: Console, lines: list[str]) -> None:
    for line in lines:
        console.line(line)
