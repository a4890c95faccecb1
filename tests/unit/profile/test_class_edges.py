import numpy as np
import pytest

from mlexporter.profile.class_edges import class_score_edges


def test_a_rare_class_has_edges_where_it_is_likely():
    """Of a class with 5 % of the rows, even bins leave two edges above one half; these leave five or more."""
    generator = np.random.default_rng(61)
    scores = np.where(
        generator.random(10_000) < 0.05, generator.beta(8, 2, 10_000), generator.beta(1, 30, 10_000)
    )
    edges = class_score_edges(scores, 20)
    assert sum(edge > 0.5 for edge in edges) >= 5
    assert 15 <= len(edges) <= 20
    assert list(edges) == sorted(edges)


def test_every_edge_has_enough_rows_on_either_side():
    """And is the value of no row."""
    scores = np.random.default_rng(62).beta(0.3, 3, 400)
    edges = class_score_edges(scores, 20)
    small = np.float32(scores)
    for edge in np.float32(edges):
        assert 20 <= (small <= edge).sum() <= 380
        assert edge not in small


def test_few_distinct_scores_get_a_bin_each():
    """As any number of 20 values or fewer."""
    assert len(class_score_edges(np.repeat([0.0, 0.5, 1.0], 50), 20)) == 2


@pytest.mark.parametrize("scores", [np.array([-0.1, 0.5]), np.array([0.5, 1.1]), np.zeros(0)])
def test_what_is_no_probability_has_the_edges_of_a_number(scores):
    """None says so."""
    assert class_score_edges(scores, 1) is None
