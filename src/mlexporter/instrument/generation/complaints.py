"""``Complaints``: what users tell wrongly is counted and logged once, and never raised but under ``strict``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.observed import OnError
from mlexporter.state.log import LOG

STAGE: Final = "generation"
_LONGEST_VALUE: Final = 100
_LOGGED_AT_MOST: Final = 200
_logged: Final[set[str]] = set()

_Found = TypeVar("_Found")


class Mistake(NamedTuple):
    """Something that cannot be counted as it was told.

    Attributes:
        given: Values by the name of their argument.
        advice: What is wrong, and the way out; no value of the user is in it, for it is logged.
    """

    given: Mapping[str, object]
    advice: str

    def error(self) -> ConfigurationError:
        """Return it as an exception; only here values are shown, cut."""
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in self.given.items())
        return ConfigurationError(f"{shown}: {self.advice}")


class Complaints:
    """Keeps from an application what goes wrong where it tells something by hand.

    Args:
        function: What it called, such as ``record_generation``.
        on_mistake: Gets the stage of each mistake.
        on_error: Gets the stage and each error of ours.
        strict: Raise both, after they were counted.
    """

    def __init__(
        self, function: str, *, on_mistake: Callable[[str], None], on_error: OnError, strict: bool
    ) -> None:
        self._function = function
        self._on_mistake = on_mistake
        self._on_error = on_error
        self._strict = strict

    def attempt(
        self, step: Callable[..., tuple[_Found | None, Sequence[Mistake]]], *args: Any
    ) -> _Found | None:
        """Return what ``step`` found, and complain of the mistakes that it returns beside it.

        Raises:
            ConfigurationError: the first mistake, only under ``strict``.
            Exception: of ``step``, likewise.
        """
        try:
            found, mistakes = step(*args)
        except Exception as error:
            self._on_error(STAGE, error)
            if self._strict:
                raise
            return None
        for mistake in mistakes:
            self._on_mistake(STAGE)
            fields = ", ".join(f"{name}=" for name in mistake.given)
            log_once(f"{self._function}(): {fields} cannot be counted as given: {mistake.advice}")
        if self._strict and mistakes:
            raise mistakes[0].error()
        return found


def log_once(sentence: str) -> None:
    """Log a sentence that holds no value of the user, if it was not yet; only so many different ones."""
    if sentence not in _logged and len(_logged) < _LOGGED_AT_MOST:
        _logged.add(sentence)
        LOG.warning("mlexporter: %s; logged once", sentence)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a value of any type, or an int of too many digits
        return "(a value that cannot be shown)"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
