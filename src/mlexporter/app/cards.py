"""What workers tell each other about models beside the counts: profiles, and notes for people."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.shared_files import SharedFiles, file_name
from mlexporter.errors import EnvironmentDegradedError, ProfileError
from mlexporter.profile import Profile, reading, writing  # noqa: F401 - no import of theirs is left for a thread
from mlexporter.records import ModelKey, Reference

if TYPE_CHECKING:
    from mlexporter.app.models import Model

_LOGGER = logging.getLogger("mlexporter")
_CARD: Final = "card"
_PROFILE: Final = "profile"
_FAILURES: Final = (EnvironmentDegradedError, OSError)


@dataclass(frozen=True)
class Card:
    """What a reader that does not serve a model shows of it."""

    notes: tuple[tuple[str, str], ...] = ()
    degraded: Mapping[str, str] = field(default_factory=dict)


class Cards:
    """Cards and profiles in the directory of this process; nothing here raises."""

    def __init__(self) -> None:
        self._published: dict[str, bytes] = {}
        self._profiles: dict[str, Reference | None] = {}

    def publish(self, directory: SharedFiles, models: Sequence[Model]) -> None:
        """Leave a card, and the profile, of each model that this process serves, where they changed."""
        for model in models:
            content = {"notes": model.notes(), "degraded": model.degraded()}
            self._write(directory, file_name(_CARD, model.key), json.dumps(content).encode())
        self.publish_profiles(directory, models)

    def publish_profiles(self, directory: SharedFiles, models: Sequence[Model]) -> None:
        """Leave the profile of each model, so that whoever finds its bins can tell what they are."""
        for model in models:
            reference = model.state.reference
            if reference is not None and self._profiles.get(reference.profile_id) is not reference:
                self._profiles[reference.profile_id] = reference
                self._write_profile(directory, reference)

    def _write_profile(self, directory: SharedFiles, reference: Reference) -> None:
        name = f"{_PROFILE}-{reference.profile_id}"
        try:
            if directory.read_shared(name) is not None:  # another worker has left it
                return
        except _FAILURES:
            return
        from mlexporter.profile import Profile  # noqa: PLC0415 - as late as it can be

        self._write(directory, name, Profile(reference).to_json().encode())

    def reference(self, directory: SharedFiles, profile_id: str) -> Reference | None:
        """Return the profile of this id that a worker has left; None until it is there."""
        if self._profiles.get(profile_id) is None:
            try:
                data = directory.read_shared(f"{_PROFILE}-{profile_id}")
                if data is None:
                    return None
                self._profiles[profile_id] = Profile.from_json(data.decode()).reference
            except (*_FAILURES, ValueError, ProfileError):
                return None
        return self._profiles[profile_id]

    def card(self, directory: SharedFiles, key: ModelKey) -> Card:
        """Return what a worker says of a model; an empty card until it is there."""
        try:
            data = directory.read_shared(file_name(_CARD, key))
            content: Any = {} if data is None else json.loads(data)
            return Card(
                tuple((str(subject), str(sentence)) for subject, sentence in content.get("notes", ())),
                {str(reason): str(sentence) for reason, sentence in content.get("degraded", {}).items()},
            )
        except (*_FAILURES, ValueError, TypeError, AttributeError):
            return Card()

    def forget(self) -> None:
        """In a forked child: what the parent published need not be in the child's directory."""
        self._published.clear()
        self._profiles.clear()

    def _write(self, directory: SharedFiles, name: str, data: bytes) -> None:
        if self._published.get(name) == data:
            return
        try:
            directory.write_shared(name, data)
            self._published[name] = data
        except _FAILURES as error:
            _LOGGER.debug("mlexporter: %s cannot be shared: %s", name, error)
