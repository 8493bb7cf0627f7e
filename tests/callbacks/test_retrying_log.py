"""A training whose log cannot be written goes on, and so does the log."""

import shutil
import warnings

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.callbacks import retrying_log
from keras_hier.log.event_files import event_reader
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
X, Y = small.data(60)


new_model = small.AsNew(small.counted)


def fit(log_dir, epochs=4, callbacks=(), first=False, **options):
    """Trains with validation data; returns what was warned of."""
    # Once a backup was taken up, Keras begins every later fit at its epoch.
    backup = keras.callbacks.BackupAndRestore
    is_backed = any(isinstance(each, backup) for each in callbacks)
    model = small.counted(run_eagerly=True) if is_backed else new_model()
    arguments = {"validation_data": (X, Y)}
    for name in ("validation_data", "initial_epoch", "validation_freq"):
        if name in options:
            arguments[name] = options.pop(name)
    logger = kh.BlocksCallback(log_dir, **options)
    used = [logger, *callbacks] if first else [*callbacks, logger]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, Y, epochs=epochs, verbose=0, callbacks=used, **arguments)
    said = [str(w.message) for w in told if w.category is UserWarning]
    return [each for each in said if str(log_dir) in each]


def epochs(log_dir, split="validation"):
    try:
        return RunLog(str(log_dir), split).epochs()
    except ValueError:
        return ()


class At(keras.callbacks.Callback):
    """Does something to the log when epochs begin, counted from 1."""

    def __init__(self, **actions):
        super().__init__()
        self.actions = {int(key[1:]): do for key, do in actions.items()}

    def on_epoch_begin(self, epoch, logs=None):
        if epoch + 1 in self.actions:
            self.actions[epoch + 1]()


