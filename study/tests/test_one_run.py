"""The study of training: one run from end to end, and its table by hand."""

import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from kept_process import ROOT

import keras_hier as kh
from keras_hier.scores.fusion import fusion_weights
from study.tables.variants import print_table
from study.tests.study_runs import TRAINING, line, pets, small_run
from study.training import __main__ as training_command
from study.training.scores import report


def test_changes_are_paired_by_seed(study, tmp_path):
    lines = [
        line("heads3", 0, 0.40, 0.20, [0.1, 0.5, 0.6]),
        line("heads3", 1, 0.90, 0.80, [0.1, 0.1, 0.1]),
        line("heads3", 1, 0.54, 0.40, [0.3, 0.3, 0.4]),  # in its place
        line("baseline", 0, 0.50, 0.25, [0.2, 0.4, 0.5]),
        line("baseline", 1, 0.60, 0.50, [0.1, 0.2, 0.3]),
        line("hxe", 0, 0.60, 0.30, [0.4, 0.4, 0.4]),
        line("hxe", 1, 0.60, 0.50, [0.2, 0.3, 0.3]),
    ]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    table = study("--table", path).stdout
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
        for cells in (text.split("|") for text in table.splitlines())
        if len(cells) > 3
    }
    assert "no normalization, 100 images per class, 3 epochs" in table
    assert list(rows)[-3:] == ["baseline", "heads3", "hxe"]
    # 47 and its spread 14 / sqrt(2); -20 and -10 %, not 47 against 55.
    assert rows["heads3"][:2] == ["2", "47.0 ± 9.9"]
    assert rows["heads3"][-3:] == [
        "-15.0 ± 7.1 %",
        "-20.0 ± 0.0 %",
        # 0.5 is reached in epoch 2, 0.3 in epoch 1.
        "1.5 ± 0.7",
    ]
    assert rows["hxe"][-1] == "never, for 1 of 2"
    assert rows["baseline"][-3:-1] == ["+0.0 ± 0.0 %", "+0.0 ± 0.0 %"]


@pytest.mark.parametrize(
    ("of", "cell"),
    [
        # 0.5 after the first of two, which is the second of three epochs.
        ({"curve": [0.5, 0.6], "validate_every": 2}, "2.0"),
        # After the second, which is the third.
        ({"curve": [0.4, 0.6], "validate_every": 2}, "3.0"),
        # Of old it was not said.
        ({"curve": [0.5, 0.6]}, ""),
    ],
)
def test_epochs_are_counted_not_validations(printed, of, cell):
    lines = [
        line("baseline", 0, 0.5, 0.2, [0.3, 0.4, 0.5]),
        line("heads3", 0, 0.5, 0.2, []) | of,
    ]
    (rows,) = printed(*lines).values()
    assert rows["heads3"][-1] == cell


@pytest.fixture
def printed(tmp_path, capsys):
    """The tables of lines: by setting their rows, by variant the cells."""

    def of(*lines):
        path = tmp_path / "lines.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)))
        print_table([path], "val")
        tables, rows = {}, {}
        for text in capsys.readouterr().out.splitlines():
            if text.startswith("###"):
                rows = tables.setdefault(text, {})
            cells = [cell.strip() for cell in text.split("|")]
            if len(cells) > 3:
                rows[cells[1]] = cells[2:-1]
        return tables

    return of


def test_parts_of_the_classes_are_compared_with_themselves(printed):
    lines = [
        line(variant, 0, error, 0.2, [0.5]) | {"new_classes": part}
        for variant, part, error in (
            ("baseline", "1", 0.50), ("heads3", "1", 0.40),
            ("baseline", "2", 0.60), ("heads3", "2", 0.54),
            ("heads3", "3", 0.90),  # nothing to hold it against
        )
    ]  # fmt: skip
    (rows,) = printed(*lines).values()
    # One seed of three parts; -20 and -10 %.
    assert rows["heads3"][0] == "3"
    assert rows["heads3"][-3] == "-15.0 ± 7.1 %"


@pytest.mark.parametrize(
    ("name", "usual", "other"),
    [
        ("batch_size", 128, 64),
        ("steps_per_epoch", None, 9),
        ("image_size", 64, 32),
        ("hold_out", 50, 5),
        ("images_digest", "1a", "2b"),
        ("val_digest", "1a", "2b"),
        ("hierarchy_digest", "1a", "2b"),
    ],
)
def test_runs_that_differ_stand_in_other_tables(printed, name, usual, other):
    lines = [
        line("baseline", 0, 0.5, 0.2, [0.5]) | {name: usual},
        line("heads3", 0, 0.4, 0.2, [0.5]) | {name: usual},
        line("heads3", 1, 0.1, 0.2, [0.5]) | {name: other},
    ]
    tables = printed(*lines)
    assert len(tables) == 2
    assert {rows["heads3"][1] for rows in tables.values()} == {"40.0", "10.0"}
    assert any(str(other) in title for title in tables)
    # Of old nothing was said; all that is known is of one kind.
    of_old = lines[0] | {"seed": 1}
    of_old.pop(name)
    assert len(printed(*lines[:2], of_old)) == 1


