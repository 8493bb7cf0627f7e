"""`keras-hier probe` on files of any program."""

import csv
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from probed_files import CLASSES, CONTROLS, LAYERS, TREE

import keras_hier as kh
from keras_hier.log.run_log import RunLog

FILES = "early.npy middle.npy late.npy"
FEATURES = f"probe --features {FILES}"
GIVEN = f"{FEATURES} --hierarchy tree.json --labels y.npy"
LATE = "probe --features late.npy --hierarchy tree.json"


def log_answers(
    counts=((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (0, 0, 0, 1)),
    step=37,
    tree=TREE,
    split="validation",
):
    with kh.BlocksWriter("run", tree, split) as writer:
        writer.matrix(np.array(counts), step)


def test_three_files_open_with_sentences(folder):
    layers = [f"{name}/{layer}.npy" for name in CONTROLS for layer in LAYERS]
    controls = "".join(
        f" --control {' '.join(layers[at : at + 3])}" for at in range(0, 15, 3)
    )
    more = f"--scores scores.npy --logdir run --csv out.csv{controls}"
    first, second, third, fourth, *_ = folder(f"{GIVEN} {more}").split("\n")
    assert first.startswith("Best layer late: a linear probe names ")
    assert "in an untrained network" in first
    assert second.startswith("middle and late tell classes apart better than ")
    assert third.startswith("Not shown of early: the largest estimate is ")
    assert fourth.startswith("Asking late as well as the output takes ")
    record = RunLog("run").layers()
    assert (record.layers, record.controls) == (LAYERS, 5)
    with open("out.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 3 * len(record.groups)


def test_labels_and_scores_of_every_kind_say_the_same(folder):
    labels, scores = np.load("y.npy"), np.load("scores.npy")
    said = folder(f"{LATE} --labels y.npy --scores scores.npy")
    assert said.startswith("No control: ")
    turned = scores[:, ::-1]
    np.savez("z.npz", scores=turned, classes=CLASSES[::-1])
    rows = [",".join(map(str, row)) for row in turned.tolist()]
    Path("z.csv").write_text("\n".join([",".join(CLASSES[::-1]), *rows]))
    np.save("turned.npy", turned)
    np.save("back.npy", 3 - labels)
    Path("back.txt").write_text("\n".join(CLASSES[::-1]))
    for files in (
        "--labels ids.npy --scores z.csv",
        "--labels ids.npy --scores z.npz",
        "--labels back.npy --scores turned.npy --classes back.txt",
    ):
        assert folder(f"{LATE} {files}") == said, files
    said = folder.refused(f"{LATE} --labels y.npy --scores z.npz")
    assert "y.npy does not say how it does" in said


def test_whole_numbers_that_may_be_ids_are_asked_about(folder):
    ids = ("0", "1", "10", "2")
    tree = kh.Hierarchy.from_paths([("ab"[i % 2], ids[i]) for i in range(4)])
    Path("tree.json").write_text(tree.to_json())
    np.save("m.npy", np.load("y.npy") % 3)
    said = folder.refused(f"{LATE} --labels m.npy")
    assert "2 is '2' as an id and '10' as a number" in said
    assert "--labels-are ids, or --labels-are numbers" in said
    assert folder(f"{LATE} --labels m.npy --labels-are ids")


def test_the_tree_and_the_epoch_of_a_run(folder):
    log_answers()
    out = folder(f"{FEATURES} --labels y.npy --logdir run")
    assert "run: logged at epoch 37" in out
    log = RunLog("run")
    assert log.layer_epochs() == (37,)
    assert set(log.outputs) == {"class", *(f"{n}_linear" for n in LAYERS)}
    # An earlier one is refused before anything is fitted.
    said = folder.refused(f"{GIVEN} --logdir run --step 2")
    assert "--epoch 2 would come after epoch 37, of which 'run' has" in said
    folder(f"{GIVEN} --logdir run --step 38")
    assert RunLog("run").layer_epochs() == (37, 38)


def test_the_epoch_of_a_damaged_run_is_not_guessed(folder):
    log_answers()
    (file,) = Path("run/validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    assert "is damaged" in folder.refused(f"{GIVEN} --logdir run")
    assert [*Path("run/validation").iterdir()] == [file]


def test_the_tree_is_that_of_the_split(folder):
    other = kh.Hierarchy.from_paths(
        [("x", "cat"), ("y", "dog"), ("x", "bus"), ("y", "van")]
    )
    log_answers(step=1)
    log_answers(step=1, tree=other, split="test")
    folder(f"{FEATURES} --labels y.npy --logdir run --split test")
    assert RunLog("run", "test").layers().hierarchy == other.digest


@pytest.mark.parametrize("warned", [False, True])
def test_a_network_unlike_the_run_is_said(folder, warned):
    answers = np.load("scores.npy").argmax(axis=1)
    flat = np.load("y.npy") * 4 + (0 if warned else answers)
    log_answers(np.bincount(flat, minlength=16).reshape(4, 4), 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folder(f"{GIVEN} --scores scores.npy --logdir run")
    said = "in the log of epoch 2"
    assert any(said in str(each.message) for each in caught) is warned


def test_a_folder_that_names_no_classes_wants_their_order(folder):
    values, labels = np.load("late.npy"), np.load("y.npy")
    kh.analysis.Features(
        {"late": values}, labels, np.load("scores.npy"), classes=CLASSES
    ).save("feats")
    file = Path("feats/features.json")
    fields = json.loads(file.read_text())
    assert fields.pop("classes") == [*CLASSES]
    file.write_text(json.dumps(fields))
    command = "probe --features feats --hierarchy tree.json"
    assert "--classes FILE" in folder.refused(command)
    folder(f"{command} --classes order.txt")


@pytest.mark.parametrize("of", ["--logdir run", "--hierarchy computed.json"])
def test_a_computed_tree_does_not_order_numbers(folder, of):
    # Ids in files come without an order: the tree has them sorted.
    assert (*sorted(CLASSES),) != CLASSES
    answers = np.load("scores.npy").argmax(axis=1)
    np.save("named.npy", np.array(CLASSES)[answers])
    folder("log --labels ids.npy --predictions named.npy --logdir run")
    folder("tree run --out computed.json")
    late = "probe --features late.npy"
    by_id = folder(f"{late} --labels ids.npy --hierarchy computed.json")
    by_number = f"{late} --labels y.npy {of}"
    assert "say by --classes which class" in folder.refused(by_number)
    assert folder(f"{by_number} --classes order.txt").startswith(by_id)


MODEL = "m.keras --hierarchy tree.json --data"
TREE_OF = "--hierarchy tree.json"
NPY = f"--features {FILES}"
ALL = f"{NPY} {TREE_OF} --labels y.npy"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("m.keras", "wants --data"),
        (f"{MODEL} .", "There is no file 'm.keras'"),
        ("m.keras --data x --labels y.npy", "--labels does not"),
        (f"{NPY} {TREE_OF}", "want --labels"),
        (f"{NPY} --labels y.npy", "Give --hierarchy"),
        (f"{NPY} --labels y.npy --logdir none", "no tree of classes yet"),
        (
            f"--features y.csv --labels y.npy --logdir x {TREE_OF}",
            "one folder or .npy files",
        ),
        (
            f"--features early.npy u1/early.npy --labels y.npy {TREE_OF}",
            "named alike",
        ),
        (
            f"--features untrained.npy early.npy --labels y.npy {TREE_OF}",
            "is called 'untrained', which is what the log calls the best",
        ),
        (
            f"{ALL} --data x",
            "--data does not go with --features",
        ),
        (f"{ALL} --step 0", "--epoch must be 1"),
        (
            f"{ALL} --control u1/early.npy",
            "named like those of --features, which are named after their "
            "layers: there is no 'middle.npy' among u1/early.npy",
        ),
        (f"{ALL} --csv x.txt", "ends in .csv"),
        (f"--features . {TREE_OF}", "holds no features"),
        (
            f"--features . --labels y.npy {TREE_OF}",
            "--labels does not go with the folder '.'",
        ),
        (
            f"--features . {TREE_OF} --control u1/early.npy",
            "--control must be a folder, as --features is one, got 'u1/early",
        ),
        (
            f"{ALL} --folds 1",
            "--folds must be 2 or more, got 1.",
        ),
        (
            f"{ALL} --seed -1",
            "--seed must be 0 or more, got -1.",
        ),
        (f"{MODEL} . --untrained -1", "--untrained must be 0 or more"),
        (f"{MODEL} x", "There is no folder or file 'x': --data is a folder"),
        # These have no option for it here.
        (
            f"{NPY} --labels nodes.npy {TREE_OF}",
            "Samples that are known as a group only are to be left out.",
        ),
        (
            f"{NPY} --labels names.npy {TREE_OF}",
            "Samples that are known as a group only are to be left out.",
        ),
    ],
)
def test_arguments_that_do_not_go_are_said_in_a_line(folder, arguments, said):
    shutil.copy("early.npy", "untrained.npy")
    np.save("nodes.npy", np.arange(200) % 5)
    np.save("names.npy", np.array([*CLASSES, "pet"])[np.arange(200) % 5])
    error = folder.refused(f"probe {arguments}")
    assert said in error
    assert "--node-labels" not in error
    assert not Path("x").exists()
