import math

from mlexporter import catalogue
from mlexporter.exposition.families import collect
from mlexporter.exposition.samples import Block, Family, SeriesLabels
from mlexporter.exposition.text import render_openmetrics, render_text


def _family(metric, values, *, is_constant=False):
    rows = [tuple(f"{name}{index}" for name in metric.labels) for index in range(len(values))]
    return Family(metric, (Block(SeriesLabels(metric.labels, rows), values, is_constant),))


def test_numbers_are_exact():
    """Integers stay integers, floats are written shortest and exact, infinities as +Inf and -Inf."""
    numbers = [2**60 + 1, 0.1, 1.0, 1e300, -2.5, math.inf, -math.inf, math.nan]
    text = render_text([_family(catalogue.INTERNAL_ERRORS, numbers)]).decode()
    written = [line.split()[-1] for line in text.splitlines() if not line.startswith("#")]
    assert written == ["1152921504606846977", "0.1", "1.0", "1e+300", "-2.5", "+Inf", "-Inf"]


def test_a_counter_in_text():
    """The family of a counter keeps _total."""
    text = render_text([_family(catalogue.PREDICTIONS, [3])]).decode()
    name = catalogue.PREDICTIONS.name
    assert text.splitlines()[1:] == [
        f"# TYPE {name} counter",
        f'{name}{{model_name="model_name0",model_version="model_version0",variant="variant0"}} 3',
    ]


def test_a_counter_in_openmetrics():
    """The family of a counter has no _total, its sample has, and the end is marked."""
    lines = render_openmetrics([_family(catalogue.PREDICTIONS, [3])]).decode().splitlines()
    family = catalogue.PREDICTIONS.name.removesuffix("_total")
    assert lines[1] == f"# TYPE {family} counter"
    assert lines[2].startswith(f"{family}_total{{")
    assert lines[-1] == "# EOF"


def test_units_are_named_in_openmetrics_only():
    """UNIT stands where the name ends with the unit, and only in OpenMetrics."""
    family = [_family(catalogue.MODEL_LOADED, [1.5])]
    assert f"# UNIT {catalogue.MODEL_LOADED.name} seconds" in render_openmetrics(family).decode()
    assert "# UNIT" not in render_text(family).decode()


def test_constant_blocks_are_written_once():
    """The training counts are text after the first scrape."""
    family = _family(catalogue.PREDICTIONS, [3], is_constant=True)
    first = render_text([family])
    assert list(family.blocks[0].rendered) == [catalogue.PREDICTIONS.name]
    assert render_text([family]) == first


def test_both_parsers_read_the_same(view, scrape):
    """prometheus_client reads equal samples from both formats."""
    assert len(scrape(view)) > 200


def test_order_and_types_are_those_of_the_catalogue(view, now):
    """Families come in the order of the catalogue, each once."""
    families = collect(view, now=now)
    order = [metric.name for metric in catalogue.CATALOGUE]
    positions = [order.index(family.metric.name) for family in families]
    assert positions == sorted(set(positions))


def test_absent_values_leave_no_line():
    """Wherever the absent values stand, what is left is whole lines."""
    for numbers in ([math.nan, 1, math.nan, 2, math.nan], [math.nan, math.nan], []):
        text = render_text([_family(catalogue.INTERNAL_ERRORS, numbers)]).decode()
        present = [index for index, number in enumerate(numbers) if not math.isnan(number)]
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        name = catalogue.INTERNAL_ERRORS.name
        assert lines == [f'{name}{{stage="stage{index}"}} {numbers[index]}' for index in present]
        assert text.endswith("\n")
