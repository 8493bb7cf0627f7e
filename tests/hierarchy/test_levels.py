"""Display levels, and the names that a tree gives its own."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from strategies import hierarchies

from keras_hier.files import limits
from keras_hier.hierarchy import Grouping, Hierarchy, HierarchyError
from keras_hier.hierarchy.tree import cuts

PATHS = [
    ("fruit", "citrus", "lemon"),
    ("fruit", "citrus", "lime"),
    ("fruit", "apple", "gala"),
    ("dairy", "milk", "oat"),
    ("dairy", "milk", "soy"),
    ("bread",),
]
NAMES = ("aisle", "shelf")


def small() -> Hierarchy:
    return Hierarchy.from_paths(PATHS, level_names=NAMES)


def offered(tree: Hierarchy) -> list[tuple[str | None, int]]:
    return [(level.name, len(level.nodes)) for level in cuts.levels(tree)]


class TestNames:
    def test_there_and_back(self):
        tree = small()
        assert tree.level_names == NAMES
        for again in (
            Hierarchy.from_json(tree.to_json()),
            Hierarchy.from_json(json.loads(tree.to_json())),
            pickle.loads(pickle.dumps(tree)),
            tree.ordered_by(np.eye(6)),
        ):
            assert again.level_names == NAMES
            assert again == tree

    def test_the_digest_of_a_tree_without_is_what_it_was(self):
        tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
        text = (
            '{"format":"keras-hier/hierarchy","ids":["(root)","pet","cat",'
            '"dog","bus"],"labels":[-1,-1,0,1,2],"names":["all classes","pet",'
            '"cat","dog","bus"],"parents":[-1,0,1,1,0],"version":1}'
        )
        assert tree.level_names is None
        assert tree.to_json() == text
        assert tree.digest == "1066ac84cb346f18"
        assert Hierarchy.imagenet().digest == "e3a299b69c86b854"

    def test_blanks_around_them_are_dropped(self):
        tree = Hierarchy.from_paths(PATHS, level_names=[" aisle", "shelf "])
        assert tree.level_names == NAMES

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["aisle"], "expected 2, got 1"),
            (["a", "b", "c"], "expected 2, got 3"),
            ("ab", "must be a list, got str"),
            ({"a": 1, "b": 2}, "must be a list, got dict"),
            (7, "must be a list, got int"),
            (["aisle", 7], "1 to 100 characters, got 7"),
            (["aisle", None], "1 to 100 characters, got None"),
            (["aisle", " "], "1 to 100 characters, got ' '"),
            (["aisle", "x" * 101], "1 to 100 characters, got 'xxx"),
            (["aisle", "aisle "], "Two levels are called 'aisle '"),
        ],
    )
    def test_bad_names_are_refused(self, names, message):
        with pytest.raises(HierarchyError, match=message):
            Hierarchy.from_paths(PATHS, level_names=names)
        content = json.loads(Hierarchy.from_paths(PATHS).to_json())
        with pytest.raises(HierarchyError, match=message):
            Hierarchy.from_json({**content, "level_names": names})

    def test_their_number_is_bounded(self):
        deep = limits.LEVEL_NAMES + 1
        path = [(*(f"g{i}" for i in range(deep)), "class")]
        assert Hierarchy.from_paths(path).height[0] == deep + 1
        with pytest.raises(HierarchyError, match="at most 32"):
            Hierarchy.from_paths(
                path, level_names=[f"level {i}" for i in range(deep)]
            )


class TestOtherTrees:
    def test_collapsing_keeps_the_names_above(self):
        tree = small()
        assert tree.collapse(tree.cut(depth=2)).level_names == ("aisle",)
        assert tree.collapse(tree.cut(depth=1)).level_names is None
        foreign = Grouping(["a", "b"], [0, 1, 0, 1, 0, 1])
        assert tree.collapse(foreign).level_names is None

    def test_a_subset_keeps_them_where_depths_hold(self):
        tree = small()
        both = tree.subset(["lemon", "lime", "gala", "oat", "soy"])
        # `milk` is all of dairy: it takes the place of an aisle.
        assert both.level_names is None
        assert tree.subset(["lemon", "lime", "gala"]).level_names == ("shelf",)
        assert tree.subset(["lemon", "oat"]).level_names is None


class TestCsv:
    def read(self, tmp_path, text, **options):
        file = tmp_path / "classes.csv"
        file.write_text(text)
        return Hierarchy.from_csv(file, **options)

    def test_headers_name_the_levels(self, tmp_path):
        text = "class,label,Shelf,Aisle\na,0,s,x\nb,1,s,x\nc,2,,y\n"
        tree = self.read(tmp_path, text, groups=["aisle", "shelf"])
        assert tree.level_names == ("Aisle", "Shelf")
        again = Hierarchy.from_json(tree.to_json())
        assert (again.level_names, again.digest) == (
            tree.level_names,
            tree.digest,
        )

    def test_numbers_of_groups_say_nothing(self, tmp_path):
        text = "class,label,group1,group2\na,0,x,s\nb,1,x,s\n"
        tree = self.read(tmp_path, text)
        assert tree.level_names is None
        named = self.read(tmp_path, text, groups=["group1", "group2"])
        assert named == tree

    def test_a_group_below_an_empty_cell_is_at_no_depth(self, tmp_path):
        text = "class,label,aisle,shelf\na,0,x,s\nb,1,,t\n"
        tree = self.read(tmp_path, text, groups=["aisle", "shelf"])
        assert tree.level_names is None

    def test_an_empty_column_is_no_level(self, tmp_path):
        text = "class,label,aisle,none,shelf\na,0,x,,s\nb,1,x,,s\n"
        tree = self.read(tmp_path, text, groups=["aisle", "none", "shelf"])
        assert tree.level_names == ("aisle", "shelf")


class TestDisplayLevels:
    def test_named_levels_are_the_levels(self):
        # Aisles: fruit, dairy, bread; shelves: citrus, apple, milk, bread.
        assert offered(small()) == [("aisle", 3), ("shelf", 4), (None, 6)]

    def test_cuts_by_size_fill_wide_gaps_only(self):
        # 600 classes: an aisle of 20 shelves of 10, four of 50 shelves of 2.
        # At 22 %, 132 classes, only the first is cut: 20 + 4 groups lie
        # between 5 aisles and 220 shelves. At 1.4 % its shelves are: 400
        # groups are too near to 220, and to the classes.
        paths = [("large", f"l{i // 10}", f"x{i}") for i in range(200)] + [
            (f"aisle {i // 100}", f"s{i // 2}", f"y{i}") for i in range(400)
        ]
        tree = Hierarchy.from_paths(paths, level_names=NAMES)
        assert offered(tree) == [
            ("aisle", 5),
            (None, 24),
            ("shelf", 220),
            (None, 600),
        ]

    def test_most_groups_are_no_single_classes(self):
        # 3 groups of 20, and 70 classes of their own: 96 % are single.
        paths = [(f"g{i // 20}", f"a{i}") for i in range(60)]
        paths += [(f"b{i}",) for i in range(70)]
        assert offered(Hierarchy.from_paths(paths)) == [(None, 130)]
        # 7 of 10 are not too many.
        paths = [(f"g{i // 20}", f"a{i}") for i in range(60)]
        paths += [(f"b{i}",) for i in range(7)]
        assert offered(Hierarchy.from_paths(paths)) == [(None, 10), (None, 67)]

    @pytest.mark.parametrize("names", [("aisle", "shelf", "box"), None])
    def test_levels_of_its_own_may_have_mostly_single_classes(self, names):
        # 4 of 5 shelves are of one class; at boxes all are: these are classes.
        shelves = ("apple", "apple", "banana", "kiwi", "lemon", "milk")
        paths = [
            ("dairy" if shelf == "milk" else "fruit", shelf, f"b{i}", f"c{i}")
            for i, shelf in enumerate(shelves)
        ]
        tree = Hierarchy.from_paths(paths, level_names=names)
        aisle, shelf, _ = names or [None] * 3
        assert offered(tree) == [(aisle, 2), (shelf, 5), (None, 6)]

    def test_classes_that_lie_equally_deep_have_levels_without_names(self):
        # An aisle of 12 shelves of 6, and three of 2 shelves of 2: at 22 % of
        # 84 classes the shelves of the first would stand beside whole aisles.
        paths = [("large", f"l{i // 6}", f"x{i}") for i in range(72)]
        paths += [(f"a{i // 4}", f"s{i // 2}", f"y{i}") for i in range(12)]
        assert offered(Hierarchy.from_paths(paths)) == [
            (None, 4),
            (None, 18),
            (None, 84),
        ]
        # With a class that lies higher it is cut by size.
        uneven = Hierarchy.from_paths([*paths, ("a0", "z")])
        assert (None, 15) in offered(uneven)

    @given(hierarchies())
    def test_only_the_last_is_of_single_classes(self, tree):
        *coarse, last = cuts.levels(tree)
        assert len(last.nodes) == tree.num_classes
        depths = tree.depth[tree.leaves]
        has_own = tree.level_names is not None or depths.min() == depths.max()
        for level in coarse:
            sizes = (tree.stop - tree.start)[level.nodes]
            assert 1 < len(sizes) < tree.num_classes
            assert has_own or np.mean(sizes == 1) <= 0.7
        names = [level.name for level in coarse if level.name is not None]
        assert set(names) <= set(tree.level_names or ())
