import json

from mlexporter.generate.artefacts import artefacts
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.generated_files import is_generated
from mlexporter.generate.plugin.plugin_files import plugin_files


def test_files_are_those_of_the_plugin(tmp_path):
    """Each is known for a generated one, and is among all that is generated."""
    files = plugin_files()
    assert set(files) == {"catalogue.gen.ts", "levels.gen.ts", "queries.gen.ts", "dashboards/compare.json"}
    for name, content in files.items():
        path = tmp_path / name.replace("/", "-")
        path.write_text(content, encoding="utf-8")
        assert is_generated(path)
        assert artefacts()[f"grafana/plugin/src/{name}"] == content


def test_the_dashboard_of_the_plugin_is_in_no_other_folder():
    """Without the plugin its panels are errors."""
    dashboard = json.loads(plugin_files()["dashboards/compare.json"])
    assert (dashboard["uid"], dashboard["title"]) == ("mlexporter-compare", "ML / Compare")
    assert "compare.json" not in dashboard_files()
