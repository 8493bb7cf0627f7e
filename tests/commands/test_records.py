"""The summary that `keras-hier records` prints."""

from pathlib import Path

from PIL import Image

RECORDS = "records images out --workers 1"


def draw(**counts):
    for name, count in counts.items():
        folder = Path("images") / name
        folder.mkdir(parents=True)
        for k in range(count):
            Image.new("RGB", (9, 9)).save(folder / f"{k}.png")


def test_skipped_images_are_not_among_those_written(run):
    draw(bee=1, cat=0)
    Path("images/cat/1.png").write_bytes(b"no image")
    of = "out: train, 1 image of 2 classes in 1 shard"
    # Nor when shards of an earlier call are kept.
    for told in ("1 written, 0", "0 written, 1"):
        said = run(f"{RECORDS} --shards 1")
        assert f"{of} ({told} already there), 1 image skipped\n" in said


def test_there_are_no_more_files_than_images_where_nothing_is_said(run):
    draw(bee=2, cat=3)
    for told in ("5 written, 0", "0 written, 5"):
        said = f"5 images of 2 classes in 5 shards ({told} already"
        assert said in run(RECORDS)
    said = run.refused(f"{RECORDS} --shards 6")
    assert "fewer than the 6 shards asked for" in said
