"""Chooses the format and the compression that a client asks for."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.samples import Family
from mlexporter.exposition.text import (
    OPENMETRICS_CONTENT_TYPE,
    TEXT_CONTENT_TYPE,
    render_openmetrics,
    render_text,
)

GZIP_LEVEL: Final = 1
"""Level 9 takes longer than the rendering itself, for a tenth of the bytes."""


@dataclass(frozen=True)
class Format:
    """A text format: its content type and its renderer."""

    content_type: str
    render: Callable[[Sequence[Family]], bytes]


TEXT: Final = Format(TEXT_CONTENT_TYPE, render_text)
OPENMETRICS: Final = Format(OPENMETRICS_CONTENT_TYPE, render_openmetrics)


def choose_format(accept: str) -> Format:
    """Return the format for an ``Accept`` header; text where nothing that we write is accepted.

    A client that asks for nothing in particular gets text, so that a person can read it. The
    parameter ``escaping`` needs no answer: every name is valid under each of its schemes.
    """
    text, openmetrics = 0.0, 0.0
    for media_type, parameters, quality in _entries(accept):
        if _is_openmetrics(media_type, parameters):
            openmetrics = max(openmetrics, quality)
        elif media_type in {"text/plain", "text/*", "*/*"}:
            text = max(text, quality)
    return OPENMETRICS if openmetrics > 0 and openmetrics >= text else TEXT


def _is_openmetrics(media_type: str, parameters: dict[str, str]) -> bool:
    version = parameters.get("version", "1.0.0").strip('"')
    return media_type == "application/openmetrics-text" and version.split(".")[0] == "1"


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an ``Accept-Encoding`` header allows gzip."""
    qualities = {name: quality for name, _, quality in _entries(accept_encoding)}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def compress(body: bytes) -> bytes:
    """Return ``body`` in gzip; equal bodies give equal bytes."""
    return gzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)


def _entries(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for entry in header.lower().split(","):
        name, *texts = (part.strip() for part in entry.split(";"))
        pairs = (text.partition("=") for text in texts)
        parameters = {key.strip(): value.strip() for key, _, value in pairs}
        if name:
            yield name, parameters, _quality(parameters.get("q", "1"))


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return min(max(quality, 0.0), 1.0) if math.isfinite(quality) else 0.0
