"""The log of mlexporter: ``logging`` is loaded with the first line that somebody will see.

That takes longer than to load all that counts a call, and most programs have loaded it long before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    import logging


FIELDS: Final = "mlexporter"
"""The attribute of a record that says, by name, what it is about."""


class _Log:
    """The methods of the logger ``mlexporter``."""

    @property
    def info(self) -> Callable[..., None]:
        """Writes what is good to know; nobody sees it who has not set up ``logging``."""
        return _logger().info if "logging" in sys.modules else _write_nothing

    @property
    def warning(self) -> Callable[..., None]:
        """Writes what somebody should look at."""
        return _logger().warning

    @property
    def error(self) -> Callable[..., None]:
        """Writes what does not work."""
        return _logger().error


def _logger() -> logging.Logger:
    if "logging" not in sys.modules:
        with IMPORTING:
            import logging  # noqa: PLC0415 - see above
    import logging  # noqa: PLC0415 - see above

    return logging.getLogger("mlexporter")


def _write_nothing(*_: Any) -> None:
    """Stand where a logger would be that drops the line."""


def fields(**about: Any) -> dict[str, dict[str, Any]]:
    """Return the ``extra`` of a record with what it is about, by name, for logs that programs read.

    All stands under one name, which no record of others has: ``logging`` refuses a name that is taken.
    """
    return {FIELDS: about}


LOG: Final = _Log()
"""Takes a text and what belongs into it, as every logger does."""
