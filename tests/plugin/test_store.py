import json

import grpc
import pytest
from reading import (
    MATRIX,
    OTHER,
    PAIRS,
    RUN,
    TREE,
    Reader,
    calls_of,
    log_head,
    log_matrix,
    write,
    write_blob,
)
from tensorboard import errors

import keras_hier as kh
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from keras_hier.log.records import container, matrix_codec
from tb_plugin.reading.store import Store


class TestSeries:
    def test_outputs_and_epochs(self, reader):
        store = Store(reader.provider)
        assert store.outputs(reader.scope).matrices == {
            "plain/validation": ["class"],
            "plain/train": ["class"],
            "hier/validation": ["class", "conv2_groups2"],
        }
        epochs = store.epochs(reader.scope, "plain/train", "class")
        assert [e.step for e in epochs] == [1, 2, 3]
        assert [e.header.total for e in epochs] == [20, 40, 60]

    def test_new_epochs_appear_and_old_ones_are_kept(self, logdir, reader):
        store = Store(reader.provider)
        where = (reader.scope, "plain/validation", "class")
        before = store.epochs(*where)
        assert store.epochs(*where) is before  # nothing is read again
        write(logdir / "plain", (4,))
        reader.reload()
        after = store.epochs(*where)
        assert [e.step for e in after] == [1, 2, 3, 4]
        assert all(a is b for a, b in zip(before, after, strict=False))
        # A resumed run has overtaken what came later.
        write(logdir / "plain", (2,), tree=OTHER)
        reader.reload()
        found = [(e.step, e.header.hierarchy) for e in store.epochs(*where)]
        assert found == [(1, TREE.digest), (2, OTHER.digest)]

    def test_one_without_a_time_is_replaced_by_the_next(self, tmp_path):
        store, totals = None, []
        for factor, absurd in ((1, 2.5e11), (2, 2.6e11)):
            file = event_writer.EventFile(tmp_path / "run/validation", absurd)
            blob = matrix_codec.encode(MATRIX * factor, hierarchy=TREE.digest)
            file.add_blob("blocks/class", "matrix", blob, 1)
            file.close()
            if store is None:
                reader = Reader(tmp_path)
                store = Store(reader.provider)
            reader.reload()
            [epoch] = store.epochs(reader.scope, "run/validation", "class")
            totals.append((epoch.wall_time, epoch.header.total))
        assert totals == [(0, 20), (0, 40)]


class Refused(grpc.RpcError):
    """What the data server's client raises."""

    def __init__(self, status: grpc.StatusCode) -> None:
        super().__init__("Received message larger than max")
        self.code = lambda: status


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            Refused(grpc.StatusCode.RESOURCE_EXHAUSTED),
            "256 MiB that TensorBoard's default.*--load_fast=false",
        ),
        (Refused(grpc.StatusCode.UNKNOWN), "another kind of tensor"),
        (ValueError("two strings"), "another kind of tensor"),
    ],
)
def test_what_the_loader_refuses_is_said_with_what_to_do(
    reader, monkeypatch, error, sentence
):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(reader.provider, "read_tensors", refuse)
    with pytest.raises(container.CodecError, match=sentence) as caught:
        Store(reader.provider).epochs(reader.scope, "plain/validation", "class")
    assert "'blocks/class' in run 'plain/validation'" in str(caught.value)


