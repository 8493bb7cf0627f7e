"""Trees as JSON and in files: what is kept, and what is refused."""

import copy
import json
import os
import pickle

import pytest
from hypothesis import given
from strategies import (
    hierarchies,
)

from keras_hier.hierarchy import Hierarchy, HierarchyError

PETS = Hierarchy.from_paths([("animal", "dog", "pug"), ("vehicle", "bus")])
TABLE = {
    "format": "keras-hier/hierarchy",
    "version": 1,
    "parents": [-1, 0, 1, 1, 0],
    "ids": ["root", "dog", "pug", "husky", "bus"],
    "names": ["root", "dog", "pug", "husky", "bus"],
    "labels": [-1, -1, 0, 1, 2],
}


@given(hierarchies())
def test_json_round_trip(tree):
    again = Hierarchy.from_json(tree.to_json())
    assert again == tree
    assert hash(again) == hash(tree)
    assert again.digest == tree.digest
    assert len(tree.digest) == 16
    assert again.classes == tree.classes
    assert Hierarchy.from_json(json.loads(tree.to_json())) == tree
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert copy.deepcopy(tree) == tree


@pytest.mark.parametrize("form", [str, lambda p: f" {p}", lambda p: p])
def test_a_text_is_never_a_path(tmp_path, form):
    file = tmp_path / "tree.json"
    file.write_text(PETS.to_json(), "utf-8")
    with pytest.raises(HierarchyError, match=r"use\s+Hierarchy.load\(path\)"):
        Hierarchy.from_json(form(file))
    # Nor does the answer depend on what lies on the disk.
    messages = set()
    for name in ("secret.txt", "absent.txt"):
        (tmp_path / "secret.txt").write_text("the secret")
        with pytest.raises(HierarchyError) as caught:
            Hierarchy.from_json(str(tmp_path / name))
        messages.add(str(caught.value).replace(name, ""))
    assert len(messages) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_or_a_device_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", "/dev/zero"):
        with pytest.raises(HierarchyError, match=r"it is a .* where a file"):
            Hierarchy.load(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    file = tmp_path / "tree.json"
    with file.open("wb") as out:
        out.truncate(2**40)  # takes no room on the disk
    with pytest.raises(HierarchyError, match=r"at most 67,108,864 bytes, got"):
        Hierarchy.load(file)


def test_json_of_every_kind(tmp_path):
    file = tmp_path / "tree.json"
    file.write_text(PETS.to_json(), "utf-8")
    assert Hierarchy.load(file) == Hierarchy.load(str(file)) == PETS
    assert Hierarchy.from_json(PETS.to_json().encode()) == PETS
    fields = {**json.loads(PETS.to_json()), "cut": ["animal"], "later": None}
    assert Hierarchy.from_json(json.dumps(fields, indent=2)) == PETS


def test_the_root_has_no_parent_to_name():
    table = {**TABLE, "names": ["pet", "pet", "pug", "husky", "bus"]}
    with pytest.raises(
        HierarchyError, match=r"'root' \(root\), 'dog' \(in 'pet'\)"
    ):
        Hierarchy.from_json(json.dumps(table)).find("pet")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "csv"}, "keras-hier/hierarchy"),
        ({"version": 2}, "version"),
        ({"parents": [-1, 2, 1, 1, 0]}, "'dog' has parent 2"),  # a cycle
        ({"parents": [-1, 0, 1, 1, -1]}, "'bus' has parent -1"),
        ({"parents": [0, 0, 1, 1, 0]}, "'root' has parent 0"),
        ({"parents": [-1, 0, 1, 0, 1]}, "'bus' has parent 1"),
        ({"parents": [-1, 0, 1, 1, 9]}, "'bus' has parent 9"),
        ({"parents": [-1, 0, 1, 1, 0.5]}, "integers"),
        ({"labels": [-1, -1, 0, 1, 1]}, "each once"),
        ({"labels": [-1, -1, 0, 1, 5]}, "each once"),
        ({"labels": [-1, 2, 0, 1, -1]}, "'dog' has label 2"),
        ({"labels": [-1, -1, 0, 1]}, "one entry a node"),
        ({"ids": ["root", "dog", "pug", "pug", "bus"]}, "'pug' appears twice"),
        ({"names": ["root", "dog", "pug", " ", "bus"]}, "'husky' has an empty"),
        ({"ids": ["root", "dog", "", "husky", "bus"]}, "Node 2 has no id"),
    ],
)
def test_bad_tables_are_named(change, message):
    assert Hierarchy.from_json(TABLE).num_classes == 3
    with pytest.raises(HierarchyError, match=message):
        Hierarchy.from_json({**TABLE, **change})


def test_bad_json_is_named():
    with pytest.raises(HierarchyError, match="Not a hierarchy"):
        Hierarchy.from_json('{"format": ')
    with pytest.raises(HierarchyError, match=r"lacks.*parents"):
        Hierarchy.from_json({"format": TABLE["format"], "version": 1})
