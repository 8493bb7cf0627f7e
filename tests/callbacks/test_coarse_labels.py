"""A training on labels of any node: what its log says was left out."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
NUMBERING = NodeLabels(TREE)
ROOT, DOG = 6, 8
CUT = TREE.cut(depth=1)
# Dogs and vehicles as such; tabby and pie are the only ones of their groups.
COARSE = NUMBERING.coarsened(TREE.cut(nodes=["dog", "cat", "vehicle", "food"]))
X, Y = small.data(40)
HALF = np.where(np.arange(40) < 20, Y, COARSE[Y])
LEFT_OUT = int((NUMBERING.head_labels(None)[HALF] >= 6).sum())


def compiled():
    model = kh.add_heads(small.model(), heads={"conv2": CUT}, head="pool")
    model.compile(
        keras.optimizers.SGD(0.05),
        **kh.compile_args(model, TREE, label_mode="nodes"),
    )
    return model


new_model = small.AsNew(compiled)


def fit(log_dir, labels=HALF, val=HALF, **options):
    model = new_model()
    apply = kh.targets(model, label_mode="nodes")
    model.fit(
        *apply(X, labels),
        validation_data=apply(X, val),
        batch_size=8,
        shuffle=False,
        verbose=0,
        callbacks=[kh.BlocksCallback(log_dir, **options)],
    )
    return model


def test_the_log_says_how_many_stand_in_no_cell(tmp_path):
    assert 0 < LEFT_OUT < 20
    model = fit(tmp_path)
    answers = model.predict(X, 8, verbose=0)["class"].argmax(axis=1)
    log = RunLog(str(tmp_path), "validation")
    header, matrix = log.matrix("class", 1)
    assert matrix.sum() == header.total == 40 - LEFT_OUT
    assert header.coarse == LEFT_OUT
    right = CUT.of_class[answers] == CUT.of_class[Y]
    coarse = NUMBERING.head_labels(None)[HALF] >= 6
    levels = {groups: rest for groups, *rest in header.coarse_levels}
    assert levels[3] == [LEFT_OUT, int(right[coarse].sum())]
    assert levels[6] == [0, 0]
    # Each label lies inside a group of the head.
    header, matrix = log.matrix("conv2_groups3", 1)
    assert header.coarse == 0
    assert matrix.sum() == 40
    header, _ = RunLog(str(tmp_path), "train").matrix("class", 1)
    assert header.coarse == LEFT_OUT


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (DOG, r"All 40 .*'validation'.*of groups"),
        (ROOT, "which any sample has"),
    ],
)
def test_validation_without_an_exact_label_warns(tmp_path, label, said):
    with pytest.warns(UserWarning, match=said):
        fit(tmp_path, val=np.full(40, label))
    header, _ = RunLog(str(tmp_path), "validation").matrix("class", 1)
    assert (header.total, header.coarse) == (0, 40)


def test_a_group_cut_through_is_no_root(tmp_path):
    # Dogs are in two groups of these, and stand at the root of their tree.
    foreign = kh.Grouping(["x", "y", "z"], [0, 0, 2, 1, 1, 1])
    model = small.model()
    model.compile(
        keras.optimizers.SGD(0.05),
        kh.losses.NodeCrossentropy(TREE),
        weighted_metrics=[
            kh.ConfusionMatrix(TREE, foreign, collapse=True, node_labels=True)
        ],
        run_eagerly=small.EAGERLY,
    )
    with pytest.warns(UserWarning, match=r"All 40 .*'validation'.*of groups"):
        model.fit(
            X,
            HALF,
            validation_data=(X, np.full(40, DOG)),
            verbose=0,
            callbacks=[kh.BlocksCallback(tmp_path)],
        )


@pytest.mark.parametrize(
    "form", [pytest.param("labels", marks=pytest.mark.any_backend), "soft"]
)
def test_samples_known_as_a_group_are_not_logged(tmp_path, form):
    labels = HALF if form == "labels" else np.eye(12)[HALF]
    with pytest.warns(UserWarning, match=rf"{LEFT_OUT} of 40 samples"):
        fit(
            tmp_path,
            samples={"x": X, "y": labels},
            thumbnails_per_class=0,
        )
    read = RunLog(str(tmp_path), "validation").samples()
    assert len(read) == 40 - LEFT_OUT
    exact = NUMBERING.head_labels(None)[HALF] < 6
    np.testing.assert_array_equal(read.labels, np.sort(Y[exact]))


def test_samples_without_a_class_are_not_logged_at_all(tmp_path):
    with pytest.warns(UserWarning, match="none has a label that is a class"):
        fit(
            tmp_path,
            samples={"x": X, "y": np.full(40, DOG)},
            thumbnails_per_class=0,
        )
