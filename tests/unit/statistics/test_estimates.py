import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from mlexporter.catalogue import (
    ACCURACY,
    F1,
    MEAN_ABSOLUTE_ERROR,
    PRECISION,
    RECALL,
    ROC_AUC,
    ROOT_MEAN_SQUARED_ERROR,
)
from mlexporter.profile.outcome_tables import class_score_tables, label_tables
from mlexporter.records import (
    Distribution,
    Estimation,
    Kind,
    LeafErrors,
    OutcomeTable,
    OutputReference,
    Reference,
    TrainingType,
    WindowCounts,
)
from mlexporter.records.sides import LEAVES
from mlexporter.statistics.estimates import estimates, reference_qualities

SCORE = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(0.25, 0.5, 0.75), counts=(100, 100, 100, 100, 0, 0)
)
TABLE = OutcomeTable(0, "", (500,) * 4, (50, 200, 300, 450), (0, 0, 500, 500), (0, 0, 300, 450), (0.5,) * 4)
CLASSES = ("a", "b", "c")


def test_one_table_gives_the_five_qualities_of_the_positive_class():
    """Accuracy, precision, recall, F1 and area of the whole model, each inside its band."""
    found = estimates(_reference(Estimation(2_000, tables=(TABLE,))), _window([400, 300, 200, 100, 7, 3]))
    assert [(estimate.metric, estimate.class_name) for estimate in found] == [
        (metric.name, "") for metric in (ACCURACY, PRECISION, RECALL, F1, ROC_AUC)
    ]
    for estimate in found:
        assert 0 <= estimate.lower < estimate.value < estimate.upper <= 1
    # 0.9 of 400, 0.6 of 300, 0.6 of 200 and 0.9 of 100; missing and invalid scores do not count.
    assert found[0].value == pytest.approx(0.75, abs=0.001)


def test_too_few_rows_give_nothing():
    """99 rows in shape bins are too few for 100, and enough for 99; without held-out rows nothing is known."""
    reference, window = _reference(Estimation(2_000, tables=(TABLE,))), _window([40, 30, 20, 9, 500, 500])
    assert estimates(reference, window) == ()
    assert len(estimates(reference, window, required_observations=99)) == 5
    assert estimates(_reference(None), window, required_observations=1) == ()
    assert reference_qualities(_reference(None)) == {}


def test_an_empty_window_gives_nothing():
    """Also where no rows are required."""
    reference = _reference(Estimation(2_000, tables=(TABLE,)))
    assert estimates(reference, _window([0] * 6), required_observations=0) == ()


def test_qualities_of_the_reference_are_those_of_its_rows():
    """750 of 1,000 right in bins of 500: (450 + 300 + 300 + 450) / 2,000."""
    found = reference_qualities(_reference(Estimation(2_000, tables=(TABLE,))))
    assert found[ACCURACY.name] == pytest.approx(0.75)
    assert found[PRECISION.name] == pytest.approx(0.75)
    assert found[RECALL.name] == pytest.approx(0.75)


def test_concept_drift_is_not_seen():
    """Where labels turn round while scores stay, the estimate stays, its band too: a limit, not a fault."""
    generator = np.random.default_rng(41)
    scores = generator.random(4_000)
    turned = generator.random(4_000) < 1 - scores
    window = _window([*np.bincount(np.floor(scores * 4).astype(int), minlength=4).tolist(), 0, 0])
    accuracy = estimates(_reference(Estimation(2_000, tables=(TABLE,))), window)[0]
    real = ((scores >= 0.5) == turned).mean()
    assert accuracy.lower > 0.7
    assert real < 0.3


def test_covariate_drift_is_followed():
    """Where only the mix of scores moves, the realised accuracy of drawn labels lies in the band."""
    generator = np.random.default_rng(42)
    scores = generator.beta(8, 8, 4_000)  # mostly unsure
    places = np.floor(scores * 4).astype(int)
    labels = generator.random(4_000) < np.array([0.1, 0.4, 0.6, 0.9])[places]
    window = _window([*np.bincount(places, minlength=4).tolist(), 0, 0])
    accuracy = estimates(_reference(Estimation(2_000, tables=(TABLE,))), window)[0]
    assert accuracy.lower <= ((scores >= 0.5) == labels).mean() <= accuracy.upper
    assert accuracy.value < 0.68


def test_class_scores_give_averages_and_each_class():
    """On the held-out rows themselves all is what scikit-learn says; the columns are in any order."""
    scores, labels = _class_rows(np.random.default_rng(43), 3_000)
    predicted = np.array(CLASSES)[scores.argmax(axis=1)]
    reference = _of_classes(scores, labels)
    found = reference_qualities(reference)
    assert found[ACCURACY.name] == pytest.approx(accuracy_score(labels, predicted))
    assert found[F1.name] == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert found[PRECISION.name] == pytest.approx(precision_score(labels, predicted, average="macro"))
    assert found[RECALL.name] == pytest.approx(recall_score(labels, predicted, average="macro"))
    told = estimates(reference, _window_of_classes(scores))
    assert {estimate.class_name for estimate in told} == {"", *CLASSES}
    assert [estimate.class_name for estimate in told if estimate.metric == ACCURACY.name] == [""]
    by_class = {estimate.class_name: estimate.value for estimate in told if estimate.metric == F1.name}
    expected = f1_score(labels, predicted, average=None, labels=CLASSES)
    np.testing.assert_allclose([by_class[name] for name in CLASSES], expected, atol=0.01)


