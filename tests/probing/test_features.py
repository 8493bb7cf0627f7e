import json
import os
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.files.numpy_rows import NumpyRows
from keras_hier.files.row_files import RowFile
from keras_hier.probing.features import Features


@pytest.fixture
def features():
    rng = np.random.default_rng(0)
    return Features(
        {
            "conv1": rng.normal(size=(6, 4)).astype(np.float16),
            "../fc": rng.normal(size=(6, 2)).astype(np.float16),
        },
        ["cat", "dog", "cat", "dog", "cat", "dog"],
        output=rng.normal(size=(6, 2)).astype(np.float32),
        ids=[f"{n}.jpg" for n in range(6)],
        classes=["cat", "dog"],
        pools={"conv1": "grid3"},
        shapes={"conv1": "27 x 27 x 48"},
    )


def test_a_folder_gives_back_what_was_saved(features, tmp_path):
    features.save(tmp_path / "feats")
    found = Features.load(tmp_path / "feats")
    for name in ("layers", "labels", "ids", "classes", "pools", "shapes"):
        assert getattr(found, name) == getattr(features, name)
    np.testing.assert_array_equal(found["conv1"], features["conv1"])
    np.testing.assert_array_equal(found.output, features.output)
    # The name of a layer is no path.
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"feats"}
    assert (tmp_path / "feats" / "layer_001.npy").exists()
    # Arrays stay on the disk, and can be saved from there, once.
    assert isinstance(found.rows("conv1"), NumpyRows)
    found.save(tmp_path / "again")
    again = Features.load(tmp_path / "again")
    np.testing.assert_array_equal(again["conv1"], features["conv1"])
    with pytest.raises(FileExistsError, match="is not empty"):
        found.save(tmp_path / "again")
    with pytest.raises(KeyError, match=r"no features of 'x'"):
        found["x"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize(
    "name",
    ["features.json", "layer_000.npy", "labels.npy", "output.npy", "ids.npy"],
)
def test_a_pipe_in_the_folder_is_not_waited_for(features, tmp_path, name):
    features.save(tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=f"{name}: it is a pipe where a file"):
        Features.load(tmp_path)


def test_features_that_are_cut_off_while_they_are_probed(features, tmp_path):
    features.save(tmp_path)
    found = Features.load(tmp_path)
    os.truncate(tmp_path / "layer_000.npy", 130)
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog")])
    with pytest.raises(ValueError, match="was cut off or replaced while it"):
        kh.analysis.probe(found, tree, folds=2)


def test_what_cannot_be_saved_leaves_nothing(features, tmp_path, monkeypatch):
    whole = RowFile.write

    def full(file, rows, at):
        if rows.shape[1] == 2:  # the second layer
            raise OSError(28, "No space left on device")
        whole(file, rows, at)

    monkeypatch.setattr(RowFile, "write", full)
    with pytest.raises(OSError, match="No space"):
        features.save(tmp_path / "feats")
    assert not (tmp_path / "feats").exists()
    (tmp_path / "own").mkdir()  # a user's, empty
    with pytest.raises(OSError, match="No space"):
        features.save(tmp_path / "own")
    assert list(tmp_path.iterdir()) == [tmp_path / "own"]
    assert not list((tmp_path / "own").iterdir())
    monkeypatch.undo()
    features.save(tmp_path / "feats")
    assert Features.load(tmp_path / "feats").layers == features.layers


def test_a_half_written_folder_never_looks_whole(features, tmp_path):
    features.save(tmp_path)
    (tmp_path / "features.json").unlink()
    with pytest.raises(ValueError, match="run that was stopped"):
        Features.load(tmp_path)
    with pytest.raises(FileExistsError, match="stopped: delete the folder"):
        features.save(tmp_path)


def too_large(file):
    with file.open("r+b") as opened:
        opened.truncate(2**40)  # the disk holds next to nothing of it


def link_to_nowhere(file):
    file.unlink()
    file.symlink_to("nowhere")


def objects(file):
    np.save(file, np.array([{}] * 6), allow_pickle=True)


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("features.json", too_large, r"features\.json.*at most"),
        ("layer_001.npy", Path.unlink, "no file .*layer_001"),
        ("labels.npy", Path.unlink, "no file .*labels"),
        ("output.npy", link_to_nowhere, "There is no file .*output"),
        ("ids.npy", link_to_nowhere, "There is no file .*ids"),
        (
            "layer_000.npy",
            lambda file: os.truncate(file, file.stat().st_size - 4),
            r"layer_000\.npy",
        ),
        ("layer_000.npy", objects, "readable array"),
    ],
)
def test_a_file_that_is_damaged(features, tmp_path, name, damage, said):
    features.save(tmp_path)
    damage(tmp_path / name)
    with pytest.raises(ValueError, match=said):
        Features.load(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 2},
        {"layers": ["a"]},
        {"layers": ["a", "a"]},
        {"layers": "ab"},
        {"layers": [1, 2]},
        {"pools": None},
    ],
)
def test_a_description_that_does_not_fit(features, tmp_path, fields):
    features.save(tmp_path)
    description = tmp_path / "features.json"
    known = json.loads(description.read_text())
    description.write_text(json.dumps({**known, **fields}))
    with pytest.raises(ValueError, match="does not fit the files beside it"):
        Features.load(tmp_path)


