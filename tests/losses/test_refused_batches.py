"""Labels and scores that cannot be right: errors, and NaN in compiled steps."""

import functools

import keras
import numpy as np
import pytest
import small
from small import numpy, one_hot, softmax

from keras_hier import losses

TREE = small.hierarchy()
LOSSES = {
    "hxe": functools.partial(losses.HierarchicalCrossentropy, TREE),
    "soft": functools.partial(losses.SoftLabelCrossentropy, TREE),
}
hxe = LOSSES["hxe"]
# One of them on all backends: their base checks labels and scores.
every_loss = pytest.mark.parametrize(
    "make",
    [pytest.param(hxe, marks=pytest.mark.any_backend), LOSSES["soft"]],
    ids=LOSSES,
)


def batch(samples):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (samples, 6)).astype("float32")
    return rng.integers(0, 6, samples), logits


@every_loss
@pytest.mark.parametrize("soft", [False, True])
def test_samples_without_weight_may_have_any_label(make, soft):
    labels, logits = batch(6)
    weights = np.array([1, 0, 2, 0, 1, 1], "float32")
    kept = weights > 0
    any_label = np.where(kept, labels, [-1, -1, 0, 99, 0, 0])
    if soft:
        labels, any_label = one_hot(labels), one_hot(labels) * kept[:, None]
    each = numpy(make(reduction=None)(labels[kept], logits[kept]))
    found = float(make()(any_label, logits, weights))
    assert found == pytest.approx((each * weights[kept]).sum() / 6, rel=1e-5)


WRONG = {
    "outside": (
        [-1, 0, 6, 3],
        r"2 of 4 labels do not lie in 0\.\.5: 1 below 0",
    ),
    "one-based": ([1, 2, 6, 3], "They look one-based"),
    "fraction": ([0.7, 1, 2, 3], "1 of 4 labels are no whole numbers"),
    "several": (one_hot(range(4)) + one_hot([3] * 4), "do not sum to 1"),
    "none": (one_hot(range(4)) * 0, "4 of 4 one-hot or soft labels"),
    "below 0": (
        1.5 * one_hot(range(4)) - 0.5 * one_hot([5] * 4),
        "4 of 4 one-hot or soft labels .* are negative",
    ),
}


@every_loss
@pytest.mark.parametrize(("labels", "message"), WRONG.values(), ids=WRONG)
def test_wrong_labels(make, labels, message):
    labels = np.array(labels)
    with pytest.raises(ValueError, match=message):
        make()(labels, batch(4)[1])


# Logits of an untrained network, the same for every sample: their sum of nearly
# 1 is one chance, not four.
ALIKE = np.tile(np.float32([0.4, 0.25, 0.15, 0.1, 0.08, 0.03]), (4, 1))


@every_loss
def test_wrong_scores(make):
    labels, logits = batch(4)
    p = softmax(logits).astype("float32")
    with pytest.raises(ValueError, match=r"pass from_logits=False"):
        make()(labels, p)
    with pytest.raises(ValueError, match=r"pass from_logits=True"):
        make(from_logits=False)(labels, logits)
    p[1] *= 0.8
    with pytest.raises(ValueError, match=r"1 of 4 samples are no prob"):
        make(from_logits=False)(labels, p)
    # Three rows may be logits by chance.
    assert np.isfinite(float(make()(labels[:3], softmax(logits[:3]))))
    assert np.isfinite(float(make()(labels, ALIKE)))


def compiled(loss):
    """Returns losses [N] and gradients [N, C], from a compiled function."""
    if keras.backend.backend() == "jax":
        import jax

        def run(labels, scores):
            slopes = jax.grad(lambda x: keras.ops.sum(loss(labels, x)))
            return loss(labels, scores), slopes(scores)

        return jax.jit(run)
    import tensorflow as tf

    @tf.function(jit_compile=True)
    def run(labels, scores):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            losses = loss(labels, scores)
        return losses, tape.gradient(losses, scores)

    return run


@pytest.mark.any_backend
def test_what_is_wrong_in_a_compiled_step_is_nan_and_teaches_nothing():
    # One loss, since their base does it.
    if keras.backend.backend() == "torch":
        pytest.skip("no step is compiled there")
    run = compiled(hxe(reduction=None))
    _, logits = batch(4)
    tensor = keras.ops.convert_to_tensor
    mixed = one_hot(range(4))
    mixed[0, 3] = 1
    cases = (
        (np.array([-1, 0, 6, 3]), logits, [1, 0, 1, 0]),
        (np.array([0.7, 1, 2, 3], "float32"), logits, [1, 0, 0, 0]),
        (mixed, logits, [1, 0, 0, 0]),
        (np.arange(4), softmax(logits).astype("float32"), [1, 1, 1, 1]),
        (np.arange(4), logits, [0, 0, 0, 0]),
        (np.arange(4), ALIKE, [0, 0, 0, 0]),
    )
    for labels, values, wrong in cases:
        losses, slopes = run(tensor(labels), tensor(values))
        assert np.isnan(numpy(losses)).tolist() == [w == 1 for w in wrong]
        assert np.isfinite(numpy(slopes)).all()
        assert (abs(numpy(slopes)).sum(axis=1) == 0).tolist() == [
            w == 1 for w in wrong
        ]
    scaled = softmax(logits).astype("float32") * [[1], [0.9], [1], [1]]
    losses, _ = compiled(hxe(reduction=None, from_logits=False))(
        tensor(np.arange(4)), tensor(scaled.astype("float32"))
    )
    assert np.isnan(numpy(losses)).tolist() == [False, True, False, False]


@pytest.mark.any_backend
def test_wrong_scores_in_fit():
    x, y = small.data(16)
    model = small.model("softmax")
    compiled = keras.backend.backend() != "torch"
    model.compile("sgd", hxe(), jit_compile=compiled)
    if not compiled:
        with pytest.raises(ValueError, match="all 16 samples"):
            model.fit(x, y, batch_size=16, verbose=0)
        return
    before = [numpy(w) for w in model.trainable_weights]
    history = model.fit(x, y, batch_size=16, verbose=0).history
    assert np.isnan(history["loss"]).all()
    after = [numpy(w) for w in model.trainable_weights]
    np.testing.assert_equal(after, before)


@every_loss
@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], np.zeros((2, 5)), r"\[N, 6\].*\(2, 5\).*heads"),
        ([0, 1], np.zeros(2), r"\[N, 6\].*\(2,\)"),
        (np.zeros((2, 5)), np.zeros((2, 6)), r"labels.*\(2, 5\)"),
        (np.zeros((2, 2, 6)), np.zeros((2, 6)), r"labels.*\(2, 2, 6\)"),
    ],
)
def test_bad_shapes(make, labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        make()(labels, predictions)
