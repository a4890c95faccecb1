"""prometheus_client by hand: a histogram for each number, a counter for each word, all children kept."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, start_http_server

import workload
from contest import Numbers, check
from contestants import calls
from contestants.scraping import Scraper


class _Recorder:
    """Does what the decorator of mlexporter does in default settings, with ready-made children."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        numbers = Histogram(
            "feature", "Numbers.", ["feature"], buckets=workload.BUCKET_BOUNDS, registry=self.registry
        )
        words = Counter("category", "Words.", ["feature", "word"], registry=self.registry)
        score = Histogram("prediction", "Score.", buckets=workload.BUCKET_BOUNDS, registry=self.registry)
        duration = Histogram("duration_seconds", "Of a call.", registry=self.registry)
        requests = Counter("requests", "Calls.", ["status"], registry=self.registry)
        self._numbers = [(name, numbers.labels(name).observe) for name in workload.NUMBERS]
        self._words = [
            (name, {word: words.labels(name, word).inc for word in workload.WORDS}) for name in workload.TEXTS
        ]
        self._score, self._duration = score.observe, duration.observe
        self._succeeded = requests.labels("ok").inc

    def predict(self, row: workload.Row) -> float:
        """Return the prediction of the model and count the row."""
        started = time.perf_counter()
        score = workload.model(row)
        self._duration(time.perf_counter() - started)
        for name, observe in self._numbers:
            observe(row[name])
        for name, children in self._words:
            children[row[name]]()
        self._score(score)
        self._succeeded()
        return score

    def counted(self, n_rows: int) -> None:
        """Check the counts of the first and last feature, the prediction and the calls."""
        value = self.registry.get_sample_value
        for name in (workload.NUMBERS[0], workload.NUMBERS[-1]):
            check(name, value("feature_count", {"feature": name}) or 0.0, n_rows)
        last = workload.TEXTS[-1]
        words = [value("category_total", {"feature": last, "word": word}) or 0.0 for word in workload.WORDS]
        check(last, sum(words), n_rows)
        check("predictions", value("prediction_count") or 0.0, n_rows)
        check("requests", value("requests_total", {"status": "ok"}) or 0.0, n_rows)


class _Rows:
    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.recorder = _Recorder()
        self.rows = workload.rows(500)
        self.n_rows = 0
        for row in self.rows:
            self.recorder.predict(row)
        self.counted(len(self.rows))

    def counted(self, n_rows: int) -> None:
        self.n_rows += n_rows
        self.recorder.counted(self.n_rows)

    def close(self) -> None:
        """Nothing is open."""


class AllIn(_Rows):
    """What a call costs."""

    def repeat(self) -> Numbers:
        """Return the processor time of a call; nothing is put off."""
        rows = self.rows * (1 if self.quick else 10)
        seconds = calls.all_in(self.recorder.predict, lambda: None, rows)
        self.counted(len(rows))
        return {"call": seconds}


class Tail(_Rows):
    """The slowest calls, with a scrape every 100 ms."""

    def repeat(self) -> Numbers:
        """Return percentiles of the thread's time above the bare function."""
        server, thread = start_http_server(0, addr="127.0.0.1", registry=self.recorder.registry)
        rows = self.rows * (1 if self.quick else 20)
        with Scraper(f"http://127.0.0.1:{server.server_port}/metrics") as scraper:
            found = calls.each(self.recorder.predict, rows)
        server.shutdown()
        server.server_close()
        thread.join()
        self.counted(len(rows))
        return found | {"scrapes": scraper.n_scrapes}


class Threads(_Rows):
    """Eight threads that call as fast as they can."""

    def repeat(self) -> Numbers:
        """Return the time of a call."""
        rows = self.rows * (1 if self.quick else 4)
        found = calls.with_threads(self.recorder.predict, rows, n_threads=8)
        self.counted(8 * len(rows))
        return found


class Scrape:
    """The scrape of 2,000 of its own histograms with 15 buckets."""

    def __init__(self, *, quick: bool) -> None:
        self._registry = CollectorRegistry()
        histogram = Histogram(
            "feature", "Numbers.", ["feature"], buckets=workload.BUCKET_BOUNDS, registry=self._registry
        )
        self._n_features = 50 if quick else 2_000
        for place in range(self._n_features):
            histogram.labels(f"feature_{place:04d}").observe(0.5)

    def repeat(self) -> Numbers:
        """Return the processor time of one scrape, and its samples."""
        started = time.process_time()
        text = generate_latest(self._registry)
        seconds = time.process_time() - started
        samples = [line for line in text.splitlines() if not line.startswith(b"#")]
        check("features", sum(line.startswith(b"feature_count") for line in samples), self._n_features)
        return {"scrape": seconds, "samples": len(samples)}

    def close(self) -> None:
        """Nothing is open."""
