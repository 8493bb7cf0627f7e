import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import torch
from scipy import sparse

import keras_hier as kh

NAMES = np.array(["bike", "bus", "pug", "tabby"])
TRUE = np.tile([0, 0, 1, 1, 2, 2, 3, 3, 3], 20)
NAMED = np.tile([0, 1, 1, 1, 2, 3, 3, 3, 2], 20)
N = len(TRUE)
# By hand, in the order of NAMES.
COUNTS = [[20, 20, 0, 0], [0, 40, 0, 0], [0, 0, 20, 20], [0, 0, 20, 40]]


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


def tree(order=("tabby", "bike", "pug", "bus")):
    groups = {"vehicle": ["bike", "bus"], "animal": ["pug", "tabby"]}
    return kh.Hierarchy.from_nested(groups, classes=order)


def counts(run, epoch=None):
    """Returns the logged counts in the order of NAMES."""
    log = kh.RunLog(run)
    header, matrix = log.matrix(epoch=epoch)
    ids = log.hierarchy(header.hierarchy).classes
    places = [ids.index(name) for name in NAMES if name in ids]
    return matrix.toarray()[np.ix_(places, places)].tolist()


@pytest.mark.parametrize(
    "as_given",
    [
        list,
        np.asarray,
        pd.Series,
        lambda values: pd.Series(values, dtype="category"),
        lambda values: np.array(values.tolist(), object),
        lambda values: np.char.encode(values),
    ],
    ids=["list", "array", "series", "category", "objects", "bytes"],
)
def test_strings_are_ids(run, as_given):
    kh.log_predictions(run, as_given(NAMES[TRUE]), as_given(NAMES[NAMED]))
    assert counts(run) == COUNTS


@pytest.mark.parametrize(
    "as_given",
    [
        list,
        lambda values: pd.Series(values, dtype="Int64"),
        lambda values: torch.tensor(values, dtype=torch.int16),
        tf.constant,
        jnp.asarray,
    ],
    ids=["list", "pandas", "torch", "tensorflow", "jax"],
)
def test_integers_are_numbers_of_classes(run, as_given):
    given = [as_given(TRUE), as_given(NAMED)]
    kh.log_predictions(run, *given, classes=NAMES)
    assert counts(run) == COUNTS
    # In the order of the tree, where no other is said.
    order = ("bike", "bus", "pug", "tabby")
    kh.log_predictions(run, *given, hierarchy=tree(order), epoch=2)
    assert counts(run, 2) == COUNTS


def test_classes_may_come_in_another_order_than_the_trees(run):
    kh.log_predictions(run, TRUE, NAMED, classes=NAMES, hierarchy=tree())
    assert counts(run) == COUNTS
    # The run has a tree now, and that one order.
    kh.log_predictions(run, NAMES[TRUE], NAMES[NAMED], epoch=2)
    assert counts(run, 2) == COUNTS
    assert kh.RunLog(run).matrix(2)[0].hierarchy == tree().digest


@pytest.mark.parametrize("library", [np.asarray, torch.tensor])
def test_scores_log_each_sample(run, library):
    scores = np.full((N, 4), 0.1)
    scores[np.arange(N), NAMED] = 0.7
    ids = [f"{n}.png" for n in range(N)]
    given = library(scores)
    if library is torch.tensor:
        given = given.to(torch.bfloat16).requires_grad_()
    kh.log_predictions(
        run, TRUE, scores=given, classes=NAMES, hierarchy=tree(), ids=ids
    )
    assert counts(run) == COUNTS
    samples = kh.RunLog(run).samples()
    own = np.array(tree().classes)
    names = np.array([f"{n}.png" for n in range(N)])
    for at, name in enumerate(samples.ids):
        sample = int(np.flatnonzero(names == name)[0])
        assert own[samples.labels[at]] == NAMES[TRUE[sample]]
        assert own[samples.classes[at, 0]] == NAMES[NAMED[sample]]
        assert samples.probabilities[at, 0] == pytest.approx(0.7, abs=0.01)


def test_pairs_may_be_counted_before(run):
    table = pd.DataFrame({"t": NAMES[TRUE], "p": NAMES[NAMED]})
    table = table.value_counts().reset_index()
    kh.log_predictions(run, table["t"], table["p"], counts=table["count"])
    assert counts(run) == COUNTS
    with kh.BlocksWriter(run, tree()) as log:
        log.predictions(
            table["t"], table["p"], 2, counts=np.array(table["count"]) * 10**10
        )
    assert counts(run, 2) == (np.array(COUNTS) * 10**10).tolist()


