"""Which calls become prediction events, and whose values are never sent with them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import translate
from typing import Final, NamedTuple

from mlexporter.errors import ConfigurationError

NAME_LIMIT_CHARACTERS: Final = 1_024
"""Names that are longer are kept back where there is a list."""

_UNSEEN: Final = frozenset({"Cc", "Cf"})  # control and format characters, such as a soft hyphen


class EventChoice(NamedTuple):
    """What ``monitor`` was told about events.

    Attributes:
        ratio: Share of the calls, 0 to 1; None leaves it to the setting.
        redact: Names or patterns of what is not sent, beside those of the setting.
    """

    ratio: float | None = None
    redact: tuple[str, ...] = ()


def event_choice(events: object, redact: object) -> EventChoice:
    """Check the arguments ``events`` and ``redact`` of ``monitor``.

    Raises:
        ConfigurationError: one of them can never work.
    """
    if events is not None and not _is_ratio(events):
        raise ConfigurationError(
            f"events={events!r}: a number from 0 to 1 is needed, the share of the calls that are sent as events"
        )
    advice = 'names or patterns such as ["email", "address*"] are needed'
    if isinstance(redact, str | bytes) or not isinstance(redact, Sequence | set | frozenset):
        raise ConfigurationError(f"redact={redact!r}: {advice}")
    names = tuple(redact)
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise ConfigurationError(f"redact={redact!r}: {advice}; each is a text that is not empty")
    return EventChoice(None if events is None else float(events), names)  # type: ignore[arg-type]  # checked above


def _is_ratio(events: object) -> bool:
    is_number = isinstance(events, int | float) and not isinstance(events, bool)
    return is_number and math.isfinite(events) and 0 <= events <= 1  # type: ignore[arg-type, operator]


class Redaction:
    """Tells by its name whether a value is kept back.

    Letters count the same in upper and lower case, however they are composed, and with characters
    between them that nobody sees: what looks like the name on the list is the name on the list.

    Args:
        patterns: Names, in which ``*`` stands for any letters and ``?`` for one; nothing else is special.

    Attributes:
        patterns: As they were given.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(dict.fromkeys(pattern.strip() for pattern in patterns))
        translated = [translate(_folded(pattern).replace("[", "[[]")) for pattern in self.patterns]
        self._matches = re.compile("|".join(translated)).match if translated else None

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def hides(self, name: str) -> bool:
        """Return whether the value of this name is not sent; one that is endless is not looked through."""
        if self._matches is None:
            return False
        return len(name) > NAME_LIMIT_CHARACTERS or self._matches(_folded(name)) is not None


def is_a_name(text: str) -> bool:
    """Return whether a text can be a name on a list; numbers, dates and signs are none."""
    return any(map(str.isalpha, text[:NAME_LIMIT_CHARACTERS]))


def _folded(name: str) -> str:
    seen = "".join(each for each in name if unicodedata.category(each) not in _UNSEEN)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).strip()
