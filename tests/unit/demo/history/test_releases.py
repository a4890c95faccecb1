import pytest

from mlexporter.demo.history.era import DAY, HOUR, era_of
from mlexporter.demo.history.releases import releases_of

NOW = 1_795_337_000.0


@pytest.mark.parametrize("days", [4, 8, 100, 270])
def test_a_long_era_has_a_takeover_and_a_version_on_trial(days):
    """The first serves from the beginning, the second is tried before it takes over, the third is still tried."""
    era = era_of(days * DAY, NOW)
    first, second, third = releases_of(era)
    assert (first.tried, first.serves) == (None, era.begins)
    assert era.begins < second.tried < second.serves < third.tried < era.now
    assert third.serves is None
    assert third.tried >= era.now - 28 * HOUR


def test_a_short_era_has_no_takeover():
    """Only a version on trial."""
    era = era_of(36 * HOUR, NOW)
    first, last = releases_of(era)
    assert (first.version, last.version) == ("2013.1", "2013.3")
    assert era.begins < last.tried < era.now


def test_versions_learn_from_other_months_and_in_order():
    """A version never learns from what comes after it is first tried, in an era of nine months."""
    era = era_of(270 * DAY, NOW)
    for release in releases_of(era)[1:]:
        last_month_ends = era.shift + 1_356_998_400 + max(release.months) * 30.5 * DAY
        assert last_month_ends < release.tried + 3 * DAY
