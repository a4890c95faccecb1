"""What the variables of OpenTelemetry say about pushes, and what the arguments of ``push`` say instead."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args

from mlexporter.errors import ConfigurationError
from mlexporter.state.log import LOG

Temporality = Literal["cumulative", "delta"]

GRPC: Final = "grpc"
HTTP: Final = "http/protobuf"

_INTERVAL_MILLISECONDS: Final = 60_000.0
_TIMEOUT_MILLISECONDS: Final = 30_000.0
_INTERVAL: Final = "OTEL_METRIC_EXPORT_INTERVAL"
_TIMEOUT: Final = "OTEL_METRIC_EXPORT_TIMEOUT"
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_TEMPORALITY: Final = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
_DISABLED: Final = "OTEL_SDK_DISABLED"
_EXPORTERS: Final = "OTEL_METRICS_EXPORTER"
_OTLP: Final = "otlp"
_REGISTERED: Final = {"otlp_proto_http": HTTP, "otlp_proto_grpc": GRPC}
"""Names that Python has for exporters, besides that of the specification."""
_EXPORTER_TIMEOUTS: Final = ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
_EXPORTER_TIMEOUT_SECONDS: Final = 10.0


class PushOptions(NamedTuple):
    """How to push.

    Attributes:
        interval_seconds: Time between two pushes.
        timeout_seconds: What an exporter is told that a push may take.
        protocol: ``http/protobuf`` or ``grpc``; of no interest to an exporter that is given.
        is_delta: Counters and histograms are what was counted since the push before.
        off: Why nothing is to be pushed; empty where something is.
    """

    interval_seconds: float = _INTERVAL_MILLISECONDS / 1000
    timeout_seconds: float = _TIMEOUT_MILLISECONDS / 1000
    protocol: str = HTTP
    is_delta: bool = False
    off: str = ""


def read_options(
    environment: Mapping[str, str],
    *,
    interval_seconds: float | None = None,
    temporality: Temporality | None = None,
    is_exporter_given: bool = False,
) -> PushOptions:
    """Return how to push; arguments win over variables, and a variable that says nothing known is told of.

    Args:
        environment: Usually ``os.environ``.
        interval_seconds: As for ``push``.
        temporality: As for ``push``.
        is_exporter_given: Whether the application brings the exporter: then no variable chooses one.

    Raises:
        ConfigurationError: an argument that can never work.
    """
    interval = checked_interval(interval_seconds)
    if interval is None:
        interval = _milliseconds(environment, _INTERVAL, _INTERVAL_MILLISECONDS) / 1000
    return PushOptions(
        interval_seconds=interval,
        timeout_seconds=_milliseconds(environment, _TIMEOUT, _TIMEOUT_MILLISECONDS) / 1000,
        protocol=HTTP if is_exporter_given else _protocol(environment),
        is_delta=is_delta(environment, temporality),
        off=_off(environment, is_exporter_given=is_exporter_given),
    )


def checked_interval(interval_seconds: object) -> float | None:
    """Return an interval that can be; raises ConfigurationError for every other one."""
    if interval_seconds is None:
        return None
    if (
        isinstance(interval_seconds, int | float)
        and not isinstance(interval_seconds, bool)
        and 0 < interval_seconds <= sys.float_info.max
    ):
        return float(interval_seconds)
    raise ConfigurationError(
        f"interval_seconds={interval_seconds!r}: a number of seconds above 0 is needed, such as 15.0; "
        f"without one {_INTERVAL} counts"
    )


def is_delta(environment: Mapping[str, str], temporality: Temporality | None) -> bool:
    """Return whether counters are differences; ``lowmemory`` is cumulative, for so nothing is remembered.

    Raises:
        ConfigurationError: a temporality that does not exist.
    """
    if temporality is not None:
        if temporality not in get_args(Temporality):
            raise ConfigurationError(f"temporality={temporality!r}: 'cumulative' or 'delta' is needed")
        return temporality == "delta"
    preferred = environment.get(_TEMPORALITY, "").strip().lower()
    if preferred not in {"", "cumulative", "delta", "lowmemory"}:
        LOG.warning("mlexporter: %s=%r is not known; pushes are cumulative", _TEMPORALITY, preferred)
    return preferred == "delta"


def _off(environment: Mapping[str, str], *, is_exporter_given: bool) -> str:
    if environment.get(_DISABLED, "").strip().lower() == "true":
        return f"{_DISABLED} is true"
    names = _chosen(environment)
    if names and not is_exporter_given and not {_OTLP, *_REGISTERED} & set(names):
        return f"{_EXPORTERS}={','.join(names)} names no {_OTLP}"
    return ""


def _chosen(environment: Mapping[str, str]) -> list[str]:
    """Return the exporters that the application is to have."""
    names = environment.get(_EXPORTERS, "").lower().split(",")
    return [name.strip() for name in names if name.strip()]


def timeout_of_exporter(environment: Mapping[str, str]) -> float | None:
    """Return the seconds that an exporter is given instead of what the variables say; None where these can be."""
    for variable in _EXPORTER_TIMEOUTS:
        text = environment.get(variable, "").strip()
        if text:
            default = _EXPORTER_TIMEOUT_SECONDS
            return None if _positive(variable, text, "seconds", default) is not None else default
    return None


def _protocol(environment: Mapping[str, str]) -> str:
    names = _chosen(environment)
    for name, protocol in _REGISTERED.items():
        if name in names:
            return protocol
    for variable in _PROTOCOLS:
        value = environment.get(variable, "").strip().lower()
        if value in {GRPC, HTTP}:
            return value
        if value:
            LOG.warning("mlexporter: %s=%r is not known here; %s is used", variable, value, HTTP)
            return HTTP
    return HTTP


def _milliseconds(environment: Mapping[str, str], variable: str, default: float) -> float:
    text = environment.get(variable, "").strip()
    if not text:
        return default
    return _positive(variable, text, "milliseconds", default) or default


def _positive(variable: str, text: str, unit: str, default: float) -> float | None:
    """Return the number that a variable says; None, and a line in the log, where it is none above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value > 0:
        return value
    LOG.warning("mlexporter: %s=%r is no number of %s above 0; %g is used", variable, text, unit, default)
    return None
