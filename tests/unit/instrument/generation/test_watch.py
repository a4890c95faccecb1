"""Calls of generative models are measured while they go on: whole, in pieces, failed, abandoned, told by hand."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import threading
import types
import weakref
from concurrent.futures import Future
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pydantic
import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.generation import complaints as complaining
from mlexporter.instrument.generation import watch as watching
from mlexporter.instrument.generation.complaints import Complaints
from mlexporter.instrument.generation.recording import complete, watch_here
from mlexporter.instrument.generation.told import refuse_unknown
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.generation import GenerationKind
from mlexporter.state.model import ModelState

KIND = GenerationKind("chat", "openai", "gpt-4o")
ANSWER = {
    "model": "gpt-4o-mini", "choices": [{"finish_reason": "stop", "message": {"content": "Hi"}}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 4},
}  # fmt: skip
ROLE = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}
PIECE = {"choices": [{"delta": {"content": "Hi"}}]}
END = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
USAGE = {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
SECOND = 1_000_000_000


class Bench:
    """A monitor of a generative model, a clock that is moved by hand, and what was counted."""

    def __init__(self, clock, *, strict=True, kind=KIND, name="bot"):
        self.clock = clock
        self.counter = ExporterCounter()
        self.state = ModelState(
            ModelKey(name, "1"), latency_bounds=(0.1, 1.0), buffer_rows=8, buffer_limit_rows=100,
            wall_clock=lambda: 1000.0, counter=self.counter, strict=strict,
        )  # fmt: skip
        self.monitor = Monitor(
            self.state, selection=Selection(), strict=strict, on_error=self.counter.on_error, generation=kind
        )

    def record(self, response=None, **told):
        """Tell by hand, as ``mlexporter.record_generation`` does."""
        found = watch_here()
        assert found is not None
        refuse_unknown(told)
        complaints = Complaints(
            "record_generation", on_mistake=self.counter.on_mistake, on_error=self.counter.on_error,
            strict=self.monitor._strict,
        )  # fmt: skip
        complaints.attempt(complete, found, response, told)

    @property
    def counts(self):
        """All that was counted of generations."""
        return self.state.snapshot(0.0).generation

    @property
    def only(self):
        """The only series."""
        (series,) = self.counts.series
        return series

    def seconds(self, histogram):
        """Return calls and the sum."""
        return int(histogram.buckets.sum()), round(histogram.total, 6)

    def tokens(self, name):
        """Return calls that told of tokens of a type, and how many there were."""
        return self.seconds(self.only.tokens[name])

    @property
    def durations(self):
        """Calls and seconds by how they failed."""
        return {name: self.seconds(each) for name, each in self.only.durations.items()}

    @property
    def errors(self):
        """Errors that were counted."""
        return self.counter.counts().internal_errors.get("generation", 0)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1_000_000

    def __call__(self):
        """Return the time."""
        return self.now

    def move(self, seconds):
        """Move it forward."""
        self.now += round(seconds * SECOND)


@pytest.fixture
def clock(monkeypatch):
    moved = Clock()
    monkeypatch.setattr(watching, "perf_counter_ns", moved)
    return moved


@pytest.fixture
def bench(clock):
    return Bench(clock)


def streamed(bench, pieces):
    """Return a monitored generator of (seconds before, piece)."""

    @bench.monitor.wrap
    def chat(prompt):
        for seconds, piece in pieces:
            bench.clock.move(seconds)
            yield piece

    return chat


def test_a_whole_answer_is_counted_once_when_its_call_ends(bench):
    """By provider, the model that was asked for and the one that answered."""

    @bench.monitor.wrap
    def chat(messages):
        bench.clock.move(1.5)
        return ANSWER

    assert chat(["a", "list", "of messages"]) is ANSWER

    assert bench.only.label_values == ("chat", "openai", "gpt-4o", "gpt-4o-mini")
    assert (bench.tokens("input"), bench.tokens("output")) == ((1, 10.0), (1, 4.0))
    assert bench.durations == {"": (1, 1.5)}
    assert bench.seconds(bench.only.time_to_first_token) == (0, 0.0)
    assert bench.counts.finishes["stop"] == 1
    assert bench.state.snapshot(0.0).service.accepted == 1  # a list of messages is no batch


def test_what_is_known_beforehand_begins_at_zero(bench):
    """Ends and refusals are there before the first call."""
    assert bench.counts.finishes == dict.fromkeys(bench.counts.finishes, 0)
    assert bench.counts.finishes
    assert bench.counts.refusals == 0
    assert bench.counts.series == ()
    assert bench.counts.feedback == {}


def test_an_answer_of_no_known_shape_has_a_duration_and_nothing_else(bench):
    """Nothing is guessed."""
    assert bench.monitor.wrap(lambda prompt: "Hello!")("Hi") == "Hello!"

    assert bench.durations == {"": (1, 0.0)}
    assert bench.tokens("input") == bench.tokens("output") == (0, 0.0)
    assert sum(bench.counts.finishes.values()) == 0


def test_a_stream_is_measured_from_the_call_to_its_first_content(bench):
    """Roles, ends and usage are no content; the time per token is between the first and the last content."""
    chat = streamed(bench, [(0.1, ROLE), (0.3, PIECE), (0.5, PIECE), (0.3, PIECE), (0.2, END), (1.0, USAGE)])

    assert list(chat("Hi")) == [ROLE, PIECE, PIECE, PIECE, END, USAGE]

    assert bench.seconds(bench.only.time_to_first_token) == (1, 0.4)
    assert bench.seconds(bench.only.time_per_output_token) == (1, 0.2)  # 0.8 s for 4 tokens after the first
    assert bench.durations == {"": (1, 2.4)}
    assert (bench.tokens("input"), bench.tokens("output")) == ((1, 10.0), (1, 5.0))


@pytest.mark.parametrize(
    "pieces",
    [
        [(1.0, PIECE), (1.0, PIECE)],  # nobody tells how many tokens there are
        [(1.0, PIECE), (1.0, USAGE)],  # all came at once
        [(1.0, PIECE), (1.0, PIECE), (0.0, {"choices": [], "usage": {"completion_tokens": 1}})],
    ],
)
def test_a_time_per_token_that_is_not_known_is_absent(bench, pieces):
    """Not 0."""
    list(streamed(bench, pieces)("Hi"))

    assert bench.seconds(bench.only.time_to_first_token) == (1, 1.0)
    assert bench.seconds(bench.only.time_per_output_token) == (0, 0.0)


def test_a_stream_that_fails_keeps_the_tokens_that_are_known(bench):
    """Its duration has the class of the exception, and times of answers are of those that succeeded."""

    @bench.monitor.wrap
    def chat(prompt):
        yield PIECE
        yield USAGE
        bench.clock.move(2.0)
        raise TimeoutError("a secret")

    with pytest.raises(TimeoutError, match="a secret"):
        list(chat("Hi"))

    assert bench.durations == {"TimeoutError": (1, 2.0)}
    assert bench.tokens("output") == (1, 5.0)
    assert bench.seconds(bench.only.time_to_first_token) == (0, 0.0)


def test_a_stream_that_is_abandoned_says_so_unless_its_end_was_seen(bench):
    """Who has seen the reason of the end needs no more pieces."""
    for pieces in ([(1.0, PIECE), (1.0, PIECE)], [(1.0, PIECE), (1.0, END), (1.0, USAGE)]):
        chat = streamed(bench, pieces)("Hi")
        next(chat)
        if pieces[1][1] is END:
            next(chat)
        chat.close()

    assert bench.durations == {"": (1, 2.0), "abandoned": (1, 1.0)}
    assert bench.seconds(bench.only.time_to_first_token) == (1, 1.0)


def test_a_coroutine_that_is_cancelled_says_so(bench):
    """It is no failure of the model."""

    @bench.monitor.wrap
    async def chat(prompt):
        await asyncio.sleep(60)

    async def run():
        task = asyncio.create_task(chat("Hi"))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(run())
    assert bench.durations == {"cancelled": (1, 0.0)}


def test_every_kind_of_function_is_completed_by_hand(bench):
    """What is told wins over what was read, and what is told last wins."""
    monitor, record = bench.monitor, bench.record

    @monitor.wrap
    def plain(prompt):
        record(input_tokens=1)
        record(input_tokens=100)
        return ANSWER

    @monitor.wrap
    async def later(prompt):
        await asyncio.sleep(0)
        record(input_tokens=100)
        return ANSWER

    @monitor.wrap
    def pieces(prompt):
        record(input_tokens=100, response_model="gpt-4o-mini")
        yield "H"
        record(output_tokens=4)
        yield "i"

    @monitor.wrap
    async def pieces_later(prompt):
        yield "H"
        await asyncio.sleep(0)
        record(input_tokens=100, output_tokens=4, response_model="gpt-4o-mini")
        yield "i"

    async def run():
        found = await later("Hi")
        return found, [piece async for piece in pieces_later("Hi")]

    assert plain("Hi") is ANSWER
    assert asyncio.run(run()) == (ANSWER, ["H", "i"])
    assert list(pieces("Hi")) == ["H", "i"]

    assert bench.tokens("input") == (4, 400.0)
    assert bench.tokens("output") == (4, 16.0)
    assert bench.errors == 0
    assert watch_here() is None


def test_everything_that_is_told_is_counted(bench):
    """Seconds, costs, tools, refusals, models and errors."""

    @bench.monitor.wrap
    def chat(prompt):
        bench.record(
            input_tokens=np.int64(7), output_tokens=8, time_to_first_token_seconds=0.25,
            time_per_output_token_seconds=0.03, duration_seconds=3, finish_reason="max_tokens", refusal=True,
            error=ValueError("a secret"), tool_calls={"ok": 2, "error": 1}, cost=Decimal("0.0000005"), currency="eur",
            response_model="r", request_model="q", provider="vllm", operation="text_completion",
        )  # fmt: skip
        return ANSWER

    chat("Hi")

    series, counts = bench.only, bench.counts
    assert series.label_values == ("text_completion", "vllm", "q", "r")
    assert bench.durations == {"ValueError": (1, 3.0)}
    assert (bench.tokens("input"), bench.tokens("output")) == ((1, 7.0), (1, 8.0))
    assert bench.seconds(series.time_to_first_token) == (1, 0.25)
    assert bench.seconds(series.time_per_output_token) == (1, 0.03)
    assert {name: n for name, n in counts.finishes.items() if n} == {"length": 1}
    assert {name: n for name, n in counts.tool_calls.items() if n} == {"ok": 2, "error": 1}
    assert (counts.refusals, counts.costs) == (1, {"EUR": 5e-07})


@pytest.mark.parametrize("cost", [3, 0.1, np.float64(0.1), np.float32(0.5), Decimal("0.1"), Fraction(1, 3)])
def test_costs_may_be_numbers_of_any_type(bench, cost):
    """They are added up as billionths."""
    bench.monitor.wrap(lambda prompt: [bench.record(cost=cost, currency="USD") for _ in range(3)])("Hi")
    bench.monitor.wrap(lambda prompt: bench.record(cost=cost, currency="USD"))("Hi")

    assert bench.counts.costs["USD"] == pytest.approx(2 * round(float(cost), 9))


@pytest.mark.parametrize(
    ("wrong", "way_out"),
    [
        ({"input_tokens": -1}, "input_tokens=-1: a whole number, 0 or more, is needed"),
        ({"output_tokens": 1.5}, "output_tokens=1.5: a whole number"),
        ({"output_tokens": True}, "output_tokens=True: a whole number"),
        ({"input_tokens": 2**40}, "input_tokens=1099511627776: a whole number"),
        ({"duration_seconds": float("nan")}, "duration_seconds=nan: a number of seconds from 0"),
        ({"time_to_first_token_seconds": -0.1}, "time_to_first_token_seconds=-0.1: a number of seconds"),
        ({"time_per_output_token_seconds": "1"}, "time_per_output_token_seconds='1': a number of seconds"),
        ({"finish_reason": 3}, "finish_reason=3: a word such as stop or length is needed"),
        ({"refusal": "yes"}, "refusal='yes': True or False is needed"),
        ({"error": 500}, "error=500: an exception or the name of its class is needed"),
        (
            {"tool_calls": {"maybe": 1}},
            "tool_calls={'maybe': 1}: a whole number, or numbers by requested, ok",
        ),
        ({"tool_calls": {"ok": -1}}, "tool_calls={'ok': -1}: a whole number, or numbers by"),
        ({"cost": -1, "currency": "USD"}, "cost=-1: a number from 0 to 1000000000 is needed"),
        ({"cost": float("inf"), "currency": "USD"}, "cost=inf: a number from 0"),
        ({"cost": 1, "currency": "dollars"}, "currency='dollars': a currency of three letters"),
        ({"cost": 1}, "currency=None: cost= is given, which needs it; give both"),
        ({"currency": "USD"}, "cost=None: currency= is given, which needs it; give both"),
        ({"response_model": ""}, "response_model='': a text that is not empty is needed"),
        ({"response_model": " "}, "response_model=' ': a text that is not empty is needed"),
        ({"output_tokens": 10**5000}, "output_tokens=(a value that cannot be shown): a whole number"),
        ({"provider": ["x" * 500]}, f"provider=['{'x' * 98}...: a text that is not empty is needed"),
        ({"provider": 1}, "provider=1: a text that is not empty is needed"),
        ({"operation": "sing"}, "operation='sing': one of chat, text_completion"),
    ],
)
def test_a_wrong_value_is_left_out_and_raised_under_strict(clock, caplog, wrong, way_out):
    """The field, the value and the way out; the rest of what is told counts, and no value gets into the log."""
    for strict in (False, True):
        bench = Bench(clock, strict=strict)
        chat = bench.monitor.wrap(
            lambda prompt, bench=bench: bench.record(**{"output_tokens": 9, **wrong}) or ANSWER
        )
        if strict:
            with pytest.raises(ConfigurationError) as caught:
                chat("Hi")
            assert way_out in str(caught.value)
        else:
            assert chat("Hi") is ANSWER
        assert bench.errors == 1
        assert (bench.tokens("output")[1] == 9) is ("output_tokens" not in wrong)
        assert bench.counts.costs == {}
    assert "dollars" not in caplog.text
    assert "internal error" not in caplog.text


def test_a_misspelt_keyword_raises_at_once(clock):
    """As with any function of Python."""
    bench = Bench(clock, strict=False)
    chat = bench.monitor.wrap(lambda prompt: bench.record(tokens=1))

    with pytest.raises(TypeError, match="unexpected keyword argument 'tokens'"):
        chat("Hi")


def test_threads_and_tasks_that_a_call_starts_complete_it(bench):
    """Those that got its context; one that comes too late finds no call any more."""
    late = []

    @bench.monitor.wrap
    def chat(prompt):
        context = contextvars.copy_context()
        late.append(context)
        thread = threading.Thread(target=context.run, args=(lambda: bench.record(input_tokens=3),))
        thread.start()
        thread.join()

    chat("Hi")
    assert bench.tokens("input") == (1, 3.0)
    assert late[0].run(watch_here) is None


def test_a_call_within_a_call_is_told_apart(bench):
    """What is told belongs to the inner one while it goes on, then to the outer one again."""

    @bench.monitor.wrap
    def inner(prompt):
        bench.record(input_tokens=1)

    @bench.monitor.wrap
    def outer(prompt):
        inner(prompt)
        bench.record(input_tokens=10)
        yield "Hi"
        inner(prompt)

    list(outer("Hi"))
    assert bench.tokens("input") == (3, 12.0)


def test_streams_that_go_on_at_once_are_told_apart(bench):
    """Their pieces run by turns, in one context, and one is closed while another goes on."""

    @bench.monitor.wrap
    def chat(number):
        for _ in range(3):
            bench.record(input_tokens=number)
            yield str(number)

    first, second = chat(1), chat(100)
    for stream in (first, second, first, second):
        next(stream)
        assert watch_here() is None
    first.close()
    list(second)

    assert bench.tokens("input") == (2, 101.0)


def test_an_answer_may_be_told_too(bench):
    """A function that returns but the text tells the answer that it was in."""

    @bench.monitor.wrap
    def chat(prompt):
        bench.record(ANSWER)
        return "Hi"

    assert chat("Hi") == "Hi"
    assert (bench.tokens("output"), bench.only.response_model) == ((1, 4.0), "gpt-4o-mini")


class EventStream:
    """A stream as that of AWS: it can only be iterated over."""

    def __iter__(self):
        yield PIECE


class AsyncStream:
    """A stream that is no iterator itself."""

    def __aiter__(self):
        raise AssertionError("nobody may ask for this")


async def later():
    return ANSWER


def task():
    loop = asyncio.new_event_loop()
    coroutine = later()
    found = loop.create_task(coroutine)
    loop.run_until_complete(found)
    loop.close()
    return found


LATER = {
    "iterator": lambda: iter([PIECE]), "coroutine": later, "task": task, "future of a pool": Future,
    "iterable": EventStream, "asynchronous iterable": AsyncStream,
    "stream of AWS": lambda: {"ResponseMetadata": {}, "stream": EventStream()},
    "body of AWS": lambda: {"body": iter([])},
    "object with a stream": lambda: types.SimpleNamespace(stream=iter([])),
}  # fmt: skip


@pytest.mark.parametrize("make", LATER.values(), ids=LATER)
def test_an_answer_that_is_still_to_come_has_no_duration(bench, caplog, monkeypatch, make):
    """Its end is not seen: no duration would be right, nothing of it is touched, and the log says why, once."""
    monkeypatch.setattr(complaining, "_logged", set())
    result = make()
    chat = bench.monitor.wrap(lambda prompt: result)

    assert chat("Hi") is result
    assert chat("Hi") is result
    assert bench.only.durations == {}
    assert caplog.text.count("a call returned a stream, or what is still to be awaited") == 1
    if asyncio.iscoroutine(result):
        result.close()


class Model(pydantic.BaseModel):
    """A model of pydantic, which can be iterated over."""

    text: str = "Hi"


@pytest.mark.parametrize(
    "result", [[1], {"stream": True}, {"a": iter([])}, "Hi", Model(), range(3), {1}, np.zeros(2), ANSWER],
    ids=["list", "dict", "other name", "text", "model", "range", "set", "array", "answer"],
)  # fmt: skip
def test_an_answer_that_is_there_has_a_duration(bench, result):
    """Although many of them can be iterated over."""
    bench.monitor.wrap(lambda prompt: result)("Hi")
    assert bench.durations == {"": (1, 0.0)}


def test_a_stream_that_returns_its_answer_too_counts_its_tools_once(bench):
    """Google's pieces do not number their calls; pieces before and the whole answer are the same calls."""
    final = {"candidates": [{"content": {"parts": [{"function_call": {}}, {"function_call": {}}]}}]}

    @bench.monitor.wrap
    def chat(prompt):
        yield final
        return final

    list(chat("Hi"))
    assert bench.counts.tool_calls["requested"] == 2


