"""`keras-hier probe --data` on images of which some are known as a group."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import keras_hier as kh

# A class is called as a group is, and a group has a single class.
CSV = (
    "class,group1,group2\n"
    "pug,animal,dog\nhusky,animal,dog\ndog,animal,\ntabby,animal,cat\nbus,,\n"
)
CLASSES = ("pug", "husky", "dog", "tabby", "bus")
TREE = "--hierarchy tree.json"
SPELLED = ("pug", "husky", "dog (itself)", "tabby", "bus")
LEFT_OUT = (
    "16 of 56 samples are known as a group of several classes only, and are "
    "left out."
)


@pytest.fixture(autouse=True)
def network(run):
    """A saved network of five classes, and their tree."""
    Path("tree.csv").write_text(CSV)
    tree = kh.Hierarchy.from_csv("tree.csv", classes=CLASSES)
    Path("tree.json").write_text(tree.to_json())
    save(5)
    return tree


def save(classes):
    # Filters of some weights see nothing here, which is warned about.
    keras.utils.set_random_seed(0)
    image = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(3, 3, activation="relu", name="conv1")(image)
    x = keras.layers.Flatten()(x)
    keras.Model(image, keras.layers.Dense(classes)(x)).save("m.keras")


def draw(names):
    rng = np.random.default_rng(0)
    for name in names:
        folder = Path("images") / name
        folder.mkdir(parents=True)
        for at in range(8):
            pixels = rng.integers(0, 255, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / f"{at}.png")


RECORDS = "records images rec --workers 1 --shards 2"
OPTIONS = f"--untrained 1 --folds 2 --keep kept {TREE}"


def counted(run, source):
    """Returns how many samples each class has, and what is printed."""
    out = run(f"probe m.keras --data {source} {OPTIONS}")
    return np.bincount(kh.analysis.Features.load("kept").labels).tolist(), out


@pytest.mark.parametrize("made_with", ["", TREE])
def test_records_of_exact_labels(run, made_with):
    draw(SPELLED if made_with else CLASSES)
    run(f"{RECORDS} {made_with}")
    assert counted(run, "rec/train-*")[0] == [8] * 5


@pytest.mark.parametrize("names", [CLASSES, SPELLED])
def test_folders_of_exact_labels(run, names):
    draw(names)
    assert counted(run, "images")[0] == [8] * 5


@pytest.mark.parametrize("source", ["images", "rec/train-*"])
def test_samples_known_as_a_group_are_left_out(run, source):
    # Cats are the one class of their group.
    names = ("pug", "husky", "dog (itself)", "cat", "bus")
    draw((*names, "animal", "dog (group)"))
    run(f"{RECORDS} {TREE}")
    counts, out = counted(run, source)
    assert counts == [8] * 5
    assert out.split("\n")[:2] == ["40 samples, 1 layer: conv1", LEFT_OUT]
    assert out.count("known as") == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ("animal", "dog (group)"),
            "Of 16 samples none has a label that is a class: 16 are",
        ),
        (
            ("dog", "pug", "dgo"),
            "The folder 'dgo' in 'images' is no class of the hierarchy: ",
        ),
        (
            ("dog", "pug", "animal"),
            "The folder 'dog' in 'images' is no class of the hierarchy: 'dog' "
            "is both a class and a group",
        ),
    ],
)
def test_folders_that_will_not_do(run, names, said):
    draw(names)
    error = run.failed(f"probe m.keras --data images {OPTIONS}").err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("source", ["images", "rec/train-*"])
def test_a_tree_of_more_classes_than_folders_that_spell_them(
    run, network, source
):
    save(4)
    draw(("bus", "tabby", "dog (itself)", "husky", "animal"))
    small = network.subset(("bus", "tabby", "dog", "husky"))
    Path("small.json").write_text(small.to_json())
    run(f"{RECORDS} --hierarchy small.json")
    assert counted(run, source)[0] == [8] * 4


def test_folders_of_groups_that_a_part_of_the_tree_lacks(run):
    save(4)
    # The part has no other dog, so the groups of dogs and of cats are gone.
    draw(("bus", "cat", "dog (itself)", "dog (group)", "husky"))
    counts, out = counted(run, "images")
    assert counts == [8] * 4
    assert "8 of 40 samples are known as a group" in out
