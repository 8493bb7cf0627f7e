"""Labels 1..C pass among those of nodes: the last class as the root."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.analysis import features
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.records.sample_index import SampleError
from keras_hier.plausibility import one_based_nodes
from keras_hier.training.node_accuracy import NodeAccuracy

TREE = small.hierarchy()
ROOT = 6
SAID = r"none is 0, and \d+ are 6, the root\. They look one-based, 1\.\.6"
Y = np.random.default_rng(0).permutation(np.arange(60) % 6)
X = np.eye(64, dtype="float32")[Y].reshape(-1, 8, 8, 1)


@pytest.mark.parametrize(
    ("counts", "whole", "so_far"),
    [
        # exp(-6 / 2) is 0.0498, exp(-24 / 8) as well.
        ([0, 6, 6, 6], True, False),
        ([0, 5, 5, 5], False, False),
        ([0, 24, 24, 24], True, True),
        ([0, 23, 23, 23], True, False),
        ([1, 99, 99, 99], False, False),  # class 0 comes
        ([0, 99, 99, 0], False, False),  # the root does not
        ([0, 99, 99, 1], True, True),  # however rare the last class is
        ([0, 0, 99, 99], False, False),  # other classes are missing, too
        ([0, 1, 1, 9999], False, False),  # hardly anything but roots
        ([0, *[99] * 40, 0, 99], True, True),  # 1 of 41 others is missing
        ([0, 99], False, False),  # a single class
    ],
)
def test_the_rule(counts, whole, so_far):
    assert bool(one_based_nodes(counts)) == whole
    assert bool(one_based_nodes(counts, more_may_come=True)) == so_far


def test_labels_from_0_on_are_hardly_ever_refused():
    # 1,000 data sets whose class 0 is half as frequent as the others, and which
    # have as many roots as others: a class would be missing in e^-(n / 2).
    rng = np.random.default_rng(0)
    p = np.array([0.5, 1, 1, 1, 1, 1, 1])
    refused = [0, 0]
    for _ in range(1000):
        order = rng.choice(7, 300, p=p / p.sum())
        for size in range(1, 301, 9):
            counts = np.bincount(order[:size], minlength=7)
            if one_based_nodes(counts, more_may_come=True):
                refused[0] += 1
                break
        refused[1] += bool(one_based_nodes(np.bincount(order, minlength=7)))
    assert refused[0] <= 10
    assert refused[1] == 0


def fresh(**options):
    model = kh.add_heads(
        small.model(), heads={"conv2": TREE.cut(depth=1)}, head="pool"
    )
    model.compile(
        keras.optimizers.SGD(0.01),
        **{**kh.compile_args(model, TREE, label_mode="nodes"), **options},
        run_eagerly=small.EAGERLY,
    )
    return model


compiled = small.AsNew(fresh)


def mapped(model):
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((X, Y + 1)).batch(20)
    return data.map(kh.targets(model, label_mode="nodes"))


def generated(model):
    apply = kh.targets(model, label_mode="nodes")
    for at in range(0, 60, 20):
        yield apply(X[at : at + 20], Y[at : at + 20] + 1)


def arrays(model):
    return kh.targets(model, label_mode="nodes")(X, Y + 1)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("form", [mapped, generated, arrays])
def test_the_first_epoch_ends_in_an_error(form):
    model = compiled()
    data = form(model)
    given = data if isinstance(data, tuple) else (data,)
    with pytest.raises(ValueError, match=SAID):
        model.fit(*given, epochs=2, verbose=0, shuffle=False)
    # The model is whole.
    right = kh.targets(model, label_mode="nodes")(X, Y)
    assert np.isfinite(model.evaluate(*right, verbose=0)).all()


def test_validation_that_is_one_based():
    model = compiled()
    apply = kh.targets(model, label_mode="nodes")
    with pytest.raises(ValueError, match=SAID):
        model.fit(*apply(X, Y), validation_data=arrays(model), verbose=0)


@pytest.mark.any_backend
def test_the_callback_does_not_wait_for_the_end_of_the_epoch(tmp_path):
    model = compiled()
    seen = []
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(batch)
    )
    apply = kh.targets(model, label_mode="nodes")
    batch = apply(X, Y + 1)

    def batches():
        while True:
            yield batch

    with pytest.raises(ValueError, match=SAID):
        model.fit(
            batches(),
            steps_per_epoch=20,
            shuffle=False,
            verbose=0,
            callbacks=[count, kh.BlocksCallback(tmp_path)],
        )
    # Ten of each class in a batch: three are enough, and it looks after four.
    assert len(seen) <= 4


def test_roots_among_labels_from_0_on_are_legal():
    model = compiled()
    apply = kh.targets(model, label_mode="nodes")
    few = np.array([3, ROOT, 4, 1, 2])  # class 0 may follow
    with_roots = np.where(np.arange(60) % 3, Y, ROOT)
    for labels in (few, with_roots):
        count = len(labels)
        model.fit(*apply(X[:count], labels), verbose=0)


@pytest.mark.parametrize("form", ["integers", "one-hot"])
def test_each_metric_tells_by_itself(form):
    labels = Y + 1
    if form == "one-hot":
        labels = np.eye(NodeLabels(TREE).num_labels, dtype="float32")[labels]
    scores = np.eye(6, dtype="float32")[Y]
    groups = TREE.cut(depth=1)
    for metric in (
        NodeAccuracy(TREE),
        kh.ConfusionMatrix(TREE, node_labels=True),
        kh.ConfusionMatrix(TREE, groups, collapse=True, node_labels=True),
    ):
        metric.update_state(labels, scores)
        metric.result()  # as after a batch
        with pytest.raises(ValueError, match=SAID):
            metric.result()  # at the end
        metric.reset_state()
        weights = (Y + 1 != ROOT).astype("float32")
        metric.update_state(labels, scores, weights)
        metric.result()
        metric.result()


def test_targets_see_it_in_many_labels_at_once():
    apply = kh.targets(compiled(), label_mode="nodes")
    many = np.tile(Y + 1, 3)
    images = np.tile(X, (3, 1, 1, 1))
    with pytest.raises(ValueError, match=SAID):
        apply(images, many)
    apply(images, np.tile(Y, 3))
    apply(images, many, (many != ROOT).astype("float32"))
    apply(X[:6], many[:6])


def test_features_are_refused():
    model = small.model()
    with pytest.raises(SampleError, match=SAID):
        features(model, (X, Y + 1), hierarchy=TREE)
    assert len(features(model, (X, Y), hierarchy=TREE)) == 60


@pytest.mark.parametrize("controls", [0, 1])
def test_layers_are_not_logged(tmp_path, controls):
    model = compiled()
    callback = kh.LayersCallback(tmp_path, (X, Y + 1), TREE, controls=controls)
    apply = kh.targets(model, label_mode="nodes")
    with pytest.warns(UserWarning, match=f"logged without .*{SAID}"):
        model.fit(*apply(X, Y), verbose=0, callbacks=[callback])
    assert not list(tmp_path.rglob("*tfevents*"))
