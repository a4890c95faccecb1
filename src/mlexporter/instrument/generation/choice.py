"""What the decorator of a generative model says of it; wrong choices raise where they are made."""

from __future__ import annotations

from mlexporter.catalogue import OPERATIONS
from mlexporter.errors import ConfigurationError
from mlexporter.state.generation import GenerationKind
from mlexporter.state.names import clean_name


def generation_kind(kind: object, provider: object, request_model: object) -> GenerationKind | None:
    """Return what generations are, from the arguments ``kind``, ``provider`` and ``request_model``.

    None is a model that generates nothing.

    Raises:
        ConfigurationError: one of them can never work.
    """
    others = {"provider": provider, "request_model": request_model}
    if kind is None:
        for name, value in others.items():
            if value is not None:
                raise ConfigurationError(
                    f"{name}={value!r}: it says something of generations; give kind= too, such as kind='chat'"
                )
        return None
    if not isinstance(kind, str) or kind not in OPERATIONS:
        raise ConfigurationError(
            f"kind={kind!r}: one of {', '.join(OPERATIONS)} is needed; leave it out for any other model"
        )
    for name, value in others.items():
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise ConfigurationError(f"{name}={value!r}: a text that is not empty is needed")
    # Cut and valid from here on: they get into labels and into spans, whose encoders take no broken text.
    return GenerationKind(
        kind, *(clean_name(value) if isinstance(value, str) else "" for value in others.values())
    )
