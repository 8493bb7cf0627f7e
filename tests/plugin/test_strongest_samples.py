"""Samples that a channel answers most strongly, by the route of channels."""

import numpy as np
import pytest
from class_means import GROUP, HOSTILE, TREE, log, means_of
from reading import RUN, Reader, write_blob

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.records import picture_codec
from keras_hier.log.records.strongest_codec import StrongestSamples

# Two samples of each class: what a file may be called.
IDS = [f"{name}/{at}{HOSTILE}/../x" for name in TREE.classes for at in "ab"]


LABELS = np.repeat(np.arange(TREE.num_classes), 2)


def strongest_of(ids=IDS):
    rng = np.random.default_rng(0)
    return StrongestSamples(
        layer="conv1",
        hierarchy=TREE.digest,
        num_classes=TREE.num_classes,
        ids=tuple(ids),
        labels=LABELS,
        rows=rng.integers(0, len(IDS), (18, 6)),
        values=-np.sort(-rng.random((18, 6), np.float32)),
    )


class TestStrongestSamples:
    def log(self, folder, strongest=None, ids=IDS, labels=LABELS):
        scores = np.full((len(labels), TREE.num_classes), 1 / TREE.num_classes)
        log(folder)
        with kh.BlocksWriter(folder / "plain", TREE, resume=True) as writer:
            writer.means(means_of("conv1"), 1, strongest)
            if ids is False:
                return None
            index = writer.samples(labels, scores, 1, ids=ids)
            writer.pictures(index, [np.full((8, 8), 9, np.uint8)] * len(labels))
            return index

    def test_come_with_their_classes_and_numbers(self, tmp_path):
        strongest = strongest_of()
        index = self.log(tmp_path, strongest, IDS[::-1], LABELS[::-1])
        reader = Reader(tmp_path)
        found = reader.get("channels", **GROUP)
        assert (found["index"], found["samples_error"]) == (index.digest, None)
        assert found["entries"]
        asked = set()
        for each in found["entries"]:
            row, column = each["cell"]
            channel = each["channel"] + 2 * (3 * row + column)
            rows = strongest.rows[channel]
            got = each["samples"]
            assert [one["id"] for one in got] == [IDS[row] for row in rows]
            assert [one["label"] for one in got] == LABELS[rows].tolist()
            values = [one["value"] for one in got]
            expected = strongest.values[channel].tolist()
            assert values == pytest.approx(expected, rel=1e-5)
            for one in got:
                assert index.ids[one["number"]] == one["id"]
                asked.add(one["number"])
        # Pictures come by number: no id is a path.
        query = {"run": RUN, "index": index.digest}
        numbers = ",".join(map(str, sorted(asked)))
        answer = reader.request("pictures", **query, samples=numbers).data
        assert set(picture_codec.decode(answer)[1]) == asked

    @pytest.mark.parametrize(
        ("ids", "labels", "is_indexed"),
        [
            (False, LABELS, False),
            # Positions in the data are no names, whatever they look like.
            (None, LABELS, False),
            ([f"x{each}" for each in IDS], LABELS, True),
            # The same names, of other classes.
            (IDS, (LABELS + 1) % TREE.num_classes, True),
        ],
    )
    def test_of_other_ids_or_classes_have_names_alone(
        self, tmp_path, ids, labels, is_indexed
    ):
        names = list(map(str, range(len(IDS)))) if ids is None else IDS
        self.log(tmp_path, strongest_of(names), ids, labels)
        found = Reader(tmp_path).get("channels", **GROUP)
        assert (found["index"] is not None) == is_indexed
        assert found["samples_error"] is None
        for each in found["entries"]:
            assert {one["number"] for one in each["samples"]} == {None}
            assert {one["id"] for one in each["samples"]} <= set(names)
            assert len(each["samples"]) == 6

    def test_of_means_that_were_overtaken_are_left_behind(self, tmp_path):
        self.log(tmp_path, strongest_of())
        with kh.BlocksWriter(tmp_path / "plain", TREE, resume=True) as writer:
            writer.means(means_of("conv1", seed=0, place=1), 1)
            writer.means(means_of("conv1", seed=0), 2)
        reader = Reader(tmp_path)
        for step in (1, 2):
            found = reader.get("channels", **{**GROUP, "step": step})
            assert found["step"] == step
            assert {each["samples"] for each in found["entries"]} == {None}

    @pytest.mark.parametrize("kind", [None, "strongest", "samples"])
    def test_that_are_damaged_leave_the_channels(self, tmp_path, kind):
        self.log(tmp_path, strongest_of() if kind == "samples" else None)
        if kind:
            name = {"strongest": "conv1", "samples": "class"}[kind]
            tag = kinds.tag_of(kind, name)
            write_blob(tmp_path / RUN, tag, b"?", 1, kind)
        found = Reader(tmp_path).get("channels", **GROUP)
        said = "The record is truncated." if kind == "strongest" else None
        assert (found["index"], found["samples_error"]) == (None, said)
        samples = [each["samples"] for each in found["entries"]]
        lengths = {None if each is None else len(each) for each in samples}
        assert lengths == ({6} if kind == "samples" else {None})
