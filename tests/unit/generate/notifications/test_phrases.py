"""Every alert has words for the head of a notification."""

import re

from mlexporter.generate.notifications.phrases import CLAUSES, PREDICATES
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import alerting_groups, optional_groups

WORDS = {**PREDICATES, **CLAUSES}


def test_every_alert_has_words():
    """An alert without would be called by its name."""
    groups = (*alerting_groups(RuleOptions()), *optional_groups(RuleOptions()))

    assert {alert.name for group in groups for alert in group.rules} <= WORDS.keys()


def test_words_fit_on_a_lock_screen():
    """They are short, plain, and in one list only."""
    assert not PREDICATES.keys() & CLAUSES.keys()
    for words in WORDS.values():
        assert re.fullmatch(r"[A-Za-z ,%-]+", words)
        assert len(words) <= 60


def test_words_after_a_number_or_a_name_are_past_tense():
    """*4 features drifted* and *feature distance drifted* are both right; *has drifted* would not be."""
    assert not [
        words for words in PREDICATES.values() if words.split()[0] in {"is", "are", "has", "have", "does"}
    ]
