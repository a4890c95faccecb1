"""What is known of the baseline of a model: serving that drift is measured against beside training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlexporter.records.reference import Reference


@dataclass(frozen=True)
class BaselineState:
    """How far the learning of a baseline is, what is in use, and what people decided.

    Attributes:
        against: What drift is measured against now, one of ``catalogue.REFERENCES``.
        clean_blocks: Blocks of serving that are kept now and from which a baseline can be learned.
        required_blocks: So many clean ones a baseline needs.
        watched_blocks: Blocks that are kept, clean or not.
        block_limit: So many are kept at most; a baseline is learned by itself once there are as many.
        block_seconds: Length of a block on the clock of windows.
        accepted_timestamp: When the baseline in use was learned or accepted, Unix seconds; None without one.
        who: Who accepted it; empty where it was learned by itself. Never a label: it may name a person.
        why: Why, in the words of that person. Never a label.
        note: What stands in the way of a baseline, or why the last decision was not followed, for people.
        reference: The baseline in use, with the bins of the profile; None where training is in use.
        excluded: Features whose drift is shown and does not alert, as people decided.
        acknowledged: Features whose drift goes on and is known, with the Unix time of the decision.
    """

    against: str
    clean_blocks: int
    required_blocks: int
    watched_blocks: int
    block_limit: int
    block_seconds: float
    accepted_timestamp: float | None = None
    who: str = ""
    why: str = ""
    note: str = ""
    reference: Reference | None = field(default=None, repr=False)
    excluded: frozenset[str] = frozenset()
    acknowledged: Mapping[str, float] = field(default_factory=dict)
