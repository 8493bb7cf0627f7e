import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_hier as kh
from keras_hier.data import shards
from keras_hier.data.frames import record_spans
from keras_hier.data.record_folder import read_class_list, write_class_list
from keras_hier.data.tfrecords import write_records
from keras_hier.data.workers import in_workers


def read(out: Path, split: str = "train") -> list[dict]:
    """Every record of a split, shard by shard, as a plain dict."""
    records = []
    for path in sorted(out.glob(f"{split}-*")):
        for position, length in record_spans(str(path)):
            data = path.read_bytes()[position : position + length]
            features = tf.train.Example.FromString(data).features.feature
            records.append(
                {
                    key: (value.bytes_list.value or value.int64_list.value)[0]
                    for key, value in features.items()
                }
            )
    return records


def write(folders: Path, out: Path, **arguments: object) -> object:
    arguments = {"shards": 3, "workers": 1, "progress": False, **arguments}
    return write_records(folders, out, **arguments)


@pytest.fixture
def ant(tmp_path):
    """The only class folder of a source, empty."""
    folder = tmp_path / "source" / "ant"
    folder.mkdir(parents=True)
    return folder


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

    class Full:
        def __init__(self, path):
            Path(path).touch()

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, record):
            message = "No space left on device"
            raise tf.errors.ResourceExhaustedError(None, None, message)

    with monkeypatch.context() as patch:
        patch.setattr(tf.io, "TFRecordWriter", Full)
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


@pytest.mark.parametrize("where", ["records", "out/records"])
def test_where_records_go_is_no_class(folders, monkeypatch, where):
    source = folders / "train"
    out = source / where

    def interrupt(path, size):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shards, "read_image", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write(source, out, split="all")
    assert [path.name for path in out.iterdir()] == [".all.plan.json"]
    # Neither in the next run, nor in one that is resumed, nor beside others.
    assert write(source, out, split="all").classes == ("ant", "bee", "cat")
    assert write(source, out, split="all").kept == 3
    for other in ("records20", "out/records20"):
        summary = write(source, source / other, split="all", image_size=20)
        assert summary.classes == ("ant", "bee", "cat")


def test_a_class_that_holds_a_class_list_is_one(folders, tmp_path):
    ant = folders / "train" / "ant"
    write_class_list(ant / "classes.json", ("x", "y"))
    summary = write(folders, ant / "records")
    assert (summary.classes, summary.records) == (("ant", "bee", "cat"), 12)
    assert write(folders, ant / "records").kept == 3


def test_a_class_may_be_named_like_a_split(folders, tmp_path):
    source = folders / "train"
    (source / "cat").rename(source / "train")  # as CIFAR-100 has trains
    with pytest.raises(ValueError, match="If 'train' is a class"):
        write(source, tmp_path / "out")
    summary = write(source, tmp_path / "out", split="all")
    assert summary.classes == ("ant", "bee", "train")
    assert summary.images == 12


@pytest.mark.parametrize("change", ["shards", "image_size", "images"])
def test_shards_of_two_plans_do_not_mix(folders, tmp_path, change):
    out = tmp_path / "out"
    write(folders, out)
    arguments = {"shards": {"shards": 2}, "image_size": {"image_size": 20}}
    if change == "images":
        (folders / "train" / "bee" / "0.png").unlink()
    with pytest.raises(ValueError, match="already holds train shards"):
        write(folders, out, **arguments.get(change, {}))


def test_nor_where_the_split_looks_like_a_pattern(folders, tmp_path):
    write(folders / "train", tmp_path / "out", split="fold[1]")
    (folders / "train" / "bee" / "0.png").unlink()
    with pytest.raises(ValueError, match="already holds"):
        write(folders / "train", tmp_path / "out", split="fold[1]")


def test_shards_of_a_plan_that_is_lost_are_not_added_to(folders, tmp_path):
    out = tmp_path / "out"
    write(folders, out)
    (plan,) = out.glob(".train.plan.json")
    plan.write_text(plan.read_text()[:10])
    with pytest.raises(ValueError, match="Found: unknown"):
        write(folders, out)


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


