"""A training without a tree, and its epochs under the one it made."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands.relog import log_again
from keras_hier.log.run_log import RunLog
from tests.support import small

CLASSES = tuple(f"k{n:02}" for n in range(20))


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
        jit_compile=small.JIT,
    )
    pictures = np.zeros((200, 8, 8, 1), np.uint8)
    samples = {"x": x[:200], "y": y[:200], "picture": pictures}
    model.fit(
        x,
        y,
        validation_data=(x, y),
        epochs=4,
        batch_size=500,
        verbose=0,
        callbacks=[kh.BlocksCallback(folder, samples=samples)],
    )
    return folder


def test_without_a_tree_all_classes_are_side_by_side(trained):
    log = RunLog(str(trained))
    tree, _ = log.tree(log.matrix()[0])
    assert tree.classes == CLASSES
    assert tree.height[0] == 1


def test_epochs_under_the_tree_that_they_made(trained, tmp_path, capsys):
    again = tmp_path / "again"
    status = main(
        ["tree", str(trained), "--from-confusions", "--relog", str(again)]
    )
    out = capsys.readouterr().out
    assert status == 0, out
    assert "validation: 4 epochs" in out
    old, new = RunLog(str(trained)), RunLog(str(again))
    assert new.epochs() == old.epochs() == (1, 2, 3, 4)
    for epoch in old.epochs():
        header, counts = new.matrix(epoch=epoch)
        assert (counts != old.matrix(epoch=epoch)[1]).nnz == 0
    tree, _ = new.tree(header)
    assert tree.classes == CLASSES
    assert tree.origin.kind == "confusions"
    assert tree.height[0] > 1
    assert RunLog(str(again), "train").epochs() == (1, 2, 3, 4)


def test_samples_and_pictures_come_along(trained, tmp_path):
    again = tmp_path / "again"
    main(["tree", str(trained), "--from-confusions", "--relog", str(again)])
    old, new = RunLog(str(trained)), RunLog(str(again))
    one, other = old.samples(), new.samples()
    assert one.epoch == other.epoch
    np.testing.assert_array_equal(one.classes, other.classes)
    np.testing.assert_allclose(
        one.probabilities, other.probabilities, atol=0.004
    )
    np.testing.assert_array_equal(one.rank, other.rank)
    assert len(new.pictures(other.index)) == len(old.pictures(one.index)) > 0


def test_all_pictures_come_along(tmp_path):
    """More of a class than are logged by default."""
    labels = np.arange(120) % 2
    tree = kh.Hierarchy.from_paths([("a",), ("b",)])
    with kh.BlocksWriter(tmp_path / "old", tree) as writer:
        writer.predictions(labels, labels, step=1)
        index = writer.samples(labels, np.eye(2)[labels], step=1)
        pictures = np.zeros((120, 8, 8, 3), np.uint8)
        writer.pictures(index, pictures, per_class=60)
    log_again(str(tmp_path / "old"), str(tmp_path / "new"), tree)
    assert len(RunLog(str(tmp_path / "new")).pictures(index.digest)) == 120


def test_what_could_not_be_read_is_said(tmp_path, capsys):
    """Whoever deletes the old run would lose an epoch without a word."""
    labels = np.arange(40) % 4
    tree = kh.Hierarchy.from_paths([(name,) for name in "abcd"])
    with kh.BlocksWriter(tmp_path / "old", tree) as writer:
        for step in (1, 2, 3):
            writer.predictions(labels, (labels + (labels % 2)) % 4, step)
    (file,) = (tmp_path / "old").rglob("events*")
    whole = file.read_bytes()
    again = str(tmp_path / "again")
    old = str(tmp_path / "old")
    # Within the record of the last epoch, wherever that lies.
    for place in range(len(whole) - 40, 0, -40):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        if RunLog(old).epochs() == (1, 2):
            break
    assert main(["tree", old, "--from-confusions", "--relog", again]) == 0
    said = capsys.readouterr()
    assert "keras-hier tree: " in said.err
    assert "is damaged" in said.err
    assert RunLog(again).epochs() == (1, 2)


def test_a_split_that_cannot_be_read_is_not_left_out(tmp_path, capsys):
    labels = np.arange(40) % 4
    tree = kh.Hierarchy.from_paths([(name,) for name in "abcd"])
    for split in ("train", "validation"):
        with kh.BlocksWriter(tmp_path / "old", tree, split) as writer:
            writer.predictions(labels, labels ^ 1, 1)
    (file,) = (tmp_path / "old" / "validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    old, again = str(tmp_path / "old"), tmp_path / "again"
    command = ["tree", old, "--from-confusions"]
    assert main([*command, "--relog", str(again)]) == 2
    assert "validation' holds no" in capsys.readouterr().err
    assert not again.exists()
    assert main(command) == 0
    assert "validation' was passed over" in capsys.readouterr().err
    assert main(["tree", old]) == 0
    assert "validation' was passed over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--relog", "."], "is not empty"),
        (["--relog", "new"], "--relog does not go with"),
    ],
)
def test_what_does_not_go(
    trained, tmp_path, monkeypatch, capsys, arguments, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").touch()
    more = ["--from-confusions"] if said == "is not empty" else []
    assert main(["tree", str(trained), *more, *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [{}, {"hierarchy": small.hierarchy(), "classes": "ab"}]
)
def test_a_tree_or_classes(arguments):
    with pytest.raises(ValueError, match="and not both"):
        kh.ConfusionMatrix(**arguments)


def test_a_set_of_classes_has_no_order():
    with pytest.raises(ValueError, match="got a set, which has no order"):
        kh.ConfusionMatrix(classes={"a", "b"})


def test_a_model_with_it_is_saved_and_loaded(tmp_path):
    metric = kh.ConfusionMatrix(classes=CLASSES)
    again = kh.ConfusionMatrix.from_config(metric.get_config())
    assert again.hierarchy == metric.hierarchy


def test_samples_of_groups_are_left_out_and_counted(tmp_path, capsys):
    tree = kh.Hierarchy.from_paths([(c[:2], c) for c in CLASSES])
    nodes = kh.NodeLabels(tree)
    exact = np.tile(np.arange(20), 100)
    named = np.where(np.arange(2000) % 3, exact, exact ^ 1)
    with kh.BlocksWriter(tmp_path / "run", tree) as log:
        for epoch, coarse in ((1, 22), (2, 22), (3, 7)):
            true = [*exact, *[nodes.label("k1")] * coarse]
            given = [*named, *[3] * coarse]
            log.predictions(true, given, epoch, node_labels=True)
    command = ["tree", str(tmp_path / "run"), "--from-confusions", "--relog"]
    assert main([*command, str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "3 epochs" in said
    assert "up to 22 samples of each epoch, known as a group" in said
    log = RunLog(str(tmp_path / "new"))
    for epoch, coarse in ((1, 22), (2, 22), (3, 7)):
        header, counts = log.matrix(epoch=epoch)
        assert (header.coarse, counts.sum()) == (coarse, 2000)
        # No level of the new tree knows where they belong.
        assert header.coarse_levels
        assert all(judged == 0 for _, judged, _ in header.coarse_levels)
        assert not any(header.coarse_largest)
    events = event_accumulator.EventAccumulator(
        str(tmp_path / "new" / "validation")
    )
    events.Reload()
    written = events.Tensors("hierarchy/class/coarse_samples")
    assert [each.tensor_proto.float_val[0] for each in written] == [22, 22, 7]


def test_halves_of_surrogate_pairs_in_names_come_along(tmp_path):
    names = ["a\ud800", "b\udcff", "c\x1b[2J", "d\n"]
    tree = kh.Hierarchy.from_paths([(name,) for name in names])
    labels = np.repeat([0, 1, 2, 3], 30)
    named = np.where(np.arange(120) % 3, labels, labels ^ 1)
    run, again = tmp_path / "run", tmp_path / "again"
    with kh.BlocksWriter(run, tree) as log:
        log.predictions(labels, named, 1)
    command = ["tree", str(run), "--from-confusions", "--relog", str(again)]
    assert main(command) == 0
    header, counts = RunLog(str(again)).matrix()
    assert RunLog(str(again)).hierarchy(header.hierarchy).classes == (*names,)
    assert (counts != RunLog(str(run)).matrix()[1]).nnz == 0


def test_nothing_is_said_where_nothing_is_left_out(trained, tmp_path, capsys):
    again = str(tmp_path / "again")
    main(["tree", str(trained), "--from-confusions", "--relog", again])
    assert "Left out" not in capsys.readouterr().out


@pytest.mark.parametrize("with_samples", [False, True])
def test_classes_in_another_order_are_refused(tmp_path, with_samples, capsys):
    run, again = tmp_path / "run", tmp_path / "again"
    labels = np.repeat([0, 1, 2], 30)
    scores = np.eye(3)[np.roll(labels, 10)]
    for step, classes in (
        (1, ["cat", "dog", "bus"]),
        (2, ["bus", "cat", "dog"]),
    ):
        tree = kh.Hierarchy.from_nested(
            {"pet": ["cat", "dog"], "road": ["bus"]}, classes=classes
        )
        with kh.BlocksWriter(run, tree) as log:
            if with_samples and step == 1:
                log.samples(labels, scores, step)
            else:
                log.predictions(labels, scores, step)
    assert (
        main(["tree", str(run), "--from-confusions", "--relog", str(again)])
        == 2
    )
    said = capsys.readouterr().err
    assert "validation: epoch 1 has other classes than the new tree" in said
    assert not again.exists()


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
def test_what_ends_in_the_middle_is_no_run_of_that_name(
    trained, tmp_path, code, left
):
    new = tmp_path / "runs/again"
    command = [sys.executable, "-c", killed_while_logging(code)]
    done = subprocess.run(
        [*command, str(trained), str(new)], capture_output=True
    )
    assert done.returncode != 0
    assert not new.exists()
    found = list(new.parent.iterdir())
    assert len(found) == left
    assert all(f.name.startswith("again.unfinished-") for f in found)
    # The same command works afterwards, in an empty folder as well.
    new.mkdir()
    command = [sys.executable, "-c", killed_while_logging("pass")]
    subprocess.run([*command, str(trained), str(new)], check=True)
    assert RunLog(str(new), "validation").epochs() == (1, 2, 3, 4)
    assert len(list(new.parent.iterdir())) == left + 1
