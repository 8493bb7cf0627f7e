"""WordNet's tree above plain names, and what settles names of several nouns."""

import csv
import re
from pathlib import Path

import pytest

from keras_hier.hierarchy import Hierarchy, HierarchyError
from keras_hier.hierarchy.sources import wordnet, wordnet_names

DOG, CAT, LION = "n02084071", "n02121620", "n02129165"
MACHINE = "n03126707"


def test_names_of_one_noun_need_nothing_else():
    tree = Hierarchy.from_wordnet(["fire truck", "zebra", "persian_cat"])
    same = Hierarchy.from_wordnet(["n03345487", "n02391049", "n02123394"])
    assert tree.classes == ("fire truck", "zebra", "persian_cat")
    assert tree.names == ("fire truck", "zebra", "persian cat")
    assert (tree.lca_distance() == same.lca_distance()).all()


@pytest.mark.parametrize("name", ["Fire Truck", "fire_truck", "fire-truck"])
def test_spellings_are_one_name(name):
    assert wordnet_names.synsets([name]) == ["n03345487"]


def test_candidates_have_the_name_among_their_words():
    for name in ("crane", "dog", "tabby", "ice cream"):
        found = wordnet_names.candidates(name)
        assert found
        for wnid in found:
            words = wordnet.synset(wnid).words
            assert name in [word.lower() for word in words]
    assert wordnet_names.candidates("dog")[0] == DOG
    assert len(wordnet_names.candidates("dog")) == 7


def test_ids_and_names_may_be_mixed_and_lie_above_each_other():
    senses = {"dog": DOG, "cat": CAT}
    tree = Hierarchy.from_wordnet(["dog", "n02102040", "cat"], senses=senses)
    assert str(tree).splitlines() == [
        "all classes 3",
        "├─ dog 2",
        "│  ├─ dog (itself)",
        "│  └─ English springer",
        "└─ cat",
    ]
    assert tree.classes == ("dog", "n02102040", "cat")


def test_one_error_lists_all_names_that_are_unclear():
    names = ["crane", "zebra", "lion", "no such noun"]
    with pytest.raises(HierarchyError) as caught:
        Hierarchy.from_wordnet(names)
    said = str(caught.value)
    assert "2 of 4 names mean several things" in said
    assert 'senses="senses.csv"' in said
    assert "no noun 'no such noun'" in said
    for wnid in (MACHINE, LION):
        assert wnid in said
    assert "lifts and moves heavy objects" in said
    assert "zebra" not in said


def test_the_error_is_bounded():
    names = [
        name
        for name, rest in wordnet_names._index().items()
        if int(rest.split()[0]) > 5
    ]
    assert len(names) > 500
    with pytest.raises(HierarchyError, match=r"and \d+ more$") as caught:
        Hierarchy.from_wordnet(names)
    assert len(str(caught.value)) < 8000


def test_a_file_is_written_and_settles_them(tmp_path):
    file = tmp_path / "senses.csv"
    names = ["crane", "zebra", "lion", "no such noun"]
    with pytest.raises(HierarchyError, match=re.escape(f"in {file} now")):
        Hierarchy.from_wordnet(names, senses=file)
    with file.open(newline="") as text:
        head, *rows = csv.reader(text)
    assert head == ["name", "synset", "words", "gloss"]
    assert [row[1] for row in rows if row[0] == "crane"] == (
        wordnet_names.candidates("crane")
    )
    assert ["no such noun", "", "", ""] in rows
    # As it stands it settles nothing, and is not written again.
    before = file.read_bytes()
    with pytest.raises(HierarchyError, match="Keep one line"):
        Hierarchy.from_wordnet(names, senses=file)
    assert file.read_bytes() == before
    kept = [row for row in rows if row[1] in (MACHINE, LION)]
    with file.open("w", newline="") as text:
        table = csv.writer(text)
        table.writerows([head, *kept, ["no such noun", DOG, "", ""]])
        table.writerow(["another class", CAT, "", ""])
    tree = Hierarchy.from_wordnet(names, senses=file)
    wnids = [MACHINE, "n02391049", LION, DOG]
    same = Hierarchy.from_wordnet(wnids)
    assert tree.classes == tuple(names)
    assert (tree.lca_distance() == same.lca_distance()).all()


def test_names_are_no_formulas_in_the_file(tmp_path):
    file = tmp_path / "senses.csv"
    with pytest.raises(HierarchyError, match="no noun '=cmd'"):
        Hierarchy.from_wordnet(["=cmd", "zebra"], senses=file)
    lines = file.read_text().splitlines()
    assert lines[1].startswith("'=cmd,")
    file.write_text(f"name,synset\n'=cmd,{DOG}\n")
    assert Hierarchy.from_wordnet(["=cmd", "zebra"], senses=file).classes[
        0
    ] == ("=cmd")


@pytest.mark.parametrize(
    ("names", "senses", "message"),
    [
        (["fire truck", "fire_truck"], None, "are one noun.*n03345487"),
        (["dog", DOG], {"dog": DOG}, f"'dog' and '{DOG}' are one noun"),
        (["crane"], {"crane": "n02012848"}, "no noun 'n02012848'"),
        (["crane"], {"crane": "bird"}, "8 digits.*'bird'"),
        (["zebra", "zebra"], None, "appears twice"),
        (["zebra", ""], None, "non-empty"),
        (["crane"], "other.csv", "columns name and synset, got 'a', 'b'"),
        (["crane"], "absent/senses.csv", "no folder"),
        (["crane"], "absent.txt", "ends in .csv"),
    ],
)
def test_bad_input_is_named(names, senses, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("other.csv").write_text("a,b\ncrane,n02012849\n")
    with pytest.raises(ValueError, match=message):
        Hierarchy.from_wordnet(names, senses=senses)
