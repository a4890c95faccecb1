"""The model as a user would serve it: a profile, one decorator, one call to serve."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlexporter.app import Exporter
from mlexporter.demo.features import CATEGORY_NAMES, FEATURE_NAMES, SHOWN_ONLY_NAMES
from mlexporter.demo.late_arrival import MODEL_NAME, MODEL_VERSION, LateArrivalModel
from mlexporter.demo.options import DEFAULT_PORT
from mlexporter.demo.programs import HOST
from mlexporter.demo.replay import Predict
from mlexporter.errors import PortInUseError
from mlexporter.profile import Profile
from mlexporter.settings import Settings, read_settings
from mlexporter.state.clock import ScaledClock

if TYPE_CHECKING:
    import pandas as pd

    from mlexporter.app.not_serving import NotServing
    from mlexporter.app.standby import Standby
    from mlexporter.exposition.server import ServerHandle

WINDOWS: Final = ("24h",)
"""One whole day: anything shorter sees the time of day, which moves every feature a little."""

EVALUATION_SECONDS: Final = 0.25


def demo_settings() -> Settings:
    """Return the settings of the demo, whatever the environment says."""
    # Minutes after its start the demo has served 168 hours: a baseline of them would make drift mere skew.
    return read_settings({}, windows=WINDOWS, evaluation_interval=EVALUATION_SECONDS, baseline="off")


def demo_exporter(factor: float) -> Exporter:
    """Return an exporter whose windows run ``factor`` times faster than real."""
    return Exporter(settings=demo_settings(), clock=ScaledClock(factor))


def fit_profile(rows: pd.DataFrame) -> Profile:
    """Learn the reference from scored rows (``Training.profile_rows``) that the model has not seen."""
    frame = rows[[*FEATURE_NAMES, "score", "late"]]
    return Profile.fit(
        frame, model=MODEL_NAME, version=MODEL_VERSION, prediction="score", label="late",
        # The score follows the weather: in the storm of 8 March it moved by up to 2.7 standard deviations.
        no_alert=(*SHOWN_ONLY_NAMES, "score"), categorical=CATEGORY_NAMES,
    )  # fmt: skip


def monitored(model: LateArrivalModel, exporter: Exporter, profile: Path) -> Predict:
    """Return the function that the replay calls: the model behind the decorator."""

    @exporter.monitor(model=MODEL_NAME, version=MODEL_VERSION, profile=profile)
    def predict(flight: Mapping[str, object]) -> float:
        return model.score(flight)

    return predict


def serve(exporter: Exporter, port: int | None) -> ServerHandle | Standby | NotServing:
    """Serve the exporter on ``port``; None takes the usual one, or a free one where that is taken.

    Raises:
        PortInUseError: a port that the user asked for is taken.
    """
    handle = exporter.serve(port=DEFAULT_PORT if port is None else port, host=HOST)
    if handle.url:
        return handle
    if port is not None:
        raise PortInUseError(f"--port {port} is taken; leave it out and the demo finds a free one")
    return exporter.serve(port=0, host=HOST)