class TestTrees:
    def test_hierarchy_and_grouping(self, reader):
        store = Store(reader.provider)
        run = "hier/validation"
        assert store.hierarchy(reader.scope, run, TREE.digest) == TREE
        assert store.grouping(reader.scope, run, PAIRS.digest) == PAIRS
        tree, grouping = store.served_tree(
            reader.scope, run, TREE.digest, PAIRS.digest
        )
        assert (tree, grouping) == (TREE.collapse(PAIRS), PAIRS)

    @pytest.fixture
    def computed(self):
        """The same tree, told to be computed from confusions."""
        origin = Origin("confusions", samples=20, errors=7).to_fields()
        fields = json.loads(TREE.to_json())
        tree = kh.Hierarchy.from_json(json.dumps(fields | origin))
        assert tree.digest == TREE.digest
        return tree

    @pytest.mark.parametrize("grouping", [None, PAIRS.digest])
    @pytest.mark.parametrize("cache_bytes", [1, 2**20])
    def test_each_run_says_where_its_own_comes_from(
        self, tmp_path, computed, grouping, cache_bytes
    ):
        for name, tree in (("given", TREE), ("computed", computed)):
            log_head(tmp_path / name, MATRIX, tree, PAIRS)
        reader = Reader(tmp_path)
        for order in (["given", "computed"], ["computed", "given"]):
            store = Store(reader.provider, cache_bytes)
            for name in order * 2:
                found, _ = store.served_tree(
                    reader.scope, f"{name}/validation", TREE.digest, grouping
                )
                assert (found.origin is None) == (name == "given")

    def test_where_one_comes_from_may_be_told_later(self, tmp_path, computed):
        reader = Reader(tmp_path)
        store = Store(reader.provider)
        for step, tree in ((1, TREE), (2, computed)):
            log_matrix(tmp_path / "run", MATRIX, step, tree)
            reader.reload()
            found = store.hierarchy(reader.scope, "run/validation", TREE.digest)
            assert (found.origin is None) == (step == 1)

    def test_equal_ones_of_many_runs_are_kept_once(self, reader):
        store = Store(reader.provider)
        runs = ("plain/train", "plain/validation", "hier/validation")
        trees = [store.hierarchy(reader.scope, r, TREE.digest) for r in runs]
        assert len({id(tree) for tree in trees}) == 1

    def test_one_that_only_other_runs_hold_is_not_served(self, reader):
        store = Store(reader.provider)
        store.grouping(reader.scope, "hier/validation", PAIRS.digest)
        with pytest.raises(errors.NotFoundError):
            store.grouping(reader.scope, "plain/validation", PAIRS.digest)

    def test_a_damaged_one_is_said(self, logdir):
        whole = container.encode_text(TREE.to_json())
        digests = {"f" * 16: b"x", "e" * 16: container.encode_text("{}")}
        digests["d" * 16] = whole
        for digest, blob in digests.items():
            tag = kinds.tag_of("hierarchy", digest)
            write_blob(logdir / RUN, tag, blob, 0, "hierarchy")
        reader = Reader(logdir)
        store = Store(reader.provider)
        for digest in digests:
            with pytest.raises(container.CodecError):
                store.hierarchy(reader.scope, RUN, digest)

    def test_a_grouping_of_another_tree_is_said(self, logdir):
        run = "hier/validation"
        tag = kinds.tag_of("hierarchy", OTHER.digest)
        blob = container.encode_text(OTHER.to_json())
        write_blob(logdir / run, tag, blob, 0, "hierarchy")
        reader = Reader(logdir)
        store = Store(reader.provider)
        with pytest.raises(container.CodecError, match="another tree"):
            store.served_tree(reader.scope, run, OTHER.digest, PAIRS.digest)


def test_many_readers_epochs_of_no_bytes_take_room_all_the_same(
    tmp_path, monkeypatch
):
    for run in ("one", "two"):
        file = event_writer.EventFile(tmp_path / run)
        for step in range(50):
            file.add_blob("blocks/class", "matrix", b"", step)
        file.close()
    reader = Reader(tmp_path)
    read = calls_of(monkeypatch, reader.provider, "read_tensors")
    # An object takes more than a hundred bytes; one series fits.
    store = Store(reader.provider, cache_bytes=2 * 50 * 100)
    for run in ("one", "two", "one"):
        assert len(store.epochs(reader.scope, run, "class")) == 50
    assert len(read) == 3
