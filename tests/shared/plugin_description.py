"""What is wrong with the plugin.json of a plugin of Grafana, and with sources that it is made of."""

import re

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-(app|panel)")
GRAFANA = ">=11.6.0"
PLACEHOLDERS = {"version": "%VERSION%", "updated": "%TODAY%"}
METRIC_NAME = re.compile(r"\bml(?:exporter)?_[a-z][a-z0-9_]*")
# A name of ours that is no metric: what tells React code apart from pure code, by what is imported.
REACT = re.compile(r"from '(?:react|react-dom|react-router-dom|@emotion/[a-z]+|@grafana/ui)(?:/[^']*)?'")
MAY_USE_REACT = re.compile(r"(components/.*|(panels/[a-z]+/)?module|pages/app)(\.test)?\.tsx?|components/.*")
UNSIGNED = re.compile(
    r"(?:GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS|allow_loading_unsigned_plugins)\s*[=:]\s*[\"']?([\w,-]*)"
)
SCAFFOLD = (
    ".config",
    ".cprc.json",
    ".nvmrc",
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".claude",
    "cypress",
    "playwright.config.ts",
)
"""What the official scaffold leaves in a folder."""


def description_faults(described, files, dashboards):
    """Return what is wrong with a plugin.json.

    Args:
        described: What it says.
        files: Paths beside it, relative to it.
        dashboards: Title, uid and revision of those that are bundled, by their path in the built plugin.
    """
    return [
        *_identity_faults(described),
        *_picture_faults(described.get("info", {}), files),
        *(
            fault
            for include in described.get("includes", ())
            for fault in _include_faults(include, described, dashboards)
        ),
        *_missing_includes(described, dashboards),
    ]


def _identity_faults(described):
    faults = []
    if not ID.fullmatch(described["id"]):
        faults.append(f"{described['id']} is no id of a plugin")
    elif not described["id"].endswith(f"-{described['type']}"):
        faults.append(f"{described['id']} does not end in its type, {described['type']}")
    info = described.get("info", {})
    faults += [
        f"info.{key} is not {wanted}, which the build fills in"
        for key, wanted in PLACEHOLDERS.items()
        if info.get(key) != wanted
    ]
    if described.get("dependencies", {}).get("grafanaDependency") != GRAFANA:
        faults.append(f"grafanaDependency is not {GRAFANA}")
    if not info.get("description") or not info.get("author", {}).get("name"):
        faults.append("no description or no author")
    return faults


def _picture_faults(info, files):
    wanted = [*info.get("logos", {}).values(), *(each["path"] for each in info.get("screenshots", ()))]
    faults = [f"{path} is not there" for path in wanted if path not in files]
    if not info.get("logos", {}).keys() >= {"small", "large"}:
        faults.append("no logo")
    if not info.get("screenshots"):
        faults.append("no screenshot")
    return faults


def _include_faults(include, described, dashboards):
    name = include["name"]
    if include["type"] == "dashboard":
        found = dashboards.get(include["path"])
        if found is None:
            return [f"{name}: {include['path']} is not there"]
        return [
            f"{name}: {key} is {include.get(asked)}, and of the dashboard {found[key]}"
            for asked, key in (("uid", "uid"), ("name", "title"))
            if include.get(asked) != found[key]
        ]
    if include["type"] == "page" and not include["path"].startswith(f"/a/{described['id']}/"):
        return [f"{name}: {include['path']} is not below /a/{described['id']}/"]
    return []


def _missing_includes(described, dashboards):
    if described["type"] != "app":
        return []
    included = {
        include["path"] for include in described.get("includes", ()) if include["type"] == "dashboard"
    }
    faults = [f"{path} is bundled and not included" for path in sorted(dashboards.keys() - included)]
    faults += [
        f"{path} has no revision: Grafana would never import it anew"
        for path, found in sorted(dashboards.items())
        if not isinstance(found["revision"], int) or found["revision"] < 1
    ]
    if sum(bool(include.get("defaultNav")) for include in described.get("includes", ())) != 1:
        faults.append("not exactly one page is the first one")
    return faults


def source_faults(path, text):
    """Return what is wrong with a source file; ``path`` is below src/."""
    faults = []
    if not path.endswith(".gen.ts") and (names := sorted(set(METRIC_NAME.findall(text)))):
        faults.append(f"names metrics itself: {', '.join(names)}")
    if REACT.search(text) and not MAY_USE_REACT.fullmatch(path):
        faults.append("uses React, which only components do")
    if path.startswith("data/") and "@grafana/scenes" in text:
        faults.append("uses scenes in pure code")
    return faults


def unsigned_faults(text, ids):
    """Return the lines that let Grafana load unsigned plugins and lack one of ``ids``."""
    return [found[0] for found in UNSIGNED.finditer(text) if not set(ids) <= set(found[1].split(","))]
