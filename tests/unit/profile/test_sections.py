"""Sections are read, written and imported only where a profile has them; old files read as ever."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mlexporter.errors import ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.profile.sections import NAMES, passes_of, section, sections_of

VERSION_1 = Path(__file__).with_name("version_1.profile.json")

HEAVY = ("scipy", "pandas", "sklearn", "pyarrow", "duckdb", "zoneinfo")


@pytest.fixture(scope="module")
def bare():
    """A profile that has the sections of every fit and no other."""
    generator = np.random.default_rng(0)
    return Profile.fit({"x": generator.normal(size=300)}, model="m", version="1", created=1.0, joint=False)


def test_a_file_of_version_1_reads_as_it_did():
    """It has the fingerprint that was written, no section, and the statistic that there was."""
    written = json.loads(VERSION_1.read_text(encoding="utf-8"))
    assert written["schema_version"] == 1
    reference = Profile.load(VERSION_1).reference
    assert reference.fingerprint == written["fingerprint"]
    assert reference.feature_names == ("distance", "origin", "night")
    assert [feature.statistic for feature in reference.features] == ["effect"] * 3
    assert reference.features[0].threshold == 0.3
    assert list(sections_of(reference)) == []
    assert (reference.slots, reference.joints, reference.estimation, reference.pairs) == (None, (), None, ())


def test_a_file_of_version_1_is_written_as_version_2():
    """Bins, counts and fingerprint stay; what was learned is read back equal."""
    profile = Profile.load(VERSION_1)
    document = json.loads(profile.to_json())
    assert document["schema_version"] == 2
    assert document["fingerprint"] == json.loads(VERSION_1.read_text(encoding="utf-8"))["fingerprint"]
    assert document["features"][0]["statistic"] == "effect"
    assert Profile.from_json(profile.to_json()) == profile


def test_loading_imports_only_sections_that_are_there():
    """A server that loads a bare profile imports no module of a section, and nothing heavy."""
    program = (
        "import sys; from mlexporter.profile import Profile; Profile.load(sys.argv[1]); "
        "print(*(name for name in sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(VERSION_1)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "mlexporter.profile.sections" in found
    assert not [name for name in found if name.startswith("mlexporter.profile.sections.")]
    assert not [name for name in found if name.partition(".")[0] in HEAVY]
    assert not [name for name in found if name.startswith("mlexporter.statistics")]


def test_a_section_without_content_is_not_there(bare):
    """What a fit learned nothing for is not in the file."""
    document = json.loads(bare.to_json())
    assert [name for name in NAMES if name in document] == [name for name, _ in sections_of(bare.reference)]
    assert "slots" not in document
    assert "noise" not in document


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_field_of_a_section_is_refused(bare, name):
    """Each section reads every field that it knows and refuses the rest, or says what is missing."""
    document = json.loads(bare.to_json())
    document[name] = {**document.get(name, {}), "surprise": 1}
    with pytest.raises(ProfileFormatError, match=name):
        Profile.from_json(json.dumps(document))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content", [None, [], 3, "text", {}], ids=["null", "list", "number", "text", "empty"]
)
def test_a_section_that_is_no_object_is_refused(bare, name, content):
    """Whatever stands where a section should be is named."""
    document = {**json.loads(bare.to_json()), name: content}
    with pytest.raises(ProfileFormatError, match=name):
        Profile.from_json(json.dumps(document))


@pytest.mark.parametrize("name", NAMES)
def test_absent_sections_leave_the_fingerprint_alone(bare, name):
    """A profile without a section has no identity of it."""
    reference = Profile.load(VERSION_1).reference
    assert section(name).identity(reference) is None
    assert section(name).to_json(reference) is None


def test_the_statistic_is_written_and_read(bare):
    """The choice of the classic rule survives, and another word is refused."""
    feature = replace(bare.reference.features[0], statistic="psi", threshold=0.2)
    chosen = Profile(replace(bare.reference, features=(feature,)))
    document = json.loads(chosen.to_json())
    assert Profile.from_json(chosen.to_json()).reference.features[0].statistic == "psi"
    document["features"][0]["statistic"] = "kolmogorov"
    with pytest.raises(
        ProfileFormatError, match=r"features\[0\].statistic is 'kolmogorov'.* one of effect, psi"
    ):
        Profile.from_json(json.dumps(document))
    del document["features"][0]["statistic"]
    assert Profile.from_json(json.dumps(document)).reference.features[0].statistic == "effect"


def test_expected_passes_follow_the_options():
    """Times are read once for seasons and noise together; what is not asked for is not read."""
    base = {"model": "m", "version": "1"}
    assert sum(passes_of(name, base) for name in ("slots", "pairs", "estimation", "influence", "noise")) == 0
    timed = {**base, "timestamp": "at"}
    assert passes_of("slots", timed) + passes_of("noise", timed) == 3
    unseasoned = {**timed, "seasons": False}
    assert passes_of("slots", unseasoned) + passes_of("noise", unseasoned) == 2
    assert passes_of("slots", {**base, "segment": "c"}) == 1
