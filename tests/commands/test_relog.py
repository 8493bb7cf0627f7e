"""A training without a tree, and its epochs under the one it made."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.commands.relog import log_again
from keras_hier.log.run_log import RunLog
from tests.support import small

CLASSES = tuple(f"k{n:02}" for n in range(20))
ABCD = kh.Hierarchy.from_paths([(name,) for name in "abcd"])
RELOG = "--from-confusions --relog"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network on 20 classes of four families, without a tree."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 20, 2000)
    families = rng.normal(size=(4, 6))[y // 5]
    own = 0.4 * rng.normal(size=(20, 6))[y]
    x = (families + own + 0.6 * rng.normal(size=(2000, 6))).astype("float32")
    vector = keras.Input((6,))
    model = keras.Model(vector, keras.layers.Dense(20, name="class")(vector))
    model.compile(
        keras.optimizers.Adam(0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(classes=CLASSES)],
    )
    pictures = np.zeros((200, 8, 8, 1), np.uint8)
    samples = {"x": x[:200], "y": y[:200], "picture": pictures}
    how = {"epochs": 4, "batch_size": 500, "verbose": 0}
    logger = kh.BlocksCallback(folder, samples=samples)
    model.fit(x, y, validation_data=(x, y), callbacks=[logger], **how)
    return folder


def test_epochs_and_samples_under_the_tree_that_they_made(run, trained):
    out = run(f"tree {trained} {RELOG} again")
    assert "validation: 4 epochs" in out
    assert "Left out" not in out
    old, new = RunLog(trained), RunLog("again")
    assert new.epochs() == old.epochs() == (1, 2, 3, 4)
    flat, _ = old.tree(old.matrix()[0])
    assert (flat.classes, flat.height[0]) == (CLASSES, 1)
    for epoch in old.epochs():
        header, counts = new.matrix(epoch=epoch)
        assert (counts != old.matrix(epoch=epoch)[1]).nnz == 0
    tree, _ = new.tree(header)
    assert tree.classes == CLASSES
    assert tree.origin.kind == "confusions"
    assert tree.height[0] > 1
    assert RunLog("again", "train").epochs() == (1, 2, 3, 4)
    one, other = old.samples(), new.samples()
    assert one.epoch == other.epoch
    np.testing.assert_array_equal(one.classes, other.classes)
    np.testing.assert_array_equal(one.rank, other.rank)
    np.testing.assert_allclose(
        one.probabilities, other.probabilities, atol=0.004
    )
    assert len(new.pictures(other.index)) == len(old.pictures(one.index)) > 0


def test_all_pictures_come_along(run):
    """More of a class than are logged by default."""
    labels = np.arange(120) % 2
    tree = kh.Hierarchy.from_paths([("a",), ("b",)])
    with kh.BlocksWriter("old", tree) as writer:
        writer.predictions(labels, labels, step=1)
        index = writer.samples(labels, np.eye(2)[labels], step=1)
        pictures = np.zeros((120, 8, 8, 3), np.uint8)
        writer.pictures(index, pictures, per_class=60)
    log_again("old", "new", tree)
    assert len(RunLog("new").pictures(index.digest)) == 120


def test_an_epoch_that_could_not_be_read_is_said(run):
    """Whoever deletes the old run would lose an epoch without a word."""
    labels = np.arange(40) % 4
    with kh.BlocksWriter("old", ABCD) as writer:
        for step in (1, 2, 3):
            writer.predictions(labels, (labels + (labels % 2)) % 4, step)
    (file,) = Path("old").rglob("events*")
    whole = file.read_bytes()
    # Within the record of the last epoch, wherever that lies.
    for place in range(len(whole) - 40, 0, -40):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        if RunLog("old").epochs() == (1, 2):
            break
    out = run(f"tree old {RELOG} again")
    assert "keras-hier tree: " in out
    assert "is damaged" in out
    assert RunLog("again").epochs() == (1, 2)


def test_a_split_that_cannot_be_read_is_not_left_out(run):
    labels = np.arange(40) % 4
    for split in ("train", "validation"):
        with kh.BlocksWriter("old", ABCD, split) as writer:
            writer.predictions(labels, labels ^ 1, 1)
    (file,) = Path("old/validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    assert "validation' holds no" in run.failed(f"tree old {RELOG} again").err
    assert not Path("again").exists()
    for command in ("tree old --from-confusions", "tree old"):
        assert "validation' was passed over" in run(command)


def test_a_folder_that_is_not_empty_is_none_for_a_run(run):
    Path("here").mkdir()
    Path("here/something").touch()
    assert "is not empty" in run.refused(f"tree . {RELOG} here")


@pytest.mark.filterwarnings("ignore:There (is|are)")
def test_a_new_run_behind_a_url_is_logged_once(run, tmp_path):
    pytest.importorskip("fsspec")
    Path("counts.csv").write_text("a,b,c\n9,1,5\n1,9,0\n6,0,9\n")
    run("log --matrix counts.csv --logdir run")
    command = f"tree file://{tmp_path}/run {RELOG} file://{tmp_path}/new"
    run(command)
    assert RunLog("new").matrix()[0].total == 40
    assert "is not empty: name a new folder" in run.refused(command)


@pytest.mark.filterwarnings("ignore:There (is|are)")
def test_one_of_each_is_said_in_the_singular(run):
    tree = kh.Hierarchy.from_paths([("pet", "a"), ("pet", "b"), ("car", "c")])
    with kh.BlocksWriter("run", tree) as writer:
        writer.predictions([0], [1], 1)
    assert "1 sample of 3 classes, 0.0 % right" in run("quality run")
    out = run(f"tree run {RELOG} new")
    assert "1 error makes no groups of classes" in out
    assert "new, validation: 1 epoch, 0 with samples" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "and not both"),
        ({"hierarchy": small.hierarchy(), "classes": "ab"}, "and not both"),
        ({"classes": {"a", "b"}}, "got a set, which has no order"),
    ],
)
def test_a_metric_takes_a_tree_or_classes(arguments, said):
    with pytest.raises(ValueError, match=said):
        kh.ConfusionMatrix(**arguments)
    metric = kh.ConfusionMatrix(classes=CLASSES)
    again = kh.ConfusionMatrix.from_config(metric.get_config())
    assert again.hierarchy == metric.hierarchy


def test_samples_of_groups_are_left_out_and_counted(run):
    tree = kh.Hierarchy.from_paths([(c[:2], c) for c in CLASSES])
    exact = np.tile(np.arange(20), 100)
    named = np.where(np.arange(2000) % 3, exact, exact ^ 1)
    coarse = {1: 22, 2: 22, 3: 7}
    with kh.BlocksWriter("run", tree) as log:
        for epoch, count in coarse.items():
            true = [*exact, *[tree.node_label("k1")] * count]
            given = [*named, *[3] * count]
            log.predictions(true, given, epoch, node_labels=True)
    said = run(f"tree run {RELOG} new")
    assert "3 epochs" in said
    assert "up to 22 samples of each epoch, known as a group" in said
    for epoch, count in coarse.items():
        header, counts = RunLog("new").matrix(epoch=epoch)
        assert (header.coarse, counts.sum()) == (count, 2000)
        # No level of the new tree knows where they belong.
        assert header.coarse_levels
        assert all(judged == 0 for _, judged, _ in header.coarse_levels)
        assert not any(header.coarse_largest)
    events = event_accumulator.EventAccumulator("new/validation")
    events.Reload()
    written = events.Tensors("hierarchy/class/coarse_samples")
    assert [each.tensor_proto.float_val[0] for each in written] == [22, 22, 7]


def test_halves_of_surrogate_pairs_in_names_come_along(run):
    names = ["a\ud800", "b\udcff", "c\x1b[2J", "d\n"]
    tree = kh.Hierarchy.from_paths([(name,) for name in names])
    labels = np.repeat([0, 1, 2, 3], 30)
    named = np.where(np.arange(120) % 3, labels, labels ^ 1)
    with kh.BlocksWriter("run", tree) as log:
        log.predictions(labels, named, 1)
    run(f"tree run {RELOG} again")
    header, counts = RunLog("again").matrix()
    assert RunLog("again").hierarchy(header.hierarchy).classes == (*names,)
    assert (counts != RunLog("run").matrix()[1]).nnz == 0


@pytest.mark.parametrize("with_samples", [False, True])
def test_classes_in_another_order_are_refused(run, with_samples):
    labels = np.repeat([0, 1, 2], 30)
    scores = np.eye(3)[np.roll(labels, 10)]
    for step, classes in ((1, ["a", "b", "c"]), (2, ["c", "a", "b"])):
        tree = kh.Hierarchy.from_nested(
            {"pet": ["a", "b"], "road": ["c"]}, classes=classes
        )
        with kh.BlocksWriter("run", tree) as log:
            is_first = with_samples and step == 1
            write = log.samples if is_first else log.predictions
            write(labels, scores, step)
    said = run.failed(f"tree run {RELOG} again").err
    assert "epoch 1 has other classes than" in said
    assert not Path("again").exists()


def killed_while_logging(code):
    """Returns a program that logs again and stops after two epochs."""
    return (
        "import os, sys\n"
        "from keras_hier.commands import relog\n"
        "from keras_hier.hierarchy import Hierarchy\n"
        "from keras_hier.log.blocks_writer import BlocksWriter\n"
        "log, seen = BlocksWriter.matrix, []\n"
        "def stop(self, *rest, **named):\n"
        "    seen.append(1)\n"
        f"    if len(seen) == 3: {code}\n"
        "    return log(self, *rest, **named)\n"
        "BlocksWriter.matrix = stop\n"
        "classes = [f'k{n:02}' for n in range(20)]\n"
        "tree = Hierarchy.from_nested({'a': classes[:9], 'b': classes[9:]},"
        " classes=classes)\n"
        "relog.log_again(sys.argv[1], sys.argv[2], tree)\n"
    )


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("os._exit(9)", 1),
        ("raise OSError(28, 'No space left on device')", 0),
        ("raise KeyboardInterrupt", 0),
    ],
)
def test_a_program_that_ends_in_the_middle_leaves_no_run_of_that_name(
    trained, tmp_path, code, left
):
    new = tmp_path / "runs/again"
    command = [sys.executable, "-c", killed_while_logging(code)]
    done = subprocess.run([*command, trained, new], capture_output=True)
    assert done.returncode != 0
    assert not new.exists()
    found = list(new.parent.iterdir())
    assert len(found) == left
    assert all(f.name.startswith("again.unfinished-") for f in found)
    # The same works afterwards, in an empty folder as well.
    new.mkdir()
    tree = kh.Hierarchy.from_paths([(c[:2], c) for c in CLASSES])
    log_again(str(trained), str(new), tree)
    assert RunLog(new, "validation").epochs() == (1, 2, 3, 4)
    assert len(list(new.parent.iterdir())) == left + 1
