import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.model_quality import quality_table
from mlexporter.generate.dashboards.model_stats import stats
from mlexporter.generate.dashboards.queries import rows
from mlexporter.generate.plugin.asked import by_ref, in_order, titled

OPTIONS = DashboardOptions()


def test_queries_of_a_table_keep_their_names_or_get_others():
    """By what columns are called in it."""
    assert by_ref([rows("up", "one"), rows("up == 0", "two")], two="down") == {"one": "up", "down": "up == 0"}
    assert set(by_ref(quality_table(OPTIONS).queries)) == {"loss", "now", "lower", "upper", "reference"}


def test_names_are_given_in_the_order_of_the_queries():
    """What a panel asks comes as it is."""
    tile = titled(stats(OPTIONS), "Errors")
    named = in_order(tile, "errors", "budgetLeft")
    assert named == {"errors": tile.queries[0].expression, "budgetLeft": tile.queries[1].expression}


def test_another_number_of_queries_is_refused():
    """Who adds a query to a panel has to name it: else all names behind it are of the wrong one."""
    with pytest.raises(ConfigurationError, match="'Errors' has 2 queries, and 1 names"):
        in_order(titled(stats(OPTIONS), "Errors"), "errors")


def test_a_title_that_no_panel_has_is_refused():
    """A panel that was called otherwise is missed when the files are generated."""
    with pytest.raises(ConfigurationError, match="0 panels have the title 'Mistakes'"):
        titled(stats(OPTIONS), "Mistakes")
