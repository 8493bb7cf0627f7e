"""Files that grow, and what stops them: real full disks, limits, services."""

import contextlib
import os
import resource
import subprocess

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.event_files import storage
from keras_hier.log.run_log import RunLog

CLASSES = [f"class {i}" for i in range(60)]
TREE = kh.Hierarchy.from_nested(
    {f"group {g}": CLASSES[10 * g : 10 * g + 10] for g in range(6)},
    classes=CLASSES,
)


def matrix(step):
    """Counts that do not compress, so that a disk fills."""
    return np.random.default_rng(step).integers(1, 10**6, (60, 60))


def log_until_full(log, first):
    """Returns the step that found no room."""
    for step in range(first, first + 99):
        try:
            log.matrix(matrix(step), step)
        except OSError:
            return step
    raise AssertionError("the disk never was full")


class TestLocalFile:
    def test_is_new(self, tmp_path):
        (tmp_path / "a").touch()
        with pytest.raises(FileExistsError):
            storage.LocalFile(str(tmp_path / "a"))

    def test_knows_when_its_path_leads_elsewhere(self, tmp_path):
        file = storage.LocalFile(str(tmp_path / "a"))
        file.write(b"one")
        assert file.exists()
        os.rename(tmp_path / "a", tmp_path / "b")
        assert not file.exists()
        (tmp_path / "a").touch()
        assert not file.exists()
        file.remove()  # not the one that is there now
        assert (tmp_path / "a").exists()
        os.rename(tmp_path / "b", tmp_path / "a")

    def test_is_closed_when_nobody_has_it(self, tmp_path):
        file = storage.LocalFile(str(tmp_path / "a"))
        number = file._file
        del file
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(number)


class TestFullDisk:
    def test_takes_all_of_a_record_or_nothing(self, small_disk):
        file = storage.LocalFile(str(small_disk / "a"))
        file.write(b"1" * 50_000)
        with pytest.raises(OSError, match="No space"):
            file.write(b"2" * 500_000)
        file.write(b"3" * 10_000)
        file.close()
        assert (small_disk / "a").read_bytes() == b"1" * 50_000 + b"3" * 10_000

    def test_logging_goes_on_when_there_is_room(self, small_disk):
        filler = small_disk / "filler"
        filler.write_bytes(bytes(64 * 1024))
        with kh.BlocksWriter(small_disk / "run", TREE) as log:
            failed = log_until_full(log, 1)
            assert failed > 2
            filler.unlink()
            log.matrix(matrix(failed), failed)
            log.flush()
            end = log_until_full(log, failed + 1)
            assert end > failed + 1
        read = RunLog(str(small_disk / "run"))
        assert read.damage == ()
        assert read.epochs() == tuple(range(1, end))
        for step in read.epochs():
            found = read.matrix(epoch=step)[1].toarray()
            np.testing.assert_array_equal(found, matrix(step))

    def test_without_room_for_a_file(self, small_disk):
        (small_disk / "run/validation").mkdir(parents=True)
        with (
            contextlib.suppress(OSError),
            (small_disk / "filler").open("wb") as filler,
        ):
            filler.write(bytes(2**20))
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                kh.BlocksWriter(small_disk / "run", TREE)
        assert not list((small_disk / "run/validation").iterdir())


def test_a_limit_to_the_size_of_files(tmp_path):
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with kh.BlocksWriter(tmp_path, TREE) as log:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, most))
        try:
            failed = log_until_full(log, 1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
        for step in range(failed, 30):
            log.matrix(matrix(step), step)
    assert 2 < failed < 20
    read = RunLog(tmp_path)
    assert read.damage == ()
    assert read.epochs() == tuple(range(1, 30))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(PermissionError):
        kh.BlocksWriter(tmp_path / "run", TREE)
    tmp_path.chmod(0o755)


def test_a_disk_that_is_read_only(small_disk):
    remount = ("mount", "-o", "remount,ro", str(small_disk))
    subprocess.run(remount, check=True)
    with pytest.raises(OSError, match="Read-only"):
        kh.BlocksWriter(small_disk / "run", TREE)


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "run").touch()
    with pytest.raises(NotADirectoryError):
        kh.BlocksWriter(tmp_path / "run", TREE)


def test_an_unknown_scheme():
    with pytest.raises(ValueError, match=r"No recognized|not known"):
        kh.BlocksWriter("nowhere://runs/x", TREE)


@pytest.fixture
def absent():
    """The URL of a run for which nothing is installed."""
    registry = pytest.importorskip("fsspec.registry")
    registry.register_implementation(
        "absent", "absent_driver.Files", errtxt="Install absent_driver"
    )
    yield "absent://bucket/run"
    registry.known_implementations.pop("absent")


@pytest.mark.parametrize(
    "use",
    [
        RunLog,
        lambda run: kh.BlocksWriter(run, TREE),
        lambda run: storage.is_folder(run),
    ],
)
def test_a_service_for_which_nothing_is_installed(absent, use):
    said = f"'{absent}.*' cannot be reached: Install absent_driver"
    with pytest.raises(OSError, match=said):
        use(absent)


@pytest.mark.parametrize(
    "use", [RunLog, lambda run: kh.BlocksWriter(run, TREE)]
)
def test_a_name_that_is_no_text(tmp_path, use):
    run = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"r\xfcn"))
    os.mkdir(run)
    with pytest.raises(ValueError, match=r"name is UTF-8, got '.*r\\udcfcn"):
        use(run)
    assert os.listdir(run) == []


class TestService:
    """fsspec's file system in memory, which appends as many services do."""

    def log_and_go_on(self, run):
        for steps in ((1, 2, 3), (2,)):
            with kh.BlocksWriter(run, TREE, resume=True) as log:
                for step in steps:
                    log.matrix(matrix(step), step)
                    log.flush()

    def test_a_run_there(self):
        pytest.importorskip("fsspec")
        run = f"memory://{os.getpid()}/service"
        self.log_and_go_on(run)
        log = RunLog(run)
        assert log.epochs() == (1, 2)
        tag = f"blocks/hierarchy/{TREE.digest}"
        assert len(log._series[tag][1]) == 1
        assert log.hierarchy(TREE.digest) == TREE
        assert storage.is_folder(run)
        assert not storage.is_folder(f"{run}/none")

    def test_tensorflow_has_a_say_where_it_knows_the_scheme(self):
        tensorflow = pytest.importorskip("tensorflow")
        assert storage.file_system("ram://a") is tensorflow.io.gfile
        run = f"ram://{os.getpid()}"
        self.log_and_go_on(run)
        assert RunLog(run).epochs() == (1, 2)

    def test_a_file_that_is_deleted_there(self):
        there = pytest.importorskip("fsspec").filesystem("memory")
        run = f"memory://{os.getpid()}/deleted"
        with kh.BlocksWriter(run, TREE) as log:
            log.matrix(matrix(1), 1)
            log.flush()
            there.rm(f"/{os.getpid()}/deleted", recursive=True)
            with pytest.warns(UserWarning, match="deleted or moved"):
                log.matrix(matrix(2), 2)
        assert RunLog(run).epochs() == (2,)
        assert RunLog(run).hierarchy(TREE.digest) == TREE
