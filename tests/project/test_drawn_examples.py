"""The examples that draw their own figures run, and their models load."""

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.run_log import RunLog

pytestmark = pytest.mark.thorough


def test_answers(kept, tmp_path):
    logdir = tmp_path / "answers"
    command = ("examples/answers.py", "--logdir", logdir)
    done = kept.run(*command, "--train", 20, "--epochs", 2)
    assert done.returncode == 0, done.stderr
    assert "right, 90% promised." in done.stdout
    assert len(RunLog(str(logdir)).samples()) == 48 * 20
    model = keras.models.load_model(logdir / "answering.keras")
    images, labels = kh.data.shapes.load(20, seed=2)
    said = model.predict(images, verbose=0)
    hierarchy = kh.data.shapes.hierarchy()
    nodes = kh.NodeLabels(hierarchy).nodes[said["answer"]]
    place = hierarchy.rank[labels]
    right = (hierarchy.start[nodes] <= place) & (place < hierarchy.stop[nodes])
    # Of 960; three standard deviations of both halves.
    assert np.mean(right) > 0.9 - 3 * (0.09 / 960 * 2) ** 0.5
    assert "holds a run" in kept.run(*command).stderr


def test_coarse(kept, tmp_path):
    """Exact and coarse folders that the script draws, then as they are."""
    folder, tree = tmp_path / "images", tmp_path / "tree.csv"
    command = [
        *("examples/coarse.py", folder, tree, "--epochs", 1, "--steps", 2),
        *("--batch-size", 16, "--logdir"),
    ]
    done = kept.run(*command, tmp_path / "first", "--draw", 1)
    assert done.returncode == 0, done.stderr
    assert "textures 12" in done.stdout  # the tree
    assert "48 exact images alone:" in done.stdout
    assert "and 480 coarse ones:" in done.stdout
    assert "(a blind guess: 2.1%)" in done.stdout  # 1 of 48
    assert len(list((folder / "coarse").iterdir())) == 12
    exact, coarse = (
        RunLog(str(tmp_path / "first" / name), "train").matrix("class", 1)[0]
        for name in ("exact", "coarse")
    )
    assert (exact.total, exact.coarse) == (32, 0)
    assert coarse.total + coarse.coarse == 32
    assert coarse.coarse > 0
    kh.load_model(tmp_path / "first" / "coarse.keras")
    command.append(tmp_path / "second")
    said = kept.refused(*command, "--exact-share", 1.5)
    assert "--exact-share: expected 0 < share < 1, got 1.5" in said
    said = kept.refused(*command, "--draw", 1)
    assert "leave --draw out to train on what it holds." in said
    # Without images no class is known exactly, and nobody would notice.
    class_folder = folder / "exact" / "trefoil"
    class_folder.rename(tmp_path / "trefoil")
    class_folder.mkdir()
    assert "exact/trefoil holds no images." in kept.refused(*command)
    class_folder.rmdir()
    (tmp_path / "trefoil").rename(class_folder)
    for old, new, said in (
        # Groups are not counted, the blind guess would be.
        ("val/trefoil", "val/knots", "val/knots is none of the classes of"),
        ("coarse/gears", "coarse/wheels", "has the id or name 'wheels'"),
        ("coarse", "vague", "coarse is no folder. Expected exact/<class>/, co"),
    ):
        (folder / old).rename(folder / new)
        assert said in kept.run(*command).stderr
        (folder / new).rename(folder / old)
