"""What a pilot tells of labels to buy, and where it is silent."""

import json
import re

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.budget import from_pilot, learning_curves, subsets
from keras_hier.budget.coarse_head import Sums, head_of, shared

TREE = kh.Hierarchy.from_paths([(f"g{c // 4}", f"<b>{c}") for c in range(12)])
FAMILIES = TREE.cut(nodes=["g0", "g1", "g2"])


def drawn(each, seed=0, apart=1.0):
    """Draws features of 12 classes in 3 groups, and labels."""
    means = np.random.default_rng(7).normal(size=(15, 16))
    means = apart * (means[:12] + 1.5 * means[12 + np.arange(12) // 4])
    labels = np.repeat(np.arange(12), each)
    rng = np.random.default_rng(seed)
    return means[labels] + 1.6 * rng.normal(size=(len(labels), 16)), labels


@pytest.fixture(scope="module")
def budget():
    return kh.label_budget(
        *drawn(10), TREE, costs={"group": 0.5, 3: 0.2}, more=(5, 20, 31)
    )


def sums_of(rows, labels):
    hot = np.eye(12, dtype=np.float32)[labels]
    return Sums(rows.T @ rows, hot.T @ rows, hot.sum(axis=0))


def error(sums, seed=99):
    rows, labels = drawn(400, seed)
    scores = head_of(sums, 16.0).scores(rows.astype(np.float32))
    return (scores.argmax(axis=1) != labels).mean()


def test_what_it_says(budget):
    assert budget.depths == ("classes", "3 groups")
    assert (budget.samples, budget.classes, budget.chance) == (120, 12, 11 / 12)
    assert budget.cost.tolist() == [[60, 240, 372], [12, 48, 74.4]]
    shown = budget.error[:, :2]
    assert (shown[..., 0] <= shown[..., 1]).all()
    assert (shown[..., 1] <= shown[..., 2]).all()
    # More exact labels never hurt, and groups are worth no more.
    assert (budget.gain[0, :2] >= 0).all()
    assert (budget.gain[1, :2, 1] <= budget.gain[0, :2, 1] + 1e-9).all()
    assert budget.error[0, 0, 1] > budget.error[0, 1, 1]
    # Beyond three pilots a curve says nothing.
    assert np.isnan(budget.error[:, 2]).all()
    assert "tells nothing beyond 30 more" in str(budget)
    again = kh.label_budget(*drawn(10), TREE, more=(5, 20, 31))
    np.testing.assert_array_equal(again.error, budget.error)


def test_tables_json_and_pictures(budget):
    assert "91.7 %" in budget.title
    assert re.search("3 groups +20 +48 ", str(budget))
    assert budget._repr_html_().count("<tr>") == 8
    told = json.loads(budget.to_json())
    assert told["error"][0][2] == [None] * 3
    assert told["more"] == [5, 20, 31]
    light, dark = budget.draw(), budget.draw("dark")
    assert light.size == dark.size
    assert light.getpixel((0, 0)) != dark.getpixel((0, 0))
    with pytest.raises(ValueError, match="theme"):
        budget.draw("blue")


def test_bands_hold_what_labels_buy(monkeypatch):
    monkeypatch.setattr(from_pilot, "_DRAWS", 40)
    held = []
    for seed in range(12):
        rows, labels = drawn(30, seed)
        first = np.tile(np.arange(30), 12) < 10
        told = kh.label_budget(rows[first], labels[first], TREE, more=(20,))
        before = error(sums_of(rows[first].astype(np.float32), labels[first]))
        after = error(sums_of(rows.astype(np.float32), labels))
        for true, (low, _, high) in (
            (before, told.now),
            (after, told.error[0, 0]),
        ):
            held.append(low <= true <= high)
    assert np.mean(held) >= 0.8


def test_a_pilot_that_is_too_small_is_told():
    told = kh.label_budget(*drawn(7), TREE)
    assert np.isnan([*told.now, *told.error.ravel(), *told.gain.ravel()]).all()
    assert "it takes 8 labels a class, 96 in all, and has 84" in str(told)
    assert told.draw().size[0] > 0
    rows, labels = drawn(10)
    told = kh.label_budget(rows[10:], labels[10:], TREE)
    assert "1 class of 12 has no label" in str(told)
    assert (told.classes, told.cost[0, 1]) == (11, 110)


def test_uneven_pilots_and_wide_features(monkeypatch):
    monkeypatch.setattr(from_pilot, "_DRAWS", 10)
    rows, labels = drawn(12)
    kept = np.concatenate([[0], np.arange(13, len(rows))])  # one of class 0
    wide = np.concatenate([rows, rows**2, np.sin(rows * 3)], axis=1)
    wide = np.concatenate([wide, wide**3, np.cos(wide)], axis=1)
    for given in (rows, wide):
        told = kh.label_budget(given[kept], labels[kept], TREE, more=(4,))
        assert np.isfinite(told.error).all()


def test_turned_features_have_the_same_heads():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 90)).astype(np.float32)
    labels = np.arange(40) % 4
    turned = np.linalg.qr(rows.T, mode="r").T
    hot = np.eye(4, dtype=np.float32)[labels]
    scores = []
    for each in (rows, turned):
        sums = Sums(each.T @ each, hot.T @ each, hot.sum(axis=0))
        # The mean variance is over fewer features, and the share with it.
        scores.append(head_of(sums, 1e6).scores(each).argmax(axis=1))
    np.testing.assert_array_equal(*scores)


