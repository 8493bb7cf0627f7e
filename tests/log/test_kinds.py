"""The table of kinds: what is stored stays, and what a new kind costs."""

import gzip
import hashlib
import json

import numpy as np
import pytest
from reading import MATRIX, PAIRS, TREE, Reader

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.kinds import KINDS, Kind, kind_of, kind_of_tag, tag_of
from keras_hier.log.records import container, matrix_codec, picture_codec
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.paths_codec import PathSums
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.log.run_log import LogError
from tests.support import hostile
from tests.support.layers import layers_record

DIGEST = "0123456789abcdef"
INDEX = SampleIndex([2, 0, 1], 4, ["c.jpg", "a.jpg", "é.jpg"])
ONE_OF_EACH = {
    "matrix": lambda: kinds.encode(
        "matrix",
        PAIRS.aggregate(MATRIX),
        hierarchy=TREE.digest,
        grouping=PAIRS.digest,
        role="probe",
        layer="conv2",
        coarse=matrix_codec.CoarseHeader(7, [(2, 5, 3)], [4]),
        probe=matrix_codec.ProbeHeader("lda", "grid3", 9, 5, 0.125),
    ),
    "hierarchy": lambda: kinds.encode("hierarchy", TREE),
    "grouping": lambda: kinds.encode("grouping", PAIRS),
    "samples": lambda: kinds.encode(
        "samples",
        TopKPredictions(
            np.array([[0, 1], [1, 3], [3, 2]]),
            np.array([[0.5, 0.25], [0.75, 0], [1, 0]]),
            np.array([0.5, 0.75, np.nan]),
            np.array([1, 1, 0]),
        ),
        INDEX.labels,
        num_classes=4,
        hierarchy=TREE.digest,
        index=INDEX.digest,
    ),
    "paths": lambda: kinds.encode(
        "paths",
        PathSums(
            1.5,
            np.array([[0.5, 0.75], [0.25, 1]]),
            np.array([[0.375, 0.5], [0.125, 0]]),
            DIGEST,
        ),
    ),
    "sample_index": lambda: kinds.encode("sample_index", INDEX),
    "pictures": lambda: picture_codec.encode(
        {0: b"\xff\xd8\xff", 2: b""}, index=INDEX.digest, size=64
    )[0],
    "layers": lambda: kinds.encode("layers", layers_record(DIGEST, 3, 2, 1)),
    "means": lambda: kinds.encode(
        "means",
        ClassMeans(
            *("conv/1", 1, "1 x 1 x 2", "mean", DIGEST),
            np.array([2, 0, 5]),
            np.array([[0, 1], [np.nan, 2], [0.5, -1]], np.float32),
        ),
    ),
    "strongest": lambda: kinds.encode(
        "strongest",
        StrongestSamples(
            *("conv/1", DIGEST, 3, ("a", "é"), np.array([0, 2])),
            np.array([[1, 0], [0, 1]]),
            np.array([[2, 1], [0.5, 0.25]], np.float32),
            DIGEST,
        ),
    ),
}
# In everybody's logs: they must never change.
STORED = {
    "matrix": "65f71b9e80371b03",
    "hierarchy": "1c1555f871438c9c",
    "grouping": "65204780b47a4298",
    "samples": "2aeb6208f7dd1c35",
    "paths": "f12a000f2faa8e22",
    "sample_index": "4ead5c49a20b1a79",
    "pictures": "846ce0de8de5cbb7",
    "layers": "dfe0f30ab144cf5f",
    "means": "2a61a0c82556d964",
    "strongest": "03df7565d69f9c96",
}


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_stay_as_they_are(kind):
    blob = ONE_OF_EACH[kind]()
    # What gzip makes of them depends on the zlib that is installed.
    raw = blob if kind == "pictures" else gzip.decompress(blob)
    assert hashlib.sha256(raw).hexdigest()[:16] == STORED[kind]
    KINDS[kind].decode(blob)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"pictures"}))
def test_more_than_readers_take_is_not_written(kind, monkeypatch):
    size = len(gzip.decompress(ONE_OF_EACH[kind]()))
    row = KINDS[kind]._replace(limit=size - 1, too_large="Do so.")
    monkeypatch.setitem(KINDS, kind, row)
    message = f"{size:,} bytes before .*, at most {size - 1:,} are .* Do so"
    with pytest.raises(container.CodecError, match=message):
        ONE_OF_EACH[kind]()


