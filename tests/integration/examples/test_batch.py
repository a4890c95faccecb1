"""The nightly job, run as its README says, alone and beside an exporter."""

import math
import signal

import joblib
import pandas as pd
import pyarrow.parquet as pq
import pytest

from example_pages import EXAMPLES, blocks, commands
from mlexporter import Profile, catalogue
from mlexporter.app.offline.evaluation import evaluate_rows
from mlexporter.app.offline.findings import findings
from mlexporter.app.offline.options import OfflineOptions
from mlexporter.profile.sources import FileSource

pytestmark = pytest.mark.integration

BATCH_ROWS = 250
DRIFT_STATUS = 3


def test_each_command_of_the_readme(example):
    """A night like those of training ends with 0, kilometres for miles with 3 and a sentence that names the feature."""
    batch = example("batch")
    _, _, night, broken, look = commands("batch")
    assert "no drift seen" in batch.told(night)
    assert "<svg" in (batch.folder / "night.html").read_text(encoding="utf-8")
    done = batch.run(broken)
    assert done.returncode == DRIFT_STATUS
    assert "drift: feature distance has drifted" in done.stdout
    assert done.stdout.count("has drifted") == 1
    (severity,) = [line for line in batch.told(look).splitlines() if not line.startswith("#")]
    assert float(severity.split()[-1]) > 1


def test_no_night_of_april_drifts(new_example, tmp_path):
    """As the README claims: a day of April, with its weekday and its weather, is none of the other months' drift."""
    folder = new_example("batch").folder
    model = joblib.load(folder / "model.joblib")
    profile = Profile.load(folder / "nightly_delay.profile.json")
    features = [each.name for each in profile.reference.features]
    asked = OfflineOptions(outputs={"prediction": "score"}, timestamp="departed")
    nights = sorted((folder / "nights").iterdir())
    assert len(nights) == 14
    for night in nights:
        flights = pd.read_parquet(night)
        scores = model.predict_proba(flights[features].to_dict("records"))[:, 1]
        scored = tmp_path / night.name
        flights.assign(score=scores).to_parquet(scored)
        with evaluate_rows(FileSource(str(scored)), profile, asked) as evaluation:
            found = findings(evaluation.reference, evaluation.window)
        assert [finding.sentence for finding in found] == [], night.name


def test_an_exporter_keeps_what_the_job_counted(example, background, tools):
    """Batches, rows and bins are exact after the job has ended, also where it was told to end in between."""
    batch = example("batch")
    readme = (EXAMPLES / "batch" / "README.md").read_text(encoding="utf-8")
    (beside,) = [each for each in blocks(readme, "console") if "mlexporter serve" in each]
    directory, serve, night = beside.splitlines()
    assert directory.startswith("export MLEXPORTER_DIR=/")
    exporter = background(batch, serve.removesuffix(" &"))
    exporter.await_page(batch.exporter_port, "/-/ready")
    assert "no drift seen" in batch.told(night)
    rows = pq.read_metadata(batch.folder / night.split()[1]).num_rows
    n_batches = math.ceil(rows / BATCH_ROWS)

    def counted(*wanted):
        return lambda: tools.scrape(batch.exporter_port).calls() == wanted

    tools.until(counted(n_batches, rows, rows), exporter.said)
    (batch.folder / "scored.parquet").unlink()
    long = batch.folder / "long.parquet"
    nights = [pd.read_parquet(path) for path in sorted((batch.folder / "nights").iterdir())]
    pd.concat(nights * 20).to_parquet(long)
    job = background(batch, "python nightly.py long.parquet")
    tools.until(lambda: tools.scrape(batch.exporter_port).calls()[0] > n_batches, job.said)
    assert job.end() == 128 + signal.SIGTERM
    calls, more, _ = tools.scrape(batch.exporter_port).calls()
    assert 0 < (calls - n_batches) * BATCH_ROWS <= more - rows + BATCH_ROWS < pq.read_metadata(long).num_rows
    tools.until(counted(calls, more, more), exporter.said)
    assert tools.scrape(batch.exporter_port).total(catalogue.ROWS_LOST) == 0
    assert not list(batch.folder.glob("scored.*"))
    exporter.end()
