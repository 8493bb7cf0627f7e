"""Class folders as sharded records: written once, whole, and resumed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow as tf
from PIL import Image
from record_files import read_split as read
from record_files import write_folders as write

from keras_hier.data import shards
from keras_hier.data.record_folder import read_class_list, write_class_list
from keras_hier.data.workers import in_workers


def test_every_image_is_in_one_record_untouched(folders, tmp_path):
    out = tmp_path / "out"
    summary = write(folders, out)
    assert summary.classes == ("ant", "bee", "cat")
    assert (summary.images, summary.written, summary.kept) == (12, 3, 0)
    assert sorted(p.name for p in out.glob("train-*")) == [
        f"train-{i:05d}-of-00003" for i in range(3)
    ]
    records = read(out)
    assert len({r["image/filename"] for r in records}) == 12
    for r in records:
        name = r["image/filename"].decode()
        file = folders / "train" / name
        assert r["image/encoded"] == file.read_bytes()
        assert r["image/class/synset"].decode() == name.split("/")[0]
        # From 1, as the inception schema has it.
        assert r["image/class/label"] == 1 + "abc".index(name[0])
        assert (r["image/height"], r["image/width"]) == (30, 40)
        assert r["image/format"] == b"PNG"
    assert read_class_list(out / "classes.json") == summary.classes
    # Each shard holds several classes: the order is shuffled.
    assert len({r["image/class/label"] for r in records[:4]}) > 1


def test_ilsvrc_classes_have_their_names(tmp_path):
    folder = tmp_path / "source" / "n02012849"
    folder.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(folder / "a.jpg")
    write(tmp_path / "source", tmp_path / "out", shards=1)
    assert read(tmp_path / "out")[0]["image/class/text"] == b"crane"


def test_a_script_is_not_run_again_by_its_workers(folders, tmp_path):
    script = tmp_path / "prepare.py"
    script.write_text(
        "import sys\n"
        "import keras_hier as kh\n"
        "print('begins')\n"
        "kh.data.write_records(*sys.argv[1:], shards=3, workers=2)\n"
        "assert sys.modules['__main__'].kh is kh\n"
    )
    one, two = tmp_path / "one", tmp_path / "two"
    done = subprocess.run(
        [sys.executable, script, folders, two], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "begins\n"
    write(folders, one)
    assert contents(one) == contents(two)


def test_a_worker_that_is_killed_is_said():
    with pytest.raises(OSError, match="worker process was ended"):
        list(in_workers(os._exit, [(1,), (1,)], 2))


def test_a_second_run_writes_what_is_missing(folders, tmp_path):
    out = tmp_path / "out"
    write(folders, out)
    first, second, _ = sorted(out.glob("train-*"))
    content, stamp = second.read_bytes(), first.stat().st_mtime_ns
    second.unlink()
    (out / f".{second.name}.unfinished").write_bytes(b"half a shard")
    summary = write(folders, out)
    assert (summary.written, summary.kept) == (1, 2)
    assert second.read_bytes() == content
    assert first.stat().st_mtime_ns == stamp
    assert not list(out.glob("*unfinished*"))
    assert not list(out.glob(".*unfinished*"))


@pytest.mark.parametrize("ends", [True, False])
def test_two_runs_at_once_leave_whole_shards(
    folders, tmp_path, monkeypatch, ends
):
    """The second begins, and ends or is stopped, within the first."""
    out, read_image = tmp_path / "out", shards.read_image
    calls = []

    def slow(path, size):
        calls.append(path)
        if len(calls) == 3:
            if ends:
                assert write(folders, out, shards=1).written == 1
            else:
                with pytest.raises(KeyboardInterrupt):
                    write(folders, out, shards=1)
        elif len(calls) == 5 and not ends:
            raise KeyboardInterrupt
        return read_image(path, size)

    monkeypatch.setattr(shards, "read_image", slow)
    assert write(folders, out, shards=1).written == 1
    assert len({r["image/filename"] for r in read(out)}) == 12
    assert not list(out.glob(".*unfinished*"))
    assert write(folders, out, shards=1).kept == 1


def test_a_full_disk_is_said_and_leaves_nothing_half(
    folders, tmp_path, monkeypatch
):
    out = tmp_path / "out"

    def full(writer, record):
        message = "No space left on device"
        raise tf.errors.ResourceExhaustedError(None, None, message)

    with monkeypatch.context() as patch:
        patch.setattr(tf.io.TFRecordWriter, "write", full)
        said = r"cannot be written: No space left.* writes what is missing"
        with pytest.raises(OSError, match=said):
            write(folders, out, shards=1)
    assert not list(out.glob(".*unfinished*"))
    assert write(folders, out, shards=1).written == 1


def test_classes_without_a_shard_bind_nobody(folders, tmp_path):
    stray = folders / "train" / "__MACOSX"
    stray.mkdir()
    (stray / "._a.png").write_bytes(b"no image")
    (stray / "b.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match="not a whole image"):
        write(folders, tmp_path / "out", shards=1, on_error="stop")
    assert not list((tmp_path / "out").glob(".*unfinished*"))
    shutil.rmtree(stray)
    assert write(folders, tmp_path / "out").classes == ("ant", "bee", "cat")
    # What was there before stays, as do the classes of another split.
    stray.mkdir()
    (stray / "b.png").write_bytes(b"no image")
    write_class_list(tmp_path / "classes.json", ("ant", "bee", "cat", "dog"))
    with pytest.raises(ValueError, match="the source has"):
        write(folders, tmp_path, on_error="stop")
    shutil.rmtree(stray)
    assert write(folders, tmp_path).classes == ("ant", "bee", "cat", "dog")


@pytest.mark.parametrize("change", ["shards", "image_size", "images", "plan"])
def test_shards_of_two_plans_do_not_mix(folders, tmp_path, change):
    # The name of the split looks like a pattern.
    out, source, split = tmp_path / "out", folders / "train", "fold[1]"
    write(source, out, split=split)
    arguments = {"shards": {"shards": 2}, "image_size": {"image_size": 20}}
    if change == "images":
        (source / "bee" / "0.png").unlink()
    elif change == "plan":
        plan = out / f".{split}.plan.json"
        plan.write_text(plan.read_text()[:10])
    with pytest.raises(ValueError, match="already holds fold") as raised:
        write(source, out, split=split, **arguments.get(change, {}))
    assert ("Found: unknown" in str(raised.value)) == (change == "plan")


def test_what_is_not_whole_is_not_there(tmp_path, monkeypatch):
    path = tmp_path / "classes.json"
    write_class_list(path, ["ant", "bee"])
    written = Path.write_bytes

    def half(file: Path, data: bytes) -> None:
        written(file, data[:8])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="space"):
        write_class_list(path, ["ant", "bee", "cat"])
    assert read_class_list(path) == ("ant", "bee")
    assert list(tmp_path.iterdir()) == [path]


def test_it_stops_when_every_worker_has(ant, tmp_path):
    (ant / "bad.jpg").write_bytes(b"no image")
    Image.new("RGB", (5000, 5000)).save(ant / "large.jpg")  # takes a while
    out = tmp_path / "out"
    with pytest.raises(ValueError, match=r"bad\.jpg"):
        write(
            tmp_path / "source", out, on_error="stop", workers=2, shards=2,
            image_size=2500,
        )  # fmt: skip
    (whole,) = out.glob("*train-*")
    assert not whole.name.startswith(".")


def test_splits_share_the_class_list(folders, tmp_path):
    out = tmp_path / "out"
    write(folders, out)
    # The validation split, under the name that Tiny ImageNet has for it, lacks
    # a class: labels must not move up.
    shutil.copytree(folders / "train" / "cat", folders / "val" / "cat")
    summary = write(folders, out, split="validation", shards=1)
    assert summary.classes == ("ant", "bee", "cat")
    labels = {r["image/class/label"] for r in read(out, "validation")}
    assert labels == {3}

    shutil.copytree(folders / "train" / "cat", folders / "test" / "dog")
    with pytest.raises(ValueError, match="dog"):
        write(folders, out, split="test", shards=1)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (lambda f: shutil.rmtree(f), {}, "not a folder"),
        (lambda f: None, {"split": "test"}, "holds the splits"),
        (
            lambda f: [(f / name).mkdir() for name in ("val", "devkit")],
            {"split": "test"},
            r"holds the splits \['train', 'val'\], none",
        ),
        (lambda f: None, {"split": "a/b"}, "a name, not a path"),
        (lambda f: None, {"split": ""}, "a name, not a path"),
        (lambda f: None, {"shards": 13}, "fewer than the 13"),
        (lambda f: None, {"shards": 0}, "shards"),
        (lambda f: None, {"image_size": -5}, "at least 1.*image_size=-5"),
        (lambda f: None, {"out": "gs://bucket/out"}, "`out` .* a local folder"),
        (lambda f: None, {"on_error": "ignore"}, "on_error"),
        (
            lambda f: [p.unlink() for p in f.rglob("*.png")],
            {},
            "hold no images",
        ),
        (
            lambda f: [shutil.rmtree(p) for p in f.glob("train/*")],
            {},
            "no class folders",
        ),
    ],
)
def test_bad_input_is_explained(folders, tmp_path, make, arguments, message):
    make(folders)
    arguments = {"out": tmp_path / "out", **arguments}
    with pytest.raises(ValueError, match=message):
        write(folders, **arguments)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def begun(tmp_path):
    """A command in a process of its own that has written ten shards of 200."""
    source = tmp_path / "source" / "ant"
    source.mkdir(parents=True)
    for image in range(200):
        Image.new("RGB", (9, 9), (image, 9, 9)).save(source / f"{image}.png")
    out = tmp_path / "out"
    how = [source.parent, out, "--shards", "200", "--workers", "2"]
    command = subprocess.Popen(
        [sys.executable, "-m", "keras_hier.cli", "records", *how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        # Then every worker has begun: Ctrl-C may meet one that starts before.
        while len([*out.glob("train-*")]) < 10:
            assert command.poll() is None
            time.sleep(0.02)
        yield command
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)


def test_a_killed_command_leaves_no_worker_and_is_resumed(begun, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    begun.kill()
    # Workers hold its output open, so it ends with the last of them.
    begun.communicate(timeout=120)
    summary = write(source, out, shards=200)
    assert summary.kept >= 1
    assert summary.written >= 1
    write(source, tmp_path / "whole", shards=200)
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    "stop", [os.killpg, os.kill], ids=["as a terminal does", "it alone"]
)
def test_a_stopped_command_ends_without_a_traceback(begun, tmp_path, stop):
    stop(begun.pid, signal.SIGINT)
    _, err = begun.communicate(timeout=120)
    assert begun.returncode == 130, err
    assert "Traceback" not in err
    assert not [*(tmp_path / "out").glob(".*.unfinished")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
