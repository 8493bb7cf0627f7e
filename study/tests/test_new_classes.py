"""The study's new classes: their groups, intervals, and a run from parts."""

import json
import shutil

import numpy as np
import pytest

import keras_hier as kh
from study.split_classes import parts_of
from study.tables.new_classes import cell, print_differences
from study.tests.study_runs import pets, small_run
from study.training import new_classes, scores
from study.training.arguments import key
from study.training.data import Images

SPLIT = "study.split_classes"


def tree_of(known, new):
    """The tree of known classes, and that of the new ones too."""
    both = kh.Hierarchy.from_nested(
        {
            "animal": {
                "dog": ["pug", "husky", "beagle"],
                "ape": ["chimp", "orang"],
                "fish": ["cod"],
            },
            "car": ["bus", "van"],
            "food": ["soup"],
        },
        classes=[
            *("pug", "husky", "beagle", "chimp", "orang", "cod", "bus", "van"),
            "soup",
        ],
    ).subset([*known, *new])
    return both, both.subset(known)


def test_a_new_class_lies_where_its_nearest_known_classes_do():
    known, new = (
        ("pug", "husky", "orang", "bus"),
        (*("beagle", "chimp", "cod", "van", "soup"),),
    )
    both, tree = tree_of(known, new)
    cut = tree.cut(groups=3)
    assert cut.names == ("dog", "orang", "bus")
    group = new_classes.groups_of_new(both, len(known), cut.of_class)
    # A fish has dogs and an ape nearest, which are two groups; food has all.
    assert [cut.names[g] if g >= 0 else "" for g in group] == [
        "dog", "orang", "", "bus", "",
    ]  # fmt: skip
    # Of two groups, animals are one.
    cut = tree.cut(groups=2)
    group = new_classes.groups_of_new(both, len(known), cut.of_class)
    assert [cut.names[g] if g >= 0 else "" for g in group] == [
        "animal", "animal", "animal", "bus", "",
    ]  # fmt: skip


def test_readings_of_the_groups_and_what_a_guess_has():
    known, new = ("pug", "husky", "bus"), ("beagle", "van", "soup")
    both, tree = tree_of(known, new)
    dog_or_car = tree.cut(groups=2)
    # Two images of a beagle, one of a van, one of soup. Together the dogs have
    # more of the first than the bus, which is the likeliest class alone.
    posteriors = np.array(
        [[0.3, 0.3, 0.4], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8], [0.9, 0.1, 0.0]]
    )
    logits = np.log(np.maximum(posteriors, 1e-9))
    head = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    images = Images(np.zeros((4, 1, 1, 3)), np.array([0, 0, 1, 2]))
    seen = new_classes.Seen(images, (logits, {"head": (head, dog_or_car)}))
    held = new_classes.Seen(
        Images(images.pixels, np.array([0, 1, 2, 0])), seen.outputs
    )
    found = new_classes.report_new(
        both, tree, seen, held, np.array([2, 2, 2, 0]), {"class": 1, "head": 0}
    )["cuts"]["4"]  # of three classes, three groups
    assert found["groups"] == 3
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(scores, "CUTS", (2,))
        found = new_classes.report_new(
            both, tree, seen, held, np.array([2, 2, 2, 0]),
            {"class": 1.0, "head": 0.0},
        )["cuts"]["2"]  # fmt: skip
    assert found["left_out"] == ["soup"]
    assert found["classes"] == ["beagle", "van"]
    assert found["images"] == [2, 1]
    assert found["right"] == {
        "class": [1, 1],
        "fused": [1, 1],
        "head": [2, 0],
        # Most known images are of the bus, most new ones of dogs.
        new_classes.LARGEST: [0, 1],
        new_classes.CONSTANT: [2, 0],
    }
    assert found["read"]["class"]["accuracy"] == pytest.approx(2 / 3)
    assert found["held_out"]["class"] == pytest.approx(3 / 4)
    assert found["uniform"] == 0.5


