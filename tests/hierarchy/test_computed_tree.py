"""Trees from confusions and from class means."""

import numpy as np
import pytest
from families import groups
from scipy import sparse

import keras_hier as kh
from keras_hier.hierarchy import tree_from_confusions, tree_from_means
from keras_hier.hierarchy.computed.class_distances import (
    GOING_ON,
    linked,
    walk_distances,
)
from keras_hier.hierarchy.computed.tree_evidence import support_of
from keras_hier.scores.block_confusion import block_confusion_chance

# Planted: 4 kinds of 4 families of 5 classes.
FAMILY = np.repeat(np.arange(16), 5)
KIND = FAMILY // 4
CLASSES = [f"c{i:02}" for i in range(80)]
LEVELS = [8, 10, 37, 80]


def planted(seed=0, right=80.0, family=4.0, kind=0.4, other=0.02):
    """Counts of a network that confuses families, then kinds."""
    rates = np.full((80, 80), other)
    rates[KIND[:, None] == KIND] = kind
    rates[FAMILY[:, None] == FAMILY] = family
    np.fill_diagonal(rates, right)
    return np.random.default_rng(seed).poisson(rates)


def is_group(tree):
    return (tree.labels < 0) & (tree.parents >= 0)


def of(labels):
    return {
        frozenset(np.array(CLASSES)[labels == value].tolist())
        for value in np.unique(labels)
    }


@pytest.fixture(scope="module")
def found():
    return tree_from_confusions(planted(), CLASSES)


def test_what_was_planted_is_found(found):
    assert of(FAMILY) <= groups(found.hierarchy)
    # The levels have groups of at most 17, 10 and 3 of the 80 classes: three
    # families of a kind, two, parts of one.
    assert [level.num_groups for level in found.hierarchy.levels()] == LEVELS


def test_groups_of_planted_families_come_back(found):
    tree = found.hierarchy
    family = is_group(tree) & (tree.stop - tree.start == 5)
    assert (found.support[family] > 0.95).all()
    assert not found.weak[family].any()
    assert not found.weak[~is_group(tree)].any()
    # Five of 80 at random share less with the best of 79 groups.
    assert (found.support_chance[family] < 0.5).all()
    assert (found.support[~is_group(tree)] == 1).all()


def test_shares_of_errors_are_those_of_the_matrix(found):
    matrix = planted()
    errors = matrix.sum() - np.trace(matrix)
    for level, share, chance in zip(
        found.hierarchy.levels(),
        found.inside,
        found.inside_chance,
        strict=False,
    ):
        same = level.of_class[:, None] == level.of_class
        inside = matrix[same].sum() - np.trace(matrix)
        assert share == pytest.approx(inside / errors)
        # Classes are alike, and so are the groups of halves to those of all.
        by_chance = block_confusion_chance(level, matrix)
        assert by_chance == pytest.approx((same.sum() - 80) / 6320, abs=0.005)
        assert chance == pytest.approx(by_chance, abs=0.015)
    # Kinds and families are found in half of the errors, too.
    assert found.inside_held_out[:2] == pytest.approx(
        found.inside[:2], abs=0.03
    )


def test_the_evidence_of_noise_is_that_of_chance():
    rng = np.random.default_rng(0)
    matrix = rng.poisson(0.2, (80, 80)) + np.diag(np.full(80, 50))
    tree = tree_from_confusions(matrix, CLASSES)
    # A tree always has its own errors inside: twice as many as chance here.
    assert (tree.inside > 1.8 * tree.inside_chance).all()
    # It has as many of other errors as any groups of that size.
    gained = tree.inside_held_out - tree.inside_chance
    assert np.abs(gained).max() < 0.03
    noise = np.median(tree.support[is_group(tree.hierarchy)])
    assert noise < 0.5 * np.median(
        tree_from_confusions(planted(), CLASSES).support[1:17]
    )


def test_support_is_what_other_errors_give():
    """Where there is nothing to find, or little."""
    said, seen = [], []
    for seed in range(3):
        matrix, *others = (
            planted(10 * seed + at, family=0.6, kind=0.2, other=0.2)
            for at in range(6)
        )
        tree = tree_from_confusions(matrix, CLASSES)
        new = []
        for other in others:
            errors = other - np.diag(np.diag(other))
            new.append(linked(walk_distances(1.0 * errors + errors.T)))
        survival, _ = support_of(
            tree.hierarchy, np.arange(80), new, np.random.default_rng(0)
        )
        said.append(tree.support[is_group(tree.hierarchy)])
        seen.append(np.array(survival)[is_group(tree.hierarchy)])
    said, seen = np.concatenate(said), np.concatenate(seen)
    # By draws from the same errors alone it is 0.17 too much of nothing.
    assert said.mean() == pytest.approx(seen.mean(), abs=0.06)
    assert (said < 0.5).mean() > 0.9


