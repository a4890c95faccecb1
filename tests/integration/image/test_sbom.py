"""sbom.cdx.json in the tree: CycloneDX by its own schema, and true of what is installed."""

import hashlib
import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from real_programs import missing


@pytest.fixture(scope="module")
def text(built):
    """The document."""
    return (built.folder / "usr/share/doc/mlexporter/sbom.cdx.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(text):
    """The document, read."""
    return json.loads(text)


@pytest.fixture(scope="module")
def installed(built):
    """The name, as package indexes write it, and the version of everything that is installed."""
    return {
        re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower(): each.version
        for each in distributions(path=[str(built.packages)])
    }


@pytest.fixture(scope="module")
def mistakes():
    """Return what the schema of CycloneDX says against a document; None if nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str


@pytest.fixture(scope="module")
def seen_by_cyclonedx(built):
    """What CycloneDX's own program sees in the tree."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    if not program.exists():
        missing("cyclonedx-py is not there; `make set-up` installs it")
    done = subprocess.run(
        [program, "environment", "--output-reproducible", "--sv", "1.6", built.home / "bin" / "python"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def named(components):
    """Return name and version of components."""
    return {re.sub(r"[-_.]+", "-", each["name"]).lower(): each["version"] for each in components}


def plain(reference):
    """Return the name in a reference of either program."""
    return re.sub(r"[-_.]+", "-", re.split(r"[@=]", reference.removeprefix("pkg:pypi/"))[0]).lower()


def test_it_is_valid(text, mistakes):
    """By the schema that CycloneDX publishes, with nothing that it does not know."""
    assert mistakes(text) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"type": "library"', '"type": "libary"'),
        ('"SHA-256"', '"SHA-257"'),
        ('"components":', '"component":'),
        ('"acknowledgement": "declared"', '"acknowledgement": "guessed"'),
    ],
)
def test_a_planted_fault_is_found(text, mistakes, old, new):
    """The schema can say no."""
    assert old in text
    assert mistakes(text.replace(old, new, 1)) is not None


def test_it_names_all_that_is_installed(document, installed):
    """No more, no less: each with version, licence and, of what was downloaded, the hash of its wheel."""
    main = document["metadata"]["component"]
    assert named([main, *document["components"]]) == installed
    assert (main["name"], main["type"]) == ("mlexporter", "application")
    assert all(each["licenses"][0]["expression"] for each in [main, *document["components"]])
    assert all(len(each["hashes"][0]["content"]) == 64 for each in document["components"])


def test_hashes_are_those_that_were_asked_for(document, root):
    """What was installed is what requirements.txt names; another file under the name was not taken."""
    asked = (root / "docker/exporter/requirements.txt").read_text(encoding="utf-8")
    assert [
        each["name"] for each in document["components"] if each["hashes"][0]["content"] not in asked
    ] == []


def test_every_library_that_came_along_is_named(document, built):
    """Numbers are crunched by libraries that wheels bring along, under licences of their own."""
    named_files = {
        (each["purl"], library["name"], library["hashes"][0]["content"])
        for each in document["components"]
        for library in each.get("components", [])
    }
    files = [path for path in built.packages.glob("*.libs/*") if path.is_file()]
    assert {(name, content) for _, name, content in named_files} == {
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files
    }
    assert any("openblas" in path.name for path in files)


def test_another_program_sees_the_same(document, seen_by_cyclonedx):
    """Names, versions and package URLs are those of CycloneDX's own reader of environments."""
    theirs = {each["purl"] for each in seen_by_cyclonedx["components"]}
    main = document["metadata"]["component"]
    assert {each["purl"] for each in [main, *document["components"]]} == theirs


def test_it_says_who_needs_whom(document, seen_by_cyclonedx, built):
    """What the other program sees too, less what is needed only on a condition, such as an extra, that does not hold."""

    def edges(read):
        return {
            (plain(each["ref"]), plain(other))
            for each in read["dependencies"]
            for other in each.get("dependsOn", [])
        }

    requirements = {
        plain(each.metadata["Name"]): each.requires for each in distributions(path=[str(built.packages)])
    }
    ours, theirs = edges(document), edges(seen_by_cyclonedx)
    assert ours - theirs == set()
    for needer, needed in theirs - ours:
        lines = [text for text in requirements[needer] if plain(re.match(r"[\w.-]+", text)[0]) == needed]
        assert lines
        assert all(";" in text for text in lines), lines
    assert {needed for _, needed in ours} == set(named(document["components"]))


def test_it_has_no_time_and_no_chance(document, text):
    """The same packages give the same document, on every machine."""
    assert "serialNumber" not in document
    assert "timestamp" not in document["metadata"]
    assert "/tmp" not in text  # a folder of a build
