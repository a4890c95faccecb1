"""What an evaluation without a server is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlexporter.errors import ConfigurationError, FitError
from mlexporter.profile.options import OUTPUT_NAME, listed
from mlexporter.profile.sources import Source
from mlexporter.records import OutputReference, Reference
from mlexporter.settings import parse_duration


@dataclass(frozen=True)
class OfflineOptions:
    """How rows of a file are read and judged.

    Attributes:
        outputs: Output of the profile to the column that holds it; a class score by the name of its class.
        timestamp: Column of the times of the rows; empty where there is none.
        window: The window that the rows stand for, a Prometheus duration: noise learned for it is used.
        every: Length of the periods that are looked at one by one, a Prometheus duration; empty for none.
        required_observations: Rows that a feature needs before it has scores.
        measures: ``default`` or ``all``.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    timestamp: str = ""
    window: str = "24h"
    every: str = ""
    required_observations: int = 100
    measures: str = "default"

    def check(self, reference: Reference, source: Source) -> None:
        """Check what can be checked before a row is read.

        Raises:
            ConfigurationError: a duration is none, or periods are asked for without times.
            FitError: a column is not there.
        """
        for name, text in (("window", self.window), ("every", self.every)):
            if text or name == "window":
                _check_duration(name, text)
        if self.every and not self.timestamp:
            raise ConfigurationError(
                f"every={self.every!r}: periods are told by the times of the rows; name their column with timestamp="
            )
        wanted = [*self.outputs.values(), *([self.timestamp] if self.timestamp else [])]
        for column in wanted:
            if column not in source.names:
                raise FitError(f"there is no column {column!r}; the columns are: {listed(source.names)}")
        unknown = [name for name in self.outputs if name not in {*map(output_title, reference.outputs)}]
        if unknown:
            known = ", ".join(map(output_title, reference.outputs)) or "none"
            raise ConfigurationError(
                f"outputs: the profile has no output {unknown[0]!r}; its outputs are: {known}"
            )

    def column_of(self, output: OutputReference, source: Source) -> str | None:
        """Return the column of an output, or None where the rows do not have it."""
        title = output_title(output)
        column = self.outputs.get(title, title)
        return column if column in source.names else None


def output_title(output: OutputReference) -> str:
    """Return what an output is called where columns are named: its class, else its name."""
    return output.class_name or output.name or OUTPUT_NAME


def _check_duration(name: str, text: str) -> None:
    try:
        parse_duration(text)
    except ValueError as error:
        raise ConfigurationError(f"{name}={text!r}: {error}") from None
