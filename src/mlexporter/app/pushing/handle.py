"""``PushHandle``: what ``push()`` returns: a thread that pushes, or stands by until it is its turn."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Self

from mlexporter.errors import PushError
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.app.pushing.delivery import Delivery
    from mlexporter.app.pushing.office import Office

THREAD_NAME: Final = "mlexporter-push"
LOOK_SECONDS: Final = 1.0
"""How often a process that stands by looks whether it is its turn."""
_FIRST_SECONDS: Final = 2.0
"""The first push waits a little: the application may still be setting up its resource."""
_END_SECONDS: Final = 3.0
_GIVEN_UP: Final = (
    "mlexporter: the last push over OTLP was not answered in time and is given up: the newest counts may be "
    "missing at the receiver"
)
_END_IN_AN_OUTAGE_SECONDS: Final = 1.0
_GIVING_UP_SECONDS: Final = 0.5
_OTHERS_SECONDS: Final = 0.5
"""How long a process that ends waits for another one that ends too, to push what is left."""

OnOutcome = Callable[[str | None], None]
"""Told of each push: why it failed, or an empty text; None where pushes are not ours any more."""
OnError = Callable[[str, BaseException], None]
"""Told of an error of our own: the stage and the error."""

_abandoned: Final[list[Any]] = []
"""Exporters of a parent: nothing of them is touched in a child, not even to close it."""


class _Flush:
    """Somebody waits for a push."""

    def __init__(self) -> None:
        self.is_done = threading.Event()
        self.is_taken = False


class _Run:
    """One life of the thread: thrown away as a whole in a forked child."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.wake = threading.Event()
        self.starting = threading.Lock()
        self.stop = False
        self.telling = threading.Lock()
        self.is_given_up = False
        self.asked: deque[_Flush] = deque()
        self.thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """True while the thread lives."""
        return self.thread is not None and self.thread.is_alive()

    def waits(self, seconds: float) -> bool:
        """Return whether it is over, after so many seconds, or when somebody asks for a push."""
        self.wake.wait(seconds)
        self.wake.clear()
        return self.stop

    def answer(self, asked: Iterable[_Flush], *, is_taken: bool) -> None:
        """Let those go on who wait for a push."""
        for each in asked:
            each.is_taken = is_taken
            each.is_done.set()


