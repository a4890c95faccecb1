"""The handle that ``serve()`` returns where the port is taken and the model must go on."""

from __future__ import annotations

from typing import Self

from mlexporter.settings import NO_DIRECTORY, Settings
from mlexporter.state.log import LOG


class NotServing:
    """Looks like a server handle that was closed; ``url`` is empty and ``reason`` says why."""

    url = ""
    port = 0
    is_closed = True

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"<NotServing: {self.reason}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def log_not_serving(problem: str, settings: Settings, *, is_single_worker: bool) -> None:
    """Log why a process serves nothing; with workers that share nothing it is to be expected of all but one."""
    if settings.dir == NO_DIRECTORY and is_single_worker:
        LOG.warning(
            "mlexporter: this worker is not scraped: with MLEXPORTER_DIR=off only one worker gets the port; "
            "serve(0) gives each one of its own, and a shared directory lets one answer for all (%s)", problem,
        )  # fmt: skip
    else:
        LOG.error("mlexporter: nothing is served: %s", problem)
