import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from keras_hier.analysis.rank_tests import rank_tests


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


@given(st.integers(9, 40), st.integers(9, 40), st.integers(1, 9))
def test_like_scipy_with_ties(among, others, values):
    rng = np.random.default_rng(among + 99 * others)
    drawn = rng.integers(0, values + 1, (among + others, 5)).astype(float)
    drawn[0] = values + 1
    found = ranked(drawn, among)
    expected = stats.mannwhitneyu(drawn[:among], drawn[among:], axis=0)
    assert np.allclose(found.p, expected.pvalue)
    assert np.allclose(found.auc, expected.statistic / (among * others))


def test_four_of_a_thousand_at_the_top_are_no_chance():
    values = np.arange(1000.0)[::-1, None]
    ways = 1000 * 999 * 998 * 997 / 24
    assert ranked(values, 4).p[0] == pytest.approx(2 / ways)
    # Nor are they where many of the others are alike.
    values[4:] = np.minimum(values[4:], 100)
    assert ranked(values, 4).p[0] == pytest.approx(2 / ways)


@given(st.integers(1, 8), st.integers(1, 12), st.integers(1, 9))
def test_of_few_no_way_to_break_ties_says_more(among, others, values):
    rng = np.random.default_rng(among + 99 * others)
    drawn = rng.integers(0, values, (among + others, 6)).astype(float)
    found = ranked(drawn, among).p
    for _ in range(20):
        broken = drawn + 0.1 * rng.random(drawn.shape)
        assert (found >= ranked(broken, among).p - 1e-12).all()


def test_chunks_change_nothing(monkeypatch):
    values = np.random.default_rng(0).normal(size=(40, 30)).round(1)
    whole = ranked(values, 12)
    monkeypatch.setattr("keras_hier.analysis.rank_tests._CHUNK", 100)
    assert np.array_equal(ranked(values, 12), whole)
