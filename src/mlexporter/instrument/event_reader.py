"""``EventReader``: what of one call, of its row and its answer, is sent in an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from mlexporter.instrument.capture import NO_RESULT
from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_rows import EventRow, EventRows, value_of
from mlexporter.instrument.event_values import (
    REDACTED,
    FieldNames,
    Plain,
    PlainFields,
    kind_of,
    plain,
    plain_value,
)
from mlexporter.instrument.outputs import OutputReader, chosen_by
from mlexporter.instrument.scalars import declared_fields
from mlexporter.instrument.selection import Selection

if TYPE_CHECKING:
    from mlexporter.records import OutputReference, Reference

PREDICTION: Final = "prediction"
ID: Final = "id"
Prediction: TypeAlias = "Plain | dict[str, Plain] | None"


class Features(NamedTuple):
    """What was read of a row.

    Attributes:
        n_rows: Rows of the call; None where nobody knows.
        fields: Values by name; empty for a batch.
        n_left_out: Features of it that are not sent.
        id: Identifies the prediction.
        is_named: Whether the fields are known by names, so that a list can tell what they are.
    """

    n_rows: int | None = None
    fields: Mapping[str, Plain] = {}
    n_left_out: int = 0
    id: Plain | None = None
    is_named: bool = False


class EventReader:
    """Reads calls of one model for events; a batch is read by its number of rows alone.

    Args:
        selection: What the user chose.
        reference: The profile, or None. With one, its features are sent and no other field.
        redaction: Tells what is kept back.
    """

    def __init__(self, selection: Selection, reference: Reference | None, redaction: Redaction) -> None:
        self._chooses_id = selection.id
        self._has_list = bool(redaction)
        known = None if reference is None else reference.feature_names
        names = known if selection.feature_names is None else selection.feature_names
        self._labels = FieldNames(redaction)
        self._chosen_names = FieldNames(redaction, are_chosen=True)
        self._feature_names = self._labels if names is None else self._chosen_names
        # Those keys are not features, as in a warm-up.
        self._rows = EventRows(
            names, selection.feature_names if known is None else known, skipped=selection.allowed_keys,
            hides=self._feature_names.hides,
        )  # fmt: skip
        outputs = () if reference is None else reference.outputs
        self._outputs = tuple(_name_of_output(output, outputs) for output in outputs)
        self._hides_output = tuple(
            redaction.hides(output.name) or redaction.hides(output.class_name) for output in outputs
        )
        self._output_reader = OutputReader(outputs, None) if outputs else None
        self._choose = chosen_by(selection.prediction)
        names_of_answer = {PREDICTION}
        if isinstance(selection.prediction, str):
            names_of_answer.add(selection.prediction)
        if len({output.name for output in outputs}) == 1:
            names_of_answer.add(outputs[0].name)
        self._hides_prediction = any(map(redaction.hides, names_of_answer))
        self._hides_id = redaction.hides(ID) or (
            isinstance(selection.id, str) and redaction.hides(selection.id)
        )

    def read(self, container: object, identified: object) -> Features:
        """Return copies of what is sent of a row; never raises an ``Exception``.

        Args:
            container: What the features are in.
            identified: What the ``id`` is in, or the id itself where a callable of the user gave it.
        """
        found = self.read_id(identified)
        fields = PlainFields(self._feature_names)
        try:
            row = self._rows.read(container)
            if row.n_rows == 1:
                hides_all = self._has_list and not row.is_named
                fields.add_all(row.labels, row.width, row.take, hides_all=hides_all)
        except Exception:  # noqa: BLE001 - methods of a user's container can raise anything: it is unreadable
            return found
        return found._replace(
            n_rows=row.n_rows,
            fields=fields.sent,
            n_left_out=fields.n_left_out,
            is_named=row.is_named and fields.are_named,
        )

    def read_id(self, identified: object) -> Features:
        """Return what is sent of a call whose features nobody knows."""
        return Features(id=self._id(identified))

    def read_recorded(self, container: object, row: object, number: object) -> Features:
        """Return what is sent of a call that was recorded by hand.

        Args:
            container: What the features are in.
            row: What the caller gave; a field of it may be the id.
            number: The id, or None.
        """
        found = self.read(container, row if isinstance(self._chooses_id, str) else None)
        if number is None:
            return found
        return found._replace(id=REDACTED if self._hides_id else plain_value(number)[1])

    def prediction(self, result: object, features: Features) -> Prediction:
        """Return what is sent of an answer, None where there is none; never raises an ``Exception``.

        Args:
            result: The answer.
            features: What was read of the row. Where there is a list and the row has no names, what
                the answer says may be what the row said: then it is told by its kind, but for numbers.
        """
        if result is NO_RESULT or result is None or features.n_rows not in {None, 1}:
            return None
        if self._hides_prediction:
            return REDACTED
        try:
            found = self._prediction(self._choose(result))
        except Exception:  # noqa: BLE001 - methods of a user's result can raise anything
            found = plain(result)
        is_told = features.is_named or not self._has_list or not isinstance(found, str | dict)
        return found if is_told else kind_of(result)

    def _prediction(self, chosen: Any) -> Prediction:
        only = chosen
        if isinstance(chosen, list | tuple) and len(chosen) == 1 and declared_fields(chosen) is None:
            (only,) = chosen
        if hasattr(type(only), "__array__") and self._chosen_names.hides(getattr(only, "name", None)):
            return REDACTED
        told = self._of_series(only) if _is_series(only) else None
        if told is not None:
            return told
        if self._output_reader is not None:
            try:
                values = self._output_reader.read_one(chosen)
            except Exception:  # noqa: BLE001 - it does not fit the profile: it is sent as it is
                values = ()
            if len(values) == 1 and len(self._outputs) == 1:
                return plain(values[0])
            if values:
                kept = dict(zip(self._outputs, map(_kept_back, values, self._hides_output), strict=True))
                return self._fields(self._chosen_names, _row_of(kept))
        named = _named_values(only)
        return plain(_only_value(only)) if named is None else self._fields(self._labels, _row_of(named))

    def _of_series(self, series: Any) -> Prediction:
        """Return what is sent of a Series by its labels; None where these are no names and not on the list."""
        row = EventRows(None).read(series)
        labels = list(row.labels)
        are_names = self._output_reader is None and all(issubclass(type(label), str) for label in labels)
        if not are_names and not any(map(self._chosen_names.hides, labels)):
            return None
        return self._fields(self._labels, row._replace(labels=labels))

    def _fields(self, names: FieldNames, row: EventRow) -> dict[str, Plain]:
        fields = PlainFields(names)
        fields.add_all(row.labels, row.width, row.take)
        return fields.sent

    def _id(self, identified: object) -> Plain | None:
        chooser = self._chooses_id
        if chooser is None or identified is None:
            return None
        if self._hides_id:
            return REDACTED
        try:
            return plain_value(_identity(identified, chooser) if isinstance(chooser, str) else identified)[1]
        except Exception:  # noqa: BLE001 - methods of a user's container can raise anything
            return None


def _identity(container: object, key: str) -> object:
    """Return the field ``key``; where the parameter of this name is the row, that of the row."""
    found = value_of(container, key)
    return found if plain_value(found)[0] else value_of(found, key)


def _row_of(named: Mapping[Any, object]) -> EventRow:
    return EventRow(1, named, len(named), named.__getitem__)


def _is_series(thing: Any) -> bool:
    return hasattr(type(thing), "to_dict") and hasattr(thing, "index") and not hasattr(thing, "columns")


def _named_values(thing: object) -> Mapping[Any, Any] | None:
    if isinstance(thing, Mapping):
        return thing
    fields = declared_fields(thing)
    return None if fields is None else {name: getattr(thing, name) for name in fields}


def _only_value(thing: Any) -> object:
    """Return the value that an array or a list of one value holds, else ``thing``."""
    if hasattr(type(thing), "__array__") and getattr(thing, "size", 0) == 1 and hasattr(thing, "item"):
        return thing.item()
    return thing[0] if isinstance(thing, list | tuple) and len(thing) == 1 else thing


def _kept_back(value: object, is_hidden: bool) -> object:  # noqa: FBT001 - for map()
    return REDACTED if is_hidden else value


def _name_of_output(output: OutputReference, outputs: Sequence[OutputReference]) -> str:
    if not output.class_name:
        return output.name
    is_alone = len({each.name for each in outputs}) == 1
    return output.class_name if is_alone else f"{output.name}.{output.class_name}"
