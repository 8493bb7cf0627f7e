import numpy as np
import pytest

import keras_hier as kh
from keras_hier.probing.features import Features
from keras_hier.probing.probe import probe


@pytest.fixture(scope="session")
def tree():
    """A tree of 24 classes: 3 groups of 2 groups of 4."""
    return kh.Hierarchy.from_paths(
        [
            (f"s{a}", f"g{a}{b}", f"c{a}{b}{c}")
            for a in range(3)
            for b in range(2)
            for c in range(4)
        ]
    )


@pytest.fixture(scope="session")
def drawn(tree):
    """Draws features of three layers: noise, groups, groups and classes."""

    def draw(seed=1, samples=960, strength=1.0, output=True, untrained=False):
        rng = np.random.default_rng(seed)
        means = np.random.default_rng(99)
        labels = np.arange(samples) % tree.num_classes
        groups = means.normal(size=(6, 16))[labels // 4]
        classes = means.normal(size=(24, 16))
        noise = rng.normal(size=(3, samples, 16))
        if untrained:
            signal = [0 * groups] * 3
        else:
            signal = [0 * groups, groups, groups + classes[labels]]
        values = [
            (strength * s + n).astype(np.float16)
            for s, n in zip(signal, noise, strict=True)
        ]
        scores = 2 * rng.normal(size=(samples, 24))
        scores[np.arange(samples), labels] += 3
        return Features(
            dict(zip(("conv1", "conv2", "conv3"), values, strict=True)),
            labels,
            output=scores if output else None,
        )

    return draw


@pytest.fixture(scope="session")
def controls(drawn):
    return [drawn(seed, untrained=True) for seed in (11, 12, 13)]


@pytest.fixture(scope="session")
def report(drawn, controls, tree):
    return probe(drawn(), tree, control=controls)
