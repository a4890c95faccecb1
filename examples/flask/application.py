"""Serve the model with Flask: POST /predict scores one flight, and mlexporter counts it.

    gunicorn application:application

gunicorn reads gunicorn.conf.py. Its workers find each other: nothing has to be said for them to count together.
"""

import dataclasses
from pathlib import Path
from typing import Any

import joblib
from flask import Flask, Response, abort, jsonify, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import mlexporter

HERE = Path(__file__).parent
MODEL, VERSION = "flight_delay", "2013.1"

model = joblib.load(HERE / "model.joblib")  # written by train.py, and by nobody else
application = Flask(__name__)


@dataclasses.dataclass(frozen=True)
class Flight:
    """What is known of a flight before it leaves; weather that is not known is None."""

    carrier: str
    origin: str
    dest: str
    distance: float  # miles
    hour: int  # of the scheduled departure, local time
    weekday: int  # 0 is Monday
    temp: float | None = None  # degrees Fahrenheit
    wind_speed: float | None = None  # miles per hour
    visib: float | None = None  # miles


@mlexporter.monitor(model=MODEL, version=VERSION, profile=HERE / f"{MODEL}.profile.json")
def score(flight: Flight) -> float:
    """Return the chance that one flight is late: this is all that mlexporter needs to see."""
    return float(model.predict_proba([dataclasses.asdict(flight)])[0, 1])


def flight_of(body: Any) -> Flight:
    """Return the flight of a request, or answer it with 400: names that are missing or unknown are no flight.

    A value of the wrong type is not looked for here: mlexporter counts it as a mismatch with the profile.
    """
    if not isinstance(body, dict):
        abort(400, "the body has to be one JSON object: a flight")
    try:
        return Flight(**body)
    except TypeError as error:
        abort(400, str(error).removeprefix("Flight.__init__() "))


@application.post("/predict")
def predict() -> Response:
    """Score one flight."""
    return jsonify(late=score(flight_of(request.get_json())))


@application.get("/health")
def health() -> Response:
    """Answer once the model is loaded: for the probes of Kubernetes and the health check of a container."""
    return jsonify(status="ok", model=f"{MODEL} {VERSION}")


# The simple way to be scraped: whichever worker answers tells what all have counted, those before it too.
application.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]  # as Flask's documentation does
    application.wsgi_app, {"/metrics": mlexporter.wsgi_app()}
)
