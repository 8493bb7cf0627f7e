"""Finds the classes that the values of a file mean.

Strings are class ids. Whole numbers are class numbers, 0 to C - 1, in the order
of the tree or of the list of classes that a file or `--classes` brings. Where
both readings are possible and differ, the command stops and names the flag.
Everything else is refused: nothing else would show a label of a wrong class.
"""

from collections.abc import Collection, Sequence

import numpy as np

from keras_hier.commands.arguments import PART_OF_A_TREE
from keras_hier.commands.inputs.array_files import (
    MISSING,
    Source,
    is_whole,
    text_of,
    whole_number_in,
)
from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.quantities import by_number as in_words
from keras_hier.quantities import quantity

# Where classes are known from, in errors.
HIERARCHY, RUN, LIST = "the hierarchy", "the run", "the list of classes"
# How many values the question quotes.
_QUOTED = 3
_ITSELF, _GROUP = " (itself)", " (group)"
# In place of a label: no class; a class and a group as well.
_NONE, _EITHER = -1, -2
_OR_NUMBERS = (
    " If whole numbers count the classes from 0 here, pass --labels-are "
    "numbers."
)


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
    sources: Sequence[Source],
    tree: Hierarchy,
    nodes: NodeLabels | None = None,
    known: str = HIERARCHY,
) -> list[np.ndarray]:
    """Turns the content of files into labels [N] or scores [N, C] of a tree.

    Errors say where the classes are known from.
    """
    read = [
        _Reader(
            each, tree, nodes if each.wanted == "labels" else None, known
        ).read()
        for each in sources
    ]
    # Where one file alone says what numbers mean, the other is not guessed.
    listed = [s for s in sources if s.classes not in (None, tree.classes)]
    for source in sources if listed else ():
        if source.classes is None and not source.are_ids:
            raise ValueError(
                f"{listed[0].name} numbers the classes in another order than "
                f"{known}, {source.name} does not say how it does: pass "
                "--classes."
            )
    return read


