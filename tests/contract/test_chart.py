"""The chart agrees with itself and with the package: values, schema, README, templates, examples, limits."""

import json
import re

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from mlexporter import __version__
from mlexporter.cli import command_line
from mlexporter.generate.artefacts import artefacts
from mlexporter.generate.chart.chart_value import Section, Value, values_below
from mlexporter.generate.chart.values.table import chart_values
from mlexporter.generate.chart.values.workload import OWN_SETTINGS, SETTING_NAMES
from mlexporter.settings import SETTINGS

OPEN = {"global"}
"""Keys of parents, which this chart does not read."""
NOT_IN_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|[*+?}]\+")
PATHS = re.compile(r"\.Values((?:\.\w+)+)")


@pytest.fixture(scope="module")
def chart(root):
    """The folder of the chart."""
    return root / "helm" / "mlexporter"


@pytest.fixture(scope="module")
def values(chart):
    """What values.yaml says."""
    return yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(chart):
    """The schema, as a validator of draft 7."""
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.fixture(scope="module")
def templates(chart):
    """The text of every template by its path."""
    found = (path for path in (chart / "templates").rglob("*") if path.is_file())
    return {path.relative_to(chart).as_posix(): path.read_text(encoding="utf-8") for path in found}


def over(base, changes):
    """Return values with others over them, as Helm merges them."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        merged[key] = over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def mistakes(validator, values, changes):
    """Return what the schema has against the changes."""
    return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(over(values, changes))]


def open_places(schema, path=""):
    """Return the paths of a schema at which a key that is misspelt would go unseen."""
    found = []
    if "properties" in schema and schema.get("additionalProperties") is not False:
        found.append(path)
    for name, each in schema.get("properties", {}).items():
        found += open_places(each, f"{path}.{name}")
    return found


def patterns(schema):
    """Return every pattern in a schema."""
    if isinstance(schema, dict):
        own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
        return own + [each for part in schema.values() for each in patterns(part)]
    return [each for part in schema for each in patterns(part)] if isinstance(schema, list) else []


def values_of_documents(text):
    """Return each block of YAML in a document that is values of the chart: all of its top-level keys are."""
    known = {part.name for part in chart_values()}
    blocks = (
        yaml.safe_load(block)
        for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        if "{{" not in block
    )
    return [block for block in blocks if isinstance(block, dict) and known >= set(block)]


def test_the_versions_are_those_of_the_package(chart):
    """The image that the chart asks for is the one that this checkout builds."""
    description = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))

    assert (description["apiVersion"], description["appVersion"]) == ("v2", __version__)
    assert description["kubeVersion"] == ">=1.29.0-0"
    assert not {"home", "sources", "maintainers", "icon"} & set(description), (
        "there is no public place to name"
    )


def test_the_defaults_are_valid(validator, values):
    """What values.yaml says meets the schema."""
    assert mistakes(validator, values, {}) == []


def test_every_value_stands_in_all_three_places(chart, validator, values):
    """values.yaml, the schema with its meaning, and the table of the README."""
    readme = (chart / "README.md").read_text(encoding="utf-8")
    for part in chart_values():
        for path, value in values_below(part):
            schema, found = validator.schema, values
            for name in path.split("."):
                schema, found = schema["properties"][name], found[name]
            assert found == value.default, path
            assert schema["description"] == value.meaning, path
            assert f"| `{path}` |" in readme, path
            assert value.meaning.endswith("."), path


def test_a_misspelt_key_is_never_passed_over(validator):
    """Sections are closed and have to be there; what is open is Kubernetes' own, and has no keys in the schema."""
    assert open_places(validator.schema) == []
    assert open_places({"properties": {"a": {"properties": {"b": {}}}}, "additionalProperties": False}) == [
        ".a"
    ]
    for part in chart_values():
        assert part.name in validator.schema["required"] or not isinstance(part, Section)


def test_patterns_mean_the_same_in_go(validator):
    """Helm reads them with RE2, which knows no looking around and no reference back."""
    found = patterns(validator.schema)

    assert found
    assert [each for each in found if NOT_IN_RE2.search(each)] == []
    assert NOT_IN_RE2.search("^(?!a)")


def test_every_setting_can_be_set(validator):
    """By `settings`, or by the value that the chart has for it."""
    assert set(SETTING_NAMES) | OWN_SETTINGS == {setting.name for setting in SETTINGS}
    assert set(validator.schema["properties"]["settings"]["properties"]) == set(SETTING_NAMES)


def test_templates_read_values_that_exist(templates):
    """A path that is misspelt would be empty for ever."""
    known = {path for part in chart_values() for path, _ in values_below(part)}
    known |= {path.rpartition(".")[0] for path in known} | {path.split(".")[0] for path in known} | OPEN
    open_ones = tuple(
        f"{path}."
        for part in chart_values()
        for path, value in values_below(part)
        if value.shape.get("type") == "object"
    )
    for name, text in templates.items():
        for found in PATHS.findall(text):
            path = found.lstrip(".")
            assert path in known or path.startswith(open_ones), f"{name}: .Values.{path}"


