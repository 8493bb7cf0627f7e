"""`keras-hier probe --data` on images of which some are known as a group."""

import keras
import numpy as np
import pytest
from PIL import Image

import keras_hier as kh
from keras_hier.cli import main

# A class is called as a group is, and a group has a single class.
CSV = (
    "class,group1,group2\n"
    "pug,animal,dog\nhusky,animal,dog\ndog,animal,\ntabby,animal,cat\nbus,,\n"
)
CLASSES = ("pug", "husky", "dog", "tabby", "bus")
TREE = ["--hierarchy", "tree.json"]
SPELLED = ("pug", "husky", "dog (itself)", "tabby", "bus")
LEFT_OUT = (
    "16 of 56 samples are known as a group of several classes only, and are "
    "left out."
)


@pytest.fixture(autouse=True)
def network(tmp_path, monkeypatch):
    """A saved network of five classes, and their tree."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.csv").write_text(CSV)
    tree = kh.Hierarchy.from_csv("tree.csv", classes=CLASSES)
    (tmp_path / "tree.json").write_text(tree.to_json())
    save(5)
    return tree


def save(classes):
    image = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(3, 3, activation="relu", name="conv1")(image)
    x = keras.layers.Flatten()(x)
    keras.Model(image, keras.layers.Dense(classes)(x)).save("m.keras")


def draw(folder, names):
    rng = np.random.default_rng(0)
    for name in names:
        (folder / "images" / name).mkdir(parents=True)
        for at in range(8):
            pixels = rng.integers(0, 255, (8, 8, 3), np.uint8)
            file = folder / "images" / name / f"{at}.png"
            Image.fromarray(pixels).save(file)


def records(*options):
    command = ["records", "images", "rec", "--workers", "1", "--shards", "2"]
    assert main([*command, *options]) == 0


def probed(source, *options):
    """Returns the status, and how many samples each class has."""
    command = ["probe", "m.keras", "--data", source, "--untrained", "1"]
    command += ["--folds", "2", "--keep", "kept", *(options or TREE)]
    status = main(command)
    if status:
        return status, None
    kept = kh.analysis.Features.load("kept")
    return status, np.bincount(kept.labels).tolist()


@pytest.mark.parametrize("made_with", [(), TREE])
def test_records_of_exact_labels(tmp_path, made_with):
    draw(tmp_path, SPELLED if made_with else CLASSES)
    records(*made_with)
    assert probed("rec/train-*") == (0, [8] * 5)


@pytest.mark.parametrize("names", [CLASSES, SPELLED])
def test_folders_of_exact_labels(tmp_path, names):
    draw(tmp_path, names)
    assert probed("images") == (0, [8] * 5)


@pytest.mark.parametrize("source", ["images", "rec/train-*"])
def test_samples_known_as_a_group_are_left_out(tmp_path, source, capsys):
    names = ("pug", "husky", "dog (itself)", "cat", "bus")
    draw(tmp_path, (*names, "animal", "dog (group)"))
    records(*TREE)
    capsys.readouterr()
    # Cats are the one class of their group.
    assert probed(source) == (0, [8] * 5)
    said = capsys.readouterr()
    assert said.out.split("\n")[:2] == ["40 samples, 1 layer: conv1", LEFT_OUT]
    assert "known as" not in said.err


def test_groups_alone_are_refused(tmp_path, capsys):
    draw(tmp_path, ("animal", "dog (group)"))
    assert probed("images") == (2, None)
    said = capsys.readouterr().err
    assert "Of 16 samples none has a label that is a class: 16 are" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("dgo", "The folder 'dgo' in 'images' is no class of the hierarchy: "),
        ("animal", "The folder 'dog' in 'images' is no class of the hierarchy"),
    ],
)
def test_a_folder_that_is_nothing_or_both_is_named(
    tmp_path, capsys, folder, said
):
    draw(tmp_path, ("dog", "pug", folder))
    assert probed("images") == (2, None)
    error = capsys.readouterr().err
    assert said in error
    assert ("'dog' is both a class and a group" in error) == (
        folder == "animal"
    )


@pytest.mark.parametrize("source", ["images", "rec/train-*"])
def test_a_tree_of_more_classes_than_folders_that_spell_them(
    tmp_path, network, source
):
    save(4)
    draw(tmp_path, ("bus", "tabby", "dog (itself)", "husky", "animal"))
    small = network.subset(("bus", "tabby", "dog", "husky"))
    (tmp_path / "small.json").write_text(small.to_json())
    records("--hierarchy", "small.json")
    assert probed(source) == (0, [8] * 4)


def test_folders_of_groups_that_a_part_of_the_tree_lacks(tmp_path, capsys):
    save(4)
    # Of the part with no other dog the group of dogs is gone, and that of cats.
    draw(tmp_path, ("bus", "cat", "dog (itself)", "dog (group)", "husky"))
    assert probed("images") == (0, [8] * 4)
    assert "8 of 40 samples are known as a group" in capsys.readouterr().out
