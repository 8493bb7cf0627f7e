import keras
import numpy as np
import pytest
import small
import tensorflow as tf

import keras_hier as kh
from keras_hier.heads.fuse_heads import FusedClasses
from keras_hier.scores.fusion import fuse, fusion_weights


def trained(activation=None, **kwargs):
    model = small.headed(activation, **kwargs)
    small.compiled(
        model, small.hierarchy(), keras.optimizers.Adam(0.03), metrics=False
    )
    x, y = kh.targets(model)(*small.data(256))
    model.fit(x, y, batch_size=64, epochs=2, verbose=0)
    return model


@pytest.fixture(scope="module")
def trained_once():
    return trained()


@pytest.fixture
def model(trained_once):
    """A trained model with heads, whatever a test does to its weights."""
    weights = trained_once.get_weights()
    yield trained_once
    trained_once.set_weights(weights)


def scores(model, images):
    # Compiling `predict` takes longer than all that it does here.
    outputs = model(images)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)


@pytest.mark.parametrize("activation", [None, "softmax"])
def test_the_model_multiplies_as_numpy_does(activation, request, tmp_path):
    if activation is None:
        model = request.getfixturevalue("model")
    else:
        model = trained(activation)
    images, labels = small.data(192, seed=1)
    fused = kh.fuse_heads(model, (images, labels))

    outputs = scores(model, images)
    classes = outputs.pop("class")
    if activation:
        classes = np.log(np.maximum(classes, keras.config.epsilon()))
    heads = {
        name: (logits, model.get_layer(name).grouping)
        for name, logits in outputs.items()
        if "groups" in name
    }
    weights = fusion_weights(classes, heads, labels)
    found = scores(fused, images)
    np.testing.assert_allclose(
        found, fuse(classes, heads, weights), rtol=1e-3, atol=1e-3
    )
    # It was fitted to these samples: it cannot be worse than the classes.
    alone = fuse(classes, {}, {"class": 1.0})
    right = np.arange(len(labels)), labels
    assert found[right].mean() >= alone[right].mean() - 1e-4

    fused.save(tmp_path / "fused.keras")
    again = kh.load_model(tmp_path / "fused.keras")
    np.testing.assert_allclose(
        scores(again, images), found, rtol=1e-5, atol=1e-5
    )


def test_replicas_ask_each_sample_once(mirrored):
    images, labels = small.data(96, seed=1)
    batches = [(images[:48], labels[:48]), (images[48:], labels[48:])]
    with mirrored.scope():
        # Linear heads: under batch normalization Keras gives each replica
        # moving averages of its own, so that it matters which one is asked.
        model = trained(head="pool")
    found = kh.fuse_heads(model, batches).get_layer("fused").fusion_weights
    whole = kh.fuse_heads(model, (images, labels))
    expected = whole.get_layer("fused").fusion_weights
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_batches_of_labels_or_targets_give_what_arrays_give(model):
    images, labels = small.data(100, seed=1)
    whole = kh.fuse_heads(model, (images, labels[:, None]))
    expected = whole.get_layer("fused").fusion_weights
    pieces = [
        (images[at : at + 30], labels[at : at + 30]) for at in range(0, 100, 30)
    ]
    targets = kh.targets(model)
    for batches in (pieces, [targets(*piece) for piece in pieces]):
        fused = kh.fuse_heads(model, batches)
        found = fused.get_layer("fused").fusion_weights
        assert found == pytest.approx(expected, abs=1e-3)


def test_samples_of_weight_0_are_left_out(model):
    images, labels = small.data(90, seed=1)
    expected = kh.fuse_heads(model, (images[30:], labels[30:]))
    weights = np.where(np.arange(90) < 30, 0.0, 2.0)
    of_any_label = np.where(weights == 0, -1, labels)
    whole = kh.targets(model)(images, of_any_label, weights)
    arrays = images, of_any_label, weights
    pieces = [tuple(a[at : at + 45] for a in arrays) for at in (0, 45)]
    by_output = images, of_any_label, {"class": weights}
    for held_out in (whole, pieces, by_output):
        fused = kh.fuse_heads(model, held_out)
        assert fused.get_layer("fused").fusion_weights == pytest.approx(
            expected.get_layer("fused").fusion_weights, abs=1e-3
        )


def test_batches_that_a_filter_empties_are_passed_over(model):
    x, y = small.data(64)
    order = np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    kept = y < 4
    batches = [
        (
            x[at : at + 16][kept[at : at + 16]],
            y[at : at + 16][kept[at : at + 16]],
        )
        for at in range(0, len(y), 16)
    ]
    assert not len(batches[-1][1])
    found = kh.fuse_heads(model, batches)
    expected = kh.fuse_heads(model, (x[kept], y[kept]))
    np.testing.assert_allclose(
        found.predict(x, verbose=0), expected.predict(x, verbose=0), atol=1e-5
    )
    with pytest.raises(ValueError, match=r"other than 0\. Got none"):
        kh.fuse_heads(model, (x[:0], y[:0]))
    with pytest.raises(ValueError, match="samples and 0 labels"):
        kh.fuse_heads(model, (x, y[:0]))
    single = tf.data.Dataset.from_tensor_slices((x, y))
    with pytest.raises(ValueError, match="Batch the data set"):
        kh.fuse_heads(model, single)


