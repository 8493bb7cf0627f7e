"""Labels of any node on random trees, against NumPy and sets of classes.

Nothing here asks the library about a tree: it is drawn as dicts and lists, and
a node is the set of classes below it.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.training.node_accuracy import NodeAccuracy

TREES, SAMPLES = 6, 24
PLACES = np.arange(SAMPLES)


class Drawn(NamedTuple):
    """A tree, by hand: lists are by label, those of classes come first."""

    nested: Any
    names: list[str]
    size: int
    below: list[set[int]]
    parent: list[int]
    height: list[int]  # edges on the longest path down

    def meets(self, label: int, answer: int) -> int:
        """The first node from a label on upwards that holds a class."""
        while answer not in self.below[label]:
            label = self.parent[label]
        return label


def drawn_tree(rng: np.random.Generator) -> Drawn:
    """Classes at any depth, chains of single children among the groups."""
    groups: list[str] = []
    classes: list[str] = []
    children: dict[str, list[str]] = {}

    def grown(depth: int) -> tuple[Any, str]:
        if depth == 4 or (depth and rng.random() < 0.45):
            classes.append(f"class {len(classes)}")
            return classes[-1], classes[-1]
        name = f"group {len(groups)}"
        groups.append(name)  # before those below it: depth-first
        parts = [grown(depth + 1) for _ in range(rng.integers(1, 4))]
        children[name] = [each for _, each in parts]
        return {name: [nested for nested, _ in parts]}, name

    nested: Any = None
    while len(classes) < 3:
        for each in (groups, classes, children):
            each.clear()
        nested, _ = grown(0)
    names = [*rng.permutation(classes).tolist(), *groups]
    number = {name: label for label, name in enumerate(names)}
    below = [{label} for label in range(len(names))]
    parent, height = [-1] * len(names), [0] * len(names)
    for name in reversed(groups):  # those below it come first
        at, own = number[name], [number[each] for each in children[name]]
        below[at] = set().union(*(below[each] for each in own))
        height[at] = 1 + max(height[each] for each in own)
        for each in own:
            parent[each] = at
    return Drawn(nested["group 0"], names, len(classes), below, parent, height)


class Case:
    """A tree, its numbering, groups, and a batch whose labels are any nodes."""

    def __init__(self, seed: tuple[int, int]) -> None:
        rng = np.random.default_rng(seed)
        self.by_hand = hand = drawn_tree(rng)
        ids = hand.names[: hand.size]
        self.tree = kh.Hierarchy.from_nested(hand.nested, classes=ids)
        self.numbering = NodeLabels(self.tree)
        self.labels = rng.integers(0, len(hand.names), SAMPLES)
        self.labels[0] = 0  # without it they might look one-based
        self.scores = rng.normal(0, 2, (SAMPLES, hand.size)).astype("float32")
        self.answers = self.scores.argmax(axis=1)
        self.weights = rng.choice([0, 0.5, 1, 2], SAMPLES).astype("float32")
        depth = int(rng.integers(1, 4))
        of_class = rng.permutation(np.arange(hand.size) % 3)
        self.cut = self.tree.cut(depth=depth)
        self.groupings = (self.cut, kh.Grouping(["x", "y", "z"], of_class))
        self.of_groups = [
            rng.normal(0, 2, (SAMPLES, each.num_groups)).astype("float32")
            for each in self.groupings
        ]

    def outputs(self) -> list[tuple[Any, np.ndarray, np.ndarray]]:
        """Groupings, the group of each class, and scores: first the classes."""
        of_classes = (None, np.arange(self.by_hand.size), self.scores)
        heads = zip(self.groupings, self.of_groups, strict=True)
        return [of_classes, *((g, g.of_class, scores) for g, scores in heads)]

    def forms(self) -> tuple[np.ndarray, ...]:
        """Labels [N], [N, 1] and one-hot over the nodes."""
        hot = np.eye(len(self.by_hand.names), dtype="float32")[self.labels]
        return self.labels, self.labels[:, None], hot

    def touched(self, of_class: np.ndarray) -> list[list[int]]:
        """The outputs that each label allows, by label."""
        return [
            sorted({int(of_class[each]) for each in below})
            for below in self.by_hand.below
        ]

    def of_head(self, of_class: np.ndarray, size: int) -> np.ndarray:
        """What each label is to a head: a group, or one of the others."""
        others = iter(range(size, size + len(self.by_hand.names)))
        return np.array(
            [
                found[0] if len(found) == 1 else next(others)
                for found in self.touched(of_class)
            ]
        )


@pytest.fixture(scope="module")
def cases():
    return [Case((0, number)) for number in range(TREES)]


def shares(scores):
    p = np.exp(scores.astype(float))
    return p / p.sum(axis=1, keepdims=True)


def counted(metric, *batch):
    metric.update_state(*batch)
    return metric


def cells(labels, answers, size):
    """A matrix of the samples whose label is one of so many."""
    matrix = np.zeros((size, size), int)
    for label, answer in zip(labels, answers, strict=True):
        if label < size:
            matrix[label, answer] += 1
    return matrix


def test_confusion_and_coarse_counts(cases):
    for number, case in enumerate(cases):
        hand, size = case.by_hand, case.by_hand.size
        exact = case.of_head(np.arange(size), size)[case.labels]
        form = case.forms()[number % 3]
        metric = counted(
            kh.ConfusionMatrix(case.tree, node_labels=True), form, case.scores
        )
        np.testing.assert_array_equal(
            metric.matrix(), cells(exact, case.answers, size)
        )
        far = [
            hand.height[hand.meets(label, answer)]
            for label, answer in zip(exact, case.answers, strict=True)
            if label < size
        ]
        assert float(metric.result()) == pytest.approx(np.mean(far))
        labelled, met = np.zeros((2, len(hand.names)), int)
        coarse_ones = np.array([len(below) > 1 for below in hand.below])
        for label, answer in zip(case.labels, case.answers, strict=True):
            if coarse_ones[label]:
                labelled[label] += 1
                met[hand.meets(label, answer)] += 1
        coarse, nodes = metric.coarse(), case.numbering.nodes
        np.testing.assert_array_equal(coarse.labelled[nodes], labelled)
        np.testing.assert_array_equal(coarse.met[nodes], met)
        for level in case.tree.levels():
            known = case.of_head(level.of_class, level.num_groups)
            judged = coarse_ones[case.labels] & (
                known[case.labels] < level.num_groups
            )
            right = level.of_class[case.answers] == known[case.labels]
            assert coarse.at(level) == (judged.sum(), (judged & right).sum())


def test_matrices_of_groups(cases):
    for number, case in enumerate(cases):
        form = case.forms()[number % 3]
        for each, of_class, scores in case.outputs()[1:]:
            size = scores.shape[1]
            table = case.of_head(of_class, size)
            answers = of_class[case.answers]
            known = table[case.labels]
            options = {"at": each, "node_labels": True}
            of_classes = kh.ConfusionMatrix(case.tree, collapse=True, **options)
            np.testing.assert_array_equal(
                counted(of_classes, form, case.scores).matrix(),
                cells(known, answers, size),
            )
            expected = cells(known, scores.argmax(axis=1), size)
            for labels, of_head in ((form, False), (known, True)):
                metric = kh.ConfusionMatrix(
                    case.tree, collapse=False, head_labels=of_head, **options
                )
                counted(metric, labels, scores)
                np.testing.assert_array_equal(metric.matrix(), expected)
                assert metric.coarse().samples == (known >= size).sum()


def test_accuracy_by_level(cases):
    for number, case in enumerate(cases):
        form = case.forms()[number % 3]
        for each, of_class, scores in case.outputs():
            outputs = scores.shape[1]
            known = case.of_head(of_class, outputs)[case.labels]
            decided = known < outputs
            own = scores[PLACES, np.where(decided, known, 0)]
            place = (scores > own[:, None]).sum(axis=1)
            weights = case.weights * decided
            for k in (1, 2):
                metric = NodeAccuracy(case.tree, each, k)
                found = float(metric(form, scores, case.weights))
                if weights.sum():
                    right = (weights * (place < k)).sum() / weights.sum()
                    assert found == pytest.approx(right)
                else:
                    assert np.isnan(found)


def test_crossentropy(cases):
    rng = np.random.default_rng(0)
    for case in cases:
        count = len(case.by_hand.names)
        soft = rng.dirichlet(np.ones(count), SAMPLES).astype("float32")
        for each, of_class, scores in case.outputs():
            p = shares(scores)
            # Of each sample and each label that it might have, [N, V].
            costs = np.stack(
                [
                    -np.log(p[:, own].sum(axis=1))
                    for own in case.touched(of_class)
                ],
                axis=1,
            )
            hard = costs[PLACES, case.labels]
            loss = NodeCrossentropy(case.tree, each)
            for labels, expected in (
                *((form, hard) for form in case.forms()),
                (soft, (soft * costs).sum(axis=1)),
            ):
                found = keras.ops.convert_to_numpy(loss.call(labels, scores))
                np.testing.assert_allclose(found, expected, 1e-4, 1e-5)
            weighted = float(loss(case.labels, scores, case.weights))
            assert weighted == pytest.approx(
                (hard * case.weights).mean(), rel=1e-4
            )
