"""Take typed fields out of untrusted JSON, with errors that name the field, the value, the way out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

from mlexporter.errors import ProfileFormatError
from mlexporter.profile.options import MAXIMUM_TEXT_LENGTH, is_encodable, is_name

LARGEST_COUNT: Final = 2**53
"""Beyond it a count is not exact in JSON readers that have floats only."""
MAXIMUM_NUMBERS: Final = 1_000_000
"""Numbers of one list."""


class Fields:
    """One JSON object of which every field has to be taken.

    Args:
        content: What was parsed; anything but an object is refused.
        place: Where it stands, such as ``features[3]``; empty for the document.
    """

    def __init__(self, content: object, place: str) -> None:
        self._place = place
        if not isinstance(content, dict):
            raise ProfileFormatError(
                f"{place or 'the document'} is {_shown(content)}, but an object is needed"
            )
        self._content: dict[str, Any] = content
        self._taken: set[str] = set()

    def has(self, name: str) -> bool:
        """Return whether there is such a field, of whatever type."""
        return name in self._content

    def take(self, name: str) -> Any:
        """Return a field of any type."""
        self._taken.add(name)
        if name not in self._content:
            raise ProfileFormatError(
                f"{self._path(name)} is missing; fit the profile again (mlexporter profile)"
            )
        return self._content[name]

    def refuse(self, name: str, needed: str) -> NoReturn:
        """Raise the error that ``needed`` is what the field ``name`` should be."""
        value = self._content.get(name)
        raise ProfileFormatError(
            f"{self._path(name)} is {_shown(value)}, but {needed} is needed; fit the profile again"
        )

    def refuse_others(self) -> None:
        """Raise where a field was not taken."""
        others = sorted(set(self._content) - self._taken)
        if others:
            raise ProfileFormatError(f"{self._path(others[0][:60])} is no field of this schema; remove it")

    def whole(self, name: str, *, minimum: int = 0, maximum: int = LARGEST_COUNT) -> int:
        """Return a whole number; booleans and floats are none."""
        value = self.take(name)
        if type(value) is not int or not minimum <= value <= maximum:
            self.refuse(name, f"a whole number from {minimum} to {maximum}")
        return int(value)

    def number(self, name: str, *, minimum: float = -math.inf) -> float:
        """Return a finite number."""
        value = self.take(name)
        if not is_number(value) or value < minimum:
            at_least = f" of at least {minimum:g}" if math.isfinite(minimum) else ""
            self.refuse(name, f"a finite number{at_least}")
        return float(value)

    def optional_number(self, name: str, *, minimum: float = -math.inf) -> float | None:
        """Return a finite number, or None for null."""
        return None if self.take(name) is None else self.number(name, minimum=minimum)

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        value = self.take(name)
        if type(value) is not bool:
            self.refuse(name, "true or false")
        return bool(value)

    def text(self, name: str) -> str:
        """Return a text of at most 4096 characters."""
        value = self.take(name)
        if not isinstance(value, str) or len(value) > MAXIMUM_TEXT_LENGTH or not is_encodable(value):
            self.refuse(name, f"a text of at most {MAXIMUM_TEXT_LENGTH} characters without lone surrogates")
        return str(value)

    def name(self, name: str) -> str:
        """Return a text of 1 to 256 characters."""
        value = self.take(name)
        if not isinstance(value, str) or not is_name(value):
            self.refuse(name, "a text of 1 to 256 characters without lone surrogates")
        return str(value)

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """Return one of ``choices``."""
        value = self.take(name)
        if not isinstance(value, str) or value not in choices:
            self.refuse(name, "one of " + ", ".join(choices))
        return str(value)

    def items(self, name: str, maximum: int) -> list[Any]:
        """Return a list of at most ``maximum`` entries of any type."""
        value = self.take(name)
        if not isinstance(value, list):
            self.refuse(name, "a list")
        if len(value) > maximum:
            raise ProfileFormatError(
                f"{self._path(name)} has {len(value):,} entries; {maximum:,} are the most"
            )
        return list(value)

    def wholes(
        self, name: str, *, length: int | None = None, minimum: int = 0, maximum: int = LARGEST_COUNT
    ) -> tuple[int, ...]:
        """Return a list of whole numbers, of ``length`` or of at most a million."""
        return tuple(self._numbers(name, length, lambda value: type(value) is int and minimum <= value <= maximum,
                                   f"whole numbers from {minimum} to {maximum}"))  # fmt: skip

    def numbers(
        self, name: str, *, length: int | None = None, minimum: float = -math.inf
    ) -> tuple[float, ...]:
        """Return a list of finite numbers, of ``length`` or of at most a million."""
        at_least = f" of at least {minimum:g}" if math.isfinite(minimum) else ""
        found = self._numbers(name, length, lambda value: is_number(value) and value >= minimum,
                              f"finite numbers{at_least}")  # fmt: skip
        return tuple(map(float, found))

    def _numbers(
        self, name: str, length: int | None, is_good: Callable[[Any], bool], needed: str
    ) -> list[Any]:
        found = self.items(name, MAXIMUM_NUMBERS)
        if length is not None and len(found) != length:
            self.refuse(name, f"a list of {length} {needed}")
        for value in found:
            if not is_good(value):
                self.refuse(name, f"a list of {needed} (not {_shown(value)})")
        return found

    def keys(self, maximum: int) -> list[str]:
        """Return the names of all fields, at most ``maximum``, for objects that name things themselves."""
        if len(self._content) > maximum:
            raise ProfileFormatError(
                f"{self._place or 'the document'} has {len(self._content):,} entries; {maximum:,} are the most"
            )
        for key in self._content:
            if not is_encodable(key):
                raise ProfileFormatError(f"{self._place} has a name with a lone surrogate; rename it")
        return list(self._content)

    def object(self, name: str) -> Fields:
        """Return an object."""
        return Fields(self.take(name), self._path(name))

    def objects(self, name: str, maximum: int) -> Iterator[Fields]:
        """Yield the objects of a list of at most ``maximum``."""
        for index, item in enumerate(self.items(name, maximum)):
            yield Fields(item, f"{self._path(name)}[{index}]")

    def texts_by_name(self, name: str, maximum: int) -> dict[str, str]:
        """Return an object whose values are texts."""
        fields = self.object(name)
        return {key: fields.text(key) for key in fields.keys(maximum)}

    def _path(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name


def is_number(value: object) -> bool:
    """Return True for a finite float or an int that a float can hold; booleans are no numbers."""
    if type(value) is int:
        return abs(value) < LARGEST_COUNT**4
    return type(value) is float and math.isfinite(value)


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)} entries"
    text = (
        repr(value) if not isinstance(value, int) or abs(value) < LARGEST_COUNT**4 else "a very large number"
    )
    return text if len(text) <= 60 else text[:60] + "…"
