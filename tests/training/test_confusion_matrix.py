"""ConfusionMatrix: against the NumPy scores, in fit, over replicas."""

import keras
import numpy as np
import pytest
import small
from small import one_hot

import keras_hier as kh
from keras_hier import scores
from keras_hier.invalid_samples import NotANumberError

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)


def test_by_hand():
    metric = kh.ConfusionMatrix(small.hierarchy())
    labels = [PUG, PUG, HUSKY, TABBY, BUS, PIE]
    answers = [PUG, HUSKY, TABBY, BUS, BIKE, PIE]
    # Distances 0, dog 1, animal 2, root 3, vehicle 1, 0: 7 over six samples.
    result = metric(np.array(labels), one_hot(answers))
    assert float(result) == pytest.approx(7 / 6)
    expected = np.zeros((6, 6), int)
    for cell in zip(labels, answers, strict=True):
        expected[cell] += 1
    assert metric.matrix().dtype == np.int64
    np.testing.assert_array_equal(metric.matrix(), expected)


@pytest.mark.parametrize("form", ["flat", "column", "one-hot", "soft", "uint8"])
def test_equals_the_numpy_scores(form):
    hierarchy = small.hierarchy()
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(90, 6)).astype("float32")
    labels = rng.integers(0, 6, 90)
    weights = rng.integers(0, 3, 90) / 2
    given = {
        "flat": labels,
        "column": labels[:, None],
        "one-hot": one_hot(labels),
        "soft": 0.7 * one_hot(labels) + 0.05,
        "uint8": labels.astype("uint8"),
    }[form]
    metric = kh.ConfusionMatrix(hierarchy)
    for part in (slice(0, 50), slice(50, 90)):
        metric.update_state(given[part], logits[part], weights[part])
    # A weight of 0 leaves a sample out, 0.5 and 1 both count it once.
    counted = weights > 0
    expected = scores.confusion_matrix(
        labels[counted], logits[counted].argmax(axis=1), 6
    )
    np.testing.assert_array_equal(metric.matrix(), expected)
    assert float(metric.result()) == pytest.approx(
        scores.distance_at_1(expected, hierarchy), rel=1e-6
    )
    metric.reset_state()
    assert metric.matrix().sum() == 0
    assert float(metric.result()) == 0


def test_at_a_cut():
    hierarchy = small.hierarchy()
    cut = hierarchy.cut(nodes=["dog", "cat", "vehicle", "food"])
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 6, 80)
    logits = rng.normal(size=(80, 6)).astype("float32")
    full, of_classes, of_groups = (
        kh.ConfusionMatrix(hierarchy),
        kh.ConfusionMatrix(hierarchy, at=cut),
        kh.ConfusionMatrix(hierarchy, at=cut),
    )
    full.update_state(labels, logits)
    of_classes.update_state(labels, logits)
    answers = cut.of_class[logits.argmax(axis=1)]
    of_groups.update_state(cut.lookup(labels), one_hot(answers, 4))
    expected = cut.aggregate(full.matrix())
    np.testing.assert_array_equal(of_classes.matrix(), expected)
    np.testing.assert_array_equal(of_groups.matrix(), expected)
    # dog and cat meet at animal, one above both; any other pair at the root.
    distance = np.full((4, 4), 2) - 2 * np.eye(4)
    distance[0, 1] = distance[1, 0] = 1
    for metric in (of_classes, of_groups):
        assert float(metric.result()) == pytest.approx(
            (distance * expected).sum() / 80
        )


def test_groups_that_are_no_cut_are_all_equally_far():
    grouping = kh.Grouping(["x", "y", "z"], [0, 1, 2, 0, 1, 2])
    metric = kh.ConfusionMatrix(small.hierarchy(), at=grouping)
    result = metric(np.array([0, 1, 2, 2]), one_hot([0, 2, 1, 2], 3))
    assert float(result) == 0.5


