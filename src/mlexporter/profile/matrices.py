"""Matrices in a profile: base64 of little-endian float32.

Written as decimals, an embedding of 1,536 dimensions would take three times the room, and nobody reads
70,000 numbers in a diff; what decides in which bin a row is counted has to come back bit by bit.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.records import Matrix

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields

MOST_NUMBERS: Final = 2**20


def matrix_to_json(matrix: Matrix) -> dict[str, object]:
    """Return shape and content as JSON values."""
    return {"shape": list(matrix.shape), "float32": base64.b64encode(matrix.content).decode("ascii")}


def read_matrix(fields: Fields, name: str, shape: tuple[int | None, ...]) -> Matrix:
    """Return the matrix in the field ``name``.

    Args:
        fields: What it is taken from.
        name: The field.
        shape: What its shape has to be; None for any length from 1.

    Raises:
        ProfileFormatError: it is none, has another shape, or numbers that are not finite.
    """
    inner = fields.object(name)
    found = inner.wholes("shape", length=len(shape), minimum=1, maximum=MOST_NUMBERS)
    is_fitting = all(wanted in {None, given} for wanted, given in zip(shape, found, strict=True))
    n_numbers = int(np.prod(found, dtype=np.float64))
    if not is_fitting or n_numbers > MOST_NUMBERS:
        wanted = " x ".join("any" if length is None else str(length) for length in shape)
        inner.refuse("shape", f"the shape {wanted} of at most {MOST_NUMBERS:,} numbers")
    text = inner.take("float32")
    try:
        content = base64.b64decode(text, validate=True) if isinstance(text, str) and text.isascii() else b""
    except binascii.Error:
        content = b""
    if len(content) != 4 * n_numbers or not np.isfinite(np.frombuffer(content, dtype="<f4")).all():
        inner.refuse("float32", f"base64 of {n_numbers} finite little-endian float32 numbers")
    inner.refuse_others()
    return Matrix(found, content)
