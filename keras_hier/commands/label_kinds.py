"""Which classes the values of a file mean.

Strings are class ids. Whole numbers are class numbers, 0 to C - 1, in the order
of the tree or of the list of classes that a file or `--classes` brings. Where
all of them are ids as well, and that is not the same, the user is asked.
Everything else is refused: a label that means another class than the tree says
would give a wrong picture without any error.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from keras_hier.commands.arguments import PART_OF_A_TREE
from keras_hier.commands.array_files import (
    MISSING,
    Source,
    is_whole,
    number_in,
    text_of,
    whole_number_in,
)
from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.node_labels import NodeLabels
from keras_hier.quantities import by_number as in_words
from keras_hier.quantities import quantity

# How many values the question quotes.
_QUOTED = 3
_ITSELF, _GROUP = " (itself)", " (group)"
# In place of a label: no class; a class and a group as well.
_NONE, _EITHER = -1, -2


def own_ids(names: Sequence[str], tree: Hierarchy) -> tuple[str, ...]:
    """Returns names of classes, in which these have their ids.

    Where a group is called "dog" too, labels spell the class "dog (itself)",
    see `NodeLabels.by_name`.
    """
    if not any(name.endswith(_ITSELF) for name in set(names)):
        return (*names,)
    own = {
        name: tree.classes[label]
        for name, label in NodeLabels(tree).by_name.items()
        if name.endswith(_ITSELF) and label < tree.num_classes
    }
    own |= {class_id: class_id for class_id in tree.classes}
    return tuple(own.get(name, name) for name in names)


def labels_and_scores(
    sources: Sequence[Source], tree: Hierarchy, nodes: NodeLabels | None = None
) -> list[np.ndarray]:
    """Turns what files hold into labels of a tree.

    Args:
        sources: what was read; their own `classes`, if any, are translated.
        tree: of the classes.
        nodes: numbers of all nodes, where labels may name groups as well.

    Returns:
        Of each source labels, int64 [N], or scores [N, C] with columns in label
        order.

    Raises:
        ValueError: no sample, values that are neither class ids nor numbers of
            classes, or that may be either; another set of classes; numbers in
            two orders.
    """
    read = [
        _labels(each, tree, nodes if each.wanted == "labels" else None)
        for each in sources
    ]
    # What numbers mean is not guessed where one file alone says it.
    listed = [s for s in sources if s.classes not in (None, tree.classes)]
    for source in sources if listed else ():
        if source.classes is None and not source.are_ids:
            raise ValueError(
                f"{listed[0].name} numbers the classes in another order than "
                f"the hierarchy, {source.name} does not say how it does: pass "
                "--classes."
            )
    return read


def _labels(
    source: Source, tree: Hierarchy, nodes: NodeLabels | None
) -> np.ndarray:
    values, name = source.values, source.name
    shape = np.shape(values)
    if 0 in shape:
        raise ValueError(f"{name} is empty: it has shape {shape}.")
    if shape and shape[0] > limits.LABELS:
        raise ValueError(
            f"{name} holds {shape[0]:,} samples, more than {limits.LABELS:,}, "
            "the most that are read at once."
        )
    if source.classes is not None:
        source = source._replace(classes=own_ids(source.classes, tree))
        _check_same_classes(source, tree.classes)
    if isinstance(values, tuple):
        return _read(source, values, tree, nodes)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    wanted = "labels [N] or class ids [N]"
    if source.wanted != "labels":
        wanted = f"labels [N], class ids [N] or scores [N, {tree.num_classes}]"
        if values.ndim == 2 and values.dtype.kind in "iuf":
            return _scores(source, values, tree)
    if values.dtype.kind not in "iuf" or values.ndim != 1:
        raise ValueError(
            f"{name}: expected {wanted}, got shape {values.shape} of "
            f"{values.dtype}."
        )
    return _read(source, values, tree, nodes)


def _scores(source: Source, scores: np.ndarray, tree: Hierarchy) -> np.ndarray:
    count = tree.num_classes
    if scores.shape[1] != count:
        raise ValueError(
            f"{source.name}: expected scores [N, {count}], a column a class, "
            f"got shape {scores.shape}."
            + (PART_OF_A_TREE if scores.shape[1] < count else "")
        )
    labels = _read(source, source.names, tree, None, "column")
    if len(set(labels.tolist())) < count:
        raise ValueError(f"{source.name}: two of its columns are of one class.")
    return scores[:, np.argsort(labels)]


def _read(
    source: Source,
    values: np.ndarray | tuple[str, ...],
    tree: Hierarchy,
    nodes: NodeLabels | None,
    what: str = "sample",
) -> np.ndarray:
    """Reads values as ids or as numbers of classes, or asks which."""
    if isinstance(values, tuple):
        if nodes is None:
            values = own_ids(values, tree)
        at = {text: i for i, text in enumerate(dict.fromkeys(values))}
        texts, place = (*at,), np.fromiter(map(at.__getitem__, values), int)
        are_whole = all(map(is_whole, texts))
    else:
        unique, place = np.unique(values, return_inverse=True)
        texts, are_whole = tuple(map(text_of, unique.tolist())), True
    label_of = _label_of_names(tree, nodes)
    names = _names(texts, label_of)
    by_id = np.array([label_of.get(name, _NONE) for name in names])
    by_number = _by_number(texts, source, tree, nodes)
    kind = source.kind or ("numbers" if are_whole else "ids")
    may_be_both = source.kind is None and are_whole and _NONE not in by_id
    if nodes and _EITHER in by_id and (kind == "ids" or may_be_both):
        name = names[by_id.tolist().index(_EITHER)]
        raise ValueError(
            f"{source.name}: {_why_not(name, nodes)}"
            + (
                " If whole numbers count the classes from 0 here, pass "
                "--labels-are numbers."
                if may_be_both
                else ""
            )
        )
    if may_be_both and (differ := np.flatnonzero(by_id != by_number)).size:
        node_name = (nodes or NodeLabels(tree)).name
        examples = ", ".join(
            f"{texts[i]:.80} is {node_name(by_id[i])!r:.80} as an id and "
            + (f"{node_name(n)!r:.80}" if n != _NONE else "no class")
            + " as a number"
            for i, n in zip(differ[:_QUOTED], by_number[differ], strict=False)
        )
        raise ValueError(
            f"{source.name}: whole numbers may be ids of classes here, or "
            f"count the classes from 0: {examples}. Say which: {source.option} "
            f"ids, or {source.option} numbers."
        )
    labels = by_id if kind == "ids" else by_number
    wrong = labels == _NONE
    if wrong.any():
        neither = wrong & (by_number == _NONE)
        (faulty,) = np.nonzero(neither if neither.any() else wrong)
        here = np.isin(place, faulty)
        count, first = int(here.sum()), int(here.argmax())
        text = texts[place[first]]
        where = source.place(first)
        if what == "column":
            where = f"in column {first + 1}"
        size = nodes.num_labels if nodes else tree.num_classes
        raise ValueError(
            f"{source.name}: {quantity(count, what)} "
            f"{in_words(count, 'is', 'are')} no {'node' if nodes else 'class'} "
            f"of the hierarchy, the first is {text!r:.80} {where}. Expected "
            f"its class ids, such as {tree.classes[0]!r:.80}, or whole numbers "
            f"from 0 to {size - 1}.{_hint(text, source, nodes, what)}"
        )
    return labels[place.ravel()]


def _hint(
    text: str, source: Source, nodes: NodeLabels | None, what: str
) -> str:
    """Says what a value may be that is no class."""
    if text.lower() in MISSING:
        return " Leave out samples without a class, in all files."
    if what == "column":
        return (
            " The first line of a .csv names its columns: where it does not, "
            "write the ids above it."
        )
    if nodes is not None:
        return "" if is_whole(text) else f" {_why_not(text, nodes)}"
    value = number_in(text)
    if value is not None and not (value >= 1 and is_whole(text)):
        return ""
    if source.wanted != "labels":
        return " Predictions name classes, no groups of them."
    if not source.takes_groups:
        return " Samples that are known as a group only are to be left out."
    return " If some are groups of the tree, pass --node-labels."


def _why_not(name: str, nodes: NodeLabels) -> str:
    return nodes.why_not(name).replace(name, f"{name:.80}")


def _label_of_names(
    tree: Hierarchy, nodes: NodeLabels | None
) -> dict[str, int]:
    labels = {class_id: label for label, class_id in enumerate(tree.classes)}
    if nodes is not None:
        for name in nodes.by_name:
            for mark in (_ITSELF, _GROUP):
                if name.endswith(mark):
                    labels[name.removesuffix(mark)] = _EITHER
        labels |= nodes.by_name
    return labels


def _names(texts: Sequence[str], known: Collection[str]) -> list[str]:
    """Returns the name that each text is, or the text."""
    # Programs that read ids as numbers drop their leading zeros.
    padded: dict[int, list[str]] = {}
    for name in known:
        if (value := whole_number_in(name)) is not None:
            padded.setdefault(value, []).append(name)
    names = []
    for text in texts:
        value = whole_number_in(text)
        alike = padded.get(value, []) if value is not None else []
        is_one = text not in known and len(alike) == 1 and is_whole(text)
        names.append(alike[0] if is_one else text)
    return names


def _by_number(
    texts: Sequence[str],
    source: Source,
    tree: Hierarchy,
    nodes: NodeLabels | None,
) -> np.ndarray:
    size = nodes.num_labels if nodes else tree.num_classes
    found = [
        value if value is not None and 0 <= value < size else _NONE
        for value in map(whole_number_in, texts)
    ]
    label_of = {class_id: label for label, class_id in enumerate(tree.classes)}
    own = [label_of[each] for each in source.classes or tree.classes]
    # Inner nodes have the numbers of the tree, whatever the order of classes.
    # The last place is that of -1.
    return np.array([*own, *range(len(own), size), _NONE])[found]


def _check_same_classes(source: Source, classes: Sequence[str]) -> None:
    own, name = source.classes or (), source.name
    if len(set(own)) != len(own):
        twice = Counter(own).most_common(1)[0][0]
        raise ValueError(
            f"{name}: its list of classes names one twice, {twice!r:.80}."
        )
    missing = sorted(set(classes) - set(own))
    surplus = sorted(set(own) - set(classes))
    if missing or surplus:
        such = [
            f" (such as {ids[0]!r:.80})" if ids else ""
            for ids in (missing, surplus)
        ]
        raise ValueError(
            f"{name} is about other classes than the hierarchy: "
            f"{len(missing)} are missing{such[0]}, {len(surplus)} "
            f"are unknown{such[1]}." + ("" if surplus else PART_OF_A_TREE)
        )
