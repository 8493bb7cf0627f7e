"""The study's intervals, over images and seeds."""

import base64
import importlib
import json
import re

import numpy as np
import pytest
from kept_process import ROOT

from study.tables import bootstrap


def hit_line(seed, variant, right):
    bits = base64.b64encode(np.packbits(right)).decode()
    return {
        "classes": 2, "hold_out": 2, "variant": variant, "seed": seed,
        "exact": 25, "cpu_seconds": 60.0,
        "held_out": {"class": {"groups16": 0.5}},
        "hits": {
            "held_out": {
                "images": len(right), "class": {"top1": bits, "top5": bits}
            }
        },
    }  # fmt: skip


def test_rows_are_of_the_same_teachers_of_other_seeds():
    first, second = (
        "classes5-distil-25-16-{}",
        "classes5-distil-25-16-taught1-{}",
    )
    teachers = {
        "one": [first],
        "longer": ["classes5-distil-25-16-epochs240-{}"],
        "both": [first, second],
        "none": [],
    }
    lines = []
    for names in teachers.values():
        for seed in (0, 1):
            stems = [name.format(seed) for name in names]
            said = [f"{stem}-rest-{7 * seed:08x}" for stem in stems]
            line = hit_line(seed, "baseline", np.array([True, False]))
            lines.append(line | {"teacher": " ".join(said) or None})
    rows = bootstrap.rows_of(lines, "held_out")
    assert [sorted(row.runs) for row in rows] == [[0, 1]] * len(teachers)


def test_intervals_over_images_and_seeds(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    right = rng.random(400) < 0.5
    # The second is wrong where the first is, and on half of the others.
    worse = right & (rng.random(400) < 0.5)
    lines = [
        hit_line(seed, name, bits)
        for seed in range(2)
        for name, bits in {"baseline": right, "hxe": worse}.items()
    ]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    first, second = bootstrap.rows_of(lines, "held_out")
    cell = bootstrap.error_cell(first, "held_out", 1)
    error = 100 * (~right).mean()
    low, high = (float(x) for x in cell.split("(")[1][:-1].split(" to "))
    assert cell.startswith(f"{error:.1f} (")
    # Of 400 images and no difference between seeds: 1.96 sqrt(p q / n).
    assert high - error == pytest.approx(4.9, abs=0.5)
    assert error - low == pytest.approx(4.9, abs=0.5)
    change = bootstrap.change_cell(second, first, "held_out", 1)
    expected = 100 * ((~worse).mean() / (~right).mean() - 1)
    assert change.startswith(f"{expected:+.1f} % (+")
    # Paired: the same images in both, so that the interval leaves out 0.
    assert bootstrap.change_cell(first, first, "held_out", 1) == ""
    command = ["bootstrap", str(path), "--against", "variant=baseline"]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    table = capsys.readouterr().out
    assert cell in table
    assert change in table


def test_rows_are_of_the_same_images_and_tree():
    right = np.arange(40) % 2 > 0
    first = hit_line(0, "baseline", right)
    of_old = hit_line(1, "baseline", right)
    lines = [first | {"images_digest": "1a", "hierarchy_digest": "1a"}, of_old]
    assert len(bootstrap.rows_of(lines, "held_out")) == 1
    tree = lines[0] | {"hierarchy_digest": "2b"}
    rows = bootstrap.rows_of([*lines, tree], "held_out")
    assert [len(row.runs) for row in rows] == [1, 1, 1]
    assert bootstrap.change_cell(rows[2], rows[0], "held_out", 1) != ""
    assert bootstrap.matches(rows[2], ["hierarchy_digest=2b"])
    found = [bootstrap.matches(r, ["hierarchy_digest=2b,none"]) for r in rows]
    assert found == [False, False, True]
    # As many images, but others: none can be paired.
    other = lines[0] | {"images_digest": "2b"}
    rows = bootstrap.rows_of([*lines, other], "held_out")
    assert [len(row.runs) for row in rows] == [1, 1, 1]
    assert bootstrap.change_cell(rows[2], rows[0], "held_out", 1) == ""


def test_a_seed_in_two_precisions_is_two_runs():
    right = np.arange(40) % 2 > 0
    lines = [
        hit_line(seed, name, right) | {"precision": precision}
        for name, seed, precision in (
            ("hxe", 0, "float32"),
            ("hxe", 1, "mixed_bfloat16"),
            ("baseline", 0, "float32"),
            ("baseline", 0, "mixed_bfloat16"),
            ("baseline", 1, "float32"),
        )
    ]
    rows = bootstrap.rows_of(lines, "held_out")
    # Seeds may differ by it, as in the first row.
    assert [list(row.runs) for row in rows] == [[0, 1], [0, 1], [0]]
    only = ["precision=float32"]
    assert [bootstrap.matches(row, only) for row in rows] == [
        False, True, False,
    ]  # fmt: skip
    of_old = {n: v for n, v in lines[2].items() if n != "precision"}
    rows = bootstrap.rows_of([*lines[:3], of_old], "held_out")
    assert [list(row.runs) for row in rows] == [[0, 1], [0]]


def test_how_far_a_row_goes_from_one_to_another(tmp_path, monkeypatch, capsys):
    """By hand: 60 % wrong, then 45, then 30 is half of the way."""
    images = np.arange(2000)
    of = {"baseline": 0.6, "hxe": 0.45, "ceiling": 0.3}
    lines = [
        hit_line(seed, name, images % 20 >= 20 * share)
        for name, share in of.items()
        for seed in range(1 if name == "ceiling" else 2)
    ]
    start, now, end = bootstrap.rows_of(lines, "held_out")
    cell = bootstrap.way_cell(now, start, end, "held_out", 1)
    way, low, high = map(float, re.findall(r"\d+", cell))
    assert way == 50
    # The same images are wrong in all: 300 of 600 come right, +- 1.96 of the
    # binomial's standard error.
    assert high - way == pytest.approx(4, abs=1)
    assert way - low == pytest.approx(4, abs=1)
    assert bootstrap.way_cell(end, start, end, "held_out", 1) == ""
    assert bootstrap.way_cell(start, start, end, "held_out", 1) == ""
    asked = [line | {"images_digest": "1a"} for line in lines]
    others = [*asked, lines[-1] | {"images_digest": "2b"}]
    start, now, _, end = bootstrap.rows_of(others, "held_out")
    assert bootstrap.way_cell(now, start, end, "held_out", 1) == ""
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    ends = ["--against", "variant=baseline", "--toward", "variant=ceiling"]
    monkeypatch.setattr("sys.argv", ["bootstrap", str(path), *ends])
    bootstrap.main()
    assert f"| {cell} | {cell} |" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["bootstrap", str(path), *ends[2:]])
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert "--toward wants --against" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("other", "paired"),
    [
        ({}, True),
        ({"data": "others"}, False),
        ({"hold_out": 4}, False),
        ({"images_digest": "2b", "new_classes": "1-ab"}, False),
    ],
)
def test_runs_of_other_images_are_not_paired(other, paired):
    right = np.zeros(4, bool)
    lines = [
        hit_line(0, "a", right) | {"images_digest": "1a"},
        hit_line(0, "b", right) | {"images_digest": "1a"} | other,
    ]
    first, second = bootstrap.rows_of(lines, "held_out")
    change = bootstrap.change_cell(second, first, "held_out", 1)
    assert (change != "") == paired


