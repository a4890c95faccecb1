from __future__ import annotations

import asyncio
import functools
import gc
import inspect

import pytest

from mlexporter.state.ledger import PLAIN

ROW = {"size": 1.5, "colour": "red"}


class BoomError(Exception):
    """An exception of the user."""


def statuses(rig):
    return {status: n for status, n in rig.service.requests.items() if n}


def test_a_function_keeps_its_name_signature_and_result(rig):
    """The wrapper is the function to every caller."""
    result = object()

    def predict(row: dict) -> object:
        """Predict."""
        return result

    wrapped = rig.monitor.wrap(predict)

    assert result is wrapped(ROW)
    assert (wrapped.__name__, wrapped.__doc__) == ("predict", "Predict.")
    assert predict is wrapped.__wrapped__
    assert inspect.signature(predict) == inspect.signature(wrapped)


@pytest.mark.parametrize(
    "error", [BoomError("a secret"), KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()]
)
def test_an_exception_passes_unchanged_and_is_counted_by_class(rig, error):
    """The caller gets the same object; only ``Exception`` is an error, the rest cancels."""

    @rig.monitor.wrap
    def predict(row):
        raise error

    with pytest.raises(type(error)) as caught:
        predict(ROW)

    assert error is caught.value
    expected = "error" if isinstance(error, BoomError) else "cancelled"
    assert {expected: 1} == statuses(rig)
    assert ({"BoomError": 1} if expected == "error" else {}) == rig.service.errors
    assert rig.feature("size") == {"01": 1}
    assert rig.output() == {}
    rig.assert_balanced()


def test_wrong_arguments_raise_what_they_would_without_us(rig):
    """A call that the function refuses is an error with a row of which nothing is known."""
    predict = rig.monitor.wrap(lambda row: 0.7)

    with pytest.raises(TypeError):
        predict()
    with pytest.raises(TypeError):
        predict(ROW, ROW, other=1)

    assert statuses(rig) == {"error": 2}
    rig.assert_balanced()


async def test_a_coroutine_function_stays_one(rig):
    """It is awaited as before, and in progress while it runs."""
    seen = []

    @rig.monitor.wrap
    async def predict(row):
        await asyncio.sleep(0)
        seen.append(rig.service.in_progress)
        return 0.7

    assert inspect.iscoroutinefunction(predict)
    assert await predict(ROW) == 0.7
    assert seen == [1]
    assert rig.output() == {"01": 1}
    rig.assert_balanced()


async def test_cancelling_a_coroutine_is_cancelled_and_raised_again(rig):
    """Cancellation reaches the task, and is no error."""
    started = asyncio.Event()

    @rig.monitor.wrap
    async def predict(row):
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(predict(ROW))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(rig) == {"cancelled": 1}


def test_a_coroutine_that_is_closed_is_abandoned(rig):
    """Nobody waits for its result any more."""

    class Pause:
        def __await__(self):
            yield

    @rig.monitor.wrap
    async def predict(row):
        await Pause()

    coroutine = predict(ROW)
    coroutine.send(None)
    coroutine.close()

    assert statuses(rig) == {"abandoned": 1}


def test_a_generator_is_in_progress_from_first_next_to_exhaustion(rig):
    """Values sent, the value returned and the items are those of the function."""

    @rig.monitor.wrap
    def stream(row):
        got = yield "first"
        yield got
        return "returned"

    assert inspect.isgeneratorfunction(stream)
    generator = stream(ROW)
    assert rig.service.in_progress == 0
    assert next(generator) == "first"
    assert rig.service.in_progress == 1
    assert generator.send("sent") == "sent"
    with pytest.raises(StopIteration) as stopped:
        next(generator)

    assert stopped.value.value == "returned"
    assert statuses(rig) == {"ok": 1}
    rig.assert_balanced()


def test_throwing_into_a_generator_reaches_it(rig):
    """The function may catch what the consumer throws."""

    @rig.monitor.wrap
    def stream(row):
        try:
            yield 1
        except BoomError:
            yield "caught"

    generator = stream(ROW)
    next(generator)

    assert generator.throw(BoomError()) == "caught"
    assert list(generator) == []
    assert statuses(rig) == {"ok": 1}