def test_in_long_tails_chance_is_what_errors_anywhere_give():
    """Answers that ignore the image: most errors are with the large classes."""
    shares = 1 / np.arange(1, 11)
    shares /= shares.sum()
    said = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        labels, named = rng.choice(10, (2, 5000), p=shares)
        matrix = np.bincount(10 * labels + named, minlength=100)
        found = tree_from_confusions(
            matrix.reshape(10, 10), CLASSES[:10], bootstrap=0
        )
        said.append((found.inside_held_out[0], found.inside_chance[0]))
    unseen, chance = np.mean(said, axis=0)
    assert unseen == pytest.approx(chance, abs=0.03)
    # Pairs of classes alone would give much less.
    assert chance > 0.35


def test_groups_of_errors_anywhere_are_weak():
    """However few classes there are; a bar of 0.5 lets most of ten pass."""
    weak = []
    for seed in range(6):
        matrix = np.random.default_rng(seed).poisson(np.full((10, 10), 6.0))
        found = tree_from_confusions(matrix, CLASSES[:10])
        weak.append(found.weak[is_group(found.hierarchy)])
    assert np.concatenate(weak).mean() > 0.85


@pytest.mark.filterwarnings("ignore:There (is|are)")
def test_few_errors_anywhere_are_inside_by_chance():
    """A class has three errors: one in five has none in half of them."""
    gained = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        matrix = rng.poisson(1.5 / 80, (80, 80)) + np.diag(np.full(80, 50))
        tree = tree_from_confusions(matrix, CLASSES, bootstrap=0)
        gained.append((tree.inside_held_out - tree.inside_chance)[0])
    # Errors between the fewer classes of a half are inside a little more often.
    assert np.mean(gained) == pytest.approx(0, abs=0.04)


@pytest.mark.filterwarnings("ignore:There (is|are)")
def test_halves_of_hardly_any_errors_tell_no_share():
    """One half confuses two classes, or four in pairs: there is no cut."""
    matrix = np.diag([9] * 4)
    matrix[0, 1] = matrix[2, 3] = 1
    tree = tree_from_confusions(matrix, list("abcd"))
    assert tree.inside.tolist() == [1]
    assert tree.inside_held_out.size == 0
    again = kh.Hierarchy.from_json(tree.hierarchy.to_json())
    assert again.origin.inside_held_out == ()


def test_the_walk_is_the_one_of_the_definition():
    rng = np.random.default_rng(0)
    together = rng.integers(0, 9, (6, 6)).astype(float)
    together += together.T
    np.fill_diagonal(together, 0)
    weights = together + 0.1 * together.mean()
    np.fill_diagonal(weights, 0)
    sums = weights.sum(axis=1)
    step = weights / sums[:, None]
    ends = (1 - GOING_ON) * np.linalg.inv(np.eye(6) - GOING_ON * step)
    assert ends.sum(axis=1) == pytest.approx(1)
    expected = -np.log(ends / (sums / sums.sum()))
    found = walk_distances(together)
    apart = ~np.eye(6, dtype=bool)
    # But for a constant, which average linkage does not see.
    difference = (found - expected)[apart]
    assert difference == pytest.approx(difference[0])


def test_classes_confused_with_the_same_third_are_near():
    # a and c are confused with b alone, d with e.
    together = np.zeros((5, 5))
    for one, two in ((0, 1), (2, 1), (3, 4)):
        together[one, two] = together[two, one] = 40
    apart = walk_distances(together)
    a, b, c, d = range(4)
    assert apart[a, b] < apart[a, c] < apart[a, d]


def test_names_tell_what_a_group_mostly_is():
    # A group of 2 to 4 families is named by the largest, each by one class.
    tree = kh.Hierarchy.from_confusions(planted(), CLASSES)
    large = 0
    for node in np.flatnonzero(tree.labels < 0)[1:]:
        inside = tree.order[tree.start[node] : tree.stop[node]]
        named, _, rest = tree.node_names[node].partition(" +")
        members = [CLASSES.index(each) for each in named.split(", ")]
        assert set(members) <= set(inside.tolist())
        assert len(members) == (2 if len(inside) < 10 else 3)
        assert len(members) + int(rest or 0) == len(inside)
        sizes = np.sort(np.bincount(FAMILY[inside]))[::-1]
        told = np.isin(FAMILY[inside], FAMILY[members]).sum()
        assert told == sizes[: len(members)].sum()
        large += len(inside) >= 10
    assert large > 3


def test_ids_are_those_of_the_members(found):
    # Whatever the order of the labels is, and however a tree came about.
    shuffled = np.random.default_rng(1).permutation(80)
    other = kh.Hierarchy.from_confusions(
        planted()[np.ix_(shuffled, shuffled)], [CLASSES[i] for i in shuffled]
    )
    assert groups(other) == groups(found.hierarchy)
    assert set(other.node_ids) == set(found.hierarchy.node_ids)


