"""JSON that is the same on every run, and that a diff shows line by line."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """Return ``value`` as JSON with sorted keys, two spaces, letters as they are, and a line end.

    Raises:
        ValueError: it holds a NaN or an infinity, which JSON does not have.
    """
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
