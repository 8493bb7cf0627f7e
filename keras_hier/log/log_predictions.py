"""Logs predictions in one call, from whatever made them."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.predictions.counted_predictions import counted_predictions
from keras_hier.log.records.given_labels import (
    are_texts,
    as_integers,
    class_numbers,
    texts_of,
)
from keras_hier.log.run_trees import (
    logged_tree,
    tree_of_errors,
    warn_of_one_based,
)
from keras_hier.plausibility import require_label_order
from keras_hier.tensors import to_numpy

_EXPECTED = (
    "Expected true and predicted classes [N], scores [N, C], or a confusion "
    "matrix [C, C] alone"
)


def log_predictions(
    run: str | os.PathLike[str],
    y_true: Any,
    y_pred: Any = None,
    *,
    classes: Iterable[Any] | None = None,
    hierarchy: Hierarchy | None = None,
    scores: Any = None,
    from_logits: bool = False,
    counts: Any = None,
    ids: Any = None,
    epoch: int = 1,
    split: str = "validation",
    resume: bool = False,
) -> Hierarchy:
    """Logs the predictions of an epoch for the tab, whatever made them.

    Without a hierarchy the run's own is taken, or else one that is computed
    from these errors. Arrays may be lists, NumPy, pandas, or tensors of
    PyTorch, JAX and TensorFlow on any device.

    Args:
        run: folder of the run, one for each training or fold.
        y_true: true classes [N]; or a confusion matrix [C, C], rows true, if
            there is neither `y_pred` nor `scores`. Strings are ids of classes,
            integers are their numbers from 0.
        y_pred: predicted classes [N]; by default the best of `scores`.
        classes: [C], the ids of the classes in the order of the numbers, of
            the scores' columns and of the matrix; by default that of the
            hierarchy, or else the ids that occur, in sorted order.
        hierarchy: the tree over these classes.
        scores: probabilities [N, C]: each sample is logged as well, with its
            best classes.
        from_logits: whether the scores are logits.
        counts: integers [N], how many samples each pair of `y_true` and
            `y_pred` stands for.
        ids: str [N], names of the samples, with scores.
        epoch: that has just ended, counted from 1.
        split: "train", "validation" or "test".
        resume: whether the epoch may lie below the last one, and replaces it
            and the later ones, as when a training runs again.

    Returns:
        The tree that the epoch was logged under.

    Raises:
        ValueError: nothing to count, lengths that differ, unknown classes,
            numbers whose classes nobody named, an epoch below the last one.
        OSError: the folder cannot be written to.

    Example:
        >>> import tempfile
        >>> true, named = ["cat", "dog", "car"], ["dog", "cat", "car"]
        >>> log_predictions(tempfile.mkdtemp(), 8 * true, 8 * named).classes
        ('car', 'cat', 'dog')
    """
    if not os.fspath(run):
        raise ValueError("run must be the name of a folder, got none.")
    if y_pred is None and scores is None:
        return _log_matrix(
            run, y_true, classes, hierarchy, epoch, split, resume
        )
    if scores is None and (ids is not None or from_logits):
        raise ValueError("ids and from_logits go with scores.")
    if scores is not None and counts is not None:
        raise ValueError("counts go without scores, which are of one sample.")
    named = scores if y_pred is None else y_pred
    order = None if classes is None else _ids(classes)
    tree = hierarchy or _tree_of_run(run, split)
    known = order or (tree.classes if tree else _found(y_true, named, scores))
    if tree is not None and hierarchy is None and order is None:
        _check_numbers(tree, y_true, named)
    require_label_order(scores, known, ("columns",))
    true = class_numbers("y_true", y_true, known)
    predicted = class_numbers("y_pred", named, known, are_scores=True)
    flat = Hierarchy.from_paths([(each,) for each in known])
    matrix, _ = counted_predictions(true, predicted, flat, False, counts)
    tree = tree or tree_of_errors(matrix, known).hierarchy
    places = _places(known, tree)
    with BlocksWriter(run, tree, split, resume=resume) as log:
        # Samples come before their matrix.
        log.check_epoch(epoch, "class")
        if scores is not None:
            columns = to_numpy(scores)[:, np.argsort(places)]
            log.samples(
                places[true], columns, epoch, ids, from_logits=from_logits
            )
        log.matrix(_moved(matrix, places), epoch)
    return tree


def _log_matrix(
    run: str | os.PathLike[str],
    counts: Any,
    classes: Iterable[Any] | None,
    hierarchy: Hierarchy | None,
    epoch: int,
    split: str,
    resume: bool,
) -> Hierarchy:
    matrix = counts if sparse.issparse(counts) else to_numpy(counts)
    size = matrix.shape[0] if matrix.ndim == 2 else -1
    if matrix.shape != (size, size):
        raise ValueError(f"{_EXPECTED}; got one array {matrix.shape}.")
    tree = hierarchy or _tree_of_run(run, split)
    named = getattr(counts, "index", None)
    if classes is not None:
        known = _ids(classes)
    elif isinstance(named, Iterable) and are_texts(np.asarray(named)):
        known = _ids(named)  # of pandas, as `crosstab` makes it
        require_label_order(counts, known)
    else:
        known = tree.classes if tree else _ids(range(size))
    if len(known) != size:
        raise ValueError(
            f"Expected a confusion matrix [{len(known)}, {len(known)}] of the "
            f"{len(known)} classes, got {matrix.shape}."
        )
    tree = tree or tree_of_errors(matrix, known).hierarchy
    with BlocksWriter(run, tree, split, resume=resume) as log:
        log.matrix(
            _moved(sparse.coo_array(matrix), _places(known, tree)), epoch
        )
    return tree


def _tree_of_run(run: str | os.PathLike[str], split: str) -> Hierarchy | None:
    # Splits may stand under trees of their own.
    return logged_tree(run, split)[1] or logged_tree(run)[1]


def _ids(classes: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, texts_of(np.asarray(list(classes)))))


def _found(true: Any, named: Any, scores: Any) -> tuple[str, ...]:
    """Returns the classes that occur, where nothing names them."""
    values = [to_numpy(true), to_numpy(named)]
    texts = [are_texts(value) for value in values]
    if scores is not None:
        columns = getattr(scores, "columns", ())
        if len(columns) and are_texts(np.asarray(columns)):
            return _ids(columns)
        texts.append(False)
    if all(texts):
        return _ids(
            sorted({*texts_of(values[0]), *texts_of(values[1])}, key=str)
        )
    if any(texts):
        raise ValueError(
            "Some classes are ids and others numbers, or columns of scores: "
            "say by classes= which class each number is."
        )
    if scores is not None:
        return _ids(range(np.shape(scores)[1]))
    numbers = np.concatenate(
        [as_integers("y_true", values[0]), as_integers("y_pred", values[1])]
    )
    if (largest := int(numbers.max())) >= limits.CLASSES:
        raise ValueError(
            f"{largest:,} numbers no class: they count from 0 to less than "
            f"{limits.CLASSES:,}. Give ids as strings."
        )
    warn_of_one_based(int(numbers.min()))
    return _ids(range(1 + largest))


def _check_numbers(tree: Hierarchy, *given: Any) -> None:
    """Refuses numbers of classes that a run knows by ids that were sorted."""
    numbered = tree.classes == _ids(range(tree.num_classes))
    if tree.origin is None or numbered:
        return
    if not all(are_texts(to_numpy(each)) for each in given):
        raise ValueError(
            "The run has a tree that was computed from errors, over "
            f"{', '.join(tree.classes[:3])!r:.80}, ...: say by classes= which "
            "class each number is."
        )


def _places(known: Sequence[str], tree: Hierarchy) -> np.ndarray:
    """Returns the numbers that the tree has for the known classes, int [C]."""
    if len(known) != tree.num_classes or len({*known}) < len(known):
        raise ValueError(
            f"Expected the {tree.num_classes} classes of the tree, each once, "
            f"got {len(known)}. hierarchy.subset(classes) is the tree of a "
            "part of its classes."
        )
    return class_numbers("classes", list(known), tree.classes)


def _moved(matrix: sparse.coo_array, places: np.ndarray) -> sparse.coo_array:
    rows, columns = matrix.coords
    return sparse.coo_array(
        (matrix.data, (places[rows], places[columns])), matrix.shape
    )
