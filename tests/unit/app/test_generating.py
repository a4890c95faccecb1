"""Generations as applications see them: the decorator, what is told by hand, and what the documents say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mlexporter
from mlexporter.errors import ConfigurationError
from mlexporter.instrument.generation import complaints
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).resolve().parents[3]
ANSWER = {
    "model": "gpt-4o-mini", "choices": [{"finish_reason": "stop", "message": {"content": "Hi"}}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 4},
}  # fmt: skip
ASKED = {"model": "bot", "version": "1", "kind": "chat", "provider": "openai"}


@pytest.fixture(autouse=True)
def _nothing_logged(monkeypatch):
    """What is logged once was not logged by another test."""
    monkeypatch.setattr(complaints, "_logged", set())


def generated(exporter, name="bot"):
    """Return what was counted of a model."""
    (found,) = [each for each in exporter.view().models if each.snapshot.key.name == name]
    return found.snapshot.generation


def input_tokens(exporter, name="bot"):
    return sum(each.tokens["input"].total for each in generated(exporter, name).series)


def test_a_decorated_function_generates_and_stays_what_it_was():
    """Whatever its arguments are."""
    with isolated_exporter() as exporter:

        @mlexporter.monitor(**ASKED, request_model="gpt-4o")
        def chat(messages, *, temperature=1.0):
            """Chat."""
            return ANSWER

        assert chat([{}, {}, {}], temperature=0.0) is ANSWER
        assert (chat.__name__, chat.__doc__) == ("chat", "Chat.")
        assert generated(exporter).series[0].label_values == ("chat", "openai", "gpt-4o", "gpt-4o-mini")
        assert exporter.view().models[0].snapshot.service.accepted == 1
        description = mlexporter.describe()

    assert "generated: 1 calls, 10 input tokens, 4 output tokens" in description
    assert "tokens, times and the end are read from what it returns or yields" in description
    assert "chat: chat" not in description


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"kind": "sing"},
            "kind='sing': one of chat, text_completion, generate_content, embeddings is needed",
        ),
        ({"kind": 1}, "kind=1: one of chat"),
        ({"kind": "chat", "provider": ""}, "provider='': a text that is not empty is needed"),
        ({"kind": "chat", "request_model": 4}, "request_model=4: a text that is not empty is needed"),
        ({"provider": "openai"}, "provider='openai': it says something of generations; give kind= too"),
        ({"request_model": "gpt"}, "request_model='gpt': it says something of generations; give kind= too"),
    ],
)
def test_wrong_arguments_of_the_decorator_raise_at_once(arguments, message):
    """They are mistakes of the code."""
    with isolated_exporter(strict=False), pytest.raises(ConfigurationError) as caught:
        mlexporter.monitor(model="bot", version="1", **arguments)
    assert message in str(caught.value)


def test_what_is_told_within_a_call_completes_it():
    """Of this model, or of no named one; another model gets a generation of its own."""
    with isolated_exporter() as exporter:
        mlexporter.Monitor(**{**ASKED, "model": "judge"})

        @mlexporter.monitor(**ASKED)
        def chat(prompt):
            mlexporter.record_generation(input_tokens=1)
            mlexporter.record_generation(input_tokens=2, model="bot")
            mlexporter.record_generation(input_tokens=50, model="judge", version="1")
            mlexporter.record_feedback(4)

        chat("Hi")
        assert (input_tokens(exporter), input_tokens(exporter, "judge")) == (2.0, 50.0)
        assert generated(exporter).feedback["4"] == 1


def test_elsewhere_a_model_is_named():
    """By as much of its name as tells it apart."""
    with isolated_exporter() as exporter:
        bot = mlexporter.Monitor(**ASKED)
        mlexporter.Monitor(model="classical", version="1")
        mlexporter.record_generation(ANSWER, model="bot")
        mlexporter.record_generation(input_tokens=5, model="bot", version="1", variant="primary")
        bot.record_generation(input_tokens=7)
        bot.record_feedback(True)
        mlexporter.record_feedback("\N{THUMBS DOWN SIGN}", model="classical")

        assert input_tokens(exporter) == 22.0
        assert generated(exporter).feedback["positive"] == 1
        assert generated(exporter, "classical").feedback["negative"] == 1


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (
            {},
            "model=None: no call of a generative model goes on here; give model= and version= of a monitored one",
        ),
        (
            {"model": "bat"},
            "model='bat', version=None, variant=None: it is not monitored here; monitored are bot 1",
        ),
        ({"model": "bot", "version": "3"}, "version='3', variant=None: it is not monitored here"),
        (
            {"model": "bot"},
            "more than one that is monitored here is meant; monitored are bot 1 primary, bot 2 primary",
        ),
    ],
)
def test_a_model_that_there_is_not_is_counted_and_raises_under_strict(named, message):
    """What is told of an answer must never break the answer."""
    for tell in (mlexporter.record_generation, lambda **named: mlexporter.record_feedback(True, **named)):
        with isolated_exporter() as exporter:
            for version in ("1", "2"):
                mlexporter.Monitor(**{**ASKED, "version": version})
            with pytest.raises(ConfigurationError) as caught:
                tell(**named)
            assert message in str(caught.value)
        with isolated_exporter(strict=False) as exporter:
            for version in ("1", "2"):
                mlexporter.Monitor(**{**ASKED, "version": version})
            tell(**named)
            assert exporter.view().exporter.internal_errors == {"generation": 1}


class Unshowable:
    """A value that cannot be shown."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "told",
    [{"input_tokens": 10**5000}, {"input_tokens": Unshowable()}, {"model": np.array([1, 2])}, {"model": Unshowable()},
     {"version": 1, "model": "bot"}, {"variant": Unshowable(), "model": "bot"}],
    ids=["digits", "field", "array", "model", "version", "variant"],
)  # fmt: skip
def test_nothing_that_is_told_raises_into_the_model(told, caplog):
    """Whatever its type; it is counted, and logged by its field."""
    tells = [lambda: mlexporter.record_generation(**{"model": "bot", **told})]
    if "input_tokens" not in told:
        tells.append(lambda: mlexporter.record_feedback(True, **told))
    for number, tell in enumerate(tells):
        with isolated_exporter(strict=False) as exporter:
            mlexporter.Monitor(**ASKED)
            tell()
            assert exporter.view().exporter.internal_errors == {"generation": 1}
            assert ("record_generation()", "record_feedback()")[number] in caplog.text
        with isolated_exporter():
            mlexporter.Monitor(**ASKED)
            with pytest.raises(ConfigurationError, match=f"{next(iter(told))}="):
                tell()
    assert "internal error" not in caplog.text


