"""Makes the official exporter that the variables of OpenTelemetry ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.pushing.answers import Answers
from mlexporter.app.pushing.options import GRPC, timeout_of_exporter
from mlexporter.errors import ConfigurationError, PushError
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter

_SDK: Final = "opentelemetry.sdk.metrics.export"
_PACKAGES: Final = {
    GRPC: (
        "opentelemetry.exporter.otlp.proto.grpc.metric_exporter",
        "opentelemetry-exporter-otlp-proto-grpc",
    ),
}
_HTTP: Final = ("opentelemetry.exporter.otlp.proto.http.metric_exporter", "'mlexporter[otlp]'")
_CREDENTIALS: Final = (
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_METRICS_CREDENTIAL_PROVIDER",
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER",
)


def make_exporter(protocol: str, answers: Answers) -> MetricExporter:
    """Return the exporter of this protocol; endpoint, headers and all else it takes from the environment.

    Raises:
        PushError: its package is not installed, or it cannot be made.
    """
    module_name, package = _PACKAGES.get(protocol, _HTTP)
    exporter_class = _imported(module_name, package).OTLPMetricExporter
    # A session of ours would take the place of one that the user's plug-in makes.
    is_theirs = protocol == GRPC or any(os.environ.get(name) for name in _CREDENTIALS)
    options: dict[str, Any] = {} if is_theirs else {"session": answers.session()}
    timeout = timeout_of_exporter(os.environ)
    if timeout is not None:
        options["timeout"] = timeout
    try:
        exporter: MetricExporter = exporter_class(**options)
    except Exception as error:
        raise PushError(
            f"the exporter for {protocol} cannot be made ({type(error).__name__}): look at the variables "
            "OTEL_EXPORTER_OTLP_*"
        ) from error
    return exporter


def call_maker(maker: Callable[[], object]) -> MetricExporter:
    """Return the exporter that a function of the application makes.

    Raises:
        PushError: it raises, or makes something else.
    """
    name = getattr(maker, "__qualname__", type(maker).__name__)
    try:
        made: Any = maker()
    except BaseException as error:
        raise PushError(
            f"exporter={name}: it has raised {type(error).__name__}, and made no exporter; it must be a "
            "MetricExporter of OpenTelemetry, or a function without arguments that returns one"
        ) from error
    if isinstance(made, type) or not callable(getattr(made, "export", None)):
        raise PushError(
            f"exporter={name}: it has returned {type(made).__name__}, which is no exporter; a MetricExporter "
            "of OpenTelemetry is needed"
        )
    exporter: MetricExporter = made
    return exporter


def load_early(protocol: str | None) -> None:
    """Load what cannot be loaded at the end of a process any more: the exporter for gRPC runs threads as it loads.

    Raises:
        PushError: it is the end already, or the package is not there.
    """
    if protocol != GRPC:
        return
    try:
        _imported(*_PACKAGES[GRPC])
    except RuntimeError as error:
        raise PushError(
            f"the exporter for {GRPC} cannot be loaded at the end of a process any more; call "
            "mlexporter.push() at its beginning, or use OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        ) from error


def need_packages(protocol: str | None) -> None:
    """Make sure, without loading them, that the packages of OpenTelemetry are there.

    Args:
        protocol: Of the exporter; None where the application brings one.

    Raises:
        PushError: one is missing; the message has the command that installs it.
    """
    from importlib.util import find_spec  # noqa: PLC0415 - who does not push needs none of it

    wanted = [(_SDK, _HTTP[1])]
    if protocol is not None:
        wanted.append(_PACKAGES.get(protocol, _HTTP))
    for module_name, package in wanted:
        try:
            is_there = find_spec(module_name.rpartition(".")[0]) is not None
        except ImportError:
            is_there = False
        if not is_there:
            raise _missing(module_name, package)


def load_sdk() -> None:
    """Load what turns families into points.

    Raises:
        PushError: the SDK is not installed.
    """
    _imported(_SDK, _HTTP[1])
    with IMPORTING:
        import mlexporter.exposition.otlp.points  # noqa: F401, PLC0415 - it needs the SDK, and time


def check_exporter(exporter: object) -> None:
    """Make sure that what the application brings is an exporter, or a function that makes one.

    Raises:
        ConfigurationError: it is neither.
    """
    if exporter is None or callable(exporter) or callable(getattr(exporter, "export", None)):
        return
    raise ConfigurationError(
        f"exporter={type(exporter).__name__}: a MetricExporter of OpenTelemetry is needed, or a function "
        "without arguments that returns one; without one OTEL_EXPORTER_OTLP_* count"
    )


def check_inner(inner: object) -> None:
    """Make sure that what is to be wrapped is an exporter.

    Raises:
        ConfigurationError: it is none.
    """
    if isinstance(inner, type) or not callable(getattr(inner, "export", None)):
        raise ConfigurationError(
            f"inner={inner.__name__ if isinstance(inner, type) else type(inner).__name__}: the MetricExporter of OpenTelemetry is needed that your reader has"
        )


def check_resource(resource: object) -> None:
    """Make sure that a resource is one.

    Raises:
        ConfigurationError: it is none.
    """
    if resource is not None and not (hasattr(resource, "attributes") and hasattr(resource, "merge")):
        raise ConfigurationError(
            f"resource={type(resource).__name__}: a Resource of OpenTelemetry is needed, such as "
            "Resource.create({'service.name': 'fares'}); without one OTEL_SERVICE_NAME counts"
        )


def _imported(module_name: str, package: str) -> Any:
    with IMPORTING:
        from importlib import import_module  # noqa: PLC0415 - who does not push needs none of it

        try:
            return import_module(module_name)
        except ImportError as error:
            raise _missing(module_name, package) from error


def _missing(module_name: str, package: str) -> PushError:
    return PushError(
        f"{module_name.rpartition('.')[0]} is not installed or too old; pip install --upgrade {package}"
    )
