"""What is kept of an error."""

import pytest

from mlexporter.errors import EnvironmentDegradedError, without_frames


def fail():
    """Raise an error with a cause, which came while another one was handled."""
    try:
        try:
            _ = {}["a"]
        except KeyError:
            open("/no/such/file")  # noqa: PTH123, SIM115 - it is not there
    except OSError as error:
        raise EnvironmentDegradedError("full") from error


def test_an_error_that_is_kept_lets_go_of_all_frames():
    """Its own, those of its cause, and of what was being handled when that came."""
    with pytest.raises(EnvironmentDegradedError) as caught:
        fail()
    error = caught.value
    chain = [error, error.__cause__, error.__cause__.__context__]
    assert all(each.__traceback__ is not None for each in chain)

    assert without_frames(error) is error
    assert [each.__traceback__ for each in chain] == [None, None, None]
    assert str(error) == "full"


def test_a_chain_that_is_a_circle_ends():
    """Somebody may have made one."""
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first

    assert without_frames(first) is first
