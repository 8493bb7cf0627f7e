"""How alike classes are to a layer, and which channels tell a group apart."""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.means_codec import ClassMeans
from tb_plugin.reading.answers import Json, number
from tb_plugin.reading.class_means import LayerMeans
from tb_plugin.reading.display_levels import display_levels

MAX_ENTRIES = 100
# Channels listed for a group too small for evidence.
MAX_ORDERED = 10
# Classes named beside a channel.
STRONGEST = 3


def labels_below(tree: Hierarchy, node: int) -> npt.NDArray[np.int64]:
    """Returns the labels of the classes of a node."""
    return tree.order[tree.start[node] : tree.stop[node]]


def about(found: LayerMeans) -> Json:
    """Returns what the class means of a layer are of."""
    means = found.means
    grid = grid_of(means)
    return {
        "grid": [grid.rows, grid.columns] if grid.rows else None,
        "name": means.layer,
        "step": found.epoch.step,
        "steps": found.steps,
        "shape": means.shape,
        "pool": means.pool,
        "features": means.means.shape[1],
        "samples": int(means.counts.sum()),
        "without": int((means.counts == 0).sum()),
        "hierarchy": means.hierarchy,
    }


def likeness(alike: npt.NDArray[np.float32], tree: Hierarchy) -> Json:
    """Returns how alike classes are, and those of the groups of each level."""
    # Imported late: TensorBoard must not wait for what probes need.
    from keras_hier.probing.alignment.class_correlation import ClassPairs

    pairs = ClassPairs(alike)
    levels = []
    for level in display_levels(tree)[:-1]:
        group = np.full(tree.num_classes, -1)
        for at, node in enumerate(level.nodes.tolist()):
            group[labels_below(tree, node)] = at
        within = pairs.within(group)._asdict()
        levels.append(
            {
                "groups": len(level.nodes),
                **{name: number(value) for name, value in within.items()},
            }
        )
    return {"mean": number(pairs.mean), "levels": levels}


def channels_of(
    means: ClassMeans,
    inside: npt.NDArray[np.bool_],
    alike: npt.NDArray[np.float32],
) -> Json:
    """Returns which channels tell a group apart; of a grid, cell by cell."""
    from keras_hier.analysis.evidence.channel_evidence import (
        LEAST_CLASSES,
        channels,
    )
    from keras_hier.analysis.evidence.significance import FALSE_DISCOVERIES
    from keras_hier.probing.alignment.class_correlation import ClassPairs

    pairs = ClassPairs(alike).within(np.where(inside, 0, -1))
    evidence = channels(
        means.means, np.flatnonzero(inside), samples=means.counts
    )
    is_small = min(evidence.compared) < LEAST_CLASSES
    count = MAX_ORDERED if is_small else min(evidence.found, MAX_ENTRIES)
    entries = [
        {
            "feature": feature,
            "auc": number(evidence.auc[place]),
            "p": number(evidence.p[place]),
            "q": number(evidence.q[place]),
            "strongest": strongest_classes(means, feature),
        }
        for place, feature in enumerate(evidence.order[:count].tolist())
    ]
    is_higher = evidence.auc > 0.5
    beyond = np.arange(len(is_higher)) < evidence.found
    return {
        "compared": list(evidence.compared),
        "is_small": is_small,
        "least_classes": LEAST_CLASSES,
        "rate": FALSE_DISCOVERIES,
        "found": evidence.found,
        "alone": int((evidence.p <= FALSE_DISCOVERIES).sum()),
        "expected": FALSE_DISCOVERIES * len(evidence.p),
        "for": evidence.order[beyond & is_higher].tolist(),
        "against": evidence.order[beyond & ~is_higher].tolist(),
        "inside": number(pairs.inside),
        "band": number(pairs.band),
        "entries": entries,
    }


def strongest_classes(means: ClassMeans, feature: int) -> list[int]:
    """Returns the labels of the classes with the highest means."""
    labels = np.flatnonzero(means.counts > 0)
    order = np.argsort(-means.means[labels, feature], kind="stable")
    return labels[order[:STRONGEST]].tolist()


class Grid(NamedTuple):
    """Cells that channels were averaged over; 0 rows where there is none."""

    channels: int
    rows: int
    columns: int


def grid_of(means: ClassMeans) -> Grid:
    """Reads the channels of a layer off its shape, where they are pooled so."""
    features = means.means.shape[1]
    sizes = re.fullmatch(r"(\d{1,6}) x (\d{1,6}) x (\d{1,6})", means.shape)
    if sizes and means.pool == "grid3":
        height, width, channels = map(int, sizes.groups())
        rows, columns = min(height, 3), min(width, 3)
        if rows * columns * channels == features and rows * columns > 1:
            return Grid(channels, rows, columns)
    return Grid(features, 0, 1)


def place_of(feature: int, grid: Grid) -> Json:
    """Returns the channel that a feature is of, and its cell of the grid."""
    cell, channel = divmod(feature, grid.channels)
    where = [*divmod(cell, grid.columns)] if grid.rows else None
    return {"channel": channel, "cell": where}
