import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.selector import check_selector


@pytest.mark.parametrize(
    "text",
    [
        "", 'job="x"', 'namespace="ml", cluster=~"eu-.*|us"', "a='b'", 'a!="b",c!~"d.+"',
        r'a="say \"hi\"", b=~"a\\.b"', ' a = "b" ',
    ],
)  # fmt: skip
def test_matchers_of_promql_pass(text):
    """All operators, both quotes, escapes, spaces."""
    check_selector(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{job="x"}', "without braces"),
        ("job=x", "in quotes"),
        ('job="x', "quotes that end"),
        ('job=="x"', "in quotes"),
        ('job "x"', "one of =, !=, =~ and !~"),
        ('a="b" c="d"', "a comma or the end"),
        ('a="b",', "a label is needed"),
        ('1a="b"', "a label is needed"),
        (r'a="\q"', "no escape"),
        ('a=~"["', "none: "),
        ('a=~"(?=b)c"', "lacks"),
        (r'a=~"(b)\\1"', "lacks"),
        ('__name__="up"', "which metric"),
        ('model_name="x"', "never fire"),
        ('le="1"', "never fire"),
        ("a=`b`", "in quotes"),
    ],
)
def test_others_are_refused_with_the_reason(text, reason):
    """The whole selector stands in the message, and what is wrong with it."""
    with pytest.raises(ConfigurationError, match="selector=") as raised:
        check_selector(text)
    assert reason in str(raised.value)