def test_the_seed_draws_evidence_and_makes_no_other_tree(found):
    other = tree_from_confusions(planted(), CLASSES, seed=1)
    assert other.hierarchy == found.hierarchy
    assert other.support.tolist() != found.support.tolist()
    again = tree_from_confusions(planted(), CLASSES)
    assert again.support.tolist() == found.support.tolist()


def test_a_sparse_matrix_is_the_same(found):
    matrix = sparse.csr_array(planted())
    assert kh.Hierarchy.from_confusions(matrix, CLASSES) == found.hierarchy


def test_classes_without_errors_stand_alone_at_the_end():
    matrix = planted()
    for alone in (3, 41):
        matrix[alone], matrix[:, alone] = 0, 0
        matrix[alone, alone] = 50
    tree = tree_from_confusions(matrix, CLASSES)
    assert tree.hierarchy.order[-2:].tolist() == [3, 41]
    alone = tree.hierarchy.leaves[[3, 41]]
    assert tree.hierarchy.depth[alone].tolist() == [1, 1]
    assert len(tree.support) == len(tree.hierarchy.parents)


def test_without_errors_the_tree_is_flat():
    with pytest.warns(UserWarning, match="There are 0 errors among 3 classes"):
        tree = tree_from_confusions(np.diag([5, 5, 5]), list("abc"))
    assert tree.hierarchy.parents.tolist() == [-1, 0, 0, 0]
    assert not len(tree.support)
    assert tree.hierarchy.origin.errors == 0


def test_few_errors_are_said():
    matrix = np.diag([9] * 4) + np.roll(np.eye(4, dtype=int), 1, axis=1)
    with pytest.warns(UserWarning, match=r"4 errors among 4 classes, 1\.0 a"):
        kh.Hierarchy.from_confusions(matrix, list("abcd"))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((3, 2)), r"counts \[2, 2\].*got shape \(3, 2\)"),
        ([[1, -1], [0, 1]], "whole numbers from 0, got -1"),
        ([[0.5, 0.5], [0, 1]], "got 0.5. Shares do not say"),
        ([[1, np.nan], [0, 1]], "got nan"),
        ([[0, 5e15], [5e15, 0]], "fewer than 2\\^53"),
    ],
)
def test_what_is_no_matrix_of_counts(matrix, message):
    with pytest.raises(ValueError, match=message):
        kh.Hierarchy.from_confusions(matrix, ["a", "b"])


def test_too_many_classes_are_refused_before_memory_is_taken():
    many = sparse.coo_array((20_000, 20_000), dtype=np.int64)
    with pytest.raises(ValueError, match="at most 5,000 classes, got 20,000"):
        kh.Hierarchy.from_confusions(many, map(str, range(20_000)))


def test_names_must_be_as_many():
    with pytest.raises(kh.HierarchyError, match="each of the 2 classes, got 1"):
        kh.Hierarchy.from_confusions([[1, 1], [1, 1]], ["a", "b"], ["one"])


class TestMeans:
    def means(self, seed=0, features=64):
        rng = np.random.default_rng(seed)
        kinds = rng.normal(size=(4, features))[KIND]
        families = rng.normal(size=(16, features))[FAMILY]
        return kinds + families + 0.5 * rng.normal(size=(80, features))

    def test_what_was_planted_is_found(self):
        tree = tree_from_means(self.means(), CLASSES)
        assert of(FAMILY) <= groups(tree.hierarchy)
        assert tree.hierarchy.origin.kind == "means"
        assert not len(tree.inside)

    def test_scale_and_dead_features_do_not_matter(self):
        means = self.means()
        scaled = means * np.logspace(-2, 2, 64) + 7
        dead = np.hstack([scaled, np.full((80, 3), 0.1)])
        one, two = (
            kh.Hierarchy.from_means(each, CLASSES) for each in (means, dead)
        )
        assert groups(one) == groups(two)

    def test_noise_has_no_support(self):
        rng = np.random.default_rng(0)
        noise, planted = (
            tree_from_means(means, CLASSES)
            for means in (rng.normal(size=(80, 64)), self.means())
        )
        noise, planted = (
            np.median(tree.support[is_group(tree.hierarchy)])
            for tree in (noise, planted)
        )
        assert noise < 0.7 * planted

    @pytest.mark.parametrize(
        ("means", "message"),
        [
            (np.zeros((3, 4)), r"means \[4, F\].*got shape \(3, 4\)"),
            (np.ones((4, 5)), "All classes have the same mean"),
            (np.full((4, 5), np.nan), "finite means"),
            (np.arange(4.0)[:, None], "single feature"),
        ],
    )
    def test_what_is_no_means(self, means, message):
        with pytest.raises(ValueError, match=message):
            kh.Hierarchy.from_means(means, list("abcd"))
