"""Everything that is generated into the repository, and whether it is current."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mlexporter.errors import ConfigurationError
from mlexporter.generate.alertmanager import alertmanager_files
from mlexporter.generate.chart.chart_files import chart_files
from mlexporter.generate.configuration_reference import configuration_example, configuration_reference
from mlexporter.generate.configuration_schema import configuration_schema
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.json_text import json_text
from mlexporter.generate.metric_reference import metric_reference
from mlexporter.generate.plugin.plugin_files import plugin_files
from mlexporter.generate.rule_files import (
    engine_rule_files,
    fleet_rule_files,
    optional_rule_files,
    rule_files,
)
from mlexporter.generate.setting_reference import setting_reference

_LANDMARKS: Final = ("pyproject.toml", "src/mlexporter/catalogue.py")


def artefacts() -> Mapping[str, str]:
    """Return path below the root of the repository and content of each generated file."""
    files = (
        rule_files() | optional_rule_files() | engine_rule_files() | fleet_rule_files() | alertmanager_files()
    )
    return {
        **{f"alerts/{name}": content for name, content in files.items()},
        **{f"grafana/dashboards/{name}": content for name, content in dashboard_files().items()},
        **{f"helm/mlexporter/{name}": content for name, content in chart_files().items()},
        **{f"grafana/plugin/src/{name}": content for name, content in plugin_files().items()},
        "docs/examples/mlexporter.toml": configuration_example(),
        "docs/reference/configuration.md": configuration_reference(),
        "docs/reference/configuration.schema.json": json_text(configuration_schema()),
        "docs/reference/metrics.md": metric_reference(),
        "docs/reference/settings.md": setting_reference(),
    }


def generate(root: Path, *, check: bool, others: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Write what is generated, or only look.

    Args:
        root: The root of the repository.
        check: True writes nothing.
        others: More files, as of ``artefacts``: those made of what stands above this package.

    Returns:
        Paths below ``root`` of the files that were not current, sorted.

    Raises:
        ConfigurationError: ``root`` is not the root of mlexporter's repository.
        OSError: a file cannot be written.
    """
    missing = [landmark for landmark in _LANDMARKS if not (root / landmark).is_file()]
    if missing:
        raise ConfigurationError(
            f"root={str(root)!r} is not the repository of mlexporter: it has no {missing[0]}. "
            "Change into its root, or name it with --root"
        )
    stale = []
    for name, content in sorted({**artefacts(), **others}.items()):
        path = root / name
        if path.is_file() and path.read_bytes() == content.encode():
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
    return stale
