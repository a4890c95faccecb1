"""The public face of a profile: fit it, save it, load it.

Each method imports its own half: a server loads profiles, and never fits one at its start.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final, Unpack

from mlexporter import records
from mlexporter.profile.options import FitOptions, Progress

LIMIT_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class Profile:
    """What a model was trained on: bins, counts and thresholds, never a row.

    >>> frame = {"age": [20, 30, 40] * 40, "score": [0.1, 0.5, 0.9] * 40}
    >>> profile = Profile.fit(frame, model="churn", version="1", prediction="score")
    >>> profile.reference.feature_names
    ('age',)
    >>> Profile.from_json(profile.to_json()) == profile
    True

    Attributes:
        reference: The content, frozen.
    """

    reference: records.Reference

    def __repr__(self) -> str:
        """Return one line; the content is long."""
        known = self.reference
        return (
            f"Profile(model={known.model_name!r}, version={known.model_version!r}, rows={known.row_count}, "
            f"features={len(known.features)}, outputs={len(known.outputs)})"
        )

    @classmethod
    def fit(cls, frame: Any, **options: Unpack[FitOptions]) -> Profile:
        """Learn a profile from rows in memory.

        Args:
            frame: A DataFrame (pandas, polars), an Arrow table, a structured array, a dict of
                columns, a list of dicts, or a 2-D array with ``features`` naming its columns.
            options: See ``FitOptions``; ``model`` and ``version`` are needed.

        Raises:
            ConfigurationError: an argument can never work.
            FitError: the rows cannot make a profile; names the column and the way out.
        """
        from mlexporter.profile.fitting import learn_reference  # noqa: PLC0415 - loaded when it is used
        from mlexporter.profile.sources import FrameSource  # noqa: PLC0415 - loaded when it is used

        names = options.get("features")
        return cls(learn_reference(FrameSource(frame, None if names is None else list(names)), options))

    @classmethod
    def fit_file(
        cls, path: str | os.PathLike[str], *, progress: Progress | None = None, **options: Unpack[FitOptions]
    ) -> Profile:
        """Learn a profile from a CSV or Parquet file, which may be larger than memory.

        Counts are exact; edges and quantiles come from all rows of a file of up to 500,000 rows
        (fewer where there are more than 64 columns), and from a seeded choice of that many rows
        of a larger one.

        Args:
            path: The file; its ending tells the format.
            progress: Called with the rows read and the rows to read in all passes together.
            options: See ``FitOptions``; ``model`` and ``version`` are needed.

        Raises:
            ConfigurationError: an argument can never work.
            FitError: the file cannot be read, or cannot make a profile.
        """
        from mlexporter.profile.fitting import learn_reference  # noqa: PLC0415 - loaded when it is used
        from mlexporter.profile.sources import FileSource  # noqa: PLC0415 - loaded when it is used

        return cls(learn_reference(FileSource(path, progress), options))

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, limit_bytes: int = LIMIT_BYTES) -> Profile:
        """Read a saved profile.

        Raises:
            ProfileMissingError: there is no such file, or it cannot be read.
            ProfileFormatError: it is not a profile, is truncated, or says something impossible.
            ProfileVersionError: a newer mlexporter wrote it.
        """
        from mlexporter.profile.reading import from_json, read_text  # noqa: PLC0415 - loaded when it is used

        return cls(from_json(read_text(path, limit_bytes), source=str(path)))

    @classmethod
    def from_json(cls, text: str) -> Profile:
        """Read a profile from the text of its file.

        Raises:
            ProfileFormatError: it is not a profile, is truncated, or says something impossible.
            ProfileVersionError: a newer mlexporter wrote it.
        """
        from mlexporter.profile.reading import from_json  # noqa: PLC0415 - loaded when it is used

        return cls(from_json(text, source="profile"))

    def to_json(self) -> str:
        """Return the text of the file; equal profiles give equal texts."""
        from mlexporter.profile.writing import to_json  # noqa: PLC0415 - loaded when it is used

        return to_json(self.reference)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the profile; a file that is there is replaced at once, never half.

        Raises:
            OSError: the directory is missing, full or not writable.
        """
        from mlexporter.profile.writing import write_text  # noqa: PLC0415 - loaded when it is used

        write_text(path, self.to_json())