class _Reader:
    """Reads the values of a file in the terms of a tree."""

    def __init__(
        self,
        source: Source,
        tree: Hierarchy,
        nodes: NodeLabels | None = None,
        known: str = HIERARCHY,
    ) -> None:
        self.source, self.tree, self.nodes = source, tree, nodes
        self.known = known
        self.size = nodes.num_labels if nodes else tree.num_classes
        self.of_name = _label_of_names(tree, nodes)
        # The last place is that of -1. Inner nodes have the numbers of the
        # tree, whatever the order of classes.
        self.of_number = np.array([*range(self.size), _NONE])
        if source.classes is not None:
            ids = source._replace(kind="ids", classes=None)
            own = _Reader(ids, tree, None, known)
            self.of_number[: tree.num_classes] = own._each_class_once(
                source.classes, "listed id"
            )

    def read(self) -> np.ndarray:
        values, name = self.source.values, self.source.name
        shape = np.shape(values)
        if 0 in shape:
            raise ValueError(f"{name} is empty: it has shape {shape}.")
        if shape and shape[0] > limits.LABELS:
            raise ValueError(
                f"{name} holds {shape[0]:,} samples, more than "
                f"{limits.LABELS:,}, the most that are read at once."
            )
        if isinstance(values, tuple):
            return self._labels(values)
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        are_numbers = values.dtype.kind in "iuf"
        if are_numbers and values.ndim == 1:
            return self._labels(values)
        may_be_scores = self.source.wanted != "labels"
        if not are_numbers or values.ndim != 2 or not may_be_scores:
            raise ValueError(
                f"{name}: expected labels [N] or class ids [N]"
                f"{', or scores [N, C]' if may_be_scores else ''}, got shape "
                f"{shape} of {values.dtype}."
            )
        columns = self._each_class_once(self.source.names, "column")
        return values[:, np.argsort(columns)]

    def _each_class_once(self, names: Sequence[str], what: str) -> np.ndarray:
        """Reads a list of all classes."""
        count = self.tree.num_classes
        labels = self._labels((*names,), what) if len(names) <= count else None
        if labels is None or len(np.unique(labels)) < count:
            raise ValueError(
                f"{self.source.name}: expected each of the "
                f"{quantity(count, 'class')} of {self.known} in one {what}, "
                f"got {quantity(len(names), what)}"
                + (
                    ", of which two are one class."
                    if len(names) == count
                    else "."
                )
                + (
                    PART_OF_A_TREE
                    if len(names) < count and self.known == HIERARCHY
                    else ""
                )
            )
        return labels

    def _labels(
        self, values: np.ndarray | tuple[str, ...], what: str = "sample"
    ) -> np.ndarray:
        """Reads values as ids or as numbers of classes, or asks which."""
        if isinstance(values, tuple):
            if self.nodes is None:
                values = own_ids(values, self.tree)
            at = {text: i for i, text in enumerate(dict.fromkeys(values))}
            texts, place = (*at,), np.fromiter(map(at.__getitem__, values), int)
            are_whole = all(map(is_whole, texts))
        else:
            unique, place = np.unique(values, return_inverse=True)
            texts, are_whole = tuple(map(text_of, unique.tolist())), True
        names = _names(texts, self.of_name)
        by_id = np.array([self.of_name.get(name, _NONE) for name in names])
        by_number = self.of_number[
            [
                value if value is not None and 0 <= value < self.size else _NONE
                for value in map(whole_number_in, texts)
            ]
        ]
        kind = self.source.kind or ("numbers" if are_whole else "ids")
        may_be_both = self.source.kind is None and are_whole
        may_be_both &= _NONE not in by_id
        if _EITHER in by_id and (kind == "ids" or may_be_both):
            name = names[by_id.tolist().index(_EITHER)]
            raise ValueError(
                f"{self.source.name}: {self._why_not(name)}"
                + (_OR_NUMBERS if may_be_both else "")
            )
        if may_be_both and (by_id != by_number).any():
            raise ValueError(self._question(texts, by_id, by_number))
        labels = by_id if kind == "ids" else by_number
        wrong = labels == _NONE
        if wrong.any():
            neither = wrong & (by_number == _NONE)
            (faulty,) = np.nonzero(neither if neither.any() else wrong)
            here = np.isin(place, faulty)
            text = texts[place[int(here.argmax())]]
            raise ValueError(self._no_class(here, text, what))
        return labels[place.ravel()]

    def _question(
        self, texts: Sequence[str], by_id: np.ndarray, by_number: np.ndarray
    ) -> str:
        node_names = (self.nodes or NodeLabels(self.tree)).name
        differ = np.flatnonzero(by_id != by_number)[:_QUOTED].tolist()
        examples = ", ".join(
            f"{texts[i]:.80} is {node_names(by_id[i])!r:.80} as an id and "
            + (
                "no class"
                if by_number[i] == _NONE
                else f"{node_names(by_number[i])!r:.80}"
            )
            + " as a number"
            for i in differ
        )
        option = self.source.option
        return (
            f"{self.source.name}: whole numbers may be ids of classes here, or "
            f"count the classes from 0: {examples}. Say which: {option} ids, "
            f"or {option} numbers."
        )

    def _no_class(self, here: np.ndarray, text: str, what: str) -> str:
        count, first = int(here.sum()), int(here.argmax())
        where = self.source.place(first)
        if what != "sample":
            where = f"at place {first + 1}"
        return (
            f"{self.source.name}: {quantity(count, what)} "
            f"{in_words(count, 'is', 'are')} no "
            f"{'node' if self.nodes else 'class'} of {self.known}, the first "
            f"is {text!r:.80} {where}. Expected its class ids, such as "
            f"{self.tree.classes[0]!r:.80}, or whole numbers from 0 to "
            f"{self.size - 1}.{self._hint(text, what)}"
        )

    def _hint(self, text: str, what: str) -> str:
        """Says what the user may have meant by a value that is no class."""
        if text.lower() in MISSING:
            return " Leave out samples without a class, in all files."
        if what == "column":
            return (
                " The first line of a .csv names its columns: where it does "
                "not, write the ids above it."
            )
        if self.nodes is not None:
            return "" if is_whole(text) else f" {self._why_not(text)}"
        if self.source.wanted != "labels":
            return ""
        if self.known != HIERARCHY:
            return ""
        if not self.source.takes_groups:
            return " Samples that are known as a group only are to be left out."
        return " If some are groups of the tree, pass --node-labels."

    def _why_not(self, name: str) -> str:
        why = self.nodes.why_not(name) if self.nodes else ""
        return why.replace(name, f"{name:.80}")


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
