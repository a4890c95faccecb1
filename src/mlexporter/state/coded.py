"""Columns that name each distinct value once: categories of pandas, dictionaries of Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Codes: TypeAlias = "npt.NDArray[np.signedinteger[Any]]"


class CodedColumn(Sequence[object]):
    """A column of n values, each given by its place in a list of distinct ones.

    It behaves like the list of its values; what counts can look at each distinct value once.

    >>> list(CodedColumn(np.array([0, 1, -1, 0]), ["a", "b"]))
    ['a', 'b', None, 'a']

    Args:
        codes: Places in ``values``, shape (n,); -1 where a value is missing.
        values: The values.
    """

    __slots__ = ("codes", "values")

    def __init__(self, codes: Codes, values: list[object]) -> None:
        self.codes = codes
        self.values = values

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> CodedColumn: ...
    def __getitem__(self, place: int | slice) -> object:
        if isinstance(place, slice):
            return CodedColumn(self.codes[place], self.values)
        code = int(self.codes[place])
        return None if code < 0 else self.values[code]

    def __iter__(self) -> Iterator[object]:
        found = [*self.values, None]  # -1 is the last
        return map(found.__getitem__, self.codes.tolist())

    def tally(self) -> list[tuple[object, int]]:
        """Return each value that occurs with how often it does; values may be equal or unhashable."""
        times = np.bincount(self.codes.astype(np.intp) + 1, minlength=len(self.values) + 1).tolist()
        return [(value, n) for value, n in zip([None, *self.values], times, strict=True) if n]
