"""Puts the thresholds of the file over those of a profile; its bins, and their fingerprint, stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.configuration.configuration import ModelConfiguration, SubjectChoice
from mlexporter.records import FeatureReference, JointReference, OutputReference, Reference

DEFAULT_THRESHOLDS: Final = {"effect": 0.1, "psi": 0.2}
"""What a threshold is where the file names another statistic and no threshold for it."""

_Subject = TypeVar("_Subject", FeatureReference, OutputReference)


def with_choices(reference: Reference, configured: ModelConfiguration) -> Reference:
    """Return ``reference`` with what the file chooses; the very same where it chooses nothing that is there."""
    if not configured.features and not configured.outputs:
        return reference
    features = _chosen(reference.features, configured.features)
    outputs = _chosen(reference.outputs, configured.outputs)
    joints = tuple(_joint(joint, configured.features.get(joint.name)) for joint in reference.joints)
    if (features, outputs, joints) == (reference.features, reference.outputs, reference.joints):
        return reference
    return replace(reference, features=features, outputs=outputs, joints=joints)


def unknown_names(reference: Reference, configured: ModelConfiguration) -> tuple[str, ...]:
    """Return, in words, the features and outputs that the file names and the profile does not have."""
    known = {"feature": set(reference.feature_names), "output": {output.name for output in reference.outputs}}
    asked = {"feature": configured.features, "output": configured.outputs}
    return tuple(
        f"{kind} {name!r}" for kind, names in asked.items() for name in names if name not in known[kind]
    )


def _chosen(subjects: Sequence[_Subject], choices: Mapping[str, SubjectChoice]) -> tuple[_Subject, ...]:
    return tuple(
        replace(subject, **_changes(choices[subject.name], subject.statistic))
        if subject.name in choices
        else subject
        for subject in subjects
    )


def _changes(choice: SubjectChoice, statistic: str) -> dict[str, Any]:
    changes = {name: value for name, value in choice._asdict().items() if value is not None}
    if choice.statistic not in {None, statistic} and choice.threshold is None:
        changes["threshold"] = DEFAULT_THRESHOLDS[str(choice.statistic)]  # the old one has another unit
    return changes


def _joint(joint: JointReference, choice: SubjectChoice | None) -> JointReference:
    """Return an embedding as chosen for the feature of its name; it knows no PSI."""
    if not joint.name or choice is None:
        return joint
    alert = joint.alert if choice.alert is None else choice.alert
    is_shift = choice.statistic in {None, DRIFT_STATISTICS[0]}
    threshold = choice.threshold if is_shift and choice.threshold is not None else joint.threshold
    return replace(joint, alert=alert, threshold=threshold)
