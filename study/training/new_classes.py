"""Groups of classes that a network never saw: is a new one put where it lies?

A new class has no output, but the tree has a group for it: the one that holds
all known classes below the lowest node above it that has any. Where these lie
in several groups, none can be right, and the class is left out.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats
from scipy.special import softmax

import keras_hier as kh
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.tree import Tree
from keras_hier.scores.fusion import Experts, fuse
from study.training.data import Images, digest_of
from study.training.scores import cuts_of

DRAWS = 4000
# Answers that look at no image: the group with most known training images, and
# the one with most new images, which only who has seen these can know.
LARGEST, CONSTANT = "largest known group", "best constant"
Outputs = tuple[np.ndarray, Experts]


class Seen(NamedTuple):
    """Images, and what the network says of them."""

    images: Images
    outputs: Outputs


def new_classes(folder: Path | None, known: Sequence[str]) -> tuple[str, ...]:
    """Returns the ids of the new classes, sorted; none without a folder."""
    if folder is None:
        return ()
    try:
        new = class_folders(split_folder(folder, "validation"))
    except ValueError as error:
        raise SystemExit(f"--new-classes: {error}") from error
    both = sorted(set(new) & set(known))
    if both:
        raise SystemExit(
            f"{', '.join(both[:5])}: {len(both)} of the classes of "
            "--new-classes are also in --data; a new class is one that the "
            "network was not trained on."
        )
    return new


def fingerprint(folder: Path, new: Sequence[str]) -> str:
    """Returns a few digits that tell new classes, and images of them, apart."""
    try:
        images = digest_of(folder, "validation")
    except ValueError as error:
        raise SystemExit(f"--new-classes: {error}") from error
    digest = hashlib.sha256("\n".join((*new, images)).encode()).hexdigest()
    return f"{len(new)}-{digest[:8]}"


def groups_of_new(both: Tree, known: int, of_class: np.ndarray) -> np.ndarray:
    """Finds the group of each new class.

    Args:
        both: the tree of the known classes, labels from 0, then the new ones.
        known: how many of its classes are known.
        of_class: int [known], the group of each known class.

    Returns:
        int [new], -1 where no group holds all known classes that are nearest.
    """
    found = np.full(both.num_classes - known, -1)
    for new, leaf in enumerate(both.leaves[known:]):
        for node in both.ancestors(int(leaf)):
            below = both.order[both.start[node] : both.stop[node]]
            near = np.unique(of_class[below[below < known]])
            if len(near):
                if len(near) == 1:
                    found[new] = near[0]
                break
    return found


def answers(
    outputs: Outputs, weights: dict[str, float], cut: Grouping
) -> dict[str, np.ndarray]:
    """Returns the group that each reading names, int [N].

    The class output and what it says fused with the heads have their posteriors
    summed over the groups; heads over these very groups name one themselves.
    """
    logits, heads = outputs
    by_class = {"class": logits}
    if heads:
        by_class["fused"] = fuse(logits, heads, weights)
    member = np.eye(cut.num_groups)[cut.of_class]
    named = {
        reading: (softmax(z.astype(np.float64), axis=1) @ member).argmax(1)
        for reading, z in by_class.items()
    }
    for name, (z, of) in heads.items():
        if np.array_equal(of.of_class, cut.of_class):
            named[name] = z.argmax(1)
    return named


def report_new(
    both: kh.Hierarchy,
    hierarchy: kh.Hierarchy,
    new: Seen,
    held: Seen,
    train_labels: np.ndarray,
    weights: dict[str, float],
) -> dict[str, Any]:
    """Scores the groups of new classes at every cut.

    Args:
        both: the tree of known and new classes, as for `groups_of_new`.
        hierarchy: the tree of the known ones.
        new: images of the new classes, labelled from 0.
        held: held-out images of the known ones, for comparison.
        train_labels: of the known images that were trained on.
        weights: of the fusion, fitted on the held-out images.

    Returns:
        By cut: its groups, which new classes are left out, for the others how
        many images they have and how many each reading has right, and its
        accuracy with an interval.
    """
    known = hierarchy.num_classes
    ids = both.classes[known:]
    cuts = {}
    for wanted, cut in cuts_of(hierarchy).items():
        group = groups_of_new(both, known, cut.of_class)
        used = np.flatnonzero(group >= 0)
        images = np.bincount(new.images.labels, minlength=len(ids))
        truth = group[new.images.labels]
        named = answers(new.outputs, weights, cut)
        sizes = np.bincount(cut.of_class[train_labels])
        constant = np.bincount(truth[truth >= 0], minlength=cut.num_groups)
        for name, counts in ((LARGEST, sizes), (CONSTANT, constant)):
            named[name] = np.full(len(truth), counts.argmax())
        right = {
            reading: np.bincount(
                new.images.labels[said == truth], minlength=len(ids)
            )[used]
            for reading, said in named.items()
        }
        held_truth = cut.of_class[held.images.labels]
        cuts[str(wanted)] = {
            "groups": cut.num_groups,
            "uniform": 1 / cut.num_groups,
            "left_out": [ids[label] for label in np.flatnonzero(group < 0)],
            "classes": [ids[label] for label in used],
            "images": images[used].tolist(),
            "right": {name: counts.tolist() for name, counts in right.items()},
            "read": {
                name: summary(counts, images[used])
                for name, counts in right.items()
                if len(used)
            },
            "held_out": {
                name: float((said == held_truth).mean())
                for name, said in answers(held.outputs, weights, cut).items()
            },
        }
    return {"images": len(new.images.labels), "cuts": cuts}


def summary(right: np.ndarray, images: np.ndarray) -> dict[str, Any]:
    """Returns an accuracy, its standard errors, and 95 % over classes.

    `error_images` is for these very classes with other images;
    `error` and `interval` for other classes, their images with them.
    """
    drawn = shares(right[None], images[None])
    rate = right / images
    spread = images * rate * (1 - rate) * images / np.maximum(images - 1, 1)
    return {
        "accuracy": float(right.sum() / images.sum()),
        "error_images": float(np.sqrt(spread.sum()) / images.sum()),
        "error": float(drawn.std()),
        "interval": interval(drawn, len(images)),
    }


def shares(right: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Draws classes anew, with all of their images, and networks with them.

    Args:
        right: [R, U], of each network and new class. Differences of two
            readings as well.
        images: [R, U], 0 where a class is not new to a network.

    Returns:
        float [draws], the share in each. Networks are drawn too where all have
        the same new classes; else each has classes of its own, and drawing
        these draws both.
    """
    rng = np.random.default_rng(20171023)
    networks, classes = images.shape
    of_class = rng.multinomial(classes, np.full(classes, 1 / classes), DRAWS)
    of_network = rng.multinomial(
        networks, np.full(networks, 1 / networks), DRAWS
    )
    if not (images > 0).all():
        of_network[:] = 1
    return np.einsum("br,ru,bu->b", of_network, right, of_class) / np.maximum(
        np.einsum("br,ru,bu->b", of_network, images, of_class), 1
    )


def interval(drawn: np.ndarray, classes: int) -> tuple[float, float] | None:
    """Returns bounds of 95 %, as wide as so few classes ask for; None for one.

    Percentiles of draws are too narrow by what tells a normal distribution from
    Student's, and by the square root of n / (n - 1).

    Reference:
        Hesterberg, "What teachers should know about the bootstrap", arXiv
        1411.5279, on expanded percentile intervals.
    """
    if classes < 2:
        return None
    far = stats.t.ppf(0.975, classes - 1) * np.sqrt(classes / (classes - 1))
    low, high = np.quantile(drawn, (stats.norm.cdf(-far), stats.norm.cdf(far)))
    return float(low), float(high)
