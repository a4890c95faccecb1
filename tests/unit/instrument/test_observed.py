"""What watches a call hears of every kind of function in one order, and changes nothing."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import weakref

import pytest

from mlexporter.instrument.observed import Guarded, observed


class Diary:
    """Watches calls, and writes down what it is told."""

    def __init__(self, *, is_watching=True):
        self.entries = []
        self._is_watching = is_watching

    def begin(self, args, kwargs):
        """Watch a call, or not."""
        self.entries.append(("begin", args, kwargs))
        return self if self._is_watching else None

    def resume(self):
        """A piece begins."""
        self.entries.append("resume")

    def suspend(self, error=None):
        """A piece has ended."""
        self.entries.append(("suspend", type(error)) if error else "suspend")

    def piece(self, value):
        """A value was yielded."""
        self.entries.append(("piece", value))

    def finish(self, result, error=None):
        """The call has ended."""
        self.entries.append(("finish", type(error) if error else result))


class OwnError(Exception):
    """An error of the function."""


def plain(x):
    if x < 0:
        raise OwnError
    return 2 * x


async def coroutine(x):
    await asyncio.sleep(0)
    return plain(x)


def generator(x):
    try:
        sent = yield x
        yield sent
    except KeyError:
        yield "caught"
    return plain(x)


async def asynchronous_generator(x):
    try:
        sent = yield x
        await asyncio.sleep(0)
        yield sent
    except KeyError:
        yield "caught"
    plain(x)


KINDS = [plain, coroutine, generator, asynchronous_generator]


async def run(function, x, *, throw=False, close=False):
    """Return all that a consumer gets of a call, whatever the kind of the function."""
    called = function(x)
    if inspect.iscoroutine(called):
        return [await called]
    if hasattr(called, "__anext__"):
        got = [await anext(called)]
        if close:
            await called.aclose()
            return got
        got.append(await (called.athrow(KeyError()) if throw else called.asend("sent")))
        with pytest.raises(StopAsyncIteration):
            await anext(called)
        return got
    if hasattr(called, "__next__"):
        got = [next(called)]
        if close:
            called.close()
            return got
        got.append(called.throw(KeyError()) if throw else called.send("sent"))
        with pytest.raises(StopIteration) as stop:
            next(called)
        return [*got, stop.value.value]
    return [called]


@pytest.mark.parametrize("is_watching", [True, False])
@pytest.mark.parametrize("throw", [True, False])
@pytest.mark.parametrize("function", KINDS)
async def test_callers_get_what_they_got_before(function, throw, is_watching):
    """Values sent and thrown in, and what a generator returns, go through."""
    watched = observed(function, function, Diary(is_watching=is_watching).begin)

    assert await run(watched, 3, throw=throw) == await run(function, 3, throw=throw)
    if throw:
        return
    with pytest.raises(OwnError):
        await run(watched, -1)


@pytest.mark.parametrize(
    ("function", "pieces", "result"),
    [(plain, [], 6), (coroutine, [], 6), (generator, [3, "sent"], 6), (asynchronous_generator, [3, "sent"], None)],
)  # fmt: skip
async def test_a_watch_is_told_of_each_piece_and_of_the_end(function, pieces, result):
    """It is resumed and suspended around each piece; a call without pieces is one."""
    diary = Diary()

    await run(observed(function, function, diary.begin), 3)

    around = ["resume", "suspend"]
    told = [entry for entry in diary.entries if entry != ("suspend", StopAsyncIteration)]
    if function is asynchronous_generator:
        told.insert(len(told) - 1, "suspend")
    expected = [("begin", (3,), {})]
    for piece in pieces:
        expected += [*around, ("piece", piece)]
    assert told == [*expected, *around, ("finish", result)]


@pytest.mark.parametrize("function", [plain, coroutine])
async def test_an_error_ends_the_piece_and_the_call(function):
    """Both are told of it."""
    diary = Diary()

    with pytest.raises(OwnError):
        await run(observed(function, function, diary.begin), -1)

    assert diary.entries[1:] == ["resume", ("suspend", OwnError), ("finish", OwnError)]


@pytest.mark.parametrize("function", [generator, asynchronous_generator])
async def test_a_stream_that_is_closed_has_ended(function):
    """Its last piece is the closing itself."""
    diary = Diary()

    await run(observed(function, function, diary.begin), 3, close=True)

    assert diary.entries[-1] == ("finish", GeneratorExit)
    assert diary.entries.count("resume") == 2


class Broken(Diary):
    """Fails at one of its steps."""

    def __init__(self, step):
        super().__init__()

        def fail(*_):
            raise ZeroDivisionError

        setattr(self, step, fail)


@pytest.mark.parametrize("step", ["begin", "resume", "suspend", "piece", "finish"])
@pytest.mark.parametrize("function", KINDS)
async def test_what_goes_wrong_in_a_watch_is_counted_and_stays_there(function, step):
    """The caller gets what it got before, also where the function raises."""
    told = []
    guard = Guarded(
        Broken(step).begin, stage="events", on_error=lambda *each: told.append(each), strict=False
    )
    watched = observed(function, function, guard.begin)

    assert await run(watched, 3) == await run(function, 3)
    with pytest.raises(OwnError):
        await run(watched, -1)

    if step != "piece" or "generator" in function.__name__:
        assert {(stage, type(error)) for stage, error in told} == {("events", ZeroDivisionError)}


@pytest.mark.parametrize("step", ["begin", "resume", "suspend", "finish"])
@pytest.mark.parametrize("function", [plain, coroutine])
async def test_a_strict_watch_raises_what_hides_nothing(function, step):
    """An error of the function comes first."""
    guard = Guarded(Broken(step).begin, stage="events", on_error=lambda *_: None, strict=True)
    watched = observed(function, function, guard.begin)

    with pytest.raises(ZeroDivisionError):
        await run(watched, 3)
    with pytest.raises(OwnError if step in {"suspend", "finish"} else ZeroDivisionError):
        await run(watched, -1)


def test_the_kind_is_told_by_what_really_runs():
    """Of a partial function, for one."""
    diary = Diary()
    partial = functools.partial(generator, 3)

    assert list(observed(partial, generator, diary.begin)()) == [3, None]
    assert ("piece", 3) in diary.entries


class Piece:
    """Something large that a stream yields."""


@pytest.mark.parametrize("is_watching", [True, False])
@pytest.mark.parametrize("is_asynchronous", [True, False])
async def test_a_piece_belongs_to_its_consumer_alone(is_watching, is_asynchronous):
    """What the consumer has let go of is gone, before the next piece is made."""

    def stream():
        yield Piece()
        yield Piece()

    async def asynchronous_stream():
        yield Piece()
        yield Piece()

    function = asynchronous_stream if is_asynchronous else stream
    diary = Diary(is_watching=is_watching)
    diary.piece = lambda value: None
    pieces = observed(function, function, diary.begin)()
    gc.disable()
    try:
        for _ in range(2):
            piece = weakref.ref(await anext(pieces) if is_asynchronous else next(pieces))
            assert piece() is None
    finally:
        gc.enable()
