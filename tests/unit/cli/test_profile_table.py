"""A profile is described in a few lines that fit a terminal."""

from dataclasses import replace

import numpy as np

from mlexporter.cli.profile_table import profile_lines
from mlexporter.profile import Profile


def test_odd_profiles_are_described():
    """Class scores, times beyond the calendar and columns without a range have a line too."""
    reference = Profile.fit(
        {"x": np.arange(30.0), "s": [0.1, 0.2] * 15}, model="m", version="1", prediction="s"
    ).reference
    output = replace(reference.outputs[0], class_name="late")
    lines = list(profile_lines(replace(reference, created_timestamp=1e20, outputs=(output,))))
    assert "at 1e+20 s" in lines[0]
    assert any("prediction (late)" in line for line in lines)
    assert any(line.startswith("x ") and line.endswith("0.1  ") for line in lines)
    assert not any("not monitored" in line for line in lines)


def test_a_forgotten_score_is_told():
    """A profile without an output says that predictions are not compared, and how they would be."""
    reference = Profile.fit({"x": np.arange(30.0)}, model="m", version="1").reference

    assert any("--score" in line for line in profile_lines(reference))
