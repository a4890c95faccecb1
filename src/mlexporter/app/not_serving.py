"""The handle that ``serve()`` returns where the port is taken and the model must go on."""

from __future__ import annotations

from typing import Self


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
