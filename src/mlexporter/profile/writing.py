"""A profile as a JSON document: stable to the byte, and readable in a diff."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any, Final

from mlexporter.profile.identity import fingerprint, profile_id
from mlexporter.profile.matrices import matrix_to_json
from mlexporter.profile.sections import sections_of
from mlexporter.records import Distribution, FeatureReference, Kind, OutputReference, Reference

FORMAT: Final = "mlexporter.profile"
SCHEMA_VERSION: Final = 2
_LINE_LENGTH: Final = 100
_FILE_MODE: Final = 0o644


def to_document(reference: Reference) -> dict[str, Any]:
    """Return the content of a profile as JSON values, its identities included."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "fingerprint": reference.fingerprint,
        "profile_id": "",
        "model_name": reference.model_name,
        "model_version": reference.model_version,
        "row_count": reference.row_count,
        "created_timestamp": reference.created_timestamp,
        "time_zone": reference.time_zone,
        "decision_threshold": reference.decision_threshold,
        "expose_names": reference.expose_names,
        "lineage": {
            "dataset": reference.lineage.dataset,
            "run_id": reference.lineage.run_id,
            "commit": reference.lineage.commit,
            "framework": reference.lineage.framework,
        },
        "features": [_feature(feature) for feature in reference.features],
        "outputs": [_output(output) for output in reference.outputs],
        "skipped": dict(sorted(reference.skipped.items())),
    }
    for name, section in sections_of(reference):
        content = section.to_json(reference)
        if content is not None:
            document[name] = content
    document["profile_id"] = profile_id(document)
    return document


def identified(reference: Reference) -> Reference:
    """Return ``reference`` with the fingerprint of its bins and the ``profile_id`` of its content."""
    reference = replace(reference, fingerprint=fingerprint(reference))
    return replace(reference, profile_id=to_document(reference)["profile_id"])


def to_json(reference: Reference) -> str:
    """Return the text of the file: equal references give equal bytes."""
    return _render(to_document(reference), "") + "\n"


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Replace the file at ``path`` at once: a reader sees the old file or the new one.

    Raises:
        OSError: the directory is missing, full or not writable.
    """
    import tempfile  # noqa: PLC0415 - who only reads profiles does without it
    from pathlib import Path  # noqa: PLC0415 - serving code writes none

    path = Path(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_FILE_MODE)  # a temporary file is private; the server's user reads it too
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _feature(feature: FeatureReference) -> dict[str, Any]:
    return {
        "name": feature.name,
        "threshold": feature.threshold,
        "alert": feature.alert,
        "importance": feature.importance,
        "statistic": feature.statistic,
        **_distribution(feature.distribution),
    }


def _output(output: OutputReference) -> dict[str, Any]:
    return {
        "name": output.name,
        "class_name": output.class_name,
        "threshold": output.threshold,
        "alert": output.alert,
        "statistic": output.statistic,
        **_distribution(output.distribution),
        "positives": None if output.positives is None else list(output.positives),
    }


def _distribution(distribution: Distribution) -> dict[str, Any]:
    start = {"kind": distribution.kind.value, "training_type": distribution.training_type.value}
    end = {"counts": list(distribution.counts), "type_mismatches": distribution.type_mismatches}
    if distribution.kind is not Kind.NUMERIC:
        names: dict[str, Any] = {
            "categories": list(distribution.categories),
            "other_categories": list(distribution.other_categories),
        }
        if distribution.centroids is not None:
            names |= {
                "centroids": matrix_to_json(distribution.centroids),
                "radius": distribution.radius,
            }
        return {**start, **names, **end}
    return {
        **start,
        "edges": list(distribution.edges),
        **end,
        "minimum": distribution.minimum,
        "maximum": distribution.maximum,
        "out_of_range": distribution.out_of_range,
        "mean": distribution.mean,
        "standard_deviation": distribution.standard_deviation,
        "quantiles": [list(pair) for pair in distribution.quantiles],
    }


def _render(value: Any, indent: str) -> str:
    """Write lists of numbers, and short lists of names, on one line; all else one entry a line."""
    if not isinstance(value, dict | list) or not value or _fits_a_line(value):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_render(item, inner)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _render(item, inner) for item in value) + f"\n{indent}]"


def _fits_a_line(value: dict[str, Any] | list[Any]) -> bool:
    if isinstance(value, dict):
        return False
    if all(isinstance(item, str) for item in value):
        return sum(len(item) + 4 for item in value) < _LINE_LENGTH
    return not any(isinstance(item, dict) for item in value)
