import numpy as np
import pytest

from keras_hier.log.predictions import top_k_predictions
from keras_hier.log.predictions.top_k_predictions import (
    TopKCollector,
    top_k_of_ranked,
    top_k_of_scores,
)
from keras_hier.log.records.sample_index import SampleError

P = np.array([[0.1, 0.6, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1]])


class TestFullScores:
    def test_by_hand(self):
        found = top_k_of_scores([2, 3], P, top=2)
        assert found.classes.tolist() == [[1, 2], [0, 1]]
        assert found.probabilities.tolist() == [[0.6, 0.2], [0.4, 0.3]]
        assert found.actual.tolist() == [0.2, 0.1]
        assert found.rank.tolist() == [2, 4]

    def test_of_equal_scores_the_lower_label_comes_first(self):
        found = top_k_of_scores(range(6), np.full((6, 6), 1 / 6), top=5)
        assert found.classes.tolist() == [[0, 1, 2, 3, 4]] * 6
        assert found.rank.tolist() == [1, 2, 3, 4, 5, 6]

    def test_logits_are_those_of_the_softmax(self):
        rng = np.random.default_rng(0)
        z = rng.normal(0, 3, (50, 9)).astype(np.float32)
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        labels = rng.integers(0, 9, 50)
        one, other = (
            top_k_of_scores(labels, z + 500, True),
            top_k_of_scores(labels, p),
        )
        np.testing.assert_array_equal(one.classes, other.classes)
        np.testing.assert_array_equal(one.rank, other.rank)
        np.testing.assert_allclose(one.actual, other.actual, rtol=1e-3)

    def test_classes_that_are_masked_out_stay_distinct(self):
        z = np.full((1, 6), -np.inf)
        z[0, 4] = 0
        found = top_k_of_scores([2], z, from_logits=True)
        assert found.classes.tolist() == [[4, 0, 1, 2, 3]]
        assert found.actual.tolist() == [0]

    def test_rank_is_exact_where_probabilities_vanish(self):
        z = np.array([[0.0, -2000.0, -1000.0]])
        assert top_k_of_scores([1], z, from_logits=True).rank.tolist() == [3]

    def test_half_precision_sums_are_close_enough(self):
        rng = np.random.default_rng(0)
        p = rng.dirichlet(np.ones(1000), 20).astype(np.float16)
        assert top_k_of_scores(np.zeros(20, int), p).classes.shape == (20, 5)

    def test_pieces_are_the_whole(self, monkeypatch):
        rng = np.random.default_rng(0)
        p, labels = rng.dirichlet(np.ones(7), 100), rng.integers(0, 7, 100)
        whole = top_k_of_scores(labels, p)
        monkeypatch.setattr(top_k_predictions, "_CHUNK_SCORES", 7 * 9)
        pieces = top_k_of_scores(labels, p)
        for field in ("classes", "probabilities", "actual", "rank"):
            np.testing.assert_array_equal(
                getattr(whole, field), getattr(pieces, field)
            )

    @pytest.mark.parametrize(
        ("labels", "scores", "message"),
        [
            ([0, 0], [[0.5, 0.5], [np.nan, 1]], "not NaN .* is sample 1"),
            ([0, 0], [[0.5, 0.5], [-0.5, 1.5]], "not be negative"),
            ([0, 0], [[0.5, 0.5], [0.2, 0.2]], "sum to 1: 1 .* from_logits"),
            ([0, 0], [[0.5, 0.5], [np.inf, 0]], "sum to 1"),
            ([0, 2], [[0.5, 0.5]] * 2, "0..1: 1 do not"),
            ([0], [[0.5, 0.5]] * 2, "got 1 and 2"),
            ([0, 0], [0.5, 0.5], r"numbers \[N, C\]"),
            ([0, 0], [["a", "b"]] * 2, r"numbers \[N, C\]"),
        ],
    )
    def test_bad_input_is_one_clear_error(self, labels, scores, message):
        with pytest.raises(SampleError, match=message):
            top_k_of_scores(labels, np.array(scores))

    @pytest.mark.parametrize("chunk", [2**22, 12])
    def test_probabilities_are_no_logits(self, chunk, monkeypatch):
        monkeypatch.setattr(top_k_predictions, "_CHUNK_SCORES", chunk)
        p = np.full((9, 3), 1 / 3)
        with pytest.raises(SampleError, match="leave out from_logits=True"):
            top_k_of_scores(np.zeros(9, int), p, from_logits=True)
        top_k_of_scores(
            np.zeros(3, int), p[:3], from_logits=True
        )  # it may be chance
        p[8] = [1, 2, 3]
        top_k_of_scores(np.zeros(9, int), p, from_logits=True)

    def test_labels_from_one(self):
        with pytest.raises(SampleError, match=r"one-based, 1\.\.2: subtract 1"):
            top_k_of_scores([1, 2], np.array([[0.5, 0.5]] * 2))

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_bad_logits(self, bad):
        with pytest.raises(SampleError, match="diverged"):
            top_k_of_scores([0], [[bad, 1.0]], from_logits=True)


