"""From which accuracy on the lists of *Quality* tell faults of the data.

Classes are normal clouds around centres in 128 dimensions, four in each of
eight groups, which the tree knows. A network gives the likelihoods of
the clouds, sharpened. It sees only some of the dimensions, so it errs by
itself, or all under much noise, as of hard images. Faults are planted, one kind
at a time.

    python -m tests.support.weak_networks
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp, softmax

import keras_hier as kh
from keras_hier.analysis import quality
from keras_hier.analysis.data_quality.label_issues import EVEN
from keras_hier.analysis.data_quality.overlapping_classes import HARDLY
from keras_hier.analysis.evidence.significance import FALSE_DISCOVERIES

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

GROUPS, EACH, DIMENSIONS = 8, 4, 128
CLASSES = GROUPS * EACH
# Distances of groups, and of classes within them, in the noise of one sample.
APART = {"groups": 4.5, "classes": 5.0, "halves": 2.5}
SHARP = 1.5
KINDS = ("overlapping", "diverse", "suspect", "two_objects")
BLIND = (4, 6, 9, 13, 20, 24, 30, 45, 70, 128)
UNCLEAR = (4.0, 3.0, 2.4, 2.2, 2.0, 1.7, 1.5, 1.0)
SEEDS = 10


class World(NamedTuple):
    """Samples with faults.

    Attributes:
        labels: int64 [N], given classes.
        place: float64 [N, D], where samples lie before noise.
        clouds: float64 [C, H, D], what the network knows: H halves a class.
        truth: what was planted: classes, pairs or samples.
    """

    labels: IntArray
    place: FloatArray
    clouds: FloatArray
    truth: set[Any]


class Answers(NamedTuple):
    """Answers: labels [N], probabilities [N, C], counts [C, C]."""

    labels: IntArray
    probabilities: FloatArray
    matrix: IntArray

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return float(np.trace(self.matrix) / self.matrix.sum())


class Found(NamedTuple):
    """The faults that a list finds.

    Attributes:
        listed: what is listed.
        sure: of pairs those that are hardly told apart, else as `listed`.
        ungated: what would be listed if no network were too weak.
        claim: which share of those listed the list takes for true; NaN if it
            does not say.
    """

    listed: set[Any]
    sure: set[Any]
    ungated: set[Any]
    claim: float


TESTED = 1 - FALSE_DISCOVERIES


def tree() -> kh.Hierarchy:
    """Returns the tree over groups and classes."""
    return kh.Hierarchy.from_paths(
        [(f"g{g}", f"c{g}_{k}") for g in range(GROUPS) for k in range(EACH)]
    )


def plant(kind: str, rng: np.random.Generator, samples: int) -> World:
    """Returns a world with faults of one of `KINDS`, samples by class."""
    draw = rng.normal(size=(GROUPS + CLASSES + 6, DIMENSIONS))
    draw /= np.sqrt(DIMENSIONS)
    heads = draw[:GROUPS] * APART["groups"]
    clouds = np.repeat(heads, EACH, axis=0)
    clouds = clouds + draw[GROUPS : GROUPS + CLASSES] * APART["classes"]
    clouds = np.stack([clouds, clouds], axis=1)
    truth: set[Any] = set()
    chosen = rng.permutation(CLASSES)
    if kind == "overlapping":
        # Two pairs wherever they fall, and one of siblings.
        pairs = [chosen[:2], chosen[2:4]]
        for head in range(0, CLASSES, EACH):
            if not np.isin([head, head + 1], chosen[:4]).any():
                pairs.append(np.array([head, head + 1]))
                break
        for a, b in map(sorted, pairs):
            clouds[b] = clouds[a]
            truth.add((int(a), int(b)))
    if kind == "diverse":
        for k, one in enumerate(chosen[:3].tolist()):
            others = np.flatnonzero(np.arange(GROUPS) != one // EACH)
            for half, group in enumerate(rng.permutation(others)[:2]):
                offset = draw[GROUPS + CLASSES + 2 * k + half]
                clouds[one, half] = heads[group] + offset * APART["halves"]
            truth.add(one)
    labels = np.repeat(np.arange(CLASSES), samples)
    # Half of each class of the one cloud, half of the other.
    place = clouds[labels, np.arange(len(labels)) % 2]
    if kind == "two_objects":
        both = rng.permutation(len(labels))[: len(labels) // 50]
        far = (
            labels[both] + EACH * rng.integers(1, GROUPS, len(both))
        ) % CLASSES
        place[both] = (place[both] + clouds[far, 0]) / 2
        truth.update(both.tolist())
    if kind == "suspect":
        wrong = rng.permutation(len(labels))[: len(labels) // 20]
        others = 1 + rng.integers(CLASSES - 1, size=len(wrong))
        siblings = 1 + rng.integers(EACH - 1, size=len(wrong))
        near = labels[wrong] // EACH * EACH
        labels[wrong] = np.where(
            np.arange(len(wrong)) % 2,
            (labels[wrong] + others) % CLASSES,
            near + (labels[wrong] - near + siblings) % EACH,
        )
        truth.update(wrong.tolist())
    return World(labels, place, clouds, truth)


def answer(
    world: World, rng: np.random.Generator, *, sees: int = 128, noise: float = 1
) -> Answers:
    """Returns what a network says that sees some dimensions, under noise."""
    seen = world.place[:, :sees]
    seen = seen + rng.normal(size=seen.shape) * noise
    halves = [
        np.square(seen).sum(axis=1)[:, None]
        - 2 * seen @ cloud.T
        + np.square(cloud).sum(axis=1)
        for cloud in np.moveaxis(world.clouds[..., :sees], 1, 0)
    ]
    scores = logsumexp(np.stack(halves) / (-2 * noise**2), axis=0) * SHARP
    # It names either of two clouds that are one.
    named = (scores + 1e-6 * rng.normal(size=scores.shape)).argmax(axis=1)
    matrix = kh.scores.confusion_matrix(world.labels, named, CLASSES)
    return Answers(world.labels, softmax(scores, axis=1), matrix)


def find(kind: str, answers: Answers) -> Found:
    """Returns what the list of a kind makes of the answers."""
    if kind == "overlapping":
        found = quality.overlapping_classes(answers.matrix, tree())
        p = found.pairs
        pairs = list(zip(p.a.tolist(), p.b.tolist(), strict=True))
        first = set(pairs[: found.listed])
        hardly = np.flatnonzero(p.told_apart[: found.listed] < HARDLY)
        would = set(pairs[: (p.false_discoveries <= FALSE_DISCOVERIES).sum()])
        return Found(first, {pairs[k] for k in hardly}, would, TESTED)
    if kind == "diverse":
        two = quality.diverse_classes(answers.matrix, tree())
        listed = set(two.classes[: two.listed].tolist())
        beyond = two.false_discoveries <= FALSE_DISCOVERIES
        would = set(two.classes[beyond].tolist())
        return Found(listed, listed, would, TESTED)
    labels = quality.suspect_labels(
        answers.labels, answers.probabilities, tree()
    )
    if kind == "suspect":
        every = labels.suspects.sample
        listed = set(every[: labels.listed].tolist())
        would = set(every[labels.suspects.trust >= EVEN].tolist())
        return Found(listed, listed, would, labels.expected_precision)
    listed = set(labels.two_objects.sample.tolist())
    return Found(listed, listed, listed, float("nan"))


def main() -> None:
    """Prints a table of each kind and each way to be weak."""
    ways: list[tuple[str, float]] = [("sees", value) for value in BLIND]
    ways += [("noise", value) for value in UNCLEAR]
    print("| kind | network | right | listed | sure | without the rule |")
    print("|---" * 6 + "|")
    for kind in KINDS:
        for knob, value in ways:
            print(row(kind, knob, value))


def row(kind: str, knob: str, value: float) -> str:
    """Returns a line: how many are found, and which share was planted."""
    right, sums = [], np.zeros((3, 2), int)
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        world = plant(kind, rng, 100)
        answers = answer(world, rng, **{knob: value})  # type: ignore[arg-type]
        found = find(kind, answers)
        right.append(answers.accuracy)
        for k, of in enumerate((found.listed, found.sure, found.ungated)):
            sums[k] += len(of), len(of & world.truth)
    cells = [kind, f"{knob} {value:g}", f"{np.mean(right):.0%}"]
    cells += [
        f"{many / SEEDS:.1f}, {true / many:.0%}" if many else "none"
        for many, true in sums
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
