"""Which model a set of counters belongs to."""

from __future__ import annotations

from typing import NamedTuple


class ModelKey(NamedTuple):
    """What a set of counters belongs to; ``variant`` is ``primary``, ``shadow`` or ``canary``."""

    name: str
    version: str
    variant: str = "primary"

    @property
    def label_values(self) -> tuple[str, str, str]:
        """The values of ``catalogue.MODEL_LABELS``."""
        return (self.name, self.version, self.variant)
