"""Which group of the tree each channel of a layer tells best."""

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.means_codec import ClassMeans
from tb_plugin.comparing.class_means import labels_below
from tb_plugin.reading.answers import Json
from tb_plugin.reading.display_levels import display_levels


def told_groups(means: ClassMeans, tree: Hierarchy) -> Json:
    """Returns the channels that tell a group, group by group."""
    # Imported late: TensorBoard must not wait for what tests need.
    from keras_hier.analysis.evidence.channel_groups import channel_groups
    from keras_hier.analysis.evidence.significance import FALSE_DISCOVERIES

    nodes = np.array(_groups(tree), int)
    found = channel_groups(
        means.means,
        [labels_below(tree, node) for node in nodes.tolist()],
        samples=means.counts,
    )
    channels = np.flatnonzero(found.group >= 0)
    node = nodes[found.group[channels]]
    # In the order of the tree, a group before those in it.
    order = np.lexsort(
        (-found.auc[channels], node, -tree.stop[node], tree.start[node])
    )
    return {
        "tested": found.tested,
        "rate": FALSE_DISCOVERIES,
        "channels": channels[order].tolist(),
        "nodes": node[order].tolist(),
        "auc": found.auc[channels[order]].round(4).tolist(),
    }


def _groups(tree: Hierarchy) -> list[int]:
    """Returns the groups of all levels, one of each set of classes."""
    spans: dict[tuple[int, int], int] = {}
    for level in display_levels(tree)[:-1]:
        for node in level.nodes.tolist():
            span = int(tree.start[node]), int(tree.stop[node])
            spans.setdefault(span, node)
    return list(spans.values())