def test_a_call_around_is_found_by_its_model(clock):
    """Also while a call within it goes on; one that is over is not."""
    outer, inner = Bench(clock), Bench(clock, name="inner")

    @inner.monitor.wrap
    def embed(text):
        found = watch_here(lambda key: key.name == "bot")
        complete(found, None, {"input_tokens": 7})
        assert watch_here(lambda key: key.name == "nobody") is None

    outer.monitor.wrap(embed)("Hi")
    assert outer.tokens("input") == (1, 7.0)
    assert inner.tokens("input") == (0, 0.0)


def test_a_piece_that_ends_in_another_context_leaves_that_alone():
    """As where a generator is closed within another call, which stays the one that is completed."""
    first, second = (
        watching.GenerationWatch(ModelKey("bot", "1"), KIND, lambda *_: None, lambda: None) for _ in range(2)
    )

    def run():
        first.resume()
        watching.CURRENT.set(second)
        first.suspend()
        assert watch_here() is second

    contextvars.copy_context().run(run)


def test_a_call_that_is_resumed_within_itself_is_no_endless_circle(bench):
    """As in a thread that an earlier piece has started with its context."""
    watch = watching.GenerationWatch(ModelKey("bot", "1"), KIND, lambda *_: None, lambda: None)
    other = watching.GenerationWatch(ModelKey("bot", "2"), KIND, lambda *_: None, lambda: None)

    def run():
        watching.CURRENT.set(watch)
        watch.resume()
        assert watch.around is None
        watch.around, other.around = other, watch
        assert watch_here(lambda key: key.name == "nobody") is None

    contextvars.copy_context().run(run)


