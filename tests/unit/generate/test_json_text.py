import pytest

from mlexporter.generate.json_text import json_text


def test_the_same_content_is_the_same_text():
    """Whatever order keys were put in; letters stay as they are."""
    assert json_text({"b": 1, "a": "ü"}) == json_text({"a": "ü", "b": 1}) == '{\n  "a": "ü",\n  "b": 1\n}\n'


def test_what_json_lacks_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        json_text({"value": float("nan")})
