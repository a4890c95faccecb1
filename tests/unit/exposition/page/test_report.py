import dataclasses

from mlexporter.exposition.page.report import render_report
from mlexporter.exposition.page.timeline import TimelineRow, timeline


def test_a_report_needs_nothing_else(make, read):
    """No link, no script, no refresh: it is a file that is sent around; names are text."""
    view = make.view(make.model([make.Row("<script>x", (3.0, 3.0))]))
    drawn = timeline("Over time", "note", [0.0], [TimelineRow("<script>x", True, (3.0,), (0.1,))])
    page = read(render_report(view, subtitle="Rows of <marquee>.csv.", now=make.NOW, timelines=[drawn]))
    assert not {"script", "a", "marquee"} & set(page.tags)
    assert "http-equiv" not in page.source
    assert "Rows of <marquee>.csv. Evaluated 2023-11-14 22:13 UTC." in page.text
    assert "Over time" in page.text


def test_a_report_tells_nothing_of_calls(make, read):
    """Rows of a file have no latency; a dash there would look like a fault."""
    view = make.view(make.model([make.Row("x")]))
    page = read(render_report(view, subtitle="s", now=make.NOW))
    assert "Latency" not in page.text
    assert "Schema violations" not in page.text
    assert "Windows" in page.text


def test_an_empty_report(make, read):
    """No model, no report and no windows are shown as such."""
    model = make.model([make.Row("x")])
    empty = dataclasses.replace(model, report=dataclasses.replace(model.report, windows=()))
    for view in (make.view(), make.view(empty), make.view(dataclasses.replace(model, report=None))):
        assert "How to read this page" in read(render_report(view, subtitle="s", now=make.NOW)).text
