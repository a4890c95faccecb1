"""Series of generative models: all labels always there, nothing twice, and nothing of other models."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.exposition.families import collect
from mlexporter.exposition.otlp.points import Times, metrics
from mlexporter.exposition.page.document import document
from mlexporter.exposition.page.generation import generation_facts
from mlexporter.records import GenerationCounts, GenerationSeries, HistogramCounts

GENERATIVE = [metric for metric in catalogue.CATALOGUE if metric.condition == "genai"]


def histogram(metric, *values):
    """Return a histogram of these values."""
    buckets = np.zeros(len(metric.bounds) + 1, dtype=np.int64)
    for value in values:
        buckets[np.searchsorted(metric.bounds, value)] += 1
    return HistogramCounts(buckets, float(sum(values)), metric.bounds)


def series(*names, tokens=(10,), first=(), failed=()):
    return GenerationSeries(
        *names,
        tokens={
            "input": histogram(catalogue.GENERATION_TOKENS, *tokens),
            "output": histogram(catalogue.GENERATION_TOKENS),
        },
        durations={
            "": histogram(catalogue.GENERATION_DURATION, 1.5),
            "TimeoutError": histogram(catalogue.GENERATION_DURATION, *failed),
        },
        time_to_first_token=histogram(catalogue.TIME_TO_FIRST_TOKEN, *first),
        time_per_output_token=histogram(catalogue.TIME_PER_OUTPUT_TOKEN, *first),
    )


@pytest.fixture
def counts():
    """Two kinds of calls."""
    return GenerationCounts(
        series=(series("chat", "openai", "gpt", "gpt-4", first=(0.3,), failed=(9.0,)), series("embeddings", "", "", "")),
        finishes={"stop": 2, "length": 0}, refusals=1, tool_calls={"requested": 0, "ok": 3},
        costs={"USD": 0.25, "EUR": 3.0}, feedback={"positive": 2, "5": 1},
    )  # fmt: skip


def test_a_model_that_generates_nothing_has_none_of_it(view, scrape):
    """Neither series nor a section of the page."""
    found = {name for name, _ in scrape(view)}

    assert not [metric.name for metric in GENERATIVE if any(name.startswith(metric.name) for name in found)]
    assert "Generation" not in document(view, now=1_700_000_010.0)


def test_every_label_is_there_and_empty_where_it_is_unknown(with_model, scrape, values, counts):
    """Both parsers agree, and sums over any label add up."""
    found = scrape(with_model("snapshot.generation", counts))

    tokens = {
        name: value for (name, _), value in found.items() if name == f"{catalogue.GENERATION_TOKENS.name}_sum"
    }
    assert tokens
    labels = [dict(pairs) for name, pairs in found if name == f"{catalogue.GENERATION_DURATION.name}_count"]
    assert sorted((each["gen_ai_operation_name"], each["gen_ai_provider_name"], each["error_type"]) for each in labels) == [
        ("chat", "openai", ""), ("chat", "openai", "TimeoutError"), ("embeddings", "", ""),
    ]  # fmt: skip
    assert all(set(catalogue.GENERATION_DURATION.labels) == set(each) for each in labels)
    assert values(found, catalogue.GENERATION_COST, "currency") == {("USD",): 0.25, ("EUR",): 3.0}
    assert values(found, catalogue.GENERATION_FINISHES, "reason") == {("stop",): 2.0, ("length",): 0.0}
    assert values(found, catalogue.GENERATION_TOOL_CALLS, "status") == {("requested",): 0.0, ("ok",): 3.0}
    assert values(found, catalogue.FEEDBACK, "rating") == {("positive",): 2.0, ("5",): 1.0}
    assert set(values(found, catalogue.GENERATION_REFUSALS, "model_name").values()) == {1.0}


def test_a_histogram_without_observations_is_absent(with_model, scrape, counts):
    """A model that does not stream has no time to the first token: it is unknown, not 0."""
    found = {
        name
        for name, pairs in scrape(with_model("snapshot.generation", counts))
        if ("gen_ai_operation_name", "embeddings") in pairs
    }

    assert found == {
        f"{metric.name}{ending}"
        for metric in (catalogue.GENERATION_TOKENS, catalogue.GENERATION_DURATION)
        for ending in ("_bucket", "_count", "_sum")
    }


def test_names_that_become_equal_when_they_are_cleaned_add_up(with_model, scrape):
    """A series stands there once."""
    odd = [series("chat", f"a{sign}", "", "", tokens=(5,)) for sign in ("\x00", "\x01", "\ufffd")]
    found = scrape(with_model("snapshot.generation", GenerationCounts(series=tuple(odd))))

    sums = [value for (name, _), value in found.items() if name == f"{catalogue.GENERATION_TOKENS.name}_sum"]
    assert sums == [15.0]


def test_the_page_has_a_section_of_a_model_that_generates(with_model, counts):
    """Tokens, times, ends, costs and ratings, in words."""
    page = document(with_model("snapshot.generation", counts), now=1_700_000_010.0)

    start = page.index("<h3>Generation</h3>")
    section = page[start : page.index("</dl>", start)].replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Tokens read",
        "20",
        "10 a call",
        "First token, median",
        "2 stop",
        "0.25",
        "USD",
        "3 ok",
        "2 positive",
    ):
        assert words in section
    assert "unknown" in section  # nobody told how many tokens were written


def test_models_that_answered_are_named_as_they_are():
    """With their underscores; one that was only asked for has answered nothing."""
    names = [("chat", "", "asked_for", ""), ("chat", "", "asked_for", "my_own_model")]
    names += [("chat", "", "", f"z{number}") for number in range(10)]
    text = str(generation_facts(GenerationCounts(series=tuple(series(*each) for each in names))))

    assert "my_own_model" in text.replace("<wbr>", "")
    assert "asked" not in text
    assert "3 others" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_ratings_alone_have_a_section(counts):
    """Of a classical model."""
    text = str(generation_facts(GenerationCounts(feedback={"5": 2, "positive": 1})))

    assert "Ratings" in text
    assert "1 positive, 2 rated 5" in re.sub(r"<[^>]+>", "", text).replace("\N{NO-BREAK SPACE}", " ")
    assert "Tokens" not in text
    assert generation_facts(GenerationCounts(finishes=counts.finishes, refusals=0)) is None


def test_over_otlp_what_is_unknown_is_no_attribute(with_model, counts):
    """The conventions ask for no class of an error where there was none; names have dots there."""
    families = collect(with_model("snapshot.generation", counts), now=1_700_000_010.0)
    found = {metric.name: metric for metric in metrics(families, Times(start=1, now=2))}

    points = found["gen_ai.client.operation.duration"].data.data_points
    assert [point.attributes.get("error.type") for point in points] == [None, "TimeoutError", None]
    assert "gen_ai.provider.name" not in points[-1].attributes
    assert points[0].attributes["gen_ai.request.model"] == "gpt"
    assert catalogue.GENERATION_COST.name in found
