"""Labels of any node: targets, compile_args, and training on them."""

import contextlib

import keras
import numpy as np
import pytest
import small
import tensorflow as tf
from small import numpy

import keras_hier as kh
from keras_hier.callbacks.confusion_matrices import confusion_matrices
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.losses.node_crossentropy import NodeCrossentropy

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
ROOT, ANIMAL, DOG, CAT, VEHICLE, FOOD = range(6, 12)
TREE = small.hierarchy()
PAIR = kh.Hierarchy.from_paths([("a",), ("b",)])
NUMBERING = NodeLabels(TREE)
ANIMALS = TREE.cut(depth=1)  # animal, vehicle, food
FOREIGN = kh.Grouping(["x", "y", "z"], [0, 0, 2, 1, 1, 1])
X = np.zeros((6, 8, 8, 1), "float32")
MIXED = np.array([HUSKY, DOG, BUS, VEHICLE, ROOT, FOOD])


def model_with(head="pool"):
    return kh.add_heads(
        small.model(),
        heads={"conv2": {"groups": ANIMALS, "other": FOREIGN}},
        head=head,
    )


@pytest.fixture(scope="module")
def model():
    return model_with()


@pytest.fixture
def known(model):
    return kh.targets(model, label_mode="nodes", hierarchy=TREE)


def nodes(model, **options):
    return kh.compile_args(model, TREE, label_mode="nodes", **options)


def test_exact_and_coarse_labels_in_one_batch(known):
    x, y = known(X, MIXED)
    assert x is X
    assert y["class"] is MIXED
    # Inside animal, animal, vehicle, vehicle, several: 3, food.
    assert y["groups"].tolist() == [0, 0, 1, 1, 3, 2]
    # Husky is y; dog, vehicle and the root are cut through; food is z.
    head = NUMBERING.head_labels(FOREIGN)
    assert head[[ROOT, ANIMAL, DOG, VEHICLE]].tolist() == [3, 4, 5, 6]
    assert y["other"].tolist() == [1, 5, 1, 6, 3, 2]


def test_heads_of_a_tree_that_numbers_the_classes_otherwise(model):
    turned = TREE.subset(TREE.classes[::-1])
    with pytest.raises(kh.HierarchyError, match="is a cut of another tree"):
        kh.targets(model, label_mode="nodes", hierarchy=turned)
    with pytest.raises(kh.HierarchyError, match="is a cut of another tree"):
        kh.compile_args(model, turned)


def test_exact_labels_become_what_they_are_without_coarse_ones(model, known):
    labels = np.arange(6)
    _, expected = kh.targets(model)(X, labels)
    _, found = known(X, labels)
    for name, target in expected.items():
        np.testing.assert_array_equal(found[name], target)


@pytest.mark.parametrize(
    "form",
    ["flat", "column", pytest.param("soft", marks=pytest.mark.any_backend)],
)
def test_tf_data_gives_what_numpy_gives(known, form):
    import tensorflow as tf

    labels = {
        "flat": MIXED.astype("uint8"),
        "column": MIXED[:, None],
        "soft": np.eye(12, dtype="float32")[MIXED],
    }[form]
    _, expected = known(X, labels)
    dataset = tf.data.Dataset.from_tensor_slices((X, labels))
    ((_, y),) = dataset.batch(6).map(known).as_numpy_iterator()
    for name in expected:
        np.testing.assert_allclose(y[name], expected[name])


def test_the_hierarchy_is_that_of_the_losses():
    model = model_with()
    with pytest.raises(ValueError, match=r"pass hierarchy=, or compile"):
        kh.targets(model, label_mode="nodes")
    model.compile("sgd", **nodes(model))
    _, y = kh.targets(model, label_mode="nodes")(X, MIXED)
    assert y["groups"].tolist() == [0, 0, 1, 1, 3, 2]


def test_another_tree_than_that_of_the_losses_is_refused():
    model = model_with()
    model.compile("sgd", **nodes(model))
    other = TREE.collapse(TREE.cut(max_size=1))
    message = f"{TREE.digest}.* than hierarchy= .{other.digest}"
    with pytest.raises(ValueError, match=message):
        kh.targets(model, label_mode="nodes", hierarchy=other)
    same = kh.Hierarchy.from_json(TREE.to_json())
    kh.targets(model, label_mode="nodes", hierarchy=same)


