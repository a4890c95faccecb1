"""One run of the demo, from training to summary."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from mlexporter.app import Exporter
from mlexporter.demo.chat import ChatMessage, chat_text
from mlexporter.demo.console import Console
from mlexporter.demo.drift_log import DriftLog
from mlexporter.demo.flights import data_folder, load_flights
from mlexporter.demo.late_arrival import LateArrivalModel, train
from mlexporter.demo.options import Options
from mlexporter.demo.receiver import Notification
from mlexporter.demo.replay import (
    Departure,
    Moment,
    Predict,
    Replay,
    Span,
    departures_between,
    new_york_midnight,
)
from mlexporter.demo.schedule import schedule_faults
from mlexporter.demo.serving import EVALUATION_SECONDS, WINDOWS, demo_exporter, fit_profile, monitored, serve
from mlexporter.demo.signals import InterruptedDemo, stop_signals
from mlexporter.demo.story import Story
from mlexporter.demo.summary import Ending, summary
from mlexporter.demo.telling import addresses, begun, fault_line, introduction, status
from mlexporter.demo.watching import Plan, Watching, start_watching
from mlexporter.settings import parse_duration

LAST_NOTIFICATIONS_SECONDS: Final = 2.0
"""How long the end waits for notifications that are on their way."""


def run_demo(options: Options, console: Console) -> int:
    """Run the demo and return the exit status: 0, or 128 and the signal that ended it early.

    Raises:
        EnvironmentDegradedError: the flights or scikit-learn are not installed, or the port is taken.
    """
    run = _Run(options, console)
    with stop_signals():
        try:
            with ExitStack() as stack:
                run.play(stack)
        except InterruptedDemo as interrupt:
            console.clear_status()
            console.line("Stopped; nothing is left running.")
            return 0 if run.is_told else 128 + interrupt.number
    return 0


class _Run:
    """The state of one run; whatever must end is on the stack that ``play`` is given."""

    def __init__(self, options: Options, console: Console) -> None:
        self._options = options
        self._console = console
        self._span = Span(new_york_midnight(options.start), new_york_midnight(options.end), options.speed)
        self._schedule = schedule_faults(options.faults, begins=self._span.begins, ends=self._span.ends)
        memory = max(parse_duration(window) for window in WINDOWS)
        self._story = Story(self._schedule, factor=options.speed, memory_seconds=memory)
        self._drift = DriftLog()
        self._replay: Replay | None = None
        self._read: set[str] = set()
        self.is_told = False

    def play(self, stack: ExitStack) -> None:
        """Train, serve, replay, and tell."""
        options = self._options
        self._say(introduction(options, self._schedule))
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="mlexporter-demo-", ignore_cleanup_errors=True)
            )
        )
        profile = folder / "late_arrival.profile.json"
        model, departures = self._learn(profile)
        exporter = demo_exporter(options.speed)
        stack.callback(exporter.close)
        predict = monitored(model, exporter, profile)
        page = serve(exporter, options.port).url
        self._console.status("starting Prometheus and Alertmanager")
        plan = Plan(
            folder,
            page.removeprefix("http://").rstrip("/"),
            options.speed,
            options.program_path,
            self._notified,
            self._chatted,
        )
        watching = start_watching(stack, plan)
        self._say(["", *addresses(page, watching), ""])
        ending = self._send(stack, departures, predict, exporter, watching)
        self._finish(ending, addresses(page, watching))

    def _learn(self, profile: Path) -> tuple[LateArrivalModel, list[Departure]]:
        started = time.monotonic()
        self._console.status("reading flights, weather and planes")
        flights = load_flights(data_folder())
        self._console.status("training on a third of January to March")
        training = train(flights, seed=self._options.seed)
        fit_profile(training.profile_rows).save(profile)
        departures = departures_between(flights, self._span)
        self._console.line(
            f"  trained on a random third of January to March, profiled on another ({len(training.profile_rows):,} "
            f"flights that the model has not seen) in {time.monotonic() - started:.1f} s"
        )
        return training.model, departures

    def _send(
        self,
        stack: ExitStack,
        departures: list[Departure],
        predict: Predict,
        exporter: Exporter,
        watching: Watching,
    ) -> Ending:
        replay = Replay(departures, predict, self._span, schedule=self._schedule, on_fault=self._fault)
        stack.callback(replay.stop)
        self._replay = replay
        replay.start()
        while not replay.wait(EVALUATION_SECONDS):
            self._look(exporter)
            self._console.status(status(replay.progress(), replay.moment(), self._drift, self._schedule))
        if replay.error is not None:
            raise replay.error
        ended = self._story.ended = replay.moment()
        time.sleep(LAST_NOTIFICATIONS_SECONDS)
        self._console.clear_status()
        return Ending(
            self._story,
            self._drift,
            replay.progress(),
            ended,
            self._span.begins,
            has_alerts=watching.has_alerts,
        )

    def _look(self, exporter: Exporter) -> None:
        for model in exporter.view(include_process=False).models:
            if model.report is None or model.reference is None:
                continue
            for episode in self._drift.update(model.report, model.reference, self._moment()):
                if episode.is_alerting and len(self._drift.of(episode.subject)) == 1:
                    self._console.line(begun(episode, self._story.cause(episode.subject, episode.began)))

    def _finish(self, ending: Ending, places: list[str]) -> None:
        self._say(["", *summary(ending)])
        self.is_told = True
        if self._options.keep:
            self._say([
                "",
                "Everything stays up until Ctrl-C:",
                *places,
            ])  # fmt: skip
            while True:
                time.sleep(1.0)

    def _fault(self, is_on: bool) -> None:  # noqa: FBT001 - the signature that Replay calls
        moment = self._moment()
        self._story.fault(moment, is_on=is_on)
        self._console.line(fault_line(self._schedule, moment, is_on=is_on))

    def _notified(self, notification: Notification) -> None:
        self._console.line(self._story.words(self._story.tell(notification, self._moment())))

    def _chatted(self, message: ChatMessage) -> None:
        # A message that only says how much worse it has become is no news here.
        if message.news not in self._read:
            self._read.add(message.news)
            self._say(chat_text(message))

    def _moment(self) -> Moment:
        return self._span.moment(0.0) if self._replay is None else self._replay.moment()

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._console.line(line)
