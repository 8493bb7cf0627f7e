"""The study's tables of other classes, other cuts and small sets of images."""

import argparse
import base64
import json

import numpy as np
import pytest

import keras_hier as kh
from study import ensemble, head_tree
from study.tables import attribution, bootstrap, labels, new_classes
from study.tests.study_runs import pets
from study.training.data import Images
from study.training.run import labels_shown
from study.training.scores import chance, evaluate

PETS = kh.Hierarchy.from_paths(
    [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van"), ("sky",)]
)
IMAGES = 400


def packed(error):
    right = np.arange(IMAGES) >= round(error * IMAGES)
    return base64.b64encode(np.packbits(right)).decode()


def run(exact, coarse, error, **others):
    """A run by the recipe of the chapter that is wrong about a share."""
    bits = {"top1": packed(error), "top5": packed(error / 2)}
    figures = {"groups16": 0.5, "within16": 0.25}
    return {
        "data": "birds", "classes": 12, "hold_out": 4, "seed": 1,
        "variant": "classes5-distil", "epochs": 120, "steps_per_epoch": 100,
        "exact": exact, "coarse": coarse, "l2": 5e-4, "view": "crops",
        "learning_rate": 0.05, "dropout": 0.5,
        "cutmix": 0.5 if coarse is None else 0.0, "cpu_seconds": 60.0,
        "exact_share": None if coarse is None else 0.25,
        "train_images": 12 * (exact if coarse is None else 50),
        "val": {"class": figures, "fused": figures},
        "hits": {"val": {"images": IMAGES, "class": bits, "fused": bits}},
        **others,
    }  # fmt: skip


BIRDS = [
    run(5, None, 0.8), run(20, None, 0.6), run(40, None, 0.4),
    run(5, "7", 0.6), run(20, "depth2", 0.5),
]  # fmt: skip


def printed(monkeypatch, capsys, path, lines, module=labels, options=()):
    path.write_text("\n".join(map(json.dumps, lines)))
    command = [module.__name__, str(path), *map(str, options)]
    monkeypatch.setattr("sys.argv", command)
    module.main()
    return capsys.readouterr().out


def test_what_labels_buy_of_other_classes(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    out = printed(monkeypatch, capsys, path, BIRDS)
    assert (
        "birds: 12 classes, 400 images of val. A blind guess is wrong about "
        "91.7 % (top 1) and 58.3 % (top 5).\n"
    ) in out
    assert "| 5 a class | 7 groups | -25.0 % (" in out
    # As good as 20 exact ones alone.
    assert "| 15 (15 to 15), averaged 15 | 1 |" in out
    assert "| **coarse images at 7 groups** | 12,000 | 1 | 60.0 (" in out
    assert "| coarse images at depth 2 of the tree | 12,000 | 1 | 50.0 (" in out
    assert "| *all 40 exact* | 12,000 | 1 | 40.0 (" in out
    assert "| 20 a class | groups at depth 2 | 1 | 8 (" in out
    known = {
        "told": {"groups": 8, "single": 3}, "cuts": {"16": 12},
        "chance": {"val": {"groups16": 0.1, "within16": 1.0}},
    }  # fmt: skip
    out = printed(
        monkeypatch, capsys, path, [line | known for line in BIRDS[:4]]
    )
    assert "16 groups are a cut into 12 here: always the most frequent" in out
    assert "is right about 10.0 %" in out
    assert "--coarse 7 is 8 groups, 3 of them of a single class." in out


def test_a_seed_is_left_out_where_it_is_named(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    lines = [*BIRDS, *(line | {"seed": 0} for line in BIRDS)]
    groups = "| **coarse images at 7 groups** | 12,000 |"
    for options, seeds in (((), 2), (("--without-seed", 0), 1)):
        out = printed(monkeypatch, capsys, path, lines, options=options)
        assert f"{groups} {seeds} |" in out
        assert "| 5 a class | 7 groups | -25.0 % (" in out
        assert "15), averaged 15 | 2 |" in out


def test_rows_of_few_seeds_are_left_out(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    lines = [*BIRDS, *(line | {"seed": 0} for line in BIRDS[:4])]
    for least, there in (("1", True), ("2", False)):
        options = ("--least-seeds", least)
        out = printed(monkeypatch, capsys, path, lines, options=options)
        assert "| exact only | 12,000 | 2 |" in out
        assert ("| coarse images at depth 2 of the tree |" in out) == there


@pytest.mark.parametrize(
    ("coarse", "epochs", "teachers", "title"),
    [
        ("1", 120, "5-0", "no coarse labels: taught by a first network"),
        ("1", 240, "5-0-epochs240", "the same, both networks trained twice"),
        ("7", 120, "5-7", "7 groups, taught within them by a first network"),
        ("1", 120, "5-0-epochs240", None),
        ("1", 120, "5-7", None),
        ("1", 240, "5-0", None),
        ("1", 240, "5-0-taught1-epochs240", None),
        ("1", 240, "5-0-epochs240 5-0", None),
        ("7", 120, "5-7 5-7-lr=0.1", None),
    ],
)
def test_titles_speak_of_one_teacher_like_the_row(
    monkeypatch, tmp_path, capsys, coarse, epochs, teachers, title
):
    said = (f"classes5-distil-{of}-1-rest-0123abcd" for of in teachers.split())
    taught = {
        "teacher": " ".join(said), "even": True, "cutmix": 0.5,
        "epochs": epochs, "exact_share": 0.25,
    }  # fmt: skip
    lines = [*BIRDS, run(5, coarse, 0.1) | taught]
    out = printed(monkeypatch, capsys, tmp_path / "runs.jsonl", lines)
    rows = [of for of in out.splitlines() if " | 10.0 (" in of]
    if title is None:
        assert rows == []
    else:
        output, asked = rows
        assert output.startswith(f"| {title}")
        # Its own steps and as many of the teacher.
        assert f" | {200 * epochs:,} | 1 | 10.0 (" in output
        assert asked.startswith("| averaged with its heads | ")


def test_runs_of_two_folders_are_two_tables(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    fish = [line | {"data": "fish", "classes": 9} for line in BIRDS[:4]]
    out = printed(monkeypatch, capsys, path, [*BIRDS, *fish])
    for name in ("birds: 12", "fish: 9"):
        assert f"{name} classes, 400 images of val" in out
    assert out.count("| **coarse images at 7 groups** |") == 2


def test_what_was_not_run_is_left_out_or_said(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    out = printed(monkeypatch, capsys, path, [BIRDS[0], BIRDS[3]])
    # No curve of exact labels alone gives an equivalent number.
    assert "-18.6 % (-22.5 to -14.8) |  | 1 |" not in out
    assert "| 5 a class | 7 groups | -25.0 % (" in out
    assert "|  | 1 |" in out
    for lines in (BIRDS[:3], [BIRDS[3] | {"view": "strong"}], [{"seed": 0}]):
        with pytest.raises(SystemExit, match="No run with --final, --exact"):
            printed(monkeypatch, capsys, path, lines)
    wide = BIRDS[3] | {"width": 1.0}
    with pytest.raises(SystemExit, match=r"2 rows have .* differ by width"):
        printed(monkeypatch, capsys, path, [*BIRDS, wide])
    shorter = [line | {"epochs": 30} for line in BIRDS]
    out = printed(monkeypatch, capsys, path, shorter, options=("--epochs", 30))
    assert "| **coarse images at 7 groups** | 3,000 | 1 | 60.0 (" in out


def test_no_share_of_nothing_is_told():
    rows = bootstrap.rows_of(
        [
            run(5, None, 0.0), run(5, "7", 0.5), run(5, "3", 1 / IMAGES),
            run(5, "2", 0.5),
        ],
        "val",
    )  # fmt: skip
    none, half, one, same = (r for r in rows if r.reading == "class")
    with np.errstate(all="raise"):
        assert bootstrap.change_cell(half, none, "val", 1) == ""
        # A third of the draws have no image that was wrong.
        assert bootstrap.change_cell(half, one, "val", 1) == "+19900.0 %"
        assert bootstrap.way_cell(one, half, same, "val", 1) == ""
        assert bootstrap.way_cell(one, half, none, "val", 1).startswith("100 %")


def test_a_sure_mistake_costs_a_number():
    figures = evaluate(np.array([0]), np.eye(5)[[1]] * 2000, PETS)
    assert figures["log_loss"] == pytest.approx(2000)


def test_what_a_blind_guess_has():
    found = chance(np.array([0, 0, 1, 2, 4]), PETS)
    assert found["top1_error"] == pytest.approx(0.8)
    assert found["top5_error"] == 0
    twelve = kh.Hierarchy.from_paths(
        [("abcd"[at // 3], f"class {at}") for at in range(12)]
    )
    found = chance(np.array([0, 2, 3, 9]), twelve)
    # Of four groups of three classes one has two of the four images.
    assert twelve.cut(groups=4).num_groups == 4
    assert found["groups4"] == pytest.approx(0.5)
    assert found["within4"] == pytest.approx(1 / 3)
    # Where there are fewer classes than groups, each is one.
    assert found["groups16"] == pytest.approx(0.25)
    assert found["within16"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--others 33 --data pets --hierarchy tree.csv", "--others 33: .*33"),
        ("--others 2 --data nowhere", "--data: .*nowhere is not a folder"),
        ("--others 2 --data pets", "Expected --hierarchy with all classes"),
        ("--others 2 --data pets --hierarchy no.csv", "Expected --hierarchy"),
    ],
)
def test_others_of_what_cannot_be(monkeypatch, tmp_path, capsys, options, said):
    folder = pets(tmp_path)
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit, match=said):
        printed(
            monkeypatch, capsys, folder / "runs.jsonl", BIRDS, bootstrap,
            ("--split", "val", *options.split()),
        )  # fmt: skip


def test_scores_of_other_classes_are_refused(monkeypatch, tmp_path, capsys):
    folder = pets(tmp_path)
    kept = folder / "few-held_out.npz"
    scores = np.eye(3)[[0, 1, 2, 0]]
    labels, ids = np.array([0, 1, 2, 1]), list("abc")
    np.savez(kept, labels=labels, classes=ids, **{"class": scores})
    out = folder / "errors.json"
    command = ["x", str(kept), "--data", str(folder / "pets")]
    monkeypatch.setattr("sys.argv", [*command, "--out", str(out)])
    with pytest.raises(SystemExit, match="is about 3 classes, and 6"):
        head_tree.main()
    assert not out.exists()
    command += ["--hierarchy", str(folder / "tree.csv"), "--coarse", "2"]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit, match="is about 3 classes, and 6"):
        ensemble.main()
    monkeypatch.setattr("sys.argv", command[:2])
    ensemble.main()
    assert capsys.readouterr().out.startswith("25.0 / 0.0  few-held_out")
    for name in ("none.npz", "tree.csv"):
        path = str(folder / name)
        given = ["x", path, "--data", str(folder / "pets"), "--out", str(out)]
        monkeypatch.setattr("sys.argv", given)
        with pytest.raises(SystemExit, match=f"--keep saved, .*{name} has no"):
            head_tree.main()


def asked(new, right, **others):
    """A run that was asked for the groups of one new class."""
    reading = {"class": [right], "largest known group": [0]}
    reading["best constant"] = [10]
    found = {
        "groups": 3, "uniform": 1 / 3, "left_out": [], "classes": [new],
        "images": [10], "right": reading, "held_out": {"class": 0.5},
    }  # fmt: skip
    return run(5, "7", 0.5) | {
        "trunk": "batch", "per_class": None, "width": 0.5, "crop": 56,
        "optimizer": "sgd", "learning_rate": 0.05, "images_digest": "1a",
        "new_classes": f"1-{new}",
        "new": {"images": 10, "cuts": dict.fromkeys(("4", "16", "33"), found)},
        **others,
    }  # fmt: skip


def test_new_classes_beside_labels_at_any_depth(monkeypatch, tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    exact = {"coarse": None, "exact_share": None}
    lines = [asked("owl", 7), asked("owl", 4, **exact), asked("bus", 1)]
    out = printed(monkeypatch, capsys, path, lines, new_classes)
    owl, bus = sorted(out.split("### New classes: ")[1:])[::-1]
    assert ", of 1-owl\n" in owl
    assert ", of 1-bus\n" in bus
    assert "classes5-distil, 5 exact, coarse 7, exact share 0.25 | " in owl
    assert "classes, summed | 1 | 70.0 |" in owl
    assert "classes5-distil, 5 exact | classes, summed | 1 | 40.0 |" in owl
    assert "| 1 | +30.0 | +30.0 | +30.0 |" in owl
    assert "classes, summed | 1 | 10.0 |" in bus
    assert "The tree makes 3 for 4, 3 for 16, 3 for 33 of them." in bus
    # Parts of the classes are one table, for each has images of its own.
    part = asked("bus", 1, images_digest="2b")
    out = printed(monkeypatch, capsys, path, [lines[0], part], new_classes)
    assert out.count("### New classes: ") == 1
    line = {name: of for name, of in part.items() if name != "new"}
    with pytest.raises(SystemExit):
        printed(monkeypatch, capsys, path, [line], new_classes)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"exact": None}, [9, 4]),
        ({"exact": 3}, [3, 3]),
        ({"exact": 3, "coarse": "2"}, [9, 4]),
        ({"exact": 3, "coarse": "2", "coarse_count": 1}, [4, 4]),
    ],
)
def test_the_largest_group_is_of_images_that_are_trained_on(given, counts):
    every = Images(np.zeros((13, 1, 1, 3)), np.repeat([0, 1], [9, 4]))
    args = argparse.Namespace(
        **{"exact": None, "coarse": None, "coarse_count": None} | given
    )
    assert np.bincount(labels_shown(args, every)).tolist() == counts


def test_levers_are_of_any_classes(monkeypatch, tmp_path, capsys):
    few = attribution._runs("classes5-strong"), attribution._runs()
    lines = [
        {
            **settings, "data": "birds", "classes": 12, "seed": seed,
            "val": {"class": {"top1_error": error, "top5_error": error}},
            "hits": {},
        }
        for settings, error in zip(few, (0.3, 0.6), strict=True)
        for seed in (0, 1)
    ]  # fmt: skip
    path = tmp_path / "runs.jsonl"
    out = printed(monkeypatch, capsys, path, lines, attribution)
    row = "| deep supervision: 5 heads over classes |"
    assert f"{row} 2 | -50.0 % (" in out
    # Other images under one name are another table.
    for name in ("images_digest", "val_digest"):
        for at, digest in enumerate(("1a", "1a", "2b", "2b")):
            lines[at][name] = digest
        out = printed(monkeypatch, capsys, path, lines, attribution)
        assert out.count(f"{row}  | not run yet |") == 2
        lines[1][name] = "2b"
        lines[2][name] = "1a"
        out = printed(monkeypatch, capsys, path, lines, attribution)
        said = f"birds, 12 classes, {name.replace('_', ' ')} "
        assert [of.partition("\n")[0] for of in out.split(said)[1:]] == [
            "1a", "2b",
        ]  # fmt: skip
        assert out.count(f"{row} 1 | -50.0 % |") == 2
        for line in lines:
            line[name] = None
    lines[2]["precision"] = "float32"
    assert (
        printed(monkeypatch, capsys, path, lines, attribution).count(row) == 1
    )
    again = lines[2] | {"precision": "mixed_bfloat16"}
    both = [*lines, again]
    assert printed(monkeypatch, capsys, path, both, attribution).count(row) == 3
