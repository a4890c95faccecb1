"""What workers tell each other about models beside the counts: profiles, notes for people, what is expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.shared_files import SharedFiles, file_name, profile_file_name
from mlexporter.errors import EnvironmentDegradedError, ProfileError, without_frames
from mlexporter.profile import Profile, reading, writing  # noqa: F401 - no import of theirs is left for a thread
from mlexporter.records import ConfigurationState, ModelKey, Reference

if TYPE_CHECKING:
    from mlexporter.app.models import Model
    from mlexporter.app.place import Place
    from mlexporter.configuration.configuration import ModelConfiguration

_CARD: Final = "card"
_PART: Final = "cards"
_UNSHARED: Final = (
    "notes or profiles of models cannot be shared, so that other processes show none, or no drift: {}"
)
_FAILURES: Final = (EnvironmentDegradedError, OSError)


@dataclass(frozen=True)
class Card:
    """What a reader that does not serve a model shows of it.

    Attributes:
        configured: What is configured where it is served; None where nothing is.
        state: How it stands with the configuration file there; None without one.
    """

    notes: tuple[tuple[str, str], ...] = ()
    degraded: Mapping[str, str] = field(default_factory=dict)
    configured: ModelConfiguration | None = None
    state: ConfigurationState | None = None


class Cards:
    """Cards and profiles in the directory of this process; nothing here raises.

    Args:
        place: Gets the trouble where they cannot be left there.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._failure: Exception | None = None
        self._left: set[str] = set()
        self._published: dict[str, bytes] = {}
        self._profiles: dict[str, Reference | None] = {}

    def publish(
        self, directory: SharedFiles, models: Sequence[Model], about: Callable[[Model], Mapping[str, Any]]
    ) -> None:
        """Leave a card, and the profile, of each model that this process serves, where they changed.

        ``about`` returns what the card says of a model.
        """
        for model in models:
            content = about(model)
            self._write(directory, file_name(_CARD, model.key), json.dumps(content).encode())
        self._leave_profiles(directory, models)
        self._settle()

    def publish_profiles(self, directory: SharedFiles, models: Sequence[Model]) -> None:
        """Leave the profile of each model, so that whoever finds its bins can tell what they are."""
        self._leave_profiles(directory, models)
        self._settle()

    def _leave_profiles(self, directory: SharedFiles, models: Sequence[Model]) -> None:
        for model in models:
            reference = model.state.reference
            if reference is not None:
                self._profiles[reference.profile_id] = reference
                if reference.profile_id not in self._left:
                    self._write_profile(directory, reference)

    def _write_profile(self, directory: SharedFiles, reference: Reference) -> None:
        name = profile_file_name(reference.profile_id)
        try:
            if directory.read_shared(name) is None:  # no other worker has left it
                directory.write_shared(name, Profile(reference).to_json().encode())
            self._left.add(reference.profile_id)
        except _FAILURES as error:
            self._failure = without_frames(error)

    def reference(self, directory: SharedFiles, profile_id: str) -> Reference | None:
        """Return the profile of this id that a worker has left; None until it is there."""
        if self._profiles.get(profile_id) is None:
            try:
                data = directory.read_shared(profile_file_name(profile_id))
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
            configured = content.get("configured")
            return Card(
                tuple((str(subject), str(sentence)) for subject, sentence in content.get("notes", ())),
                {str(reason): str(sentence) for reason, sentence in content.get("degraded", {}).items()},
                None if configured is None else _configured(configured),
                _state(content.get("state")),
            )
        except (*_FAILURES, ValueError, TypeError, AttributeError):
            return Card()

    def forget(self) -> None:
        """In a forked child: what the parent published need not be in the child's directory."""
        self._published.clear()
        self._left.clear()
        self._profiles.clear()

    def _write(self, directory: SharedFiles, name: str, data: bytes) -> None:
        if self._published.get(name) == data:
            return
        try:
            directory.write_shared(name, data)
            self._published[name] = data
        except _FAILURES as error:
            self._failure = without_frames(error)

    def _settle(self) -> None:
        """Tell what could not be left, once; it is tried again with the next card."""
        failure, self._failure = self._failure, None
        if failure is None:
            self._place.troubles.end(_PART, "notes and profiles of models are shared again")
        else:
            self._place.tell(_PART, _UNSHARED.format(failure), failure)


def _configured(content: Any) -> ModelConfiguration:
    from mlexporter.configuration.configuration import model_from_json  # noqa: PLC0415 - most have no file

    return model_from_json(content)


def _state(content: Any) -> ConfigurationState | None:
    if content is None:
        return None
    is_good, timestamp = content
    return ConfigurationState(bool(is_good), float(timestamp))
