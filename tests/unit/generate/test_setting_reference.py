import pytest

from mlexporter.generate.setting_reference import setting_reference
from mlexporter.settings import SETTINGS


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_has_a_row(setting):
    """Variable, default and meaning stand in one line."""
    (row,) = [line for line in setting_reference().splitlines() if f"| `{setting.variable}` |" in line]
    assert setting.meaning in row
    assert (f"`{setting.default}`" if setting.default else "not set") in row
