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
