import yaml

from mlexporter.generate.yaml_text import yaml_text


def test_lists_are_indented_expressions_are_blocks_and_lines_are_never_folded():
    long = "word " * 100 + "end"
    value = {"rules": [{"expr": "up\n  == 0", "text": long}], "a": "über"}
    text = yaml_text(value)
    assert text == f"rules:\n  - expr: |-\n      up\n        == 0\n    text: {long}\na: über\n"
    assert yaml.safe_load(text) == value
