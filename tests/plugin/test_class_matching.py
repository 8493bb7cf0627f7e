"""Runs over other trees, other orders of labels, and other classes."""

from pathlib import Path

import numpy as np
import pytest
from reading import MATRIX, OTHER, TREE, Reader, compared, log_matrix

import keras_hier as kh
from keras_hier.analysis import evidence
from keras_hier.analysis.comparing.class_matching import (
    Classes,
    Places,
    counts_of_groups,
    counts_of_nodes,
    cut_at,
    match_classes,
    place_counts,
)
from tb_plugin.comparing.seed_sides import Runs, errors_of

# TREE has car, cat, dog, wolf.
TURNED = ["wolf", "dog", "car", "cat"]
TURN = [TURNED.index(name) for name in TREE.classes]
MORE = kh.Hierarchy.from_nested(
    {"loud": ["wolf", "bus"], "silent": ["cat", "car"]},
    classes=["bus", "wolf", "cat", "car"],
)
#          bus wolf cat car
# bus        9    2   0   1
# wolf       4   20   3   0
# cat        0    5  30   0
# car        6    0   0  40
COUNTS = np.array([[9, 2, 0, 1], [4, 20, 3, 0], [0, 5, 30, 0], [6, 0, 0, 40]])

# An owl, and a jay, which is no class there.
BIRDS = kh.Hierarchy.from_nested(
    {"animal": {"bird": ["owl", "jay"], "cat": ["lynx"]}, "car": ["bus"]},
    classes=["owl", "jay", "lynx", "bus"],
)
EMUS = kh.Hierarchy.from_paths(
    [
        ("animal", "bird", "owl"),
        ("animal", "bird", "emu"),
        ("animal", "cat", "lynx"),
        ("animal", "cat", "puma"),
        ("car", "bus"),
    ]
)


def classes(tree: kh.Hierarchy, sizes=None, grouping=None) -> Classes:
    ones = np.ones(tree.num_classes, int)
    key = (tree.digest, grouping)
    return Classes(tree, ones if sizes is None else np.array(sizes), key)


def flat(*names: str) -> kh.Hierarchy:
    return kh.Hierarchy.from_paths([(name,) for name in names])


def turned_tree() -> kh.Hierarchy:
    return kh.Hierarchy.from_nested(
        {"a": ["car", "cat"], "b": ["dog", "wolf"]}, classes=TURNED
    )


def query(**changed) -> dict:
    return compared("one/validation", "two/validation", **changed)


def write(folder: Path, tree: kh.Hierarchy, counts) -> None:
    log_matrix(folder, counts, 1, tree)


def head_of(tree: kh.Hierarchy) -> Classes:
    """The two groups of a head, and which classes each holds."""
    groups = tree.cut(groups=2)
    rows = dict(zip(tree.classes, groups.of_class.tolist(), strict=True))
    key = (tree.digest, groups.digest)
    return Classes(tree.collapse(groups), groups.sizes, key, rows)


class TestMatching:
    def test_an_order_of_labels(self):
        found = match_classes(classes(TREE), classes(turned_tree()))
        assert found.places.labels.tolist() == [3, 2, 0, 1]
        assert found.own.labels.tolist() == [0, 1, 2, 3]
        assert found.is_whole

    def test_classes_of_one_only(self):
        found = match_classes(classes(TREE), classes(MORE))
        assert found.places.labels.tolist() == [-1, 3, 1, 0]
        assert found.own.labels.tolist() == [0, 1, -1, 3]  # no dogs there
        assert not found.is_whole

    def test_classes_go_into_the_groups_of_a_head(self):
        head = head_of(TREE)._replace(rows=None)
        found = match_classes(head, classes(TREE))
        animal = head.tree.classes.index("animal")
        assert found.is_whole
        expected = [1 - animal, animal, animal, animal]
        assert found.places.labels.tolist() == expected
        # Its animals are without wolves: only cars are the same.
        fewer = kh.Hierarchy.from_nested(
            {"animal": ["cat", "dog"], "thing": ["car"]},
            classes=["cat", "dog", "car"],
        )
        found = match_classes(head, classes(fewer))
        assert (found.own.labels >= 0).sum() == 1
        assert sorted(found.places.labels.tolist())[:2] == [-1, -1]

    def test_nor_does_a_group_under_the_name_of_a_class(self):
        # Of a head whose group `cat` has a lion alone.
        lions = kh.Hierarchy.from_nested(
            {"cat": ["lion"], "thing": ["car", "bus"]},
            classes=["lion", "car", "bus"],
        )
        with pytest.raises(ValueError, match="share no class"):
            match_classes(classes(flat("cat", "dog")), head_of(lions))

    def test_nor_do_groups_of_as_many_others(self):
        one, other = (
            kh.Hierarchy.from_nested(
                {"animal": ["cat", first], "thing": [second, "bus"]},
                classes=["cat", "dog", "car", "bus"],
            )
            for first, second in (("dog", "car"), ("car", "dog"))
        )
        for sides in (head_of(other), classes(other)):
            with pytest.raises(ValueError, match="share no class"):
                match_classes(head_of(one), sides)
        assert match_classes(head_of(one), head_of(one)).is_whole
        assert match_classes(head_of(one), classes(one)).is_whole

    def test_numbers_of_groups_mean_nothing_elsewhere(self):
        numbered = [
            classes(flat("group 0", "group 1"), grouping=key) for key in "ab"
        ]
        assert match_classes(numbered[0], numbered[0]).is_whole
        with pytest.raises(ValueError, match="numbers only"):
            match_classes(*numbered)

    def test_no_class_in_common(self):
        strangers = flat("x", "y", "z")
        with pytest.raises(ValueError, match="share no class: of 4 and 3"):
            match_classes(classes(TREE), classes(strangers))

    def test_a_class_goes_into_the_nearest_one_above(self):
        groups = classes(flat("animal", "bird"), sizes=[1, 2])
        found = match_classes(groups, classes(BIRDS))
        # The owl, the jay, the lynx and the bus.
        assert found.places.labels.tolist() == [1, 1, 0, -1]


