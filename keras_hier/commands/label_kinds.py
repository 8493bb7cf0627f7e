"""Which classes the values of a file mean.

The order of the classes is what matters: a label that means another class than
the tree says would give a wrong picture without any error. So class ids are
taken wherever a file has them, and a file without any must number its classes
as the tree does. A whole number may be either, where ids look like numbers:
where the two readings differ, the user is asked. So they are where labels may
be any node, and a number is the name of a class and of a group.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from keras_hier.commands.arguments import PART_OF_A_TREE
from keras_hier.commands.array_files import (
    Source,
    ValueKind,
    check_none_missing,
    number_in,
    text_of,
    whole_number_in,
)
from keras_hier.commands.headers import without_header
from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.node_labels import NodeLabels
from keras_hier.quantities import by_number, quantity

# How many cells an error message quotes.
_QUOTED = 3
_ITSELF = " (itself)"


class Reading(NamedTuple):
    """What a file says, in the terms of the tree.

    Attributes:
        values: labels, int64 [N], or scores [N, C] with columns in label
            order.
        kind: what was read: "ids" of classes, or "numbers".
    """

    values: np.ndarray
    kind: ValueKind


def with_classes(source: Source, classes: tuple[str, ...]) -> Source:
    """Returns a source whose numbers count the given classes.

    Raises:
        ValueError: the source itself says something else.
    """
    if source.classes not in (None, classes):
        raise ValueError(
            f"{source.name} brings its own list of classes, and it is not the "
            "one of --classes."
        )
    return source._replace(classes=classes)


def with_own_ids(
    source: Source, tree: Hierarchy, are_nodes: bool = False
) -> Source:
    """Returns a source that calls classes by their ids.

    Args:
        source: what was read.
        tree: of the classes.
        are_nodes: whether its values are read as names of nodes, and stay.
    """
    values, listed = source.values, source.classes
    if isinstance(values, tuple) and not are_nodes:
        values = own_ids(values, tree)
    if listed is not None:
        listed = own_ids(listed, tree)
    return source._replace(values=values, classes=listed)


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


def check_same_numbers(
    one: tuple[Source, Reading],
    other: tuple[Source, Reading],
    classes: Sequence[str],
) -> None:
    """Refuses to guess what numbers mean when only one source says it.

    Raises:
        ValueError: one source lists its classes in another order than the tree,
            and the numbers of the other source have no such list.
    """
    for (listed, _), (unlisted, read) in ((one, other), (other, one)):
        if (
            listed.classes not in (None, tuple(classes))
            and unlisted.classes is None
            and read.kind == "numbers"
        ):
            raise ValueError(
                f"{listed.name} numbers the classes in another order than the "
                f"hierarchy, {unlisted.name} does not say how it does: pass "
                "--classes."
            )


def to_labels(
    source: Source,
    classes: Sequence[str],
    nodes: NodeLabels | None = None,
) -> Reading:
    """Turns what a file holds into labels of the tree.

    Args:
        source: what was read; its own `classes`, if any, are translated.
        classes: class ids of the tree, in label order.
        nodes: numbers of all nodes, where labels may name groups as well.

    Raises:
        ValueError: no sample, an unknown class id, a number that names no
            class, another set of classes, values that are neither ids nor
            numbers, or that may be either.
    """
    source = without_header(source, classes)
    values, own, name = source.values, source.classes, source.name
    shape = (
        np.shape(values) if isinstance(values, np.ndarray) else (len(values),)
    )
    if 0 in shape:
        raise ValueError(f"{name} is empty: it has shape {shape}.")
    if shape and shape[0] > limits.LABELS:
        raise ValueError(
            f"{name} holds {shape[0]:,} samples, more than {limits.LABELS:,}, "
            "the most that are read at once."
        )
    if own is not None:
        _check_same_classes(own, classes, name)
    if isinstance(values, np.ndarray):
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        if values.dtype.kind not in "iuf" or values.ndim not in (1, 2):
            raise ValueError(
                f"{name}: expected labels [N], class ids [N] or scores [N, C], "
                f"got shape {values.shape} of {values.dtype}."
            )
        if values.ndim == 2:
            return Reading(_columns(values, own, classes, name), "numbers")
    return _labels(_Cells.of(values), source, classes, nodes)


class _EitherError(ValueError):
    """A name that a class has and a group as well."""


class _Cells(NamedTuple):
    """The different values of a file, as they stand in it.

    Attributes:
        texts: str [n], each as text.
        numbers: float [n], each as a number, NaN where it is none.
        place: int [N], which of them each sample has.
    """

    texts: tuple[str, ...]
    numbers: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray | tuple[str, ...]) -> "_Cells":
        if isinstance(values, tuple):
            place = {text: i for i, text in enumerate(dict.fromkeys(values))}
            index = np.fromiter(map(place.__getitem__, values), np.int64)
            texts = tuple(place)
            found = [number_in(text) for text in texts]
            numbers = np.array(
                [np.nan if n is None else n for n in found], np.float64
            )
            return cls(texts, numbers, index)
        unique, first, index = np.unique(
            values, return_index=True, return_inverse=True
        )
        # In the order of the file, for error messages.
        order = np.argsort(first)
        place_of = np.argsort(order)
        texts = tuple(map(text_of, unique[order].tolist()))
        return cls(
            texts, unique[order].astype(np.float64), place_of[index.ravel()]
        )


def _labels(
    cells: _Cells,
    source: Source,
    classes: Sequence[str],
    nodes: NodeLabels | None,
) -> Reading:
    read: dict[ValueKind, np.ndarray] = {}
    problems: dict[ValueKind, ValueError] = {}
    readers: dict[ValueKind, Callable[..., np.ndarray]] = {
        "ids": _by_id,
        "numbers": _by_number,
    }
    for kind, reader in readers.items():
        if source.kind in (None, kind):
            try:
                read[kind] = reader(cells, source, classes, nodes)
            except ValueError as problem:
                problems[kind] = problem
    either = problems.get("ids")
    if isinstance(either, _EitherError):
        if "numbers" not in read:
            raise either
        raise ValueError(
            f"{either} If whole numbers count the classes from 0 here, pass "
            "--labels-are numbers."
        )
    if not read:
        check_none_missing(source, classes)
        is_text = isinstance(source.values, tuple)
        likely: ValueKind = "numbers"
        if is_text and np.isnan(cells.numbers).any():
            likely = "ids"
        raise problems.get(likely) or next(iter(problems.values()))
    if len(read) == 2 and not np.array_equal(read["ids"], read["numbers"]):
        name = classes.__getitem__ if nodes is None else nodes.name
        raise ValueError(_ambiguity(cells, read, source, name))
    kind, labels = next(iter(read.items()))
    return Reading(labels[cells.place], kind)


def _by_id(
    cells: _Cells,
    source: Source,
    classes: Sequence[str],
    nodes: NodeLabels | None,
) -> np.ndarray:
    labels: dict[str, int | None] = {}
    if nodes is None:
        labels |= {class_id: label for label, class_id in enumerate(classes)}
    else:
        # None for what a class and a group are called.
        for name in nodes.by_name:
            for mark in (_ITSELF, " (group)"):
                if name.endswith(mark):
                    labels[name.removesuffix(mark)] = None
        labels |= nodes.by_name
    # Programs that read ids as numbers drop their leading zeros.
    id_at: dict[int, str | None] = {}
    for class_id in labels:
        if (value := whole_number_in(class_id)) is not None:
            id_at[value] = None if value in id_at else class_id
    found: dict[str, str] = {}
    for text in cells.texts:
        value = None if text in labels else whole_number_in(text)
        match = text if value is None else id_at.get(value)
        if match in labels:
            found[text] = match
    unknown = [text for text in cells.texts if text not in found]
    if unknown:
        if nodes is not None:
            raise ValueError(
                f"{source.name}: {quantity(len(unknown), 'label')} "
                f"{by_number(len(unknown), 'is', 'are')} no node of the "
                f"hierarchy. The first: {_why_not(unknown[0], nodes)}"
            )
        raise ValueError(
            f"{source.name}: {quantity(len(unknown), 'class id')} "
            f"{by_number(len(unknown), 'is', 'are')} not in the "
            f"hierarchy, the first is {unknown[0]!r:.80}; its ids look like "
            f"{classes[0]!r:.80}.{_hint_of_header(cells, unknown, source)}"
            f"{_hint_of_nodes(source)}"
        )
    either = [each for each in found.values() if labels[each] is None]
    if nodes is not None and either:
        raise _EitherError(f"{source.name}: {_why_not(either[0], nodes)}")
    return np.array([labels[found[text]] for text in cells.texts], np.int64)


def _why_not(name: str, nodes: NodeLabels) -> str:
    return nodes.why_not(name).replace(name, f"{name:.80}")


def _hint_of_header(
    cells: _Cells, unknown: Sequence[str], source: Source
) -> str:
    first = cells.texts[0]
    stands_once = (cells.place == 0).sum() == 1
    if not source.is_bare or first not in unknown or not stands_once:
        return ""
    is_above_numbers = (
        np.isnan(cells.numbers[0]) and not np.isnan(cells.numbers[1:]).any()
    )
    if len(unknown) == 1 or is_above_numbers:
        return (
            f" If {first!r:.80} is a header, call the column {source.wanted!r}."
        )
    return ""


def _hint_of_nodes(source: Source) -> str:
    if source.wanted != "labels":
        return " Predictions name classes, no groups of it."
    if not source.takes_groups:
        return " Samples that are known as a group only are to be left out."
    return " If some name groups of it, pass --node-labels."


def _hint_of_numbers(
    values: np.ndarray, count: int, nodes: NodeLabels | None, source: Source
) -> str:
    if nodes is not None or source.wanted != "labels" or (values < 0).any():
        return ""
    if not source.takes_groups:
        return (
            f" If those from {count} on are inner nodes of the tree, leave "
            "their samples out."
        )
    return (
        f" If those from {count} on are inner nodes of the tree, pass "
        "--node-labels."
    )


def _by_number(
    cells: _Cells,
    source: Source,
    classes: Sequence[str],
    nodes: NodeLabels | None,
) -> np.ndarray:
    values, name = cells.numbers, source.name
    (wrong,) = np.nonzero(~(np.isfinite(values) & (values == np.floor(values))))
    if wrong.size:
        raise ValueError(
            f"{name}: labels must be whole numbers, got "
            f"{cells.texts[wrong[0]]:.80} at index {_first(cells, wrong)}. "
            "Scores are [N, C]."
        )
    count = len(classes) if nodes is None else nodes.num_labels
    (outside,) = np.nonzero((values < 0) | (values >= count))
    if outside.size:
        samples = int(np.isin(cells.place, outside).sum())
        raise ValueError(
            f"{name}: labels must lie in 0..{count - 1}; {samples} do not, the "
            f"first is {cells.texts[outside[0]]:.80} at index "
            f"{_first(cells, outside)}."
            + _hint_of_numbers(values, count, nodes, source)
        )
    labels = values.astype(np.int64)
    if source.classes is None:
        return labels
    label_of = {class_id: label for label, class_id in enumerate(classes)}
    own = [label_of[c] for c in source.classes]
    # Inner nodes have the numbers of the tree, whatever the order of classes.
    return np.array([*own, *range(len(own), count)], np.int64)[labels]


def _first(cells: _Cells, places: np.ndarray) -> int:
    return int(np.argmax(np.isin(cells.place, places)))


def _ambiguity(
    cells: _Cells,
    read: dict[ValueKind, np.ndarray],
    source: Source,
    name: Callable[[int], str],
) -> str:
    (differ,) = np.nonzero(read["ids"] != read["numbers"])
    examples = ", ".join(
        f"{cells.texts[i]:.80} is {name(read['ids'][i])!r:.80} as an id and "
        f"{name(read['numbers'][i])!r:.80} as a number"
        for i in differ[:_QUOTED].tolist()
    )
    option = "--labels-are"
    if source.wanted != "labels":
        option = "--predictions-are"
    return (
        f"{source.name}: whole numbers may be ids of classes here, or count "
        f"the classes from 0: {examples}. Say which: {option} ids, or {option} "
        "numbers."
    )


def _columns(
    scores: np.ndarray,
    own: Sequence[str] | None,
    classes: Sequence[str],
    name: str,
) -> np.ndarray:
    if scores.shape[1] != len(classes):
        raise ValueError(
            f"{name}: expected scores [N, {len(classes)}], a column a class, "
            f"got shape {scores.shape}."
            + (PART_OF_A_TREE if scores.shape[1] < len(classes) else "")
        )
    if own is None:
        return scores
    column_of = {class_id: column for column, class_id in enumerate(own)}
    return scores[:, [column_of[c] for c in classes]]


def _check_same_classes(
    own: Sequence[str], classes: Sequence[str], name: str
) -> None:
    if len(set(own)) != len(own):
        twice = Counter(own).most_common(1)[0][0]
        raise ValueError(
            f"{name}: its list of classes names one twice, {twice!r:.80}."
        )
    missing = sorted(set(classes) - set(own))
    surplus = sorted(set(own) - set(classes))
    if missing or surplus:
        raise ValueError(
            f"{name} is about other classes than the hierarchy: "
            f"{len(missing)} are missing{_such_as(missing)}, {len(surplus)} "
            f"are unknown{_such_as(surplus)}."
            + ("" if surplus else PART_OF_A_TREE)
        )


def _such_as(ids: Sequence[str]) -> str:
    return f" (such as {ids[0]!r:.80})" if ids else ""
