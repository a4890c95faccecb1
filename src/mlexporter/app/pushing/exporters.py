"""Makes the official exporter that the variables of OpenTelemetry ask for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.pushing.answers import Answers
from mlexporter.app.pushing.options import GRPC
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
    made = _imported(module_name, package).OTLPMetricExporter
    # A session of ours would take the place of one that the user's plug-in makes.
    is_theirs = protocol == GRPC or any(os.environ.get(name) for name in _CREDENTIALS)
    try:
        exporter: MetricExporter = made() if is_theirs else made(session=answers.session())
    except Exception as error:
        raise PushError(
            f"the exporter for {protocol} cannot be made ({type(error).__name__}): look at the variables "
            "OTEL_EXPORTER_OTLP_*"
        ) from error
    return exporter


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
    if not callable(getattr(inner, "export", None)):
        raise ConfigurationError(
            f"inner={type(inner).__name__}: the MetricExporter of OpenTelemetry is needed that your reader has"
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
        f"nothing is pushed over OTLP: {module_name.rpartition('.')[0]} is not installed or too old; "
        f"pip install --upgrade {package}"
    )
