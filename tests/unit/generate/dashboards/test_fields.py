from mlexporter.generate.dashboards.colours import SEVERITY, UNKNOWN
from mlexporter.generate.dashboards.fields import Fields, Override, named


def test_nothing_never_looks_like_all_is_well():
    """An absent value would take the base colour, which is that of "ok": a mapping wins over it."""
    defaults = Fields("none", SEVERITY, absent="Not enough rows yet").as_json()["defaults"]
    (mapping,) = defaults["mappings"]
    assert mapping["options"] == {
        "match": "null+nan", "result": {"text": "Not enough rows yet", "color": UNKNOWN},
    }  # fmt: skip
    assert defaults["noValue"] == "Not enough rows yet"


def test_what_is_not_said_is_left_to_grafana():
    """A minimum of 0 is said; none is not."""
    defaults = Fields("s").as_json()["defaults"]
    assert not {"min", "max", "decimals", "color"} & set(defaults)
    assert Fields("s", minimum=0).as_json()["defaults"]["min"] == 0


def test_what_a_panel_says_wins_over_its_kind():
    fields = Fields("s", custom={"lineWidth": 2}).as_json(custom={"lineWidth": 1, "fillOpacity": 0})
    assert fields["defaults"]["custom"] == {"lineWidth": 2, "fillOpacity": 0}


def test_an_override_goes_by_name_or_by_pattern():
    assert Override("Rows", {"unit": "short"}).as_json()["matcher"] == {"id": "byName", "options": "Rows"}
    assert Override("/^p/", {"unit": "s"}).as_json()["matcher"] == {"id": "byRegexp", "options": "/^p/"}


def test_words_for_values_keep_their_order():
    options = named({"1": ("up", "blue"), "0": ("down", "red")})["options"]
    assert [(value, each["text"], each["index"]) for value, each in options.items()] == [
        ("1", "up", 0), ("0", "down", 1),
    ]  # fmt: skip
