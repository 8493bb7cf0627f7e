"""Every example runs, end to end, on a tiny data set."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import keras
import pytest
from kept_process import ROOT
from PIL import Image

import keras_hier as kh
from keras_hier.log.run_log import RunLog

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn images in class folders, the same in records, and their tree."""
    folder = tmp_path_factory.mktemp("drawn")
    hierarchy = kh.data.shapes.hierarchy()
    for split, each in (("train", 4), ("val", 1)):
        images, labels = kh.data.shapes.load(each, seed=each)
        pairs = zip(images, labels, strict=True)
        for index, (image, label) in enumerate(pairs):
            path = folder / "images" / split / hierarchy.classes[label]
            path.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path / f"{index}.png")
    for split in ("train", "validation"):
        where = (folder / "images", folder / "records", split)
        kh.data.write_records(*where, shards=2, workers=1, progress=False)
    rows, names = ["class,group1,group2"], hierarchy.node_names
    for name, leaf in zip(hierarchy.classes, hierarchy.leaves, strict=True):
        family, group, _ = hierarchy.ancestors(leaf)
        rows.append(f"{name},{names[group]},{names[family]}")
    (folder / "tree.csv").write_text("\n".join(rows))
    return folder


def run(*command: object) -> subprocess.CompletedProcess:
    """Runs an example in a process of its own, with a strategy of its own."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "XLA_FLAGS"},
        capture_output=True,
        text=True,
        check=False,
    )


def imagenet(drawn: Path, *arguments: object) -> list[object]:
    """Returns the command of a training on drawn images."""
    return [
        "examples/imagenet.py",
        *("--train", drawn / "records" / "train-*"),
        *("--validation", drawn / "records" / "validation-*"),
        *("--hierarchy", drawn / "tree.csv"),
        *("--image-size", 42, "--batch-size", 50, "--width", 0.1),
        *("--normalization", "batch", "--epochs", 1, "--seed", 1),
        *arguments,
    ]


HEADS = ("--heads", "conv4=12", "--probes", "conv1=4", "--optimizer", "adam")


@pytest.fixture(scope="module")
def trained(drawn, tmp_path_factory) -> tuple[Path, str]:
    """A folder of a training with heads on two replicas, and what it said."""
    logdir = tmp_path_factory.mktemp("trained") / "heads"
    options = ("--logical-cpus", 2, "--samples", 1, "--distillation", 0)
    done = run(*imagenet(drawn, "--logdir", logdir, *HEADS, *options))
    assert done.returncode == 0, done.stderr
    return logdir, done.stdout


def test_imagenet_with_heads_under_mirrored_strategy(drawn, kept, trained):
    logdir, said = trained
    assert "192 training images of 48 classes, 48 for" in said
    assert (
        "on 2 device(s), outputs: class, conv1_probe4, conv4_groups12" in said
    )
    assert "distillation" not in said
    log = RunLog(str(logdir), "validation")
    read = log.samples()
    assert len(read) == 48
    assert all(name.endswith(".png") for name in read.ids)
    assert len(log.pictures(read.index)) == 48
    plain = keras.saving.load_model(logdir / "plain.keras")
    assert plain.output_shape == (None, 48)
    # The same folder again: two runs must not mix.
    again = imagenet(drawn, "--logdir", logdir)
    assert "holds a run already" in kept.refused(*again)


def test_imagenet_goes_on_from_a_whole_state(drawn, kept, trained, tmp_path):
    logdir = shutil.copytree(trained[0], tmp_path / "run")
    backup = logdir / "backup"
    command = imagenet(drawn, "--logdir", logdir, *HEADS, "--distillation", 0)
    assert (logdir / "best.keras").exists()
    assert not backup.exists()
    again = [*command, "--resume", "--epochs", 2]
    assert "holds no interrupted run" in kept.refused(*again)
    # As if it had been killed while it wrote the state after epoch 2.
    backup.mkdir()
    last = logdir / "last.keras"
    state = backup / "epoch1.weights.h5"
    kh.load_model(last).save_weights(state)
    (backup / "part.weights.h5").write_bytes(state.read_bytes()[:1000])
    assert "continue it with --resume" in kept.refused(*command)
    said = kept.run(*again, "--width", 0.2).stderr
    assert "epoch1.weights.h5 is of another network" in said
    assert "Traceback" not in said
    done = kept.run(*again)
    assert "on 1 device(s), outputs: class, conv" in done.stdout, done.stderr
    assert "Epoch 2/2" in done.stdout
    assert "Epoch 1/2" not in done.stdout
    assert RunLog(str(logdir), "train").epochs() == (1, 2)
    assert not backup.exists()
    # 192 images in batches of 50.
    assert int(kh.load_model(last).optimizer.iterations) == 8


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--train", "none-*"), "No files match 'none-*'. Expected TFRecord"),
        (("--heads", "conv9=4"), "The model 'alexnet' has no layer 'conv9'."),
        (("--heads", "conv2=4000"), "more groups than there are classes (48)"),
        (("--heads", "conv2"), "Expected LAYER=GROUPS, as in conv2=4: 'conv2'"),
        (("--hierarchy", "none.csv"), "[Errno 2] No such file"),
        (("--epochs", 0), "argument --epochs: expected at least 1, got 0"),
        (("--logdir", "README.md"), "[Errno 17] File exists"),
    ],
)
def test_imagenet_says_what_it_wants(drawn, kept, tmp_path, given, said):
    command = imagenet(drawn, "--logdir", tmp_path / "none", *given)
    assert said in kept.refused(*command)


@pytest.fixture
def example(monkeypatch) -> ModuleType:
    """examples/imagenet.py as a module, without running it."""
    monkeypatch.syspath_prepend(ROOT / "examples")
    return importlib.import_module("imagenet")


def test_imagenet_resumed_keeps_the_best_network(
    drawn, example, monkeypatch, tmp_path
):
    command = imagenet(drawn, "--resume", "--logdir", tmp_path)
    monkeypatch.setattr(sys, "argv", list(map(str, command)))
    args = example.parse_arguments()
    model = example.make_model(args, kh.data.shapes.hierarchy(), steps=1)
    data = kh.data.imagenet(drawn / "records" / "validation-*", 42, 16)

    def known() -> float:
        callbacks = example.make_callbacks(args, model, data, None)
        kind = keras.callbacks.ModelCheckpoint
        (kept_best,) = (each for each in callbacks if isinstance(each, kind))
        return kept_best.best

    (tmp_path / "best.keras").write_bytes(b"PK half a file")
    assert known() is None
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "best.keras")
    (loss,) = model.evaluate(data, verbose=0)[:1]
    assert known() == pytest.approx(loss, rel=1e-4)


def test_imagenet_resumed_with_a_seed_repeats_no_crops(
    drawn, example, monkeypatch, tmp_path
):
    """The seed of the first epoch that is left is not that of the first."""
    for name in ("train/events.out.tfevents.1", "backup/epoch3.weights.h5"):
        file = tmp_path / name
        file.parent.mkdir()
        file.touch()

    def read(*_: object, seed: int, **options: object) -> None:
        raise RuntimeError(f"seed {seed}")

    seeds: list[int] = []
    monkeypatch.setattr(keras.utils, "set_random_seed", seeds.append)
    monkeypatch.setattr(example, "make_strategy", lambda cpus: None)
    monkeypatch.setattr(kh.data, "imagenet", read)
    command = imagenet(drawn, "--resume", "--logdir", tmp_path, "--seed", 5)
    monkeypatch.setattr(sys, "argv", list(map(str, command)))
    with pytest.raises(RuntimeError, match="seed 8"):
        example.main()
    assert seeds == [8]


def test_imagenet_keeps_the_state_of_the_last_epoch(example, tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    backup = example.Backup(tmp_path)
    backup.set_model(model)
    for epoch in range(11):
        assert example.epochs_done(tmp_path) == epoch
        backup.on_epoch_end(epoch)

    def killed(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    # While it writes: what is there is whole, and of the epoch in its name.
    [kept] = tmp_path.iterdir()
    before = kept.read_bytes()
    model.save_weights = killed
    with pytest.raises(KeyboardInterrupt):
        backup.on_epoch_end(11)
    assert example.epochs_done(tmp_path) == 11
    assert (kept.name, kept.read_bytes()) == ("epoch11.weights.h5", before)


def test_folder(drawn, kept, tmp_path):
    done = kept.run(
        *("examples/folder.py", drawn / "images", drawn / "tree.csv"),
        *("--epochs", 1, "--image-size", 48, "--logdir", tmp_path / "folder"),
    )
    assert done.returncode == 0, done.stderr
    assert "textures 12" in done.stdout  # the tree
    assert (tmp_path / "folder" / "plain.keras").exists()
    flat = tmp_path / "flat.csv"
    rows = (drawn / "tree.csv").read_text().splitlines()
    flat.write_text("\n".join(row.split(",")[0] for row in rows))
    command = ("examples/folder.py", drawn / "images", flat, "--logdir", flat)
    assert f"{flat} has no groups" in kept.refused(*command)


@pytest.mark.parametrize("with_tree", [True, False])
def test_pytorch(drawn, kept, tmp_path, with_tree):
    logdir = tmp_path / "mine"
    # What a file manager leaves is no image.
    (next((drawn / "images" / "val").iterdir()) / ".DS_Store").touch()
    tree = [drawn / "tree.csv"] if with_tree else []
    done = kept.run(
        *("examples/pytorch.py", drawn / "images", *tree, "--epochs", 2),
        *("--image-size", 32, "--logdir", logdir),
    )
    assert done.returncode == 0, done.stderr
    log = RunLog(str(logdir), "validation")
    assert list(log.epochs("class")) == [1, 2]
    header, _ = log.matrix("class", 2)
    assert header.total == 48
    assert f"epoch 2: {header.correct / 48:.1%} of" in done.stdout
    assert "(a blind guess: 2.1%)" in done.stdout  # 1 of 48
    read = log.samples()
    assert len(read) == len(log.pictures(read.index)) == 48
    # The picture's folder is its label.
    classes = sorted(kh.data.shapes.hierarchy().classes)
    for name, label in zip(read.ids, read.labels.tolist(), strict=True):
        assert name.split("/")[0] == classes[label]
    assert ("--from-confusions" in done.stdout) != with_tree


@pytest.mark.parametrize("example", ["folder", "pytorch", "coarse"])
def test_what_is_not_there_is_said_in_a_line(drawn, kept, tmp_path, example):
    images, tree = drawn / "images", drawn / "tree.csv"
    if example == "coarse":
        images = tmp_path / "parts"
        for part in ("exact", "coarse", "val"):
            shutil.copytree(drawn / "images" / "val", images / part)
    other = tmp_path / "other.csv"
    other.write_text("class,group1\nx,a\ny,b\n")
    for folder, file, said in (
        (tmp_path / "none", tree, "is no folder. Expected "),
        (images, tmp_path / "none.csv", "none.csv: [Errno 2] No such file"),
        (images, other, "other.csv: "),
    ):
        options = ("--logdir", tmp_path / "run", "--image-size", 48)
        command = (f"examples/{example}.py", folder, file, *options)
        assert said in kept.refused(*command)


@pytest.mark.parametrize("example", ["folder", "pytorch"])
def test_what_would_go_wrong_unseen_is_refused(drawn, kept, tmp_path, example):
    images, logdir = tmp_path / "images", tmp_path / "run"
    command = [
        *(f"examples/{example}.py", images, drawn / "tree.csv"),
        *("--epochs", 1, "--image-size", 48, "--logdir", logdir),
    ]
    shutil.copytree(drawn / "images", images)
    for picture in (images / "train" / "trefoil").glob("*.png"):
        picture.unlink()
    said = "images/train/trefoil holds no images."
    assert kept.refused(*command).endswith(said)
    assert not logdir.exists()
    (logdir / "validation").mkdir(parents=True)
    (logdir / "validation" / "events.out.tfevents.1.x").touch()
    said = kept.refused(*command)
    assert said == f"{logdir} holds a run: choose another --logdir."
