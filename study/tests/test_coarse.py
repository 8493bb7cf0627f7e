"""The study's labels at any depth: its labels, recipe and runs."""

import argparse
import json

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from study.tables import bootstrap
from study.tests.study_runs import pets, small_run
from study.training import arguments
from study.training.data import Images
from study.training.labels import coarse_tree
from study.training.network import of_nodes
from study.training.run import known_data
from study.training.scores import right_within
from study.training.teacher import fingerprint
from study.training.variants import VARIANTS


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


def test_what_coarse_labels_are():
    tree = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
    )
    for coarse, names in {
        "1": ["all classes"] * 4,
        "2": ["pet", "pet", "car", "car"],
        "depth1": ["pet", "pet", "car", "car"],
        "4": ["cat", "dog", "bus", "van"],
    }.items():
        same, labels = coarse_tree(tree, coarse, seed=0)
        assert same is tree
        assert [NodeLabels(tree).name(label) for label in labels] == names
    sizes, mixed = [], 0
    for seed in range(8):
        other, labels = coarse_tree(tree, "random2", seed)
        assert other.classes == tree.classes
        below = [NodeLabels(other).classes(label) for label in labels]
        assert all(c in members for c, members in enumerate(below))
        sizes += [len(members) for members in below]
        mixed += set(below[0]) != {0, 1}
    assert set(sizes) == {2}
    assert mixed
    with pytest.raises(SystemExit, match="Expected --coarse 16"):
        coarse_tree(tree, "sixteen", 0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", {"l2": 5e-4, "optimizer": "sgd", "cutmix": 0.5, "epochs": 120}),
        ("", {"view": "crops", "exact_share": None}),
        ("--coarse 16", {"cutmix": 0.0, "exact_share": 0.25, "l2": 5e-4}),
        (
            "--coarse 16 --teacher a.npz b.npz",
            {"cutmix": 0.5, "exact_share": 0.25},
        ),
        ("--coarse 16 --exact 99", {"exact_share": 0.25}),
        ("--coarse 16 --exact 100", {"exact_share": 0.5}),
        ("--exact 100", {"exact_share": None}),
        (
            "--coarse 16 --exact 100 --exact-share 0.25",
            {"exact_share": 0.25},
        ),
        ("--coarse 16 --exact 100 --teacher a.npz", {"exact_share": 0.25}),
        ("--optimizer adam --epochs 3", {"l2": None, "epochs": 3}),
        ("--weight-decay 1e-3", {"l2": None, "weight_decay": 1e-3}),
    ],
)
def test_exact_brings_the_recipe_of_its_chapter(monkeypatch, given, expected):
    command = f"training --data d --out o --exact 25 {given}"
    monkeypatch.setattr("sys.argv", command.split())
    args = vars(arguments.parse_arguments(None))
    assert {name: args[name] for name in expected} == expected


@pytest.mark.parametrize(
    "name",
    [name for name, of in VARIANTS.items() if of.loss or of.learned_weights],
)
def test_another_loss_is_not_dropped(monkeypatch, capsys, name):
    command = f"training --data d --out o --exact 25 --variant {name}"
    monkeypatch.setattr("sys.argv", command.split())
    with pytest.raises(SystemExit):
        arguments.parse_arguments(None)
    said = capsys.readouterr().err
    assert f"--exact has a loss of its own, and {name}" in said


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("", "baseline-batch-900-0"),
        ("--stem-stride 1 --seed 2", "baseline-batch-stem1-900-2"),
        (
            "--variant heads3 --head-tree of/errors.json",
            "heads3-batch-900-errors-0",
        ),
        ("--exact 25", "baseline-25-0-0"),
        (
            "--exact 25 --coarse 16 --epochs 240 --teacher a.npz b.npz --even",
            "baseline-25-16-epochs240-taught2even-0",
        ),
        ("--exact 25 --coarse 1 --teacher a.npz", "baseline-25-1-taught1-0"),
        (
            "--exact 25 --coarse 16 --exact-share 0.5 --view resized --l2 0.1",
            "baseline-25-16-exactshare=0.5-l2=0.1-view=resized-0",
        ),
    ],
)
def test_what_is_kept_is_called_after_the_run(monkeypatch, given, name):
    command = f"training --data d --out o {given}"
    monkeypatch.setattr("sys.argv", command.split())
    assert arguments.run_name(arguments.parse_arguments(None), 900) == name


def test_who_is_told_the_group_errs_within_it():
    tree = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
    )
    labels = np.array([0, 1, 2, 3])
    shares = [
        [0.3, 0.2, 0.5, 0.0],  # A cat, if it is a pet.
        [0.4, 0.3, 0.2, 0.1],  # A cat again: wrong.
        [0.1, 0.0, 0.5, 0.4],
        [0.9, 0.0, 0.0, 0.1],
    ]
    cut = tree.cut(groups=2)
    assert right_within(labels, np.array(shares), cut) == 0.75
    # In groups of one class nothing is left to be wrong about.
    alone = tree.cut(groups=4)
    assert right_within(labels, np.array(shares), alone) == 1


