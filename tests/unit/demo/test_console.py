import io

from mlexporter.demo.console import Console


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self):
        """Return True."""
        return True


def test_a_terminal_redraws_its_status_below_the_lines():
    """A line replaces the status, and the status comes again below it."""
    stream = Terminal()
    console = Console(stream)
    console.status("12 %")
    console.line("FIRING")
    assert stream.getvalue() == "\r\x1b[2K12 %\r\x1b[2KFIRING\n\r\x1b[2K12 %"
    console.clear_status()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_a_status_never_breaks_into_two_lines(monkeypatch):
    """What is wider than the terminal is cut."""
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    Console(stream).status("x" * 100)
    assert stream.getvalue().count("x") == 19


def test_plain_output_has_no_control_characters_and_few_status_lines(monkeypatch):
    """A log is read later: a status line every ten seconds at most."""
    now = [0.0]
    monkeypatch.setattr("mlexporter.demo.console.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    console = Console(stream)
    for second in range(35):
        now[0] = float(second)
        console.status(f"at {second}")
    console.line("end")
    assert stream.getvalue() == "  at 10\n  at 20\n  at 30\nend\n"
