"""Read a profile's file without trusting a byte of it: every error names field, value, way out."""

from __future__ import annotations

import json
import os
import stat
from typing import Any, Final, NoReturn

from mlexporter.errors import ProfileFormatError, ProfileMissingError, ProfileVersionError
from mlexporter.profile.fields import Fields
from mlexporter.profile.identity import fingerprint
from mlexporter.profile.options import MAXIMUM_FEATURES
from mlexporter.profile.reading_bins import read_feature, read_output
from mlexporter.profile.sections import NAMES, section
from mlexporter.profile.writing import FORMAT, SCHEMA_VERSION, identified
from mlexporter.records import FeatureReference, Lineage, OutputReference, Reference

MAXIMUM_OUTPUTS: Final = 1_000
_LONGEST_NUMBER: Final = 40

WAY_OUT: Final = "fit the profile again (mlexporter profile) or restore the file"


def read_text(path: str | os.PathLike[str], limit_bytes: int) -> str:
    """Return the text of the file at ``path``, which may be at most ``limit_bytes`` long.

    Raises:
        ProfileMissingError: it is not there, no regular file, or not readable.
        ProfileFormatError: it is too long, or no text.
    """
    # Without pathlib, whose import is longer than the reading: servers do this at their start.
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a pipe would block, a device never end
            raise ProfileMissingError(
                f"{path}: it is no regular file; give the path of a profile, such as model.profile.json"
            )
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to load
            content = file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise ProfileMissingError(
            f"{path}: the profile cannot be read: {reason}; check the path, or make one with mlexporter profile"
        ) from None
    if len(content) > limit_bytes:
        raise ProfileFormatError(
            f"{path}: it is longer than {limit_bytes:,} bytes (profile_limit_bytes); is it a profile?"
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ProfileFormatError(
            f"{path}: byte {error.start} is no UTF-8, so it is no profile; {WAY_OUT}"
        ) from None


def from_json(text: str, *, source: str) -> Reference:
    """Return the reference that ``text`` describes.

    Args:
        text: The content of a file.
        source: What messages call it.

    Raises:
        ProfileFormatError: it is not a profile, is truncated, or says something impossible.
        ProfileVersionError: a newer mlexporter wrote it.
    """
    try:
        return _read_document(_parse(text))
    except RecursionError:
        raise ProfileFormatError(f"{source}: it is nested too deeply to be a profile; {WAY_OUT}") from None
    except (ProfileFormatError, ProfileVersionError) as error:
        raise type(error)(f"{source}: {error}") from None


def _parse(text: str) -> object:
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_parse_int,
            parse_float=_parse_float,
            object_pairs_hook=_parse_object,
        )
    except json.JSONDecodeError as error:
        start = (
            "empty"
            if not text.strip()
            else f"no JSON from line {error.lineno}, column {error.colno} on ({error.msg})"
        )
        raise ProfileFormatError(f"it is {start}, perhaps truncated; {WAY_OUT}") from None


def _refuse_constant(text: str) -> NoReturn:
    raise ProfileFormatError(f"{text} is no number of a profile; {WAY_OUT}")


def _parse_int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ProfileFormatError(f"a whole number of {len(text)} digits is in no profile; {WAY_OUT}")
    return int(text)


def _parse_float(text: str) -> float:
    if len(text) > _LONGEST_NUMBER:
        raise ProfileFormatError(f"a number of {len(text)} characters is in no profile; {WAY_OUT}")
    return float(text)


def _parse_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProfileFormatError(f"the field {twice[:60]!r} stands twice in one object; {WAY_OUT}")
    return content


def _read_document(document: object) -> Reference:
    fields = Fields(document, "")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProfileFormatError(f'"format": "{FORMAT}" is missing, so it is no profile; {WAY_OUT}')
    version = fields.whole("schema_version", minimum=1)
    if version > SCHEMA_VERSION:
        raise ProfileVersionError(
            f"schema_version {version} is newer than {SCHEMA_VERSION}, the newest that this mlexporter reads; "
            "upgrade mlexporter, or fit the profile with this version"
        )
    fields.take("format")
    row_count = fields.whole("row_count", minimum=1)
    expose_names = fields.boolean("expose_names")
    features = tuple(
        read_feature(item, row_count, expose_names=expose_names)
        for item in fields.objects("features", MAXIMUM_FEATURES)
    )
    outputs = tuple(
        read_output(item, row_count, expose_names=expose_names)
        for item in fields.objects("outputs", MAXIMUM_OUTPUTS)
    )
    _refuse_twins(features, outputs)
    written = fields.text("fingerprint")
    fields.text("profile_id")
    reference = Reference(
        model_name=fields.name("model_name"),
        model_version=fields.name("model_version"),
        features=features,
        outputs=outputs,
        fingerprint="",
        profile_id="",
        row_count=row_count,
        created_timestamp=fields.number("created_timestamp"),
        lineage=_read_lineage(fields.object("lineage")),
        time_zone=fields.name("time_zone"),
        decision_threshold=fields.optional_number("decision_threshold"),
        expose_names=expose_names,
        skipped=fields.texts_by_name("skipped", MAXIMUM_FEATURES),
    )
    for name in NAMES:
        if fields.has(name):
            content = fields.object(name)
            reference = section(name).from_json(content, reference)
            content.refuse_others()
    fields.refuse_others()
    _check_fingerprint(written, reference)
    return identified(reference)  # what was edited by hand counts, not the identity that was written


def _check_fingerprint(written: str, reference: Reference) -> None:
    computed = fingerprint(reference)
    if written != computed:
        raise ProfileFormatError(
            f"fingerprint {written[:40]!r} does not fit the bins, whose fingerprint is {computed!r}: names, edges or "
            f"categories were edited by hand; {WAY_OUT}"
        )


def _refuse_twins(features: tuple[FeatureReference, ...], outputs: tuple[OutputReference, ...]) -> None:
    seen: set[object] = set()
    for subject, key in [
        *(("features", (feature.name,)) for feature in features),
        *(("outputs", (output.name, output.class_name)) for output in outputs),
    ]:
        if (subject, key) in seen:
            raise ProfileFormatError(f"{subject}: {key[0]!r} stands there twice; {WAY_OUT}")
        seen.add((subject, key))


def _read_lineage(fields: Fields) -> Lineage:
    lineage = Lineage(
        dataset=fields.text("dataset"),
        run_id=fields.text("run_id"),
        commit=fields.text("commit"),
        framework=fields.text("framework"),
    )
    fields.refuse_others()
    return lineage
