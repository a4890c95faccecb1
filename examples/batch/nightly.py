"""Score the flights of one night, a batch at a time, and write them with their scores.

    python nightly.py nights/2013-04-02.parquet --output scored.parquet

Where MLEXPORTER_DIR names the directory of an exporter, it serves what this job counts, long after the job has ended.
Exit 143: the job was told to end (SIGTERM) and has, between two batches; nothing was written.
"""

import argparse
import signal
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import mlexporter

HERE = Path(__file__).parent
MODEL, VERSION = "nightly_delay", "2013.1"
FEATURES = ["carrier", "origin", "dest", "distance", "hour", "weekday", "temp", "wind_speed", "visib"]
KILOMETRES_PER_MILE = 1.609344
BATCH_ROWS = 250
TERMINATED = 128 + signal.SIGTERM

model = joblib.load(HERE / "model.joblib")  # written by train.py, and by nobody else


@mlexporter.monitor(
    model=MODEL, version=VERSION, profile=HERE / f"{MODEL}.profile.json", timestamp="departed"
)
def score(flights: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return for each flight the chance that it is late, shape (n_rows,), 0 to 1."""
    chances: npt.NDArray[np.float64] = model.predict_proba(flights[FEATURES].to_dict("records"))[:, 1]
    return chances


class Ending:
    """Remembers that SIGTERM has come, so that the batch that was begun is finished."""

    def __init__(self) -> None:
        self.is_asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_: object) -> None:
        self.is_asked = True


def main() -> None:
    """Score one file. When it has returned, mlexporter counts the last rows before the process ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("flights", type=Path, help="Parquet file with the flights of a night")
    parser.add_argument("--output", type=Path, default=Path("scored.parquet"), help="what is written")
    parser.add_argument("--break", dest="is_broken", action="store_true", help="take kilometres for miles")
    options = parser.parse_args()
    ending = Ending()
    parts = []
    with pq.ParquetFile(options.flights) as file:
        for batch in file.iter_batches(BATCH_ROWS):
            flights = batch.to_pandas()
            if options.is_broken:
                flights["distance"] = flights["distance"] * KILOMETRES_PER_MILE
            parts.append(pa.Table.from_pandas(flights.assign(score=score(flights)), preserve_index=False))
            if ending.is_asked:
                raise SystemExit(TERMINATED)
    scored = pa.concat_tables(parts)
    unfinished = options.output.with_suffix(".unfinished")
    pq.write_table(scored, unfinished)
    unfinished.replace(options.output)  # whoever reads the file finds all of it, or that of the night before
    print(f"{scored.num_rows:,} flights were scored in {len(parts)} batches")


if __name__ == "__main__":
    main()
