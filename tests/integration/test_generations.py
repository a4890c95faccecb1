"""Two workers that stream answers, one of them killed: a scrape of the other has every token of both."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mlexporter import catalogue
from mlexporter.demo.programs import free_port

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="locks of Unix"),
]

WORKER = """
import asyncio, json, sys, time
import mlexporter

asked = dict(model="bot", version="1", kind="chat", provider="openai", request_model="gpt-4o")

def pieces(command):
    yield {"model": "gpt-4o-mini", "choices": [{"delta": {"role": "assistant", "content": ""}}]}
    time.sleep(command["seconds"])
    for _ in range(command["output"]):
        yield {"model": "gpt-4o-mini", "choices": [{"delta": {"content": "la"}}]}
        time.sleep(0.002)
    yield {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    yield {"choices": [], "usage": {"prompt_tokens": command["input"], "completion_tokens": command["output"]}}

@mlexporter.monitor(**asked)
def chat(command):
    mlexporter.record_generation(cost=0.001 * command["output"], currency="USD")
    yield from pieces(command)
    if command.get("fails"):
        raise TimeoutError("a secret")

@mlexporter.monitor(**asked)
async def chat_later(command):
    for piece in pieces(command):
        await asyncio.sleep(0)
        yield piece

async def later(command):
    return [piece async for piece in chat_later(command)]

for line in sys.stdin:
    command = json.loads(line)
    if "port" in command:
        mlexporter.serve(port=command["port"])
    elif command.get("is_later"):
        asyncio.run(later(command))
    else:
        try:
            list(chat(command))
        except TimeoutError:
            pass
    print("done", flush=True)
"""


class Worker:
    """A process of its own that chats."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MLEXPORTER_DIR": str(path)},
        )  # fmt: skip

    def tell(self, **command):
        """Let it do something, and wait for the end of it."""
        self.process.stdin.write(f"{json.dumps(command)}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def end(self):
        """End it in order, if it has not ended."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def start(tmp_path):
    """Return a function that starts workers of one directory; they are ended."""
    with contextlib.ExitStack() as stack:

        def begin():
            worker = Worker(tmp_path / "shared")
            stack.callback(worker.end)
            return worker

        yield begin


def scrape(port, accepted="text/plain"):
    """Return the exposition in the format asked for."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accepted})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return answer.read().decode()


def samples(families):
    """Return values of generative models by name and the labels that tell them apart."""
    names = {
        metric.name.removesuffix("_total") for metric in catalogue.CATALOGUE if metric.condition == "genai"
    }
    left_out = {"model_name", "model_version", "variant", "gen_ai_operation_name", "gen_ai_provider_name"}
    return {
        (
            sample.name,
            *sorted(pair for pair in sample.labels.items() if pair[1] and pair[0] not in left_out),
        ): sample.value
        for family in families
        if family.name in names
        for sample in family.samples
    }


def of_metric(found, metric, ending="_sum"):
    """Return values of one metric by the last of its labels that is not always the same."""
    name, label = f"{metric.name}{ending}", metric.labels[-1]
    return {dict(pairs).get(label, ""): value for (each, *pairs), value in found.items() if each == name}


def test_every_token_is_counted_whoever_dies(start, tmp_path):
    """Streams of functions and coroutines, one that fails, in two workers; then one is killed."""
    one, other = start(), start()
    port = free_port()
    other.tell(port=port)
    one.tell(seconds=0.05, input=100, output=5)
    one.tell(seconds=0.0, input=10, output=3, fails=True)
    other.tell(seconds=0.3, input=1000, output=4, is_later=True)

    before = samples(parse_text(scrape(port)))
    assert of_metric(before, catalogue.GENERATION_TOKENS) == {"input": 1110.0, "output": 12.0}
    assert of_metric(before, catalogue.GENERATION_TOKENS, "_count") == {"input": 3.0, "output": 3.0}
    assert of_metric(before, catalogue.GENERATION_DURATION, "_count") == {"": 2.0, "TimeoutError": 1.0}
    assert of_metric(before, catalogue.TIME_TO_FIRST_TOKEN, "_count") == {"gpt-4o-mini": 2.0}
    assert 0.35 <= of_metric(before, catalogue.TIME_TO_FIRST_TOKEN)["gpt-4o-mini"] < 5.0
    assert of_metric(before, catalogue.TIME_PER_OUTPUT_TOKEN, "_count") == {"gpt-4o-mini": 2.0}
    assert 0.004 <= of_metric(before, catalogue.TIME_PER_OUTPUT_TOKEN)["gpt-4o-mini"] < 1.0
    assert of_metric(before, catalogue.GENERATION_COST, "") == {"USD": 0.008}
    assert of_metric(before, catalogue.GENERATION_FINISHES, "")["stop"] == 3.0

    one.process.kill()
    one.process.wait(20)
    until = time.monotonic() + 20
    while len(list((tmp_path / "shared").glob("slot-*"))) > 1:  # until it is folded
        assert samples(parse_text(scrape(port))) == before
        assert time.monotonic() < until
        time.sleep(0.05)
    assert samples(parse_text(scrape(port))) == before
    other.tell(seconds=0.0, input=1, output=2)
    after = samples(parse_text(scrape(port)))
    assert of_metric(after, catalogue.GENERATION_TOKENS) == {"input": 1111.0, "output": 14.0}
    assert "secret" not in scrape(port)


def test_the_scrape_is_read_by_every_parser(start, programs):
    """Text and OpenMetrics say the same, and promtool has nothing to say."""
    worker = start()
    port = free_port()
    worker.tell(port=port)
    worker.tell(seconds=0.0, input=7, output=2)

    openmetrics = scrape(port, "application/openmetrics-text; version=1.0.0")
    assert samples(parse_text(scrape(port))) == samples(parse_openmetrics(openmetrics)) != {}
    promtool = shutil.which("promtool", path=str(Path(programs[0]).parent))
    done = subprocess.run(
        [promtool, "check", "metrics"], input=scrape(port), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
