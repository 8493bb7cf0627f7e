"""What `keras-hier records` says that it has written."""

import pytest
from PIL import Image

from keras_hier.cli import main


@pytest.fixture
def records(tmp_path, capsys):
    """Returns what the command says of one shard of two classes."""

    def run():
        command = ["records", str(tmp_path / "images"), str(tmp_path / "out")]
        assert main([*command, "--shards", "1", "--workers", "1"]) == 0
        return capsys.readouterr().out.removeprefix(f"{tmp_path / 'out'}: ")

    for name in ("bee", "cat"):
        (tmp_path / "images" / name).mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(tmp_path / "images" / "bee" / "1.png")
    (tmp_path / "images" / "cat" / "1.png").write_bytes(b"no image")
    return run


def test_skipped_images_are_not_among_those_written(records):
    of = "train, 1 image of 2 classes in 1 shard"
    assert records() == f"{of} (1 written, 0 already there), 1 image skipped\n"
    # Nor when shards of an earlier call are kept.
    assert records() == f"{of} (0 written, 1 already there), 1 image skipped\n"


def test_there_are_no_more_files_than_images_where_nothing_is_said(
    tmp_path, capsys
):
    for name, count in (("bee", 2), ("cat", 3)):
        (tmp_path / "images" / name).mkdir(parents=True)
        for k in range(count):
            Image.new("RGB", (9, 9)).save(
                tmp_path / "images" / name / f"{k}.png"
            )
    command = ["records", str(tmp_path / "images"), str(tmp_path / "out")]
    for told in ("5 written, 0", "0 written, 5"):
        assert main([*command, "--workers", "1"]) == 0
        assert f"5 images of 2 classes in 5 shards ({told} already" in (
            capsys.readouterr().out
        )
    assert main([*command, "--shards", "6"]) == 2
    assert "fewer than the 6 shards asked for" in capsys.readouterr().err