def fill(folder):
    """Leaves no room on the disk of a folder."""
    with open(folder / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return


class TestFullDisk:
    """The last page of a file has room for some epochs yet: hence so many."""

    def test_what_found_no_room_is_written_when_there_is(self, small_disk):
        run, filler = small_disk / "run", small_disk / "filler"
        actions = At(_3=lambda: fill(small_disk), _11=filler.unlink)
        (told,) = fit(run, 12, [actions])
        assert "could not take epoch" in told
        assert "No space left" in told
        for split in ("train", "validation"):
            assert epochs(run, split) == tuple(range(1, 13))
            assert RunLog(str(run), split).damage == ()

    def test_what_is_missing_is_said_at_the_end(self, small_disk):
        run = small_disk / "run"
        first, last = fit(run, 12, [At(_3=lambda: fill(small_disk))])
        assert "No space left" in first
        for split in ("train", "validation"):
            log = RunLog(str(run), split)
            assert log.damage == ()
            there = log.epochs()
            assert there == tuple(range(1, len(there) + 1))
            assert f"{len(there) + 1} to 12 of {split!r}" in last

    def test_what_waits_is_bounded(self, small_disk, monkeypatch):
        monkeypatch.setattr(retrying_log, "KEPT_BYTES", 1000)
        run, filler = small_disk / "run", small_disk / "filler"
        actions = At(_3=lambda: fill(small_disk), _15=filler.unlink)
        first, last = fit(run, 15, [actions])
        assert "No space left" in first
        assert "lacks" in last
        there = epochs(run)
        assert there[:2] == (1, 2)
        assert there[-1] == 15
        assert len(there) < 15


class TestFolder:
    def test_that_is_deleted(self, tmp_path):
        run = tmp_path / "run"
        told = fit(run, 4, [At(_3=lambda: shutil.rmtree(run))])
        assert len(told) == 2  # one for each of its files
        assert all("was deleted or moved" in message for message in told)
        assert epochs(run) == epochs(run, "train") == (3, 4)
        log = RunLog(str(run))
        assert log.hierarchy(log.matrix()[0].hierarchy) == TREE

    def test_in_whose_place_a_file_is(self, tmp_path):
        run = tmp_path / "run"

        def replace():
            shutil.rmtree(run)
            run.write_text("in the way")

        (told,) = fit(run, 5, [At(_2=replace, _4=run.unlink)])[:1]
        assert "could not take epoch 2" in told
        assert epochs(run) == epochs(run, "train") == (2, 3, 4, 5)

    def test_a_file_of_it_that_is_deleted_has_its_pictures_again(
        self, tmp_path
    ):
        run = tmp_path / "run"
        shades = (np.clip(X, 0, 1) * 255).astype(np.uint8)

        def delete():
            for path in (run / "validation").iterdir():
                path.unlink()

        fit(
            run,
            3,
            [At(_3=delete)],
            samples={"x": X, "y": Y, "picture": shades},
            samples_every=1,
            thumbnails_per_class=2,
        )
        log = RunLog(str(run))
        assert log.sample_epochs() == (3,)
        assert len(log.pictures(log.samples().index)) == 12


class Never(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        raise AssertionError("an epoch was spent")


class TestWrongFromTheStart:
    def test_a_file_as_the_folder(self, tmp_path):
        (tmp_path / "run").touch()
        with pytest.raises(OSError, match=r"cannot write to .*run.*log_dir"):
            fit(tmp_path / "run", callbacks=[Never()])

    def test_an_unknown_scheme(self):
        with pytest.raises(ValueError, match=r"cannot write to 'nowhere://"):
            fit("nowhere://runs/x", callbacks=[Never()])

    def test_leaves_nothing_behind(self, tmp_path):
        fit(tmp_path, 1, validation_data=None)
        assert [p.name for p in tmp_path.iterdir()] == ["train"]
        assert len(event_reader.event_files(str(tmp_path / "train"))) == 1


class TestEarlierTraining:
    def test_a_second_fit_says_what_it_hides(self, tmp_path):
        assert fit(tmp_path, 5) == []
        (told,) = fit(tmp_path, 2)
        assert "holds epochs 1 to 5 of an earlier training" in told
        assert "place of 5 epochs" in told
        assert "initial_epoch=5" in told
        assert epochs(tmp_path) == epochs(tmp_path, "train") == (1, 2)

    def test_one_that_starts_in_the_middle(self, tmp_path):
        fit(tmp_path, 5)
        (told,) = fit(tmp_path, 4, initial_epoch=2)
        assert "epochs 3 to 5" in told
        assert epochs(tmp_path) == (1, 2, 3, 4)

    @pytest.mark.parametrize("start", [4, 5])
    def test_one_that_goes_on_is_silent(self, tmp_path, start):
        # Also where the epoch that was interrupted is trained again.
        fit(tmp_path, 5)
        assert fit(tmp_path, 6, initial_epoch=start) == []
        assert epochs(tmp_path) == (1, 2, 3, 4, 5, 6)


class Crash(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise RuntimeError("power cut")


class TestBackup:
    def backup(self, tmp_path):
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    def crash_and_resume(self, tmp_path, run, **options):
        with pytest.raises(RuntimeError, match="power cut"):
            fit(run, 4, [self.backup(tmp_path), Crash()], **options)
        options.pop("first", None)
        return fit(run, 4, [self.backup(tmp_path)], **options)

    @pytest.mark.parametrize("first", [False, True])
    def test_before_the_log_or_after_loses_no_epoch(self, tmp_path, first):
        run = tmp_path / "run"
        assert self.crash_and_resume(tmp_path, run, first=first) == []
        assert epochs(run) == epochs(run, "train") == (1, 2, 3, 4)

    def test_an_epoch_that_was_lost_is_missed(self, tmp_path):
        run = tmp_path / "run"
        (told,) = self.crash_and_resume(tmp_path, run, validation_data=None)
        assert "Epoch 2 is missing" in told
        assert "before BackupAndRestore" in told
        assert epochs(run, "train") == (1, 3, 4)