def test_a_png_that_only_pillow_reads_is_skipped(folders, tmp_path):
    cut, wrong = (folders / "train" / "bee" / f"{i}.png" for i in range(2))
    whole = cut.read_bytes()
    cut.write_bytes(whole[:-13])
    # Of the checksum of the pixels, which the 12 bytes of IEND follow.
    wrong.write_bytes(whole[:-13] + bytes([whole[-13] ^ 1]) + whole[-12:])
    for path in (cut, wrong):
        with Image.open(path) as image:
            image.load()
    summary = write(folders, tmp_path / "out")
    assert sorted(summary.skipped) == [
        f"{path}: not a whole image (damaged PNG that TensorFlow refuses)"
        for path in (cut, wrong)
    ]
    records = kh.data.imagenet(tmp_path / "out" / "train-*", 32, 5)
    assert sum(len(labels) for _, labels in records) == 10


def hostile(ant: Path) -> list[Path]:
    """What a folder may hold under the name of an image."""
    names = "broken loop pipe device script bomb cut page empty"
    paths = {name: ant / f"{name}.jpg" for name in names.split()}
    paths["broken"].symlink_to("nowhere.jpg")
    paths["loop"].symlink_to("loop.jpg")
    os.mkfifo(paths["pipe"])
    paths["device"].symlink_to("/dev/zero")
    paths["script"].write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9"
    )
    paths["page"].write_bytes(b"<html>404</html>")
    paths["empty"].touch()
    Image.new("1", (50_000, 1400)).save(paths["bomb"], "PNG")
    Image.new("RGB", (200, 200)).save(paths["cut"])
    paths["cut"].write_bytes(paths["cut"].read_bytes()[:300])
    return list(paths.values())


def test_nothing_in_a_folder_ends_or_hangs_it(folders, tmp_path, capfd):
    bad = hostile(folders / "train" / "ant")
    summary = write(folders, tmp_path / "out", progress=True)
    assert summary.images == 12 + len(bad)
    assert sorted(m.split(": not a whole")[0] for m in summary.skipped) == (
        sorted(map(str, bad))
    )
    said = capfd.readouterr().err
    assert all(str(path) in said for path in bad)
    assert len(read(tmp_path / "out")) == summary.records == 12
    # Nor does the second call take them for another set of images.
    again = write(folders, tmp_path / "out")
    assert (again.kept, again.records) == (3, 12)


def test_names_that_are_no_text(folders, tmp_path):
    ant, latin = folders / "train" / "ant", os.fsdecode(b"caf\xe9")
    (ant / "0.png").rename(ant / f"{latin}.png")
    summary = write(folders, tmp_path / "out")
    assert (summary.images, summary.skipped) == (12, ())
    names = [r["image/filename"] for r in read(tmp_path / "out")]
    assert rb"ant/caf\xe9.png" in names
    with pytest.raises(
        ValueError, match=r"cannot write to.*not named in UTF-8"
    ):
        write(folders, tmp_path / latin)
    ant.rename(ant.with_name(latin))
    with pytest.raises(ValueError, match=r"class folder 'caf\\\\xe9'.*UTF-8"):
        write(folders, tmp_path / "other")


def test_a_class_without_images_is_no_class(folders, tmp_path):
    out, fox = tmp_path / "out", folders / "train" / "fox"
    fox.mkdir()
    for name in ("a.heic", "b.HEIC", "c.txt", "list"):
        (fox / name).write_bytes(b"")
    message = (
        rf"{re.escape(str(fox))} holds no images\. Files passed over in it: "
        r"2 \.heic, 1 \.txt, 1 without a suffix\..* remove the folder"
    )
    with pytest.raises(ValueError, match=message):
        write(folders, out)
    assert not out.exists()
    (folders / "train" / "gnu").mkdir()
    with pytest.raises(ValueError, match="no images, nor do 1 more"):
        write(folders, out)
    for name in ("fox", "gnu"):
        shutil.rmtree(folders / "train" / name)
    write(folders, out)
    # Another split may lack a class, but says so.
    shutil.copytree(folders / "train", folders / "val")
    for path in (folders / "val" / "cat").iterdir():
        path.unlink()
    with pytest.warns(UserWarning, match=r"val/cat holds no.*in it: none"):
        summary = write(folders, out, split="validation")
    assert (summary.classes, summary.records) == (("ant", "bee", "cat"), 8)