class PushHandle:
    """Pushes from a thread of its own until it is closed; safe with threads and after a fork.

    Args:
        delivery: Does it; None where nothing is pushed.
        office: Says whether it is this process's turn; None likewise.
        interval_seconds: Between two pushes.
        reason: Why nothing is pushed; empty where something is.
        on_outcome: Told of each push.
        on_error: Told of errors of our own.

    Attributes:
        reason: Why nothing is ever pushed with it; empty where something is.
        problem: Why the newest push of this process has failed; empty where it has not.
        is_closed: True after ``close``.
    """

    def __init__(
        self, delivery: Delivery | None, office: Office | None, *, interval_seconds: float, reason: str = "",
        on_outcome: OnOutcome | None = None, on_error: OnError | None = None,
    ) -> None:  # fmt: skip
        self.reason = reason
        self.problem = ""
        self.is_closed = False
        self._delivery = delivery
        self._office = office
        self._interval = interval_seconds
        self._on_outcome = on_outcome
        self._on_error = on_error
        self._run = _Run()
        self._has_office = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.is_closed else self.reason or self.problem
        return f"<PushHandle {state or ('pushing' if self.is_pushing else 'standing by')}>"

    @property
    def is_pushing(self) -> bool:
        """True where this very process is the one that pushes."""
        return self._has_office and not self.is_closed and self._run.pid == os.getpid()

    def flush(self, timeout_seconds: float = 10.0) -> bool:
        """Push now and wait for the answer.

        Returns:
            True where the receiver has taken it; False too where another process of the directory pushes, and
            where nobody answered in time.
        """
        if self.is_closed or self._delivery is None:
            return False
        self.resume()
        asked, run = _Flush(), self._run
        run.asked.append(asked)
        run.wake.set()
        return asked.is_done.wait(max(0.0, timeout_seconds)) and asked.is_taken

    def close(self) -> None:
        """Push a last time, wait a few seconds at most, and let another process go on. Safe to call twice."""
        if self.is_closed:
            return
        self.is_closed = True
        self.end()
        if self.reason and self._on_outcome is not None:
            self._on_outcome(None)  # what is missing is asked for no more

    def hand_over(self) -> None:
        """Close, but leave the exporter to the handle that comes after this one."""
        self.is_closed = True
        self.end(keeps_exporter=True)

    def resume(self) -> None:
        """Start the thread where there is none: at the beginning, and in a forked child."""
        run = self._run
        if self._delivery is None or run.stop or run.is_running:
            return
        with run.starting:
            if not run.is_running:
                thread = threading.Thread(target=self._work, args=(run,), name=THREAD_NAME, daemon=True)
                thread.start()
                run.thread = thread

    def forget(self) -> None:
        """In a forked child: the parent goes on pushing, the child stands by."""
        if self.is_closed:
            return
        self._run, self._has_office, self.problem = _Run(), False, ""
        if self._delivery is not None:
            _abandoned.append(self._delivery.forget())

    def end(self, *, is_unstarted: bool = False, keeps_exporter: bool = False) -> None:
        """Push what is left at the end of the process, in a few seconds at most.

        Args:
            is_unstarted: Push although the thread was never needed.
            keeps_exporter: Somebody else goes on with it.
        """
        delivery, office, run = self._delivery, self._office, self._run
        if delivery is None or office is None or run.stop:
            return
        seconds = _END_IN_AN_OUTAGE_SECONDS if self.problem else _END_SECONDS
        run.stop = True
        run.wake.set()
        thread = None if run.thread is threading.current_thread() else run.thread
        if thread is not None:
            thread.join(seconds)
        elif is_unstarted:
            self._finish(run)  # at the end of a process no thread can be started any more
        if not keeps_exporter:
            with contextlib.suppress(Exception):  # of whoever wrote the exporter; it has nothing left to do
                delivery.close(seconds)
        if thread is not None:
            thread.join(_GIVING_UP_SECONDS)  # what it waited for has been called off
            if thread.is_alive():
                self._give_up(run)
        office.resign()
        self._has_office = False
        if self.problem:
            self._tell(None)

    def _give_up(self, run: _Run) -> None:
        """Leave the thread behind: whatever it still does is neither told, nor keeps others from pushing."""
        with run.telling:
            run.is_given_up = True
        LOG.warning(_GIVEN_UP)

    def _work(self, run: _Run) -> None:
        try:
            self._work_until_stopped(run)
            self._finish(run)
        finally:
            run.answer(run.asked, is_taken=False)
            if self._office is not None and (run.is_given_up or not run.stop):
                self._office.resign()  # nobody else does so for a thread that was given up or has broken

    def _work_until_stopped(self, run: _Run) -> None:
        try:
            if self._delivery is not None:
                self._delivery.prepare()
        except Exception as error:  # noqa: BLE001 - a detector of a stranger: the push tells of it
            self._tell_error(error)
        due = time.monotonic() + min(self._interval, _FIRST_SECONDS)
        while not run.waits(max(0.0, min(LOOK_SECONDS, due - time.monotonic()))):
            asked = [run.asked.popleft() for _ in range(len(run.asked))]
            is_taken = False
            try:
                due, is_taken = self._turn(run, due, is_asked=bool(asked))
            finally:
                run.answer(asked, is_taken=is_taken)

    def _turn(self, run: _Run, due: float, *, is_asked: bool) -> tuple[float, bool]:
        """Push if it is our turn and time; return when to push next, and whether a push was taken."""
        if not self._looks():
            return math.inf, False  # and push at once when it is our turn
        if due == math.inf:
            due = time.monotonic()
        is_due = time.monotonic() >= due
        if not (is_due or is_asked):
            return due, False
        is_taken = self._push(run)
        now = time.monotonic()
        # A slow receiver skips pushes instead of getting them back to back.
        due = max(due + self._interval, now + self._interval / 2) if is_due else now + self._interval
        return due, is_taken

    def _looks(self, wait_seconds: float = 0.0) -> bool:
        """Return whether it is our turn."""
        try:
            self._has_office = self._office is not None and self._office.wait(wait_seconds)
        except Exception as error:  # noqa: BLE001 - the thread goes on: the next look may succeed
            self._has_office = False
            self._tell_error(error)
        if self.problem and not self._has_office:
            self._tell(None)
        return self._has_office

    def _push(self, run: _Run) -> bool:
        if self._delivery is None:
            return False
        try:
            problem = self._delivery.push()
        except PushError as error:
            problem = str(error)
        except BaseException as error:  # noqa: BLE001 - the thread goes on: the next push may succeed
            self._tell_error(error)
            problem = f"an error of mlexporter itself, {type(error).__name__}"
        with run.telling:
            if not run.is_given_up:
                self._tell(problem)
        return not problem

    def _finish(self, run: _Run) -> None:
        if not run.is_given_up and self._looks(_OTHERS_SECONDS):
            self._push(run)

    def _tell(self, problem: str | None) -> None:
        self.problem = problem or ""
        if self._on_outcome is not None:
            self._on_outcome(problem)

    def _tell_error(self, error: BaseException) -> None:
        if self._on_error is not None:
            self._on_error("push", error)
