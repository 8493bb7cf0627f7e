import importlib.util
import json
import zipfile
from pathlib import Path

import nltk
import pytest

from keras_hier.hierarchy import Hierarchy, HierarchyError
from keras_hier.hierarchy.sources import wordnet, wordnet_names

ROOT = Path(__file__).parents[2]
DOG, CAT, CAR, SPANIEL = "n02084071", "n02121808", "n02958343", "n02102040"


def script():
    """scripts/make_imagenet.py as a module."""
    path = ROOT / "scripts" / "make_imagenet.py"
    spec = importlib.util.spec_from_file_location("make_imagenet", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forget():
    """Drops what the module has read."""
    for cached in (wordnet.synset, wordnet._depth, wordnet.nouns):
        cached.cache_clear()
    wordnet_names._index.cache_clear()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A machine without WordNet: an empty nltk data folder, no Debian."""
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    monkeypatch.setattr(wordnet, "DEBIAN", tmp_path / "absent")
    forget()
    yield tmp_path
    forget()


def test_the_deepest_hypernym_is_the_parent():
    # A dog is a canine and a domestic animal; the way over canine is longer.
    assert wordnet.synset(DOG).hypernyms == ("n02083346", "n01317541")
    (row,), names = wordnet.rows([DOG])
    path = [names[wnid] for wnid in row.path]
    assert path[0] == "entity"
    assert path[-4:] == ["mammal", "placental", "carnivore", "canine"]
    assert "domestic animal" not in path


def test_every_step_of_a_path_is_a_hypernym_and_none_is_deeper():
    def depth(wnid):
        above = wordnet.synset(wnid).hypernyms
        return 1 + max(map(depth, above)) if above else 0

    rows, _ = wordnet.rows([DOG, CAT, CAR, "n07753592", "n03126707"])
    for wnid, path in rows:
        assert len(path) == depth(wnid)  # the longest way up
        for child, parent in zip((*path[1:], wnid), path, strict=True):
            hypernyms = wordnet.synset(child).hypernyms
            assert parent in hypernyms
            first = next(h for h in hypernyms if depth(h) == depth(parent))
            assert first == parent
            assert depth(parent) == max(map(depth, hypernyms))


def test_overrides_rehang_a_synset_with_all_below_it():
    tree = Hierarchy.from_wordnet(
        [SPANIEL, CAT, CAR], overrides={"n02083346": CAR}
    )
    assert str(tree).splitlines() == [
        "all classes 3",
        "├─ car 2",
        "│  ├─ English springer",
        "│  └─ car (itself)",
        "└─ domestic cat",
    ]


def test_labels_follow_the_given_order():
    ids = [CAR, SPANIEL, CAT]
    tree = Hierarchy.from_wordnet(ids)
    assert tree.classes == tuple(ids)
    assert tree.names == ("car", "English springer", "domestic cat")
    # The cat and the dog are carnivores, the car stands alone.
    assert tree.lca_distance().tolist() == [[0, 2, 2], [2, 0, 1], [2, 1, 0]]


def test_a_class_above_another_becomes_a_leaf_of_its_group():
    tree = Hierarchy.from_wordnet([DOG, SPANIEL, CAT])
    group = tree.parents[tree.leaves[0]]
    assert tree.node_ids[group] == f"{DOG} (group)"
    assert tree.names == ("dog (itself)", "English springer", "domestic cat")
    assert tree.parents[tree.leaves[1]] == group
    assert tree.parents[tree.leaves[2]] != group


@pytest.mark.parametrize(
    ("wnids", "overrides", "message"),
    [
        ([DOG, "n02084072"], {}, "no noun 'n02084072'.*3.1"),
        ([DOG, "n99999999"], {}, "no noun 'n99999999'"),
        ([DOG, "n00000000"], {}, "no noun 'n00000000'"),
        ([DOG, "n2084071"], {}, "no noun 'n2084071'"),
        ([DOG, DOG], {}, f"{DOG!r} appears twice"),
        ([], {}, "at least one class"),
        ([DOG], {DOG: "n00000001"}, "no noun 'n00000001'"),
        ([DOG], {"canine": DOG}, "'canine'"),
        ([DOG], {"n02083346": DOG}, f"cycle: {DOG!r}"),
    ],
)
def test_bad_ids_are_named(wnids, overrides, message):
    with pytest.raises(HierarchyError, match=message):
        Hierarchy.from_wordnet(wnids, overrides=overrides)


def test_a_missing_wordnet_is_one_error_that_says_what_to_run(elsewhere):
    with pytest.raises(HierarchyError) as caught:
        Hierarchy.from_wordnet([DOG])
    assert "python -m nltk.downloader wordnet" in str(caught.value)
    assert "apt-get install wordnet-base" in str(caught.value)


@pytest.mark.parametrize("zipped", [False, True])
def test_nltk_data_is_found(elsewhere, zipped):
    nouns = Path("/usr/share/wordnet/data.noun").read_bytes()
    corpora = elsewhere / "corpora"
    if zipped:  # as nltk.downloader leaves it
        corpora.mkdir()
        with zipfile.ZipFile(corpora / "wordnet.zip", "w") as file:
            file.writestr("wordnet/data.noun", nouns)
    else:
        (corpora / "wordnet").mkdir(parents=True)
        (corpora / "wordnet" / "data.noun").write_bytes(nouns)
    assert wordnet.synset(DOG).name == "dog"


def test_another_version_of_wordnet_is_refused(elsewhere):
    (elsewhere / "corpora" / "wordnet").mkdir(parents=True)
    (elsewhere / "corpora" / "wordnet" / "data.noun").write_text(
        "  1 WordNet 3.1 Copyright 2011 by Princeton University.\n"
    )
    with pytest.raises(HierarchyError, match=r"Expected WordNet 3\.0.*3\.1"):
        Hierarchy.from_wordnet([DOG])


def test_the_shipped_tree_is_what_the_script_makes():
    shipped = Hierarchy.imagenet()
    made = script().imagenet_tree(shipped.classes)
    assert made.classes == shipped.classes
    assert made.names == shipped.names

    def structure(tree):
        return {
            (node_id, name, tree.node_ids[parent] if parent >= 0 else None)
            for node_id, name, parent in zip(
                tree.node_ids, tree.node_names, tree.parents, strict=True
            )
        }

    assert structure(made) == structure(shipped)


def test_the_shipped_tree_reads_well():
    tree = Hierarchy.imagenet()
    assert list(tree.classes) == sorted(tree.classes)
    assert tree.num_classes == 1000
    first = tree.cut(depth=1)
    assert dict(zip(first.names, first.sizes.tolist(), strict=True)) == {
        "organism": 410,
        "artifact": 522,
        "food": 48,
        "rest": 20,
    }
    assert first.names == ("organism", "artifact", "food", "rest")
    for name, size in (("dog", 118), ("bird", 59), ("mammal", 218)):
        node = tree.find(name)
        assert tree.stop[node] - tree.start[node] == size
    sizes = [level.num_groups for level in tree.levels()]
    assert sizes == [4, 31, 50, 164, 356, 1000]
    # Two classes of one name are two classes.
    assert sum(name == "crane" for name in tree.names) == 2


def test_the_shipped_file_is_small_and_has_its_notice():
    file = ROOT / "keras_hier/hierarchy/sources/imagenet.json"
    assert file.stat().st_size < 150_000
    assert json.loads(file.read_text())["format"] == "keras-hier/hierarchy"
    notice = (ROOT / "NOTICE").read_text()
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in notice
