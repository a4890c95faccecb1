"""What a user may change about the dashboards without editing them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from mlexporter.errors import ConfigurationError
from mlexporter.generate.options import RuleOptions

LONGEST_UID: Final = 40
"""Characters; Grafana refuses longer ones."""

TAG: Final = "mlexporter"
KINDS: Final = ("fleet", "model", "feature", "data-quality", "serving", "versions", "exporter-health")
"""Every dashboard, from the general to the specific."""

COMPARE: Final = "compare"
"""The dashboard that ships in the plugin only: it has a panel of it. It links to the others, and they not to it."""

_UIDS: Final = {"exporter-health": "exporter"}
_ANNOTATION_NAME: Final = re.compile(r"[\w ().,:/-]{1,60}")


@dataclass(frozen=True, slots=True)
class DashboardOptions:
    """Parameters of all dashboards; the defaults are those of the files in ``grafana/dashboards/``.

    Attributes:
        model: The only model that they are about; empty lets the reader choose among all.
        datasource: Uid or name of the data source that they open with; empty takes Grafana's default.
        selector: Matchers put on every scraped series, such as ``cluster="eu"``.
        time_from: Beginning of the time range that they open with, such as ``now-24h``; it ends now.
        window: The window of drift that they open with.
        annotations: Marks of the user's own: name to a PromQL query whose series are drawn where they have samples.
    """

    model: str = ""
    datasource: str = ""
    selector: str = ""
    time_from: str = "now-24h"
    window: str = "24h"
    annotations: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        if not re.fullmatch(r"now-\d+[smhdwMy]", self.time_from):
            raise ConfigurationError(f"time_from={self.time_from!r}: say it as now-24h or now-9M")
        if not re.fullmatch(r"(\d+[smhdwy])+", self.window):
            raise ConfigurationError(f"window={self.window!r}: say it as 1h, 24h or 7d")
        names = [name for name, _ in self.annotations]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ConfigurationError(
                f"annotation={min(twice)!r} is given twice: Grafana shows one mark of a name; give each its own"
            )
        for name, query in self.annotations:
            if not _ANNOTATION_NAME.fullmatch(name) or not query.strip():
                raise ConfigurationError(
                    f"annotation={name + '=' + query!r}: a name of plain letters and a query are needed, such as "
                    "'Releases=changes(build_number[5m]) > 0'"
                )

    @property
    def rules(self) -> RuleOptions:
        """The options by which selectors are written."""
        return RuleOptions(selector=self.selector)

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of each dashboard; by the last one they link to each other."""
        return (TAG, f"{TAG}-{_slug(self.model)}") if self.model else (TAG,)

    def uid(self, kind: str) -> str:
        """Return the uid of a dashboard, by which the others link to it.

        Raises:
            ConfigurationError: there is no such dashboard.
        """
        if kind not in (*KINDS, COMPARE):
            raise ConfigurationError(f"dashboard={kind!r} is none of {', '.join(KINDS)}")
        base = f"{TAG}-{_UIDS.get(kind, kind)}"
        return f"{base}-{_slug(self.model)}"[:LONGEST_UID] if self.model else base

    def title(self, kind: str) -> str:
        """Return the title of a dashboard."""
        names = {"serving": "Serving and resources"}
        name = names.get(kind, kind.replace("-", " ").capitalize())
        return f"ML / {name}" + (f" / {self.model}" if self.model else "")


def _slug(model: str) -> str:
    """Return a short name that no other model has, and that an address can hold."""
    readable = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")[:8].strip("-")
    digest = hashlib.sha256(model.encode()).hexdigest()[:6]
    return f"{readable}-{digest}" if readable else digest
