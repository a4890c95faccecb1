"""The description of the Grafana plugin agrees with what is there, and its sources keep to their places."""

import json
import subprocess

import pytest

from plugin_description import SCAFFOLD, description_faults, source_faults, unsigned_faults

APP, PANEL = "mlexporter-app", "mlexporter-compare-panel"
PLUGIN = "grafana/plugin"


@pytest.fixture(scope="module")
def kept(root):
    """The paths of all files that are or will be in the repository, without those that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [path for path in listed if (root / path).is_file()]


@pytest.fixture(scope="module")
def sources(root, kept):
    """The texts of the plugin's sources, by path below src/."""
    below = f"{PLUGIN}/src/"
    return {
        path.removeprefix(below): (root / path).read_text(encoding="utf-8")
        for path in kept
        if path.startswith(below) and path.endswith((".ts", ".tsx"))
    }


@pytest.fixture(scope="module")
def dashboards(root, kept):
    """What the build bundles, by its path in the built plugin."""
    found = {}
    for path in kept:
        if path.startswith(("grafana/dashboards/", f"{PLUGIN}/src/dashboards/")) and path.endswith(".json"):
            read = json.loads((root / path).read_text(encoding="utf-8"))
            found[f"dashboards/{path.rpartition('/')[2]}"] = {
                key: read.get(key) for key in ("uid", "title", "revision")
            }
    return found


@pytest.mark.parametrize(("folder", "name"), [("src", APP), ("src/panels/compare", PANEL)])
def test_a_description_agrees_with_what_is_there(root, kept, dashboards, folder, name):
    """Ids, pictures, pages, and the dashboards by path, uid and title."""
    place = f"{PLUGIN}/{folder}/"
    described = json.loads((root / place / "plugin.json").read_text(encoding="utf-8"))
    files = {path.removeprefix(place) for path in kept if path.startswith(place)}
    assert described["id"] == name
    assert description_faults(described, files, dashboards if name == APP else {}) == []


def test_the_texts_that_a_plugin_has_are_there(root):
    """Grafana shows README and CHANGELOG; the licence is the repository's."""
    for path in (f"{PLUGIN}/src/README.md", f"{PLUGIN}/CHANGELOG.md", "LICENSE"):
        assert (root / path).read_text(encoding="utf-8").strip(), path


def test_both_ids_are_in_every_list_of_unsigned_plugins(root, kept):
    """An unsigned plugin within another one is loaded only if it is named too."""
    documents = [path for path in kept if path.endswith((".md", ".yml", ".yaml", ".ini"))]
    texts = {path: (root / path).read_text(encoding="utf-8") for path in documents}
    assert {
        path: faults for path, text in texts.items() if (faults := unsigned_faults(text, (APP, PANEL)))
    } == {}
    assert any(f"{APP},{PANEL}" in texts[path] for path in texts if path.startswith("docs/"))
    assert any(f"{APP},{PANEL}" in texts[path] for path in texts if path.startswith("docker"))


def test_sources_keep_to_their_places(sources):
    """No metric is named outside of what is generated, and React is where components are."""
    assert len(sources) > 20
    assert {path: faults for path, text in sources.items() if (faults := source_faults(path, text))} == {}


def test_no_file_is_longer_than_one_can_read(sources):
    """As in the package: at most 300 lines, but for generated tables."""
    longer = {path: text.count("\n") for path, text in sources.items() if text.count("\n") > 300}
    assert {path for path in longer if not path.endswith(".gen.ts")} == set()


def test_nothing_is_left_of_a_scaffold(root, kept):
    """What is there was written here."""
    own = [path.removeprefix(f"{PLUGIN}/") for path in kept if path.startswith(f"{PLUGIN}/")]
    assert [path for path in own if set(path.split("/")) & set(SCAFFOLD)] == []
    texts = [
        (root / PLUGIN / path).read_text(encoding="utf-8")
        for path in own
        if path.endswith((".ts", ".tsx", ".mjs", ".js", ".json"))
    ]
    assert not any("create-plugin" in text or "@grafana/plugin-configs" in text for text in texts)


