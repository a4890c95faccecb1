"""Transforms under which dependence between features, and embeddings, are watched."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mlexporter.profile.joint_format import digest, joint_to_json, read_joint
from mlexporter.records import Kind, Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.joint_learning import JointLearner
    from mlexporter.profile.sections.training_rows import TrainingRows

_MOST_JOINTS: Final = 1_000


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with joints: one of the numeric features that alert, and one for each embedding.

    Transforms are fitted on a random part of the rows, and their bins counted with the others; so are
    the clusters of embeddings. A joint that cannot be learned says why in its ``reason``.
    """
    from mlexporter.profile.joint_learning import (  # noqa: PLC0415 - only fitting learns
        AxesLearner,
        ScoreLearner,
        blocks_of,
    )

    # What nobody wants to be alerted of, such as the hour, shall not alert together with others.
    numbers = [each for each in reference.features if each.distribution.kind is Kind.NUMERIC and each.alert]
    vectors = [each for each in reference.features if each.distribution.kind is Kind.EMBEDDING]
    learners: list[JointLearner] = []
    if rows.options.get("joint", True) and len(numbers) > 1:
        learners.append(ScoreLearner(numbers, rows.row_count, rows.minimum_rows))
    embeddings = [AxesLearner(each, rows.row_count, rows.minimum_rows) for each in vectors]
    learners += embeddings
    if not learners:
        return reference
    names = [name for learner in learners for name in learner.names]
    for batch in itertools.chain.from_iterable(map(blocks_of, rows.batches(names))):
        for learner in learners:
            learner.sample(batch)
    for learner in learners:
        learner.fit()
    for batch in itertools.chain.from_iterable(map(blocks_of, rows.batches(names))):
        for learner in learners:
            learner.count(batch)
    counted = {each.names[0]: each.feature() for each in embeddings}
    features = tuple(counted.get(feature.name, feature) for feature in reference.features)
    return replace(reference, features=features, joints=tuple(learner.joint() for learner in learners))


def identity(reference: Reference) -> object:
    """Return what decides in which cell a row is counted; None where nothing does."""
    joints = [
        [
            joint.name,
            list(joint.inputs),
            digest(joint.transform),
            [list(each.edges) for each in joint.distributions],
        ]
        for joint in reference.joints
        if joint.transform is not None
    ]
    clusters = [
        [
            feature.name,
            hashlib.sha256(feature.distribution.centroids.content).hexdigest(),
            feature.distribution.radius,
        ]
        for feature in reference.features
        if feature.distribution.centroids is not None
    ]
    return {"joints": joints, "clusters": clusters} if joints or clusters else None


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    return {"joints": [joint_to_json(joint) for joint in reference.joints]} if reference.joints else None


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    joints = tuple(read_joint(item, reference) for item in fields.objects("joints", _MOST_JOINTS))
    names = [joint.name for joint in joints]
    if len(set(names)) != len(names):
        fields.refuse("joints", "a list in which each name stands once")
    fields.refuse_others()
    return replace(reference, joints=joints)
