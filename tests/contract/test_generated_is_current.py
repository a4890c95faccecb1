"""What is generated and committed equals what the generator writes today."""

import shutil

from mlexporter.generate.artefacts import artefacts, generate


def test_generated_files_are_current(root):
    """``mlexporter generate --check`` has nothing to say."""
    assert generate(root, check=True) == []


def test_rule_folder_holds_nothing_else(root):
    """A rule file that is no longer generated is not left behind."""
    found = (
        path for pattern in ("*.yaml", "templates/**/*.tmpl") for path in (root / "alerts").glob(pattern)
    )
    committed = {path.relative_to(root).as_posix() for path in found}
    assert committed == {name for name in artefacts() if name.startswith("alerts/")}


def test_a_planted_change_is_found(root, tmp_path):
    """One changed byte makes exactly that file stale."""
    for name in (*artefacts(), "pyproject.toml", "src/mlexporter/catalogue.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    changed = tmp_path / "alerts" / "rules.yaml"
    changed.write_bytes(changed.read_bytes().replace(b"> 1", b"> 2", 1))
    assert generate(tmp_path, check=True) == ["alerts/rules.yaml"]