@pytest.mark.slow
def test_bands_of_class_scores_hold_what_is_realised():
    """Over worlds drawn anew the band of the accuracy holds (96 % of 300 worlds, 88 % or more of these 60)."""
    generator = np.random.default_rng(44)
    inside = []
    for _ in range(60):
        reference = _of_classes(*_class_rows(generator, 1_500))
        scores, labels = _class_rows(generator, 1_000)
        accuracy = estimates(reference, _window_of_classes(scores))[0]
        real = (np.array(CLASSES)[scores.argmax(axis=1)] == labels).mean()
        inside.append(accuracy.lower <= real <= accuracy.upper)
    assert np.mean(inside) >= 0.88


def test_a_class_of_few_rows_is_not_told_of_alone():
    """19 held-out rows of a class are too few; the averages are over the other two."""
    scores, labels = _class_rows(np.random.default_rng(45), 3_000)
    kept = np.ones(3_000, dtype=bool)
    kept[np.flatnonzero(labels == "c")[19:]] = False
    told = estimates(_of_classes(scores[kept], labels[kept]), _window_of_classes(scores[kept]))
    assert {estimate.class_name for estimate in told} == {"", "a", "b"}


def test_an_output_that_is_a_label_has_the_qualities_of_its_classes():
    """Accuracy and F1 come from the predicted class alone; there is no area; unseen categories do not count."""
    generator = np.random.default_rng(46)
    labels = generator.choice(CLASSES, 2_000)
    said = np.where(generator.random(2_000) < 0.8, labels, generator.choice(CLASSES, 2_000))
    counts = tuple(int((said == name).sum()) for name in CLASSES)
    bins = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=CLASSES, counts=(*counts, 0, 0, 0, 0))
    output = OutputReference("prediction", bins)
    tables, rows = label_tables(output, said.tolist(), labels.tolist())
    reference = _reference(Estimation(rows, tables=tables), (output,))
    assert reference_qualities(reference)[ACCURACY.name] == pytest.approx((said == labels).mean())
    assert reference_qualities(reference)[F1.name] == pytest.approx(f1_score(labels, said, average="macro"))
    told = estimates(reference, _window([100, 0, 0, 0, 900, 0, 0]))
    accuracy = next(estimate for estimate in told if estimate.metric == ACCURACY.name)
    assert accuracy.value == pytest.approx((labels[said == "a"] == "a").mean(), abs=0.002)
    assert not any(estimate.metric == ROC_AUC.name for estimate in told)


def test_numbers_have_errors_from_leaves():
    """30 and 10 rows in leaves with mean errors 1 and 3: 1.5; too few sampled rows give nothing."""
    leaves = LeafErrors((50, 50), (1.0, 3.0), (2.0, 16.0), (16.0, 900.0))
    reference = _reference(Estimation(200, n_leaves=2, leaves=leaves))
    window = _window([400, 300, 200, 100, 0, 0], sides=_sides(reference, [30, 10]))
    found = estimates(reference, window, required_observations=40)
    assert [(each.metric, round(each.value, 6)) for each in found] == [
        (MEAN_ABSOLUTE_ERROR.name, 1.5),
        (ROOT_MEAN_SQUARED_ERROR.name, round(5.5**0.5, 6)),
    ]
    assert estimates(reference, window, required_observations=41) == ()
    assert reference_qualities(reference)[MEAN_ABSOLUTE_ERROR.name] == pytest.approx(2.0)


def _reference(estimation, outputs=()):
    outputs = tuple(outputs) or (OutputReference("prediction", SCORE),)
    return Reference("m", "1", (), outputs, "", "", 400, 0.0, estimation=estimation)


def _window(output_cells, sides=()):
    nothing = np.zeros(0, dtype=np.int64)
    return WindowCounts(
        "1h", 3600.0, 400, nothing, nothing, nothing,
        np.array(output_cells, dtype=np.int64), np.array(sides, dtype=np.int64),
    )  # fmt: skip


def _sides(reference, leaves):
    cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    cells[reference.side_places[LEAVES]] = leaves
    return cells


def _class_rows(generator, n_rows):
    scores = generator.dirichlet((0.6, 0.6, 0.6), n_rows).astype(np.float32)
    draws = generator.random(n_rows)[:, None] > np.cumsum(scores, axis=1)
    return scores, np.array(CLASSES)[np.minimum(draws.sum(axis=1), 2)]


def _class_bins():
    edges = tuple(np.linspace(0, 1, 19)[1:-1].round(3).tolist())
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges, counts=(100,) * 18 + (0, 0))


def _of_classes(scores, labels):
    outputs = [OutputReference("prediction", _class_bins(), class_name=name) for name in CLASSES]
    tables, rows = class_score_tables(outputs, list(scores.T), labels.tolist(), 20)
    return _reference(Estimation(rows, tables=tables), outputs)


def _window_of_classes(scores):
    bins = _class_bins()
    cells = [
        np.bincount(np.searchsorted(np.array(bins.edges, dtype=np.float32), column), minlength=bins.n_cells)
        for column in scores.T
    ]
    return _window(np.concatenate(cells))
