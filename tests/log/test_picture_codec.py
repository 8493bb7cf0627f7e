import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image
from record_files import png_that_claims

from keras_hier.log.predictions.thumbnails import (
    Thumbnails,
    as_pictures,
    find_picture,
    thumbnail,
)
from keras_hier.log.records import picture_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleError

JPEG = b"\xff\xd8\xff"


def opened(file):
    image = Image.open(io.BytesIO(file))
    image.load()
    return image


def noise(seed=0, size=64):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (size, size, 3), np.uint8)


def piece(files):
    (blob,) = picture_codec.encode(files, index="0" * 16, size=64)
    return blob


class TestPieces:
    def test_are_what_the_module_says(self):
        blob = piece({7: JPEG + b"seven", 2: b"", 9: JPEG})
        (length,) = struct.unpack_from("<I", blob, 4)
        assert blob[:4] == b"KHP1"
        table = np.frombuffer(blob, "<u4", 7, 8 + length).tolist()
        assert table == [2, 7, 9, 0, 0, 8, 11]
        assert blob[8 + length + 28 :] == JPEG + b"seven" + JPEG
        header, files = picture_codec.decode(blob)
        assert files == {2: b"", 7: JPEG + b"seven", 9: JPEG}
        assert (header.firsts, header.pictures) == ((2,), 3)

    def test_every_one_tells_where_a_sample_would_be(self, monkeypatch):
        monkeypatch.setattr(picture_codec, "PIECE_BYTES", 1000)
        files = {n: JPEG + bytes(297) for n in range(0, 20, 2)}
        blobs = picture_codec.encode(files, index="0" * 16, size=64)
        read = [picture_codec.decode(blob) for blob in blobs]
        assert {header.firsts for header, _ in read} == {(0, 6, 12, 18)}
        assert [header.piece for header, _ in read] == [0, 1, 2, 3]
        assert {n: f for _, part in read for n, f in part.items()} == files

    def test_none(self):
        assert picture_codec.encode({}, index="0" * 16, size=64) == []

    def test_what_is_no_jpeg_is_a_gap(self):
        blob = piece({0: b"<svg onload=alert(1)>", 1: JPEG})
        assert picture_codec.decode(blob)[1] == {0: b"", 1: JPEG}

    def test_a_truncated_piece(self):
        blob = piece({0: JPEG, 1: JPEG})
        for cut in range(len(blob)):
            with pytest.raises(CodecError):
                picture_codec.decode(blob[:cut])

    @pytest.mark.parametrize("at", [0, 4, 8, 12, 16])
    def test_a_damaged_table(self, at):
        blob = piece({0: JPEG, 1: JPEG})
        start = len(blob) - 6 - 20 + at
        wrong = blob[:start] + b"\xff\xff\xff\x7f" + blob[start + 4 :]
        if at == 4:  # a sample may have any number that is higher
            assert list(picture_codec.decode(wrong)[1]) == [0, 2**31 - 1]
        else:
            with pytest.raises(CodecError, match="damaged"):
                picture_codec.decode(wrong)

    def test_a_claim_of_many(self):
        wrong = piece({0: JPEG}).replace(b'"pictures":1', b'"pictures":9')
        with pytest.raises(CodecError, match="truncated"):
            picture_codec.decode(wrong)


class TestThumbnail:
    @pytest.mark.parametrize(
        ("shape", "size", "mode"),
        [
            ((200, 100, 3), (32, 64), "RGB"),
            ((100, 200, 1), (64, 32), "L"),
            ((8, 8, 3), (8, 8), "RGB"),
            ((2000, 1, 3), (1, 64), "RGB"),
        ],
    )
    def test_fits_and_is_never_enlarged(self, shape, size, mode):
        image = opened(thumbnail(np.full(shape, 100, np.uint8)))
        assert (image.format, image.size, image.mode) == ("JPEG", size, mode)
        assert abs(np.asarray(image).astype(int) - 100).max() <= 2

    def test_floats_are_on_a_scale_of_255(self):
        image = opened(thumbnail(np.full((9, 9, 3), 200.4, np.float32)))
        assert abs(np.asarray(image).astype(int) - 200).max() <= 2

    @pytest.mark.parametrize("high", [0.01, 1, 1.2])
    @pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
    def test_floats_on_a_scale_of_1_are_refused(self, kind, high):
        picture = np.linspace(0, high, 75, dtype=kind).reshape(5, 5, 3)
        with pytest.raises(ValueError, match=f"0 to {high}, expected 0 to 255"):
            thumbnail(picture)
        found = Thumbnails()
        with pytest.warns(UserWarning, match="multiply by 255"):
            found.add(0, 0, picture)
        assert found.files() == {0: b""}

    def test_black_is_black_on_every_scale(self):
        image = opened(thumbnail(np.zeros((9, 9, 3), np.float32)))
        assert np.asarray(image).max() == 0

    @pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP"])
    def test_files_of_every_kind(self, tmp_path, kind):
        path = tmp_path / "picture"
        Image.new("RGB", (300, 150), (255, 0, 0)).save(path, kind)
        for source in (path, str(path), path.read_bytes()):
            image = opened(thumbnail(source)).convert("RGB")
            assert image.size == (64, 32)
            red, green, _ = image.getpixel((32, 16))
            assert (red > 240, green < 15) == (True, True)

    def test_what_shows_through_is_white(self):
        """Half of the pixels are red, half of them nothing, in stripes."""
        pixels = np.zeros((256, 256, 4), np.uint8)
        pixels[::2] = (255, 0, 0, 255)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        shown = np.asarray(opened(thumbnail(out.getvalue()))).astype(int)
        assert abs(shown - (255, 128, 128)).max() < 6

    @pytest.mark.parametrize("mode", ["1", "LA", "P", "CMYK"])
    def test_every_mode_is_shown(self, mode):
        image = Image.new("L", (90, 90), 255)
        out = io.BytesIO()
        image.convert(mode).save(out, "TIFF")
        shown = opened(thumbnail(out.getvalue())).convert("L")
        assert shown.size == (64, 64)
        assert shown.getpixel((9, 9)) > 240

    def test_greys_of_16_bits_are_not_white(self):
        greys = np.full((90, 90), 100 * 256, np.uint16)
        out = io.BytesIO()
        Image.fromarray(greys).save(out, "PNG")
        shown = np.asarray(opened(thumbnail(out.getvalue())).convert("L"))
        assert abs(shown.astype(int) - 100).max() <= 1

    @pytest.mark.parametrize(
        "picture",
        [
            np.zeros((8, 8, 2), np.uint8),
            np.zeros((8,), np.uint8),
            np.zeros((0, 8, 3), np.uint8),
            np.full((8, 8, 3), -1.0),
            np.full((8, 8, 3), 300.0),
            np.full((8, 8, 3), np.nan),
            np.full((8, 8), "a"),
        ],
    )
    def test_arrays_that_are_none(self, picture):
        with pytest.raises(ValueError, match=r"expected|0 to 255"):
            thumbnail(picture)