@pytest.mark.parametrize("how", ["close", "forget"])
def test_an_unfinished_generator_is_abandoned(rig, how):
    """Closing and finalisation both run the function's clean-up."""
    cleaned = []

    @rig.monitor.wrap
    def stream(row):
        try:
            yield 1
            yield 2
        finally:
            cleaned.append(True)

    generator = stream(ROW)
    next(generator)
    if how == "close":
        generator.close()
    else:
        del generator
        gc.collect()

    assert cleaned == [True]
    assert statuses(rig) == {"abandoned": 1}
    assert rig.service.in_progress == 0


async def test_an_async_generator_hands_everything_on(rig):
    """Items, ``asend``, ``athrow`` and exhaustion work as without us."""

    @rig.monitor.wrap
    async def stream(row):
        got = yield "first"
        try:
            yield got
        except BoomError:
            yield "caught"

    assert inspect.isasyncgenfunction(stream)
    generator = stream(ROW)
    assert await anext(generator) == "first"
    assert await generator.asend("sent") == "sent"
    assert await generator.athrow(BoomError()) == "caught"
    with pytest.raises(StopAsyncIteration):
        await anext(generator)
    assert statuses(rig) == {"ok": 1}
    rig.assert_balanced()


async def test_closing_an_async_generator_abandons_it_and_cleans_up(rig):
    """``aclose`` reaches the function before it returns."""
    cleaned = []

    @rig.monitor.wrap
    async def stream(row):
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    generator = stream(ROW)
    await anext(generator)
    await generator.aclose()

    assert cleaned == [True]
    assert statuses(rig) == {"abandoned": 1}


async def test_an_async_generator_that_raises_is_an_error(rig):
    """Exceptions of the body pass unchanged; one thrown in and not caught does too."""
    boom = BoomError()

    @rig.monitor.wrap
    async def stream(row):
        yield 1

    generator = stream(ROW)
    await anext(generator)
    with pytest.raises(BoomError) as caught:
        await generator.athrow(boom)

    assert boom is caught.value
    assert rig.service.errors == {"BoomError": 1}


def test_methods_of_every_kind_work(rig):
    """``self`` and ``cls`` are no features, and descriptors stay what they are."""

    class Model:
        threshold = 0.7

        @rig.monitor.wrap
        def predict(self, row):
            return self.threshold

        @rig.monitor.wrap
        @classmethod
        def make(cls, row):
            return cls.threshold

        @rig.monitor.wrap
        @staticmethod
        def score(row):
            return 0.7

    model = Model()
    assert [model.predict(ROW), Model.make(ROW), Model.score(ROW), model.score(row=ROW)] == [0.7] * 4
    assert rig.feature("size") == {"01": 4}
    assert rig.violations() == {}


def test_partials_and_callable_objects_work(rig):
    """What runs decides the face, not what wraps it."""

    class Service:
        async def __call__(self, row):
            return 0.7

    def predict(factor, row):
        return factor

    assert rig.monitor.wrap(functools.partial(predict, 0.7))(ROW) == 0.7
    assert asyncio.run(rig.monitor.wrap(Service())(ROW)) == 0.7
    assert rig.feature("size") == {"01": 2}


def test_recursion_is_two_calls(rig):
    """A monitored function that calls itself is entered and left twice."""

    @rig.monitor.wrap
    def predict(row):
        return predict(ROW) if row is not ROW else 0.7

    assert predict(dict(ROW)) == 0.7
    assert statuses(rig) == {"ok": 2}
    rig.assert_balanced()


class Interrupting:
    """Somebody presses Ctrl-C while this is read."""

    def __array__(self, *_args, **_kwargs):
        raise KeyboardInterrupt


def test_an_interrupt_while_a_row_is_read_passes_and_leaves_nothing_in_progress(rig):
    """The function has not run: the call is cancelled and has no row."""
    predict = rig.monitor.wrap(lambda row: 0.7)
    with pytest.raises(KeyboardInterrupt):
        predict(Interrupting())
    with pytest.raises(KeyboardInterrupt):
        rig.monitor.record(Interrupting(), 0.7)

    assert statuses(rig) == {"cancelled": 2}
    assert rig.service.accepted == 0
    rig.assert_balanced()


