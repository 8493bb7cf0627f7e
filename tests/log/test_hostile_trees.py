"""A tree in a log, or in a saved model, is a text and never names a file."""

import gzip
import json

import pytest
from reading import MATRIX, TREE, Reader, write_blob

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files.event_reader import LogError
from keras_hier.log.records import matrix_codec
from keras_hier.log.run_log import RunLog

DIGEST = "0123456789abcdef"


def log_tree(folder, text, digest=DIGEST):
    """Logs a matrix whose tree is this text."""
    tag = kinds.tag_of("hierarchy", digest)
    write_blob(folder, tag, gzip.compress(text.encode()), 0, "hierarchy")
    blob = matrix_codec.encode(MATRIX, hierarchy=digest)
    write_blob(folder, kinds.tag_of("matrix", "class"), blob, 1)


@pytest.fixture
def secret(tmp_path):
    """A tree outside of the log."""
    file = tmp_path / "outside" / "secret.json"
    file.parent.mkdir()
    file.write_text(TREE.to_json())
    return file


class TestPaths:
    def test_a_log_opens_no_file(self, tmp_path, secret):
        # The digest is right: that of the tree in the other file.
        log_tree(tmp_path / "log/run/validation", str(secret), TREE.digest)
        reader = Reader(tmp_path / "log")
        status, message = reader.error(
            "hierarchy", run="run/validation", digest=TREE.digest
        )
        assert status == 422
        assert "begins with '{'" in message
        where = {"run": "run/validation", "output": "class"}
        [entry] = reader.get("curves", **where)["epochs"]
        assert set(entry) == {"step", "error"}
        log = RunLog(str(tmp_path / "log/run"))
        with pytest.raises(LogError, match="begins with"):
            log.tree(log.matrix()[0])

    def test_nor_does_a_saved_model(self, secret):
        config = kh.ConfusionMatrix(TREE).get_config()
        assert kh.ConfusionMatrix.from_config(config).hierarchy == TREE
        loss = kh.losses.SoftLabelCrossentropy(TREE)
        for made in (kh.ConfusionMatrix(TREE), loss):
            config = {**made.get_config(), "hierarchy": str(secret)}
            with pytest.raises(kh.HierarchyError, match=r"begins with '\{'"):
                type(made).from_config(config)


class TestLevelNames:
    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["x" * 101, "y"], "1 to 100 characters"),
            ("ab", "must be a list"),
        ],
    )
    def test_bad_ones_spoil_one_tree(self, tmp_path, names, message):
        content = json.loads(TREE.to_json()) | {"level_names": names}
        log_tree(tmp_path / "bad/validation", json.dumps(content))
        with kh.BlocksWriter(tmp_path / "good", TREE) as log:
            log.matrix(MATRIX, 1)
        reader = Reader(tmp_path)
        status, said = reader.error(
            "hierarchy", run="bad/validation", digest=DIGEST
        )
        assert status == 422
        assert message in said
        assert reader.get(
            "hierarchy", run="good/validation", digest=TREE.digest
        )

    def test_markup_is_a_text(self, tmp_path):
        names = ["<img src=x onerror=alert(1)>", "</script>"]
        content = json.loads(TREE.to_json()) | {"level_names": names}
        tree = kh.Hierarchy.from_json(content)
        with kh.BlocksWriter(tmp_path / "run", tree) as log:
            log.matrix(MATRIX, 1)
        found = Reader(tmp_path).get(
            "hierarchy", run="run/validation", digest=tree.digest
        )
        assert found["level_names"] == names
        assert [level["name"] for level in found["levels"]] == [*names, None]
