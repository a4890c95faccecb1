import dataclasses
import itertools

import numpy as np
import pytest

from mlexporter._version import __version__
from mlexporter.catalogue import DEGRADED_REASONS, PROCESS_START_TIME
from mlexporter.exposition.page import render_page
from mlexporter.exposition.page.banner import SINGLE_WORKER, WAYS_OUT
from mlexporter.exposition.page.document import CARDS_PER_MODEL, CARDS_PER_PAGE, SECTIONS_PER_PAGE
from mlexporter.records import Distribution, Kind, Lineage, ModelKey, ResourceUsage, TrainingType

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></style></svg><script>",
    "\ud800lone",
    "x" * 10_000,
    "\u202egnp.exe",
    "&amp;&lt;",
    "",
    "\x00\x1b[31m",
    "-->",
    "{{7*7}}${7*7}",
)


@pytest.fixture
def page(make, read):
    """Return a function that renders models and reads the page."""

    def rendered(*models, now=make.NOW, **changes):
        return read(render_page(make.view(*models, **changes), now=now))

    return rendered


def with_text_everywhere(make, text):
    """Return a model whose every name and sentence is ``text``."""
    names = Distribution(
        Kind.CATEGORICAL, TrainingType.TEXT, categories=(text, "B6"), counts=(500, 400, 100, 0, 0, 0)
    )
    rows = [make.Row(text, (5.0, 5.0)), make.Row(text + "2", distribution=names), make.Row(text, alert=False)]
    key = ModelKey(text, text, text)
    model = make.model(rows, [make.Row(text, (2.0, None))], key=key)
    reference = dataclasses.replace(
        model.reference, model_version=text + "old", profile_id=text, skipped={text: text},
        lineage=Lineage(text, text, text, text),
    )  # fmt: skip
    service = make.service(
        requests={text: 1}, errors={text: 1}, dropped={text: 1}, schema_violations={text: 2}
    )
    snapshot = dataclasses.replace(model.snapshot, service=service)
    return dataclasses.replace(
        model, snapshot=snapshot, reference=reference, notes=((text, text),), degraded={text: text}
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(make, page, text):
    """No name or sentence becomes an element or an attribute, and the page stays well-formed UTF-8."""
    ordinary = page(
        with_text_everywhere(make, "plain"), with_text_everywhere(make, "plain2"), degraded={"plain": "s"}
    )
    hostile = page(
        with_text_everywhere(make, text), with_text_everywhere(make, text + "2"), degraded={text: text}
    )
    assert set(hostile.tags) <= set(ordinary.tags) | {"bdi"}
    allowed = {(tag, name) for tag, name, _ in ordinary.attributes}
    assert {(tag, name) for tag, name, _ in hostile.attributes} <= allowed
    assert len(hostile.source) < 300_000


def test_no_script_and_nothing_to_load(make, page):
    """There is no script, no handler, no inline style attribute and no address outside the exporter."""
    found = page(make.model([make.Row("x", (3.0, 0.0))]), make.model())
    assert {"script", "img", "iframe", "object", "form"}.isdisjoint(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on") or name == "style"]
    addresses = {value for _, name, value in found.attributes if name in {"href", "src"}}
    assert {address for address in addresses if not address.startswith(("#", "data:image/svg"))} == {
        "metrics", "-/healthy", "-/ready",
    }  # fmt: skip
    assert "@import" not in found.source
    assert "url(" not in found.source


def test_head(make, page):
    """The page says what it is, since when it runs, and looks again at each evaluation."""
    found = page(make.model(), resources=ResourceUsage({PROCESS_START_TIME.name: make.NOW - 240}))
    assert f"mlexporter {__version__}" in found.text
    assert "running for 4 minutes, since 2023-11-14 22:09 UTC" in found.text
    assert ("meta", "content", "15") in found.attributes
    assert ("html", "lang", "en") in found.attributes
    assert page(evaluation_interval_seconds=0.2).source.count('http-equiv="refresh" content="5"') == 1


@pytest.mark.parametrize("reason", DEGRADED_REASONS)
def test_every_degraded_reason_is_loud(make, page, reason):
    """Whatever is degraded shows its reason, its sentence and the way out, for exporter and model."""
    sentence = f"Something about {reason} is wrong."
    for found in (page(degraded={reason: sentence}), page(make.model(degraded={reason: sentence}))):
        assert sentence in found.text
        assert reason in found.text
        assert f"Way out: {WAYS_OUT[reason]}" in found.text
        assert ("section", "role", "alert") in found.attributes


def test_a_worker_that_counts_alone_is_loud(make, page):
    """The page says that it shows one worker of several, once, also beside the reason."""
    found = page(make.model(), is_single_worker=True)
    assert SINGLE_WORKER in found.text
    assert f"Way out: {WAYS_OUT['single_worker']}" in found.text
    assert ("section", "role", "alert") in found.attributes
    told = page(degraded={"directory_unusable": "One worker only: no directory."}, is_single_worker=True)
    assert SINGLE_WORKER not in told.text


def test_lost_rows_are_shown_where_there_are_any(make, page):
    """Rows that died with a worker are a fact of the model; none are none."""
    model = make.model()
    service = dataclasses.replace(model.snapshot.service, lost={"killed": 4321})
    lossy = dataclasses.replace(model, snapshot=dataclasses.replace(model.snapshot, service=service))
    assert "Lost rows" in page(lossy).text
    assert "Lost rows" not in page(model).text


def test_nothing_degraded_has_no_banner(make, page):
    """A sound exporter raises no alarm."""
    assert ("section", "role", "alert") not in page(make.model()).attributes


def test_features_are_sorted(make, page):
    """Features stand by severity: drift, steady, without a score, not alerted."""
    rows = [
        make.Row("feature_quiet", (99.0, 1.0), alert=False),
        make.Row("feature_steady", (0.4, 0.1)),
        make.Row("feature_none", (None, None)),
        make.Row("feature_worst", (0.0, 9.0)),
        make.Row("feature_second", (3.0, 0.0)),
    ]
    found = page(make.model(rows))
    text = found.text[found.text.index("Features, worst first") :]
    order = [
        "Drift 2",
        "worst",
        "second",
        "Steady 1",
        "steady",
        "No score yet 1",
        "none",
        "Shown, not alerted 1",
        "quiet",
    ]
    places = [text.index(name if name[0].isupper() else f"feature_{name}") for name in order]
    assert places == sorted(places)


def test_states_are_words(make, page):
    """Every state is a word, not only a colour."""
    rows = [
        make.Row("a", (3.0, 0.4)),
        make.Row("b", (None, None), observations=61),
        make.Row("c", (0.0, 0.0), alert=False),
    ]
    text = page(make.model(rows)).text
    assert "1h 3 drift" in text
    assert "6h 0.4 steady" in text
    assert "61 of 100 rows" in text
    assert "shown, not alerted" in text


def test_absent_is_a_dash(make, page):
    """A score that is not published is shown as a dash with its reason."""
    text = page(make.model([make.Row("b", (None, None), reason="error")])).text
    assert "1h – could not be computed" in text


def test_shift_in_words(make, page):
    """The shift is told with its direction, or as a change of shape or mix."""
    higher = {"effect": 0.8, "location": 0.8}
    rows = [
        make.Row("up", (5.0, 0.0), scores=higher),
        make.Row("down", (5.0, 0.0), scores={"effect": 0.5, "location": -0.4}),
        make.Row("wide", (5.0, 0.0), scores={"effect": 0.6, "location": 0.1, "spread": 0.5}),
        make.Row("shape", (5.0, 0.0), scores={"effect": 0.7, "location": 0.1}),
        make.Row("mix", (5.0, 0.0), make.NAMES, scores={"effect": 0.3}),
        make.Row("still", (0.0, 0.0), scores={"effect": 0.01}),
    ]
    text = page(make.model(rows)).text
    for sentence in (
        "0.8 standard deviations higher in the last 1h.",
        "0.4 standard deviations lower in the last 1h.",
        "0.5 standard deviations wider in the last 1h.",
        "Shape changed by 0.7 standard deviations in the last 1h.",
        "Mix changed by 0.3 standard deviations in the last 1h.",
        "No shift to speak of in the last 6h.",
    ):
        assert sentence in text


def test_no_models(page):
    """An empty exporter shows how to add a model."""
    text = page().text
    assert "No model is monitored yet" in text
    assert "@mlexporter.monitor(" in text
    assert "mlexporter.serve()" in text


def test_a_reader_whom_nobody_gives_counts(page):
    """It is not the program that predicts: the variable of those that do is what a person needs."""
    text = page(directory="/dev/shm/fares", workers=0).text
    assert "Nobody counts here yet" in text
    assert "MLEXPORTER_DIR=/dev/shm/fares" in text
    assert "@mlexporter.monitor(" not in text


def test_no_profile(make, page):
    """A model without profile shows its service and how to make a profile."""
    text = page(make.model()).text
    assert "mlexporter profile train.parquet" in text
    assert 'profile="warmup"' in text
    assert "Rows" in text


def test_no_report(make, page):
    """Before the first evaluation the profile is drawn and no score is shown."""
    model = dataclasses.replace(make.model([make.Row("x", (9.0, 9.0))]), report=None)
    found = page(model)
    assert "Drift is evaluated every 15 seconds." in found.text
    assert "Not evaluated yet." in found.text
    assert "svg" in found.tags
    assert "Severity in the last" not in found.text


def test_no_rows(make, page):
    """Windows without rows show rows as 0 and scores as dashes."""
    rows = [make.Row("x", (None, None), cells=(0,) * 6)]
    text = page(make.model(rows, n_rows=(0, 0))).text
    assert "no rows in the last 6h" in text
    assert "1h – 0 of 100 rows" in text


def test_other_version_of_the_profile_is_told(make, page):
    """A profile of another model version says so."""
    model = make.model([make.Row("x")], key=ModelKey("late_arrival", "2014.1"))
    assert "learned for version 2013.1; version 2014.1 is serving" in page(model).text
    assert "learned for version" not in page(make.model([make.Row("x")])).text


def test_what_is_not_monitored_is_told(make, page):
    """Notes and skipped columns are shown with their reasons."""
    model = make.model([make.Row("x")], notes=(("tail_number", "not in the profile"),))
    reference = dataclasses.replace(model.reference, skipped={"year": "it has one value"})
    text = page(dataclasses.replace(model, reference=reference)).text
    assert "tail_number not in the profile" in text.replace("numbernot", "number not")
    assert "it has one value" in text


def test_time_factor(make, page):
    """A clock that is not real is told, a real one is not."""
    assert "3,600 times faster than real: 1 hour here passes in 1 second" in page(time_factor=3600.0).text
    assert "2 times slower" in page(time_factor=0.5).text
    assert "Time is not real" not in page(make.model()).text


def test_pictures_have_words(make, page):
    """Every picture has a text alternative, every table a caption."""
    found = page(make.model([make.Row("x"), make.Row("y", distribution=make.NAMES)]), make.model())
    pictures = found.tags.count("svg")
    assert pictures == 2
    assert found.attributes.count(("svg", "role", "img")) == pictures
    assert (
        sum(1 for tag, name, value in found.attributes if (tag, name) == ("svg", "aria-label") and value) == 2
    )
    assert found.tags.count("table") == found.tags.count("caption")


def test_headings_go_down_one_by_one(make, page):
    """No level of headings is left out."""
    found = page(make.model([make.Row("x", (3.0, 3.0))], [make.Row("p")]), make.model())
    levels = [int(tag[1]) for tag in found.tags if tag in {"h1", "h2", "h3", "h4", "h5"}]
    steps = [b - a for a, b in itertools.pairwise(levels)]
    assert levels[0] == 1
    assert max(steps) <= 1


def test_many_features_are_cut_to_a_table(make, page):
    """The worst features are drawn, the rest are rows of a table; none is lost."""
    rows = [make.Row(f"feature_{index:03d}", (index / 100, 0.0)) for index in range(230)]
    found = page(make.model(rows))
    assert found.tags.count("svg") == CARDS_PER_MODEL
    assert "180 more features, without pictures" in found.text
    for row in rows:
        assert row.name in found.text


@pytest.mark.slow
def test_many_models_stay_light(make, page):
    """A page of many large models says what it leaves out and stays below 4 MB."""
    rows = [make.Row("\u00e9" * 300 + str(index), (2.0, 2.0)) for index in range(120)]
    models = [make.model(rows, key=ModelKey("<" * 400, str(index))) for index in range(SECTIONS_PER_PAGE + 5)]
    found = page(*models)
    assert found.tags.count("svg") == CARDS_PER_PAGE
    assert f"The first {SECTIONS_PER_PAGE} of {len(models)} models" in found.text
    assert "are left out to keep this page light" in found.text
    assert len(found.source.encode()) < 4_000_000


def test_two_hundred_features_stay_small(make):
    """The page of 200 features is under a megabyte; `make bench` measures its time."""
    view = make.view(make.model([make.Row(f"f{index}", (index / 100, 0.0)) for index in range(200)]))
    assert len(render_page(view, now=make.NOW)) < 1_000_000


def test_own_errors_are_told(make, page):
    """What mlexporter counts about itself is on the page."""
    view = make.view()
    exporter = dataclasses.replace(
        view.exporter, internal_errors={"drain": 3, "render": 0}, access_denied={("page", "host"): 2},
        evaluation_duration_seconds=0.021, last_evaluation_timestamp=make.NOW - 4,
        observe_duration=dataclasses.replace(view.exporter.observe_duration, buckets=np.ones(12, dtype=np.int64)),
    )  # fmt: skip
    text = page(exporter=exporter).text
    assert "3 (drain)" in text
    assert "2 (page, host)" in text
    assert "4 seconds ago, in 21 ms; every 15 seconds" in text


def test_title_counts_drifting_models(make, page):
    """A tab in the background says when models drift."""
    found = page(make.model([make.Row("x", (3.0, 0.0))]))
    assert "1 model with drift – mlexporter" in found.text
