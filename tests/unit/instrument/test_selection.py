from __future__ import annotations

import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.selection import Selection


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("features", "distance"), ("features", []), ("features", [1]), ("features", [""]), ("features", ["a", "a"]),
        ("features", 3), ("prediction", 3), ("prediction", ""), ("id", 1.5), ("timestamp", ["t"]),
        ("sample", 0), ("sample", 1.5), ("sample", float("nan")), ("sample", True), ("sample", "half"),
    ],
)  # fmt: skip
def test_wrong_choices_name_argument_value_and_way_out(argument, value):
    """The message holds all three."""
    with pytest.raises(ConfigurationError) as caught:
        Selection(**{argument: value})

    assert f"{argument}={value!r}: " in str(caught.value)
    assert any(word in str(caught.value) for word in ("needed", "drop one"))


def test_right_choices_are_kept():
    """Names become a tuple; keys of a row that are no features are allowed ones."""
    selection = Selection(["a", "b"], "score", "order_id", len, 0.5)

    assert selection.feature_names == ("a", "b")
    assert frozenset({"order_id"}) == selection.allowed_keys
    assert Selection(len).feature_names is None