def test_what_lies_in_a_class_folder(folders, tmp_path):
    """Subsets are often made of links, and editors keep copies of images."""
    ant = folders / "train" / "ant"
    (ant / "0.png").rename(tmp_path / "elsewhere.png")
    (ant / "0.png").symlink_to(tmp_path / "elsewhere.png")
    (folders / "train" / "cat").rename(tmp_path / "cats")
    (folders / "train" / "cat").symlink_to(tmp_path / "cats")
    (tmp_path / "more").mkdir()
    (ant / "1.png").rename(tmp_path / "more" / "1.png")
    (ant / "images").symlink_to(tmp_path / "more")
    (ant / "images" / "around").symlink_to(ant)
    (ant / "more.png").mkdir()
    (ant / "2.png").rename(ant / "more.png" / "2.png")
    for hidden in (ant / ".checkpoints", folders / ".git"):
        hidden.mkdir()
        shutil.copy(ant / "3.png", hidden / "3.png")
    (ant / "._3.png").write_bytes(b"a Mac leaves such files behind")
    assert write(folders, tmp_path / "out", on_error="stop").images == 12
    names = {r["image/filename"] for r in read(tmp_path / "out")}
    assert {b"ant/images/1.png", b"ant/more.png/2.png"} < names
    with pytest.raises(ValueError, match="none of which is 'validation'"):
        write(folders, tmp_path / "val", split="validation")


def test_a_jpeg_of_several_pictures_passes_through(ant, tmp_path):
    several = [Image.new("RGB", (20, 20), c) for c in ("red", "blue")]
    several[0].save(
        ant / "a.jpg", "MPO", save_all=True, append_images=several[1:]
    )
    write(tmp_path / "source", tmp_path / "out", shards=1)
    (record,) = read(tmp_path / "out")
    assert record["image/encoded"] == (ant / "a.jpg").read_bytes()
    assert record["image/format"] == b"JPEG"


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


def test_shrinking_keeps_the_shape_and_never_enlarges(ant, tmp_path):
    Image.new("RGB", (80, 60), (250, 20, 20)).save(ant / "large.png")
    Image.new("RGB", (20, 10)).save(ant / "small.png")
    Image.new("CMYK", (60, 120)).save(ant / "tall.jpg")
    write(tmp_path / "source", tmp_path / "out", image_size=30, shards=1)
    found = {}
    for r in read(tmp_path / "out"):
        shape = (r["image/height"], r["image/width"])
        found[r["image/filename"]] = (*shape, r["image/format"])
        pixels = tf.io.decode_jpeg(r["image/encoded"], channels=3)
        assert pixels.shape == (*shape, 3)
    assert found == {
        b"ant/large.png": (30, 40, b"JPEG"),
        b"ant/small.png": (10, 20, b"PNG"),
        b"ant/tall.jpg": (60, 30, b"JPEG"),
    }


def test_other_formats_become_jpeg_and_greys_of_16_bits_keep_8(ant, tmp_path):
    greys = Image.fromarray(np.full((40, 40), 100 * 256, np.uint16))
    greys.save(ant / "a.png")
    greys.save(ant / "b.tif")
    greys.save(ant / "c.pgm")
    same = Image.new("RGB", (40, 40), (100, 100, 100))
    for suffix in ("webp", "bmp", "jfif"):
        same.save(ant / f"e.{suffix}", suffix.replace("jfif", "jpeg"))
    # Their range is not known.
    wide = np.full((40, 40), 100, np.int32)
    Image.fromarray(wide).save(ant / "wide.tif")
    # Its white is 1,023, so that this grey is 100 of 255 too.
    tenth = np.full((40, 40), 401, ">u2").tobytes()
    (ant / "d.pgm").write_bytes(b"P5 40 40 1023\n" + tenth)
    for size in (None, 20):
        out = tmp_path / f"out-{size}"
        summary = write(tmp_path / "source", out, shards=1, image_size=size)
        (skipped,) = summary.skipped
        assert (
            "wide.tif: not a whole image (it has pixels of 32 bits" in skipped
        )
        assert summary.records == 7
        for r in read(out):
            pixels = tf.io.decode_image(r["image/encoded"], channels=3).numpy()
            assert abs(pixels.astype(int) - 100).max() <= 1


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


def test_a_command_that_the_user_stops_ends_without_a_traceback(
    begun, tmp_path
):
    os.killpg(begun.pid, signal.SIGINT)  # as a terminal does
    _, err = begun.communicate(timeout=120)
    assert begun.returncode == 130
    assert "Traceback" not in err
    assert not [*(tmp_path / "out").glob(".*.unfinished")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
