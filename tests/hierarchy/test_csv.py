"""Trees as CSV: levels in the header, there and back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import hierarchies

from keras_hier.files import limits
from keras_hier.hierarchy import Hierarchy, HierarchyError
from keras_hier.hierarchy.sources.csv_text import text_of

FILE = """class,label,family,images,superclass
pug,0,dog,9,animal
husky,1,dog,7,animal
tabby,2,cat,9,animal
bus,3,,5,vehicle
"""
HOSTILE = (
    "=HYPERLINK(1)",
    "+1",
    "@sum",
    "-2;=3",
    "'=quoted",
    'say "x", then',
    "two\nlines",
    "<b>bold</b>",
    "名前 \u202e",
    "tab\tin",
    "group1",
    "class",
)


def read(tmp_path, text, **options):
    file = tmp_path / "classes.csv"
    file.write_bytes(text.encode())
    return Hierarchy.from_csv(file, **options)


def again(tmp_path, tree):
    file = tmp_path / "tree.csv"
    tree.to_csv(file)
    return Hierarchy.from_csv(file)


class TestHeader:
    def test_all_columns_are_levels_where_that_is_said(self, tmp_path):
        text = "\n".join(
            ",".join(cell for i, cell in enumerate(line.split(",")) if i != 3)
            for line in FILE.splitlines()
        )
        tree = read(tmp_path, text, header=True)
        assert tree.level_names == ("superclass", "family")
        assert tree.cut(depth=1).names == ("animal", "vehicle")
        # As if they were named.
        named = read(tmp_path, FILE, groups=["superclass", "family"])
        assert tree == named

    def test_the_cells_tell_the_order_whatever_stands_first(self, tmp_path):
        turned = "class,label,top,low,mid\n" + "".join(
            f"c{i},{i},t{i // 6},l{i // 2},m{i // 4 if i < 4 else i // 2}\n"
            for i in range(12)
        )
        # Four classes of m0 lie in two groups below it.
        tree = read(tmp_path, turned, header=True, order=None)
        assert tree.level_names == ("top", "mid", "low")

    def test_who_has_no_family_has_an_order_all_the_same(self, tmp_path):
        text = "class,label,family,order\na,0,f,s\nb,1,f,s\nc,2,,t\n"
        tree = read(tmp_path, text, header=True)
        assert tree.level_names == ("order", "family")
        # Neither is above the other where both may be empty.
        with pytest.raises(HierarchyError, match="do not tell whether"):
            read(tmp_path, text + "d,3,g,\n", header=True)

    def test_an_argument_goes_before_what_the_cells_say(self, tmp_path):
        text = "class,label,x,y\na,0,s,d\nb,1,t,e\n"
        one, other = (
            read(tmp_path, text, header=True, order=order)
            for order in ("coarse_to_fine", "fine_to_coarse")
        )
        assert one.level_names == ("x", "y")
        assert other.level_names == ("y", "x")

    def test_empty_columns_and_names_are_no_groups(self, tmp_path):
        text = "class,label,name,Kind,,\na,0,A,s,,\nb,1,B,s,,\n"
        tree = read(tmp_path, text, header=True)
        assert (tree.level_names, tree.names) == (("Kind",), ("A", "B"))

    @pytest.mark.parametrize("other", ["domain", "Domain", "group1: domain"])
    def test_two_columns_of_the_name_that_is_asked_for(self, tmp_path, other):
        text = f"class,label,{other},domain\npug,0,dog,pet\nbus,1,car,thing\n"
        with pytest.raises(HierarchyError, match="2 columns called 'domain'"):
            read(tmp_path, text, groups=["domain"])

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("class,label\npug,0\nbus,{}\n", "must number the 2 classes"),
            ("class,label,group1,group{}\npug,0,a,b\n", "is the coarsest"),
        ],
    )
    def test_numbers_may_have_any_number_of_digits(
        self, tmp_path, text, message
    ):
        with pytest.raises(HierarchyError, match=message):
            read(tmp_path, text.format("9" * 5_000))

    def test_a_column_may_name_its_level(self, tmp_path):
        text = (
            "class,label,Group 2: Family,group1:superclass\n"
            "pug,0,dog,animal\nbus,1,,vehicle\n"
        )
        tree = read(tmp_path, text)
        assert tree.level_names == ("superclass", "Family")
        assert tree.cut(depth=1).names == ("animal", "vehicle")
        # By either name.
        for groups in (["superclass", "family"], ["group1", "group2"]):
            assert read(tmp_path, text, groups=groups) == tree

    def test_groups_have_names_for_display(self, tmp_path):
        text = (
            "class,label,group1,group1 name\nn1,0,g1,dog\nn2,1,g1,\nn3,2,g2,\n"
        )
        tree = read(tmp_path, text)
        assert tree.node_ids == ("(root)", "g1", "n1", "n2", "g2", "n3")
        assert tree.node_names[1] == "dog"
        assert tree.node_names[4] == "g2"


class TestThereAndBack:
    @given(hierarchies())
    def test_every_drawn_tree(self, tmp_path_factory, tree):
        folder = tmp_path_factory.mktemp("csv")
        assert again(folder, tree) == tree

    @given(
        st.lists(
            st.tuples(*[st.text(st.characters(codec="utf-8"), min_size=1)] * 3),
            min_size=1,
            max_size=6,
        )
    )
    def test_any_names_or_an_error(self, tmp_path_factory, paths):
        try:
            tree = Hierarchy.from_paths(paths, level_names=["=a;=b", "b\nc"])
        except HierarchyError:
            return
        folder = tmp_path_factory.mktemp("csv")
        refused = False
        try:
            tree.to_csv(folder / "tree.csv")
        except HierarchyError:
            refused = True
        # Blanks around an id are lost, and then nothing is written.
        assert not refused or any(name != name.strip() for *_, name in paths)
        assert (folder / "tree.csv").exists() != refused
        if not refused:
            assert Hierarchy.from_csv(folder / "tree.csv") == tree

    def test_hostile_names_are_texts(self, tmp_path):
        tree = Hierarchy.from_paths(
            [(f"{name}!", f"{name}?", name) for name in HOSTILE],
            level_names=["=1+1", "<i>;@x"],
        )
        assert again(tmp_path, tree) == tree
        text = (tmp_path / "tree.csv").read_text("utf-8")
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert cell[:1] not in "=+-@" or not cell

    def test_imagenet_with_its_ids_and_names(self, tmp_path):
        tree = Hierarchy.imagenet()
        assert again(tmp_path, tree) == tree

    def test_the_header_says_no_more_than_is_needed(self):
        tree = Hierarchy.from_paths(
            [("animal", "pug"), ("vehicle", "bus")], level_names=["kind"]
        )
        assert text_of(tree) == (
            "class,label,group1: kind\r\npug,0,animal\r\nbus,1,vehicle\r\n"
        )
        flat = Hierarchy.from_paths([("b",), ("a",)], names={"a": "A"})
        assert text_of(flat) == "class,label,name\r\nb,0,b\r\na,1,A\r\n"

    @pytest.mark.parametrize(
        "tree",
        [
            Hierarchy.from_paths([("a", "x ")]),
            Hierarchy.from_json(
                {
                    "format": "keras-hier/hierarchy",
                    "version": 1,
                    "parents": [-1, 0],
                    "ids": ["everything", "x"],
                    "names": ["everything", "x"],
                    "labels": [-1, 0],
                }
            ),
        ],
        ids=["blanks", "root"],
    )
    def test_what_a_csv_does_not_hold_is_refused(self, tmp_path, tree):
        with pytest.raises(HierarchyError, match="does not hold all of this"):
            tree.to_csv(tmp_path / "tree.csv")
        assert list(tmp_path.iterdir()) == []

    def test_a_tree_too_deep_for_columns_is_refused_at_once(
        self, tmp_path, monkeypatch
    ):
        paths = [(*(f"g{at}" for at in range(n)), f"c{n}") for n in range(9)]
        tree = Hierarchy.from_paths(paths)
        assert again(tmp_path, tree) == tree
        monkeypatch.setattr(limits, "PATHS", 9 * 8 - 1)
        with pytest.raises(HierarchyError, match=r"8 levels.*to_json\(\)"):
            text_of(tree)

    @pytest.mark.parametrize(
        "called",
        [
            [f"level {at}" for at in range(limits.LEVEL_NAMES + 1)],
            ["x" * (limits.LEVEL_NAME_LENGTH + 1)],
        ],
        ids=["many", "long"],
    )
    def test_more_names_of_levels_than_are_kept(self, tmp_path, called):
        rows = [[f"c{at}", *(f"{at}{n}" for n in called)] for at in range(2)]
        text = "\n".join(",".join(row) for row in [["class", *called], *rows])
        tree = read(
            tmp_path, text, groups=called, classes=[row[0] for row in rows]
        )
        assert tree.num_classes == 2
        assert tree.level_names is None

    def test_other_files_are_refused(self, tmp_path):
        tree = Hierarchy.from_paths([("a", "x")])
        with pytest.raises(ValueError, match=r"ends in \.csv"):
            tree.to_csv(tmp_path / "tree.json")