def test_intervals_are_over_classes_not_images():
    # Ten of twenty classes are always right: 50 images each tell no more of
    # other classes than one would.
    images = np.full(20, 50)
    right = np.repeat([50, 0], 10)
    found = new_classes.summary(right, images)
    assert found["accuracy"] == 0.5
    assert found["error_images"] == 0
    assert found["error"] == pytest.approx(0.5 / np.sqrt(20), rel=0.05)
    low, high = found["interval"]
    # Student's 2.093 at 19 degrees, and 20 / 19.
    half = 2.093 * 0.5 / np.sqrt(19)
    assert high - low == pytest.approx(2 * half, abs=0.06)
    # All alike: what is left is the binomial error of 1,000 images.
    rng = np.random.default_rng(0)
    found = new_classes.summary(rng.binomial(50, 0.5, 20), images)
    assert found["error_images"] == pytest.approx(0.0158, rel=0.05)
    assert found["error"] == pytest.approx(0.0158, rel=0.4)
    assert new_classes.summary(np.array([3]), np.array([4]))["interval"] is None


def test_differences_compare_a_class_with_itself():
    rng = np.random.default_rng(0)
    easy = rng.integers(0, 41, 20)
    one = {f"c{i}": (right, 50) for i, right in enumerate(easy)}
    better = {name: (right + 5, 50) for name, (right, _) in one.items()}
    assert cell([better], [one]) == "+10.0 (+10.0 to +10.0)"
    low, high = cell([one]).split(" (")[1][:-1].split(" to ")
    assert float(high) - float(low) > 15
    # Not with other images of it.
    fewer = {name: (right, 49) for name, (right, _) in one.items()}
    assert cell([better], [fewer]) == ""
    # Networks with other new classes: all count, each class once.
    other = {f"d{i}": (50, 50) for i in range(20)}
    assert cell([one, other]).startswith(f"{easy.sum() / 20 + 50:.1f} (")
    assert cell([one, {}]) == ""


def test_variants_are_compared_as_known_classes_would_choose(capsys):
    """The head is better of known classes, though not of the new ones."""

    def line(right, held_out):
        found = {
            "classes": ["c", "d"], "images": [50, 50], "left_out": [],
            "right": right, "held_out": held_out,
        }  # fmt: skip
        return {"new": {"cuts": {str(cut): found for cut in (4, 16, 33)}}}

    tree = line(
        {"class": [40, 40], "head": [30, 30]}, {"class": 0.6, "head": 0.7}
    )
    other = line(
        {"class": [20, 20], "fused": [45, 45]}, {"class": 0.5, "fused": 0.4}
    )
    print_differences({"tree": {(0, "x"): tree}, "other": {(0, "x"): other}})
    (row,) = [r for r in capsys.readouterr().out.splitlines() if "at its" in r]
    assert "tree - other, each at its best on known classes | 1 |" in row
    assert row.count("+20.0 (+20.0 to +20.0)") == 3


def test_networks_are_drawn_where_they_share_their_new_classes():
    # One network has all right, one nothing: of two draws both may be one.
    images = np.full((2, 20), 50)
    right = images * [[1], [0]]
    assert new_classes.shares(right, images).std() == pytest.approx(
        0.5 / np.sqrt(2), rel=0.05
    )
    # With classes of its own each: 20 of 40 classes are right.
    apart = np.kron(np.eye(2), np.full(20, 50)).astype(int)
    assert new_classes.shares(apart * [[1], [0]], apart).std() == pytest.approx(
        0.5 / np.sqrt(40), rel=0.05
    )


def test_each_class_is_new_in_one_part():
    classes = tuple("abcdefghijk")
    parts = parts_of(classes, 3, seed=0)
    assert sorted(map(len, parts)) == [3, 4, 4]
    assert sorted("".join(map("".join, parts))) == list(classes)
    assert parts == parts_of(classes, 3, seed=0)
    assert parts != parts_of(classes, 3, seed=1)


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


