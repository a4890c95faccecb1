"""Serve the model with FastAPI: POST /predict scores one flight, and mlexporter counts it.

    uvicorn application:application --workers 4

mlexporter reads MLEXPORTER_DIR and MLEXPORTER_CONFIG, as serve.sh sets them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import joblib
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

import mlexporter

HERE = Path(__file__).parent
MODEL, VERSION = "flight_delay", "2013.1"

loaded: dict[str, Any] = {}


class Flight(BaseModel):
    """What is known of a flight before it leaves; weather that is not known is null."""

    model_config = ConfigDict(extra="forbid")

    carrier: str
    origin: str
    dest: str
    distance: Annotated[float, Field(gt=0, description="miles")]
    hour: Annotated[int, Field(ge=0, le=23, description="of the scheduled departure, local time")]
    weekday: Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
    temp: Annotated[float | None, Field(description="degrees Fahrenheit")] = None
    wind_speed: Annotated[float | None, Field(description="miles per hour")] = None
    visib: Annotated[float | None, Field(description="miles")] = None


class Answer(BaseModel):
    """What the model says."""

    late: Annotated[float, Field(ge=0, le=1, description="chance of arriving half an hour late or more")]


@mlexporter.monitor(model=MODEL, version=VERSION, profile=HERE / f"{MODEL}.profile.json")
def score(flight: Flight) -> float:
    """Return the chance that one flight is late: this is all that mlexporter needs to see."""
    return float(loaded["model"].predict_proba([flight.model_dump()])[0, 1])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Load the model before the first call."""
    loaded["model"] = joblib.load(HERE / "model.joblib")  # written by train.py, and by nobody else
    yield


application = FastAPI(title="Late flights", lifespan=lifespan)


@application.post("/predict")
def predict(flight: Flight) -> Answer:
    """Score one flight; not async, because the model computes, and other calls go on in other threads."""
    return Answer(late=score(flight))


@application.get("/health")
def health() -> dict[str, str]:
    """Answer once the model is loaded: for the probes of Kubernetes and the health check of a container."""
    return {"status": "ok", "model": f"{MODEL} {VERSION}"}


# The simple way to be scraped: whichever worker answers tells what all have counted. Leave it out where
# `mlexporter serve` runs beside the workers, or where others than Prometheus can reach this port.
application.mount("/metrics", mlexporter.asgi_app())
