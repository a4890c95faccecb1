"""What documents say of sizes is what is computed."""

import re
from pathlib import Path

import pytest

from capacity_table import DOCUMENT, TABLE, table
from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.costs import DirectoryCost, PodCost, ProcessCost, PrometheusCost, Recommended
from mlexporter.app.capacity.kept import _EXCEPTIONS, _PROCESS_BYTES, cell_blocks, record_bytes
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.model_sizes import model_sizes
from mlexporter.app.capacity.parts import Parts
from mlexporter.app.capacity.specimen import made_reference
from mlexporter.state.slots.file_memory import SEGMENT_BYTES

KIBIBYTE = 1024
WORKERS = (Path(__file__).parents[4] / "docs" / "tutorials" / "workers.md").read_text(encoding="utf-8")
SECTION = WORKERS[WORKERS.index("## How large the directory gets") :]


def numbers(pattern):
    """Return the numbers that ``pattern`` finds in the section about sizes."""
    found = re.search(pattern, SECTION)
    assert found, pattern
    return [float(text.replace(",", "")) for text in found.groups()]


def test_the_table_is_that_of_the_document():
    """Run tests/shared/capacity_table.py where it is not."""
    assert TABLE.search(DOCUMENT.read_text(encoding="utf-8"))[0] == table()


@pytest.mark.parametrize("record", [PodCost, PrometheusCost, DirectoryCost, ProcessCost, Recommended])
def test_every_key_of_the_json_is_in_the_document(record):
    """A key that is added is told."""
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [name for name in record._fields if f"`{name}`" not in text] == []


def test_what_the_command_prints_stands_in_the_document():
    """The example is what comes out."""
    found = capacity(Load(features=200, pods=20))

    text = DOCUMENT.read_text(encoding="utf-8")
    assert "\n".join([found.verdict, *(f"  ! {remark.sentence}" for remark in found.remarks)]) in text


def test_the_formula_of_a_worker_holds():
    """Bytes of a worker's file by what its model has: never less than real ones, and hardly more."""
    process, model, number, category, output, dependence, exception = (
        round(each * KIBIBYTE)
        for each in numbers(
            r"([\d.]+) KiB \+ for each model: ([\d.]+) KiB \+ ([\d.]+) KiB for each number, ([\d.]+) KiB for each "
            r"category, ([\d.]+) KiB for each output\n\s+\+ up to ([\d.]+) KiB for the dependence between numbers "
            r"\+ ([\d.]+) KiB for each class of exception"
        )
    )
    assert process == _PROCESS_BYTES
    for load in (Load(features=0), Load(features=200), Load(features=50, categorical=50), Load(outputs=30)):
        numeric = load.features - load.categorical
        said = model + number * numeric + category * load.categorical + output * load.outputs
        said += exception * _EXCEPTIONS + dependence * (numeric > 0)
        known = model_sizes(load).files["worker"]
        assert known <= 1.01 * said, load
        assert said <= 1.1 * known, load
    blocks = cell_blocks(made_reference(Parts(1, 0, 0, 0), 18))
    assert (
        max(record_bytes(block) for block in blocks if block.description.kind == "error") <= exception * 1.05
    )


def test_pieces_and_sums_of_the_example_hold():
    """20, 200 and 2,000 features; eight workers, with and without a baseline."""
    pieces = numbers(r"20 features and a score need one piece of 64 KiB, 200 need (\d+), 2,000 need (\d+)\.")
    workers, piece, features, each, total = numbers(
        r"So (\d+) workers with 200 features need 8 x (\d+) KiB \+ (\d+) x (\d+) KiB, (\d+) MiB"
    )
    with_baseline, without = numbers(r"(\d+) KiB a feature once all of them are full, (\d+) KiB with")

    def worker(n_features):
        return capacity(Load(features=n_features, workers=1)).directory.files["workers"] / SEGMENT_BYTES

    assert [worker(20), worker(200), worker(2000)] == [1, *pieces]
    load = Load(features=int(features), workers=int(workers))
    for said, baseline in ((with_baseline, True), (without, False)):
        directory = capacity(load._replace(baseline=baseline)).directory
        once = directory.total_bytes - directory.files["workers"]
        assert said == pytest.approx(once / features / KIBIBYTE, rel=0.05)
    assert each == with_baseline
    full = capacity(load).directory
    assert full.files["workers"] == workers * piece * KIBIBYTE
    assert total == pytest.approx(full.total_bytes / 2**20, abs=0.5)
