import keras
import numpy as np
import pytest
import small
from scipy.special import log_softmax, softmax

import keras_hier as kh
from keras_hier.heads import distillation
from keras_hier.heads.distillation import Distillation
from keras_hier.log.run_log import RunLog

PETS = kh.Grouping(("pet", "vehicle"), [0, 0, 1])
LOGITS = np.array([[2.0, 0.0, -1.0]], np.float32)
HEAD = np.array([[0.0, 3.0]], np.float32)


def value(layer, *scores):
    return keras.ops.convert_to_numpy(layer(list(scores)))


def taught(activation=None, **kwargs):
    hierarchy = small.hierarchy()
    model = small.headed(activation, head="pool", **kwargs)
    return small.compiled(
        model, hierarchy, keras.optimizers.SGD(0.1), metrics=False
    )


def divergence(model, images):
    """How far the outputs of a model are apart, [N]."""
    return keras.ops.convert_to_numpy(model(images)["distillation"])


def in_proportion(groups, classes):
    """Shares log-probabilities of PETS as some log-probabilities are."""
    mass = np.logaddexp(classes[0], classes[1]), classes[2]
    return classes + (groups - mass)[[0, 0, 1]]


def test_the_teacher_is_the_product_of_all_outputs():
    own, groups_own = log_softmax(LOGITS[0] / 2), log_softmax(HEAD[0] / 2)
    teacher = softmax((own + in_proportion(groups_own, own)) / 2)
    shares = np.array([teacher[:2].sum(), teacher[2]])
    expected = (teacher * (np.log(teacher) - own)).sum()
    expected += (shares * (np.log(shares) - groups_own)).sum()
    found = value(Distillation([PETS], temperature=2.0), LOGITS, HEAD)
    assert found == pytest.approx([4 * expected], rel=1e-5)


def test_the_teacher_is_held_constant():
    import tensorflow as tf

    layer = Distillation([PETS], temperature=2.0)
    logits, head = tf.Variable(LOGITS), tf.Variable(HEAD)
    with tf.GradientTape() as tape:
        loss = layer([logits, head])
    own, groups_own = log_softmax(LOGITS[0] / 2), log_softmax(HEAD[0] / 2)
    teacher = softmax((own + in_proportion(groups_own, own)) / 2)
    shares = np.array([teacher[:2].sum(), teacher[2]])
    # T (q - p) is the slope of T^2 KL(p | q), p constant.
    for found, q, p in zip(
        tape.gradient(loss, [logits, head]),
        (own, groups_own),
        (teacher, shares),
        strict=True,
    ):
        np.testing.assert_allclose(found[0], 2 * (np.exp(q) - p), atol=1e-6)


def test_a_head_over_the_classes_in_another_order_reads_the_same():
    order = kh.Grouping(("c", "a", "b"), [1, 2, 0])
    same = kh.Grouping(("a", "b", "c"), [0, 1, 2])
    other = np.array([[0.5, 1.0, 3.0]], np.float32)
    np.testing.assert_allclose(
        value(Distillation([order]), LOGITS, other[:, [2, 0, 1]]),
        value(Distillation([same]), LOGITS, other),
        rtol=1e-5,
    )


def test_outputs_that_agree_teach_each_other_nothing():
    same = kh.Grouping(("a", "b", "c"), [0, 1, 2])
    shares = np.exp(LOGITS[:, :2]).sum(axis=1), np.exp(LOGITS[:, 2])
    found = value(
        Distillation([PETS, same, PETS], temperature=1.0),
        LOGITS,
        np.log(np.stack(shares, axis=1)),
        LOGITS,
        np.log(np.stack(shares, axis=1)),
    )
    assert found == pytest.approx([0], abs=1e-6)


def test_a_class_that_is_masked_teaches_nothing():
    masked = np.array([[2.0, 0.0, -np.inf]], np.float32)
    layer = Distillation([PETS])
    found = value(layer, masked, HEAD)
    # As if the logit were very low.
    low = np.array([[2.0, 0.0, -1e4]], np.float32)
    np.testing.assert_allclose(found, value(layer, low, HEAD), rtol=1e-5)
    assert np.isfinite(found).all()


