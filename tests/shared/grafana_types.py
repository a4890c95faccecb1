"""Dashboards as TypeScript: the compiler says what a version of Grafana does not know, by its own published types.

A dashboard is cut into pieces (itself, variables, annotations, panels, their options, fields and queries), and each
piece becomes one constant of its type. ``scripts/install-grafana-schema`` provides the types and the compiler.
"""

import bisect
import json
import re
import subprocess
from typing import NamedTuple

from mlexporter.generate.plugin.compare_panel import COMPARE_PANEL

VERSIONS = ("10.4", "11.6", "12.4", "13.2")
QUERY_VERSION = "10.4"
"""The last one whose package has the type of a query to Prometheus; the queries themselves did not change."""

# What Grafana publishes uses enums, whose members no JSON is. `Loose` takes their values instead. Options and
# custom fields that are left out have defaults, on every level: `Some`.
LOOSE = """
export type Loose<T> = T extends string ? (string extends T ? string : `${T}`)
  : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Loose<U>>
  : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;
export type Some<T> = T extends Array<unknown> ? T
  : T extends object ? { [K in keyof T]?: Some<T[K]> } : T;
"""
OPTIONS = {
    "noEmit": True, "strict": True, "skipLibCheck": True, "target": "es2022", "module": "esnext",
    "moduleResolution": "bundler", "types": [],
}  # fmt: skip
FOLDERS = {"annolist": "annotationslist", "dashlist": "dashboardlist"}
"""Where the types of a panel are, if not below its own name without hyphens."""
UNTYPED_PANELS = frozenset({"alertlist", COMPARE_PANEL})
"""Panels whose options Grafana publishes no type of; those of our own panel are looked at by ``compare_panels.py``."""

FIELDLESS_PANELS = frozenset({"bargauge", "gauge", "stat", "text"})
"""Panels without custom fields."""
IMPORTED = (
    "AnnotationQuery",
    "Dashboard",
    "FieldConfig",
    "HideableFieldConfig",
    "Panel",
    "RowPanel",
    "VariableModel",
)

_ERROR = re.compile(r"(?P<file>[^()]+)\.ts\((?P<line>\d+),\d+\): error (?P<words>.*)")


class Deviation(NamedTuple):
    """What dashboards may have beyond a published type, and why that does no harm.

    Attributes:
        kind: The type.
        allowed: A type of TypeScript that is added to it.
        versions: Of Grafana.
        reason: Why.
    """

    kind: str
    allowed: str
    versions: tuple[str, ...]
    reason: str

    @property
    def keys(self):
        """The keys that it adds."""
        return re.findall(r"(\w+)\?:", self.allowed)


DEVIATIONS = (
    Deviation(
        "AnnotationQuery",
        "{ expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string;"
        " useValueForTime?: boolean }",
        VERSIONS,
        "the query of an annotation has the keys of its data source; Grafana writes those of Prometheus like this",
    ),
    Deviation(
        "VariableModel",
        "{ definition?: string }",
        VERSIONS,
        "what the list of variables shows of a query; Grafana writes it beside the query",
    ),
    Deviation(
        "stateTimeline.FieldConfig",
        "{ spanNulls?: boolean }",
        VERSIONS,
        "the panel has it, as the time series has, and has always had it: module.tsx, and not its published type",
    ),
    Deviation(
        "stateTimeline.FieldConfig",
        "{ axisWidth?: number }",
        ("10.4",),
        "room for long names, which later versions give; this one passes over it",
    ),
    Deviation(
        "PrometheusDataQuery",
        "{ interval?: string }",
        (QUERY_VERSION,),
        "the smallest step of one query; Grafana writes it, in the same words as that of a panel",
    ),
)
"""The only place where something is let through."""


class Piece(NamedTuple):
    """A part of a dashboard.

    Attributes:
        name: What it is called in messages.
        kind: Its type.
        value: Its JSON.
        is_partial: What is left out has a default, on every level.
        panels: The panel whose types it takes, if any.
    """

    name: str
    kind: str
    value: object
    is_partial: bool = False
    panels: frozenset = frozenset()


def pieces_of(dashboard, version):
    """Return the pieces of a dashboard for the types of one version of Grafana."""
    variables = dashboard.get("templating", {}).get("list", [])
    annotations = dashboard.get("annotations", {}).get("list", [])
    emptied = {
        key: dashboard[key] | {"list": []} for key in ("templating", "annotations") if key in dashboard
    }
    pieces = [Piece("dashboard", "Dashboard", dashboard | emptied | {"panels": []})]
    pieces += [Piece(f"variable {each['name']}", "VariableModel", each) for each in variables]
    pieces += [Piece(f"annotation {each['name']}", "AnnotationQuery", each) for each in annotations]
    for panel in dashboard.get("panels", []):
        pieces += _panel_pieces(panel, version)
    return pieces


def _panel_pieces(panel, version):
    name = f"panel {panel.get('id')} ({panel.get('title', '')})"
    if panel["type"] == "row":
        inner = [piece for each in panel.get("panels", []) for piece in _panel_pieces(each, version)]
        return [Piece(name, "RowPanel", panel | {"panels": []}), *inner]
    kind, fields = panel["type"], panel.get("fieldConfig", {})
    pieces = [Piece(name, "Panel", panel)]
    if kind not in UNTYPED_PANELS:
        pieces.append(_of_panel(f"{name}: options", kind, "Options", panel.get("options", {})))
    for key, value in fields.get("defaults", {}).get("custom", {}).items():
        pieces.append(_custom(f"{name}: custom", kind, {key: value}))
    for override in fields.get("overrides", []):
        for each in override["properties"]:
            called = f"{name}: override {override['matcher'].get('options')}: {each['id']}"
            pieces.append(_override(called, kind, each))
    if version == QUERY_VERSION:
        queries = panel.get("targets", [])
        pieces += [Piece(f"{name}: query {each['refId']}", "PrometheusDataQuery", each) for each in queries]
    return pieces