class TestPlacing:
    def test_by_hand(self):
        places = match_classes(classes(TREE), classes(MORE)).places
        side = place_counts(COUNTS, places, TREE)
        # car, cat, dog, wolf; there are no dogs, and buses have no place.
        assert side.counts.toarray().tolist() == [
            [40, 0, 0, 0],
            [0, 30, 0, 5],
            [0, 0, 0, 0],
            [0, 3, 0, 20],
        ]
        assert side.missed.tolist() == [6, 0, 0, 4]

    def test_a_group_knows_what_is_named_out_there_in_it(self):
        here, there = BIRDS, EMUS
        own, places = match_classes(classes(here), classes(there))
        # Of 20 owls 3 are named jays, of 10 lynxes 2.
        side = place_counts(
            np.array([[17, 3, 0, 0], [0, 9, 0, 0], [0, 2, 8, 0], [0] * 4]),
            own,
            here,
        )
        found = counts_of_nodes(side, here)

        def told(counts, name):
            return [int(each[here.find(name)]) for each in counts]

        # Right, of so many, named so: 3 jays are birds, 5 are animals.
        assert told(found, "owl") == [17, 20, 17]
        assert told(found, "bird") == [20, 20, 22]
        assert told(found, "cat") == [8, 10, 8]
        assert told(found, "animal") == [30, 30, 30]
        # Of 20 owls there 4 are named emus, of 10 lynxes 5 pumas and an emu.
        counts = np.zeros((5, 5), int)
        counts[0, :2], counts[2, 1:4] = [16, 4], [1, 4, 5]
        other = place_counts(counts, places, here)
        found = counts_of_nodes(other, here)
        assert told(found, "owl") == [16, 20, 16]
        assert told(found, "bird") == [20, 20, 21]
        assert told(found, "cat") == [9, 10, 9]
        assert told(found, "animal") == [30, 30, 30]

        def cells(side, *names):
            nodes = np.array([here.find(name) for name in names])
            summed = counts_of_groups(side, cut_at(here, nodes))
            return summed.toarray()[:-1].tolist()

        # The last column is what lies in no group.
        kinds = ("bird", "cat", "car")
        assert cells(side, *kinds) == [[20, 0, 0, 0], [2, 8, 0, 0], [0] * 4]
        assert cells(other, *kinds) == [[20, 0, 0, 0], [1, 9, 0, 0], [0] * 4]
        # A puma is a cat, but no lynx, though lynxes are all cats here.
        single = ("owl", "jay", "lynx", "bus")
        assert cells(side, *single) == [
            [17, 0, 0, 0, 3], [0] * 5, [0, 0, 8, 0, 2], [0] * 5
        ]  # fmt: skip
        assert cells(other, *single)[2] == [0, 0, 4, 0, 6]
        assert cells(other, "animal", "car") == [[30, 0, 0], [0, 0, 0]]

    def test_nothing_is_lost(self):
        rng = np.random.default_rng(0)
        counts = rng.integers(0, 9, (30, 30))
        labels = np.maximum(rng.permutation(30) - 8, -1)
        places = Places(labels, np.zeros(30, int))
        tree = flat(*map(str, range(22)))
        placed, out = place_counts(counts, places, tree)
        shared = labels >= 0
        assert placed.sum() + out.sum() == counts[shared].sum()
        assert np.trace(placed.toarray()) == np.trace(counts[shared][:, shared])


