"""What tells two profiles apart: the fingerprint of the bins and the identity of the content."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from mlexporter.profile.sections import sections_of
from mlexporter.records import Distribution, Reference

FINGERPRINT_DIGITS: Final = 8
PROFILE_ID_DIGITS: Final = 16


def fingerprint(reference: Reference) -> str:
    """Return 8 hex digits over names, kinds, edges, categories and what is counted beside them.

    Counters of profiles with one fingerprint may be added up; all others must not meet.
    """
    content: dict[str, object] = {
        "features": [[feature.name, *_bins(feature.distribution)] for feature in reference.features],
        "outputs": [
            [output.name, output.class_name, *_bins(output.distribution)] for output in reference.outputs
        ],
    }
    for name, section in sections_of(reference):
        beside = section.identity(reference)
        if beside is not None:
            content[name] = beside
    return _digest(content)[:FINGERPRINT_DIGITS]


def profile_id(document: dict[str, Any]) -> str:
    """Return 16 hex digits over all content of a document but its two identities."""
    content = {key: value for key, value in document.items() if key not in {"fingerprint", "profile_id"}}
    return _digest(content)[:PROFILE_ID_DIGITS]


def _bins(distribution: Distribution) -> list[Any]:
    return [
        distribution.kind.value,
        list(distribution.edges),
        list(distribution.categories),
        list(distribution.other_categories),
    ]


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
