"""What a folder of images may hold, and how its images are stored."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from record_files import read_split as read
from record_files import write_folders as write

import keras_hier as kh
from keras_hier.data import shards
from keras_hier.data.record_folder import write_class_list


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
