"""The label that a name stands for, though several nodes may have it."""

from collections import defaultdict

from keras_hier.hierarchy.tree.cut_tree import CutTree


def label_names(hierarchy: CutTree, nodes: list[int]) -> dict[str, int]:
    """Returns the label that each name stands for.

    The id of a node is its name, and so is a display name that one node alone
    has. Where a class and a group share a text, it stands for neither: then
    "text (itself)" is the class, "text (group)" the group.
    """
    size = hierarchy.num_classes
    spans = [(int(hierarchy.start[n]), int(hierarchy.stop[n])) for n in nodes]
    of_id = {hierarchy.node_ids[node]: at for at, node in enumerate(nodes)}
    of_name: dict[str, list[int]] = defaultdict(list)
    for label, node in enumerate(nodes):
        of_name[hierarchy.node_names[node]].append(label)
    labels, spelled = {}, {}
    for text in {**of_id, **of_name}:
        own = of_id.get(text, -1)
        classes = [v for v in of_name[text] if v < size]
        groups = [v for v in of_name[text] if v >= size]
        # An id goes before the display names of its kind.
        if own >= size:
            groups = [own]
        elif own >= 0:
            classes = [own]
        exact = {spans[v] for v in classes}
        # A group whose only class it is means the same.
        coarse = {spans[v] for v in groups} - exact
        if exact and coarse:
            if len(exact) == 1:
                spelled[f"{text} (itself)"] = classes[0]
            if len(coarse) == 1:
                spelled[f"{text} (group)"] = next(
                    v for v in groups if spans[v] in coarse
                )
        elif own >= 0:
            labels[text] = own
        elif len(classes or groups) == 1:
            labels[text] = (classes or groups)[0]
    return spelled | labels
