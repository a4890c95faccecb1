"""Where training rows come from: a frame in memory, or a file of any size read twice in batches."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from mlexporter.errors import FitError
from mlexporter.profile.options import Progress, listed
from mlexporter.state.columns import Column, split_array, split_frame, split_rows

BATCH_ROWS: Final = 65_536
_PARQUET: Final = (".parquet", ".pq")
_CSV: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_PANDAS_INDEX: Final = re.compile(r"__index_level_\d+__")
"""What pandas calls an index without a name in Parquet files: row numbers of before a split, no feature."""

_NO_HEADER: Final = ("column0",)
"""What DuckDB calls the column of an empty file."""


class Source(Protocol):
    """Rows that can be read more than once, always in the same order."""

    @property
    def names(self) -> Sequence[str]:
        """The columns."""

    @property
    def row_count(self) -> int:
        """All rows."""

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Read the columns ``names`` from the first row to the last."""

    def plan(self, passes: int) -> None:
        """Say how many passes over all rows are still to come, so that progress tells the truth."""

    def plan_another(self) -> None:
        """Say that one pass more is to come than was planned."""


class FrameSource:
    """A frame in memory, as one batch.

    Args:
        frame: A DataFrame of pandas or polars, an Arrow table, a structured array, a mapping of
            columns, a list of rows, or an array of shape (n, k) with k ``names``.
        names: Names of the columns of a plain array.

    Raises:
        FitError: it is no frame, is empty, or two columns have one name.
    """

    def __init__(self, frame: Any, names: Sequence[str] | None = None) -> None:
        self._columns = _columns_of(frame, names)
        lengths = {len(column) for column in self._columns.values()}
        if not lengths or lengths == {0}:
            raise FitError("the training data has no rows; pass at least some hundred")
        self.names: Sequence[str] = tuple(self._columns)
        self.row_count = lengths.pop()

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Yield the whole frame."""
        yield {name: self._columns[name] for name in names}

    def plan(self, passes: int) -> None:
        """Do nothing: a frame in memory is read before anybody looks."""

    def plan_another(self) -> None:
        """Do nothing, likewise."""


def _columns_of(frame: Any, names: Sequence[str] | None) -> dict[str, Column]:
    try:
        if isinstance(frame, np.ndarray) and frame.dtype.names is None:
            if frame.ndim == 2 and names is not None:
                return split_array(frame, list(names))
            raise FitError(
                f"an array of shape {frame.shape} has no column names; pass features=[...] with a name for "
                "each column of a 2-D array, or a DataFrame or a dict of columns"
            )
        if isinstance(frame, list | tuple) and frame and all(isinstance(row, Mapping) for row in frame):
            return split_rows(frame)
        columns = split_frame(frame, with_vectors=True)
    except (ValueError, TypeError) as error:
        if isinstance(error, FitError):
            raise
        raise FitError(f"the training data: {error}") from None
    if columns is None:
        raise FitError(_not_a_frame(frame))
    return columns


def _not_a_frame(frame: Any) -> str:
    if isinstance(frame, list | tuple | Mapping) and not frame:
        return "the training data has no rows; pass at least some hundred"
    if isinstance(frame, Mapping):
        return "the columns of the training data are not equally long, or are no lists or arrays"
    return (
        f"training data of type {type(frame).__name__} is no frame; pass a DataFrame (pandas, polars), an Arrow "
        "table, a dict of columns or a list of dicts, or a file to Profile.fit_file"
    )


class FileSource:
    """A CSV or Parquet file, streamed by DuckDB as Arrow batches.

    Args:
        path: The file; its ending tells the format.
        progress: Told how far reading is.

    Raises:
        FitError: there is no such file, its format is unknown, or it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str], progress: Progress | None = None) -> None:
        self._path = Path(path)
        self._progress = progress
        self._done = 0
        self._planned = 0
        if not self._path.is_file():
            is_folder = self._path.is_dir()
            raise FitError(
                f"{self._path}: {'it is a folder; name one file' if is_folder else 'there is no such file'}"
            )
        name = self._path.name.lower()
        self._is_csv = name.endswith(_CSV)
        if not self._is_csv and not name.endswith(_PARQUET):
            raise FitError(f"{self._path}: the name has to end in one of {', '.join(_PARQUET + _CSV)}")
        self._connection = _connect()
        described = self._query(f"DESCRIBE SELECT * FROM {self._table}")  # noqa: S608 - one of two constants
        names = tuple(str(row[0]) for row in self._fetched(described))
        self.names: Sequence[str] = tuple(
            name for name in names if self._is_csv or not _PANDAS_INDEX.fullmatch(name)
        )
        self._refuse_equal_names()
        counted = self._query(f"SELECT count(*) FROM {self._table}")  # noqa: S608 - one of two constants
        self.row_count = int(self._fetched(counted)[0][0])
        if self.row_count == 0:
            raise self._without_rows(names)

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Stream the columns ``names``; memory holds one batch. No names, no batches."""
        if not names:
            return
        chosen = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        query = f"SELECT {chosen} FROM {self._table}"  # noqa: S608 - names are quoted
        relation = self._query(query)
        # DuckDB 1 has the reader under another name.
        read = (
            relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_arrow_reader
        )
        reader = read(BATCH_ROWS)
        while (batch := self._next(reader)) is not None:
            yield split_frame(batch.rename_columns(list(names))) or {}
            self._done += batch.num_rows
            self._show()

    def plan(self, passes: int) -> None:
        """Say how many passes are still to come; what was read counts as it is."""
        self._planned = self._done + passes * self.row_count
        self._show()

    def plan_another(self) -> None:
        """Say that one pass more is to come than was planned."""
        self._planned += self.row_count
        self._show()

    def _show(self) -> None:
        if self._progress is not None:
            self._progress(self._done, max(self._done, self._planned))

    @property
    def _file(self) -> str:
        return "'" + str(self._path).replace("'", "''") + "'"

    @property
    def _table(self) -> str:
        return f"read_csv({self._file}, sample_size = -1)" if self._is_csv else f"read_parquet({self._file})"

    def _query(self, query: str) -> Any:
        import duckdb  # noqa: PLC0415 - only fitting needs it

        try:
            # A relation streams; a result of execute() would hold a second copy of all rows.
            return self._connection.sql(query)
        except duckdb.Error as error:
            raise self._unreadable(error) from None

    def _fetched(self, relation: Any) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415 - only fitting needs it

        try:
            rows: list[tuple[Any, ...]] = relation.fetchall()
        except duckdb.Error as error:
            raise self._unreadable(error) from None
        return rows

    def _next(self, reader: Any) -> Any:
        try:
            return reader.read_next_batch()
        except StopIteration:
            return None
        except Exception as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> FitError:
        first_line = str(error).partition("\n")[0][:500]
        return FitError(f"{self._path}: it cannot be read: {first_line}")

    def _without_rows(self, names: tuple[str, ...]) -> FitError:
        if self._is_csv and names == _NO_HEADER:
            return FitError(f"{self._path}: there are no rows and no names of columns in it; write it again")
        return FitError(
            f"{self._path}: there are no rows in it, only the columns {listed(names)}; write it again with rows"
        )

    def _refuse_equal_names(self) -> None:
        written = self._written_names()
        for name in written:
            if written.count(name) > 1:
                raise FitError(
                    f"{self._path}: two columns are called {name!r}; rename one of {listed(written)}"
                )

    def _written_names(self) -> list[str]:
        """Return the names as they stand in the file: DuckDB renames the second of two equal ones."""
        if not self._is_csv:
            import pyarrow.parquet as pq  # noqa: PLC0415 - only fitting needs it

            return list(pq.read_schema(self._path).names)
        sniffed = self._query(
            f"SELECT HasHeader, Delimiter, Quote FROM sniff_csv({self._file}, sample_size = -1)"  # noqa: S608 - the path is quoted
        )
        has_header, delimiter, quote = self._fetched(sniffed)[0]
        if not has_header:
            return list(self.names)
        separator = str(delimiter).replace("'", "''")
        mark = str(quote).replace("'", "''") if len(str(quote)) == 1 else '"'  # "(empty)": none was seen
        first = self._query(
            f"SELECT * FROM read_csv({self._file}, header = false, all_varchar = true, auto_detect = false, "  # noqa: S608 - all parts are quoted
            f"delim = '{separator}', quote = '{mark}', null_padding = true, parallel = false, "  # a name may have lines
            f"columns = {self._header_columns}) LIMIT 1"
        )
        return [str(name) for row in self._fetched(first) for name in row if name is not None]

    @property
    def _header_columns(self) -> str:
        return "{" + ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(self.names))) + "}"


def _connect() -> Any:
    try:
        import duckdb  # noqa: PLC0415 - only fitting needs it
        import pyarrow  # noqa: F401, ICN001, PLC0415 - DuckDB hands over Arrow batches
    except ImportError as error:
        raise FitError(
            f"reading files needs {error.name}, which is not installed: pip install 'mlexporter[profile]'"
        ) from None
    return duckdb.connect()
