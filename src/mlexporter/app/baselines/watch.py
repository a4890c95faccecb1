"""``ModelWatch``: the blocks and the baseline of one model, in the process that evaluates it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.baselines.baseline_file import baseline_from_bytes, baseline_to_bytes
from mlexporter.app.baselines.block_file import KeptLog, log_from_bytes, log_to_bytes
from mlexporter.app.baselines.blocks import Block, BlockLog
from mlexporter.app.baselines.board import BASELINE_FILE, SERVING, TRAINING
from mlexporter.app.baselines.decisions import ACCEPT, RESET, Decision, Rulings
from mlexporter.app.baselines.incidents import clean_places, with_faults
from mlexporter.app.baselines.learning import REQUIRED_CLEAN, is_clean_week, learn_baseline
from mlexporter.app.shared_files import file_name
from mlexporter.records import BaselineState
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlexporter.app.baselines.baseline import Baseline
    from mlexporter.app.baselines.baseline_file import KeptBaseline
    from mlexporter.app.baselines.kept_files import KeptFiles
    from mlexporter.records import ModelKey, Reference, Scores, Snapshot
    from mlexporter.settings import Settings
    from mlexporter.state.moment import Moment

_LOGGER = logging.getLogger("mlexporter")
BLOCKS_FILE: Final = "blocks"
INTERVAL_SECONDS: Final = 300.0
"""Blocks are written so often at least; in one life of the counters nothing is lost in between."""
_HANDLED: Final = "handled"
_NOTE: Final = "note"


class ModelWatch:
    """Cuts blocks, learns baselines and follows decisions; one thread uses it.

    Args:
        key: The model.
        settings: ``baseline`` and what begins so, the windows, the required observations.
        files: Where it is kept.
    """

    def __init__(self, key: ModelKey, settings: Settings, files: KeptFiles) -> None:
        self._key = key
        self._settings = settings
        self._files = files
        self._term: int | None = None
        self._kept: Moment | None = None
        self._forget()

    def _forget(self) -> None:
        self.log = BlockLog(self._settings.baseline_block_seconds, self._settings.baseline_blocks)
        self.baseline: Baseline | None = None
        self._applied: tuple[Baseline, Reference, Reference] | None = None
        self._handled = ""
        self._note = ""
        self._features: tuple[str, ...] = ()

    def restore(self, moment: Moment, term: int) -> None:
        """Go on from what was kept; done once a term: in a new one others have watched since."""
        if self._term == term:
            return
        self._forget()
        self._term = term
        kept = _newest(
            self._files.read(file_name(BLOCKS_FILE, self._key), lambda data: log_from_bytes(data, moment)),
            moment, self._key,
        )  # fmt: skip
        if isinstance(kept, KeptLog):
            self.log.follow(kept.log)
            if kept.log.blocks and not self.log.blocks:
                self._tell(
                    f"{len(kept.log.blocks)} blocks of another length are left out: baseline_block was changed"
                )
            self._handled = str(kept.remarks.get(_HANDLED, ""))
            self._note = str(kept.remarks.get(_NOTE, ""))
        found = _newest(
            self._files.read(file_name(BASELINE_FILE, self._key), baseline_from_bytes), moment, self._key
        )
        if found is not None and not isinstance(found, KeptLog):
            self._use(found.baseline, moment)

    def watch(self, training: Reference, snapshot: Snapshot, rulings: Rulings, moment: Moment) -> None:
        """Add what was counted, and do what has to be done with the baseline.

        Args:
            training: The profile whose bins the snapshot counts.
            snapshot: All counts of the model.
            rulings: What people decided.
            moment: The present.
        """
        if self.baseline is not None and self.baseline.fingerprint != training.fingerprint:
            self._tell("the baseline is dropped: the profile has other bins now")
            self._use(None, moment)
        self._features = training.feature_names
        block = self.log.push(snapshot, moment.wall)
        if block is not None:
            self.log.keep(self._judged(block, training))
        has_handled = self._follow(rulings, training, moment)
        if (
            not has_handled
            and self._is_wanted(training, rulings)
            and is_clean_week(self.log, rulings.excluded)
        ):
            self._learn(training, rulings, moment, None)
        self.keep(moment, at_once=block is not None or has_handled)

    def reference(self, training: Reference) -> Reference:
        """Return what drift is measured against: the baseline, where there is one, else ``training``."""
        baseline = self.baseline
        if baseline is None or baseline.fingerprint != training.fingerprint:
            return training
        known = self._applied
        if known is None or known[0] is not baseline or known[1] is not training:
            known = self._applied = (baseline, training, baseline.applied(training))
        return known[2]

    def state(self, training: Reference, rulings: Rulings) -> BaselineState:
        """Return what is known, for everybody who shows it."""
        used, baseline = self.reference(training), self.baseline
        has_baseline = baseline is not None and used is not training
        return BaselineState(
            against=SERVING if has_baseline else TRAINING,
            clean_blocks=len(clean_places(self.log, rulings.excluded)),
            required_blocks=REQUIRED_CLEAN,
            watched_blocks=len(self.log.blocks),
            block_limit=self.log.limit,
            block_seconds=self.log.length_seconds,
            accepted_timestamp=baseline.accepted_timestamp if baseline is not None and has_baseline else None,
            who=baseline.who if baseline is not None and has_baseline else "",
            why=baseline.why if baseline is not None and has_baseline else "",
            note=self._note,
            reference=used if has_baseline else None,
            excluded=rulings.excluded,
            acknowledged={name: known.timestamp for name, known in rulings.acknowledged.items()},
        )

    def keep(self, moment: Moment, *, at_once: bool = False) -> None:
        """Write the blocks, every five minutes at most unless they have to be written at once."""
        since = self._kept
        is_due = since is None or moment.seconds_since(since) / moment.factor >= INTERVAL_SECONDS
        if self.log.began is None or not (is_due or at_once):
            return
        self._kept = moment
        remarks = {_HANDLED: self._handled, _NOTE: self._note}
        data = log_to_bytes(self._key, self.log, moment, features=self._features, remarks=remarks)
        self._files.write({file_name(BLOCKS_FILE, self._key): data})

    def _judged(self, block: Block, training: Reference) -> Block:
        with IMPORTING:
            from mlexporter.statistics.quality_scores import quality_scores  # noqa: PLC0415 - it loads scipy, off the request path

        required = self._settings.required_observations
        scores: Mapping[str, Scores] = {}
        if training.features:
            scores = quality_scores(training, [self.log.counts(block)], required_observations=required)
        of_block = {name: values[0] for name, values in scores.items()}
        return with_faults(block, self.log, training, of_block, required_rows=required)

    def _is_wanted(self, training: Reference, rulings: Rulings) -> bool:
        """Return whether a baseline shall be learned although nobody has asked for it."""
        if self.baseline is not None or (rulings.baseline is not None and rulings.baseline.kind == RESET):
            return False
        return self._settings.baseline == "on" or not any(feature.noise for feature in training.features)

    def _follow(self, rulings: Rulings, training: Reference, moment: Moment) -> bool:
        """Do what a person has asked for, once; return whether there was something."""
        asked = rulings.baseline
        is_done = asked is None or asked.identity in {
            self._handled, "" if self.baseline is None else self.baseline.decision,
        }  # fmt: skip
        if asked is None or is_done:
            return False
        self._handled, self._note = asked.identity, ""
        if asked.kind == RESET:
            self._tell("drift is measured against training again, as was decided")
            self._use(None, moment)
        elif asked.kind == ACCEPT:
            clean = clean_places(self.log, rulings.excluded, with_incidents=asked.with_incidents)
            if len(clean) < REQUIRED_CLEAN:
                self._note = (
                    f"What was decided could not be followed: {len(clean)} clean blocks are there, and a baseline "
                    f"needs {REQUIRED_CLEAN}."
                )
            else:
                self._learn(training, rulings, moment, asked)
        return True

    def _learn(self, training: Reference, rulings: Rulings, moment: Moment, asked: Decision | None) -> None:
        about: dict[str, Any] = {}
        if asked is not None:
            about = {
                "who": asked.who, "why": asked.why, "decision": asked.identity,
                "with_incidents": asked.with_incidents,
            }  # fmt: skip
        baseline = learn_baseline(
            training, self.log, windows=self._settings.window_seconds, excluded=rulings.excluded,
            required_observations=self._settings.required_observations, accepted_timestamp=moment.wall, **about,
        )  # fmt: skip
        self._use(baseline, moment)
        self._note = ""
        self._tell(
            f"drift is measured against a baseline of {baseline.n_blocks} blocks of serving from now on"
        )

    def _use(self, baseline: Baseline | None, moment: Moment) -> None:
        if baseline is None and self.baseline is None:
            return
        self.baseline = baseline
        data = baseline_to_bytes(self._key, baseline, moment)
        self._files.write({file_name(BASELINE_FILE, self._key): data})

    def _tell(self, sentence: str) -> None:
        _LOGGER.warning("mlexporter: model %s %s: %s", self._key.name, self._key.version, sentence)


def _newest(
    files: Sequence[KeptLog | KeptBaseline], moment: Moment, key: ModelKey
) -> KeptLog | KeptBaseline | None:
    """Return the file about the model that was written last."""

    def age(kept: KeptLog | KeptBaseline) -> tuple[bool, float]:
        is_this_boot = kept.written.boot_id == moment.boot_id
        return is_this_boot, kept.written.now if is_this_boot else kept.written.wall

    return max((kept for kept in files if kept.key == key), key=age, default=None)
