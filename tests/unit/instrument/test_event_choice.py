import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.instrument.event_choice import EventChoice, Redaction, event_choice


def test_what_is_left_to_the_settings():
    """Without arguments there is no ratio, and nothing beside the list of the setting."""
    assert event_choice(None, ()) == EventChoice(None, ())


@pytest.mark.parametrize("ratio", [0, 1, 0.25])
def test_shares_from_none_to_all(ratio):
    """Both ends are possible."""
    assert event_choice(ratio, ["email"]) == EventChoice(float(ratio), ("email",))


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan"), float("inf"), True, "0.5", [0.1]])
def test_a_ratio_that_can_never_work_raises(ratio):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError) as caught:
        event_choice(ratio, ())

    assert f"events={ratio!r}" in str(caught.value)
    assert "from 0 to 1" in str(caught.value)


@pytest.mark.parametrize("names", ["email", b"email", 7, None, [""], ["email", 3], [" "]])
def test_a_list_that_can_never_work_raises(names):
    """A text alone is a mistake: its letters would be the names."""
    with pytest.raises(ConfigurationError) as caught:
        event_choice(None, names)

    assert f"redact={names!r}" in str(caught.value)
    assert '["email", "address*"]' in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "name", "is_hidden"),
    [
        ("email", "email", True),
        ("email", "EMail", True),
        ("EMAIL", "email", True),
        (" email ", "email", True),
        ("email", "e-mail", False),
        ("email", "email_domain", False),
        ("email*", "email_domain", True),
        ("*name", "Surname", True),
        ("x?", "x1", True),
        ("x[1]", "x[1]", True),
        ("na\u00efve", "nai\u0308ve", True),
        ("\uff45mail", "email", True),
        ("stra\u00dfe", "STRASSE", True),
        ("user[*]", "user[email]", True),
        ("user[*]", "usere", False),
        ("[ab]x", "ax", False),
        ("[!a]", "b", False),
        ("email", "e\u00adma\u200bil", True),
        ("e\u200dmail", "email", True),
        ("\u0390", "\u03aa\u0301", True),
        ("a.b", "axb", False),
        ("email*", "email\nof him", True),
        ("email", "x" * 2000, True),
        ("", "email", False),
    ],
)
def test_names_that_look_alike_are_alike(pattern, name, is_hidden):
    """Case and composition do not let a value through."""
    assert Redaction([pattern]).hides(name) is is_hidden


def test_an_empty_list_is_false():
    """Who keeps nothing back can be told."""
    assert not Redaction(())
    assert Redaction(["a"])
