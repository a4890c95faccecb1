"""What servers serve in these tests: a monitored model, over WSGI and ASGI, through the public API alone.

``/predict`` answers one row, ``/batch`` three rows in one call, ``/hundred`` a hundred, ``/candidate``
one row of a second version, ``/who`` the process; ``/die`` five rows that nobody hears of. Everything
else is the exposition.

Environment: PROFILE (a path, or warmup), and optionally PROFILE_2 (of the second version),
PREDICT_AT_IMPORT (rows), OFFSET (a file: seconds that the wall clock is wrong by), BOOT (a file:
names the boot of the machine), LEARN_SECONDS (how long a profile takes at least).
"""

import json
import os
import random
import signal
import time
from pathlib import Path

if "OFFSET" in os.environ:
    _right = time.time
    time.time = lambda: _right() + float(Path(os.environ["OFFSET"]).read_text())
    time.time_ns = lambda: round(time.time() * 1e9)

import mlexporter
from mlexporter.state import moment

moment._BOOT_ID_FILE = os.environ.get("BOOT", moment._BOOT_ID_FILE)
if "LEARN_SECONDS" in os.environ:
    _fit = mlexporter.Profile.fit

    def slowly(*args, **names):
        """Fit a profile, and take one's time."""
        time.sleep(float(os.environ["LEARN_SECONDS"]))
        return _fit(*args, **names)

    mlexporter.Profile.fit = slowly

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
    elif path == "/hundred":
        predict([new_row() for _ in range(100)])
    elif path == "/die":
        for _ in range(5):
            predict(new_row())
        os.kill(os.getpid(), signal.SIGKILL)
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
