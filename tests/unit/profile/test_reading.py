"""No byte of a file is trusted: each fault is one of our errors and says what to do."""

import json
import os

import pytest

from mlexporter.errors import ProfileError, ProfileFormatError, ProfileMissingError, ProfileVersionError
from mlexporter.profile import Profile


@pytest.fixture(scope="module")
def text(rows):
    """The text of a good profile."""
    return Profile.fit(rows, model="m", version="1", prediction="score", label="late", created=1.5).to_json()


def _feature(index, **fields):
    return lambda document: document["features"][index].update(fields)


def _numeric(**fields):
    return _feature(0, **fields)


def _origin(**fields):
    return _feature(4, **fields)


FAULTS = {
    "nan edge": (_numeric(edges=[float("nan")]), "NaN"),
    "infinite edge": (lambda d: d["features"][0]["edges"].append(float("inf")), "Infinity"),
    "unsorted edges": (lambda d: d["features"][0]["edges"].reverse(), r"features\[0\].edges .* ascends"),
    "equal edges": (lambda d: d["features"][0]["edges"].__setitem__(1, d["features"][0]["edges"][0]), "ascends in float32"),
    "edges equal in float32": (lambda d: d["features"][0].update(edges=[1.0, 1.00000000001]), "ascends in float32"),
    "text edge": (_numeric(edges=["1"]), "finite float32"),
    "boolean edge": (_numeric(edges=[True]), "finite float32"),
    "edge beyond float32": (_numeric(edges=[1e39]), "finite float32"),
    "huge edge": (_numeric(edges=[10**39]), "finite float32"),
    "many edges": (_numeric(edges=list(range(2_000))), "2,000 entries"),
    "negative count": (lambda d: d["features"][0]["counts"].__setitem__(0, -1), "whole numbers from 0"),
    "boolean count": (lambda d: d["features"][0]["counts"].__setitem__(0, True), "whole numbers"),
    "float count": (lambda d: d["features"][0]["counts"].__setitem__(0, 1.0), "whole numbers"),
    "huge count": (lambda d: d["features"][0]["counts"].__setitem__(0, 10**30), "whole numbers"),
    "one count less": (lambda d: d["features"][0]["counts"].pop(), "one for each bin"),
    "other sum": (lambda d: d["features"][0]["counts"].__setitem__(0, 0), "add up to row_count"),
    "no counts": (_numeric(counts=None), "a list is needed"),
    "wrong kind": (_numeric(kind="vector"), "one of numeric, categorical, boolean"),
    "kind of a list": (_numeric(kind=["numeric"]), "one of numeric"),
    "wrong training type": (_numeric(training_type="text"), "float or integer"),
    "negative deviation": (_numeric(standard_deviation=-1.0), "at least 0"),
    "minimum above maximum": (_numeric(minimum=1e6), "not above maximum"),
    "minimum alone": (_numeric(maximum=None), "null in both"),
    "quantiles": (_numeric(quantiles=[[0.5]]), "pairs"),
    "quantile of 2": (_numeric(quantiles=[[2, 1.0]]), "pairs"),
    "falling quantiles": (_numeric(quantiles=[[0.5, 2.0], [0.6, 1.0]]), "ascend"),
    "zero threshold": (_numeric(threshold=0), "threshold"),
    "alert of 1": (_numeric(alert=1), "true or false"),
    "out of range": (_numeric(out_of_range=10**6), "out_of_range"),
    "mismatches": (_numeric(type_mismatches=-1), "type_mismatches"),
    "empty name": (_numeric(name=""), "1 to 256 characters"),
    "surrogate name": (_numeric(name="\ud800"), "surrogates"),
    "same name": (_feature(1, name="distance"), "'distance' stands there twice"),
    "unknown field": (_numeric(surprise=1), r"features\[0\].surprise is no field"),
    "same category": (_origin(categories=["JFK", "JFK", "LGA"]), "stands twice"),
    "category in other": (_origin(other_categories=["JFK"]), "stands twice"),
    "number as category": (_origin(categories=[1, 2, 3]), "list of texts"),
    "long category": (_origin(categories=["x" * 300]), "256 characters"),
    "feature of a list": (lambda d: d["features"].__setitem__(0, []), r"features\[0\] is a list"),
    "features of an object": (lambda d: d.update(features={}), "features is an object"),
    "no features": (lambda d: d.pop("features"), "features is missing"),
    "many features": (lambda d: d.update(features=[0] * 1_000_000), "1,000,000 entries"),
    "positives": (lambda d: d["outputs"][0]["positives"].__setitem__(0, 10**6), "more positives than rows"),
    "short positives": (lambda d: d["outputs"][0]["positives"].pop(), "one for each bin"),
    "zero rows": (lambda d: d.update(row_count=0), "row_count is 0"),
    "float rows": (lambda d: d.update(row_count=3000.0), "whole number"),
    "wrong fingerprint": (lambda d: d.update(fingerprint="00000000"), "edited by hand"),
    "edited edge": (lambda d: d["features"][0]["edges"].__setitem__(0, d["features"][0]["edges"][0] + 1e-3), "edited by hand"),
    "edited category": (_origin(categories=["JFK", "LGA", "SFO"]), "edited by hand"),
    "lineage": (lambda d: d.update(lineage=[]), "lineage is a list"),
    "lineage field": (lambda d: d["lineage"].update(commit=3), "lineage.commit is 3"),
    "skipped": (lambda d: d.update(skipped={"x": 3}), "skipped.x is 3"),
    "created": (lambda d: d.update(created_timestamp=None), "created_timestamp is None"),
    "no format": (lambda d: d.pop("format"), "is no profile"),
    "other format": (lambda d: d.update(format="other"), "is no profile"),
    "version of a text": (lambda d: d.update(schema_version="1"), "whole number"),
    "version zero": (lambda d: d.update(schema_version=0), "whole number"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(text, fault):
    """Each impossible field raises ProfileFormatError that names it."""
    document = json.loads(text)
    change, message = FAULTS[fault]
    change(document)
    with pytest.raises(ProfileFormatError, match=message) as caught:
        Profile.from_json(json.dumps(document))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_newer_schema_says_upgrade(text):
    """A profile of a later version is told apart from a broken one, whatever else is in it."""
    with pytest.raises(ProfileVersionError, match="upgrade mlexporter"):
        Profile.from_json(json.dumps({"format": "mlexporter.profile", "schema_version": 3, "new": {}}))


@pytest.mark.parametrize(
    "broken",
    ["", "   ", "{", "[]", "3", "null", '"text"', "{}", '{"a": 1, "a": 2}', "[" * 100_000, '{"a":' * 100_000, "1" * 5_000,
     '{"a": ' + "9" * 5_000 + "}", "[1." + "0" * 10_000 + "]", "\x00", "NaN", "\ufeff{}"],
    ids=range(17),
)  # fmt: skip
def test_what_is_no_profile_says_so(broken):
    """Empty, short, deep and huge documents are refused as what they are."""
    with pytest.raises(ProfileFormatError):
        Profile.from_json(broken)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_says_so(text, share, tmp_path):
    """A file that ends early names itself and the place where reading stopped."""
    path = tmp_path / "short.json"
    path.write_text(text[: int(len(text.rstrip()) * share)], encoding="utf-8")
    with pytest.raises(ProfileFormatError, match=r"short.json: it is .*truncated"):
        Profile.load(path)


def test_files_that_cannot_be_read(tmp_path, text):
    """Missing files, folders, pipes and impossible names are missing profiles, and none blocks."""
    os.mkfifo(tmp_path / "pipe")
    for path in (
        tmp_path / "none.json",
        tmp_path,
        tmp_path / "pipe",
        "\0",
        "/dev/zero",
        tmp_path / ("x" * 5_000),
    ):
        with pytest.raises(ProfileMissingError):
            Profile.load(path)


def test_rubbish_and_long_files_are_refused(tmp_path, text):
    """Bytes that are no text, and files beyond the limit, are format errors."""
    path = tmp_path / "rubbish.json"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ProfileFormatError, match="UTF-8"):
        Profile.load(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileFormatError, match="longer than 1,000 bytes"):
        Profile.load(path, limit_bytes=1_000)
    assert Profile.load(path, limit_bytes=len(text.encode())) == Profile.from_json(text)


def test_reasons_are_those_of_the_series():
    """Each error carries the label value of the series that reports it."""
    assert {error.reason for error in (ProfileMissingError, ProfileFormatError, ProfileVersionError)} == {
        "profile_missing", "profile_invalid", "profile_newer",
    }  # fmt: skip
    assert issubclass(ProfileFormatError, ProfileError)


def test_what_may_be_edited_by_hand(text):
    """Threshold, alert, importance and lineage can be changed in an editor; the identity follows."""
    document = json.loads(text)
    document["features"][0].update(threshold=0.4, alert=False, importance=3)
    document["lineage"]["commit"] = "abc"
    before, after = Profile.from_json(text).reference, Profile.from_json(json.dumps(document)).reference
    assert (after.features[0].threshold, after.features[0].alert, after.features[0].importance) == (
        0.4,
        False,
        3.0,
    )
    assert after.fingerprint == before.fingerprint
    assert after.profile_id != before.profile_id


def test_a_whole_number_is_the_float_it_means(text):
    """An editor or another JSON writer may turn 1.0 into 1: the profile stays the same."""
    document = json.loads(text)
    document["created_timestamp"] = 1
    whole = json.dumps(document)
    document["created_timestamp"] = 1.0
    assert Profile.from_json(whole) == Profile.from_json(json.dumps(document))
    assert Profile.from_json(Profile.from_json(whole).to_json()) == Profile.from_json(whole)
