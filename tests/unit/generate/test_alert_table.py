import pytest

from mlexporter.errors import SettingError
from mlexporter.generate.alert_table import ALERT_KEYS, read_alert_table
from mlexporter.generate.options import RuleOptions


def test_every_key_sets_an_option():
    """Nothing is read that no rule looks at."""
    assert {key.field for key in ALERT_KEYS} <= set(RuleOptions.__slots__)


def test_values_arrive_by_field():
    """Lists become sets, the rest stays what TOML says."""
    table = {
        "with": ["MLCanaryWorse"],
        "groups": ["drift", "data"],
        "for_factor": 2,
        "fleet": True,
        "job": "x",
    }
    fields = read_alert_table(table, "a.toml")
    assert fields == {
        "with_alerts": {"MLCanaryWorse"}, "groups": {"drift", "data"}, "for_factor": 2, "is_fleet": True, "job": "x",
    }  # fmt: skip
    assert RuleOptions(**fields).is_fleet


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"for_facter": 2}, r"a\.toml: \[alerts\] for_facter = 2: .*did you mean for_factor"),
        ({"zzz": 1}, "known are: selector"),
        ({"for_factor": 0}, "above 0"),
        ({"fleet": "yes"}, "true or false"),
        ({"with": "MLCanaryWorse"}, "a list"),
        ({"job": 3}, "in quotes"),
        ({"memory_ratio": 90}, "below 1"),
    ],
)
def test_others_are_refused(table, message):
    """File, key, value and the way out."""
    with pytest.raises(SettingError, match=message):
        read_alert_table(table, "a.toml")
