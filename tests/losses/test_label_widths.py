"""Labels [N, V], then [N, C]: TensorFlow forgets how wide they are."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.training.node_accuracy import NodeAccuracy

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
ROOT, ANIMAL, DOG, CAT, VEHICLE, FOOD = range(6, 12)
TREE = small.hierarchy()
ANIMALS = TREE.cut(depth=1)
rng = np.random.default_rng(5)
LOGITS = rng.normal(size=(4, 6)).astype("float32")
OF_GROUPS = rng.normal(size=(4, 3)).astype("float32")
SOFT = {
    width: rng.dirichlet(np.ones(width), 4).astype("float32")
    for width in (12, 6, 3)
}
EXACT = np.array([[BIKE], [HUSKY], [ANIMAL], [PIE]], "float32")
of_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="the other backends know every shape",
)


def of_any_width(function):
    """Returns a function that TensorFlow compiles for labels [N, None]."""
    import tensorflow as tf

    return tf.function(
        function, input_signature=[tf.TensorSpec((None, None), "float32")]
    )


@of_tensorflow
@pytest.mark.parametrize("head", [False, True])
def test_the_loss_is_that_of_a_known_width(head):
    loss = NodeCrossentropy(
        TREE, ANIMALS if head else None, head_labels=head, reduction=None
    )
    scores = OF_GROUPS if head else LOGITS
    compiled = of_any_width(lambda labels: loss(labels, scores))
    column = np.array([[0], [1], [3], [2]], "float32") if head else EXACT
    for labels in (SOFT[12], SOFT[3 if head else 6], column):
        np.testing.assert_allclose(
            compiled(labels), loss(labels, scores), rtol=1e-5
        )
    assert np.isnan(compiled(np.ones((4, 7), "float32"))).all()


@of_tensorflow
def test_metrics_count_the_same():
    metrics = [kh.ConfusionMatrix(TREE, node_labels=True), NodeAccuracy(TREE)]
    known = [metric.update_state for metric in metrics]
    compiled = [
        of_any_width(lambda y, update=update: update(y, LOGITS))
        for update in known
    ]

    def counted(updates, *batch):
        for metric, update in zip(metrics, updates, strict=True):
            metric.reset_state()
            update(*batch)
        matrix, accuracy = metrics
        return (
            matrix.matrix().tolist(),
            matrix.coarse().samples,
            float(accuracy.result()),
        )

    coarse = np.eye(12, dtype="float32")[[DOG, BUS, ANIMAL, HUSKY]]
    for labels in (coarse, SOFT[6], EXACT):
        np.testing.assert_equal(
            counted(compiled, labels), counted(known, labels, LOGITS)
        )
    with pytest.raises(ValueError, match=r"4 of 4 .*do not sum to 1"):
        counted(compiled, np.full((4, 7), 1 / 7, "float32"))


def of_nodes():
    """A model that learns nothing, its targets, and four images."""
    model = small.model()
    arguments = kh.compile_args(model, TREE, label_mode="nodes")
    model.compile(keras.optimizers.SGD(0.0), **arguments)
    targets = kh.targets(model, label_mode="nodes")
    return model, targets, small.data(4)[0]


@of_tensorflow
def test_one_model_is_given_both():
    model, targets, images = of_nodes()
    for width in (12, 6, 12):
        data = targets(images, SOFT[width])
        trained = model.fit(*data, verbose=0).history["loss"][0]
        expected = NodeCrossentropy(TREE)(
            SOFT[width], model(images, training=False)
        )
        assert trained == pytest.approx(float(expected), rel=1e-4)


@of_tensorflow
def test_flat_labels_and_columns_by_turns_are_refused_in_one_sentence():
    model, targets, images = of_nodes()
    columns = EXACT.astype("int32")
    model.evaluate(*targets(images, columns[:, 0]), verbose=0)
    with pytest.raises(ValueError, match="came by turns"):
        model.evaluate(*targets(images, columns), verbose=0)
    # Compiled anew, each is taken.
    model, targets, images = of_nodes()
    assert model.evaluate(*targets(images, columns), verbose=0)
