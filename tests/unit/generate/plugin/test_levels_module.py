from mlexporter.generate.dashboards import colours
from mlexporter.generate.dashboards.fleet_tables import STATES
from mlexporter.generate.plugin.levels_module import SIGNS, WORDS, levels_module


def test_each_level_of_severity_has_a_word_and_a_sign_of_its_own():
    """Colour is never the only sign."""
    assert len(set(WORDS)) == len(set(SIGNS)) == len(colours.SEVERITY)


def test_yellow_is_never_the_colour_of_text():
    """On white it can not be read."""
    text = levels_module()
    fills = text.count(f"colour: '{colours.WATCH}',\n")
    assert fills == text.count(f"colour: '{colours.WATCH}',\n    textColour: '{colours.WATCH_TEXT}',\n") > 1


def test_states_rise():
    """From rules that are missing to a page: the highest that a value reaches holds."""
    beginnings = [beginning for beginning, *_ in STATES]
    assert beginnings[0] is None
    assert beginnings[1:] == sorted(beginnings[1:])
    for _, word, _ in STATES:
        assert f"word: '{word}'" in levels_module()
