"""Overlapping and diverse classes: by hand, planted, by chance, bad input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse, stats
from strategies import hierarchies_with_counts

from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.overlapping_classes import (
    overlapping_classes,
)
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.significance import poisson_evidence
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.records import matrix_codec


def flat(size):
    return Hierarchy.from_paths([(f"c{i}",) for i in range(size)])


def grouped(groups, size):
    return Hierarchy.from_paths(
        [(f"g{g}", f"g{g}c{i}") for g in range(groups) for i in range(size)]
    )


# Two groups of two classes, 40 samples, 28 right.
MATRIX = np.array([[8, 2, 0, 0], [5, 5, 0, 0], [0, 1, 9, 0], [0, 0, 4, 6]])


def poisson_errors(tree, seed=0, near=4.0, far=0.5, right=500):
    """Errors that depend on closeness and class alone: no pair is special."""
    rng = np.random.default_rng(seed)
    size = tree.num_classes
    rate = np.where(tree.lca_distance() == 1, near, far)
    rate = rate * rng.uniform(0.5, 2, (size, 1)) * rng.uniform(0.5, 2, size)
    counts = rng.poisson(rate)
    np.fill_diagonal(counts, right)
    return counts


class TestEvidence:
    def test_by_hand(self):
        # 1 - e^-4 (1 + 4 + 8 + 32/3) for 4 or more where 4 are expected.
        tail = 1 - math.exp(-4) * (1 + 4 + 8 + 32 / 3)
        assert poisson_evidence([4], [4.0]) == pytest.approx(-math.log10(tail))
        assert poisson_evidence([0], [4.0]) == 0

    def test_is_smooth_where_the_tail_underflows(self):
        values = poisson_evidence(np.arange(150, 250), np.full(100, 0.5))
        assert values[-1] > 320
        steps = np.diff(values)
        assert (steps > 0).all()
        assert (np.diff(steps) > 0).all()


class TestExpected:
    @settings(max_examples=8)
    @given(hierarchies_with_counts())
    def test_margins_and_heights_add_up_to_the_errors(self, drawn):
        tree, matrix = drawn
        errors = null_model.errors_of(matrix, tree)
        null = null_model.fit(errors, tree)
        a, c = np.nonzero(~np.eye(tree.num_classes, dtype=bool))
        lca = tree.lca(a, c)
        rates = null.rates(a, c, lca) * null.factor[lca]
        total = errors.counts.sum()
        assert np.isfinite(rates).all()
        assert rates.sum() == pytest.approx(total, rel=1e-6)
        assert null.observed.sum() == total
        assert (null.expected * null.factor).sum() == pytest.approx(total)

    def test_finds_the_rates_that_made_the_errors(self):
        tree = grouped(4, 5)
        close = tree.lca_distance() == 1
        alpha = np.linspace(1, 3, 20)[:, None]
        beta = np.linspace(2, 1, 20)
        rates = 100 * alpha * beta * np.where(close, 3, 1)
        np.fill_diagonal(rates, 0)
        counts = np.rint(rates).astype(int)
        null = null_model.fit(null_model.errors_of(counts, tree), tree)
        a, c = np.nonzero(counts)
        found = null.rates(a, c, tree.lca(a, c))
        assert found == pytest.approx(rates[a, c], rel=0.02)
        # Nodes that are all alike leave nothing for a factor.
        assert null.shape > 100


class TestOverlapping:
    def test_by_hand(self):
        # Four classes, two errors in each cell: each pair expects its 4.
        found = overlapping_classes(np.full((4, 4), 2), flat(4))
        tail = 1 - math.exp(-4) * (1 + 4 + 8 + 32 / 3)
        assert found.pairs.expected == pytest.approx([4.0] * 6)
        assert found.pairs.evidence == pytest.approx([-math.log10(tail)] * 6)
        assert found.pairs.merged_accuracy == pytest.approx([12 / 32] * 6)
        # Recall of a among those named a or b is 2 / 4, and of b.
        assert found.pairs.told_apart == pytest.approx([0.0] * 6)
        assert (found.tested, found.listed, found.accuracy) == (6, 0, 0.25)
        assert found.cliques == ()

    def test_the_figures_of_a_pair(self):
        found = overlapping_classes(MATRIX, grouped(2, 2))
        p = found.pairs
        at = [(p.a[k], p.b[k]) for k in range(len(p.a))].index((0, 1))
        assert (p.a_as_b[at], p.b_as_a[at]) == (2, 5)
        assert p.told_apart[at] == pytest.approx(8 / 10 + 5 / 10 - 1)
        assert p.merged_accuracy[at] == pytest.approx(35 / 40)
        assert p.distance[at] == 1

    def test_a_planted_pair_and_clique_lead(self):
        tree = grouped(8, 5)
        counts = poisson_errors(tree)
        counts[3, 30] = counts[30, 3] = 15
        for a, b in ((10, 17), (17, 25), (10, 25)):
            counts[a, b] = counts[b, a] = 10
        found = overlapping_classes(counts, tree)
        pairs = list(zip(found.pairs.a[:4], found.pairs.b[:4], strict=True))
        assert set(pairs) == {(3, 30), (10, 17), (10, 25), (17, 25)}
        assert found.listed == 4
        (clique,) = found.cliques
        assert (clique.classes, clique.crossed) == ((10, 17, 25), 60)
        assert clique.merged_accuracy == pytest.approx(
            found.accuracy + 60 / counts.sum()
        )

    def test_a_tangle_too_large_to_search_falls_apart(self, monkeypatch):
        # A ring of all classes; in it, one clique far above the rest.
        tree = grouped(10, 6)
        counts = poisson_errors(tree, near=0.2, far=0.02)
        for a in range(60):
            counts[a, (a + 7) % 60] += 12
        for a, b in ((10, 17), (17, 24), (10, 24)):
            counts[a, b] = counts[b, a] = 60
        whole = overlapping_classes(counts, tree)
        assert whole.listed > 50
        monkeypatch.setattr(
            "keras_hier.analysis.data_quality.overlapping_classes.MAX_TANGLE", 8
        )
        found = overlapping_classes(counts, tree)
        np.testing.assert_array_equal(found.pairs.a, whole.pairs.a)
        cliques = [
            [
                clique
                for clique in each.cliques
                if clique.classes == (10, 17, 24)
            ]
            for each in (whole, found)
        ]
        assert cliques[0] == cliques[1] != []

    def test_cells_of_more_classes_than_32_bits_number(self):
        tree = flat(50_000)
        counts = sparse.csr_array(
            ([3, 5], ([49_999, 2], [49_998, 1])), shape=(50_000, 50_000)
        )
        _, counts = matrix_codec.decode(
            matrix_codec.encode(counts, hierarchy="0" * 16)
        )
        assert counts.indices.dtype == np.int32
        found = null_model.errors_of(counts, tree)
        assert found.rows.tolist() == [2, 49_999]
        assert found.columns.tolist() == [1, 49_998]

    def test_groups_that_differ_are_no_evidence(self):
        # Each is confused inside as much as it likes, and with others alike.
        tree = grouped(6, 4)
        same = tree.lca_distance() == 1
        rng = np.random.default_rng(0)
        listed = []
        for _ in range(16):
            inside = np.exp(rng.normal(1, 1, 6)).repeat(4)[:, None]
            rates = np.where(same, inside, 1.0)
            rates *= np.exp(rng.normal(0, 0.5, (24, 1)))
            rates *= np.exp(rng.normal(0, 0.5, 24))
            np.fill_diagonal(rates, 0)
            counts = rng.poisson(7000 * rates / rates.sum())
            np.fill_diagonal(counts, 500)
            listed.append(overlapping_classes(counts, tree).listed)
        # In one of twenty; with rates that are fitted first, in 28 of 40.
        assert np.count_nonzero(listed) <= 3

    def test_a_class_contained_in_another(self):
        tree = grouped(8, 5)
        counts = poisson_errors(tree)
        counts[3, 30], counts[30, 3] = 25, 1  # 3 is taken for 30
        counts[4, 31] = counts[31, 4] = 14
        p = overlapping_classes(counts, tree).pairs
        assert p.inside[(p.a == 3) & (p.b == 30)].tolist() == [3]
        assert p.inside[(p.a == 4) & (p.b == 31)].tolist() == [-1]

    def test_the_numbering_of_classes_does_not_matter(self):
        tree = grouped(4, 5)
        counts = poisson_errors(tree)
        counts[2, 13] = 12
        shuffled = np.random.default_rng(1).permutation(20)
        other = tree.subset([tree.classes[i] for i in shuffled])
        one = overlapping_classes(counts, tree)
        two = overlapping_classes(counts[np.ix_(shuffled, shuffled)], other)
        assert one.listed == two.listed
        assert one.pairs.evidence == pytest.approx(two.pairs.evidence, rel=1e-3)
        assert {one.pairs.a[0], one.pairs.b[0]} == {
            shuffled[two.pairs.a[0]],
            shuffled[two.pairs.b[0]],
        }

    @settings(max_examples=8)
    @given(hierarchies_with_counts())
    def test_any_counts(self, drawn):
        tree, matrix = drawn
        p = overlapping_classes(sparse.coo_array(matrix), tree).pairs
        crossed = matrix + matrix.T
        assert np.array_equal(p.a_as_b + p.b_as_a, crossed[p.a, p.b])
        assert len(p.a) == np.count_nonzero(np.triu(crossed, 1))
        assert (np.diff(p.evidence) <= 0).all()
        assert not np.isnan(p.evidence).any()
        found = diverse_classes(matrix, tree)
        assert (found.counts > 0).all()
        assert (found.groups[:, 0] != found.groups[:, 1]).all()
        assert not np.isnan(found.evidence).any()

    @pytest.mark.parametrize(("right", "errors"), [(5, 0), (5, 1), (0, 0)])
    def test_hardly_any_error(self, right, errors):
        counts = right * np.eye(4, dtype=int)
        counts[0, 1] = errors
        found = overlapping_classes(counts, flat(4))
        assert (len(found.pairs.a), found.listed) == (errors, 0)
        assert math.isnan(found.accuracy) == (right == 0)

    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            (np.ones((3, 3)), r"shape \[4, 4\]"),
            (np.ones(4), r"shape \[4, 4\]"),
            (-np.eye(4), "none below 0"),
            (np.eye(4) / 2, "whole numbers"),
        ],
    )
    def test_bad_input(self, matrix, message):
        for find in (overlapping_classes, diverse_classes):
            with pytest.raises(ValueError, match=message):
                find(matrix, flat(4))
        with pytest.raises(ValueError, match="a cut of this hierarchy"):
            diverse_classes(np.eye(4), flat(4), grouped(2, 2).cut(depth=1))


class TestDiverse:
    def test_a_planted_class_leads(self):
        tree = grouped(8, 5)
        counts = poisson_errors(tree)
        counts[7, 15:20] += 5
        counts[7, 30:35] += 6
        found = diverse_classes(counts, tree, tree.cut(depth=1))
        assert found.listed == 1
        assert found.classes[0] == 7
        assert sorted(found.groups[0]) == [3, 6]
        of_group = counts[7].reshape(8, 5).sum(axis=1)
        assert found.counts[0].tolist() == of_group[found.groups[0]].tolist()
        # The evidence is that of the weaker group, corrected for seven.
        weaker = stats.poisson.sf(found.counts[0] - 1, found.expected[0]).max()
        assert found.evidence[0] == pytest.approx(-math.log10(7 * weaker))
        assert found.errors[0] == counts[7].sum() - counts[7, 7]

    def test_of_errors_that_go_everywhere_two_groups_are_no_halves(self):
        tree = grouped(8, 5)
        counts = poisson_errors(tree)
        counts[7, 15:25] += 10
        counts[7, 25:35] += 12
        counts[12, 20:30] += 5
        found = diverse_classes(counts, tree, tree.cut(depth=1))
        # Class 7 has more evidence, and less than half of its errors there.
        assert found.listed == 1
        assert found.classes[:2].tolist() == [12, 7]
        assert found.evidence[1] > found.evidence[0]
        assert found.false_discoveries[1] < 0.05
        most = 2 * found.counts.sum(axis=1) >= found.errors
        assert most[:2].tolist() == [True, False]

    @pytest.mark.parametrize("seed", range(2))
    def test_chance_yields_next_to_none(self, seed):
        tree = grouped(8, 5)
        found = diverse_classes(poisson_errors(tree, seed), tree)
        assert found.listed <= 1