SPARSE = "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (lambda model: kh.compile_args(model, TREE)["loss"], "of classes"),
        (lambda model: dict.fromkeys(model.output, SPARSE), "of classes"),
        (
            lambda model: getattr(keras.losses, SPARSE),
            "The model is compiled for labels of classes",
        ),
        # JAX has no error for labels of groups, and a loss of 0.
        (
            lambda model: nodes(model)["loss"] | {"groups": SPARSE},
            "A loss of the model is compiled for labels of classes",
        ),
        (
            lambda model: "categorical_crossentropy",
            "compiled for one-hot or soft labels",
        ),
    ],
)
def test_losses_for_classes_are_refused(losses, said):
    model = model_with()
    options = {"label_mode": "nodes", "hierarchy": TREE}
    kh.targets(model, **options)  # not compiled yet
    model.compile("sgd", loss=losses(model))
    with pytest.raises(ValueError, match=said):
        kh.targets(model, **options)


def test_losses_of_heads_are_those_of_nodes(known):
    """Of labels that `targets` made, against labels of nodes."""
    rng = np.random.default_rng(0)
    labels = np.arange(12)
    _, y = known(np.zeros((12, 8, 8, 1)), labels)
    _, soft = known(np.zeros((12, 8, 8, 1)), small.one_hot(labels, 12))
    _, classes = known(X, np.eye(6, dtype="float32"))
    for name, grouping in (("groups", ANIMALS), ("other", FOREIGN)):
        logits = rng.normal(0, 2, (12, 3)).astype("float32")
        by_node = NodeCrossentropy(TREE, grouping)
        by_head = NodeCrossentropy(TREE, grouping, head_labels=True)
        expected = numpy(by_node.call(labels, logits))
        for target in (y[name], y[name][:, None], soft[name]):
            np.testing.assert_allclose(
                numpy(by_head.call(target, logits)), expected, atol=1e-5
            )
        np.testing.assert_allclose(
            numpy(by_head.call(classes[name], logits[:6])),
            expected[:6],
            atol=1e-5,
        )
        outside = numpy(by_head.call(np.array([y[name].max() + 1]), logits[:1]))
        assert np.isnan(outside).all()


def test_mixed_labels_train(tmp_path):
    keras.utils.set_random_seed(0)
    # Classes differ by position, which a pooled head would not see.
    model = model_with(head="grid")
    options = {"label_mode": "nodes", "loss_weights": {"groups": 0.5}}
    adam = keras.optimizers.Adam(0.03)
    small.compiled(model, TREE, adam, metrics=False, **options)
    x, labels = small.data(128)
    coarse = labels.copy()
    coarse[20:] = NUMBERING.coarsened(
        TREE.cut(nodes=["dog", "cat", "vehicle", "food"])
    )[labels[20:]]
    apply = kh.targets(model, label_mode="nodes")
    model.fit(*apply(x, coarse), batch_size=128, epochs=20, verbose=0)
    images, labels = small.data(64, seed=1)
    found = numpy(model(images)["groups"]).argmax(axis=1)
    # Chance is half, animals.
    assert (found == ANIMALS.lookup(labels)).mean() > 0.8
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    _, y = kh.targets(again, label_mode="nodes")(X, MIXED)
    assert y["groups"].tolist() == [0, 0, 1, 1, 3, 2]


def test_a_model_without_heads(model):
    plain = small.model("softmax")
    arguments = nodes(plain)
    assert isinstance(arguments["loss"], NodeCrossentropy)
    assert not arguments["loss"].from_logits
    plain.compile("sgd", **arguments, run_eagerly=small.EAGERLY)
    x, y = kh.targets(plain, label_mode="nodes")(X, MIXED)
    assert y is MIXED
    logs = plain.evaluate(x, y, verbose=0, return_dict=True)
    assert np.isfinite(list(logs.values())).all()


def test_weights_by_class_and_by_node(model):
    apply = kh.targets(
        model,
        class_weight={HUSKY: 3.0, "dog": 0.5, np.int64(VEHICLE): 0.0},
        label_mode="nodes",
        hierarchy=TREE,
    )
    # A class's weight is not that of the node above it.
    assert apply(X, MIXED)[2].tolist() == [3, 0.5, 1, 0, 1, 1]
    soft = np.eye(12)[MIXED] / 2 + np.eye(12)[[HUSKY] * 6] / 2
    assert apply(X, soft)[2].tolist() == [3, 1.75, 2, 1.5, 2, 2]


