"""The study's penalty and batches: which images are drawn, and how."""

import argparse

import keras
import numpy as np
import pytest

from study.training import augment
from study.training.batches import Recipe, batches, drawn
from study.training.data import Images
from study.training.labels import split_known
from study.training.network import make_optimizer


def decayed(step, steps=300):
    """A weight, a scale and a bias of 1 after steps without other gradient."""
    variables = [
        keras.Variable(1.0, name=name) for name in ("kernel", "gamma", "bias")
    ]
    for _ in range(steps):
        step(variables)
    return [float(variable) for variable in variables]


def test_the_penalty_is_that_of_the_papers():
    args = argparse.Namespace(
        epochs=10**6, learning_rate=0.05, optimizer="sgd", weight_decay=0.0
    )
    args.l2 = 2e-3
    ours = make_optimizer(args, steps=1)
    theirs = keras.optimizers.SGD(0.05, momentum=0.9)
    # Through the gradient and the momentum, as in the papers.
    through = decayed(
        lambda v: theirs.apply(
            [2e-3 * keras.ops.convert_to_tensor(v[0])], v[:1]
        )
    )
    beside = decayed(lambda v: ours.apply([v[0] * 0, v[1] * 0, v[2] * 0], v))
    assert through[0] == pytest.approx(0.75, abs=0.01)
    assert beside == pytest.approx([through[0], 1, 1], abs=0.01)


def small_images(count=40, size=16):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (count, size, size, 3)).astype(np.uint8)
    return Images(pixels, np.repeat(np.arange(4, dtype=np.int32), count // 4))


def test_every_image_is_drawn_once_before_any_is_again():
    rows = [drawn(10, 4, step, seed=3) for step in range(10)]
    passes = np.concatenate(rows).reshape(4, 10)
    assert (np.sort(passes) == np.arange(10)).all()
    assert len({tuple(rows) for rows in passes}) == 4


def test_what_an_interrupted_run_draws():
    images = small_images()
    recipe = Recipe(12, 8, 5, "strong", 0.5, 0.25, pairs=True)
    coarse = Images(images.pixels, images.labels + 4)

    def take(skip, count):
        stream = batches(images, coarse, 8, recipe, skip)
        return [next(stream) for _ in range(count)]

    for (x, y), (other, z) in zip(take(3, 2), take(0, 5)[3:], strict=True):
        assert x.shape == (8, 12, 12, 3)
        assert y["weak"].shape == (6, 12, 12, 3)
        np.testing.assert_array_equal(x, other)
        for name in ("labels", "weak"):
            np.testing.assert_array_equal(y[name], z[name])
        # Two exact images, mixed or not, then six coarse ones.
        assert y["labels"][:2, :4].sum(1).tolist() == pytest.approx([1, 1])
        assert (y["labels"][2:, 4:].max(1) == 1).all()


def test_cutmix_mixes_labels_by_the_area():
    rng = np.random.default_rng(0)
    pixels = np.arange(6, dtype=np.uint8)[:, None, None, None]
    pixels = np.broadcast_to(pixels, (6, 20, 20, 3))
    for _ in range(20):
        mixed, targets = augment.cutmix(pixels, np.eye(6, dtype="f"), rng)
        shares = [np.bincount(m[..., 0].ravel(), minlength=6) for m in mixed]
        np.testing.assert_allclose(targets, np.array(shares) / 400, atol=1e-6)
    assert (pixels[3] == 3).all()


@pytest.mark.parametrize("view", augment.VIEWS)
def test_views_are_crops_that_differ_and_repeat(view):
    image = small_images(4, 16).pixels[0]

    def seen(seed):
        return augment.VIEWS[view](image, 12, np.random.default_rng(seed))

    assert seen(0).shape == (12, 12, 3)
    assert seen(0).dtype == np.uint8
    np.testing.assert_array_equal(seen(0), seen(0))
    assert len({seen(seed).tobytes() for seed in range(20)}) > 10


def test_the_first_images_of_a_class_stay_exact():
    images = small_images()
    of_class = np.array([4, 4, 5, 5], np.int32)
    exact, coarse = split_known(images, 3, of_class)
    rows = np.arange(40).reshape(4, 10)
    np.testing.assert_array_equal(exact.labels, np.repeat(np.arange(4), 3))
    np.testing.assert_array_equal(
        exact.pixels, images.pixels[rows[:, :3].ravel()]
    )
    np.testing.assert_array_equal(coarse.labels, np.repeat([4, 4, 5, 5], 7))
    _, few = split_known(images, 3, of_class, count=2)
    np.testing.assert_array_equal(
        few.pixels, images.pixels[rows[:, 3:5].ravel()]
    )
    assert split_known(images, 3, None)[1] is None
    assert split_known(images, 10, of_class)[1] is None
    with pytest.raises(SystemExit, match="too few for --exact 11"):
        split_known(images, 11, of_class)