class TestTop:
    def test_by_hand(self):
        found = top_k_of_ranked(
            [7, 3, 5],
            [[5, 7], [3, 9], [1, 2]],
            [[0.3, 0.6], [0.6, 0.1], [0.5, 0.5]],
            10,
        )
        assert found.classes.tolist() == [[7, 5], [3, 9], [1, 2]]
        assert found.probabilities[0].tolist() == [0.6, 0.3]
        assert found.rank.tolist() == [1, 1, 0]
        assert found.actual[:2].tolist() == [0.6, 0.6]
        assert np.isnan(found.actual[2])

    def test_more_than_are_kept_still_tell_the_rank(self):
        classes = np.arange(9)[None]
        p = np.linspace(0.2, 0.02, 9)[None]
        found = top_k_of_ranked([7], classes, p, 100)
        assert found.classes.shape == (1, 5)
        assert found.rank.tolist() == [8]
        np.testing.assert_allclose(found.actual, p[0, 7])

    @pytest.mark.parametrize(
        ("classes", "p", "message"),
        [
            ([[0, 9]], [[0.5, 0.5]], "lie in 0..3"),
            ([[1, 1]], [[0.5, 0.5]], "must differ"),
            ([[0, 1]], [[0.9, 0.9]], "sum to 1 at most"),
            ([[0, 1]], [[0.9, -0.1]], "not be negative"),
            ([[0, 1]], [[0.9, np.nan]], "not NaN"),
            ([[0.0, 1.0]], [[0.9, 0.1]], "classes as integers"),
            ([[0, 1, 2]], [[0.9, 0.1]], "classes as integers"),
            ([[0, 1]] * 2, [[0.9, 0.1]] * 2, "of 1 samples"),
            ([[0, 1, 2, 3]], [[0.1, 0.1, 0.1, 0.1]], "must sum to 1"),
        ],
    )
    def test_bad_input_is_one_clear_error(self, classes, p, message):
        with pytest.raises(SampleError, match=message):
            top_k_of_ranked([0], np.array(classes), p, 4)


class TestCollecting:
    def test_batches_are_the_whole(self):
        rng = np.random.default_rng(0)
        p, labels = rng.dirichlet(np.ones(7), 100), rng.integers(0, 7, 100)
        names = [f"{n:03}" for n in rng.permutation(100)]
        collected = TopKCollector(7)
        for at in range(0, 100, 33):
            some = slice(at, at + 33)
            collected.add(
                labels[some],
                top_k_of_scores(labels[some], p[some]),
                names[some],
            )
        index, found = collected.finish()
        expected = top_k_of_scores(labels, p)
        np.testing.assert_array_equal(
            found.classes, expected.classes[index.order]
        )
        assert index.ids == tuple(names[i] for i in index.order)

    def test_ids_for_some_only(self):
        collected = TopKCollector(4)
        collected.add([2, 3], top_k_of_scores([2, 3], P), ["a", "b"])
        with pytest.raises(SampleError, match="for all samples or for none"):
            collected.add([2, 3], top_k_of_scores([2, 3], P))

    def test_nothing(self):
        with pytest.raises(SampleError, match="no samples"):
            TopKCollector(4).finish()