def test_coarse_images_are_neither_right_nor_wrong():
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    arguments = {}
    of_nodes(model, arguments, tree)
    model.compile(**arguments)
    labels = np.eye(NodeLabels(tree).num_labels)[[0, 2, 1, 4]]  # last: a pet
    scores = np.eye(3)[[0, 2, 0, 1]] * 9
    got = model.evaluate(scores, labels, return_dict=True, verbose=0)
    assert got["accuracy"] == pytest.approx(2 / 3)


PETS = kh.Hierarchy.from_paths(
    [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van"), ("sky",)]
)


def test_heads_name_groups_while_labels_are_of_random_ones():
    image = keras.Input((6,))
    x = keras.layers.Dense(3, name="below")(image)
    model = keras.Model(image, keras.layers.Dense(5, name="class")(x))
    cut = PETS.cut(groups=3)
    model = kh.add_heads(model, heads={"below": cut})
    tree, of_class = coarse_tree(PETS, "random3", seed=0)
    given = kh.compile_args(model, PETS, label_mode="categorical")
    of_nodes(model, given, tree)
    scores = np.arange(3, dtype=np.float32)[None]
    p = np.exp(scores[0]) / np.exp(scores).sum()
    for label in (0, *of_class):
        below = cut.of_class[NodeLabels(tree).classes(label)]
        loss = given["loss"]["below_groups3"](np.array([label]), scores)
        expected = -np.log(p[np.unique(below)].sum())
        assert float(loss) == pytest.approx(expected, abs=1e-5)


def known(coarse, exact):
    """What a run with --coarse reads of four images of each class."""
    labels = np.repeat(np.arange(5), 4)
    images = Images(np.zeros((20, 8, 8, 3), np.uint8), labels)
    args = argparse.Namespace(
        coarse=coarse, seed=0, exact=exact, coarse_count=None, teacher=None,
        crop=8, batch_size=4, view="crops", cutmix=0.0, exact_share=0.5,
        variant="baseline",
    )  # fmt: skip
    return known_data(args, images, PETS)


@pytest.mark.parametrize("coarse", ["3", "random3"])
def test_how_much_stays_exact_is_said(coarse, capsys):
    _, _, images = known(coarse, exact=1)
    assert images == 20
    said = f"--coarse {coarse}: 3 groups, 1 of them of a single class"
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("coarse", "exact", "said"),
    [
        ("random5", 1, "--coarse random5 tells all 5 classes apart"),
        ("2", 4, "--exact 4 leaves no image for --coarse 2"),
    ],
)
def test_coarse_labels_that_are_none_are_refused(coarse, exact, said):
    with pytest.raises(SystemExit, match=said):
        known(coarse, exact)


def test_runs_with_labels_at_any_depth(study, folder):
    out = folder / "runs.jsonl"
    command = [
        *small_run(folder, out), "--per-class", 6, "--exact", 2,
        "--optimizer", "sgd", "--learning-rate", 0.01, "--l2", 5e-4,
        "--epochs", 2, "--steps-per-epoch", 3, "--validate-every", 2,
        "--view", "resized", "--cutmix", 0.5,
    ]  # fmt: skip
    ways = [
        "--coarse 2 --exact-share 0.5 --variant pseudo5-distil "
        "--threshold 0.1 --final",
        "--coarse 1 --exact-share 0.5 --variant classes5-distil",
    ]
    for way in ways:
        done = study(*command, *way.split())
        assert done.returncode == 0, done.stderr[-2000:]
    runs = list(map(json.loads, out.read_text().splitlines()))
    assert [run["train_images"] for run in runs[:2]] == [36, 36]
    assert [len(run["curve"]) for run in runs[:2]] == [1, 1]
    assert [run["validate_every"] for run in runs[:2]] == [2, 2]
    assert [len(run["taught_curve"]) for run in runs[:2]] == [2, 0]
    assert all(0 <= share <= 1 for share in runs[0]["taught_curve"])
    for run, figures in ((runs[0], "val"), (runs[1], "held_out")):
        right = ~bootstrap.wrong(run, figures, "class", 1)
        assert len(right) == 12
        error = run[figures]["class"]["top1_error"]
        assert right.mean() == pytest.approx(1 - error)
    taught = ["--coarse", "2", "--exact-share", "0.5", "--keep"]
    done = study(*command, *taught, folder / "kept")
    assert done.returncode == 0, done.stderr[-2000:]
    (rest,) = (folder / "kept").glob("baseline-2-2-epochs2-*-0-rest.npz")
    # Another run of the same name would take the place of this one.
    other = ["--out", folder / "other.jsonl"]
    again = study(*command, *taught, folder / "kept", *other)
    assert "held_out.npz is of another run" in again.stderr
    two = ["--teacher", rest, rest, "--even"]
    done = study(*command, *taught, folder / "next", *two)
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads(out.read_text().splitlines()[-1])
    assert last["teacher"] == fingerprint([rest, rest])
    others = study(*command, *taught, folder, "--teacher", rest, "--exact", 3)
    assert "is about other images" in others.stderr
    every = study(*command, "--coarse", 6)
    assert "--coarse 6 tells all 6 classes apart" in every.stderr
    wanting = study(*command, "--variant", "pseudo")
    assert "pseudo wants --coarse and --exact-share" in wanting.stderr
