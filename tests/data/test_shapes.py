import numpy as np
import pytest

import keras_hier as kh
from keras_hier.data import shapes


def test_the_tree_has_three_levels():
    hierarchy = shapes.hierarchy()
    assert hierarchy.num_classes == 48
    assert hierarchy.classes == tuple(sorted(hierarchy.classes))
    assert hierarchy.cut(depth=1).sizes.tolist() == [12] * 4
    assert hierarchy.cut(depth=2).sizes.tolist() == [4] * 12
    assert set(hierarchy.depth[hierarchy.leaves]) == {3}
    assert kh.data.shapes is shapes


def test_images_are_balanced_seeded_and_varied():
    images, labels = shapes.load(3, seed=5)
    assert images.shape == (144, 48, 48, 3)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int32
    assert np.bincount(labels).tolist() == [3] * 48
    assert (np.diff(labels) < 0).any()  # shuffled
    again, again_labels = shapes.load(3, seed=5)
    assert (images == again).all()
    assert (labels == again_labels).all()
    assert (images != shapes.load(3, seed=6)[0]).any()
    # No two alike, none blank.
    assert len({image.tobytes() for image in images}) == 144
    assert (images.std((1, 2)).max(1) > 8).all()
    assert shapes.load(1, size=64)[0].shape == (48, 64, 64, 3)


def test_colour_tells_nothing():
    """A linear model on mean colours stays near chance, 1 in 48."""
    images, labels = shapes.load(20, seed=0)
    colours = images.mean((1, 2)) / 255
    half = len(labels) // 2
    x = np.column_stack([colours, colours**2, np.ones(len(colours))])
    weights, *_ = np.linalg.lstsq(x[:half], np.eye(48)[labels[:half]])
    right = (x[half:] @ weights).argmax(1) == labels[half:]
    assert right.mean() < 0.08


@pytest.mark.parametrize("arguments", [{"num_per_class": 0}, {"size": 8}])
def test_bad_arguments(arguments):
    with pytest.raises(ValueError, match="Received"):
        shapes.load(**{"num_per_class": 1, **arguments})