def test_a_call_that_fails_after_its_end_was_seen_has_failed(bench):
    """Only who leaves a stream may do so then."""

    @bench.monitor.wrap
    def chat(prompt):
        yield END
        raise TimeoutError

    async def later_pieces(prompt):
        yield END
        raise asyncio.CancelledError

    async def run():
        return [piece async for piece in bench.monitor.wrap(later_pieces)("Hi")]

    with pytest.raises(TimeoutError):
        list(chat("Hi"))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    assert bench.durations == {"TimeoutError": (1, 0.0), "cancelled": (1, 0.0)}


def test_costs_are_rounded(bench):
    """Not cut: a hundred small ones would be too little."""
    bench.monitor.wrap(lambda prompt: bench.record(cost=Fraction(19, 10**10), currency="USD"))("Hi")
    assert bench.counts.costs == {"USD": 2e-9}


def test_rubbish_never_reaches_the_call(clock):
    """Attributes that raise, lie or never end are not asked."""

    class Rubbish:
        def __getattribute__(self, name):
            raise RuntimeError(name)

        __iter__ = __len__ = __bool__ = __eq__ = __hash__ = __str__ = __repr__ = __getattribute__

    class Lazy:
        @property
        def choices(self):
            raise AssertionError("nobody may ask for this")

        usage = choices

        def __getattr__(self, name):
            raise AssertionError("nobody may ask for this")

    class Odd(type):
        def __getattribute__(cls, name):
            raise RuntimeError(name)

    class OfOdd(metaclass=Odd):
        pass

    for value in (
        Rubbish(),
        object.__new__(OfOdd),
        Lazy(),
        [Rubbish()],
        {"choices": Rubbish(), "usage": Lazy()},
        {1: 2},
        type,
        Rubbish,
    ):
        bench = Bench(clock)
        assert bench.monitor.wrap(lambda prompt, value=value: value)("Hi") is value
        (piece,) = bench.monitor.wrap(streaming(value))("Hi")
        assert piece is value
        assert bench.errors == 0
        assert bench.tokens("output") == (0, 0.0)


