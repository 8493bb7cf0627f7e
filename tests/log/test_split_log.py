"""Going on in a folder: order of files and times, what is written again."""

import itertools
import time
import warnings

import numpy as np
import pytest
from reading import CLASSES, MATRIX, PAIRS, TREE

import keras_hier as kh
from keras_hier.log.event_files import event_reader, event_writer
from keras_hier.log.event_files.folder_contents import read_folder_contents
from keras_hier.log.event_files.restarts import LATEST
from keras_hier.log.run_log import RunLog
from tests.support import hostile


def log_steps(folder, steps, factor=1, resume=False, **options):
    with kh.BlocksWriter(folder, TREE, resume=resume, **options) as log:
        for step in steps:
            log.matrix(MATRIX * factor, step)


def totals(folder):
    """Returns {step: samples}."""
    log = RunLog(str(folder))
    return {s: int(log.matrix(epoch=s)[1].sum()) for s in log.epochs()}


def names(folder):
    return event_reader.event_files(str(folder))


def times(folder):
    """Returns all wall times, in the order in which loaders read."""
    return [
        event.wall_time
        for name in names(folder)
        for event in event_reader.events_of(f"{folder}/{name}")
    ]


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock; it stands still then."""
    return lambda now: monkeypatch.setattr(time, "time", lambda: now)


class TestClock:
    @pytest.mark.parametrize("behind", [1, 10**9])
    def test_a_resumed_run_on_a_machine_that_is_behind(
        self, tmp_path, clock, behind
    ):
        clock(1.7e9)
        log_steps(tmp_path, (1, 2, 3, 4, 5))
        clock(1.7e9 - behind)
        log_steps(tmp_path, (3, 4), factor=2, resume=True)
        assert totals(tmp_path) == {1: 20, 2: 20, 3: 40, 4: 40}
        found = times(tmp_path / "validation")
        assert found == sorted(set(found))

    def test_set_back_while_a_run_is_logged(self, tmp_path, clock):
        clock(1.7e9)
        with kh.BlocksWriter(tmp_path, TREE) as log:
            for step in range(1, 5):
                log.matrix(MATRIX, step)
                clock(1.7e9 - 1000 * step)
        found = times(tmp_path / "validation")
        assert found == sorted(set(found))

    def test_names_are_in_the_order_of_writing(
        self, tmp_path, clock, monkeypatch
    ):
        # Ten a second, of processes whose numbers have fewer digits.
        clock(1e9)
        monkeypatch.setattr(event_writer, "_numbers", itertools.count(8))
        paths = []
        for pid in range(105, 95, -1):
            monkeypatch.setattr(event_writer.os, "getpid", lambda pid=pid: pid)
            file = event_writer.EventFile(tmp_path)
            file.add_scalar("a", 1.0, 1)
            file.close()
            paths.append(file.path)
        assert sorted(paths) == paths

    @pytest.mark.parametrize(
        "wall_time", [float("nan"), float("inf"), -1e9, 2.5e11]
    )
    def test_absurd_times_poison_nothing(self, tmp_path, wall_time):
        log_steps(tmp_path, (1, 2, 3, 4, 5))
        (path,) = (tmp_path / "validation").iterdir()
        _, *events = event_reader.events_of(str(path))
        for event in events:
            event.wall_time = wall_time
        hostile.write_events(path, events)
        log_steps(tmp_path, (3, 4), factor=2, resume=True)
        assert totals(tmp_path) == {1: 20, 2: 20, 3: 40, 4: 40}
        assert (
            read_folder_contents(str(tmp_path / "validation")).latest
            < time.time() + 60
        )

    def test_a_clock_that_was_ahead_is_believed(self, tmp_path, clock):
        now = time.time()
        clock(LATEST - 1e6)
        log_steps(tmp_path, (1, 2, 3))
        clock(now)
        log_steps(tmp_path, (2,), factor=2, resume=True)
        assert totals(tmp_path) == {1: 20, 2: 40}

    def test_a_name_that_cannot_be_exceeded(self, tmp_path):
        folder = tmp_path / "validation"
        folder.mkdir()
        (folder / "events.out.tfevents.9999999999.a.1.blocks.0").touch()
        log_steps(tmp_path, (1,))
        assert totals(tmp_path) == {1: 20}


class TestSteps:
    @pytest.mark.parametrize("resume", [False, True])
    def test_must_not_fall(self, tmp_path, resume):
        with pytest.raises(ValueError, match=r"Epoch 20 .*epoch 30 .*ascend"):
            log_steps(tmp_path, (30, 20, 10), resume=resume)
        assert totals(tmp_path) == {30: 20}

    def test_nor_below_what_the_folder_holds(self, tmp_path):
        log_steps(tmp_path, (1, 2, 3))
        with pytest.raises(ValueError, match=r"after epoch 3 .*resume=True"):
            log_steps(tmp_path, (1, 2, 3))
        assert totals(tmp_path) == {1: 20, 2: 20, 3: 20}
        # What wrote nothing leaves nothing.
        assert len(names(tmp_path / "validation")) == 1

    def test_what_was_overtaken_is_no_bar(self, tmp_path):
        log_steps(tmp_path, range(1, 9))
        log_steps(tmp_path, (2,), resume=True)
        log_steps(tmp_path, (3,))
        assert list(totals(tmp_path)) == [1, 2, 3]

    def test_of_samples_too(self, tmp_path):
        scores = np.full((3, 4), 0.25)
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.samples([0, 1, 2], scores, 4)
            log.matrix(MATRIX, 3)  # another series
            with pytest.raises(ValueError, match=r"Epoch 3 .* after epoch 4"):
                log.samples([0, 1, 2], scores, 3)

    def test_the_same_again_is_said_once(self, tmp_path):
        log_steps(tmp_path, (1, 2))
        with pytest.warns(UserWarning, match=r"Epoch 2 .* its place") as told:
            log_steps(tmp_path, (2, 2), factor=2)
        assert len(told) == 1
        assert told[0].filename == __file__
        assert totals(tmp_path) == {1: 20, 2: 40}

    def test_an_error_leaves_no_half_of_a_group(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.matrix(MATRIX, 1)
            with pytest.raises(kh.HierarchyError):
                log.matrix(np.eye(2), 2, grouping=_foreign())
            log.matrix(MATRIX, 2)
        assert totals(tmp_path) == {1: 20, 2: 20}


def _foreign():
    other = kh.Hierarchy.from_nested(
        {"x": ["cat", "dog"], "y": ["wolf", "car"]}, classes=CLASSES
    )
    return other.cut(groups=2)


class TestOnce:
    def once(self, folder):
        """Returns how often what has no epochs was written, by tag."""
        series, _ = event_reader.read(str(folder / "validation"))
        return {
            tag: len(records)
            for tag, (kind, records) in series.items()
            if kind not in ("matrix", "samples", "paths")
        }

    def log(self, folder, step, tree=TREE):
        scores = np.full((3, 4), 0.25)
        with kh.BlocksWriter(folder, tree) as log:
            log.matrix(PAIRS.aggregate(MATRIX), step, "pairs", PAIRS, "head")
            index = log.samples([0, 1, 2], scores, step)
            log.pictures(index, [np.full((8, 8), 90, np.uint8)] * 3)

    def test_what_the_folder_has_is_not_written_again(self, tmp_path):
        for step in (1, 2, 3):
            self.log(tmp_path, step)
        assert list(self.once(tmp_path).values()) == [1, 1, 1, 1]
        assert RunLog(str(tmp_path)).epochs("pairs") == (1, 2, 3)

    def test_a_file_that_was_deleted_takes_nothing_along(self, tmp_path):
        self.log(tmp_path, 1)
        (path,) = (tmp_path / "validation").iterdir()
        self.log(tmp_path, 2)
        path.unlink()
        self.log(tmp_path, 3)
        assert list(self.once(tmp_path).values()) == [1, 1, 1, 1]
        log = RunLog(str(tmp_path))
        assert log.tree(log.matrix("pairs")[0])[1] == PAIRS
        assert len(log.pictures(log.samples().index)) == 3

    @pytest.mark.parametrize("how", ["another tree", "cut off"])
    def test_what_is_damaged_there_is_written_again(self, tmp_path, how):
        self.log(tmp_path, 1)
        folder = tmp_path / "validation"
        if how == "cut off":
            (path,) = folder.iterdir()
            path.write_bytes(path.read_bytes()[:60])
        else:
            latest = read_folder_contents(str(folder)).latest
            file = event_writer.EventFile(folder, latest)
            tag = f"blocks/hierarchy/{TREE.digest}"
            file.add_blob(tag, "hierarchy", b"nothing", 0)
            file.close()
        self.log(tmp_path, 2)
        log = RunLog(str(tmp_path))
        assert log.tree(log.matrix("pairs")[0])[1] == PAIRS


class TestClosed:
    @pytest.mark.parametrize("steps", [(), (1,)])
    def test_twice_is_once(self, tmp_path, steps):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            for step in steps:
                log.matrix(MATRIX, step)
            log.close()
            log.flush()
        found = read_folder_contents(str(tmp_path / "validation")).steps
        assert found.get("blocks/class", []) == list(steps)

    def test_a_closed_one_says_so_and_writes_to_no_file(self, tmp_path):
        log = kh.BlocksWriter(tmp_path, TREE)
        log.matrix(MATRIX, 1)
        log.close()
        # It may have the number that the log's file had.
        with (tmp_path / "another").open("wb", buffering=0):
            with pytest.raises(ValueError, match=r"is closed\. Log before"):
                log.matrix(MATRIX, 2)
            log.flush()
            log.close()
        assert totals(tmp_path) == {1: 20}
        assert not (tmp_path / "another").read_bytes()


class TestDeleted:
    @pytest.mark.parametrize("how", ["file", "folder", "moved"])
    def test_in_mid_run_a_new_file_has_the_tree(self, tmp_path, how):
        run = tmp_path / "run"
        with kh.BlocksWriter(run, TREE) as log:
            log.matrix(PAIRS.aggregate(MATRIX), 1, "pairs", PAIRS, "head")
            log.flush()
            (path,) = (run / "validation").iterdir()
            if how == "moved":
                run.rename(tmp_path / "elsewhere")
            else:
                path.unlink()
            if how == "folder":
                path.parent.rmdir()
            with pytest.warns(UserWarning, match="was deleted or moved"):
                log.matrix(PAIRS.aggregate(MATRIX), 2, "pairs", PAIRS, "head")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                log.flush()
                log.matrix(PAIRS.aggregate(MATRIX), 3, "pairs", PAIRS, "head")
        read = RunLog(str(run))
        assert read.epochs("pairs") == (2, 3)
        assert read.tree(read.matrix("pairs")[0])[1] == PAIRS
        if how == "moved":
            assert RunLog(str(tmp_path / "elsewhere")).epochs("pairs") == (1,)

    def test_a_flush_that_found_the_file_gone_says_so(self, tmp_path):
        log = kh.BlocksWriter(tmp_path, TREE)
        log.matrix(MATRIX, 1)
        log.flush()
        log.matrix(MATRIX, 2)
        (path,) = (tmp_path / "validation").iterdir()
        path.unlink()
        with pytest.raises(FileNotFoundError, match="tfevents"):
            log.flush()
        with pytest.warns(UserWarning, match="deleted or moved"):
            log.matrix(MATRIX, 2)  # again, which is no other epoch 2
        log.close()
        assert totals(tmp_path) == {2: 20}


def test_another_working_folder_changes_nothing(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "one")
    with kh.BlocksWriter("run", TREE) as writer:
        writer.matrix(MATRIX, 1)
        writer.flush()
        monkeypatch.chdir(tmp_path / "two")
        writer.matrix(MATRIX, 2)
    assert totals(tmp_path / "one" / "run") == {1: 20, 2: 20}
    assert not (tmp_path / "two" / "run").exists()