@pytest.mark.parametrize(
    "numbers", [([0, 1] * 3, None), (["cat", "dog"] * 3, np.ones((6, 2)))]
)
def test_numbers_of_classes_are_not_saved_without_their_ids(tmp_path, numbers):
    bare = Features({"a": np.eye(6)}, *numbers)
    with pytest.raises(ValueError, match=r"make Features\(..., classes=\)"):
        bare.save(tmp_path / "feats")
    assert not (tmp_path / "feats").exists()


def test_a_folder_that_does_not_say_which_classes_its_numbers_are(tmp_path):
    classes = ("dog", "cat")
    Features({"a": np.eye(6)}, [0, 1] * 3, classes=classes).save(tmp_path)
    file = tmp_path / "features.json"
    fields = json.loads(file.read_text())
    with pytest.raises(ValueError, match="names the classes itself, and in"):
        Features.load(tmp_path, classes[::-1])
    del fields["classes"]
    file.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match="does not say which are which"):
        Features.load(tmp_path)
    assert Features.load(tmp_path, classes).classes == classes
    # Ids need no order.
    Features({"a": np.eye(6)}, ["cat", "dog"] * 3).save(tmp_path / "ids")
    assert Features.load(tmp_path / "ids").classes is None


def test_an_archive_is_no_array(tmp_path):
    np.savez(tmp_path / "a.npz", np.ones((3, 2)))
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    (tmp_path / "b.npy").write_bytes(b"PK and no more")
    for name in ("a.npy", "b.npy"):
        with pytest.raises(ValueError, match="readable array"):
            Features({"a": tmp_path / name}, [0, 1, 1])


def test_names_may_be_bytes_and_ids_numbers(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((2, 2), np.float16))
    found = Features(
        {"a": tmp_path / "a.npy"}, np.array([b"cat", b"dog"]), ids=[b"1.jpg", 2]
    )
    assert found.labels == ("cat", "dog")
    assert found.ids == ("1.jpg", "2")
    assert isinstance(found.rows("a"), NumpyRows)


@pytest.mark.parametrize("width", [2**40, 2**63 - 1, 10**23, -1])
def test_a_header_that_claims_more_than_there_is(tmp_path, width):
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file,
            {"descr": "<f2", "fortran_order": False, "shape": (3, width)},
        )
    with pytest.raises(ValueError, match=r"readable array|claims an array"):
        Features({"a": tmp_path / "a.npy"}, [0, 1, 1])


@pytest.mark.parametrize(
    ("layers", "labels", "said"),
    [
        ({}, [0], "at least one layer"),
        ({"a": np.ones((2, 3))}, [0, 1, 1], r"as \[3, n\]"),
        ({"a": np.ones((3, 4, 4, 2))}, [0, 1, 1], "Average the positions"),
        ({"a": np.array([["x"]])}, [0], "as numbers"),
        ({"": np.ones((1, 1))}, [0], "1 to 200 characters"),
        ({"a": np.ones((1, 1))}, [0.5], "integers or class ids"),
        ({"a": np.ones((1, 1))}, [[0]], r"labels \[N\]"),
        ({"a": np.ones((1, 1))}, [], r"labels \[N\]"),
        ({"a": "missing.npy"}, [0], "no file"),
        ({f"l{n}": np.ones((1, 1)) for n in range(257)}, [0], "at most 256"),
        (
            {"a/b": np.ones((1, 1)), "a_b": np.ones((1, 1))},
            [0],
            "'a/b' and 'a_b' are one in the log",
        ),
    ],
)
def test_what_does_not_fit_is_said(layers, labels, said):
    with pytest.raises(ValueError, match=said):
        Features(layers, labels)


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (["a", "b", "b"], "each class once in `classes`, got 'b' twice"),
        ({"a": 1, "b": 0, "c": 2}, "pass sorted.classes, key=classes.get"),
        (["a", "b"], "each of the 2 `classes`, got 3"),
    ],
)
def test_classes_that_are_not_those_of_the_output(classes, said):
    with pytest.raises(ValueError, match=said):
        Features({"a": np.ones((2, 3))}, [0, 1], np.ones((2, 3)), None, classes)


@pytest.mark.parametrize(
    "ids",
    [
        np.ones((2, 3)),
        np.ones(2),
        [["a"], ["b"]],
        [None, None],
        np.ones(2, "m8[s]"),
    ],
)
def test_ids_that_are_no_texts(ids):
    with pytest.raises(ValueError, match="Expected ids as texts, got"):
        Features({"a": np.ones((2, 3))}, [0, 1], ids=ids)