def streaming(value):
    def chat(prompt):
        yield value

    return chat


def test_nothing_of_an_answer_is_kept(bench):
    """Neither of a prompt."""

    class Answer:
        def __init__(self):
            self.choices = []
            self.usage = None

    kept = []

    @bench.monitor.wrap
    def chat(prompt):
        for _ in range(3):
            found = Answer()
            kept.append(weakref.ref(found))
            yield found
            del found

    for _ in chat(Answer()):
        pass
    gc.collect()
    del _
    assert [each() for each in kept] == [None] * 3


def test_errors_of_ours_are_counted_and_kept_away(clock, monkeypatch):
    """Under strict they are raised."""
    monkeypatch.setattr(watching, "read_end", lambda *_: 1 / 0)
    careless = Bench(clock, strict=False)
    assert careless.monitor.wrap(lambda prompt: ANSWER)("Hi") is ANSWER
    assert careless.errors == 1

    with pytest.raises(ZeroDivisionError):
        Bench(clock).monitor.wrap(lambda prompt: ANSWER)("Hi")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks")
def test_a_fork_within_a_call_leaves_it_to_the_parent(bench, monkeypatch):
    """In the child it is another process that ends it."""
    chat = streamed(bench, [(0.0, PIECE)])("Hi")
    next(chat)
    monkeypatch.setattr(watching.os, "getpid", lambda: -1)
    assert list(chat) == []

    assert bench.counts.series == ()


