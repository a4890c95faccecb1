"""How much each feature moves predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mlexporter.records import Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows

_Row = tuple[float, ...] | None
_CURVES: Final = "partial_dependence"
_CHANGES: Final = "prediction_changes"


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with what every feature does to predictions, where the model can be asked.

    Raises:
        FitError: the model raises, or returns something else than one prediction a row.
    """
    if rows.options.get("predict") is None:
        return reference
    from mlexporter.profile.partial_dependence import partial_dependence  # noqa: PLC0415 - only fitting needs it

    found = partial_dependence(reference, rows)
    means = [found[feature.name].means for feature in reference.features]
    return _with(reference, means, [found[feature.name].changes for feature in reference.features])


def identity(reference: Reference) -> None:
    """Return None: what a feature is worth does not decide where a row is counted."""
    del reference


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    curves = [feature.partial_dependence for feature in reference.features]
    if all(curve is None for curve in curves):
        return None
    changes = [feature.prediction_changes for feature in reference.features]
    section: dict[str, Any] = {_CURVES: [None if curve is None else list(curve) for curve in curves]}
    if any(change is not None for change in changes):
        section[_CHANGES] = [None if change is None else list(change) for change in changes]
    return section


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    curves = _rows_of(fields, _CURVES, reference)
    # The first profiles of this schema had the means only.
    changes = _rows_of(fields, _CHANGES, reference) if fields.has(_CHANGES) else [None] * len(curves)
    if any(min(row, default=0.0) < 0 for row in changes if row is not None):
        fields.refuse(_CHANGES, "numbers that are 0 or more")
    fields.refuse_others()
    return _with(reference, curves, changes)


def _rows_of(fields: Fields, name: str, reference: Reference) -> list[_Row]:
    from mlexporter.profile.fields import is_number  # noqa: PLC0415 - few profiles have one

    n_features = len(reference.features)
    items = fields.items(name, n_features)
    if len(items) != n_features:
        fields.refuse(name, f"a list of {n_features} lists")
    for feature, item in zip(reference.features, items, strict=True):
        n_bins = feature.distribution.n_shape_bins
        if item is not None and (
            not isinstance(item, list) or len(item) != n_bins or not all(map(is_number, item))
        ):
            fields.refuse(name, f"{n_bins} finite numbers for {feature.name!r}, or null,")
    return [None if item is None else tuple(map(float, item)) for item in items]


def _with(reference: Reference, curves: Sequence[_Row], changes: Sequence[_Row]) -> Reference:
    beside = zip(reference.features, curves, changes, strict=True)
    features = tuple(
        replace(feature, partial_dependence=curve, prediction_changes=change)
        for feature, curve, change in beside
    )
    return replace(reference, features=features)