def test_a_seed_in_two_precisions_stands_in_two_tables(printed):
    lines = [
        line(variant, seed, error, 0.2, [0.5]) | {"precision": precision}
        for variant, seed, error, precision in (
            ("baseline", 0, 0.5, "float32"),
            ("heads3", 0, 0.4, "float32"),
            ("heads3", 1, 0.6, "mixed_bfloat16"),
            ("heads3", 0, 0.1, "mixed_bfloat16"),
        )
    ]
    # Seeds of one row may differ by it.
    (rows,) = printed(*lines[:3]).values()
    assert rows["heads3"][:2] == ["2", "50.0 ± 14.1"]
    tables = printed(*lines)
    assert {
        title.partition("precision ")[2].strip(")"): rows["heads3"][:2]
        for title, rows in tables.items()
    } == {"float32": ["1", "40.0"], "mixed_bfloat16": ["2", "35.0 ± 35.4"]}


def test_runs_without_final_have_no_table_of_val(tmp_path, monkeypatch, capsys):
    path = tmp_path / "runs.jsonl"
    one = line("baseline", 0, 0.5, 0.2, [0.5])
    one["held_out"] = one.pop("val")
    path.write_text(json.dumps(one))
    monkeypatch.setattr("sys.argv", ["training", "--table", str(path)])
    with pytest.raises(SystemExit, match=r"val \(--final\); --split held_out"):
        training_command.main()
    monkeypatch.setattr("sys.argv", [*sys.argv, "--split", "held_out"])
    training_command.main()
    assert "| baseline | 1 | 50.0 |" in capsys.readouterr().out