def test_other_models_know_nothing_of_it(clock):
    """Without kind= nothing stands between a call and its function, and nothing is loaded."""
    bench = Bench(clock, kind=None)

    def predict(row):
        assert watch_here() is None
        return ANSWER

    bench.monitor.wrap(predict)({"x": 1.0})
    (wrapped,) = bench.monitor._wrapped
    assert wrapped.accounting.function is predict
    assert bench.counts is None


def test_a_record_of_its_own_needs_no_call(bench):
    """What was generated elsewhere, as with Monitor.record."""
    bench.monitor.record_generation(None, {"input_tokens": 5, "duration_seconds": 1.0})
    bench.monitor.record_generation(ANSWER, {})

    first, second = sorted(bench.counts.series, key=lambda series: series.response_model)
    assert (first.label_values, bench.seconds(first.durations[""])) == (
        ("chat", "openai", "gpt-4o", ""),
        (1, 1.0),
    )
    assert bench.seconds(second.tokens["output"]) == (1, 4.0)
    assert second.durations == {}


def test_a_record_of_a_classical_model_has_to_name_the_operation(clock):
    """Nobody else knows it."""
    bench = Bench(clock, kind=None)
    with pytest.raises(ConfigurationError, match="operation=None: model 'bot' is monitored without kind="):
        bench.monitor.record_generation(None, {"input_tokens": 5})

    bench.monitor.record_generation(None, {"input_tokens": 5, "operation": "embeddings"})
    assert bench.only.label_values == ("embeddings", "", "", "")


@pytest.mark.parametrize(
    ("rating", "counted"),
    [(True, "positive"), (False, "negative"), ("up", "positive"), ("\N{THUMBS DOWN SIGN}", "negative"),
     (" Neutral ", "neutral"), (1, "1"), (5, "5"), ("3", "3"), ("positive", "positive")],
)  # fmt: skip
def test_ratings_have_few_words(bench, rating, counted):
    """Thumbs, truth and stars."""
    bench.monitor.record_feedback(rating)

    assert {name: n for name, n in bench.counts.feedback.items() if n} == {counted: 1}


@pytest.mark.parametrize("rating", [0, 6, 4.5, None, "so-so", "x" * 10_000, object(), "other"])
def test_any_other_rating_is_counted_as_such(clock, rating):
    """What a browser sends is bounded, visible and never an exception, but under strict."""
    bench = Bench(clock, strict=False)
    bench.monitor.record_feedback(rating)
    assert bench.counts.feedback["other"] == 1
    assert bench.counter.counts().cardinality_overflow == 1
    assert bench.errors == 0

    with pytest.raises(
        ConfigurationError, match="one of positive, negative, neutral, 1, 2, 3, 4, 5, True or False"
    ):
        Bench(clock).monitor.record_feedback(rating)