@pytest.mark.parametrize("kind", ["array", "sparse", "list", "crosstab"])
def test_a_matrix_stands_for_both(run, kind):
    given = {
        "array": np.array(COUNTS),
        "sparse": sparse.csr_array(COUNTS),
        "list": COUNTS,
        "crosstab": pd.crosstab(NAMES[TRUE], NAMES[NAMED]),
    }[kind]
    classes = None if kind == "crosstab" else NAMES
    kh.log_predictions(run, given, classes=classes, hierarchy=tree())
    assert counts(run) == COUNTS


def test_without_a_tree_one_is_computed_and_kept(run):
    first = kh.log_predictions(run, NAMES[TRUE], NAMES[NAMED])
    # The errors lie within these two groups.
    assert first.levels()[0].names == ("bike, bus", "pug, tabby")
    again = kh.log_predictions(run, NAMES[TRUE], NAMES[TRUE], epoch=2)
    assert again == first


@pytest.mark.parametrize(
    ("given", "more", "message"),
    [
        ((TRUE,), {}, r"Expected true and predicted.*got one array \(180,\)"),
        (([], []), {}, "y_true is empty"),
        ((TRUE, NAMED[:5]), {}, "one length, got 180 and 5"),
        ((NAMES[TRUE], NAMED), {}, "say by classes= which class each"),
        ((TRUE, NAMES[NAMED]), {}, "say by classes= which class each"),
        ((TRUE / 2, NAMED), {}, "y_true must be integers"),
        ((TRUE, NAMED), {"classes": NAMES[:3]}, r"must lie in 0\.\.2: 60 do"),
        ((TRUE, NAMED), {"classes": ["a"] * 4}, "'a' appears twice"),
        (
            (NAMES[TRUE], ["bus"] * 177 + ["pugg"] * 3),
            {"hierarchy": tree()},
            "at index 177 is none of the 4 classes, nor are 2 more.*'pug'",
        ),
        ((TRUE, NAMED), {"ids": list("abcdefghi")}, "ids .* go with scores"),
        ((TRUE, NAMED), {"counts": [1]}, "counts must be 180 numbers"),
        ((TRUE, NAMED), {"counts": [-1] * N}, "the least -1"),
        ((TRUE, NAMED + 10**12), {}, "numbers no class.*Give ids as strings"),
        ((np.eye(4)[TRUE], NAMED), {}, "y_true must be integers"),
        ((np.ones((4, 3)),), {}, r"got one array \(4, 3\)"),
        ((np.ones((3, 3)),), {"classes": NAMES}, r"\[4, 4\] of the 4 classes"),
        ((TRUE, NAMED), {"split": "dev"}, "split"),
    ],
)
def test_bad_input_is_one_error_and_leaves_no_run(run, given, more, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        kh.log_predictions(run, *given, **more)
    assert not run.exists() or not list(run.rglob("events*"))


def test_a_run_has_a_name():
    with pytest.raises(ValueError, match="name of a folder, got none"):
        kh.log_predictions("", TRUE, NAMED)


def test_numbers_from_1_are_noticed(run):
    with pytest.warns(UserWarning, match="No sample is of class 0"):
        kh.log_predictions(run, TRUE + 1, NAMED + 1)


def test_numbers_need_classes_under_a_tree_of_sorted_ids(run):
    kh.log_predictions(run, NAMES[TRUE], NAMES[NAMED])
    with pytest.raises(ValueError, match=r"computed from errors.*classes="):
        kh.log_predictions(run, TRUE, NAMED, epoch=2)
    kh.log_predictions(run, TRUE, NAMED, epoch=2, classes=NAMES)
    assert counts(run, 2) == COUNTS


@pytest.mark.parametrize(
    "given", [(NAMES[TRUE], NAMES[NAMED]), (np.array(COUNTS),)]
)
def test_a_training_that_runs_again_replaces_its_epochs(run, given):
    for epoch in (1, 2, 3):
        kh.log_predictions(run, TRUE, TRUE, hierarchy=tree(), epoch=epoch)
    with pytest.raises(ValueError, match="resume=True"):
        kh.log_predictions(run, *given, classes=NAMES)
    for epoch in (1, 2):
        kh.log_predictions(run, *given, classes=NAMES, epoch=epoch, resume=True)
    assert kh.RunLog(run).epochs() == (1, 2)
    assert counts(run, 1) == counts(run, 2) == COUNTS
