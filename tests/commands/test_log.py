"""`keras-hier log` with a tree: files of every kind, places, refusals."""

from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import logged

PREDICTIONS = (
    Path(__file__).parents[3] / "shared/data/imagenet_val_predictions.npz"
)
CLASSES = ["car", "cat", "dog"]  # label order, not display order
TREE = kh.Hierarchy.from_nested(
    {"animal": ["cat", "dog"], "thing": ["car"]}, classes=CLASSES
)
LABELS, PREDICTED = [0, 1, 2, 2], [0, 2, 2, 1]
MATRIX = [[1, 0, 0], [0, 0, 1], [0, 1, 1]]
LOG = "log --logdir run --hierarchy tree.json"
FILES = f"{LOG} --labels y.npy --predictions p.npy"


@pytest.fixture(autouse=True)
def written(run):
    """A tree, and the same answers in files of every kind."""
    Path("tree.json").write_text(TREE.to_json())
    Path("numbered.csv").write_text(
        "class,group1,label\ncat,animal,1\ndog,animal,2\ncar,thing,0\n"
    )
    Path("tree.csv").write_text(
        "class,group1\ncat,animal\ndog,animal\ncar,thing\n"
    )
    Path("order.txt").write_text("car\ncat\ndog\n")
    Path("reversed.txt").write_text("dog\ncat\ncar\n")
    back = 2 - np.array([LABELS, PREDICTED])
    for name, values in {
        "y": LABELS,
        "p": PREDICTED,
        "y_ids": np.array(CLASSES)[LABELS],
        "ids": np.array(CLASSES)[PREDICTED],
        "bytes": np.array(CLASSES, "S")[PREDICTED],
        "scores": np.eye(3)[PREDICTED] - 5,
        "whole": np.array(PREDICTED, np.float32),
        "column": np.array(PREDICTED)[:, None],
        "y_back": back[0],
        "scores_back": np.eye(3)[back[1]],
        "counts": MATRIX,
    }.items():
        np.save(f"{name}.npy", values)
    np.savez("both.npz", labels=LABELS, predictions=PREDICTED)
    np.savez("listed.npz", predictions=PREDICTED, wnids=CLASSES)
    np.savez(
        "back.npz", labels=back[0], predictions=back[1], classes=CLASSES[::-1]
    )
    np.savez("named.npz", out=PREDICTED, extra=[1])
    np.savez("single.npz", out=PREDICTED)
    Path("p.csv").write_text("prediction\n0\n2\n2\n1\n")
    Path("table.csv").write_text(
        "file,label,prediction\na,car,car\nb,cat,dog\nc,dog,dog\nd,dog,cat\n"
    )
    Path("scores.csv").write_text("0,1,2\n9,0,1\n0,0,1\n0,.1,.9\n1,9,1\n")
    Path("headed.csv").write_text("dog,car,cat\n1,9,0\n2,1,1\n2,0,0\n1,0,2\n")


@pytest.mark.parametrize(
    "predictions",
    [
        *("p.npy", "ids.npy", "bytes.npy", "scores.npy", "whole.npy"),
        *("column.npy", "both.npz", "both.npz:predictions", "listed.npz"),
        *("named.npz:out", "single.npz", "p.csv", "table.csv", "scores.csv"),
        "headed.csv",
    ],
)
def test_every_kind_of_file(run, predictions):
    said = run(f"{LOG} --labels y.npy --predictions {predictions}")
    assert "4 samples of 3 classes" in said
    assert logged() == MATRIX


@pytest.mark.parametrize(
    "command",
    [
        "--labels table.csv --predictions table.csv --hierarchy tree.json",
        "--labels y.npy --predictions p.npy --hierarchy numbered.csv",
        "--labels y.npy --predictions p.npy --hierarchy tree.csv --classes "
        "order.txt",
        "--labels y_ids.npy --predictions ids.npy --hierarchy tree.csv",
        "--labels back.npz --predictions back.npz --hierarchy tree.json",
        "--labels y_back.npy --predictions scores_back.npy --classes "
        "reversed.txt --hierarchy tree.json",
    ],
)
def test_orders_of_classes_are_translated(run, command):
    run(f"log --logdir run {command}")
    assert logged() == MATRIX


