import pytest

from web_files import WebFiles


@pytest.fixture
def files(tmp_path):
    """A folder with certificates, in which web configuration files are written."""
    return WebFiles(tmp_path)
