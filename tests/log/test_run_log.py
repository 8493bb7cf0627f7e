import numpy as np
import pandas as pd
import pytest
from reading import MATRIX, PAIRS, TREE
from tensorboard.summary.writer.event_file_writer import EventFileWriter

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from keras_hier.log.event_files.event_reader import DamagedError, LogError
from keras_hier.log.records import container, matrix_codec
from keras_hier.log.run_log import RunLog
from keras_hier.scores.coarse_counts import CoarseCounts


@pytest.fixture
def run(tmp_path):
    with kh.BlocksWriter(tmp_path / "mine", TREE) as log:
        log.matrix(MATRIX, 1)
        log.matrix(MATRIX * 2, 2)
    return tmp_path / "mine"


class TestRuns:
    def test_matrices_and_tree_come_back(self, run):
        log = RunLog(str(run))
        assert (log.name, log.split) == ("mine", "validation")
        assert log.outputs == ("class",)
        assert log.epochs() == (1, 2)
        assert log.damage == ()
        header, matrix = log.matrix()
        np.testing.assert_array_equal(matrix.toarray(), 2 * MATRIX)
        assert log.tree(header) == (TREE, None)
        np.testing.assert_array_equal(log.matrix(epoch=1)[1].toarray(), MATRIX)

    def test_scores_are_those_of_the_scalars_and_make_a_frame(self, run):
        with kh.BlocksWriter(run, TREE) as log:
            log.matrix(np.eye(4), 4)
        found = RunLog(run).scores()
        assert found["epoch"].tolist() == [1, 2, 4]
        assert found["epoch"].dtype == np.int64
        # By hand, as in test_blocks_writer.
        assert found["accuracy_groups2"] == pytest.approx([17 / 20] * 2 + [1])
        assert found["accuracy_groups4"] == pytest.approx([13 / 20] * 2 + [1])
        assert found["distance"] == pytest.approx([14 / 20] * 2 + [0])
        severity = pytest.approx([2, 2, np.nan], nan_ok=True)
        assert found["severity"] == severity
        frame = pd.DataFrame(found)
        assert [*frame] == [
            *("epoch", "accuracy_groups2", "accuracy_groups4"),
            *("severity", "distance"),
        ]

    def test_scores_of_groups_of_coarse_labels_and_of_another_tree(self, run):
        flat = kh.Hierarchy.from_paths([(each,) for each in TREE.classes])
        known = np.zeros(len(TREE.parents), int)
        known[1] = 10
        coarse = CoarseCounts(TREE, known, known)
        with kh.BlocksWriter(run, TREE) as log:
            log.matrix(TREE.cut(groups=2).aggregate(MATRIX), 2, "two", PAIRS)
            log.matrix(MATRIX, 3, coarse=coarse)
        with kh.BlocksWriter(run, flat) as log:
            log.matrix(MATRIX, 4)
        log = RunLog(run)
        two = log.scores("two")
        assert two["accuracy_groups2"] == pytest.approx([17 / 20])
        found = log.scores()
        levels = [17 / 20, 17 / 20, 27 / 30, np.nan]
        assert found["accuracy_groups2"] == pytest.approx(levels, nan_ok=True)
        none = [np.nan, np.nan, 10, np.nan]
        assert found["coarse_samples"] == pytest.approx(none, nan_ok=True)
        with pytest.raises(LogError, match="no output 'x'"):
            log.scores("x")

    def test_a_notebook_shows_what_is_in_it(self, run):
        with kh.BlocksWriter(run, TREE, "train") as log:
            log.matrix(MATRIX, 1, output="<b>")
            log.matrix(MATRIX * 0, 2, output="<b>")
        with kh.BlocksWriter(run, TREE) as log:
            log.matrix(TREE.cut(groups=2).aggregate(MATRIX), 2, "two", PAIRS)
        text = RunLog(run)._repr_html_()
        assert "validation, also train" in text
        # By hand: 13 of 20 are right, the class of most has 5.
        assert (
            "epochs 1 to 2. 4 classes, 40 samples, accuracy 65.0 % at epoch 2; "
            "always naming the most frequent class gives 25.0 %."
        ) in text
        assert "epoch 2. 2 groups, 20 samples, accuracy 85.0 %" in text
        assert "frequent group gives 75.0 %" in text
        train = RunLog(run, "train")
        assert "&lt;b&gt;</th>" in train._repr_html_()
        assert "4 classes, 0 samples.<" in train._repr_html_()
        assert repr(train).endswith("train', outputs ('<b>',)>")

    def test_a_notebook_shows_an_epoch_that_is_damaged(self, run):
        log = RunLog(run)
        tag = kinds.tag_of("matrix", "class")
        kind, records = log._series[tag]
        damaged = [*records[:-1], records[-1]._replace(blob=b"<i>")]
        log._series[tag] = kind, damaged
        text = log._repr_html_()
        assert "Epoch 2 of &#x27;class&#x27;" in text
        assert "<i>" not in text

    def test_groups_come_with_their_tree(self, tmp_path):
        cut = TREE.cut(groups=2)
        with kh.BlocksWriter(tmp_path, TREE) as log:
            probe = {"role": "probe", "layer": "conv1"}
            log.matrix(cut.aggregate(MATRIX), 1, "conv1_probe2", cut, **probe)
        read = RunLog(str(tmp_path))
        header, _ = read.matrix("conv1_probe2")
        assert (header.role, header.layer) == ("probe", "conv1")
        assert read.tree(header) == (TREE.collapse(cut), cut)

    def test_the_only_output_is_the_output(self, tmp_path):
        with kh.BlocksWriter(tmp_path / "mine", TREE) as log:
            log.matrix(MATRIX, 1, output="predictions")
            log.matrix(MATRIX * 2, 2, output="predictions")
        read = RunLog(tmp_path / "mine")
        assert read.epochs() == (1, 2)
        assert read.matrix()[1].sum() == 2 * MATRIX.sum()
        assert read.matrix(1)[1].sum() == MATRIX.sum()
        assert read.matrix(np.int64(1))[1].sum() == MATRIX.sum()
        with pytest.raises(LogError, match="must be a name, got 1"):
            read.matrix(1, 1)
        with pytest.raises(LogError, match="no epoch 3 of 'predictions'"):
            read.matrix(3)
        with pytest.raises(LogError, match="no samples of output 'class'"):
            read.samples()

    @pytest.mark.parametrize(
        ("logged", "meant"),
        [
            (("z", "class", "a"), "class"),
            (("z", "b"), "b"),
            # Those of groups are not the network's own.
            (("z", "a_groups2"), "z"),
            (("b_groups2", "a_groups2"), "a_groups2"),
        ],
    )
    def test_of_several_outputs_one_is_meant(self, tmp_path, logged, meant):
        cut = TREE.cut(groups=2)
        with kh.BlocksWriter(tmp_path, TREE) as log:
            for name in logged:
                if name.endswith("groups2"):
                    counts, more = cut.aggregate(MATRIX), {"grouping": cut}
                else:
                    counts, more = MATRIX, {}
                log.matrix(counts, 1, output=name, **more)
        assert RunLog(tmp_path).default_output() == meant

    @pytest.mark.parametrize("split", ["train", "test", "validation"])
    def test_a_split_by_its_own_folder(self, tmp_path, split):
        with kh.BlocksWriter(tmp_path / "mine", TREE, split) as log:
            log.matrix(MATRIX, 1)
        for log in (
            RunLog(str(tmp_path / "mine" / split)),
            RunLog(tmp_path / "mine"),
            RunLog(str(tmp_path / "mine" / split) + "/"),
            RunLog(str(tmp_path / "mine")),
            RunLog(str(tmp_path / "mine"), split),
        ):
            assert (log.name, log.split) == ("mine", split)

    def test_validation_comes_first(self, run):
        for split in ("train", "test"):
            with kh.BlocksWriter(run, TREE, split) as log:
                log.matrix(MATRIX, 1)
        assert RunLog(str(run)).split == "validation"
        assert RunLog(str(run), "train").split == "train"

    def test_files_of_other_programs_are_passed_over(self, run):
        other = event_writer.EventFile(str(run / "validation"))
        other.add_scalar("loss", 0.5, 1)
        other.close()
        (run / "validation" / "notes.txt").write_text("not a log")
        assert RunLog(str(run)).epochs() == (1, 2)

    @pytest.mark.parametrize("where", ["", "test", "validation"])
    def test_another_writer_hides_no_run(self, tmp_path, where):
        with kh.BlocksWriter(tmp_path / "mine", TREE, "train") as log:
            log.matrix(MATRIX, 1)
        other = EventFileWriter(str(tmp_path / "mine" / where))
        other.close()
        log = RunLog(str(tmp_path / "mine"))
        assert (log.name, log.split, log.epochs()) == ("mine", "train", (1,))

    def test_another_writer_beside_the_runs(self, tmp_path):
        with kh.BlocksWriter(tmp_path / "mine", TREE) as log:
            log.matrix(MATRIX, 1)
        EventFileWriter(str(tmp_path)).close()
        with pytest.raises(LogError, match=r"but '.*mine' do"):
            RunLog(str(tmp_path))

    def test_another_writer_alone(self, tmp_path):
        EventFileWriter(str(tmp_path / "run")).close()
        with pytest.raises(LogError, match="holds no confusion matrices"):
            RunLog(str(tmp_path / "run"))
        with pytest.raises(LogError, match="has no split 'train'"):
            RunLog(str(tmp_path / "run"), "train")


