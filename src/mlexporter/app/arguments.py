"""The arguments of ``monitor`` and ``Monitor``: declared once, checked once, the same everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Required, TypedDict, TypeVar

from mlexporter import catalogue
from mlexporter.app.loading import ProfileArgument
from mlexporter.errors import ConfigurationError
from mlexporter.instrument.event_choice import EventChoice, event_choice
from mlexporter.instrument.generation.choice import generation_kind
from mlexporter.instrument.selection import Selection
from mlexporter.records import ModelKey
from mlexporter.settings import Settings
from mlexporter.state.generation import GenerationKind

Method = TypeVar("Method", bound=Callable[..., Any])
MAXIMUM_PORT: Final = 65535


class MonitorArguments(TypedDict, total=False):
    """What ``mlexporter.monitor`` takes, all by keyword.

    Attributes:
        model: Name of the model, the label ``model_name``.
        version: Its version, the label ``model_version``.
        profile: Path of a profile, a ``Profile``, ``"warmup"`` to learn one from the first rows,
            or None for everything but drift.
        variant: ``primary``, ``shadow`` or ``canary``.
        features: Names of the features, or a callable that takes them out of the arguments.
            Without it: the parameters that the profile names, else the only parameter.
        prediction: Key of the prediction in the result, or a callable.
        id: Name of the field, or callable, that identifies a prediction.
        timestamp: Name of the field, or callable, that gives the time of a row.
        sample: Share of the calls whose features and outputs are recorded, above 0 and up to 1.
        events: Share of the calls that are sent as prediction events, 0 to 1; the setting ``events_ratio``
            if not given.
        redact: Names of features and outputs, or patterns such as ``email*``, whose values no event holds,
            beside those of the setting ``events_redact``.
        kind: What a generative model does: ``chat``, ``text_completion``, ``generate_content`` or
            ``embeddings``; None for any other model.
        provider: Who runs the generative model, such as ``openai``, ``anthropic`` or ``gcp.gemini``.
        request_model: The name under which it is asked for.
    """

    model: Required[str]
    version: Required[str]
    profile: ProfileArgument
    variant: str
    features: Any
    prediction: Any
    id: Any
    timestamp: Any
    sample: float
    events: float | None
    redact: Sequence[str]
    kind: str | None
    provider: str | None
    request_model: str | None


class Target(NamedTuple):
    """Where calls are counted, and what is taken out of them."""

    key: ModelKey
    profile: ProfileArgument
    selection: Selection
    events: EventChoice = EventChoice()
    generation: GenerationKind | None = None


def target(  # noqa: PLR0913 - each is one argument of the public decorator
    *,
    model: str,
    version: str,
    profile: ProfileArgument = None,
    variant: str = "primary",
    features: Any = None,
    prediction: Any = None,
    id: Any = None,  # noqa: A002 - the promised name
    timestamp: Any = None,
    sample: float = 1.0,
    events: float | None = None,
    redact: Sequence[str] = (),
    kind: str | None = None,
    provider: str | None = None,
    request_model: str | None = None,
) -> Target:
    """Check the arguments of ``monitor``.

    Raises:
        ConfigurationError: one of them can never work; it says which, and what would do.
    """
    _check_text("model", model)
    _check_text("version", version)
    if variant not in catalogue.VARIANTS:
        raise ConfigurationError(f"variant={variant!r}: one of {', '.join(catalogue.VARIANTS)} is needed")
    return Target(
        ModelKey(model, version, variant),
        profile,
        Selection(features, prediction, id, timestamp, sample),
        event_choice(events, redact),
        generation_kind(kind, provider, request_model),
    )


target.__qualname__ = "monitor"  # the name that a TypeError about arguments tells people


def listening_address(settings: Settings, host: object, port: object) -> tuple[str, int]:
    """Return host and port for ``serve``; None takes the setting.

    Raises:
        ConfigurationError: one of them can never be listened on.
    """
    number = settings.port if port is None else port
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAXIMUM_PORT:
        raise ConfigurationError(f"port={port!r}: a whole number from 0 to {MAXIMUM_PORT} is needed")
    address = settings.host if host is None else host
    if not isinstance(address, str) or not address.strip():
        raise ConfigurationError(f"host={host!r}: a name or an address is needed, such as 127.0.0.1")
    return address, number


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{name}={value!r}: a text that is not empty is needed")


_PROMISED: Final = tuple(inspect.signature(target).parameters.values())


def shows_arguments(method: Method) -> Method:
    """Make ``help()`` show the arguments one by one where a function takes them as ``**arguments``."""
    own = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    method.__signature__ = inspect.Signature([*own, *_PROMISED])  # type: ignore[attr-defined]
    return method