def test_a_model_of_several_kinds_is_asked_which_is_meant(caplog):
    """The only function with a kind is meant; of several that which fits what is told."""
    with isolated_exporter(strict=False) as exporter:
        mlexporter.monitor(model="bot", version="1")(lambda row: 1.0)
        mlexporter.monitor(**ASKED, request_model="gpt-4o")(_chat)
        mlexporter.record_generation(input_tokens=1, model="bot")
        assert [each.label_values for each in generated(exporter).series] == [
            ("chat", "openai", "gpt-4o", "")
        ]

        mlexporter.monitor(**{**ASKED, "kind": "embeddings"}, request_model="e5")(_embed)
        mlexporter.record_generation(input_tokens=2, model="bot")
        assert exporter.view().exporter.internal_errors == {"generation": 1}
        assert "model= cannot be counted as given: its functions differ in kind=" in caplog.text
        mlexporter.record_generation(input_tokens=4, model="bot", operation="embeddings")
        mlexporter.record_generation(input_tokens=8, model="bot", request_model="gpt-4o")
        found = {each.label_values[::2]: each.tokens["input"].total for each in generated(exporter).series}
    assert found == {("chat", "gpt-4o"): 9.0, ("embeddings", "e5"): 4.0}


def _chat(prompt):
    return ANSWER


def _embed(text):
    return ANSWER


def test_a_model_without_a_kind_says_the_way_out(caplog):
    """Not an internal error: the field, and what to give."""
    with isolated_exporter(strict=False) as exporter:
        mlexporter.Monitor(model="classical", version="1")
        mlexporter.record_generation(input_tokens=1, model="classical")
        assert exporter.view().exporter.internal_errors == {"generation": 1}
    assert (
        "operation= cannot be counted as given: model 'classical' is monitored without kind=" in caplog.text
    )
    assert "internal error" not in caplog.text


def test_version_and_variant_tell_models_apart():
    """For what is generated and for what people say, also within a call."""
    with isolated_exporter() as exporter:
        for version in ("1", "2"):
            for variant in ("primary", "shadow"):
                mlexporter.Monitor(**{**ASKED, "version": version}, variant=variant)
        named = {"model": "bot", "version": "2", "variant": "shadow"}

        @mlexporter.monitor(**ASKED)
        def chat(prompt):
            mlexporter.record_generation(input_tokens=3, **named)
            mlexporter.record_feedback(5, **named)

        chat("Hi")
        for each in exporter.view().models:
            counts, is_named = each.snapshot.generation, each.snapshot.key == tuple(named.values())
            assert counts.feedback.get("5", 0) == is_named
            assert sum(one.tokens["input"].total for one in counts.series) == 3 * is_named


