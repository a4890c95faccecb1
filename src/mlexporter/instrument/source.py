"""Where a call's features come from: resolved once, when the function is wrapped.

``features=`` wins; else the parameters that the profile names; else the only parameter other than
``self`` as a container; else there are service metrics only.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.selection import Selection

Arguments: TypeAlias = tuple[Any, ...]
Keywords: TypeAlias = Mapping[str, Any]
Pick: TypeAlias = Callable[[Arguments, Keywords], object]
"""Takes the container of features out of the arguments of a call."""

_EMPTY: Final = inspect.Parameter.empty
_ONE_VALUE: Final = (str, bytes, bool, int, float, np.generic)
_VARIADIC: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Source(NamedTuple):
    """How features are taken.

    Attributes:
        pick: Takes the container out of the arguments, or None for service metrics only.
        is_container: True where keys beyond the features break the schema.
        note: What is monitored or what is not and why, for people.
        lacking: Features of the profile that no parameter brings; they are counted as missing.
        place: Position of the container among the arguments, or None where it has none.
    """

    pick: Pick | None
    is_container: bool
    note: str
    lacking: tuple[str, ...] = ()
    place: int | None = None


def find_source(
    function: Callable[..., Any],
    selection: Selection,
    names: Sequence[str] | None,
    *,
    is_learning: bool = False,
) -> Source:
    """Return how the features of a call of ``function`` are taken.

    Args:
        function: The monitored function.
        selection: What the user chose.
        names: Features of the profile, or None without one.
        is_learning: True in warm-up, when several parameters may all be features.

    Raises:
        ConfigurationError: ``features`` names what the function does not have.
    """
    if callable(selection.features):
        chooser = selection.features
        note = "features come from the callable given as features="
        return Source(lambda args, kwargs: chooser(*args, **kwargs), is_container=False, note=note)
    parameters = _parameters(function)
    chosen = selection.feature_names
    if chosen is not None:
        return _chosen(function, parameters, chosen)
    kinds = {parameter.kind for parameter in parameters.values()}
    free = [name for name in parameters if name not in _bound(function)]
    named = [name for name in names or () if name in parameters]
    if is_learning and len(free) > 1 and kinds.isdisjoint(_VARIADIC):
        named = free
    if named == free and len(free) == 1 and len(names or ()) > 1:
        return _feature_or_container(parameters, free[0])
    if named:
        return _named_source(parameters, named, names or ())
    if len(free) == 1:
        (name,) = free
        note = f"features are read from the parameter {name}"
        return _container(parameters, name, note, is_container=True)
    return Source(None, is_container=False, note=_unclear(parameters))


def _container(
    parameters: Mapping[str, inspect.Parameter], name: str, note: str, *, is_container: bool
) -> Source:
    has_place = parameters[name].kind in {
        inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    }  # fmt: skip
    place = _place(parameters, name) if has_place else None
    return Source(_one_parameter(parameters, name), is_container=is_container, note=note, place=place)


def _feature_or_container(parameters: Mapping[str, inspect.Parameter], name: str) -> Source:
    """Return the source of ``predict(flight)`` where a feature is called flight, too: the value tells."""
    take = _one_parameter(parameters, name)

    def pick(args: Arguments, kwargs: Keywords) -> object:
        value = take(args, kwargs)
        return {name: value} if value is None or isinstance(value, _ONE_VALUE) else value

    note = (
        f"features are read from the parameter {name}; where it is a single value, it is the feature {name}"
    )
    return Source(pick, is_container=True, note=note)


def _named_source(
    parameters: Mapping[str, inspect.Parameter], named: Sequence[str], names: Sequence[str]
) -> Source:
    """Return the source where parameters are features; ``**rest`` brings those without a parameter."""
    others = [name for name in names if name not in named]
    rest = next((n for n, p in parameters.items() if p.kind is inspect.Parameter.VAR_KEYWORD), None)
    if rest is None or not others:
        note = f"features are the parameters {', '.join(named)}"
        return _from_parameters(parameters, named, note)._replace(lacking=tuple(others))
    note = f"features are the parameters {', '.join(named)} and what **{rest} holds"
    own = _from_parameters(parameters, named, note)
    pick_own = own.pick

    def pick(args: Arguments, kwargs: Keywords) -> object:
        found: Any = {} if pick_own is None else pick_own(args, kwargs)
        return {**{name: kwargs[name] for name in others if name in kwargs}, **found}

    return own._replace(pick=pick)


def _bound(function: Callable[..., Any]) -> frozenset[str]:
    """Return the parameters that ``functools.partial`` has set by keyword: callers leave them out."""
    bound: set[str] = set()
    while isinstance(function, functools.partial):
        bound.update(function.keywords)
        function = function.func
    return frozenset(bound)


def _chosen(
    function: Callable[..., Any], parameters: Mapping[str, inspect.Parameter], chosen: tuple[str, ...]
) -> Source:
    listed = ", ".join(chosen)
    if all(name in parameters for name in chosen):
        return _from_parameters(parameters, chosen, f"features are the parameters {listed}")
    required = [name for name, parameter in parameters.items() if parameter.default is _EMPTY]
    containers = required if len(required) == 1 else list(parameters)
    if len(containers) == 1:
        note = f"features are {listed} of the parameter {containers[0]}"
        return _container(parameters, containers[0], note, is_container=False)
    absent = next(name for name in chosen if name not in parameters)
    raise ConfigurationError(
        f"features={list(chosen)!r}: {absent!r} is no parameter of {title_of(function)}, which has "
        f"{', '.join(parameters) or 'none'}; name parameters, or give a callable that gets the arguments"
    )


def _from_parameters(parameters: Mapping[str, inspect.Parameter], names: Sequence[str], note: str) -> Source:
    picks = [(name, _one_parameter(parameters, name)) for name in names]

    def pick(args: Arguments, kwargs: Keywords) -> object:
        found = ((name, take(args, kwargs)) for name, take in picks)
        return {name: value for name, value in found if value is not _EMPTY}

    return Source(pick, is_container=False, note=note)


def _one_parameter(parameters: Mapping[str, inspect.Parameter], name: str) -> Pick:
    parameter = parameters[name]
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return lambda _, kwargs: dict(kwargs)
    place = _place(parameters, name)
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return lambda args, _: args[place:]
    default = parameter.default
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
        return lambda _, kwargs: kwargs.get(name, default)

    def pick(args: Arguments, kwargs: Keywords) -> object:
        return args[place] if len(args) > place else kwargs.get(name, default)

    return pick


def pick_of_time(function: Callable[..., Any], selection: Selection) -> Pick | None:
    """Return what takes the time of a call out of its arguments; None where rows bring theirs, or none."""
    chooser = selection.timestamp
    if callable(chooser):
        return lambda args, kwargs: chooser(*args, **kwargs)
    parameters = _parameters(function)
    parameter = None if chooser is None else parameters.get(chooser)
    if parameter is None or any(parameter.kind is kind for kind in _VARIADIC):
        return None
    return _one_parameter(parameters, parameter.name)


def _place(parameters: Mapping[str, inspect.Parameter], name: str) -> int:
    first = getattr(parameters, "first_place", 0)
    return int(first) + list(parameters).index(name)


class _Parameters(dict[str, inspect.Parameter]):
    """Parameters without ``self``; ``first_place`` is the position of the first one."""

    first_place = 0


def _parameters(function: Callable[..., Any]) -> _Parameters:
    try:
        found = _Parameters(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return _Parameters()  # built-in functions tell nobody their parameters
    first = next(iter(found), "")
    if first in {"self", "cls"}:
        del found[first]
        found.first_place = 1
    return found


def title_of(function: Callable[..., Any]) -> str:
    """Return the name under which people know ``function``; that of what a partial calls."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__qualname__", type(function).__name__))


def full_name_of(function: Callable[..., Any]) -> str:
    """Return module and qualified name of ``function``, as ``code.function.name`` wants it."""
    title = title_of(function)
    while isinstance(function, functools.partial):
        function = function.func
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module}.{title}"


def _unclear(parameters: Mapping[str, inspect.Parameter]) -> str:
    if not parameters:
        return "features are not monitored: the function has no parameters that can be read; pass features="
    variadic: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    shown = [variadic.get(parameter.kind, "") + name for name, parameter in parameters.items()]
    given = [
        name if parameter.kind in _VARIADIC or parameter.default is _EMPTY else f"{name}=None"
        for name, parameter in zip(shown, parameters.values(), strict=True)
    ]
    example = f"{', '.join(given)}: {next(iter(parameters))}"
    return (
        f"features are not monitored: none of the parameters {', '.join(shown)} is one in the profile "
        f"and there is more than one; pass features=, such as features=lambda {example}"
    )