def test_weights_of_single_samples(model):
    apply = kh.targets(model, {"dog": 0.5}, label_mode="nodes", hierarchy=TREE)
    weights = np.arange(6, dtype="float32")
    data = tf.data.Dataset.from_tensor_slices((X, MIXED, weights))
    for given in (data, data.map(lambda x, y, w: (x, y, w[None]))):
        *_, found = next(iter(given.map(apply).batch(6)))
        assert found.numpy().tolist() == [0, 0.5, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({12: 1.0}, r"by label 0\.\.11, got \[12\]"),
        ({"dgo": 1.0}, r"'dgo'.*dog"),
        ({DOG: 2.0, "dog": 0.5}, "two keys for label 8: 8 and 'dog'"),
        ({8.0: 2.0}, r"by label 0\.\.11, got \[8\.0\]"),
        ({True: 2.0}, r"by label 0\.\.11, got \[True\]"),
        ({"dog": "x"}, r"weights .*got 'x' for 'dog'"),
    ],
)
def test_one_weight_for_each_label(model, weights, message):
    with pytest.raises(ValueError, match=message):
        kh.targets(model, weights, label_mode="nodes", hierarchy=TREE)


def test_coarse_labels_without_the_option_name_it(model):
    message = r'0\.\.5, got 2\.\.8.*label_mode="nodes" to targets'
    labels = np.array([BUS, PIE, DOG])
    with pytest.raises(ValueError, match=message):
        kh.targets(model)(X[:3], labels)
    with pytest.raises(ValueError, match="label_mode"):
        kh.targets(model, class_weight={DOG: 1.0})
    with pytest.raises(ValueError, match=r"got -1\.\.5\.$"):  # nothing above
        kh.targets(model)(X[:2], np.array([-1, 5]))


@pytest.mark.parametrize(("label_mode", "last"), [("int", 5), ("nodes", 11)])
def test_labels_are_checked_without_heads_too(label_mode, last):
    tree = TREE if label_mode == "nodes" else None
    apply = kh.targets(small.model(), label_mode=label_mode, hierarchy=tree)
    labels = np.array([0, last + 1])
    message = rf"0\.\.{last}, got 0\.\.{last + 1}\."
    for weights in ([], [np.array([0.0, 2.0])]):
        with pytest.raises(ValueError, match=message):
            apply(X[:2], labels, *weights)
    # What has no weight may have any label, and nothing else.
    assert apply(X[:2], labels, [1.0, 0.0])[1].tolist() == [0, 0]
    column = labels.astype("uint8")[:, None]
    assert apply(X[:2], column, np.array([1.0, 0.0]))[1].tolist() == [[0]] * 2


@pytest.mark.parametrize(
    "options",
    [pytest.param({}, marks=pytest.mark.any_backend), {"run_eagerly": True}],
)
def test_training_a_plain_model_without_the_option_names_it(options):
    model = small.model()
    model.compile("sgd", **kh.compile_args(model, TREE), **options)
    with pytest.raises(Exception, match="pass label_mode="):
        model.fit(X, MIXED, verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_mode": "node"}, r"'nodes', got 'node'"),
        ({"hierarchy": TREE}, "leave it out"),
        ({"label_mode": "nodes", "hierarchy": PAIR}, "6 classes, the hierarc"),
        ({"label_mode": "nodes", "hierarchy": "imagenet"}, "a Hierarchy"),
    ],
)
def test_what_does_not_fit(model, options, message):
    with pytest.raises(ValueError, match=message):
        kh.targets(model, **options)


def test_replicas_count_as_one_device(mirrored):
    found, single = [], None
    for scope in (contextlib.nullcontext(), mirrored.scope()):
        with scope:
            model = model_with()
            model.compile(
                keras.optimizers.SGD(0.0),
                **nodes(model),
                run_eagerly=True,
            )
        if single is not None:
            small.copy_weights(single, model)
        single = model
        x, y = kh.targets(model, label_mode="nodes")(
            np.tile(X, (4, 1, 1, 1)), np.tile(MIXED, 4)
        )
        logs = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
        metric = confusion_matrices(model)["class"]
        coarse = metric.coarse()
        # Husky, bus and the only food; dog, vehicle and the root.
        assert metric.matrix().sum() == coarse.samples == 12
        assert coarse.roots == 4
        found.append(
            [coarse.met.tolist(), logs["class_accuracy"], logs["class_loss"]]
        )
    assert found[0][0] == found[1][0]
    np.testing.assert_allclose(found[0][1:], found[1][1:], rtol=1e-5)
