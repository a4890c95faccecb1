import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.artefacts import artefacts, generate


@pytest.fixture
def repository(tmp_path):
    """A folder that looks like the repository, with nothing generated in it."""
    for name in ("pyproject.toml", "src/mlexporter/catalogue.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_checking_writes_nothing(repository):
    """It names what is missing and leaves the folder as it was."""
    assert generate(repository, check=True) == sorted(artefacts())
    assert not (repository / "alerts").exists()


def test_writing_makes_it_current(repository):
    """The first run writes everything, the second has nothing to do."""
    assert generate(repository, check=False) == sorted(artefacts())
    assert generate(repository, check=False) == []
    assert generate(repository, check=True) == []
    for name, content in artefacts().items():
        assert (repository / name).read_bytes() == content.encode()


def test_another_folder_is_refused(tmp_path):
    """The message names the folder, what it lacks, and the way out."""
    with pytest.raises(ConfigurationError, match=r"has no pyproject\.toml.*--root"):
        generate(tmp_path, check=False)
    assert list(tmp_path.iterdir()) == []
