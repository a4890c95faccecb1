"""How much each subject moves from block to block while all is well, by the length of the blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mlexporter.errors import ProfileFormatError
from mlexporter.profile.fields import is_number
from mlexporter.profile.options import MAXIMUM_FEATURES
from mlexporter.records import ComponentNoise, Kind, Reference
from mlexporter.settings import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows

    Noise: TypeAlias = "Mapping[str, ComponentNoise]"

MAXIMUM_WINDOWS: Final = 20
LEAST_BLOCKS: Final = 2
_LARGEST_BLOCKS: Final = 1_000_000_000
_SHOWN: Final = 60


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the noise of the rows of ``timestamp``; as it is without one.

    Raises:
        FitError: a value of the column of times is no time.
    """
    if rows.options.get("timestamp") is None:
        return reference
    from mlexporter.profile.noise_learning import learn_block_noise  # noqa: PLC0415 - it loads statistics

    return learn_block_noise(reference, rows)


def identity(reference: Reference) -> object:
    """Return None: noise decides in no cell."""
    del reference
    return None


def to_json(reference: Reference) -> Any:
    """Return for each subject, by window, blocks and noise of location, spread and omnibus; None without any."""
    features = {feature.name: _written(feature.noise) for feature in reference.features if feature.noise}
    outputs = [
        {"name": output.name, "class_name": output.class_name, "windows": _written(output.noise)}
        for output in reference.outputs
        if output.noise
    ]
    joints = {joint.name: _written(joint.noise) for joint in reference.joints if joint.noise}
    if not (features or outputs or joints):
        return None
    return {"features": features, "outputs": outputs, "joints": joints}


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a subject is unknown, a window no duration, or a number impossible.
    """
    ordered = {feature.name: feature.distribution.kind is Kind.NUMERIC for feature in reference.features}
    features = _read_named(fields, "features", ordered)
    known = {(output.name, output.class_name): output for output in reference.outputs}
    outputs = {}
    for item in fields.objects("outputs", max(len(known), 1)):
        key = (item.name("name"), item.text("class_name"))
        if key not in known or key in outputs:
            item.refuse("name", "the name and class of an output, once,")
        is_ordered = known[key].distribution.kind is Kind.NUMERIC
        outputs[key] = _read(item.object("windows"), is_ordered=is_ordered)
        item.refuse_others()
    joints = _read_named(fields, "joints", {joint.name: True for joint in reference.joints})
    return replace(
        reference,
        features=tuple(
            replace(feature, noise=features.get(feature.name, {})) for feature in reference.features
        ),
        outputs=tuple(
            replace(output, noise=outputs.get((output.name, output.class_name), {}))
            for output in reference.outputs
        ),
        joints=tuple(replace(joint, noise=joints.get(joint.name, {})) for joint in reference.joints),
    )


def _written(noise: Noise) -> dict[str, list[float | None]]:
    return {
        name: [each.blocks, each.location, each.spread, each.omnibus]
        for name, each in sorted(noise.items(), key=lambda item: parse_duration(item[0]))
    }


def _read_named(fields: Fields, field: str, ordered: Mapping[str, bool]) -> dict[str, Noise]:
    subjects = fields.object(field)
    found: dict[str, Noise] = {}
    for name in subjects.keys(MAXIMUM_FEATURES):
        if name not in ordered:
            raise ProfileFormatError(
                f"noise.{field}: {name[:_SHOWN]!r} is no name of the profile; fit the profile again"
            )
        found[name] = _read(subjects.object(name), is_ordered=ordered[name])
    return found


def _read(windows: Fields, *, is_ordered: bool) -> Noise:
    found = {}
    for name in windows.keys(MAXIMUM_WINDOWS):
        try:
            parse_duration(name)
        except ValueError as error:
            raise ProfileFormatError(f"noise: the window {name[:_SHOWN]!r} is no duration: {error}") from None
        found[name] = _component(windows, name, is_ordered=is_ordered)
    return found


def _component(windows: Fields, name: str, *, is_ordered: bool) -> ComponentNoise:
    values = windows.items(name, 4)
    is_good = (
        len(values) == 4
        and type(values[0]) is int
        and LEAST_BLOCKS <= values[0] <= _LARGEST_BLOCKS
        and all(is_number(value) and value >= 0 for value in values[3:])
        and all((value is None) is not is_ordered for value in values[1:3])
        and all(value is None or (is_number(value) and value >= 0) for value in values[1:3])
    )
    if not is_good:
        windows.refuse(
            name,
            "[blocks, location, spread, omnibus], numbers of at least 0, null for location and spread of categories,",
        )
    blocks, location, spread, omnibus = values
    return ComponentNoise(
        blocks,
        None if location is None else float(location),
        None if spread is None else float(spread),
        float(omnibus),
    )
