"""The tree of those groups of a clustering that the display levels show."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from keras_hier.hierarchy.sources import sources
from keras_hier.hierarchy.tree import cuts, transforms
from keras_hier.hierarchy.tree.cut_tree import CutTree
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import ROOT_ID, ROOT_NAME, NodeTable
from keras_hier.plausibility import require_order
from keras_hier.tensors import FloatArray

# Shares of the classes between those of the display levels: a family that lies
# between two levels is a group of the tree all the same.
BETWEEN = (0.075, 0.025)
# Classes below which the largest groups may have 60 % of them.
FEW_CLASSES = 45
# Classes from which on a group is named by three of them, not two.
MANY = 10


def display_names(ids: Sequence[str], names: Iterable[str] | None) -> list[str]:
    """Returns the names of the classes: the ids, if none are given."""
    if names is None:
        known = _imagenet(ids)
        return list(ids if known is None else known.names)
    require_order("names", names, "the classes", HierarchyError)
    if isinstance(names, Mapping) and all(
        isinstance(name, str) for name in names.values()
    ):  # its keys are no names
        raise HierarchyError(
            "names must be a list, in the order of the classes; got a "
            f"{type(names).__name__} of names. Pass [names[each] for each in "
            "classes]."
        )
    shown = list(names)
    if len(shown) != len(ids):
        raise HierarchyError(
            f"Expected a name for each of the {len(ids)} classes, got "
            f"{len(shown)}."
        )
    return shown


def _imagenet(ids: Sequence[str]) -> CutTree | None:
    """Returns WordNet's tree of the classes, if they are ILSVRC's."""
    if not all(len(i) == 9 and i[0] == "n" and i[1:].isdigit() for i in ids):
        return None
    try:
        return CutTree(
            *transforms.subset(CutTree(*sources.imagenet_table()), ids)
        )
    except HierarchyError:
        return None


def typical(distances: FloatArray, group: np.ndarray) -> list[int]:
    """Returns the places of a group [m] that describe it best.

    The first is nearest to all, each further one to those that are far from the
    ones before (medoids, one after the other). The two that are most alike
    would describe one corner of a large group.
    """
    apart = distances[np.ix_(group, group)]
    # Nothing is nearer to a class than itself, whatever the scale.
    np.fill_diagonal(apart, np.inf)
    np.fill_diagonal(apart, apart.min())
    found: list[int] = []
    nearest = np.full(len(group), np.inf)
    for _ in range(2 if len(group) < MANY else 3):
        left = np.minimum(apart, nearest[:, None]).sum(axis=0)
        left[found] = np.inf
        # Rounded: of equals the first, on any machine.
        found.append(int(left.round(9).argmin()))
        nearest = np.minimum(nearest, apart[:, found[-1]])
    return group[found].tolist()


def condensed(
    merged: FloatArray,
    of_place: np.ndarray,
    ids: Sequence[str],
    names: Sequence[str],
    distances: FloatArray,
) -> CutTree:
    """Makes the tree of the groups that the levels show.

    `of_place` is the class at each of n places; others stand at the end.
    Distances [n, n] decide which classes name a group.
    """
    members = members_of(merged)
    total = len(members) + 1
    kept = _kept(merged, members, len(ids))
    known = _imagenet(ids)
    starts = members.argmax(axis=1)

    def first(item: int) -> int:
        return item if item < total else int(starts[item - total])

    table = NodeTable([-1], [ROOT_ID], [ROOT_NAME], [-1])

    def add(parent: int, node_id: str, name: str, label: int) -> int:
        table.parents.append(parent)
        table.ids.append(node_id)
        table.names.append(name)
        table.labels.append(label)
        return len(table.parents) - 1

    stack = [(2 * total - 2, 0)]
    while stack:
        item, node = stack.pop()
        if item < total:
            label = int(of_place[item])
            add(node, ids[label], names[label], label)
            continue
        merge = item - total
        if merge in kept:
            group = np.flatnonzero(members[merge])
            inside = of_place[group]
            name = _hypernym(known, inside)
            if name is None:
                some = [names[of_place[p]] for p in typical(distances, group)]
                rest = len(group) - len(some)
                name = ", ".join(some) + (f" +{rest}" if rest else "")
            node = add(node, _group_id(ids, inside), name, -1)
        pair = merged[merge, :2].astype(int).tolist()
        # In the order of the labels, until siblings are ordered.
        stack += [
            (each, node) for each in sorted(pair, key=first, reverse=True)
        ]
    for label in np.setdiff1d(np.arange(len(ids)), of_place).tolist():
        add(0, ids[label], names[label], label)
    return CutTree(*table)


def _kept(
    merged: FloatArray, members: np.ndarray, num_classes: int
) -> set[int]:
    """Returns the merges that are groups of the tree.

    As `cuts.by_max_size`: the topmost groups of at most so many classes.
    """
    total = len(members) + 1
    size = members.sum(axis=1)
    above = np.full(total - 1, -1)
    for merge, pair in enumerate(merged[:, :2].astype(int)):
        above[pair[pair >= total] - total] = merge
    shares: tuple[float, ...] = (*cuts.LEVEL_SHARES, *BETWEEN)
    if num_classes < FEW_CLASSES:
        shares = (0.6, *shares)
    kept: set[int] = set()
    for most in {max(int(share * num_classes), 2) for share in shares}:
        topmost = (size <= most) & ((above < 0) | (size[above] > most))
        kept.update(np.flatnonzero(topmost).tolist())
    return kept - {total - 2}  # the root


def members_of(merged: FloatArray) -> np.ndarray:
    """Returns which places each merge has, float32 [n - 1, n]."""
    total = len(merged) + 1
    members = np.zeros((total - 1, total), np.float32)
    for merge, pair in enumerate(merged[:, :2].astype(int).tolist()):
        for item in pair:
            if item < total:
                members[merge, item] = 1
            else:
                members[merge] += members[item - total]
    return members


def _group_id(ids: Sequence[str], inside: np.ndarray) -> str:
    """Returns an id that the same classes have in every tree."""
    text = "\n".join(sorted(ids[label] for label in inside.tolist()))
    # A tree keeps halves of surrogate pairs, too.
    data = text.encode("utf-8", "surrogatepass")
    return f"g:{hashlib.sha256(data).hexdigest()[:12]}"


def _hypernym(known: CutTree | None, inside: np.ndarray) -> str | None:
    """Returns the name that WordNet has for these classes and no other."""
    if known is None:
        return None
    ranks = known.rank[inside]
    node = int(known.lca(*known.order[[ranks.min(), ranks.max()]]))
    if known.stop[node] - known.start[node] != len(inside) or not node:
        return None
    return known.node_names[node]