class TestSignificance:
    def test_an_order_of_labels_changes_nothing(self, tmp_path):
        counts = np.eye(4, dtype=int) * 40 + MATRIX
        write(tmp_path / "one", TREE, MATRIX * 5)
        write(tmp_path / "two", TREE, counts)
        turned = counts[np.ix_(*[np.argsort(TURN)] * 2)]
        write(tmp_path / "turned", turned_tree(), turned)
        reader = Reader(tmp_path)
        for level in (0, len(TREE.levels()) - 1):
            asked = query(level=level)
            plain = reader.get("significance", **asked)
            asked["other_run"] = "turned/validation"
            assert reader.get("significance", **asked) == plain

    def test_shared_classes_by_hand(self, tmp_path):
        here = np.diag([40, 10, 5, 20])
        here[1] = [0, 10, 25, 0]  # cats that are named dogs
        write(tmp_path / "one", TREE, here)
        write(tmp_path / "two", MORE, COUNTS)
        level = len(TREE.levels()) - 1
        found = Reader(tmp_path).get("significance", **query(level=level))
        assert found["test"] == "counts"
        assert "Of 4 and 4 classes 3 are in both" in found["why"]
        # Cars, cats and wolves: 40 + 35 + 20 here, 46 + 35 + 27 there.
        assert found["samples"] == [95, 108]
        cat = TREE.find("cat")
        tests = evidence.share_differences(10, 35, 30, 35)
        assert found["nodes"]["p"][cat] == pytest.approx(tests.p, rel=1e-5)
        # Dogs are not compared, but a cat that is named one is named a pet.
        assert found["nodes"]["p"][TREE.find("dog")] is None
        pets = evidence.share_differences(35, 35, 30, 35)
        pet = found["nodes"]["p"][TREE.find("pet")]
        assert pet == pytest.approx(pets.p, rel=1e-5)
        whole = found["levels"][-1]["accuracy"]
        assert whole["right"] == [70, 90]
        cells = found["cells"]
        names = [TREE.classes[TREE.order[row]] for row in cells["rows"]]
        # 10 of 35 cats are right, then 30 of 35; the 25 named dogs are no cell.
        at = names.index("cat")
        assert (cells["shown"][at], cells["other"][at]) == (10, 30)
        dog = TREE.order.tolist().index(TREE.classes.index("dog"))
        assert dog not in cells["rows"] + cells["columns"]
        assert max(cells["columns"]) < 4

    def test_so_do_those_of_sets(self):
        own, places = match_classes(classes(BIRDS), classes(EMUS))
        kinds = [BIRDS.find(name) for name in ("bird", "cat", "car")]
        cut = cut_at(BIRDS, np.array(kinds))
        here, there = np.zeros((4, 4), int), np.zeros((5, 5), int)
        here[0], there[0] = [140, 60, 0, 0], [80, 20, 0, 0, 100]
        for counts, side, wrong in (
            (here, own, [60, 0, 0, 0]),
            (there, places, [20, 0, 100, 0]),
        ):
            placed = place_counts(counts, side, BIRDS)
            found = errors_of(Runs(("a",), [placed]), cut)
            assert found.errors[0].toarray()[0].tolist() == wrong
            assert found.samples[0].tolist() == [200, 0, 0]

    def test_samples_are_paired_by_their_ids(self, tmp_path):
        labels = np.repeat(np.arange(4), 30)
        ids = [f"{i:03}.jpg" for i in range(120)]
        rng = np.random.default_rng(1)
        answers = [
            np.where(rng.random(120) < rate, labels, rng.integers(0, 4, 120))
            for rate in (0.5, 0.9)
        ]
        at = np.argsort(TURN)  # turned label -> label
        turn = np.argsort(at)
        for name, tree, map_, said in (
            ("one", TREE, np.arange(4), answers[0]),
            ("two", OTHER, np.arange(4), answers[1]),
            ("turned", turned_tree(), turn, answers[1]),
        ):
            scores = np.eye(4)[map_[said]] * 0.9 + 0.025
            counts = np.zeros((4, 4), int)
            np.add.at(counts, (map_[labels], map_[said]), 1)
            with kh.BlocksWriter(tmp_path / name, tree) as log:
                log.matrix(counts, 1)
                log.samples(map_[labels], scores, 1, ids=ids)
        reader = Reader(tmp_path)
        plain = reader.get("significance", **query())
        assert plain["test"] == "mcnemar"
        one, turned = "one/validation", "turned/validation"
        assert reader.get("significance", **query(other_run=turned)) == plain
        # The other way round, what is fixed is broken.
        asked = query(run=turned, other_run=one)
        back = reader.get("significance", **asked)
        assert back["nodes"]["fixed"][0] == plain["nodes"]["broken"][0]