def test_shared_samples_keep_to_their_group():
    rows, labels = drawn(10)
    rows = rows.astype(np.float32)
    head = head_of(sums_of(rows, labels), 16.0)
    some, groups = rows[40:80], FAMILIES.of_class[labels[40:80]]
    totals, counts = shared(head, (some, groups), FAMILIES.of_class, 0.5)
    assert counts[:4].sum() == counts[8:].sum() == 0
    np.testing.assert_allclose(counts.sum(), 40, rtol=1e-5)
    np.testing.assert_allclose(totals.sum(axis=0), some.sum(axis=0), atol=1e-2)


def test_subsets_are_nested_and_held_out_apart():
    rows, labels = drawn(10)
    rows = rows.astype(np.float32)
    measured = subsets.measure(
        rows, labels, [FAMILIES], 3, np.random.default_rng(0)
    )
    assert measured.sizes.tolist() == [2, 3, 4, 6, 8]
    assert measured.pairs.tolist() == [
        *([1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]),
    ]
    for reading in measured.readings:
        assert (np.bincount(labels[reading.samples]) == 2).all()
        assert reading.exact.shape == (5, 24)
        assert reading.coarse.shape == (1, 6, 24)


def test_a_law_is_found_again():
    """Errors of a known law, and coarse labels of a known worth."""
    sizes = np.array([2.0, 4, 8, 16, 32])
    pairs = np.array([(a, b) for a in range(1, 5) for b in range(a + 1, 5)])
    few, many = sizes[pairs].T

    def law(n):
        return 0.2 + 0.6 * n**-0.7

    after = law(few * (many / few) ** 0.4)
    found = learning_curves._fit(
        subsets.Measured(sizes, pairs, 1.0, (1.0,), ()), law(sizes), after[None]
    )
    np.testing.assert_allclose(found[0], (0.2, 0.6, 0.7), rtol=0.02)
    np.testing.assert_allclose(found[1], [(0.4, 0.0)], atol=0.02)


BAD = [
    ({"costs": {"grp": 1}}, "'class', 'group' or one of the numbers"),
    ({"costs": {"class": 0}}, "above 0"),
    ({"more": (0,)}, "whole numbers"),
    ({"more": (1.5,)}, "whole numbers"),
    ({"at": [kh.Hierarchy.cifar100().levels()[0]]}, "depths of 12 classes"),
    ({"at": [3]}, "Grouping"),
    ({"labels": np.full(120, 13)}, "groups"),
    ({"labels": np.arange(3)}, "a row a sample"),
    ({"features": np.full((120, 4), np.nan)}, "finite"),
    ({"features": np.ones((120, 4))}, "the same for all samples"),
    ({"hierarchy": "tree"}, "Expected a Hierarchy"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_input_is_one_error(change, message):
    rows, labels = drawn(10)
    given = {"features": rows, "labels": labels, "hierarchy": TREE} | change
    with pytest.raises(ValueError, match=message):
        kh.label_budget(**given)