def test_the_call_around_is_completed_by_its_name():
    """While a call of another model goes on within it."""
    with isolated_exporter() as exporter:

        @mlexporter.monitor(**{**ASKED, "model": "inner"})
        def inner(prompt):
            mlexporter.record_generation(input_tokens=1, model="bot")

        @mlexporter.monitor(**ASKED)
        def outer(prompt):
            return inner(prompt)

        outer("Hi")
        assert [each.durations[""].buckets.sum() for each in generated(exporter).series] == [1]
        assert (input_tokens(exporter), input_tokens(exporter, "inner")) == (1.0, 0.0)


def test_a_disabled_exporter_counts_nothing():
    """And asks for nothing."""
    with isolated_exporter(disabled=True) as exporter:
        chat = mlexporter.monitor(**ASKED)(lambda prompt: mlexporter.record_generation(input_tokens=1))
        chat("Hi")
        mlexporter.record_feedback("whatever", model="nobody")
        mlexporter.Monitor(**ASKED).record_generation(input_tokens=1)
        assert exporter.view().models == ()


def test_features_of_prompts_may_have_a_profile():
    """A generative model drifts, too, in what it is asked for."""
    rows = {"length": [float(number) for number in range(400)]}
    with isolated_exporter() as exporter:
        profile = mlexporter.Profile.fit(rows, model="bot", version="1")

        @mlexporter.monitor(**ASKED, profile=profile, features=lambda prompt: {"length": float(len(prompt))})
        def chat(prompt):
            yield ANSWER

        list(chat("Hello"))
        snapshot = exporter.view().models[0].snapshot

    assert (snapshot.profile.accepted, snapshot.profile.drained) == (1, 1)
    assert snapshot.generation.series[0].durations[""].buckets.sum() == 1


def test_the_first_record_of_a_process_opens_its_slot(tmp_path):
    """Others see it; so they do with what was said of an answer."""
    with (
        isolated_exporter(dir=str(tmp_path / "shared")) as exporter,
        isolated_exporter(dir=str(tmp_path / "shared")) as other,
    ):
        mlexporter.Monitor(exporter=exporter, **ASKED).record_generation(input_tokens=3)
        mlexporter.Monitor(exporter=exporter, **ASKED).record_feedback(5)
        exporter.drain()
        assert input_tokens(other) == 3.0
        assert generated(other).feedback["5"] == 1


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks")
def test_a_forked_child_counts_its_own_generations(tmp_path):
    """And what the parent has begun is the parent's."""
    program = """
import os, sys
import mlexporter

@mlexporter.monitor(model="bot", version="1", kind="chat")
def chat(n):
    mlexporter.record_generation(input_tokens=n)
    yield "Hi"
    mlexporter.record_generation(output_tokens=n)

begun = chat(1)
next(begun)
child = os.fork()
if child == 0:
    list(begun)
    list(chat(100))
    os._exit(0)
os.waitpid(child, 0)
list(begun)
counts = mlexporter.Exporter().view().models[0].snapshot.generation
(series,) = counts.series
print(series.tokens["input"].total, series.tokens["output"].total, series.durations[""].buckets.sum())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "MLEXPORTER_DIR": str(tmp_path / "shared")},
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["101.0", "101.0", "2"]


@pytest.mark.slow
def test_a_classical_model_loads_nothing_of_it(tmp_path):
    """Who generates nothing pays nothing."""
    program = """
import sys
import mlexporter

@mlexporter.monitor(model="m", version="1")
def predict(row):
    return 1.0

predict({"x": 1.0})
print(*[name for name in sys.modules if "generation.r" in name or "generation.w" in name])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "MLEXPORTER_DIR": "off"}, check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == []


@pytest.mark.slow
def test_the_code_of_the_tutorial_runs_as_it_stands(tmp_path):
    """Its program prints what it says, and each value that it tells can be counted."""
    text = (ROOT / "docs" / "tutorials" / "generative-models.md").read_text(encoding="utf-8")
    program, telling = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "MLEXPORTER_DIR": "off", "MLEXPORTER_STRICT": "1"},
        cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("Twelve fares today.\n")
    assert "generated: 1 calls, 21 input tokens, 3 output tokens" in done.stdout
    assert "ratings: 1 positive" in done.stdout

    with isolated_exporter() as exporter:
        mlexporter.Monitor(**{**ASKED, "model": "assistant"})
        exec(compile(telling, "generative-models.md", "exec"), {"mlexporter": mlexporter})
        counts = generated(exporter, "assistant")
    assert counts.costs == {"USD": 0.00021}
    assert counts.tool_calls["ok"] == 2
