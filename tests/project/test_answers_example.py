"""The example of answers runs, and its model answers once it is loaded."""

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