def test_other_images_of_val_leave_the_held_out_ones():
    first, other, of_old = (
        bootstrap.Row({}, "class", {0: {"data": "pets"} | digest})
        for digest in ({"val_digest": "1a"}, {"val_digest": "2b"}, {})
    )
    assert not bootstrap.same_images(first, other, "val")
    assert bootstrap.same_images(first, other, "held_out")
    assert bootstrap.same_images(first, of_old, "val")


def test_a_change_says_of_how_many_seeds_it_is():
    right = np.arange(40) % 2 > 0
    lines = [
        *(hit_line(seed, "hxe", right) for seed in range(3)),
        hit_line(1, "baseline", right),
    ]
    many, one = bootstrap.rows_of(lines, "held_out")
    cell = bootstrap.change_cell(many, one, "held_out", 1)
    assert cell == "+0.0 % (+0.0 to +0.0), 1 of 3 seeds"
    cell = bootstrap.change_cell(one, many, "held_out", 1)
    assert cell == "+0.0 % (+0.0 to +0.0)"


def test_errors_over_classes_that_share_a_group(tmp_path, monkeypatch, capsys):
    # Two cats, which share a group of two, and a van, alone in the other.
    for name in ("n02123045", "n02123159", "n03417042"):
        (tmp_path / "train" / name).mkdir(parents=True)
    right = np.array([True, False, False, False, True, True])
    line = hit_line(0, "baseline", right) | {"classes": 3}
    line["held_out"]["class"]["within16"] = 0.625
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(line))
    command = ["bootstrap", str(path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 50.0 (" in (table := capsys.readouterr().out)
    assert "| 50.0 | 62.5 | 1 |" in table
    command += ["--others", "2", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 75.0 (" in (table := capsys.readouterr().out)
    # Of these alone the line does not have the other two figures.
    assert "|  |  | 1 |" in table
    monkeypatch.setattr("sys.argv", command[:-2])
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert "--others wants --data" in capsys.readouterr().err
    # By another tree the first and the last share a group.
    tree = tmp_path / "tree.csv"
    tree.write_text("n02123045,a\nn02123159,b\nn03417042,a\n")
    monkeypatch.setattr("sys.argv", [*command, "--hierarchy", str(tree)])
    bootstrap.main()
    assert "| class | 1 | 25.0 (" in capsys.readouterr().out


def test_errors_over_such_classes_where_they_have_unlike_many_images(
    tmp_path, monkeypatch, capsys
):
    for name, images in {
        "n02123045": 3,
        "n02123159": 1,
        "n03417042": 2,
    }.items():
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "val" / name).mkdir(parents=True)
        for image in range(images):
            (tmp_path / "val" / name / f"{image}.png").touch()
    right = np.array([True, False, True, True, False, False])
    line = hit_line(0, "baseline", right) | {"classes": 3}
    line["val"], line["hits"]["val"] = (
        of.pop("held_out") for of in (line, line["hits"])
    )
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(line))
    command = ["bootstrap", str(path), "--split", "val"]
    command += ["--others", "2", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 25.0 (" in capsys.readouterr().out
    (tmp_path / "val" / "n03417042" / "more.png").touch()
    with pytest.raises(SystemExit, match=r"about 6 images, and .* has 7"):
        bootstrap.main()


# What draws a picture is left out; the tables that it is of are tested.
NAMED = [
    (module, arguments.split())
    for module, arguments in re.findall(
        r"`python\s+-m\s+study\.tables\.(\w+)\s+([^`]*results/[^`]*)`",
        (ROOT / "study/results.md").read_text(),
    )
    if ".png" not in arguments
]


@pytest.mark.parametrize(("module", "arguments"), NAMED)
def test_commands_that_docs_name_print_a_table(
    module, arguments, monkeypatch, capsys
):
    # A row that was added may be a second one where a command wants one.
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.argv", [module, *arguments])
    importlib.import_module(f"study.tables.{module}").main()
    assert capsys.readouterr().out.count("\n|") > 2