def test_tags_and_digests_stay_as_they_are():
    names = {"pictures": (DIGEST, 3)}
    assert [tag_of(kind, *names.get(kind, ("x",))) for kind in KINDS] == [
        "blocks/x",
        "blocks/hierarchy/x",
        "blocks/grouping/x",
        "blocks/samples/x",
        "blocks/paths/x",
        "blocks/sample_index/x",
        f"blocks/pictures/{DIGEST}/3",
        "blocks/layers/x",
        "blocks/means/x",
        "blocks/strongest/x",
    ]
    content = kinds.metadata_content("matrix")
    assert content == b'{"version": 1, "kind": "matrix"}'
    assert (TREE.digest, PAIRS.digest, INDEX.digest) == tuple(
        map(STORED.get, ("hierarchy", "grouping", "sample_index"))
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_off_its_tag_and_its_metadata(kind):
    for name in ("class", "a b", "hierarchy", "é"):
        places = KINDS[kind].tag.count("{}")
        tag = tag_of(kind, *[name] * places)
        assert kind_of_tag(tag) == kind
    assert kind_of(kinds.metadata_content(kind)) == kind
    assert kind in hostile.whole()  # so that damaged ones are tried


@pytest.mark.parametrize(
    "tag",
    [
        *("", "blocks", "blocks/", "blocks//", "blocks/samples/"),
        *("/etc/passwd", "blocks/../../x", "blocks/a/b", "blocks/pictures/0"),
        *("blocks/samples/a/b", "hierarchy/class/distance"),
    ],
)
def test_what_is_no_tag_of_ours(tag):
    assert kind_of_tag(tag) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"version": 2, "kind": "matrix"}',
        b'{"version": 1, "kind": "sounds"}',
        b'{"version": 1, "kind": []}',
        b'{"kind": "matrix"}',
        b"[" * 900,
        b'{"version": 1, "kind": "matrix", "x": ' + b"9" * 900,
        b'{"version": 1, "kind": "matrix", "x": "' + b"9" * 1000 + b'"}',
    ],
)
def test_metadata_of_another_version_or_program(content):
    assert kind_of(content) is None


class TestNewKind:
    """The recipe of docs/why/architecture.md: a codec and its row."""

    @pytest.fixture(autouse=True)
    def sounds(self, monkeypatch):
        row = Kind(
            "sounds/{}",
            lambda loudness: container.encode_text(json.dumps(loudness)),
            lambda blob: json.loads(container.decode_text(blob)),
            limit=100,
            too_large="Log fewer.",
            per_epoch=True,
            goes_with="classes",
            missing="no sounds of output",
        )
        monkeypatch.setitem(KINDS, "sounds", row)

    def log(self, folder, steps, sounds=(), **options):
        with kh.BlocksWriter(folder, TREE, **options) as log:
            for step in steps:
                log.matrix(MATRIX, step)
                if step in sounds:
                    log.record("sounds", [step, 0.5], step)

    def test_is_written_and_read(self, tmp_path):
        self.log(tmp_path / "run", (1, 2), (1, 2))
        log = kh.RunLog(tmp_path / "run")
        assert log.outputs == ("class",)
        assert log.record_epochs("sounds", "class") == (1, 2)
        assert log.record("sounds", "class", 1) == [1, 0.5]
        with pytest.raises(LogError, match="has no sounds of output 'x'; it"):
            log.record("sounds", "x")

    def test_reaches_the_plugin(self, tmp_path):
        self.log(tmp_path / "run", (1, 2), (2,))
        reader = Reader(tmp_path)
        run = "run/validation"
        (epoch,) = reader.plugin._store.records(
            reader.scope, run, "sounds", "class"
        )
        assert KINDS["sounds"].decode(epoch.blob) == [2, 0.5]
        assert reader.get("runs")["runs"]

    def test_is_overtaken_by_a_resumed_run(self, tmp_path):
        self.log(tmp_path, range(1, 6), (1, 2, 5))
        self.log(tmp_path, (2, 3), (3,), resume=True)
        log = kh.RunLog(tmp_path)
        assert log.record_epochs("sounds", "class") == (1, 3)

    def test_alone_is_a_log(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.record("sounds", [], 1)
        assert kh.RunLog(tmp_path).record("sounds", "class") == []

    def test_has_a_limit(self, tmp_path):
        with (
            kh.BlocksWriter(tmp_path, TREE) as log,
            pytest.raises(ValueError, match=r"'sounds' takes 300 .*fewer\."),
        ):
            log.record("sounds", [0] * 100, 1)