def test_an_interrupt_while_a_result_is_read_passes_and_loses_no_call(rig):
    """The function has answered: the call is counted with its row, and nothing stays in progress."""
    predict = rig.monitor.wrap(lambda row: Interrupting())
    for argument in (ROW, [ROW] * 2, [ROW] * 20):
        with pytest.raises(KeyboardInterrupt):
            predict(argument)

    assert statuses(rig) == {"ok": 3}
    assert rig.feature("size") == {"01": 23}
    rig.assert_balanced()


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_of_ours_after_the_call_never_hides_its_result_or_exception(
    new_rig, new_reference, strict, monkeypatch
):
    """It is counted, and raised under strict alone; without, the caller gets what the function gave."""
    rig = new_rig(new_reference(), strict=strict)

    def fail(*_):
        raise ZeroDivisionError

    @rig.monitor.wrap
    def predict(row):
        if row is None:
            raise BoomError
        return 0.7

    for accounting in (rig.monitor._wrapped[0].accounting, rig.monitor._recorder):
        monkeypatch.setattr(accounting, "_leave", fail)
    if strict:
        for call in (lambda: predict(ROW), lambda: predict(None), lambda: rig.monitor.record(ROW, 0.7)):
            with pytest.raises(ZeroDivisionError):
                call()
    else:
        assert predict(ROW) == 0.7
        with pytest.raises(BoomError):
            predict(None)
        rig.monitor.record(ROW, 0.7)

    assert rig.counter.counts().internal_errors == {"record": 3}


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_of_ours_after_a_plain_row_never_hides_its_result(
    new_rig, new_reference, strict, monkeypatch
):
    """The row was counted before, and stays counted once."""
    rig = new_rig(new_reference(), strict=strict, buffer_rows=1)

    def fail():
        raise ZeroDivisionError

    monkeypatch.setattr(rig.state, "relieve", fail)
    predict = rig.monitor.wrap(lambda row: 0.7)
    for _ in range(16):
        predict(ROW)
    if strict:
        with pytest.raises(ZeroDivisionError):
            predict(ROW)
    else:
        assert predict(ROW) == 0.7

    assert rig.counter.counts().internal_errors == {"record": 1}
    assert rig.service.accepted == 17
    rig.assert_balanced()


class Model:
    """What is given to methods and functions comes back as a whole."""

    def method(self, row, more=None, last=None, *, first=None, others=None):
        """A row behind ``self``."""
        return row, more, last, first, others

    @staticmethod
    def function(row, more=None, last=None, *, first=None, others=None):
        """A row in front."""
        return row, more, last, first, others


@pytest.mark.parametrize("name", ["method", "function"])
@pytest.mark.parametrize(
    ("after", "named"),
    [
        ((), {}), ((), {"last": 2}), ((), {"first": 1, "others": 3}),
        ((1,), {}), ((1,), {"last": 2}), ((1, 2), {}), ((1, 2), {"others": 3}),
    ],
)  # fmt: skip
def test_arguments_arrive_as_they_were_given_wherever_the_row_stands(
    new_rig, new_reference, name, after, named
):
    """Short ways for few arguments change nothing, neither for the function nor for the counts."""
    rig = new_rig(new_reference(outputs=()), features=("size", "colour"))
    plain = getattr(Model(), name)
    monitored = rig.monitor.wrap(Model.__dict__[name])
    if name == "method":
        monitored = functools.partial(monitored, Model())

    for _ in range(20):
        assert monitored(ROW, *after, **named) == plain(ROW, *after, **named)

    assert rig.feature("size") == {"01": 20}
    assert rig.state.lane.ledger[PLAIN] > 0
    rig.assert_balanced()


def test_a_row_that_nobody_gave_is_the_matter_of_the_function(rig):
    """What stands for an absent argument is never handed on."""
    given = []

    @rig.monitor.wrap
    def predict(*args, **named):
        given.append((args, named))

    predict()
    predict(1)
    predict(1, x=2)
    predict(x=2)
    predict(1, 2, 3)

    assert given == [((), {}), ((1,), {}), ((1,), {"x": 2}), ((), {"x": 2}), ((1, 2, 3), {})]