class TestWhatIsWrong:
    def test_a_split_that_is_none(self, run):
        with pytest.raises(LogError, match="split must be one of"):
            RunLog(str(run), "val")

    def test_an_epoch_without_a_matrix_in_it(self, run):
        file = event_writer.EventFile(str(run / "validation"))
        file.add_blob("blocks/class", "matrix", b"nothing of ours", 3)
        file.close()
        log = RunLog(str(run))
        assert log.epochs() == (1, 2, 3)
        with pytest.raises(LogError, match=r"Epoch 3 .* epochs 1 to 2"):
            log.matrix()
        assert log.matrix(epoch=2)[0].total == 40

    def test_an_epoch_is_a_number(self, run):
        log = RunLog(str(run))
        for epoch in ("1", 1.5):
            with pytest.raises(LogError, match=f"integer, got {epoch!r}"):
                log.matrix(epoch=epoch)
        assert log.matrix(epoch=np.int64(1))[0] == log.matrix(epoch=1)[0]

    @pytest.mark.parametrize("cut", [1, 5, 30])
    def test_a_file_that_ends_early(self, run, cut):
        (file,) = (run / "validation").iterdir()
        data = file.read_bytes()
        whole = RunLog(str(run)).epochs()
        file.write_bytes(data[:-cut])  # in the last scalar
        log = RunLog(str(run))
        assert log.epochs() == whole
        (sentence,) = log.damage
        assert file.name in sentence

    def test_a_damaged_byte_ends_what_is_read(self, run):
        (file,) = (run / "validation").iterdir()
        data = bytearray(file.read_bytes())
        second = data.rindex(b"blocks/class")
        data[second] ^= 1
        file.write_bytes(data)
        log = RunLog(str(run))
        assert log.epochs() == (1,)
        assert len(log.damage) == 1
        with pytest.raises(LogError, match=r"no epoch 2 .* damaged"):
            log.matrix(epoch=2)

    def test_a_damaged_split_is_not_passed_over_in_silence(self, run):
        with kh.BlocksWriter(run, TREE, "train") as log:
            log.matrix(MATRIX, 1)
        (file,) = (run / "validation").iterdir()
        file.write_bytes(b"?" + file.read_bytes()[1:])
        log = RunLog(str(run))
        assert log.split == "train"
        (sentence,) = log.damage
        assert f"{run / 'validation'}' was passed over" in sentence
        assert file.name in sentence
        with pytest.raises(DamagedError, match=r"is damaged .* move it away"):
            RunLog(str(run), "validation")
        # Of those that were not asked for, nothing is said.
        assert RunLog(str(run), "train").damage == ()

    @pytest.mark.parametrize("blob", [b"", b"{}", container.encode_text("{}")])
    def test_a_tree_that_is_none(self, tmp_path, blob):
        file = event_writer.EventFile(str(tmp_path / "validation"))
        tag = kinds.tag_of("hierarchy", TREE.digest)
        file.add_blob(tag, "hierarchy", blob, 0)
        matrix = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
        file.add_blob("blocks/class", "matrix", matrix, 1)
        file.close()
        log = RunLog(str(tmp_path))
        header, _ = log.matrix()
        with pytest.raises(LogError, match="cannot be read"):
            log.tree(header)

    def test_a_tree_that_is_missing_or_another(self, tmp_path):
        file = event_writer.EventFile(str(tmp_path / "validation"))
        for step, digest in ((1, "0" * 16), (2, "f" * 16)):
            matrix = matrix_codec.encode(MATRIX, hierarchy=digest)
            file.add_blob("blocks/class", "matrix", matrix, step)
        text = container.encode_text(TREE.to_json())
        file.add_blob(kinds.tag_of("hierarchy", "f" * 16), "hierarchy", text, 0)
        file.close()
        log = RunLog(str(tmp_path))
        for step, message in ((1, "does not hold"), (2, "something else")):
            with pytest.raises(LogError, match=message):
                log.tree(log.matrix(epoch=step)[0])

    def test_a_matrix_of_another_size(self, tmp_path):
        file = event_writer.EventFile(str(tmp_path / "validation"))
        tag = kinds.tag_of("hierarchy", TREE.digest)
        text = container.encode_text(TREE.to_json())
        file.add_blob(tag, "hierarchy", text, 0)
        matrix = matrix_codec.encode(np.eye(3), hierarchy=TREE.digest)
        file.add_blob("blocks/class", "matrix", matrix, 1)
        file.close()
        log = RunLog(str(tmp_path))
        with pytest.raises(LogError, match="3 rows, its tree 4 classes"):
            log.tree(log.matrix()[0])
