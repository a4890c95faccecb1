"""Thresholds of the file over those of a profile: what changes, and what never does."""

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.configuration.configuration import ModelConfiguration, SubjectChoice
from mlexporter.configuration.overriding import unknown_names, with_choices


@pytest.fixture(scope="module")
def reference():
    """Numbers, an embedding and one output."""
    random = np.random.default_rng(3)
    rows = {
        "distance": random.gamma(2.0, 300.0, 600), "minutes": random.normal(size=600),
        "text": list(random.normal(size=(600, 6))), "score": random.uniform(size=600),
    }  # fmt: skip
    return Profile.fit(rows, model="m", version="1", prediction="score", embeddings=["text"]).reference


def test_what_is_chosen_changes_and_the_bins_stay(reference):
    """Threshold, statistic and alert; nothing that rows are counted by."""
    configured = ModelConfiguration(
        features={"distance": SubjectChoice(0.7, "psi", False)}, outputs={"prediction": SubjectChoice(0.9)}
    )
    found = with_choices(reference, configured)
    distance = found.features[reference.feature_names.index("distance")]
    assert (distance.threshold, distance.statistic, distance.alert) == (0.7, "psi", False)
    assert found.outputs[0].threshold == 0.9
    assert found.fingerprint == reference.fingerprint
    assert found.profile_id == reference.profile_id
    assert found.feature_offsets == reference.feature_offsets
    assert found.side_places == reference.side_places


def test_another_statistic_brings_its_own_threshold(reference):
    """0.1 standard deviations are no PSI of 0.1; the same statistic keeps the profile's."""
    psi = with_choices(reference, ModelConfiguration(features={"distance": SubjectChoice(statistic="psi")}))
    assert psi.features[reference.feature_names.index("distance")].threshold == 0.2
    back = with_choices(psi, ModelConfiguration(features={"distance": SubjectChoice(statistic="effect")}))
    assert back.features[reference.feature_names.index("distance")].threshold == 0.1
    same = with_choices(
        reference, ModelConfiguration(features={"distance": SubjectChoice(statistic="effect")})
    )
    assert same is reference


def test_an_embedding_is_changed_under_its_name(reference):
    """Its threshold is a shift; that of the joint of numbers stays."""
    found = with_choices(reference, ModelConfiguration(features={"text": SubjectChoice(0.4, None, False)}))
    thresholds = {joint.name: (joint.threshold, joint.alert) for joint in found.joints}
    before = {joint.name: (joint.threshold, joint.alert) for joint in reference.joints}
    assert thresholds == {**before, "text": (0.4, False)}
    assert before["text"] != (0.4, False)


def test_names_that_are_not_there_change_nothing_and_are_told(reference):
    """The very same profile comes back, so that nothing is prepared anew."""
    configured = ModelConfiguration(
        features={"distanse": SubjectChoice(0.5)},
        outputs={"label": SubjectChoice(0.5), "prediction": SubjectChoice()},
    )
    assert with_choices(reference, configured) is reference
    assert unknown_names(reference, configured) == ("feature 'distanse'", "output 'label'")
    assert unknown_names(reference, ModelConfiguration()) == ()
