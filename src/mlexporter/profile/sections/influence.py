"""How much each feature moves predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlexporter.records import Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the partial dependence of every feature, where the model can be asked.

    Raises:
        FitError: the model raises, or returns something else than one prediction a row.
    """
    if rows.options.get("predict") is None:
        return reference
    from mlexporter.profile.partial_dependence import partial_dependence  # noqa: PLC0415 - only fitting needs it

    curves = partial_dependence(reference, rows)
    return _with(reference, [curves[feature.name] for feature in reference.features])


def identity(reference: Reference) -> None:
    """Return None: what a feature is worth does not decide where a row is counted."""
    del reference


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    curves = [feature.partial_dependence for feature in reference.features]
    if all(curve is None for curve in curves):
        return None
    return {"partial_dependence": [None if curve is None else list(curve) for curve in curves]}


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    from mlexporter.profile.fields import is_number  # noqa: PLC0415 - few profiles have one

    n_features = len(reference.features)
    items = fields.items("partial_dependence", n_features)
    if len(items) != n_features:
        fields.refuse("partial_dependence", f"a list of {n_features} lists")
    for feature, item in zip(reference.features, items, strict=True):
        n_bins = feature.distribution.n_shape_bins
        if item is not None and (
            not isinstance(item, list) or len(item) != n_bins or not all(map(is_number, item))
        ):
            fields.refuse("partial_dependence", f"{n_bins} finite numbers for {feature.name!r}, or null,")
    fields.refuse_others()
    return _with(reference, [None if item is None else tuple(map(float, item)) for item in items])


def _with(reference: Reference, curves: list[tuple[float, ...] | None]) -> Reference:
    beside = zip(reference.features, curves, strict=True)
    features = tuple(replace(feature, partial_dependence=curve) for feature, curve in beside)
    return replace(reference, features=features)
