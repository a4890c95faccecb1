"""The notebook: executed as its README says, and each of its cells twice."""

import ast
import re

import nbclient
import nbformat
import pytest

from example_pages import commands

pytestmark = pytest.mark.integration

SECONDS = 120


def shown(notebook, cell):
    """Return all that a cell of an executed notebook has shown, as text."""
    (found,) = [each for each in notebook.cells if each.id == cell]
    return "".join(
        output.get("text") or output["data"].get("text/html") or output["data"]["text/plain"]
        for output in found.outputs
    )


def severities(notebook, cell):
    """Return the severities in the table that a cell shows, from the top."""
    rows = re.findall(r'class="row_heading[^>]*>(\w+)</th>(.*?)</tr>', shown(notebook, cell), re.DOTALL)
    return {name: float(re.search(r">([\d.]+)</td>", row)[1]) for name, row in rows}


def test_the_command_of_the_readme(example):
    """It runs to its end, finds nothing at first, and then the unit that was broken, with a page inside."""
    folder = example("notebook")
    (execute,) = [command for command in commands("notebook") if command.startswith("jupyter execute")]
    folder.told(execute, MLEXPORTER_DIR="off", MLEXPORTER_PORT="0")
    executed = nbformat.read(folder.folder / "executed.ipynb", as_version=4)
    assert "counted: 1 calls, 3,000 rows" in shown(executed, "good")
    assert "nothing was found" in shown(executed, "evaluate")
    assert set(severities(executed, "evaluate").values()) == {0}
    assert "counted: 2 calls, 6,000 rows" in shown(executed, "break")
    assert "feature distance has drifted" in shown(executed, "compare")
    table = severities(executed, "compare")
    assert next(iter(table)) == "distance"
    assert [feature for feature, severity in table.items() if severity > 1] == ["distance"]
    assert "&lt;svg" in shown(executed, "page")
    assert "http://127.0.0.1:" in shown(executed, "live")
    warned = [
        output
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert warned == []


def test_cells_may_be_run_again(example, monkeypatch):
    """Each one twice: what is decorated anew takes the place of what was before, and calls add up."""
    folder = example("notebook")
    for name, value in folder.environment(MLEXPORTER_DIR="off", MLEXPORTER_PORT="0").items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(folder.folder / "drift.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=SECONDS, resources={"metadata": {"path": folder.folder}}
    )
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            for _ in range(2):
                client.execute_cell(cell, index)
    assert "counted: 2 calls, 6,000 rows" in shown(notebook, "good")
    assert "counted: 4 calls, 12,000 rows" in shown(notebook, "break")
    assert "degraded" not in shown(notebook, "break")


def test_it_is_python(example):
    """No cell needs more than Python: no magic, no shell."""
    notebook = nbformat.read(example("notebook").folder / "drift.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)
