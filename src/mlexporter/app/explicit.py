"""``mlexporter.Monitor``: explicit recording, where a decorator does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from mlexporter.app.arguments import MonitorArguments, shows_arguments

if TYPE_CHECKING:
    from mlexporter.app.exporter import Exporter
    from mlexporter.instrument.generation.told import GenerationArguments

Function = TypeVar("Function", bound=Callable[..., Any])


class Monitor:
    """Records the predictions of one model by hand: a loop, a batch job, rows from elsewhere.

    Args:
        exporter: The exporter to count into; the default one if not given.
        arguments: Those of ``mlexporter.monitor``.

    Raises:
        ConfigurationError: an argument that can never work.

    Example:
        >>> fares = Monitor(model="fares", version="3")
        >>> fares.record({"distance": 2.4}, 11.5)
    """

    @shows_arguments
    def __init__(self, *, exporter: Exporter | None = None, **arguments: Unpack[MonitorArguments]) -> None:
        if exporter is None:
            # It imports Exporter, which imports this package.
            from mlexporter.app.default import default_exporter  # noqa: PLC0415

            exporter = default_exporter()
        # One of them finds the profile for both, so that a broken one is told once.
        self._decorate, self._recorder = exporter.monitor_and_recorder(**arguments)

    def __call__(self, function: Function) -> Function:
        """Decorate ``function`` so that its calls count into the same model."""
        return self._decorate(function)

    def record(
        self,
        features: Any,
        prediction: Any = None,
        *,
        id: Any = None,  # noqa: A002 - the promised name
        timestamp: Any = None,
        duration_seconds: float | None = None,
        error: BaseException | None = None,
    ) -> None:
        """Count one prediction; never raises (but under ``strict``).

        Args:
            features: One row: a mapping, dataclass, pydantic model or sequence in profile order.
            prediction: What the model answered.
            id: Identifies the prediction, for ground truth that comes later.
            timestamp: When the row belongs, seconds since 1970; now if not given.
            duration_seconds: How long the prediction took.
            error: What the model raised, if it did; only its class is kept.
        """
        if self._recorder is not None:
            self._recorder.record(
                features, prediction, id=id, timestamp=timestamp,
                duration_seconds=duration_seconds, error=error,
            )  # fmt: skip

    def record_batch(
        self, frame: Any, predictions: Any = None, *, duration_seconds: float | None = None
    ) -> None:
        """Count a batch in one call; never raises (but under ``strict``).

        Args:
            frame: DataFrame, Arrow table, 2-D array in profile order, or list of rows.
            predictions: As many predictions as rows, shape (n,), or class scores (n, k).
            duration_seconds: How long the whole batch took.
        """
        if self._recorder is not None:
            self._recorder.record_batch(frame, predictions, duration_seconds=duration_seconds)

    def record_generation(self, response: Any = None, /, **told: Unpack[GenerationArguments]) -> None:
        """Count a generation, or complete the call of this model that goes on here; see ``Exporter.record_generation``.

        Args:
            response: An answer of a vendor, or a piece of a stream, to be read; it is not kept.
            told: ``GenerationArguments`` says what each means.

        Raises:
            TypeError: a keyword that there is not.
            ConfigurationError: a value that cannot be counted, only under ``strict``.
        """
        if self._recorder is not None:
            self._recorder.record_generation(response, told)

    def record_feedback(self, rating: Any) -> None:
        """Count what somebody says of an answer; see ``Exporter.record_feedback``."""
        if self._recorder is not None:
            self._recorder.record_feedback(rating)
