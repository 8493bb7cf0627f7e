"""What a resumed run overtakes of series that it has not logged yet."""

import numpy as np
import pytest
from layers import layers_record
from reading import MATRIX, TREE

import keras_hier as kh
from keras_hier.log.event_files import event_reader
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.run_log import RunLog

MEANS = ClassMeans(
    layer="a",
    place=0,
    shape="2",
    pool="mean",
    hierarchy=TREE.digest,
    counts=np.full(4, 5),
    means=np.eye(4, 2, dtype=np.float32),
)


SCORES = np.eye(4)[:3]


def log_epochs(folder, matrices, samples=(), resume=False, first=False):
    """Logs epoch by epoch; where both are due, samples first or last."""
    with kh.BlocksWriter(folder, TREE, resume=resume) as log:
        for step in sorted({*matrices, *samples}):
            if first and step in samples:
                log.samples([0, 1, 2], SCORES, step)
            if step in matrices:
                log.matrix(MATRIX, step)
            if not first and step in samples:
                log.samples([0, 1, 2], SCORES, step)


def sampled(folder):
    return RunLog(str(folder)).sample_epochs()


@pytest.mark.parametrize("first", [False, True])
def test_no_samples_of_the_dead_attempt_are_left(tmp_path, first):
    log_epochs(tmp_path, range(1, 11), (5, 10), first=first)
    log_epochs(tmp_path, range(6, 9), resume=True)
    assert sampled(tmp_path) == (5,)
    log_epochs(tmp_path, range(9, 13), (12,), first=first)
    assert sampled(tmp_path) == (5, 12)


@pytest.mark.parametrize("first", [False, True])
def test_samples_of_the_new_attempt_stay(tmp_path, first):
    log_epochs(tmp_path, range(1, 11), range(1, 11), first=first)
    log_epochs(tmp_path, (6, 7), (6, 7), resume=True, first=first)
    assert sampled(tmp_path) == (1, 2, 3, 4, 5, 6, 7)
    log_epochs(tmp_path, (3, 4), (4,), resume=True, first=first)
    assert sampled(tmp_path) == (1, 2, 4)


def test_of_the_last_epoch_where_another_takes_its_place(tmp_path):
    log_epochs(tmp_path, (1, 2), (1, 2))
    with pytest.warns(UserWarning, match="takes its place"):
        log_epochs(tmp_path, (2, 3))
    assert sampled(tmp_path) == (1,)


@pytest.mark.parametrize("first", [False, True])
def test_its_own_samples_take_their_place(tmp_path, first):
    log_epochs(tmp_path, (1, 2), (1, 2))
    with pytest.warns(UserWarning, match="takes its place"):
        log_epochs(tmp_path, (2,), (2,), first=first)
    assert sampled(tmp_path) == (1, 2)


def test_all_of_them_may_be_overtaken(tmp_path):
    log_epochs(tmp_path, (1, 2), (1, 2))
    log_epochs(tmp_path, (1,), resume=True)
    log = RunLog(str(tmp_path))
    assert (log.epochs(), log.sample_outputs) == ((1,), ())
    with pytest.raises(event_reader.LogError, match="no samples of output"):
        log.samples()
    log_epochs(tmp_path, (2,), (1,))  # below what was overtaken
    assert sampled(tmp_path) == (1,)


def test_layers_and_class_means_are_overtaken(tmp_path):
    log_epochs(tmp_path, range(1, 11))
    with kh.BlocksWriter(tmp_path, TREE) as log:
        for step in (5, 10):
            log.layers(layers_record(TREE.digest, 2, 2, 0), step)
            log.means(MEANS, step)
    log_epochs(tmp_path, (6,), resume=True)
    log = RunLog(str(tmp_path))
    assert log.layer_epochs() == (5,)
    log.means("a", 5)
    with pytest.raises(event_reader.LogError, match="no epoch 10"):
        log.means("a", 10)


def test_a_series_of_its_own_takes_nothing_along(tmp_path):
    log_epochs(tmp_path, (1, 2, 3), (1, 2, 3))
    for factor in (1, 2):
        with kh.BlocksWriter(tmp_path, TREE, resume=True) as log:
            for step in (1, 2, 3):
                log.matrix(MATRIX * factor, step, "coarse")
    assert RunLog(str(tmp_path)).epochs() == (1, 2, 3)
    assert sampled(tmp_path) == (1, 2, 3)


@pytest.mark.parametrize("name", ["run", "link"])
def test_two_writers_of_one_attempt_leave_each_other_alone(tmp_path, name):
    log_epochs(tmp_path / "run", range(1, 3), (1, 2))
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with kh.BlocksWriter(tmp_path / name, TREE, resume=True) as one:
        one.samples([0, 1, 2], SCORES, 1)
        with kh.BlocksWriter(tmp_path / "run", TREE, resume=True) as two:
            two.matrix(MATRIX, 1)
            one.samples([0, 1, 2], SCORES, 2)
            two.matrix(MATRIX, 2)
    assert sampled(tmp_path / "run") == (1, 2)


def test_a_writer_that_was_never_closed_is_of_an_attempt_before(tmp_path):
    dead = kh.BlocksWriter(tmp_path, TREE)
    dead.matrix(MATRIX, 1)
    dead.samples([0, 1, 2], SCORES, 1)
    log_epochs(tmp_path, (1, 2), (2,), resume=True)
    assert sampled(tmp_path) == (2,)
    dead.close()


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    "order",
    [
        [("samples", range(1, 9)), ("matrix", range(1, 9))],
        [("matrix", (1, 2)), ("samples", (8,)), ("matrix", range(3, 9))],
        [("matrix", (1, 2)), ("other", (1, 2)), ("samples", (1, 2))],
    ],
)
def test_one_attempt_keeps_all_in_any_order(tmp_path, order, resume):
    logged: dict[str, list[int]] = {}
    with kh.BlocksWriter(tmp_path, TREE, resume=resume) as log:
        for kind, steps in order:
            for step in steps:
                logged.setdefault(kind, []).append(step)
                if kind == "samples":
                    log.samples([0, 1, 2], SCORES, step)
                elif kind == "matrix":
                    log.matrix(MATRIX, step)
                else:
                    log.matrix(MATRIX, step, kind)
    read = RunLog(str(tmp_path))
    assert read.epochs() == tuple(logged["matrix"])
    assert read.sample_epochs() == tuple(logged["samples"])
    if "other" in logged:
        assert read.epochs("other") == tuple(logged["other"])