def test_heads_over_groups_have_no_say_about_what_is_in_them():
    same = kh.Grouping(("a", "b", "c"), [0, 1, 2])
    other = np.array([[0.5, 1.0, 3.0]], np.float32)
    together = log_softmax((log_softmax(LOGITS) + log_softmax(other)) / 2)
    logits = keras.ops.convert_to_tensor
    heads = [
        (logits(log_softmax(other)), same),
        (logits(log_softmax(HEAD)), PETS),
        (logits(log_softmax(2 * HEAD)), PETS),
    ]
    teacher = keras.ops.convert_to_numpy(
        distillation._teacher(logits(log_softmax(LOGITS)), heads)
    )[0]
    assert teacher[0] - teacher[1] == pytest.approx(
        together[0, 0] - together[0, 1], rel=1e-5
    )
    # Two of four outputs say by their classes how likely a pet is.
    pet = np.logaddexp(together[0, 0], together[0, 1]) - together[0, 2]
    pets = [log_softmax(h[0]) @ [1, -1] for h in (HEAD, 2 * HEAD)]
    assert np.logaddexp(teacher[0], teacher[1]) - teacher[2] == pytest.approx(
        (2 * pet + sum(pets)) / 4, rel=1e-5
    )


def test_probabilities_say_what_their_logits_say():
    np.testing.assert_allclose(
        value(Distillation([PETS], from_logits=False), softmax(LOGITS), HEAD),
        value(Distillation([PETS]), LOGITS, HEAD),
        rtol=1e-4,
    )


@pytest.mark.parametrize("activation", [None, "softmax"])
def test_it_is_an_output_with_a_loss_of_its_own(activation, tmp_path):
    model = taught(activation)
    assert list(model.output)[-1] == "distillation"
    images, labels = small.data(64)
    x, y = kh.targets(model)(images, labels)
    before = divergence(model, images).mean()
    history = model.fit(x, y, epochs=5, batch_size=64, verbose=0).history
    parts = {n: history[f"{n}_loss"] for n in model.output}
    weights = {n: 1e-6 if "probe" in n else 1.0 for n in parts}
    for epoch, loss in enumerate(history["loss"]):
        total = sum(weights[n] * part[epoch] for n, part in parts.items())
        assert loss == pytest.approx(total, rel=1e-4)
    found = divergence(model, images)
    assert found.mean() < before
    score = model.evaluate(x, y, verbose=0, return_dict=True)
    assert score["distillation_loss"] == pytest.approx(found.mean(), rel=1e-4)

    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(divergence(again, images), found, rtol=1e-4)


@pytest.mark.parametrize("before", [3.0, None])
def test_heads_that_come_later_join_in(before):
    cut = small.hierarchy().cut(depth=1)
    model = taught(distillation=before)
    assert ("distillation" in model.output) is (before is not None)
    more = kh.add_heads(
        model, heads={"conv2": cut}, head="pool", distillation=2.0
    )
    layer = more.get_layer("distillation")
    assert len(layer.groupings) == 3
    assert layer.temperature == 2.0
    assert list(more.output)[-1] == "distillation"
    for less in (
        kh.add_heads(model, probes={"conv2": cut}, distillation=None),
        kh.without_heads(more),
    ):
        assert not any(isinstance(o, Distillation) for o in less.layers)
    with pytest.raises(ValueError, match=r"above 0, got 0.*distillation=None"):
        taught(distillation=0)


def test_probes_teach_nobody():
    cut = small.hierarchy().cut(depth=1)
    model = kh.add_heads(small.model(), probes={"conv1": cut})
    assert list(model.output) == ["class", "conv1_probe3"]
    model = kh.add_heads(
        small.model(), probes={"conv1": cut}, heads={"conv2": cut}
    )
    assert model.get_layer("distillation").groupings == [cut]


def test_soft_labels_and_class_weights_pass():
    model = taught()
    images, labels = small.data(12)
    soft = np.eye(6, dtype=np.float32)[labels]
    targets = kh.targets(model, class_weight={0: 0.0})
    _, y, weights = targets(images, soft)
    assert weights.shape == (12,)
    small.compiled(
        model, small.hierarchy(), metrics=False, label_mode="categorical"
    )
    found = divergence(model, images)
    score = model.evaluate(
        images, y, sample_weight=weights, verbose=0, return_dict=True
    )
    kept = found * weights  # Keras divides by the samples, not the weights
    assert score["distillation_loss"] == pytest.approx(kept.mean(), rel=1e-3)


def test_the_log_has_the_matrices_of_all_other_outputs(tmp_path):
    model = taught()
    small.compiled(model, small.hierarchy())
    x, y = kh.targets(model)(*small.data(64))
    callback = kh.BlocksCallback(tmp_path)
    model.fit(
        x, y, validation_data=(x, y), epochs=1, callbacks=[callback], verbose=0
    )
    log = RunLog(str(tmp_path), "validation")
    assert set(log.outputs) == set(model.output) - {"distillation"}
