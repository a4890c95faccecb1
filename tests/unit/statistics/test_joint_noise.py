"""Joints have the noise of those of their components that move most."""

import numpy as np
import pytest

from mlexporter.records import Distribution, JointReference, Kind, Reference, TrainingType, WindowCounts
from mlexporter.records.sides import JOINTS
from mlexporter.statistics.joint_noise import learn_joint_noise


def _component(counts):
    edges = tuple(float(edge) for edge in range(len(counts) - 1))
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, counts=(*counts, 0, 0))


@pytest.fixture
def reference():
    """Two joints: one of two components in quarters, and one that was not learned."""
    quarter = _component([25_000] * 4)
    return Reference(
        "m", "1", features=(), outputs=(), fingerprint="", profile_id="", row_count=100_000, created_timestamp=0.0,
        joints=(JointReference("", ("a", "b"), (quarter, quarter)), JointReference("v", ("v",), (), reason="none")),
    )  # fmt: skip


def _blocks(reference, n_blocks, *, wander):
    """Blocks of 1,000 rows whose second component moves by ``wander`` from block to block."""
    generator = np.random.default_rng(1)
    place = reference.side_places[JOINTS]
    empty = np.zeros(0, dtype=np.int64)
    for _ in range(n_blocks):
        tilt = np.array([-1.5, -0.5, 0.5, 1.5]) * wander * generator.normal() / 4
        rows = [
            generator.multinomial(1_000, np.full(4, 0.25)),
            generator.multinomial(1_000, np.full(4, 0.25) + tilt),
        ]
        side = np.zeros(place.stop, dtype=np.int64)
        side[place] = np.concatenate([[*each, 0, 0] for each in rows])
        yield WindowCounts("1h", 3600.0, 1_000, empty, empty, empty, empty, side_cells=side)


def test_stable_blocks_have_the_noise_of_sampling(reference):
    """Without wandering the mean squares are about 1/n + 1/m, those of the larger of two a little more."""
    noise = learn_joint_noise(
        reference, _blocks(reference, 200, wander=0.0), required_observations=100, are_in_reference=False
    )
    assert set(noise) == {0}
    assert noise[0].blocks == 200
    assert noise[0].location == pytest.approx(0.00101, rel=0.3)
    assert noise[0].spread == pytest.approx(0.00101, rel=0.3)


def test_one_wandering_component_is_the_noise_of_its_joint(reference):
    """A location that wanders by 0.2 of its standard deviations has a mean square of 0.04 and more."""
    wander = 0.2 / np.sqrt(np.mean(np.array([-1.5, -0.5, 0.5, 1.5]) ** 2))
    noise = learn_joint_noise(
        reference, _blocks(reference, 200, wander=wander), required_observations=100, are_in_reference=False
    )
    assert noise[0].location == pytest.approx(0.041, rel=0.3)
    assert noise[0].spread < 0.003


def test_too_few_blocks_teach_nothing(reference):
    """Blocks without side cells, or fewer than 24, are no noise."""
    empty = np.zeros(0, dtype=np.int64)
    bare = [WindowCounts("1h", 1.0, 0, empty, empty, empty, empty)] * 50
    assert learn_joint_noise(reference, bare, required_observations=100) == {}
    assert learn_joint_noise(reference, _blocks(reference, 20, wander=0.0), required_observations=100) == {}
