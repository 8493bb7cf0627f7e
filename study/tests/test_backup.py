"""Runs of the study that are interrupted and go on."""

import keras
import numpy as np
import pytest

from study.training.backup import Backup
from study.training.keep import keep_network, refuse_others

EPOCHS = 5
FIGURES = {"loss", "accuracy", "seconds", "cpu_seconds"}


class EndedError(Exception):
    """What ends a run."""


class End(keras.callbacks.Callback):
    """Ends a run when an epoch begins."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise EndedError


def goes(root, ends=None):
    """Trains as the study does; returns the backup and the weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9), loss, metrics=["accuracy"]
    )
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 3)), rng.integers(4, size=16)
    backup = Backup(root, ("a run",))
    backup.restore(model)
    ending = [] if ends is None else [End(ends)]
    try:
        model.fit(
            x, y, batch_size=8, shuffle=False, verbose=0,
            initial_epoch=backup.epoch, epochs=EPOCHS,
            validation_data=(x, y), validation_freq=[3, 5],
            callbacks=[*ending, *backup.callbacks()],
        )  # fmt: skip
    except EndedError:
        assert ends is not None
    return backup, model.get_weights()


@pytest.mark.parametrize("ends", range(1, EPOCHS))
def test_an_interrupted_run_is_as_if_it_had_not_been(tmp_path, ends):
    whole, expected = goes(tmp_path / "whole")
    broken, _ = goes(tmp_path / "broken", ends)
    assert broken.epoch == ends
    again, weights = goes(tmp_path / "broken")
    np.testing.assert_allclose(weights[0], expected[0], rtol=1e-5)
    curves, wanted = again.curves(), whole.curves()
    # What is validated, and when, and no figure under another's name.
    assert curves.keys() == wanted.keys() > FIGURES
    lengths = {name: len(values) for name, values in curves.items()}
    assert {lengths[name] for name in FIGURES} == {EPOCHS}
    assert lengths["val_accuracy"] == lengths["val_loss"] == 2
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert curves[name] == pytest.approx(wanted[name], rel=1e-5)
    again.remove()
    assert Backup(tmp_path / "broken", ("a run",)).epoch == 0


def test_a_run_is_of_one_process(tmp_path):
    first, same, other = (
        Backup(tmp_path / "new", (key,)) for key in ("a", "a", "b")
    )
    with first.alone():
        said = "under way in another process"
        with pytest.raises(SystemExit, match=said), same.alone():
            pass
        with other.alone():
            pass
        assert not same.begun
        # Who was refused leaves the lock to the one that has it.
        assert len(list((tmp_path / "new").iterdir())) == 1
    # One that ended in any way lets go of it.
    with pytest.raises(EndedError), first.alone():
        raise EndedError
    assert not list((tmp_path / "new").iterdir())
    with same.alone():
        same.callbacks()
        same.remove()
    assert not list((tmp_path / "new").iterdir())


def test_a_line_that_was_cut_is_of_an_epoch_done_again(tmp_path):
    backup, _ = goes(tmp_path, ends=2)
    (path,) = tmp_path.glob("*/curves.jsonl")
    with path.open("a") as file:
        file.write('\n{"epoch": 2, "loss": 1.')
    assert len(backup.curves()["loss"]) == 2
    assert len(goes(tmp_path)[0].curves()["loss"]) == EPOCHS


def test_of_an_epoch_done_again_the_later_line_counts(tmp_path):
    goes(tmp_path, ends=2)
    (path,) = tmp_path.glob("*/curves.jsonl")
    # Ended after its line and before its state was kept.
    with path.open("a") as file:
        file.write('\n{"epoch": 2, "loss": 99.0}\n')
    losses = goes(tmp_path)[0].curves()["loss"]
    assert len(losses) == EPOCHS
    assert max(losses) < 99


def test_runs_are_told_apart(tmp_path):
    goes(tmp_path, ends=2)
    assert Backup(tmp_path, ("a run",)).epoch == 2
    assert Backup(tmp_path, ("another",)).epoch == 0


def test_a_state_half_written_has_no_epoch(tmp_path, monkeypatch):
    def save(model, path):
        path.write_bytes(b"half")
        raise EndedError

    goes(tmp_path / "broken", ends=2)
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "save_weights", save)
        goes(tmp_path / "broken", ends=4)
    assert Backup(tmp_path / "broken", ("a run",)).epoch == 2
    _, expected = goes(tmp_path / "whole")
    again, weights = goes(tmp_path / "broken")
    np.testing.assert_allclose(weights[0], expected[0], rtol=1e-5)
    assert again.epoch == EPOCHS


def test_no_run_takes_the_place_of_what_another_kept(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    scores = {"held_out": (np.arange(4), (np.float32(9 * np.eye(4)), {}))}
    ids = "abcd"
    keep_network(tmp_path, "run-0.5-0", model, scores, "a", ids)
    kept = tmp_path / "run-0.5-0-held_out.npz"
    content = kept.read_bytes()
    for keeps in (
        lambda: keep_network(tmp_path, "run-0.5-0", model, scores, "b", ids),
        lambda: refuse_others(tmp_path, "run-0.5-0", "b", begun=True),
        # Its own, of which it is done.
        lambda: refuse_others(tmp_path, "run-0.5-0", "a", begun=False),
    ):
        with pytest.raises(SystemExit, match=r"held_out\.npz is of another"):
            keeps()
    assert kept.read_bytes() == content
    refuse_others(tmp_path, "run-0.5-1", "b", begun=False)
    # What was begun goes on, and older files do not say whose they are.
    keep_network(tmp_path, "run-0.5-0", model, scores, "a", ids)
    (tmp_path / "run-0.5-0.run").unlink()
    refuse_others(tmp_path, "run-0.5-0", "b", begun=True)
    with pytest.raises(SystemExit, match=r"held_out\.npz is of another"):
        refuse_others(tmp_path, "run-0.5-0", "b", begun=False)


def test_one_state_is_kept(tmp_path):
    goes(tmp_path, ends=4)
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "4.weights.h5", "curves.jsonl",
    }  # fmt: skip
