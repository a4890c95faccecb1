"""What servers serve in these tests: a monitored model, over WSGI and ASGI, through the public API alone.

``/predict`` answers one row, ``/batch`` three rows in one call, ``/candidate`` one row of a second
version, ``/who`` the process. Everything else is the exposition.

Environment: PROFILE (a path), and optionally PROFILE_2 (of the second version), PREDICT_AT_IMPORT.
"""

import json
import os
import random

import mlexporter

COLOURS = ("red", "green", "blue", "mauve")


@mlexporter.monitor(model="paint", version="1", profile=os.environ["PROFILE"])
def predict(row):
    """Return a number; also for a list of rows."""
    return [0.5] * len(row) if isinstance(row, list) else 0.5


@mlexporter.monitor(model="paint", version="2", profile=os.environ.get("PROFILE_2") or os.environ["PROFILE"])
def candidate(row):
    """The next version of the same model."""
    return 0.25


def new_row():
    """Return a row like those of the training data."""
    return {
        "amount": random.random(),
        "age": random.randrange(60),
        "score": random.gauss(0.0, 1.0),
        "colour": random.choice(COLOURS),
    }


def answer(path):
    """Return the body for one of our own paths, None for the exposition."""
    if path == "/predict":
        predict(new_row())
    elif path == "/batch":
        predict([new_row() for _ in range(3)])
    elif path == "/candidate":
        candidate(new_row())
    elif path != "/who":
        return None
    return json.dumps({"pid": os.getpid()}).encode()


metrics_wsgi = mlexporter.wsgi_app()
metrics_asgi = mlexporter.asgi_app()


def wsgi(environment, start):
    """The WSGI application."""
    body = answer(environment["PATH_INFO"])
    if body is None:
        return metrics_wsgi(environment, start)
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope, receive, send):
    """The ASGI application."""
    if scope["type"] != "http":
        return
    body = answer(scope["path"])
    if body is None:
        await metrics_asgi(scope, receive, send)
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if os.environ.get("PREDICT_AT_IMPORT"):  # in the master, where the server preloads
    for _ in range(int(os.environ["PREDICT_AT_IMPORT"])):
        predict(new_row())
