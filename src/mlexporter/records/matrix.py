"""Matrices of a profile, as values: two that hold the same numbers are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_LITTLE_FLOATS: Final = np.dtype("<f4")


@dataclass(frozen=True)
class Matrix:
    """Numbers in float32 precision that nobody can change.

    Attributes:
        shape: Rows and columns, or a length alone.
        content: The numbers, little-endian, row by row.
    """

    shape: tuple[int, ...]
    content: bytes

    @classmethod
    def of(cls, numbers: npt.ArrayLike) -> Matrix:
        """Return ``numbers``, finite in float32 precision, of any shape."""
        array = np.ascontiguousarray(numbers, dtype=_LITTLE_FLOATS)
        return cls(array.shape, array.tobytes())

    @property
    def array(self) -> np.ndarray[tuple[Any, ...], np.dtype[np.float32]]:
        """The numbers, float32, in this shape; not to be written to."""
        return np.frombuffer(self.content, dtype=_LITTLE_FLOATS).reshape(self.shape)
