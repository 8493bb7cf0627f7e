"""`keras-hier answer`, from files to files."""

import csv
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh

TREE = kh.Hierarchy.from_paths(
    [("pet", "dog", "=pug"), ("pet", "dog", "husky"), ("pet", "cat"), ("bus",)]
)
FIT = (
    "answer fit --scores told.npy --labels y.npy --hierarchy tree.json "
    "--out answers.json --temperature 1"
)
GIVE = (
    "answer predictions told.npy --answers answers.json --hierarchy tree.json "
    "--out out.csv"
)


@pytest.fixture
def files(run):
    told = [[0.48, 0.42, 0.05, 0.05]] * 2 + [[0.01, 0.01, 0.01, 0.97]]
    np.save("told.npy", np.tile(told, (40, 1)))
    np.save("y.npy", np.tile([0, 1, 3], 40))
    Path("tree.json").write_text(TREE.to_json())
    return run


def table():
    with open("out.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_from_files_to_a_table(files):
    said = files(FIT)
    assert "right in 0.95 on average, by information, from 120 samples" in said
    Path("ids.txt").write_text("\n".join(["=1+1", *map(str, range(119))]))
    said = files(f"{GIVE} --ids ids.txt")
    assert (
        "a class in 33.3 %, by a group in 66.7 %, by nothing in 0.0 %" in said
    )
    rows = table()
    assert len(rows) == 120
    # What looks like a formula is guarded.
    assert rows[0]["id"] == "'=1+1"
    assert (rows[0]["name"], rows[0]["classes"]) == ("dog", "2")
    assert rows[2] == {
        **{"id": "1", "label": "3", "node": "bus", "name": "bus"},
        **{"classes": "1", "confidence": "0.970000"},
    }


def test_labels_measure_answers_and_scores_bring_their_class_list(files):
    files(FIT)
    said = files(f"{GIVE} --labels y.npy")
    assert "100.0 % of 120 answers are right, as nothing always is; of" in said
    assert "say something 100.0 %. The promise is 95 %" in said
    before = table()
    # The same scores, their columns in another order that the file tells.
    ids = np.array(TREE.classes)[::-1]
    np.savez("told.npz", scores=np.load("told.npy")[:, ::-1], classes=ids)
    files(GIVE.replace("told.npy", "told.npz"))
    assert table() == before
    np.save("y.npy", np.full(120, 3))
    assert "33.3 % of 120 answers" in files(f"{GIVE} --labels y.npy")


def test_groups_confidence_rule_and_logits(files):
    np.save("told.npy", np.log(np.load("told.npy")))
    more = "--logits --confidence 0.8 --rule information --groups 2"
    said = files(f"{FIT} {more}")
    assert "with probability 0.8 in 2 groups, by information" in said
    files(GIVE)
    answers = kh.Answers.load("answers.json", TREE)
    labels = answers(np.load("told.npy")).labels
    assert [int(row["label"]) for row in table()] == labels.tolist()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"{FIT} --accuracy 1", "`accuracy` above 0 and below 1"),
        (f"{FIT} --logits", "without --logits"),
        (GIVE.replace("told.npy", "logits.npy"), "`answer fit --logits`"),
        (f"{GIVE} --labels few.npy", "label"),
        (FIT.replace("told.npy", "y.npy"), "expected scores [N, C]"),
        (FIT.replace("answers.json", "a.txt"), "ends in .json"),
        (FIT.replace("--hierarchy tree.json", ""), "by --hierarchy"),
        (GIVE.replace("tree.json", "cifar100"), "4 columns"),
        (GIVE.replace("answers.json", "tree.json"), "no file of Answers.save"),
        (f"{GIVE} --ids few.txt", "holds 1 id, told.npy 120 samples"),
    ],
)
def test_bad_input_is_one_error(files, command, message):
    Path("few.txt").write_text("one")
    np.save("few.npy", [0])
    np.save("logits.npy", np.log(np.load("told.npy")))
    kh.Answers.fit(
        np.load("told.npy"), np.load("y.npy"), TREE, temperature=1
    ).save("answers.json")
    assert message in files.refused(command)
    assert not Path("out.csv").exists()