def test_no_value_is_without_effect(chart, templates):
    """Each is read by some template, or by its name in a file that one reads."""
    receivers = yaml.safe_load((chart / "files/notifications.yaml").read_text(encoding="utf-8"))["receivers"]
    text = "".join(templates.values()) + "".join(f".{name} " for name in receivers)

    unread = [
        path for part in chart_values() for path, value in values_below(part)
        if not re.search(rf"""[."]{re.escape(value.name)}\b""", text)
    ]  # fmt: skip
    assert unread == []


def test_braces_of_others_are_never_run(templates):
    """Rules and dashboards have braces of Prometheus and Grafana: only the user's own objects are templates."""
    assert [name for name, text in templates.items() if re.search(r"\btpl\b", text)] == [
        "templates/extraobjects.yaml"
    ]
    assert [name for name, text in templates.items() if ".Capabilities" in text] == []


def test_the_limits_are_those_that_are_computed(values):
    """values.yaml says what `mlexporter capacity` prints for its defaults."""
    printed = CliRunner().invoke(command_line, ["capacity", "--output", "values"], catch_exceptions=False)
    computed = yaml.safe_load(printed.output)

    assert set(computed) == {"scrape", "counts", "exporter"}
    assert over(values, computed) == values


def test_values_files_of_ci_are_valid_and_say_what_they_show(chart, validator, values):
    """Each begins with a comment, and the schema has nothing against it."""
    files = sorted((chart / "ci").glob("*-values.yaml"))
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert re.match(r"# [A-Z].+\.\n", text), path.name
        assert mistakes(validator, values, yaml.safe_load(text)) == [], path.name


def test_values_of_examples_and_documents_are_valid(root, chart, validator, values):
    """What a reader copies works."""
    found = [
        (path, yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted((root / "examples").glob("*/values.yaml"))
    ]
    for path in (chart / "README.md", root / "docs/tutorials/kubernetes.md"):
        blocks = values_of_documents(path.read_text(encoding="utf-8"))
        assert len(blocks) > 2, path
        found += [(path, block) for block in blocks]
    for path, block in found:
        assert mistakes(validator, values, block) == [], (path, block)


def test_a_mistake_is_found(validator, values):
    """The checks can fail: a key, a type, a word, a section that is taken away."""
    for changes in (
        {"mod": "none"},
        {"scrape": {"sampleLimit": "5"}},
        {"mode": "gateway"},
        {"exporter": None},
    ):
        assert mistakes(validator, values, changes)
    assert values_of_documents("```yaml\nmode: none\n```\n```yaml\nkind: Pod\n```\n") == [{"mode": "none"}]


def test_no_image_is_whatever_is_newest(root):
    """A tag that moves makes two pods of one Deployment differ."""
    for path in (root / "helm").rglob("*"):
        if path.is_file() and path.suffix in {".yaml", ".tpl", ".md", ".txt"}:
            assert not re.search(r":latest\b", path.read_text(encoding="utf-8")), path


def test_nothing_is_left_behind(root, chart):
    """What is no longer generated is not in the chart."""
    found = {path.relative_to(root).as_posix() for path in (chart / "files").rglob("*") if path.is_file()}

    assert found == {name for name in artefacts() if name.startswith("helm/mlexporter/files/")} | {
        "helm/mlexporter/files/installer-role.yaml"
    }


def test_an_installer_may_do_what_is_listed_and_no_more(chart):
    """No wildcard, nothing of the whole cluster, no right to give rights."""
    role = yaml.safe_load((chart / "files/installer-role.yaml").read_text(encoding="utf-8"))

    assert role["kind"] == "Role"
    for rule in role["rules"]:
        assert "*" not in {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}
        assert "rbac.authorization.k8s.io" not in rule["apiGroups"]


def test_links_of_the_readme_lead_somewhere(chart):
    """They are relative to the chart, although the text is written elsewhere."""
    text = (chart / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if not link.startswith(("http:", "https:"))]

    assert links
    assert [link for link in links if not (chart / link).exists()] == []


def test_anchors_lead_somewhere(chart):
    """Of the README to itself, and of the tutorial to it."""
    text = (chart / "README.md").read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    anchors = re.findall(r"\]\(#([^)]+)\)", text)

    assert anchors
    assert [anchor for anchor in anchors if anchor not in headings] == []


def test_the_default_needs_nothing_that_is_not_there(values):
    """No CRD, no rights, no token: it installs in any cluster with a storage class."""
    for name in (
        "serviceMonitor",
        "podMonitor",
        "prometheusRule",
        "alertmanagerConfig",
        "dashboards",
        "networkPolicy",
    ):
        assert values[name]["enabled"] is False, name
    assert values["mode"] == "standalone"
    assert isinstance(chart_values()[0], Value)
