import pytest

from mlexporter.exposition.page.markup import (
    NAME_LIMIT,
    Markup,
    clean,
    element,
    escape,
    join,
    name_markup,
    short_name,
)


def test_text_is_escaped_and_markup_is_kept():
    """A plain string can never become HTML."""
    inner = element("b", "<script>")
    assert element("p", inner, " & ") == "<p><b>&lt;script&gt;</b> &amp; </p>"


def test_formatted_markup_is_text_again():
    """Markup that went through formatting is escaped, so a mistake shows and does no harm."""
    assert escape(f"{element('b', 'x')}") == "&lt;b&gt;x&lt;/b&gt;"
    assert not isinstance(Markup("a") + "b", Markup)


def test_attributes_are_escaped():
    """Quotes in a value do not end the attribute; None leaves it out."""
    made = element("a", "x", title='"><script>', class_="k", aria_label=None)
    assert made == '<a title="&quot;&gt;&lt;script&gt;" class="k">x</a>'


@pytest.mark.parametrize("bad", ["\ud800", "\x00", "\x1b", "\u202e", "\u200f", "\u2066", "\ufffe", "\x85"])
def test_forbidden_characters_show_as_replaced(bad):
    """Lone surrogates, controls and marks that reorder text are replaced visibly."""
    assert clean(f"a{bad}b") == "a\ufffdb"


def test_ordinary_text_of_any_script_is_kept():
    """Cleaning does not touch letters."""
    assert clean("Größe 大きさ גודל\n") == "Größe 大きさ גודל\n"


def test_long_names_are_cut():
    """A name of 10 kB is shown in 80 characters that end in an ellipsis."""
    shown = short_name("n" * 10_000)
    assert len(shown) == NAME_LIMIT
    assert shown.endswith("…")


def test_empty_names_are_visible():
    """A name of nothing but spaces can still be pointed at."""
    assert short_name("  ") == "(empty name)"


def test_names_in_other_scripts_are_isolated():
    """A right-to-left name cannot reorder the sentence around it."""
    assert name_markup("גודל") == "<bdi>גודל</bdi>"
    assert name_markup("size") == "size"


def test_nothing_is_left_out_of_a_row_but_none():
    """Joining escapes and keeps the order."""
    assert join("a", None, "<", separator="-") == "a-&lt;"
