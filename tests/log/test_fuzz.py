"""Thousands of damaged records: each is read, or refused by its own error.

`tests/support/blobs.py` draws them; `benchmarks/reliability` has the long run.
"""

import gzip
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.event_files.event_reader import LogError, read
from keras_hier.log.run_log import RunLog
from tests.support import blobs, bombs, hostile

CASES = {"hierarchy": 100, "layers": 150, "event file": 25, "features": 200}


@pytest.mark.parametrize("name", blobs.DECODERS)
def test_damage_is_read_or_refused_in_little_memory(name):
    found = blobs.read_many(name, CASES.get(name, 300), seed=2)
    assert found["failures"] == []
    # Damage that is never seen, or always, would show little.
    assert found.get("read", 0) > 0
    assert found.get("refused", 0) > 0 or name == "metadata"


class TestBombs:
    """What is small and claims much is refused before it takes memory."""

    @pytest.mark.parametrize(
        "name",
        [
            "matrix, 2^20 rows, 6e7 nonzeros",
            "matrix, 256 MiB of zeros",
            "samples, top = 5e6",
            "pictures, n = 2e9",
            "means, 1e6 x 1e6",
            "paths, 1e6 x 1e6",
            "strongest, 1e7 channels",
        ],
    )
    def test_claims(self, name):
        blob = bombs.BOMBS[name]()
        assert self.taken(bombs.kind_of(name), blob) < 2**20

    @pytest.mark.parametrize("kind", ["sample_index", "hierarchy", "grouping"])
    @pytest.mark.parametrize("item", ["[]", '""', "0"])
    def test_lists(self, kind, item):
        # Python would make 24 bytes of one: 600 MiB.
        fields = {
            "sample_index": ("counts", "ids", "named"),
            "hierarchy": ("parents", "ids", "names", "labels"),
            "grouping": ("names", "of_class", "nodes"),
        }[kind]
        values = bombs.repeated(item, 24 * 2**20 // (len(item) + 1))
        text = json.dumps(dict.fromkeys(fields[:-1], 0))[:-1]
        blob = gzip.compress(f'{text},"{fields[-1]}":{values}}}'.encode())
        assert self.taken(kind, blob) < 80 * 2**20

    @staticmethod
    def taken(kind, blob):
        bombs.read(kind, hostile.whole()[kind][0])
        tracemalloc.start()
        try:
            with pytest.raises(ValueError, match=r"\w") as caught:
                bombs.read(kind, blob)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert type(caught.value).__name__ in (
                "CodecError",
                "HierarchyError",
            )


class TestConfigs:
    """What a saved model says of its trees and groups is as hostile."""

    def test_a_damaged_one_is_refused(self):
        tree, groups = hostile.TREE, hostile.GROUPS
        objects = [
            kh.ConfusionMatrix(tree),
            kh.ConfusionMatrix(tree, at=groups),
            kh.losses.HierarchicalCrossentropy(tree),
            kh.losses.SoftLabelCrossentropy(tree),
            kh.GroupHead(groups, layer="x", name="x_groups4"),
        ]
        rng = np.random.default_rng(0)
        refused = 0
        for _ in range(40):
            for made in objects:
                config = made.get_config()
                for name in ("hierarchy", "at", "grouping", "groupings"):
                    if config.get(name) is not None:
                        config[name] = self.damaged(rng, config[name])
                try:
                    type(made).from_config(config)
                except kh.HierarchyError:
                    refused += 1
        assert refused > 100

    def damaged(self, rng, value):
        odd = hostile.ODD[rng.integers(len(hostile.ODD))]
        if isinstance(value, list):
            return [self.damaged(rng, each) for each in value]
        if isinstance(value, dict):
            name = list(value)[rng.integers(len(value))]
            return {**value, name: odd}
        if rng.random() < 0.2:
            return odd
        data = hostile.damaged(rng, value.encode())
        return data.decode("utf-8", "replace")


class TestEvents:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "run/validation"
        file = folder / "events.out.tfevents.1.a"
        hostile.write_events(file, hostile.events_of_run())
        return folder

    def log(self, folder):
        return RunLog(str(folder.parent))

    def test_a_whole_run(self, folder):
        log = self.log(folder)
        assert (log.outputs, log.sample_outputs) == (
            ("class", "head"),
            ("class",),
        )
        assert log.epochs() == log.sample_epochs() == (1, 2, 3)
        assert log.damage == ()
        assert log.tree(log.matrix("head")[0])[1] == hostile.GROUPS
        assert len(log.pictures(log.samples().index)) == 20

    @pytest.mark.parametrize("step", [-1, -(2**63), 10**15, 2**63 - 1])
    def test_a_step_that_numbers_no_epoch_hides_none(self, folder, step):
        [*_, last] = hostile.events_of_run()
        [odd, *_] = [e for e in hostile.events_of_run() if e.step == 2]
        odd.step, odd.wall_time = step, last.wall_time + 9
        file = folder / "events.out.tfevents.2.b"
        hostile.write_events(file, [odd])
        assert self.log(folder).epochs() == (1, 2, 3)

    @pytest.mark.parametrize("time", hostile.TIMES)
    def test_nor_does_a_time_that_is_none(self, folder, time):
        [odd, *_] = [e for e in hostile.events_of_run() if e.step == 3]
        odd.wall_time, odd.step = time, 4
        file = folder / "events.out.tfevents.2.b"
        hostile.write_events(file, [odd])
        assert self.log(folder).epochs()[:3] == (1, 2, 3)

    def test_a_record_of_a_wrong_checksum_costs_that_one(self, folder):
        (file,) = folder.iterdir()
        data = bytearray(file.read_bytes())
        at = data.index(b"KHP1")  # the pictures, which are not compressed
        data[at] ^= 1
        file.write_bytes(data)
        log = self.log(folder)
        assert log.epochs() == (1, 2, 3)
        assert log.pictures(log.samples().index) == {}
        (sentence,) = log.damage
        assert "1 record of it could not be read (a checksum" in sentence

    def test_nor_does_one_that_is_no_event_cost_more(self, folder):
        (file,) = folder.iterdir()
        data = file.read_bytes()
        file.write_bytes(hostile.framed(b"\xff" * 9) * 2 + data)
        log = self.log(folder)
        assert log.epochs() == (1, 2, 3)
        (sentence,) = log.damage
        assert "2 records of it could not be read (no event" in sentence

    def test_what_is_no_file_is_named(self, folder):
        (folder / "events.out.tfevents.0.folder").mkdir()
        (folder / "events.out.tfevents.0.gone").symlink_to("nowhere")
        log = self.log(folder)
        assert log.epochs() == (1, 2, 3)
        assert len(log.damage) == 2

    def test_a_record_as_large_as_a_disk_is_not_read(self, folder):
        file = folder / "events.out.tfevents.0.large"
        length = (2**40).to_bytes(8, "little")
        framed = hostile.framed(b"")
        with file.open("wb") as out:
            out.write(length + hostile.checksum(length) + framed)
            out.truncate(2**40 + 99)  # takes no room on the disk
        series, (sentence,) = read(str(folder))
        assert "blocks/class" in series
        assert "a record of 1,099,511,627,776 bytes" in sentence

    def test_tensors_of_another_kind(self, folder):
        rng = np.random.default_rng(0)
        for seed in range(30):
            [odd, *_] = [e for e in hostile.events_of_run() if e.step == 2]
            hostile.odd_tensor(rng, odd.summary.value[0].tensor)
            odd.step = 4 + seed
            odd.wall_time += 100 + seed
            file = folder / f"events.out.tfevents.2.{seed:02d}"
            hostile.write_events(file, [odd])
        log = self.log(folder)
        said = []
        for step in log.epochs()[3:]:
            try:
                log.matrix("class", step)
            except LogError as error:
                said.append(str(error))
        assert (len(log.epochs()), len(said) > 15) == (33, True)
        assert all("be read: The record is truncated" in each for each in said)

    def test_tags_and_metadata_of_any_kind(self, tmp_path):
        events = hostile.events_of_run()
        [one, *_] = [e for e in hostile.events_of_run() if e.step == 2]
        for at, tag in enumerate(hostile.TAGS):
            for content in (*hostile.CONTENTS, None):
                odd = type(one)()
                odd.CopyFrom(one)
                value = odd.summary.value[0]
                value.tag = tag
                if content is not None:
                    value.metadata.plugin_data.content = content
                events.insert(at, odd)
        file = Path(tmp_path, "run/validation/events.out.tfevents.1.a")
        hostile.write_events(file, events)
        log = self.log(file.parent)
        assert log.damage == ()
        for output in log.outputs:
            assert log.matrix(output)[0].size in (4, 12)
        assert {"class", "head", "\x00", "é💥"} <= set(log.outputs)
