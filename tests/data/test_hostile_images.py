"""Records whose images are damaged, or claim to be larger than memory is."""

import io
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from record_files import png_that_claims, write_records

import keras_hier as kh
from keras_hier.data import augment
from keras_hier.files.image_files import MAX_PIXELS


def encode(kind: str, size: tuple[int, int] = (64, 48), **options) -> bytes:
    red, green = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    pixels = np.stack([red, green, 0 * red + 90], -1).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int, height: int, progressive: bool) -> bytes:
    data = bytearray(encode("JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


BOMBS = {
    "png": png_that_claims(50_000, 50_000, 1),
    "flat png": png_that_claims(2**31 - 1, 1, 1),
    "png beyond 64 bits": png_that_claims(2**32 - 1, 2**32 - 1, 1),
    "jpeg": jpeg(65_000, 65_000, progressive=False),
    "progressive jpeg": jpeg(65_000, 65_000, progressive=True),
}
DAMAGED = {
    "nothing": b"",
    "a letter": b"\xff",
    "a page": b"<html>404</html>",
    "script": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "webp": encode("WEBP"),
    **{
        f"{kind} cut at {share}": encode(kind)[: int(len(encode(kind)) * share)]
        for kind in ("JPEG", "PNG")
        for share in (0.01, 0.5)
    },
    "header alone": encode("JPEG")[:20],
    "gif": encode("GIF"),
    "bmp": encode("BMP"),
}
IMAGES = {**BOMBS, **DAMAGED}


@pytest.fixture(scope="module")
def read():
    """Reads records of one label each, with a good image around bad ones."""

    def read(path: str, **arguments) -> list:
        dataset = kh.data.imagenet(
            path, 32, 4, classes=["a"], label_offset=0, **arguments
        )
        return list(dataset)

    return read


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """What is said of each bad record, in batches with good ones and alone.

    TensorFlow goes on after an error, so that a data set tells of all of them,
    for training as well, where they come in any order.
    """
    good = {"image": encode("JPEG"), "label": 0}
    path = tmp_path_factory.mktemp("bad") / "train-bad"
    bad = [{"image": image, "label": 0} for image in IMAGES.values()]
    batches = [record for each in bad for record in (good, each, good, good)]
    write_records(path, batches)
    found = []
    for training, batch_size in ((False, 4), (True, 1)):
        dataset = kh.data.imagenet(
            path, 32, batch_size, training, classes=["a"], label_offset=0
        )
        batches = iter(dataset)
        errors, whole = [], 0
        while True:
            try:
                whole += len(next(batches)[1])
            except StopIteration:
                break
            except tf.errors.InvalidArgumentError as error:
                errors.append(error.message)
            except tf.errors.FailedPreconditionError:
                break  # At the end: fewer batches came than there are.
        assert len(errors) == len(bad)
        assert whole == (3 * len(bad) if training else 0)
        found.append(errors)
    return path, *found


def test_the_file_and_the_record_are_named(errors):
    path, *found = errors
    for place, kind in enumerate(IMAGES):
        message = re.compile(
            rf"Expected an undamaged record with a whole image.*"
            rf"in record\] \[{4 * place + 1}\] \[of\] \[.*{path.name}\]"
        )
        for said in found:
            assert sum(map(bool, map(message.search, said))) == 1, kind


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_by_its_header(kind):
    encoded = tf.constant(BOMBS[kind])
    if "jpeg" in kind:
        assert not augment._jpeg_shape(encoded)[1]
    else:
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=f"at most {MAX_PIXELS}"
        ):
            augment._checked_png(encoded)


def test_all_that_cannot_be_read_is_named_at_once_in_a_batch_of_it(write, read):
    bad = {"image": b"", "label": 0}
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0\] \[of\]"):
        read(write(bad, bad, bad, bad, bad))


def test_a_damaged_record_is_named(write, read):
    """TensorFlow's own message gives the place, but not the file."""
    good = {"image": encode("JPEG"), "label": 0}
    write(*[good] * 3, name="train-0")
    path = Path(write(*[good] * 3, name="train-1"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for training in (False, True):
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"\[1\] \[of\] \[.*train-1\]"
        ):
            read(f"{path.parent}/train-*", training=training)


def test_a_list_of_records_holds_files(tmp_path, write):
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none"):
        with pytest.raises(ValueError, match="Expected TFRecord files"):
            kh.data.count([path])