def test_files_of_editors_that_mark_their_encoding(run):
    for name in ("order.txt", "tree.csv", "table.csv"):
        marked = b"\xef\xbb\xbf" + Path(name).read_bytes()
        Path(name).write_bytes(marked.replace(b"\n", b"\r\n"))
    run(
        "log --logdir run --labels table.csv --predictions table.csv "
        "--classes order.txt --hierarchy tree.csv"
    )
    assert logged() == MATRIX


def test_split_step_and_output(run):
    run(f"{FILES} --split test --step 7 --output fine")
    assert RunLog("run", "test").epochs("fine") == (7,)
    assert logged(output="fine") == MATRIX


@pytest.mark.parametrize("role", ["head", "probe"])
def test_a_head_or_probe_of_another_program(run, role):
    files = {
        "head": "--labels y.npy --predictions p.npy",
        "probe": "--matrix counts.npy",
    }[role]
    run(f"{LOG} {files} --role {role} --layer top/layer4")
    header, matrix = RunLog("run").matrix(f"top_layer4_{role}")
    assert (header.role, header.layer) == (role, "top/layer4")
    assert matrix.toarray().tolist() == MATRIX


def steps_of(tag):
    reader = event_accumulator.EventAccumulator(
        "run/validation", size_guidance={"tensors": 0}
    )
    reader.Reload()
    return [event.step for event in reader.Tensors(tag)]


def test_an_epoch_below_the_last_only_when_it_is_said(run):
    for step in (10, 20, 30):
        run(f"{FILES} --step {step}")
    # Not at every call.
    assert len(steps_of(f"blocks/hierarchy/{TREE.digest}")) == 1
    assert "after epoch 30" in run.refused(f"{FILES} --step 20")
    assert steps_of("blocks/class") == [10, 20, 30]
    run(f"{FILES} --step 20 --resume")
    assert RunLog("run").epochs() == (10, 20)


