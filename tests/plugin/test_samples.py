"""The routes about single samples."""

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reading import CLASS, OTHER, RUN, TREE, Reader, write, write_blob

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.records import container, picture_codec, sample_codec
from keras_hier.log.records.sample_index import SampleIndex

# Of five samples, two are cats (label 1): the numbers are 0 car, 1 and 2 cat,
# 3 dog, 4 wolf.
LABELS = np.array([2, 1, 0, 1, 3])
IDS = ["d.jpg", "b.jpg", "z.jpg", "a.jpg", "<b>\n.jpg"]
EARLY = np.full((5, 4), 0.25)
LATE = np.array(
    [
        [0.1, 0.2, 0.6, 0.1],
        [0.5, 0.25, 0.125, 0.125],
        [0.7, 0.1, 0.1, 0.1],
        [0.0, 1.0, 0.0, 0.0],
        [0.1, 0.2, 0.3, 0.4],
    ]
)


def grey(level: int) -> np.ndarray:
    return np.full((8, 8), level, np.uint8)


@pytest.fixture
def sampled(tmp_path: Path) -> Path:
    """Run `plain` with samples of epochs 1 and 3, and pictures but one."""
    write(tmp_path / "plain", (1, 2, 3))
    with kh.BlocksWriter(tmp_path / "plain", TREE) as log:
        log.samples(LABELS, EARLY, 1, ids=IDS)
        index = log.samples(LABELS, LATE, 3, ids=IDS)
        levels = [0, 50, 100, None, 200]
        log.pictures(index, [v if v is None else grey(v) for v in levels])
    return tmp_path


@pytest.fixture
def reader(sampled: Path) -> Reader:
    return Reader(sampled)


@pytest.fixture
def digest(reader: Reader) -> str:
    return str(reader.get("sample_epochs", **CLASS)["epochs"][0]["index"])


class TestEpochs:
    def test_what_records_say_of_themselves(self, reader, digest):
        [run] = reader.get("runs")["runs"]
        assert (run["outputs"], run["samples"]) == (["class"], ["class"])
        found = reader.get("sample_epochs", **CLASS)["epochs"]
        assert [e["step"] for e in found] == [1, 3]
        last = found[1]
        assert last.pop("wall_time") > 1.7e9
        assert last == {
            "step": 3,
            "samples": 5,
            "classes": 4,
            "top": 4,
            "hierarchy": TREE.digest,
            "index": digest,
        }

    def test_an_output_without_samples(self, tmp_path):
        write(tmp_path / "plain", (1,))
        code, text = Reader(tmp_path).error("sample_epochs", **CLASS)
        assert code == 404
        assert "blocks/samples/class" in text


def test_a_record_is_passed_on_as_stored(reader):
    response = reader.request("samples", step=3, **CLASS)
    header, planes = sample_codec.decode(gzip.compress(response.data))
    assert header.samples == 5
    labels = np.array([0, 1, 1, 2, 3])
    ranked = sample_codec.to_predictions(header, planes, labels)
    assert ranked.classes[:, 0].tolist() == [0, 1, 0, 2, 3]


class TestIndex:
    def test_is_passed_on_as_stored(self, reader, digest):
        response = reader.request("sample_index", run=RUN, digest=digest)
        assert response.content_type == "application/json"
        assert json.loads(response.data) == {
            "version": 1,
            "counts": [1, 2, 1, 1],
            "ids": ["z.jpg", "a.jpg", "b.jpg", "d.jpg", "<b>\n.jpg"],
            "named": True,
        }

    @pytest.mark.parametrize(
        ("digest", "code"),
        [("0" * 16, 404), ("../../x", 400), ("", 400), ("A" * 16, 400)],
    )
    def test_unknown(self, reader, digest, code):
        assert reader.error("sample_index", run=RUN, digest=digest)[0] == code

    def test_one_of_other_content(self, tmp_path):
        write(tmp_path / "plain", (1,))
        text = '{"version": 1, "counts": [1], "ids": ["a"]}'
        tag = kinds.tag_of("sample_index", "0" * 16)
        blob = container.encode_text(text)
        write_blob(tmp_path / RUN, tag, blob, 0, "sample_index")
        asked = {"run": RUN, "digest": "0" * 16}
        assert Reader(tmp_path).error("sample_index", **asked)[0] == 422


