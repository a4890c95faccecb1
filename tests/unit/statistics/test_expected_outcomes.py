import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from mlexporter.catalogue import ACCURACY, F1, PRECISION, RECALL, ROC_AUC
from mlexporter.records import OutcomeTable
from mlexporter.statistics.expected_outcomes import ExpectedOutcomes

TWO_BINS = OutcomeTable(
    output=0,
    class_name="",
    rows=(99, 99),
    positives=(9, 89),
    predicted=(0, 99),
    right=(0, 89),
    concordance=(0.5, 0.7),
)
COUNTS = np.array([100.0, 300.0])


def _all(table, counts, **options):
    outcomes = ExpectedOutcomes.of(table, np.asarray(counts, dtype=np.float64), **options)
    return {metric.name: quality for metric, quality in (outcomes.accuracy() | outcomes.qualities()).items()}


def test_two_bins_are_as_computed_by_hand():
    """Chances (9 + .095)/100 and (89 + .895)/100 give 269.685 true positives among 400 rows, and all else."""
    found = _all(TWO_BINS, COUNTS)
    true_positive, false_positive, false_negative, true_negative = 269.685, 30.315, 9.095, 90.905
    assert found[ACCURACY.name].value == pytest.approx((true_positive + true_negative) / 400)
    assert found[PRECISION.name].value == pytest.approx(true_positive / 300)
    assert found[RECALL.name].value == pytest.approx(true_positive / (true_positive + false_negative))
    assert found[F1.name].value == pytest.approx(
        2 * true_positive / (2 * true_positive + false_positive + false_negative)
    )
    area = (9.095 * 0.5 * 90.905 + 269.685 * (90.905 + 0.7 * 30.315)) / (278.78 * 121.22)
    assert found[ROC_AUC.name].value == pytest.approx(area)


def test_the_variance_of_the_accuracy_is_that_of_labels_and_of_the_calibration():
    """It is sum c pi (1 - pi) / n^2 + sum c^2 pi (1 - pi) / (r + 1) / n^2."""
    chances = np.array([0.09095, 0.89895])
    noise = chances * (1 - chances)
    expected = (COUNTS * noise).sum() / 400**2 + (COUNTS**2 * noise / 100).sum() / 400**2
    assert _all(TWO_BINS, COUNTS)[ACCURACY.name].variance == pytest.approx(expected)


def test_without_a_prior_held_out_rows_give_what_they_came_to():
    """Counts of the held-out rows themselves and a prior of no rows give the metrics of scikit-learn."""
    generator = np.random.default_rng(11)
    bins = generator.integers(0, 6, 900)
    labels = generator.random(900) < (bins + 0.5) / 6
    decisions = bins + generator.random(900) > 3.4  # the fourth bin is decided both ways
    found = _all(_table(bins, labels, decisions, 6), np.bincount(bins, minlength=6), prior_rows=0.0)
    assert found[ACCURACY.name].value == pytest.approx(accuracy_score(labels, decisions))
    assert found[PRECISION.name].value == pytest.approx(precision_score(labels, decisions))
    assert found[RECALL.name].value == pytest.approx(recall_score(labels, decisions))
    assert found[F1.name].value == pytest.approx(f1_score(labels, decisions))
    assert found[ROC_AUC.name].value == pytest.approx(roc_auc_score(labels, bins))


def test_estimates_are_the_means_of_metrics_of_drawn_labels():
    """Labels that are drawn with the calibrated chances have, on average, the estimated metrics, and their spread."""
    generator = np.random.default_rng(12)
    table = OutcomeTable(0, "", (10**6,) * 4, (50_000, 300_000, 600_000, 950_000),
                         (0, 0, 10**6, 10**6), (0, 0, 600_000, 950_000), (0.5,) * 4)  # fmt: skip
    counts = np.array([700, 200, 300, 400])
    bins = np.repeat(np.arange(4), counts)
    decisions = bins >= 2
    drawn = []
    for _ in range(300):
        labels = generator.random(len(bins)) < np.array([0.05, 0.3, 0.6, 0.95])[bins]
        drawn.append(
            [
                (labels == decisions).mean(),
                labels[decisions].mean(),
                decisions[labels].mean(),
                2 * (labels & decisions).sum() / (labels.sum() + decisions.sum()),
                _area(bins, labels) + 0.5 * _ties(bins, labels),
            ]
        )
    found = _all(table, counts)
    names = [metric.name for metric in (ACCURACY, PRECISION, RECALL, F1, ROC_AUC)]
    values = [found[name].value for name in names]
    deviations = [found[name].variance ** 0.5 for name in names]
    np.testing.assert_allclose(values, np.mean(drawn, axis=0), atol=0.002)
    # Ties within bins are halves here, so the area has no share of chance within them.
    np.testing.assert_allclose(deviations[:4], np.std(drawn, axis=0)[:4], rtol=0.2)