def test_as_many_groups_as_classes_must_be_told_apart():
    hierarchy = small.hierarchy()
    cut = hierarchy.cut(max_size=1)  # in display order, unlike the labels
    assert list(cut.of_class) != list(range(6))
    with pytest.raises(ValueError, match="collapse=False"):
        kh.ConfusionMatrix(hierarchy, cut)([PUG], one_hot([PUG]))
    classes = kh.ConfusionMatrix(hierarchy, cut, collapse=True)
    classes.update_state(np.array([PUG, BUS]), one_hot([HUSKY, BUS]))
    groups = kh.ConfusionMatrix(hierarchy, cut, collapse=False)
    groups.update_state(
        cut.of_class[[PUG, BUS]], one_hot(cut.of_class[[HUSKY, BUS]])
    )
    np.testing.assert_array_equal(classes.matrix(), groups.matrix())
    assert classes.matrix()[cut.of_class[PUG], cut.of_class[HUSKY]] == 1
    assert float(classes.result()) == float(groups.result()) == 0.5


def test_very_many_classes_are_kept_as_groups():
    hierarchy = kh.Hierarchy.from_paths(
        (f"group {i % 3}", f"class {i}") for i in range(5001)
    )
    with pytest.raises(ValueError, match=r"5,001 x 5,001.*at="):
        kh.ConfusionMatrix(hierarchy)
    metric = kh.ConfusionMatrix(hierarchy, at=hierarchy.cut(groups=3))
    metric.update_state(np.array([0, 1]), one_hot([3, 5000], 5001))
    np.testing.assert_array_equal(
        metric.matrix(), [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    )


def confusion_matrix(model):
    (metric,) = (
        metric
        for outer in model.metrics
        for metric in getattr(outer, "metrics", [outer])
        if isinstance(metric, kh.ConfusionMatrix)
    )
    return metric.matrix()


class Reader(keras.callbacks.Callback):
    """Reads the metric where its training and validation parts end."""

    def read(self):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()
        return confusion_matrix(self.model)

    def on_test_begin(self, logs=None):
        self.train = self.read()

    def on_test_end(self, logs=None):
        self.validation = self.read()


@pytest.mark.any_backend
def test_exact_totals_in_fit():
    # 103 samples leave a last batch of 1.
    model, hierarchy = small.model(), small.hierarchy()
    reader = Reader()
    x, y = small.data(103)
    xv, yv = small.data(37, seed=1)
    model.compile(
        keras.optimizers.SGD(0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(hierarchy)],
    )
    history = model.fit(
        x,
        y,
        batch_size=17,
        epochs=2,
        validation_data=(xv, yv),
        callbacks=[reader],
        verbose=0,
    ).history
    np.testing.assert_array_equal(
        reader.train.sum(axis=1), np.bincount(y, minlength=6)
    )
    answers = model.predict(xv, verbose=0).argmax(axis=1)
    expected = scores.confusion_matrix(yv, answers, 6)
    np.testing.assert_array_equal(reader.validation, expected)
    assert history["val_distance"][-1] == pytest.approx(
        scores.distance_at_1(expected, hierarchy), rel=1e-6
    )


@pytest.mark.parametrize("at", [None, "cut", "foreign"])
def test_config(at):
    hierarchy = small.hierarchy()
    grouping = {
        None: None,
        "cut": hierarchy.cut(depth=1),
        "foreign": kh.Grouping(["x", "y"], [0, 1, 0, 1, 0, 1]),
    }[at]
    metric = kh.ConfusionMatrix(
        hierarchy, grouping, name="d", collapse=at and True, from_logits=False
    )
    config = keras.saving.serialize_keras_object(metric)
    again = keras.saving.deserialize_keras_object(config)
    assert again.hierarchy == hierarchy
    assert again.at == grouping
    assert (again.name, again.collapse) == ("d", metric.collapse)
    assert again.from_logits is False
    labels, answers = np.array([1, 2, 3]), one_hot([1, 3, 5])
    assert float(again(labels, answers)) == float(metric(labels, answers))


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], np.zeros((2, 5)), r"\[N, 6\].*\(2, 5\)"),
        ([0, 1], np.zeros((2, 1)), r"\[N, 6\].*\(2, 1\)"),
        ([0, 1], np.zeros(2), r"\[N, 6\].*\(2,\)"),
        (np.zeros((2, 5)), np.zeros((2, 6)), r"labels.*\(2, 5\)"),
        (np.zeros((2, 2, 6)), np.zeros((2, 6)), r"labels.*\(2, 2, 6\)"),
    ],
)
def test_bad_shapes(labels, predictions, message):
    metric = kh.ConfusionMatrix(small.hierarchy())
    with pytest.raises(ValueError, match=message):
        metric.update_state(labels, predictions)