@pytest.mark.skipif(not PREDICTIONS.exists(), reason="no ../shared/data")
def test_the_real_predictions(run):
    files = f"--labels {PREDICTIONS} --predictions {PREDICTIONS}"
    run(f"log --logdir run --hierarchy imagenet {files}")
    assert np.trace(logged()) / 50_000 == pytest.approx(0.727, abs=5e-4)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("no.npy", None, "there is no file 'no.npy'"),
        ("order.txt", None, "expected .npy, .npz"),
        ("named.npz", None, "holds out, extra; say which"),
        ("named.npz:nope", None, "holds out, extra; say which"),
        ("back.npz", None, "y.npy does not say how"),
        ("short.npy", PREDICTED[:3], "one length, got 4 and 3"),
        ("large.npy", [0, 1, 2, 3], "1 sample is no class of the hierarchy"),
        ("nan.npy", [[1, 2, 3]] * 3 + [[1, np.nan, 2]], "1 rows hold NaN"),
        ("wide.npy", np.ones((4, 5)), "hierarchy in one column, got 5 columns"),
        ("cube.npy", np.ones((4, 2, 2)), "class ids [N], or scores [N, C]"),
        ("bool.npy", [True, False, True, False], "of bool"),
        ("none.npy", PREDICTED[:0], "none.npy is empty: it has shape (0,)"),
        ("objects.npy", np.array([{}, 1], object), "of numbers or strings"),
        ("cut.npy", b"", "(4,) of int64, 32 bytes, and holds 31"),
        ("cut.npz", b"", "cut.npz is no readable array"),
        ("worn.npz", b"", "worn.npz:predictions is no readable array"),
        ("latin.csv", b"predictions\ncaf\xe9\n", "line 2: expected UTF-8, got"),
        ("open.csv", b'predictions\n"cat\n' + b"dog\n" * 50_000,
         "A quotation mark that nothing closes"),
        ("header.csv", b"predictions\n", "header.csv is empty"),
        ("empty.csv", b"\n", "is empty"),
        ("ragged.csv", b"1,2,3\n4\n", "line 2: expected 3 cells"),
        ("again.csv", b"prediction,Predictions\n0,1\n2,2\n",
         "one column named 'predictions', got 2"),
        ("other.npz", ["car", "cat", "x"], "1 listed id is no class of"),
        ("twice.npz", ["car"] * 3, "3 listed ids, of which two are one class"),
    ],
)  # fmt: skip
def test_a_file_that_will_not_do_is_one_line(run, file, content, message):
    if file in ("other.npz", "twice.npz"):
        np.savez(file, predictions=PREDICTED, wnids=content)
    elif file == "cut.npy":
        Path(file).write_bytes(Path("y.npy").read_bytes()[:-1])
    elif file in ("cut.npz", "worn.npz"):
        np.savez(file, predictions=np.arange(100))
        whole = Path(file).read_bytes()
        half = len(whole) // 2
        worn = whole[:half] + b"?" + whole[half + 1 :]
        Path(file).write_bytes(whole[:-30] if file == "cut.npz" else worn)
    elif isinstance(content, bytes):
        Path(file).write_bytes(content)
    elif content is not None:
        np.save(file, content, allow_pickle=True)
    command = f"{LOG} --labels y.npy --predictions {file}"
    assert message in run.refused(command)
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--labels scores.npy", "or class ids [N], got shape (4, 3)"),
        ("--hierarchy imagenet2", "must be `imagenet`, `cifar100` or"),
        ("--hierarchy no.json", "there is no file 'no.json'"),
        ("--hierarchy tree.csv", "add a column `label`, the numbers from 0"),
        ("--hierarchy broken.json", "Not a hierarchy"),
        ("--hierarchy other.json", "keras-hier/hierarchy"),
        ("--labels back.npz --predictions back.npz --classes order.txt",
         "brings its own list of classes"),
        ("--step -1", "--epoch must be 1, the first epoch, or more; got -1"),
        ("--step 0", "--epoch must be 1, the first epoch, or more; got 0"),
        (f"--step {'9' * 20}", f"got {'9' * 20}"),
        ("--output a/b", "without '/'"),
        ("--output=", "non-empty"),
        ("--logdir=", "--logdir must be the name of a folder"),
        ("--role probe", "--role and --layer go together"),
        ("--layer a", "--role and --layer go together"),
        ("--role head --layer a --output class", "is the network's own"),
        ("--role probe --layer=", "--layer must be the name"),
        ("--retree", "--retree goes without --hierarchy"),
    ],
)  # fmt: skip
def test_arguments_that_will_not_do_are_one_line(run, arguments, message):
    Path("broken.json").write_text("{")
    Path("other.json").write_text("{}")
    assert message in run.refused(f"{FILES} {arguments}")
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("", 2), ("nope", 2), ("log", 2), ("log --split val", 2),
        ("log --step one", 2), ("tree", 2), ("tree imagenet --groups x", 2),
        ("report run", 2), ("report run --out x.png --theme blue", 2),
        ("--version", 0), ("--help", 0), ("log --help", 0), ("probe --help", 0),
        ("tree --help", 0), ("report --help", 0), ("records --help", 0),
        ("demo --help", 0), ("quality --help", 0),
    ],
)  # fmt: skip
def test_help_and_wrong_command_lines(capsys, command, status):
    with pytest.raises(SystemExit) as exit_:
        main(command.split())
    assert exit_.value.code == status
    out, err = capsys.readouterr()
    if status:
        assert "usage: keras-hier" in err
    elif command == "--version":
        assert out == f"keras-hier {kh.__version__}\n"
    else:
        name = command.removesuffix("--help").strip()
        assert f"usage: keras-hier {name}".strip() in out
        names = ("demo", "records", "log", "tree", "report", "quality", "probe")
        assert name or all(f"\n    {each} " in out for each in names)