DASHBOARDS = {"dashboards/a.json": {"uid": "ours-a", "title": "A", "revision": 1}}


class TestPlantedFaults:
    """Every check can fail."""

    @staticmethod
    def described(**changes):
        """Return a description without a fault, but for the changes."""
        return {
            "id": APP, "type": "app",
            "info": {
                "description": "d", "author": {"name": "a"}, "version": "%VERSION%", "updated": "%TODAY%",
                "logos": {"small": "img/l.svg", "large": "img/l.svg"}, "screenshots": [{"name": "s", "path": "img/s.png"}],
            },
            "includes": [
                {"type": "page", "name": "P", "path": f"/a/{APP}/p", "defaultNav": True},
                {"type": "dashboard", "name": "A", "path": "dashboards/a.json", "uid": "ours-a"},
            ],
            "dependencies": {"grafanaDependency": ">=11.6.0"},
            **changes,
        }  # fmt: skip

    def faults(self, dashboards=DASHBOARDS, files=("img/l.svg", "img/s.png"), **changes):
        """Return the faults of a changed description."""
        return description_faults(self.described(**changes), set(files), dashboards)

    def test_a_whole_description_has_none(self):
        """What the others change is right before."""
        assert self.faults() == []

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"id": "Mlexporter_app"}, "no id"),
            ({"id": "mlexporter-panel"}, "does not end in its type"),
            ({"dependencies": {"grafanaDependency": ">=10.0.0"}}, "grafanaDependency"),
            ({"info": {"version": "1.0.0"}}, "info.version is not %VERSION%"),
            ({"files": ("img/l.svg",)}, "img/s.png is not there"),
            ({"dashboards": {}}, "dashboards/a.json is not there"),
            ({"dashboards": {"dashboards/a.json": {"uid": "b", "title": "A", "revision": 1}}}, "uid is ours-a"),
            ({"dashboards": {"dashboards/a.json": {"uid": "ours-a", "title": "B", "revision": 1}}}, "title B"),
            ({"dashboards": {"dashboards/a.json": {"uid": "ours-a", "title": "A", "revision": None}}}, "no revision"),
            ({"dashboards": {**DASHBOARDS, "dashboards/b.json": {"uid": "b", "title": "B", "revision": 1}}}, "not included"),
            ({"includes": [{"type": "page", "name": "P", "path": "/a/other/p"}]}, "is not below /a/mlexporter-app/"),
        ],
    )  # fmt: skip
    def test_a_description_that_is_wrong(self, changes, fault):
        """One fault each."""
        assert fault in "\n".join(self.faults(**changes)).replace("of the dashboard B", "title B")

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("pages/models.ts", "const a = 'ml_predictions_total';"),
            ("data/a.ts", "import React from 'react';"),
            ("data/a.ts", "import { css } from '@emotion/css';"),
            ("pages/models.ts", "import { Button } from '@grafana/ui';"),
            ("data/a.ts", "import { EmbeddedScene } from '@grafana/scenes';"),
        ],
    )
    def test_a_source_in_the_wrong_place(self, path, text):
        """One fault each; the same is right elsewhere."""
        assert len(source_faults(path, text)) == 1
        assert source_faults("components/a.tsx" if "ml_" not in text else "queries.gen.ts", text) == []

    @pytest.mark.parametrize(
        "line",
        [f"GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS={APP}", f"allow_loading_unsigned_plugins = {APP}"],
    )
    def test_a_list_of_unsigned_plugins_without_the_panel(self, line):
        """In whatever way it is written."""
        assert unsigned_faults(line, (APP, PANEL)) == [line]
        assert unsigned_faults(f"{line},{PANEL}", (APP, PANEL)) == []
