"""A tree of more classes than a model has: each place says what to do."""

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.hierarchy_error import subset_hint
from tests.support import small

TREE = kh.Hierarchy.from_paths(
    [(f"group {label // 5}", f"class {label}") for label in range(20)]
)
X = np.random.default_rng(0).random((12, 8, 8, 1)).astype("float32")
Y = np.arange(12) % 6


def count():
    kh.ConfusionMatrix(TREE).update_state(Y, np.eye(6)[Y])


def write(folder):
    with kh.BlocksWriter(folder, TREE) as writer:
        writer.matrix(np.eye(6, dtype=int), 1)


def sample(folder):
    model = small.model()
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
    )
    model.evaluate(X, Y, verbose=0)


def probe():
    found = kh.analysis.features(small.model(), (X, Y))
    kh.analysis.probe(found, TREE)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda _: kh.add_heads(
            small.model(), heads={"conv2": TREE.cut(groups=4)}
        ),
        lambda _: kh.compile_args(small.model(), TREE),
        lambda _: kh.targets(small.model(), label_mode="nodes", hierarchy=TREE),
        lambda _: count(),
        lambda _: probe(),
        write,
        sample,
    ],
)
def test_models_of_fewer_classes(mistake, tmp_path):
    with pytest.raises(ValueError, match=r"hierarchy\.subset\(ids\) is the"):
        mistake(tmp_path)


@pytest.mark.parametrize("scored", [None, 1, 20, 21])
def test_other_numbers_want_no_part_of_it(scored):
    assert subset_hint(scored, 20) == ""


def test_layers_say_so_before_the_first_epoch(tmp_path):
    model = small.model()
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    layers = kh.LayersCallback(tmp_path, (X, Y), TREE, controls=1)
    with pytest.warns(UserWarning, match=r"^Epochs are logged .*subset\(ids\)"):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[layers])
