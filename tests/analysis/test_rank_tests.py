import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from keras_hier.analysis.evidence.rank_tests import rank_tests


def ranked(values, among):
    inside = np.arange(len(values)) < among
    return rank_tests(values, inside)


@pytest.mark.parametrize(("among", "others"), [(4, 30), (30, 8), (2, 3)])
def test_exact_where_small(among, others):
    values = np.random.default_rng(0).normal(size=(among + others, 40))
    found = ranked(values, among)
    expected = stats.mannwhitneyu(
        values[:among], values[among:], axis=0, method="exact"
    )
    assert np.allclose(found.p, expected.pvalue, rtol=1e-9)
    assert np.allclose(found.auc, expected.statistic / (among * others))


@settings(max_examples=25)
@given(st.integers(9, 40), st.integers(9, 40), st.integers(1, 9))
def test_like_scipy_with_ties(among, others, values):
    rng = np.random.default_rng(among + 99 * others)
    drawn = rng.integers(0, values + 1, (among + others, 5)).astype(float)
    drawn[0] = values + 1
    found = ranked(drawn, among)
    expected = stats.mannwhitneyu(drawn[:among], drawn[among:], axis=0)
    most = np.array(
        [np.unique(c, return_counts=True)[1].max() for c in drawn.T]
    )
    is_like = 2 * most <= len(drawn)
    assert np.allclose(found.p[is_like], expected.pvalue[is_like])
    assert (found.p >= expected.pvalue * (1 - 1e-9)).all()
    assert np.allclose(found.auc, expected.statistic / (among * others))


def test_four_of_a_thousand_at_the_top_are_no_chance():
    values = np.arange(1000.0)[::-1, None]
    ways = 1000 * 999 * 998 * 997 / 24
    assert ranked(values, 4).p[0] == pytest.approx(2 / ways)
    # Nor are they where many of the others are alike.
    values[4:] = np.minimum(values[4:], 100)
    assert ranked(values, 4).p[0] == pytest.approx(2 / ways)


@settings(max_examples=15)
@given(st.integers(1, 8), st.integers(1, 12), st.integers(1, 9))
def test_of_few_no_way_to_break_ties_says_more(among, others, values):
    rng = np.random.default_rng(among + 99 * others)
    drawn = rng.integers(0, values, (among + others, 6)).astype(float)
    found = ranked(drawn, among).p
    for _ in range(8):
        broken = drawn + 0.1 * rng.random(drawn.shape)
        assert (found >= ranked(broken, among).p - 1e-12).all()


@pytest.mark.parametrize("sizes", [[(2, 5), (3, 4)], [(1, 9), (2, 1), (1, 3)]])
def test_strata_are_exact_where_small(sizes):
    """All ways to deal the ranks of each stratum to its two sides."""
    sums = [0]
    for few, many in sizes:
        ranks = range(few + many)
        own = [
            sum(dealt) - few * (few - 1) // 2
            for dealt in itertools.combinations(ranks, few)
        ]
        sums = [one + other for one in sums for other in own]
    values, inside, strata = [], [], []
    for stratum, (few, many) in enumerate(sizes):
        values += list(range(few + many))
        inside += [False] * many + [True] * few
        strata += [stratum] * (few + many)
    # The last of each stratum are inside; the other way round is as rare.
    columns = np.array([values, [-value for value in values]], float).T
    found = rank_tests(columns, np.array(inside), np.array(strata))
    pairs = sum(few * many for few, many in sizes)
    assert found.auc.tolist() == [1, 0]
    assert found.p == pytest.approx([2 * sums.count(pairs) / len(sums)] * 2)
    # One step from there.
    swapped = columns[:, :1].copy()
    swapped[sizes[0][1] - 1 : sizes[0][1] + 1] = swapped[
        [sizes[0][1], sizes[0][1] - 1]
    ]
    p = rank_tests(swapped, np.array(inside), np.array(strata)).p[0]
    most = sum(each >= pairs - 1 for each in sums)
    assert p == pytest.approx(min(2 * most / len(sums), 1))


def test_of_many_strata_p_keeps_its_level():
    rng = np.random.default_rng(0)
    strata = np.repeat(np.arange(6), 12)
    # Strata that differ, and noise of one decimal.
    values = rng.normal(strata[:, None], 1 + strata[:, None], (72, 4000))
    inside = np.arange(72) % 12 < np.arange(2, 8)[strata]
    p = rank_tests(values.round(1), inside, strata).p
    assert 0.035 < (p <= 0.05).mean() < 0.056


def test_chunks_change_nothing(monkeypatch):
    values = np.random.default_rng(0).normal(size=(40, 30)).round(1)
    whole = ranked(values, 12)
    monkeypatch.setattr("keras_hier.analysis.evidence.rank_tests._CHUNK", 100)
    assert np.array_equal(ranked(values, 12), whole)


def test_the_few_that_differ_are_counted():
    """One or two of 1,000 rows differ, and are among the 15 inside."""
    values = np.zeros((1000, 4))
    values[3, 0] = 1
    values[[3, 7], 1] = (1, 2)
    values[500, 2] = 1
    p = ranked(values, 15).p
    assert p[0] == pytest.approx(2 * 15 / 1000)
    assert p[1] == pytest.approx(2 * (15 * 14) / (1000 * 999))
    assert list(p[2:]) == [1, 1]
    # The same of the other side, and of rows in any order.
    order = np.random.default_rng(0).permutation(1000)
    other = rank_tests(values[order], order >= 15).p
    assert np.allclose(other, p)


def test_the_few_that_differ_are_counted_in_their_strata():
    """All of a first stratum differ, by chance one of ten of the second."""
    values = np.zeros((60, 1))
    strata = np.repeat([0, 1, 2], [20, 30, 10])
    inside = np.zeros(60, bool)
    inside[:8] = inside[20:24] = True  # none of the third, which is left out
    values[:20, 0] = 1
    values[[20, 21, 24], 0] = 1
    values[50:, 0] = np.arange(10)
    p = rank_tests(values, inside, strata).p[0]
    # The first 20 all differ: 2 or 3 of the second's three are inside.
    ways = [stats.hypergeom.pmf(j, 30, 3, 4) for j in (2, 3)]
    assert p == pytest.approx(2 * sum(ways))


def test_channels_that_are_seldom_active_are_no_news():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(8):
        active = rng.binomial(5, 0.002, (1000, 256))
        means = np.where(active, rng.gamma(np.maximum(active, 1)), 0)
        p = np.sort(ranked(rng.permuted(means, axis=0), 15).p)
        found += bool((p <= 0.05 * np.arange(1, 257) / 256).any())
    assert found <= 2