def test_a_baseline_without_errors_has_no_share(study, tmp_path):
    path = tmp_path / "runs.jsonl"
    lines = [
        line("baseline", 0, 0.25, 0.0, [0.7, 0.75]),
        line("heads3", 0, 0.20, 0.10, [0.7, 0.8]),
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    done = study("--table", path)
    assert done.returncode == 0, done.stderr[-2000:]
    (row,) = (x for x in done.stdout.splitlines() if "heads3" in x)
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[-4:-2] == ["-20.0 %", ""]


def test_a_calibration_error_is_also_that_of_one_temperature(study, tmp_path):
    path = tmp_path / "runs.jsonl"
    lines = [line("baseline", seed, 0.25, 0.1, [0.7]) for seed in (0, 1)]
    for one, error in zip(lines, (0.01, 0.03), strict=True):
        one["val"]["class"]["scaled_calibration_error"] = error
    path.write_text("\n".join(map(json.dumps, lines)))
    table = study("--table", path).stdout
    assert "| 50.0 ± 0.0 (scaled 2.0 ± 1.4) |" in table
    # Lines from before there was such a figure keep their cell.
    path.write_text(json.dumps(line("baseline", 0, 0.25, 0.1, [0.7])))
    assert "scaled" not in study("--table", path).stdout


def test_a_scaled_network_is_as_sure_as_it_is_right():
    # 99 % sure and right about three of four: out by 0.24, with a temperature
    # by nothing.
    logits = np.log([[0.99, 0.01]] * 4)
    labels = np.array([0, 0, 0, 1])
    weights = fusion_weights(logits, {}, labels)
    figures = report(
        kh.Hierarchy.from_nested({"pets": ["a", "b"]}, classes=["a", "b"]),
        labels,
        (logits, {}),
        weights,
        weights["class"],
    )["class"]
    assert figures["calibration_error"] == pytest.approx(0.24)
    assert figures["scaled_calibration_error"] == pytest.approx(0, abs=1e-3)


def test_without_a_mistake_there_is_no_severity(printed):
    tree = kh.Hierarchy.from_nested({"pets": ["a", "b"]}, classes=["a", "b"])
    figures = report(tree, np.array([0, 1]), (9.0 * np.eye(2), {}), {}, 1.0)
    for reading in ("class", "crm"):
        assert figures[reading]["top1_error"] == 0
        assert figures[reading]["severity"] is None
    json.dumps(figures, allow_nan=False)
    lines = [line("baseline", seed, 0.5, 0.2, [0.5]) for seed in range(3)]
    lines[0]["val"]["class"]["severity"] = None
    lines[1]["val"]["class"]["severity"] = float("nan")
    (rows,) = printed(*lines).values()
    # That of the third alone.
    assert rows["baseline"][5] == "0.50"


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


def test_a_run_from_class_folders_to_the_table(study, folder):
    out = folder / "runs.jsonl"
    command = [
        *small_run(folder, out),
        *("--variant", "heads1", "--epochs", 2),
        *("--final", "--keep", folder / "kept", "--keep-at", 1),
        *("--logdir", folder / "logs"),
    ]
    first = study(*command)
    assert first.returncode == 0, first.stderr[-2000:]
    (run,) = map(json.loads, out.read_text().splitlines())
    assert run["train_images"] == 24
    assert run["val_digest"] not in (None, run["images_digest"])
    assert len(run["curve"]) == 2
    readings = {"class", "crm", "heads", "fused", "fused_crm", "exits"}
    assert set(run["val"]) == readings
    assert run["parameters"] > run["parameters_without_heads"]
    for split in ("held_out", "val"):
        seen = []
        for when in ("", "-epoch1"):
            name = f"heads1-batch-24-0{when}"
            assert (folder / f"kept/{name}.weights.h5").exists()
            with np.load(folder / f"kept/{name}-{split}.npz") as kept:
                assert kept["class"].shape == kept["fused"].shape == (12, 6)
                seen.append(kept["class"])
        assert not np.array_equal(*seen)
    assert "done already" in study(*command).stdout
    assert len(out.read_text().splitlines()) == 1
    table = study("--table", out).stdout
    assert "heads1 + fusion" in table
    assert "heads1 + exits" in table
    # Another run whose log would have the same name.
    rate = ["--learning-rate", 0.01, "--keep", folder / "kept2"]
    other = study(*command, *rate)
    assert "heads1-batch-24-0 is of another run. Give --logdir" in other.stderr
    missing = study(*command, "--hold-out", 8)
    assert missing.returncode != 0
    assert "Lower --hold-out" in missing.stderr


def test_one_epoch_over_three_classes(study, folder):
    for name in "def":
        for split in ("train", "val"):
            shutil.rmtree(folder / "pets" / split / name)
    (folder / "tree.csv").write_text("a,dark\nb,dark\nc,light\n")
    out = folder / "runs.jsonl"
    done = study(
        *small_run(folder, out), "--exact", 2, "--coarse", 2, "--final",
        "--epochs", 1, "--steps-per-epoch", 2, "--batch-size", 4,
        "--variant", "heads3-distil",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    run = json.loads(out.read_text())
    # It was validated, though --exact validates every 20 epochs.
    assert len(run["curve"]) == 1
    assert run["val"]["class"]["top5_error"] == 0


def test_a_run_is_done_when_its_network_is_kept(study, folder):
    out, kept = folder / "runs.jsonl", folder / "kept"
    command = [
        *small_run(folder, out), "--epochs", 1, "--variant", "exit-conv2",
        "--keep", kept,
    ]  # fmt: skip
    # Something else is in the way.
    (kept / "exit-conv2-batch-24-0.weights.h5").mkdir(parents=True)
    failed = study(*command)
    assert failed.returncode != 0
    assert "val_accuracy" in failed.stdout
    assert not out.exists()
    (kept / "exit-conv2-batch-24-0.weights.h5").rmdir()
    done = study(*command)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "val_accuracy" not in done.stdout
    line = json.loads(out.read_text())
    with np.load(kept / "exit-conv2-batch-24-0-held_out.npz") as scores:
        right = scores["class"].argmax(axis=1) == scores["labels"]
    error = line["held_out"]["class"]["top1_error"]
    assert right.mean() == pytest.approx(1 - error)
    wild = ["--optimizer", "sgd", "--learning-rate", 1e30]
    lost = study(*command, *wild, "--keep", folder / "wild")
    assert lost.returncode != 0
    assert "The training has diverged" in lost.stderr.splitlines()[-1]


def test_an_interrupted_run_ends_as_if_it_had_not_been(study, folder):
    command = ["--epochs", 16, "--dropout", 0]
    whole = study(*small_run(folder, folder / "whole.jsonl"), *command)
    assert whole.returncode == 0, whole.stderr[-2000:]

    unfinished = folder / "unfinished"
    assert not list(unfinished.iterdir())
    command = [*small_run(folder, folder / "parts.jsonl"), *command]
    command += ["--logdir", folder / "logs"]
    with subprocess.Popen(
        [
            *(sys.executable, "-m", TRAINING),
            *map(str, command),
        ],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "XLA_FLAGS"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 600
        while not list(unfinished.glob("*/2.weights.h5")):
            assert process.poll() is None  # or it is over, and none was seen
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.kill()
    assert not (folder / "parts.jsonl").exists()
    second = study(*command)
    assert second.returncode == 0, second.stderr[-2000:]
    assert "Epoch 1/16" not in second.stdout
    assert not list(unfinished.iterdir())

    first, other = (
        json.loads((folder / f"{name}.jsonl").read_text())
        for name in ("whole", "parts")
    )
    assert len(first["curve"]) == len(other["curve"]) == 16
    np.testing.assert_allclose(other["curve"], first["curve"], atol=1e-4)
    loss = first["held_out"]["class"]["log_loss"]
    assert other["held_out"]["class"]["log_loss"] == pytest.approx(loss, 1e-3)