BROKEN = {
    "nothing": b"",
    "text": b"<html>",
    "cut": thumbnail(noise())[:700],
    "bomb": png_that_claims(60_000, 60_000),
    "truncated_png": png_that_claims(500, 500),
    "program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


class TestCollecting:
    @pytest.mark.parametrize("kind", BROKEN)
    def test_broken_and_huge_files_are_gaps(self, kind):
        found = Thumbnails()
        with pytest.warns(UserWarning, match="sample 3 cannot be shown"):
            found.add(0, 3, BROKEN[kind])
        found.add(0, 4, BROKEN[kind])  # one warning is enough
        found.add(0, 5, noise())
        files = found.files()
        assert (files[3], files[4], found.unreadable) == (b"", b"", 2)
        assert files[5].startswith(JPEG)

    def test_the_first_of_each_class(self):
        found = Thumbnails(per_class=2)
        for sample, label in enumerate([0, 0, 1, 0, 1, 1]):
            found.add(label, sample, noise(sample, 8))
        assert sorted(found.files()) == [0, 1, 2, 4]
        assert not found.wants(0)
        assert found.wants(2)

    def test_a_budget_takes_from_all_classes_alike(self):
        size = len(thumbnail(noise()))
        found = Thumbnails(per_class=5, budget=11 * size)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for sample in range(20):  # sorted by class, as folders are
                found.add(sample // 5, sample, noise(sample))
        assert [str(w.message) for w in caught] == [
            "5 thumbnails of each class take more than "
            f"{11 * size / 2**20:.3g} MiB, and TensorBoard holds all of them "
            "in memory: fewer of each class are kept. Ask for fewer "
            "(thumbnails_per_class)."
        ]
        files = found.files()
        assert sum(map(len, files.values())) <= 11 * size
        assert np.bincount([n // 5 for n in files]).tolist() == [2, 2, 2, 2]


class TestModelInputs:
    def test_bytes_are_pictures(self):
        x = np.zeros((3, 8, 8, 3), np.uint8)
        assert as_pictures(x) is x

    def test_floats_are_rounded(self):
        x = np.full((1, 8, 8, 1), 99.6, np.float16)
        assert as_pictures(x).tolist() == np.full((1, 8, 8, 1), 100).tolist()

    def test_channels_first(self):
        x = np.zeros((2, 3, 8, 9), np.uint8)
        assert as_pictures(x, channels_first=True).shape == (2, 8, 9, 3)

    @pytest.mark.parametrize("scale", [1, 2, 31])
    def test_another_scale_is_no_darkness(self, scale):
        x = np.linspace(0, scale, 64).reshape(1, 8, 8, 1)
        with pytest.raises(SampleError, match=f"within 0 to {scale}"):
            as_pictures(x)
        assert as_pictures(x, dark=True).max() == scale

    @pytest.mark.parametrize(
        "x",
        [
            np.linspace(-1, 100, 64).reshape(1, 8, 8, 1),
            np.linspace(0, 300, 64).reshape(1, 8, 8, 1),
            np.full((1, 8, 8, 1), np.nan),
            np.zeros((8, 8, 1)),
            np.zeros((1, 8, 8, 4)),
            np.zeros((4, 20)),
        ],
    )
    def test_what_is_no_picture(self, x):
        with pytest.raises(SampleError, match="their"):
            as_pictures(x, dark=True)


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path):
        inside = tmp_path / "images"
        (inside / "cat").mkdir(parents=True)
        for name in ("images/a.jpg", "images/cat/b.png", "secret.jpg"):
            (tmp_path / name).write_bytes(b"x")
        (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
        return inside

    @pytest.mark.parametrize(
        ("name", "found"),
        [("a.jpg", "a.jpg"), ("a", "a.jpg"), ("cat/b", "cat/b.png")],
    )
    def test_are_found_with_and_without_the_suffix(self, folder, name, found):
        assert find_picture(folder, name) == folder / found

    def test_outside_and_elsewhere_are_none(self, folder):
        outside = "../secret.jpg ../secret cat/../../secret.jpg /etc/passwd"
        elsewhere = ("", "a\0.jpg", "a\n.jpg", "\ud800", "x" * 10_000)
        names = f"{outside} link.jpg link cat . .. <b>".split()
        assert {find_picture(folder, n) for n in (*names, *elsewhere)} == {None}
