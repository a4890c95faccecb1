"""A file gives the profile that its rows in memory give, read in batches."""

import datetime as dt
import decimal
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from mlexporter.errors import FitError
from mlexporter.profile import Profile, sources


@pytest.fixture(scope="module")
def files(rows, tmp_path_factory):
    """The rows as Parquet with several row groups, and as CSV, plain and compressed."""
    folder = tmp_path_factory.mktemp("files")
    frame = pd.DataFrame(rows)
    frame.to_parquet(folder / "rows.parquet", row_group_size=700)
    frame.to_csv(folder / "rows.csv", index=False)
    frame.to_csv(folder / "it's.csv.gz", index=False)
    frame.to_csv(folder / "rows.tsv", index=False, sep="\t")
    return folder


@pytest.fixture(scope="module")
def expected(rows, options):
    """The profile of the rows in memory."""
    return Profile.fit(rows, **options)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "it's.csv.gz", "rows.tsv"])
@pytest.mark.parametrize("batch_rows", [64, 2_048, 65_536])
def test_a_file_gives_the_profile_of_its_rows(files, expected, options, name, *, batch_rows, monkeypatch):
    """Streaming in batches of any size changes nothing, and progress reaches its end."""
    monkeypatch.setattr(sources, "BATCH_ROWS", batch_rows)
    seen = []
    profile = Profile.fit_file(
        files / name, progress=lambda done, total: seen.append((done, total)), **options
    )
    assert profile == expected
    assert seen[0][1] >= 6_000
    assert seen[-1][0] == seen[-1][1] >= 6_000
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert all(done <= total for done, total in seen)


def test_progress_knows_of_a_pass_that_labels_ask_for(tmp_path):
    """Errors of numbers are looked for in the features: that pass is announced before it is read."""
    random = np.random.default_rng(5)
    x = random.normal(size=900)
    frame = pd.DataFrame({"x": x, "p": x, "y": x + random.normal(size=900)})
    frame.to_parquet(tmp_path / "rows.parquet")
    seen = []
    Profile.fit_file(
        tmp_path / "rows.parquet", progress=lambda done, total: seen.append((done, total)), model="m", version="1",
        prediction="p", label="y", held_out=True, joint=False,
    )  # fmt: skip
    announced = seen.index((3_600, 4_500))
    assert {total for _, total in seen[:announced]} == {3_600}
    assert seen[announced + 1 :][0] == seen[-1] == (4_500, 4_500)


@pytest.mark.slow
def test_memory_is_bounded(tmp_path, monkeypatch):
    """Python holds a batch and a sample, not the file: 40 MB of texts are read within 15 MB."""
    path = tmp_path / "large.parquet"
    texts = pa.array([f"{'x' * 190}{index % 500:04d}" for index in range(5_000)])
    table = pa.table({"text": texts, "number": np.arange(5_000.0)})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(40):
            writer.write_table(table)
    monkeypatch.setattr(sources, "BATCH_ROWS", 2_048)
    tracemalloc.start()
    try:
        reference = Profile.fit_file(path, model="m", version="1").reference
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reference.row_count == 200_000
    assert peak < 15e6


def test_odd_arrow_types(tmp_path):
    """Decimals are numbers, dictionaries categories; dates, times, bytes and lists are skipped."""
    path = tmp_path / "odd.parquet"
    n = 50
    pq.write_table(
        pa.table({
            "price": pa.array([decimal.Decimal("1.50"), decimal.Decimal(2)] * 25, pa.decimal128(9, 2)),
            "kind": pa.array(["a", "b"] * 25).dictionary_encode(), "day": pa.array([dt.date(2024, 1, 1)] * n),
            "at": pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.UTC)] * n), "raw": pa.array([b"x"] * n), "list": pa.array([[1]] * n),
            "gap": pa.array([1, None] * 25), "maybe": pa.array([True, None] * 25), "nothing": pa.nulls(n),
        }), path,
    )  # fmt: skip
    reference = Profile.fit_file(path, model="m", version="1").reference
    assert reference.feature_names == ("price", "kind", "gap", "maybe")
    assert set(reference.skipped) == {"day", "at", "raw", "list", "nothing"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nothing.csv", None, "no such file"), ("rows.xlsx", b"x", "has to end in"), ("broken.parquet", b"PAR1 rubbish", "cannot be read"),
        ("empty.csv", b"", "no rows and no names of columns"), ("head.csv", b"a,b\n", "no rows in it, only the columns a, b; write it again"), ("twice.csv", b"a,b,a\n" + b"1,2,3\n" * 50, "two columns are called 'a'"),
        ("twice.tsv", b"a\tb\ta\n" + b"1\t2\t3\n" * 50, "two columns are called 'a'"),
    ],
)  # fmt: skip
def test_bad_files_say_what_is_wrong(tmp_path, name, content, message):
    """Each unusable file is refused in one line that begins with its path."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FitError, match=message) as caught:
        Profile.fit_file(path, model="m", version="1")
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_folder_is_called_a_folder(tmp_path):
    """A folder is there; that no file is there would send the reader the wrong way."""
    with pytest.raises(FitError, match="it is a folder; name one file"):
        Profile.fit_file(tmp_path, model="m", version="1")


def test_twice_named_parquet_columns_are_refused(tmp_path):
    """DuckDB would rename the second column; the file's own schema is asked instead."""
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    with pytest.raises(FitError, match="two columns are called 'a'"):
        Profile.fit_file(path, model="m", version="1")


def test_missing_columns_of_a_file_are_named(files):
    """The error lists the columns that the file has."""
    with pytest.raises(FitError, match="label: there is no column 'churned'; the columns are: distance"):
        Profile.fit_file(files / "rows.csv", model="m", version="1", prediction="score", label="churned")


def test_names_with_line_breaks_and_quotes_are_read(tmp_path):
    """A CSV file may quote anything in its first line."""
    path = tmp_path / "odd.csv"
    rows = "".join(f"{row % 7},{row % 5}\n" for row in range(300))
    path.write_text('"new\nline","quo""te"\n' + rows)
    found = Profile.fit_file(path, model="m", version="1").reference
    assert found.feature_names == ("new\nline", 'quo"te')


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_nothing_to_monitor_says_why(tmp_path, ending):
    """Identifiers alone; and no column at all."""
    path = tmp_path / f"ids.{ending}"
    table = pa.table({"id": [f"user {row}" for row in range(300)]})
    (pacsv.write_csv if ending == "csv" else pq.write_table)(table, path)
    with pytest.raises(FitError, match=r"no column can be monitored \(id: no value is shared"):
        Profile.fit_file(path, model="m", version="1")
    with pytest.raises(FitError, match="no column can be monitored"):
        Profile.fit_file(path, model="m", version="1", exclude=["id"])


def test_row_numbers_of_pandas_are_no_feature(tmp_path):
    """A split leaves row numbers behind, which pandas writes as a column; a named index is one."""
    random = np.random.default_rng(1)
    split = pd.DataFrame({"x": random.normal(size=900)}).sample(frac=0.5, random_state=1)
    split.to_parquet(tmp_path / "split.parquet")
    found = Profile.fit_file(tmp_path / "split.parquet", model="m", version="1").reference
    assert found.feature_names == ("x",)
    split.rename_axis("distance").to_parquet(tmp_path / "named.parquet")
    found = Profile.fit_file(tmp_path / "named.parquet", model="m", version="1").reference
    assert found.feature_names == ("x", "distance")