def test_held_out_samples_without_any_weight_are_refused(model):
    with pytest.raises(ValueError, match="of a weight other than 0"):
        kh.fuse_heads(model, (*small.data(9), np.zeros(9)))


def test_a_head_without_a_say_is_left_out(model):
    # Logits that are always 0 tell nothing; the classes tell half.
    for name in ("conv1_groups3", "class"):
        layer = model.get_layer(name)
        for variable in layer.weights:
            scale = 0.0 if name == "conv1_groups3" else 0.5
            variable.assign(scale * np.asarray(variable))
    fused = kh.fuse_heads(model, small.data(192, seed=1))
    names = {layer.name for layer in fused.layers}
    assert not names & {"conv1_groups3", "conv1_probe3"}
    weights = fused.get_layer("fused").fusion_weights
    assert len(weights) == 1 + ("conv2_groups6" in names)


def test_a_model_whose_outputs_are_no_better_than_a_guess_says_so(model):
    images, _ = small.data(96, seed=1)
    labels = scores(model, images)["class"].argmin(axis=1)
    with pytest.warns(UserWarning, match=r"96 samples than a blind guess"):
        fused = kh.fuse_heads(model, (images, labels))
    np.testing.assert_allclose(fused(images), np.log(1 / 6), rtol=1e-6)


def test_what_is_impossible_to_one_may_have_no_say():
    classes = np.array([[2.0, -np.inf, 0.0, 1.0]], np.float32)
    head = np.array([[-np.inf, 0.5]], np.float32)
    pets = kh.Grouping(["pet", "car"], [0, 0, 1, 1])
    for weights in ([0.0, 1.0], [1.0, 0.0], [0.7, 0.4]):
        layer = FusedClasses(weights, [pets])
        found = keras.ops.convert_to_numpy(layer([classes, head]))
        named = dict(zip(("class", "head"), weights, strict=True))
        expected = fuse(classes, {"head": (head, pets)}, named)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_what_it_refuses(model):
    images, labels = small.data(8)
    with pytest.raises(ValueError, match="nothing to fuse"):
        kh.fuse_heads(small.model(), (images, labels))
    with pytest.raises(ValueError, match="no batches"):
        kh.fuse_heads(model, [])
    with pytest.raises(ValueError, match="without labels, of type ndarray"):
        kh.fuse_heads(model, [images, labels])
    with pytest.raises(ValueError, match="without labels, of type tuple"):
        kh.fuse_heads(model, (images,))
    fused = kh.fuse_heads(model, (images, labels))
    cut = keras.Model(model.input, list(model.output.values()))
    with pytest.raises(ValueError, match="it is fused already, or cut"):
        kh.fuse_heads(cut, (images, labels))
    # Nor does it ask for labels of heads.
    assert kh.targets(fused)(images, labels)[1] is labels
    with pytest.raises(ValueError, match=r"0\.\.5, got 0\.\.9"):
        kh.targets(fused)(images[:2], np.array([0, 9]))
    with pytest.raises(ValueError, match=r"'class' among those of \['x'\]"):
        kh.fuse_heads(model, (images, {"x": labels}))
    endless = tf.data.Dataset.from_tensors((images, labels)).repeat()
    with pytest.raises(ValueError, match=r"leave out repeat\(\)"):
        kh.fuse_heads(model, endless)
    with pytest.raises(ValueError, match="argmax"):
        kh.fuse_heads(model, (images, np.eye(6)[labels]))
    with pytest.raises(ValueError, match="8 samples and 7 labels"):
        kh.fuse_heads(model, (images, labels[:-1]))
    with pytest.raises(ValueError, match=r"3 weights of 8 samples"):
        kh.fuse_heads(model, (images, labels, np.ones(3)))
    some = np.where(np.arange(8) < 2, 7, labels)  # a group
    with pytest.raises(ValueError, match=r"2 of 8 beyond.*sample weight of 0"):
        kh.fuse_heads(model, (images, some))
    kh.fuse_heads(model, (images, some, np.arange(8) >= 2))


def test_a_group_of_one_class_is_that_class():
    hierarchy = small.hierarchy()
    model = kh.add_heads(
        small.model(), heads={"conv2": hierarchy.cut(max_size=1)}
    )
    small.compiled(
        model,
        hierarchy,
        keras.optimizers.SGD(0.1),
        metrics=False,
        label_mode="nodes",
    )
    images, labels = small.data(192)
    targets = kh.targets(model, label_mode="nodes")
    model.fit(*targets(images, labels), batch_size=48, epochs=2, verbose=0)
    known = np.where(labels == 3, hierarchy.node_label("cat"), labels)
    known = np.where(labels == 2, hierarchy.node_label("food"), known)
    exact, coarse = (
        kh.fuse_heads(model, held_out).get_layer("fused").fusion_weights
        for held_out in ((images, labels), (images, known))
    )
    assert coarse == exact
    assert any(exact)
    some = np.where(np.arange(192) < 2, hierarchy.node_label("dog"), known)
    with pytest.raises(ValueError, match="2 of 192 beyond"):
        kh.fuse_heads(model, (images, some))
    with pytest.raises(ValueError, match=r"integers .* got float64 of shape"):
        kh.fuse_heads(model, (images, known.astype(float)))