def _override(name, kind, each):
    """Return an override of one property, written as the field that it makes."""
    first, *path = each["id"].split(".")
    value = each.get("value")
    for key in reversed(path):
        value = {key: value}
    return (
        _custom(name, kind, value)
        if first == "custom"
        else Piece(name, "FieldConfig", {first: value}, is_partial=True)
    )


def _custom(name, kind, value):
    if kind in FIELDLESS_PANELS | UNTYPED_PANELS:
        return Piece(name, "HideableFieldConfig", value, is_partial=True)
    return _of_panel(name, kind, "FieldConfig", value)


def _of_panel(name, kind, exported, value):
    return Piece(name, f"{module_of(kind)}.{exported}", value, is_partial=True, panels=frozenset({kind}))


def module_of(kind):
    """Return the name by which the types of a panel are imported: ``stateTimeline`` of ``state-timeline``."""
    first, *rest = kind.split("-")
    return first + "".join(word.capitalize() for word in rest)


class Types:
    """The published types of one version of Grafana below ``folder`` (what the script prints)."""

    def __init__(self, folder, version, deviations=DEVIATIONS):
        self.version = version
        package = folder / "node_modules" / f"grafana-{version}" / "dist"
        # From 12 on, declarations have a folder of their own; those beside the code only point there.
        self._folder = next(each for each in (package / "types", package / "esm") if each.is_dir())
        self._compiler = folder / "node_modules" / ".bin" / "tsc"
        self._deviations = [each for each in deviations if version in each.versions]

    def faults(self, work, dashboards):
        """Return name to messages of ``dashboards`` (name to JSON), compiled as one program in the folder ``work``.

        Raises:
            RuntimeError: the compiler said something that is not about a dashboard.
        """
        starts = {name: self._write(work / f"{name}.ts", dashboard) for name, dashboard in dashboards.items()}
        (work / "loose.ts").write_text(LOOSE, encoding="utf-8")
        # The types of a panel import `@grafana/schema`, which is installed under other names: without this line
        # all that panels inherit would be `any`, and nothing about it would be wrong.
        paths = {"@grafana/schema": [str(self._folder / "index.d.ts")]}
        project = {"compilerOptions": OPTIONS | {"paths": paths}, "include": ["*.ts"]}
        (work / "tsconfig.json").write_text(json.dumps(project), encoding="utf-8")
        done = subprocess.run(
            [self._compiler, "--project", work / "tsconfig.json", "--pretty", "false"],
            capture_output=True, text=True, check=False, cwd=work,
        )  # fmt: skip
        found = {name: [] for name in dashboards}
        messages = None
        for line in done.stdout.splitlines():
            error = _ERROR.fullmatch(line)
            if (
                error is not None
                and error["file"] in starts
                and int(error["line"]) >= starts[error["file"]][0][0]
            ):
                messages = found[error["file"]]
                lines, names = starts[error["file"]]
                messages.append(f"{names[bisect.bisect(lines, int(error['line'])) - 1]}: {error['words']}")
            elif messages is not None and line.startswith(" "):
                messages[-1] += f"; {line.strip()}"
            else:
                raise RuntimeError(line)
        if bool(done.returncode) != any(found.values()):
            raise RuntimeError(done.stderr)
        return found

    def _write(self, path, dashboard):
        """Write a dashboard as TypeScript; return the first lines of its pieces, and their names."""
        pieces = pieces_of(dashboard, self.version)
        text = [f"import type {{ {', '.join(IMPORTED)} }} from '@grafana/schema';"]
        text += ["import type { Loose, Some } from './loose';"]
        for kind in sorted(set().union(*(piece.panels for piece in pieces))):
            text.append(f"import type * as {module_of(kind)} from '{self._panel_types(kind)}';")
        if self.version == QUERY_VERSION:
            declared = self._declared("prometheus", "dataquery")
            text.append(f"import type {{ PrometheusDataQuery }} from '{declared}';")
        lines, names = [], []
        for position, piece in enumerate(pieces):
            lines.append(len(text) + 1)
            names.append(piece.name)
            added = [each.allowed for each in self._deviations if each.kind == piece.kind]
            kind = " & ".join([f"Loose<{piece.kind}>", *added])
            kind = f"Some<{kind}>" if piece.is_partial else kind
            text += f"export const piece{position}: {kind} = {json.dumps(piece.value, indent=1)};".split("\n")
        path.write_text("\n".join([*text, ""]), encoding="utf-8")
        return lines, names

    def _panel_types(self, kind):
        return self._declared(FOLDERS.get(kind, kind.replace("-", "")), "panelcfg")

    def _declared(self, name, part):
        found = sorted((self._folder / "raw" / "composable" / name / part / "x").glob("*.d.ts"))
        if not found:
            raise RuntimeError(f"Grafana {self.version} publishes no {part} of {name!r}")
        return str(found[0]).removesuffix(".d.ts")
