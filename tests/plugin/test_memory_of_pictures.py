"""What thumbnails count as in the cache that keeps them."""

from pathlib import Path

import numpy as np
import pytest
from reading import Reader, calls_of, write_blob

from keras_hier.log import kinds
from keras_hier.log.records import picture_codec
from keras_hier.log.records.sample_index import SampleIndex
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Store

PICTURES = 1000


def log_gaps(folder: Path) -> list[str]:
    """Logs three indexes with pictures of no bytes, each in a run."""
    digests = []
    for number in range(3):
        ids = [f"{number} {i}" for i in range(PICTURES)]
        index = SampleIndex(np.zeros(PICTURES, int), 1, ids)
        digests.append(index.digest)
        (piece,) = picture_codec.encode(
            dict.fromkeys(range(PICTURES), b""), index=index.digest, size=64
        )
        for kind, names, blob in (
            ("sample_index", (index.digest,), index.to_blob()),
            ("pictures", (index.digest, 0), piece),
        ):
            tag = kinds.tag_of(kind, *names)
            write_blob(folder / f"run{number}", tag, blob, 0, kind)
    return digests


# An entry takes 80 bytes at least: a slot of a dictionary and a number.
@pytest.mark.parametrize(("room", "reads"), [(1.5 * 80, 6), (4 * 250, 3)])
def test_pictures_of_no_bytes_take_room_all_the_same(
    tmp_path, monkeypatch, room, reads
):
    digests = log_gaps(tmp_path)
    reader = Reader(tmp_path)
    samples = SampleStore(Store(reader.provider), int(room * PICTURES))
    read = calls_of(monkeypatch, picture_codec, "decode")
    for number, digest in [*enumerate(digests)] * 2:
        samples.pictures(reader.scope, f"run{number}", digest, [0])
    assert len(read) == reads
