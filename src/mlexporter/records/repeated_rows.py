"""How many rows are looked at together for rows that repeat."""

from __future__ import annotations

from typing import Final

PIECE_ROWS: Final = 1_000
"""Consecutive rows of a batch, and of the training data, among which rows that are alike are looked for.

How many are found depends on it, so that training and serving have to agree. A smaller batch has
fewer repeated rows than a piece: what is expected of it is rather too much than too little.
"""
