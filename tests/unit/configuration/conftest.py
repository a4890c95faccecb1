import pytest

from mlexporter.configuration.files import read_configuration


@pytest.fixture
def path(tmp_path):
    """Where the file of a test stands."""
    return tmp_path / "mlexporter.toml"


@pytest.fixture
def read(path):
    """Return a function from the text of a file to what it says."""

    def written(text):
        path.write_text(text, encoding="utf-8")
        return read_configuration(str(path))

    return written
