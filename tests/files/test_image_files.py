"""What may be opened as an image, by `records` and for thumbnails alike."""

import io
import os
import socket
import struct
from pathlib import Path

import pytest
from PIL import Image
from record_files import png_that_claims

from keras_hier.files.image_files import (
    MAX_BYTES,
    MAX_PIXELS,
    open_image,
    read_bytes,
)


def encoded(kind: str, **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), (255, 0, 0)).save(out, kind, **options)
    return out.getvalue()


def gif_that_claims(width: int, height: int) -> bytes:
    """A small screen, and on it a picture of another size."""
    good = encoded("GIF")
    at = good.index(b",\0\0\0\0")
    return good[: at + 5] + struct.pack("<HH", width, height) + good[at + 9 :]


@pytest.mark.parametrize(
    "kind", ["JPEG", "MPO", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM"]
)
def test_the_formats_in_use_are_opened(tmp_path, kind):
    path = tmp_path / "of any name"
    path.write_bytes(encoded(kind))
    link = tmp_path / "link.jpg"
    link.symlink_to(path)
    for source in (path, str(link), path.read_bytes()):
        with open_image(source) as image:
            assert image.size == (9, 7)
            assert image.convert("RGB").getpixel((4, 4))[0] > 240


def test_no_other_program_is_started(tmp_path, monkeypatch):
    """Pillow hands PostScript to Ghostscript, which runs it."""
    said = tmp_path / "said"
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\necho started >> {said}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    with (
        pytest.raises(OSError, match="none of JPEG, PNG"),
        open_image(script) as i,
    ):
        i.load()
    assert not said.exists()


@pytest.mark.parametrize(
    "bomb",
    [
        png_that_claims(50_000, 50_000),
        png_that_claims(MAX_PIXELS // 2, 3),
        gif_that_claims(65_535, 65_535),
        b"P6 60000 60000 255\n",
    ],
    ids=["png", "png in a line", "gif", "ppm"],
)
def test_a_bomb_is_refused_by_its_header(bomb):
    with (
        pytest.raises(ValueError, match="more than 67,108,864"),
        open_image(bomb) as image,
    ):
        image.load()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def pipe_behind_a_link(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unix_socket(path: Path) -> None:
    os.chdir(path.parent)  # its name may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def folder(path: Path) -> None:
    path.mkdir()


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (fifo, "a pipe where a file"),
        (pipe_behind_a_link, "a pipe where a file"),
        (device, "a device where a file"),
        (unix_socket, "a socket where a file"),
        (folder, "a folder where a file"),
        (huge, "268,435,457 bytes, more than 268,435,456"),
    ],
)
def test_what_is_no_file_is_not_opened(tmp_path, monkeypatch, make, message):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "x.jpg")
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path / "x.jpg")


def test_a_pipe_put_in_a_files_place_does_not_stop_it(tmp_path, monkeypatch):
    """It becomes one between the look at it and its opening."""
    path = tmp_path / "x.jpg"
    path.write_bytes(encoded("JPEG"))
    look = os.stat

    def look_and_replace(at, **options):
        status = look(at, **options)
        if Path(at) == path:
            path.unlink()
            os.mkfifo(path)
        return status

    monkeypatch.setattr(os, "stat", look_and_replace)
    with pytest.raises(ValueError, match="a pipe where a file"):
        read_bytes(path)


def test_missing_files_say_so(tmp_path):
    (tmp_path / "broken.jpg").symlink_to("nowhere")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    for name in ("none.jpg", "broken.jpg", "loop.jpg"):
        with pytest.raises(OSError, match=name):
            read_bytes(tmp_path / name)
