"""Call the service with flights that the model has not seen.

python traffic.py                     1,000 of them, as fast as they are answered
python traffic.py --break             likewise, but the distance comes in kilometres: somebody changed a unit
python traffic.py --rows 0 --rate 20  20 a second until Ctrl-C
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

KILOMETRES_PER_MILE = 1.609344
HERE = Path(__file__).parent
CLIENTS = 8


def flights(n_rows: int, *, is_broken: bool) -> Iterator[dict[str, Any]]:
    """Return so many held-out flights, 0 for flights without end; the file is begun again when it is over."""
    path = HERE / "held_out.jsonl"
    if not path.exists():
        raise SystemExit(f"{path.name} is not there: run train.py in this folder first")
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    unit = KILOMETRES_PER_MILE if is_broken else 1
    chosen = itertools.islice(itertools.cycle(rows), n_rows or None)
    return (flight | {"distance": flight["distance"] * unit} for flight in chosen)


class Client:
    """What all threads take flights from, and tell what became of them."""

    def __init__(self, url: str, rows: Iterator[dict[str, Any]], rate: float) -> None:
        self.address = urlsplit(url).netloc
        self.rows, self.rate = rows, rate
        self.started, self.n_sent, self.problems = time.monotonic(), 0, list[str]()
        self.lock = threading.Lock()

    def run(self) -> None:
        """Send flights until there are no more, or one was refused."""
        while not self.problems and (flight := self.next_flight()) is not None:
            try:
                self.send(flight)
            except (OSError, http.client.HTTPException) as error:
                self.problems.append(f"{self.address}: {error!r}")

    def send(self, flight: dict[str, Any]) -> None:
        """Send one flight, on a connection of its own: so all workers get some."""
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=30)) as connection:
            connection.request("POST", "/predict", json.dumps(flight), {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != http.HTTPStatus.OK:
                self.problems.append(f"status {response.status}: {response.read().decode()[:200]}")

    def next_flight(self) -> dict[str, Any] | None:
        """Return the next flight when it is its time, None when there are no more."""
        with self.lock:
            flight = next(self.rows, None)
            if flight is not None:
                if self.rate:
                    time.sleep(max(0.0, self.started + self.n_sent / self.rate - time.monotonic()))
                self.n_sent += 1
            return flight


def main() -> None:
    """Send the flights that the options ask for; exit 1 where one was refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    parser.add_argument("--rows", type=int, default=1000, help="how many flights; 0 never ends")
    parser.add_argument("--rate", type=float, default=0.0, help="flights a second; 0 is as fast as can be")
    parser.add_argument("--break", dest="is_broken", action="store_true", help="send kilometres for miles")
    options = parser.parse_args()
    client = Client(options.url, flights(options.rows, is_broken=options.is_broken), options.rate)
    threads = [threading.Thread(target=client.run, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        pass
    if client.problems:
        raise SystemExit(client.problems[0])
    print(f"{client.n_sent:,} flights were scored in {time.monotonic() - client.started:.0f} s")


if __name__ == "__main__":
    main()
