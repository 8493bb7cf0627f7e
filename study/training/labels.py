"""The tree of the labels, and what is known of an image: class or group."""

import re
from pathlib import Path

import numpy as np

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.sources.csv_tree import csv_rows
from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.quantities import quantity
from study.training.data import Images, classes_of


def split_known(
    images: Images,
    exact: int,
    of_class: np.ndarray | None,
    count: int | None = None,
) -> tuple[Images, Images | None]:
    """Leaves the first images of each class exact, the rest coarse.

    Args:
        images: to train on, as `hold_out` returns them: the order within a
            class is that of a fixed shuffle.
        exact: images per class that keep their label.
        of_class: int [C], the label of the node at which the rest is known;
            None leaves it out.
        count: images per class of the rest, all by default.

    Returns:
        The exact images, and the others with the labels of their nodes.
    """
    known = np.zeros(len(images.labels), bool)
    kept = known.copy()
    for label in range(int(images.labels.max()) + 1):
        rows = np.flatnonzero(images.labels == label)
        name = images.name_of(label)
        if len(rows) < exact:
            raise SystemExit(
                f"Class {name} has {quantity(len(rows), 'image')} to train on, "
                f"too few for --exact {exact}."
            )
        if len(rows) < exact + (count or 0):
            raise SystemExit(
                f"Class {name} has {quantity(len(rows) - exact, 'image')} "
                f"beside the {exact} exact ones, too few for "
                f"--coarse-count {count}."
            )
        known[rows[:exact]] = True
        kept[rows[exact : None if count is None else exact + count]] = True
    if of_class is None or not kept.any():
        return images.take(known), None
    rest = images.take(kept)
    return images.take(known), Images(rest.pixels, of_class[rest.labels])


def coarse_tree(
    hierarchy: kh.Hierarchy, coarse: str, seed: int
) -> tuple[kh.Hierarchy, np.ndarray]:
    """Returns the tree whose nodes are labels, and the node of each class.

    Args:
        hierarchy: of the classes.
        coarse: "16" for a cut into at least 16 groups, "1" for the root,
            "depth2" for a depth of the tree, "random16" for random groups of
            the sizes of that cut, which are a tree of their own.
        seed: of random groups.

    Returns:
        A hierarchy, and int32 [C], a label as of `NodeLabels` for each class.
    """
    match = re.fullmatch(r"(depth|random)?(\d+)", coarse)
    if not match:
        raise SystemExit(
            f"Expected --coarse 16, depth2 or random16, got {coarse!r}."
        )
    kind, number = match[1], int(match[2])
    try:
        if kind == "depth":
            cut = hierarchy.cut(depth=number)
        else:
            cut = hierarchy.cut(groups=number)
    except HierarchyError as error:
        raise SystemExit(f"--coarse {coarse}: {error}") from error
    if kind == "random":
        of_class = np.random.default_rng(seed).permutation(cut.of_class)
        hierarchy = kh.Hierarchy.from_paths(
            (f"random {group}", name)
            for group, name in zip(of_class, hierarchy.classes, strict=True)
        )
        # Groups of one class stay nodes of their own, but say that class.
        names = [f"random {group}" for group in range(cut.num_groups)]
        cut = hierarchy.cut(nodes=names)
    return hierarchy, NodeLabels(hierarchy).coarsened(cut)


def groups_told(tree: kh.Hierarchy, of_class: np.ndarray) -> dict[str, int]:
    """Counts groups of coarse labels, and those of a single class.

    Args:
        tree: of the labels.
        of_class: [C], the label of the node of each class.
    """
    said = NodeLabels(tree).head_labels(None)[of_class]
    return {
        "groups": len(np.unique(of_class)),
        "single": int((said < len(of_class)).sum()),
    }


def read_trees(
    source: str, known: tuple[str, ...], new: tuple[str, ...] = ()
) -> tuple[kh.Hierarchy, kh.Hierarchy]:
    """Reads the tree of the known classes, then that of the new ones too."""
    try:
        both = read_hierarchy(source, (*known, *new))
    except OSError as error:
        raise SystemExit(
            "Expected --hierarchy imagenet, or a JSON or CSV that can be "
            f"read: {error}"
        ) from error
    except HierarchyError as error:
        said = str(error)
        if "--groups-are" in said:  # an option of the command `keras-hier`
            said += (
                " The study has no option for it: call them `group1: NAME` "
                "(the coarsest), `group2: NAME`, ..."
            )
        raise SystemExit(
            f"--hierarchy must have the new classes too: {said}"
            if new
            else f"Expected --hierarchy with all classes of --data: {said}"
        ) from error
    return (both.subset(known) if new else both), both


def tree_of(data: Path, source: str) -> kh.Hierarchy:
    """Reads the tree of the classes of a folder, and leaves out what else is.

    Args:
        data: see `classes_of`.
        source: of the tree, as of --hierarchy.
    """
    return read_trees(source, classes_of(data))[0]


def cut_into(hierarchy: kh.Hierarchy, groups: int, option: str) -> kh.Grouping:
    """Returns a cut into so many groups that an option asks for."""
    try:
        return hierarchy.cut(groups=groups)
    except HierarchyError as error:
        raise SystemExit(f"{option} {groups}: {error}") from error


def read_hierarchy(source: str, classes: tuple[str, ...]) -> kh.Hierarchy:
    """Reads the tree of the classes, and leaves out what else is in it."""
    if source.endswith(".csv"):
        rows, numbered, *_ = csv_rows(source, None)
        listed = None if numbered else sorted(row.class_id for row in rows)
        return kh.Hierarchy.from_csv(source, classes=listed).subset(classes)
    if source == "imagenet":
        return kh.Hierarchy.imagenet().subset(classes)
    return kh.Hierarchy.load(source).subset(classes)
