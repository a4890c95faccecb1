"""The components of joints with equally many bins, which are compared at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Distribution, JointReference, Reference, Scores

_JOINTS: Final = "groups of joints"


@dataclass(frozen=True)
class ComponentGroup:
    """Components of one joint with n_bins bins each. Its arrays are never written to.

    Attributes:
        members: Their places among the components, ascending, shape (n_members,).
        cells: The places of their shape bins among the cells of the joint, shape (n_members, n_bins).
        reference: Training rows in each bin, float64, shape (n_members, n_bins).
    """

    members: npt.NDArray[np.intp]
    cells: npt.NDArray[np.intp]
    reference: Scores


@dataclass(frozen=True)
class JointGroups:
    """What a profile fixes of one joint.

    Attributes:
        joint: The joint.
        cells: Its place among the cells of all joints.
        groups: Its components.
    """

    joint: JointReference
    cells: slice
    groups: tuple[ComponentGroup, ...]


def joint_groups(reference: Reference) -> tuple[JointGroups, ...]:
    """Return every joint with its components; formed once for a profile, and kept with it."""
    found: tuple[JointGroups, ...] | None = reference.computed.get(_JOINTS)
    if found is None:
        start, listed = 0, []
        for joint in reference.joints:
            place = slice(start, start + joint.n_cells)
            listed.append(JointGroups(joint, place, component_groups(joint.distributions)))
            start = place.stop
        found = reference.computed[_JOINTS] = tuple(listed)
    return found


def component_groups(distributions: tuple[Distribution, ...]) -> tuple[ComponentGroup, ...]:
    """Return the components, each in one group, groups by the number of bins of their first member."""
    starts = np.cumsum([0, *(each.n_cells for each in distributions)])
    places: dict[int, list[int]] = {}
    for place, each in enumerate(distributions):
        places.setdefault(each.n_shape_bins, []).append(place)
    return tuple(
        ComponentGroup(
            members=np.asarray(members, dtype=np.intp),
            cells=starts[members][:, None] + np.arange(n_bins),
            reference=np.stack([distributions[place].shape_counts for place in members]).astype(np.float64),
        )
        for n_bins, members in places.items()
    )
