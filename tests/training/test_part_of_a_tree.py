"""A tree of more classes than a model has: each place says what to do."""

import keras
import numpy as np
import pytest
from scipy import sparse

import keras_hier as kh
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from tests.support import small

TREE = kh.Hierarchy.from_paths(
    [(f"group {label // 5}", f"class {label}") for label in range(20)]
)
X = np.random.default_rng(0).random((12, 8, 8, 1)).astype("float32")
Y = np.arange(12) % 6


def count():
    kh.ConfusionMatrix(TREE).update_state(Y, np.eye(6)[Y])


def write(folder, counts):
    with kh.BlocksWriter(folder, TREE) as writer:
        writer.matrix(counts, 1)


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
        lambda folder: write(folder, np.eye(6, dtype=int)),
        lambda folder: write(folder, sparse.csr_array(np.eye(6, dtype=int))),
    ],
)
def test_models_of_fewer_classes(mistake, tmp_path):
    with pytest.raises(ValueError, match=r"hierarchy\.subset\(ids\) is the"):
        mistake(tmp_path)


@pytest.mark.parametrize(
    "shape",
    [(), (6,), (None, None), (None, 1), (None, 20), (6, 21), (None, 8, 8, 6)],
)
def test_other_shapes_want_no_part_of_it(shape):
    assert subset_hint(shape, 20) == ""


def test_groups_are_no_part_of_the_classes(tmp_path):
    groups = TREE.cut(groups=4)
    found = kh.ConfusionMatrix(TREE, groups, collapse=False)
    with pytest.raises(ValueError, match="one score for each") as of_scores:
        found.update_state(Y % 3, np.eye(3)[Y % 3])
    with (
        kh.BlocksWriter(tmp_path, TREE) as writer,
        pytest.raises(ValueError, match="each of the groups") as of_counts,
    ):
        writer.matrix(np.eye(3, dtype=int), 1, "head", grouping=groups)
    for said in (of_scores, of_counts):
        assert "subset" not in str(said.value)


def test_layers_say_so_before_the_first_epoch(tmp_path):
    model = small.model()
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    layers = kh.LayersCallback(tmp_path, (X, Y), TREE, controls=1)
    with pytest.warns(UserWarning, match=r"^Epochs are logged .*subset\(ids\)"):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[layers])