def test_bands_hold_what_is_realised():
    """Over held-out rows and windows drawn anew, 95 % bands of all five hold 92 to 99 % of the time."""
    generator = np.random.default_rng(13)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    inside = []
    for _ in range(150):
        scores, labels = _rows(generator, 2_000, np.full(4, 0.25))
        bins = np.floor(scores * 4).astype(int)
        table = _table(bins, labels, bins >= 2, 4, scores)
        seen, truth = _rows(generator, 1_000, weights)
        places = np.floor(seen * 4).astype(int)
        found = _all(table, np.bincount(places, minlength=4))
        real = {
            ACCURACY.name: ((places >= 2) == truth).mean(),
            PRECISION.name: truth[places >= 2].mean(),
            RECALL.name: (places >= 2)[truth].mean(),
            F1.name: 2 * (truth & (places >= 2)).sum() / ((places >= 2).sum() + truth.sum()),
            ROC_AUC.name: _area(seen, truth),
        }
        inside.append(
            [
                abs(found[name].value - value) <= 1.96 * found[name].variance ** 0.5
                for name, value in real.items()
            ]
        )
    shares = np.mean(inside, axis=0)
    assert (shares > 0.92).all(), shares
    assert (shares < 0.995).all(), shares


def test_what_cannot_be_told_is_left_out():
    """Without decisions there is an area alone; without rows, without positives, nothing is divided by zero."""
    scores_only = OutcomeTable(0, "", (99, 99), (9, 89), (), (), (0.5, 0.7))
    assert list(_all(scores_only, COUNTS)) == [ROC_AUC.name]
    assert _all(TWO_BINS, [0, 0]) == {}
    assert PRECISION.name not in _all(TWO_BINS, [50, 0])


def test_bins_without_held_out_rows_take_the_decision_of_their_neighbours():
    """A bin that no held-out row was in, above others that are decided, is decided likewise."""
    table = OutcomeTable(0, "", (50, 50, 0), (5, 45, 0), (0, 50, 0), (0, 45, 0))
    found = _all(table, [0, 0, 100])
    assert found[PRECISION.name].value == pytest.approx((45 + 0.5) / 51)
    assert found[RECALL.name].value == pytest.approx(1.0)


def test_rare_classes_are_not_invented():
    """With 1 % of positives the estimate on the held-out counts themselves stays within 1 % of them."""
    rows, positives = (500,) * 20, (0,) * 15 + (20,) * 5
    table = OutcomeTable(0, "", rows, positives, (), (), (0.5,) * 20)
    outcomes = ExpectedOutcomes.of(table, np.array(rows, dtype=np.float64))
    assert float((outcomes.counts * outcomes.chances).sum()) == pytest.approx(sum(positives), rel=0.01)


def _table(bins, labels, decisions, n_bins, scores=None):
    def counted(chosen):
        return tuple(np.bincount(bins[chosen], minlength=n_bins).tolist())

    concordance = (0.5,) * n_bins
    if scores is not None:
        concordance = tuple(_area(scores[bins == place], labels[bins == place]) for place in range(n_bins))
    return OutcomeTable(
        0,
        "",
        counted(labels | True),
        counted(labels),
        counted(decisions),
        counted(labels & decisions),
        concordance,
    )


def _rows(generator, n_rows, weights):
    scores = (generator.choice(4, n_rows, p=weights) + generator.random(n_rows)) / 4
    return scores, generator.random(n_rows) < scores


def _area(scores, labels):
    others = np.sort(scores[~labels])
    return float(np.searchsorted(others, scores[labels]).mean() / len(others))


def _ties(scores, labels):
    pairs = [
        (scores[labels] == place).mean() * (scores[~labels] == place).mean() for place in np.unique(scores)
    ]
    return float(np.sum(pairs))
