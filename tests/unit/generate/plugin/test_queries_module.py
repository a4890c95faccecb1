import pytest

from mlexporter.generate.dashboards.dashboard_options import COMPARE, KINDS, DashboardOptions
from mlexporter.generate.dashboards.health_set_up import checks
from mlexporter.generate.plugin.queries_module import dashboards, queries, queries_module, rules
from mlexporter.generate.plugin.setup_queries import SIGNS
from mlexporter.generate.recording import recording_groups

OPTIONS = DashboardOptions()


def test_pages_and_their_queries_are_there():
    """The contract with the pages; what they ask of it they find by the compiler."""
    asked = queries()
    assert list(asked) == [
        "compare", "compareFeature", "compareOutputs", "models", "model", "feature", "versions", "setup", "variables",
    ]  # fmt: skip
    assert set(asked["setup"]) == {"conditions", "facts"}
    assert set(asked["variables"]) == {
        "model_name", "model_version", "variant", "window", "feature", "counts", "version_a", "version_b",
    }  # fmt: skip


def test_it_is_the_same_on_every_run():
    """A file that changes by itself would fail every check."""
    assert queries_module() == queries_module()


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_version_is_compared_by_itself(side):
    """Whatever versions are chosen beside it."""
    told = queries()["versions"]
    ofside = {role: query for role, query in {**told, **told["outputs"]}.items() if role.endswith(f"_{side}")}
    assert {f"current_{side}", f"reference_{side}", f"severity_{side}"} <= set(ofside)
    for query in ofside.values():
        assert f'model_version="$version_{side}"' in query
        assert "$model_version" not in query


def test_every_condition_of_the_exporter_dashboard_is_checked():
    """Of all exporters: the page has no choice of them."""
    conditions = queries()["setup"]["conditions"]
    assert [each["name"] for each in conditions] == [check.name for check in checks(OPTIONS)]
    assert any(each["isNeeded"] for each in conditions)
    assert all("$" not in each["query"] for each in conditions)


def test_every_group_of_recording_rules_has_a_sign_that_it_records():
    """By which the page knows how old it is."""
    groups = {group.name: {rule.name for rule in group.rules} for group in recording_groups(OPTIONS.rules)}
    assert set(SIGNS) == set(groups)
    assert all(sign in groups[name] for name, sign in SIGNS.items())


def test_rules_and_dashboards_are_named():
    """What this version writes, and where it is."""
    named = rules()
    assert set(named["groups"]) == set(SIGNS)
    assert {each["uid"] for each in dashboards().values()} == {
        OPTIONS.uid(kind) for kind in (*KINDS, COMPARE)
    }
