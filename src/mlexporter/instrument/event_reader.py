"""``EventReader``: what of one call, of its row and its answer, is sent in an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from mlexporter.instrument.capture import NO_RESULT, count_rows
from mlexporter.instrument.containers import Columns, Contents, Row, Rows, read_container, read_row
from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_values import REDACTED, FieldNames, Plain, PlainFields, plain
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
    """

    n_rows: int | None = None
    fields: Mapping[str, Plain] = {}
    n_left_out: int = 0
    id: Plain | None = None


class EventReader:
    """Reads calls of one model for events; a batch is read by its number of rows alone.

    Args:
        selection: What the user chose.
        reference: The profile, or None. With one, its features are sent and no other field.
        redaction: Tells what is kept back.
    """

    def __init__(self, selection: Selection, reference: Reference | None, redaction: Redaction) -> None:
        self._selection = selection
        self._has_list = bool(redaction)
        self._field_names = FieldNames(redaction)
        known = None if reference is None else reference.feature_names
        self._positions: Sequence[str] | None = selection.feature_names if known is None else known
        self._names = known if selection.feature_names is None else selection.feature_names
        outputs = () if reference is None else reference.outputs
        self._outputs = tuple(_name_of_output(output, outputs) for output in outputs)
        self._hides_output = tuple(
            redaction.hides(output.name) or redaction.hides(output.class_name) for output in outputs
        )
        self._output_reader = OutputReader(outputs, selection.prediction) if outputs else None
        self._choose = chosen_by(selection.prediction)
        names = {PREDICTION}
        if isinstance(selection.prediction, str):
            names.add(selection.prediction)
        if len({output.name for output in outputs}) == 1:
            names.add(outputs[0].name)
        self._hides_prediction = any(map(redaction.hides, names))
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
        try:
            contents = read_container(container, self._positions)
            found = found._replace(n_rows=count_rows(contents))
            if found.n_rows != 1:
                return found
            fields = PlainFields(self._field_names)
            self._add_row(fields, container, contents)
        except Exception:  # noqa: BLE001 - methods of a user's container can raise anything: it is unreadable
            return found
        return found._replace(fields=fields.sent, n_left_out=fields.n_left_out)

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
        found = self.read(container, row if isinstance(self._selection.id, str) else None)
        if number is None:
            return found
        return found._replace(id=REDACTED if self._hides_id else plain(number))

    def prediction(self, result: object, n_rows: int | None) -> Prediction:
        """Return what is sent of an answer, None where there is none; never raises an ``Exception``."""
        if result is NO_RESULT or result is None or n_rows not in {None, 1}:
            return None
        if self._hides_prediction:
            return REDACTED
        try:
            return self._prediction(result)
        except Exception:  # noqa: BLE001 - methods of a user's result can raise anything
            return plain(result)

    def _prediction(self, result: object) -> Prediction:
        if self._output_reader is not None:
            try:
                values = self._output_reader.read_one(result)
            except Exception:  # noqa: BLE001 - it does not fit the profile: it is sent as it is
                values = ()
            if len(values) == 1 and len(self._outputs) == 1:
                return plain(values[0])
            if values:
                kept = map(_kept_back, values, self._hides_output)
                return self._fields(zip(self._outputs, kept, strict=True))
        chosen = self._choose(result)
        if isinstance(chosen, list | tuple) and len(chosen) == 1 and declared_fields(chosen) is None:
            (chosen,) = chosen
        named = _named_values(chosen)
        if named is not None:
            return self._fields(named.items())
        return plain(_only_value(chosen))

    def _fields(self, pairs: Any) -> dict[str, Plain]:
        fields = PlainFields(self._field_names)
        fields.add_all(pairs)
        return fields.sent

    def _add_row(self, fields: PlainFields, container: object, contents: Contents) -> None:
        source, row = container, contents
        if isinstance(contents, Rows):
            source = contents.rows[0]
            row = read_row(source, self._positions)
        values: Mapping[Any, Any]
        if isinstance(row, Columns):
            values = {name: column[0] for name, column in row.columns.items() if len(column) == 1}
        elif isinstance(row, Row) and (self._names is not None or _tells_fields(source)):
            values = row.values
        else:
            return
        if self._names is not None:
            pairs = [(name, values[name]) for name in self._names if name in values]
        else:
            # The names of such fields are not features, as in a warm-up.
            pairs = [pair for pair in values.items() if pair[0] not in self._selection.allowed_keys]
        # What is on the list can be told by a name alone: where there are none, no value is sent.
        is_nameless = self._positions is None and (_is_nameless(source) or any(map(_is_number, values)))
        fields.add_all(pairs, hides_all=is_nameless and self._has_list)

    def _id(self, identified: object) -> Plain | None:
        chooser = self._selection.id
        if chooser is None or identified is None:
            return None
        if self._hides_id:
            return REDACTED
        try:
            return plain(_identity(identified, chooser) if isinstance(chooser, str) else identified)
        except Exception:  # noqa: BLE001 - methods of a user's container can raise anything
            return None


def _identity(container: object, key: str) -> object:
    """Return the field ``key``; where the parameter of this name is the row, that of the row."""
    found = _field(container, key)
    is_row = isinstance(found, Mapping) or declared_fields(found) is not None
    return _field(found, key) if is_row else found


def _field(container: object, key: str) -> object:
    if isinstance(container, Mapping):
        return container.get(key)
    return getattr(container, key, None)


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


def _tells_fields(container: object) -> bool:
    """Return whether a row says what its fields are; attributes of any other object may be anything."""
    return (
        isinstance(container, Mapping | Sequence)
        or declared_fields(container) is not None
        or hasattr(type(container), "__array__")
        or hasattr(type(container), "to_dict")
    )


def _is_nameless(container: object) -> bool:
    """Return whether the fields of a row are known by their positions alone."""
    if isinstance(container, Mapping) or declared_fields(container) is not None:
        return False
    is_series = hasattr(type(container), "to_dict") and hasattr(container, "index")
    is_frame = hasattr(container, "columns") or hasattr(container, "column_names")
    has_names = getattr(getattr(container, "dtype", None), "names", None) is not None
    return not (is_series or is_frame or has_names)


def _is_number(name: object) -> bool:
    return not isinstance(name, str) or name.isdecimal()


def _kept_back(value: object, is_hidden: bool) -> object:  # noqa: FBT001 - for map()
    return REDACTED if is_hidden else value


def _name_of_output(output: OutputReference, outputs: Sequence[OutputReference]) -> str:
    if not output.class_name:
        return output.name
    is_alone = len({each.name for each in outputs}) == 1
    return output.class_name if is_alone else f"{output.name}.{output.class_name}"
