"""``BaselineBoard``: where the evaluator tells all processes what drift is measured against, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.baselines.baseline_file import baseline_from_bytes
from mlexporter.app.shared_files import SharedFiles, file_name
from mlexporter.catalogue import REFERENCES
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.records import BaselineState, ModelKey, Reference
from mlexporter.state.envelope import FRONT_BYTES, seal, unseal

if TYPE_CHECKING:
    from mlexporter.app.baselines.baseline import Baseline

_KIND: Final = b"bsta"
_VERSION: Final = 1
_FILE: Final = "drift"
BASELINE_FILE: Final = "baseline"
TRAINING, SERVING = REFERENCES
_FAILURES: Final = (OSError, EnvironmentDegradedError)


def state_to_bytes(state: BaselineState) -> bytes:
    """Return all of a state but its reference, which stands in a file of its own."""
    content = {
        name: getattr(state, name)
        for name in (
            "against", "clean_blocks", "required_blocks", "watched_blocks", "block_limit", "block_seconds",
            "accepted_timestamp", "who", "why", "note",
        )
    }  # fmt: skip
    content |= {"excluded": sorted(state.excluded), "acknowledged": dict(state.acknowledged)}
    return seal(_KIND, _VERSION, content, ())


def state_from_bytes(data: bytes) -> BaselineState:
    """Return what ``state_to_bytes`` was given, without a reference.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, _ = unseal(_KIND, _VERSION, data)
    try:
        return _state(content)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in a state") from None


def _state(content: dict[str, Any]) -> BaselineState:
    accepted = content["accepted_timestamp"]
    against = str(content["against"])
    if against not in REFERENCES:
        raise ValueError(f"damaged: {against[:40]!r} is no reference")
    return BaselineState(
        against=against,
        clean_blocks=int(content["clean_blocks"]),
        required_blocks=int(content["required_blocks"]),
        watched_blocks=int(content["watched_blocks"]),
        block_limit=int(content["block_limit"]),
        block_seconds=float(content["block_seconds"]),
        accepted_timestamp=None if accepted is None else float(accepted),
        who=str(content["who"]),
        why=str(content["why"]),
        note=str(content["note"]),
        excluded=frozenset(map(str, content["excluded"])),
        acknowledged={str(name): float(when) for name, when in content["acknowledged"].items()},
    )


class BaselineBoard:
    """The newest state of each model; what cannot be read is as good as none, and nothing raises.

    Args:
        directory: What the processes share.
    """

    def __init__(self, directory: SharedFiles) -> None:
        self._directory = directory
        self._published: dict[ModelKey, bytes] = {}
        self._baselines: dict[ModelKey, tuple[bytes, Baseline | None]] = {}
        self._applied: dict[ModelKey, tuple[Baseline, Reference, Reference]] = {}

    def publish(self, key: ModelKey, state: BaselineState) -> None:
        """Leave a state for all processes where it has changed; only the evaluator calls it."""
        data = state_to_bytes(state)
        if self._published.get(key) == data:
            return
        try:
            self._directory.write_shared(file_name(_FILE, key), data)
        except _FAILURES:  # the keeper of the windows tells of a directory that cannot be written to
            return
        self._published[key] = data

    def read(self, key: ModelKey, training: Reference) -> BaselineState | None:
        """Return the state of a model, with the baseline that is in use; None where there is nothing to be read."""
        try:
            data = self._directory.read_shared(file_name(_FILE, key))
            if data is None:
                return None
            state = state_from_bytes(data)
            baseline = self._baseline(key) if state.against == SERVING else None
        except (*_FAILURES, ValueError):
            return None
        if baseline is None or baseline.fingerprint != training.fingerprint:
            return replace(state, against=TRAINING, accepted_timestamp=None, who="", why="")
        known = self._applied.get(key)
        if known is None or known[0] is not baseline or known[1] is not training:
            known = self._applied[key] = (baseline, training, baseline.applied(training))
        return replace(state, reference=known[2])

    def _baseline(self, key: ModelKey) -> Baseline | None:
        data = self._directory.read_shared(file_name(BASELINE_FILE, key))
        if data is None:
            return None
        front = data[:FRONT_BYTES]  # it holds the checksum of all the rest
        known = self._baselines.get(key)
        if known is None or known[0] != front:
            known = self._baselines[key] = (front, baseline_from_bytes(data).baseline)
        return known[1]