def test_a_run_that_is_asked_about_new_classes(study, kept, folder):
    made = kept.run(SPLIT, folder / "pets", folder / "parts", "--parts", 6)
    assert made.returncode == 0, made.stderr[-2000:]
    assert "5 known, 1 new" in made.stdout
    again = kept.run(SPLIT, folder / "pets", folder / "parts")
    assert "exists already" in again.stderr
    # Its images would be both trained on and looked at.
    flat = kept.run(SPLIT, folder / "pets" / "train", folder / "flat")
    assert flat.returncode == 2
    assert "train has no val folder." in flat.stderr
    assert not (folder / "flat").exists()
    part, out = folder / "parts/0", folder / "runs.jsonl"
    command = [
        *small_run(folder, out), "--data", part / "known",
        "--epochs", 2,
    ]  # fmt: skip
    for variant in ("baseline", "heads1"):
        done = study(
            *(*command, "--new-classes", part / "new", "--variant", variant)
        )
        assert done.returncode == 0, done.stderr[-2000:]
    lines = list(map(json.loads, out.read_text().splitlines()))
    ids = sorted(path.name for path in (part / "new/val").iterdir())
    for line in lines:
        assert line["classes"] == 5
        assert line["new"]["images"] == 2
        found = line["new"]["cuts"]["4"]
        assert found["classes"] == ids
        assert found["images"] == [2]
        # Each class a group: its two nearest are in different ones.
        assert line["new"]["cuts"]["16"]["left_out"] == ids
    assert {"class", "fused"} <= set(lines[1]["new"]["cuts"]["4"]["right"])
    table = study("--table", out).stdout
    assert "always the largest known group" in table
    assert "heads1, classes, summed - baseline" in table
    # The same run without new classes is another run, as all older lines are.
    older = {n: v for n, v in lines[0].items() if n != "new_classes"}
    assert key(older) == key({**older, "new_classes": None}) != key(lines[0])
    asked = (*command, "--new-classes", part / "new")
    assert "done already" in study(*asked).stdout
    # Of other images of these classes it was not asked.
    next((part / "new/val" / ids[0]).iterdir()).unlink()
    assert "done already" not in study(*asked).stdout
    assert json.loads(out.read_text().splitlines()[-1])["new"]["images"] == 1


def test_the_largest_group_is_of_the_labels_that_taught(study, folder):
    (folder / "tree.csv").write_text("a,1\nb,1\nc,2\nd,3\ne,4\nf,4\n")
    pictures = folder / "pets"
    (folder / "new").mkdir()
    (pictures / "val" / "f").rename(folder / "new" / "f")
    shutil.rmtree(pictures / "train" / "f")
    # Beside 2 held-out images there are 6 of e, and 2 of each other class:
    # most images are of group 4, most of those whose label is shown of 1.
    for path in pictures.glob("train/[a-d]/[0-3].png"):
        path.unlink()
    command = small_run(folder, folder / "runs.jsonl")
    at = command.index("--per-class")
    done = study(
        *command[:at], *command[at + 2 :], "--new-classes", folder / "new",
        "--exact", 2, "--epochs", 1, "--steps-per-epoch", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((folder / "runs.jsonl").read_text())["new"]["cuts"]["4"]
    assert (found["groups"], found["classes"]) == (4, ["f"])
    assert found["right"]["largest known group"] == [0]


def test_new_classes_that_cannot_be(study, folder):
    command = [*small_run(folder, folder / "runs.jsonl"), "--new-classes"]
    done = study(*command, folder / "pets")
    assert "6 of the classes of --new-classes are also in --data" in done.stderr
    shutil.copytree(folder / "pets/val/a", folder / "others/g")
    done = study(*command, folder / "others")
    assert "--hierarchy must have the new classes too" in done.stderr
    assert not (folder / "runs.jsonl").exists()