class TestPictures:
    def read(self, reader, digest, numbers):
        response = reader.request(
            "pictures", run=RUN, index=digest, samples=numbers
        )
        assert response.status_code == 200, response.text
        return picture_codec.decode(response.data)[1] if response.data else {}

    def test_many_at_once_by_number(self, reader, digest):
        files = self.read(reader, digest, "4,0,3,4")
        assert list(files) == [0, 3, 4]
        level = [
            np.asarray(Image.open(io.BytesIO(file))).mean()
            for file in files.values()
        ]
        assert level == pytest.approx([100, 0, 200], abs=2)
        # A sample without one is left out.
        assert list(self.read(reader, digest, "1,2")) == [2]
        assert self.read(reader, digest, "1") == {}

    @pytest.mark.parametrize(
        "numbers",
        ["5", "0,99999999", "-1", "0,,1", "1.5", "", ",".join(["0"] * 501)],
    )
    def test_numbers_out_of_range(self, reader, digest, numbers):
        query = {"run": RUN, "index": digest, "samples": numbers}
        found, text = reader.error("pictures", **query)
        assert (found, "Traceback" in text) == (400, False)

    def test_an_index_that_is_not_there(self, reader):
        query = {"run": RUN, "index": "f" * 16, "samples": "0"}
        assert reader.error("pictures", **query)[0] == 404

    def test_a_damaged_piece_is_no_pictures(self, sampled, digest):
        folder = sampled / "plain/validation"
        tag = kinds.tag_of("pictures", digest, 0)
        write_blob(folder, tag, b"KHP1\xff\xff\xff\xff", 0, "pictures")
        assert self.read(Reader(sampled), digest, "0") == {}

    def test_those_that_are_logged_again_take_the_place_of_the_first(
        self, sampled, reader, digest
    ):
        assert list(self.read(reader, digest, "0,1,2,3,4")) == [0, 2, 3, 4]
        index = SampleIndex(LABELS, 4, IDS)
        with kh.BlocksWriter(sampled / "plain", TREE) as log:
            log.pictures(index, [None, None, None, grey(9), grey(9)])
        reader.reload()
        files = self.read(reader, digest, "0,1,2,3,4")
        assert list(files) == [1, 4]
        shown = np.asarray(Image.open(io.BytesIO(files[4])))
        assert shown.mean() == pytest.approx(9, abs=2)


class TestHistory:
    def test_of_one_sample(self, reader, digest):
        found = reader.get("sample_history", index=digest, sample=2, **CLASS)
        assert found["label"] == 1
        first, last = found["epochs"]
        assert (first["step"], first["rank"]) == (1, 2)
        assert last["step"] == 3
        assert last["classes"] == [0, 1, 2, 3]
        assert last["probabilities"] == pytest.approx(
            [0.5, 0.25, 0.125, 0.125], abs=2e-3
        )
        assert last["actual"] == pytest.approx(0.25, abs=1e-3)
        assert last["rank"] == 2

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"sample": 5}, 400),
            ({"sample": -1}, 400),
            ({"sample": "a"}, 400),
            ({"sample": 0, "index": "0" * 16}, 404),
            ({"sample": 0, "output": "none"}, 404),
        ],
    )
    def test_what_is_not_there(self, reader, digest, query, code):
        asked = CLASS | {"index": digest} | query
        assert reader.error("sample_history", **asked)[0] == code

    def test_samples_of_another_index_are_other_samples(self, sampled, digest):
        with kh.BlocksWriter(sampled / "plain", OTHER) as log:
            log.samples(LABELS[:3], LATE[:3], 4, ids=IDS[:3])
        found = Reader(sampled).get(
            "sample_history", index=digest, sample=0, **CLASS
        )
        assert [e["step"] for e in found["epochs"]] == [1, 3]

    def test_numbers_of_classes_in_another_order_are_left_out(
        self, sampled, digest
    ):
        other = TREE.subset(TREE.classes[::-1])
        flat = kh.Hierarchy.from_paths([(each,) for each in TREE.classes])
        for tree, step in ((other, 4), (flat, 5)):
            with kh.BlocksWriter(sampled / "plain", tree) as log:
                assert log.samples(LABELS, LATE, step, ids=IDS).digest == digest
        reader = Reader(sampled)
        for of, steps in (
            ({}, [1, 3, 5]),
            ({"hierarchy": TREE.digest}, [1, 3, 5]),
            ({"hierarchy": other.digest}, [4]),
        ):
            asked = {"index": digest, "sample": 0, **CLASS, **of}
            found = reader.get("sample_history", **asked)["epochs"]
            assert [e["step"] for e in found] == steps


SWOLLEN = json.dumps({"version": 1, "samples": 2**30}).encode()


@pytest.mark.parametrize(
    "spoilt",
    [bytes(range(256)), gzip.compress(b"KHS1\x2e\x00\x00\x00" + SWOLLEN)],
    ids=["noise", "swollen"],
)
def test_a_broken_record_spoils_its_own_epoch(sampled, digest, spoilt):
    tag = kinds.tag_of("samples", "class")
    write_blob(sampled / RUN, tag, spoilt, 4, "samples")
    broken = Reader(sampled)
    entry = broken.get("sample_epochs", **CLASS)["epochs"][-1]
    assert entry["step"] == 4
    assert entry["error"]
    assert broken.error("samples", step=4, **CLASS)[0] == 422
    assert broken.request("samples", step=3, **CLASS).status_code == 200
    found = broken.get("sample_history", index=digest, sample=0, **CLASS)
    assert [("error" in e) for e in found["epochs"]] == [False, False, True]