@pytest.mark.any_backend
def test_what_cannot_be_counted_is_said_at_once():
    metric = kh.ConfusionMatrix(small.hierarchy(), name="d")
    logits = np.tile(np.arange(6.0), (4, 1))
    for labels, message in (
        ([0, 1, 2, 6], r"'d': 1 of 4 labels .*: 1 above 5, the largest 6\. If"),
        ([1, 2, 6, 6], r"2 above 5, the largest 6\. They look one-based"),
        ([-3, 1, -1, 2], r"2 below 0, the least -3\. Give"),
        ([[0.0], [1.5], [2.0], [np.nan]], "2 of 4 labels are no whole"),
        (np.ones((4, 6)), "4 of 4 one-hot or soft labels do not sum"),
    ):
        with pytest.raises(ValueError, match=message):
            metric.update_state(np.array(labels), logits)
    # Nothing of that was counted.
    assert metric.matrix().sum() == 0
    metric.update_state(np.array([-1, 1, 2, 3]), logits, np.array([0, 1, 1, 1]))
    assert metric.matrix().sum() == 3


@pytest.mark.any_backend
@pytest.mark.parametrize("row", [[np.inf] + [0] * 5, [-np.inf] * 6])
def test_infinite_scores_are_no_answer(row):
    logits = np.random.default_rng(0).normal(size=(4, 6))
    logits[1] = row
    metric = kh.ConfusionMatrix(small.hierarchy())
    metric.update_state(np.array([5, 5, 5, 5]), logits)
    assert np.isnan(float(metric.result()))
    # One that is masked is left out of the softmax, and no fault.
    logits[1] = [-np.inf, 1, 2, 3, 4, 5]
    metric.reset_state()
    metric.update_state(np.array([5, 5, 5, 5]), logits)
    assert np.isfinite(float(metric.result()))


def test_nan_scores_make_the_result_nan():
    metric = kh.ConfusionMatrix(small.hierarchy())
    logits = np.tile(np.arange(6.0), (4, 1)).astype("float32")
    logits[1, 2] = np.nan
    assert np.isnan(float(metric(np.array([5, 5, 5, 5]), logits)))
    with pytest.raises(NotANumberError, match="1 of 4 samples are NaN"):
        metric.matrix()
    metric.reset_state()
    metric.update_state(np.array([5]), logits[:1])
    assert metric.matrix()[5, 5] == 1


def test_more_than_a_float32_tells_apart():
    metric = kh.ConfusionMatrix(small.hierarchy())
    for label in (2**32, 2**31, -(2**31)):
        with pytest.raises(ValueError, match="1 of 1 labels do not lie"):
            metric.update_state(np.array([label]), np.zeros((1, 6)))


def test_a_tree_as_deep_as_that_of_a_hostile_model():
    chain = [-1, *range(50_000), *[50_000] * 600]
    ids = [str(node) for node in range(len(chain))]
    labels = [-1] * 50_001 + list(range(600))
    tree = kh.Hierarchy(chain, ids, ids, labels)
    with pytest.raises(ValueError, match="600 classes is 50,002 nodes deep"):
        kh.ConfusionMatrix(tree)


def test_bad_arguments():
    hierarchy = small.hierarchy()
    with pytest.raises(ValueError, match="Expected a Hierarchy, got str 'imag"):
        kh.ConfusionMatrix("imagenet")
    with pytest.raises(ValueError, match="together with `at`"):
        kh.ConfusionMatrix(hierarchy, collapse=True)
    with pytest.raises(kh.HierarchyError, match="3 classes"):
        kh.ConfusionMatrix(hierarchy, kh.Grouping(["x", "y"], [0, 1, 1]))
