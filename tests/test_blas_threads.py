"""Linear algebra of small steps keeps to one thread."""

import numpy as np
import pytest
from scipy.linalg import cho_factor, lapack
from threadpoolctl import threadpool_info, threadpool_limits

from keras_hier.blas_threads import one_blas_thread
from keras_hier.hierarchy import tree_from_confusions
from keras_hier.hierarchy.computed import class_distances
from keras_hier.probing.fits import discriminant, linear_probe


def threads():
    return {
        each["num_threads"]
        for each in threadpool_info()
        if each["user_api"] == "blas"
    }


@pytest.fixture(autouse=True)
def three_threads():
    """Whatever the machine has, and the tests are told to use."""
    with threadpool_limits(3, user_api="blas"):
        yield


def test_it_ends_with_the_block():
    with one_blas_thread():
        assert threads() == {1}
    assert threads() == {3}


def test_the_last_of_several_gives_back_what_there_was():
    # Two requests of one server need not end in the order they came in.
    one, two = one_blas_thread(), one_blas_thread()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert threads() == {1}
    two.__exit__(None, None, None)
    assert threads() == {3}


def test_an_error_gives_them_back():
    with pytest.raises(KeyError), one_blas_thread():
        raise KeyError
    assert threads() == {3}


def test_a_computed_tree_is_factored_in_one_thread(monkeypatch):
    seen = []

    class Watched:
        @staticmethod
        def dpotrf(*args, **options):
            seen.append(threads())
            return lapack.dpotrf(*args, **options)

        dpotri = lapack.dpotri

    monkeypatch.setattr(class_distances, "lapack", Watched)
    counts = np.random.default_rng(0).poisson(9, (5, 5))
    tree_from_confusions(counts, list("abcde"), bootstrap=1)
    assert len(seen) >= 2
    assert all(each == {1} for each in seen)
    assert threads() == {3}


@pytest.mark.parametrize("features", [4, 60])  # fewer than samples, and more
def test_a_probe_is_factored_in_one_thread(monkeypatch, features):
    seen = []

    def watched(*args, **options):
        seen.append(threads())
        return cho_factor(*args, **options)

    monkeypatch.setattr(discriminant, "cho_factor", watched)
    x = np.random.default_rng(0).normal(size=(40, features))
    labels = np.arange(40) % 2
    folds = linear_probe.folds_of(labels, 5, 0)

    linear_probe.fit_and_read(x, labels, 2, folds)
    assert len(seen) >= 5
    assert all(each == {1} for each in seen)
    assert threads() == {3}

    # What repays the threads has them.
    seen.clear()
    monkeypatch.setattr(discriminant, "_ONE_THREAD", 3)
    linear_probe.fit_and_read(x, labels, 2, folds)
    assert all(each == {3} for each in seen)
