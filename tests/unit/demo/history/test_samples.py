import io

from mlexporter.demo.history.samples import SampleWriter

SCRAPE = b'# HELP a Help.\n# TYPE a gauge\na 1\nb{x="y z"} 2.5\nc_total 3\n'
TARGET = 'job="j",instance="i"'


def written(text=SCRAPE, *, is_up=True, **options):
    file = io.BytesIO()
    writer = SampleWriter(job="j", instance="i", **options)
    writer.write(file, text, 7, is_up=is_up)
    return writer, file.getvalue().decode().splitlines()


def test_a_scrape_gets_its_time_and_the_labels_of_its_target():
    """And what Prometheus adds."""
    writer, lines = written()
    assert lines == [
        f"up{{{TARGET}}} 1 7",
        f"scrape_duration_seconds{{{TARGET}}} 0.02 7",
        f"scrape_samples_scraped{{{TARGET}}} 5 7",
        f"a{{{TARGET}}} 1 7",
        f'b{{{TARGET},x="y z"}} 2.5 7',
        f"c_total{{{TARGET}}} 3 7",
    ]
    assert (writer.series_count, writer.sample_count) == (6, 6)


def test_what_is_made_replaces_what_is_left_out():
    """A name can be left out of the scrape and written beside it."""
    file = io.BytesIO()
    SampleWriter(job="j", instance="i", leave_out=["a"]).write(file, SCRAPE, 7, made=b"a 9\n")
    lines = file.getvalue().decode().splitlines()
    assert [line for line in lines if line.startswith("a{")] == [f"a{{{TARGET}}} 9 7"]


def test_a_target_that_is_down_says_so_and_nothing_else():
    """As Prometheus writes it."""
    _, lines = written(b"", is_up=False)
    assert lines[0] == f"up{{{TARGET}}} 0 7"
    assert len(lines) == 3


def test_names_can_be_chosen_or_left_out():
    """What is not kept is not written."""
    assert written(keep=["up", "b"])[1] == [f"up{{{TARGET}}} 1 7", f'b{{{TARGET},x="y z"}} 2.5 7']
    assert all(not line.startswith("a{") for line in written(leave_out=["a"])[1])
