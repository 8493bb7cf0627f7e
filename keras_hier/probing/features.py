"""The features of a network at some layers, for samples with labels."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.files import limits
from keras_hier.files.numpy_rows import NumpyRows, Rows
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.log.metadata import UNTRAINED, as_output, linear_output
from keras_hier.log.records.given_labels import require_within
from keras_hier.log.records.layers_codec import MAX_NAME
from keras_hier.plausibility import require_order
from keras_hier.probing.features_folder import (
    DESCRIPTION,
    OUTPUT,
    contents,
    describe,
    filled,
    keep,
    layer_file,
)
from keras_hier.probing.fits.standardised import CHUNK, add_rows
from keras_hier.tensors import to_numpy

IntArray = npt.NDArray[np.int64]


class Features:
    """The features of a network at D layers, for N samples.

    `kh.analysis.features` makes them of a Keras model. Those of any other
    framework are given as arrays, and then Keras is not needed.

    Args:
        layers: by layer, from the input on, its features [N, F]: an array, a
            tensor wherever it lies, or the path of an .npy file, which is not
            read into memory.
        labels: the actual classes: class ids, str [N], or integers [N].
        output: scores of the network's own output, [N, C]: logits, or
            log-probabilities. Without it nothing is said of what a layer adds.
        ids: str [N], what the samples are called, or None.
        classes: str [C], class ids in the order of integer labels and of the
            columns of `output`, where it is not that of the hierarchy.
        pools: by layer, how it became features, such as "grid3"; for reports.
        shapes: by layer, of its tensor, channels last, such as "13 x 13 x 128".

    Attributes:
        layers: str [D], names.
        labels: int64 [N], or str [N].
        ids: str [N], or None.
        classes: str [C], or None.
        pools: str [D].
        shapes: str [D].

    Raises:
        ValueError: arrays that are not [N, F] with one N, no layer, two that
            the log would take for one, ids that are no texts, or a class that
            is named twice.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> found = Features(
        ...     {"layer1": rng.normal(size=(4, 8)), "layer4": np.eye(4)},
        ...     ["cat", "cat", "dog", "dog"],
        ... )
        >>> found.layers, len(found), found["layer4"].shape
        (('layer1', 'layer4'), 4, (4, 4))
    """

    def __init__(
        self,
        layers: Mapping[str, Any],
        labels: Any,
        output: Any | None = None,
        ids: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
        pools: Mapping[str, str] | None = None,
        shapes: Mapping[str, str] | None = None,
    ) -> None:
        if not layers:
            raise ValueError("Expected features of at least one layer.")
        if len(layers) > limits.LAYERS:
            raise ValueError(
                f"Expected features of at most {limits.LAYERS} layers, got "
                f"{len(layers)}."
            )
        self.labels = _labels(labels)
        count = len(self.labels)
        self._arrays = {
            _checked_name(name): _rows(f"the features of {name!r}", each, count)
            for name, each in layers.items()
        }
        self.layers = tuple(self._arrays)
        check_tags(self.layers)
        self._output = None
        if output is not None:
            self._output = _rows("output", output, count)
        self.ids = None if ids is None else _ids(ids, count)
        self.classes = None if classes is None else _classes(classes)
        if self.classes is not None and self._output is not None:
            _check_columns(self._output, self.classes)
        self.pools = tuple((pools or {}).get(each, "") for each in layers)
        self.shapes = tuple((shapes or {}).get(each, "") for each in layers)

    def __len__(self) -> int:
        """Returns N."""
        return len(self.labels)

    def __getitem__(self, layer: str) -> np.ndarray:
        """Returns the features [N, F] of a layer, read into memory.

        Raises:
            KeyError: no such layer.
        """
        return np.asarray(self.rows(layer))

    def rows(self, layer: str) -> Rows:
        """Returns the same; what is on the disk is read as rows are asked for.

        Raises:
            KeyError: no such layer.
        """
        if layer not in self._arrays:
            raise KeyError(
                f"There are no features of {layer!r}; there are those of "
                f"{', '.join(map(repr, self.layers))}."
            )
        return self._arrays[layer]

    @property
    def output(self) -> np.ndarray | None:
        """Scores of the network's own output, [N, C], read into memory."""
        return None if self._output is None else np.asarray(self._output)

    def __repr__(self) -> str:
        return f"<Features of {len(self.layers)} layers, {len(self)} samples>"

    def labels_in(self, hierarchy: Hierarchy) -> IntArray:
        """Returns the labels as the hierarchy numbers its classes.

        Raises:
            ValueError: a class that the hierarchy lacks, or a group.
        """
        if isinstance(self.labels, tuple):
            return _places(self.labels, hierarchy)
        if self.classes is not None:
            places = _places(self.classes, hierarchy)
        else:
            places = np.arange(hierarchy.num_classes)
        try:
            require_within("labels", self.labels, len(places))
        except ValueError as error:
            if not len(places) <= self.labels.max() < len(hierarchy.parents):
                raise
            raise ValueError(
                f"{error} Those of kh.NodeLabels from {len(places)} on are "
                "groups, of which no probe can tell the class: leave these "
                "samples out."
            ) from None
        found: IntArray = places[self.labels]
        return found

    def output_in(self, hierarchy: Hierarchy) -> Rows | None:
        """Returns the output's scores [N, C] in the order of the hierarchy.

        Raises:
            ValueError: scores of other classes.
        """
        scores = self._output
        if scores is None:
            return None
        if scores.shape[1] != hierarchy.num_classes:
            raise ValueError(
                f"The output has {scores.shape[1]} columns, the hierarchy "
                f"{hierarchy.num_classes} classes."
                + subset_hint(scores.shape, hierarchy.num_classes)
            )
        if self.classes is None:
            return scores
        places = _places(self.classes, hierarchy)
        if (places == np.arange(len(places))).all():
            return scores
        return np.asarray(scores)[:, np.argsort(places)]

    def class_means(self, layer: str, hierarchy: Hierarchy) -> np.ndarray:
        """Returns the mean features of each class, float64 [C, F].

        NaN for classes without samples.
        """
        labels = self.labels_in(hierarchy)
        count = np.bincount(labels, minlength=hierarchy.num_classes)
        sums = class_sums(self.rows(layer), labels, hierarchy.num_classes)
        with np.errstate(invalid="ignore"):
            means: np.ndarray = sums / count[:, None]
        return means

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a folder that `load` reads, and other programs can.

        `features.json` names the layers and is written last, so that a folder
        without it is half written; `layer_000.npy` and so on hold the
        features, `labels.npy`, `output.npy` and `ids.npy` the rest.

        Args:
            path: of a new folder, or an empty one.

        Raises:
            ValueError: they number classes, and `classes` does not say which.
            FileExistsError: the folder is not empty.
            OSError: they could not be written; then nothing is left of them.
        """
        if self.are_unnamed:
            raise ValueError(
                "These features number the classes, and whoever reads them "
                "could not tell which are which: make Features(..., classes=), "
                "class ids in the order of the numbers, and save that."
            )
        with filled(path) as folder:
            for place, layer in enumerate(self.layers):
                keep(folder / layer_file(place), self._arrays[layer])
            if self._output is not None:
                keep(folder / OUTPUT, self._output)
            describe(
                folder,
                labels=self.labels,
                layers=self.layers,
                shapes=self.shapes,
                pools=self.pools,
                ids=self.ids,
                classes=self.classes,
            )

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        classes: Sequence[str] | None = None,
    ) -> "Features":
        """Reads a folder that `save` or `kh.analysis.features` wrote.

        Arrays stay on the disk until they are used.

        Args:
            path: of the folder.
            classes: str [C], class ids in the order of the numbers that are
                kept, where the folder does not name them.

        Raises:
            ValueError: no such folder, one that is half written, one whose
                files do not fit together, or one that numbers classes and names
                none, or others than `classes`.
        """
        found = read_folder(path, classes)
        if found.are_unnamed:
            raise ValueError(
                f"{str(path)!r} numbers the classes and does not say which are "
                "which: pass classes=, class ids in the order that the network "
                "numbers them (`keras-hier probe`: --classes FILE)."
            )
        return found

    @property
    def are_unnamed(self) -> bool:
        """Whether labels or output number classes without `classes`."""
        by_id = isinstance(self.labels, tuple) and self._output is None
        return self.classes is None and not by_id


def read_folder(
    path: str | os.PathLike[str], classes: Sequence[str] | None = None
) -> Features:
    """Reads features as `Features.load` does, with or without class ids."""
    folder = Path(path)
    try:
        found = contents(folder)
        if classes is not None:
            if found["classes"] not in (None, tuple(classes)):
                raise ValueError(
                    "it names the classes itself, and in another way than is "
                    "said. Leave out classes= (--classes)."
                )
            found["classes"] = classes
        return Features(**found)
    except OSError:
        files = len(list(folder.glob("*.npy"))) if folder.is_dir() else 0
        raise ValueError(
            f"{str(folder)!r} holds no features: there is no "
            f"{DESCRIPTION}, which is written last."
            + (
                f" Its {files} .npy files are from a run that was stopped: "
                "delete the folder and make the features again."
                if files
                else ""
            )
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{str(folder / DESCRIPTION)!r} does not fit the files beside "
            f"it: {error}"
        ) from error


def class_sums(
    values: Rows,
    labels: IntArray,
    num_classes: int,
    rows: IntArray | None = None,
) -> np.ndarray:
    """Returns the summed features of each class, float64 [C, F].

    Args:
        values: features [N, F].
        labels: int64 [N].
        num_classes: C.
        rows: the samples to sum over, by default all.
    """
    if rows is None:
        rows = np.arange(len(labels))
    found = np.zeros((num_classes, values.shape[1]))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        add_rows(found, labels[part], np.asarray(values[part], np.float64))
    return found


def check_tags(layers: Sequence[str]) -> None:
    """Raises an error if the log would take two layers for one.

    Raises:
        ValueError: two names differ by "/" and "_" alone, or one is that of
            the untrained network.
    """
    names: dict[str, str] = {}
    for layer in layers:
        if linear_output(layer) == UNTRAINED:
            raise ValueError(
                f"A layer is called {layer!r}, which is what the log calls the "
                "best layer of an untrained network: rename it."
            )
        other = names.setdefault(as_output(layer), layer)
        if other != layer:
            raise ValueError(
                f"Layers {other!r:.80} and {layer!r:.80} are one in the log, "
                "where '/' is '_': leave one of them out, or rename it."
            )


def _checked_name(name: Any) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise ValueError(
            f"A layer's name has 1 to {MAX_NAME} characters, got {name!r:.80}."
        )
    return name


def _classes(given: Sequence[str]) -> tuple[str, ...]:
    require_order("classes", given, "the labels")
    classes = tuple(map(str, given))
    if len(set(classes)) < len(classes):
        twice = Counter(classes).most_common(1)[0][0]
        raise ValueError(
            f"Expected each class once in `classes`, got {twice!r:.80} twice."
        )
    return classes


def _check_columns(output: Rows, classes: tuple[str, ...]) -> None:
    if output.shape[1] != len(classes):
        raise ValueError(
            f"Expected a column of `output` for each of the {len(classes)} "
            f"`classes`, got {output.shape[1]}."
        )


def _labels(given: Any) -> Any:
    values = to_numpy(given)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            "Expected labels [N], integers or class ids, got shape "
            f"{values.shape}."
        )
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    if values.dtype.kind in "US" or all(
        isinstance(each, str) for each in values.tolist()
    ):
        return tuple(map(_text, values.tolist()))
    raise ValueError(
        f"Labels must be integers or class ids, got {values.dtype}."
    )


def _ids(given: Sequence[Any], count: int) -> tuple[str, ...]:
    if len(given) != count:
        raise ValueError(
            f"Expected an id for each of the {count} samples, got {len(given)}."
        )
    texts = str | bytes | os.PathLike | int | np.integer
    for each in given:
        # A row of numbers would become a text, too. Times are integers.
        if not isinstance(each, texts) or isinstance(each, np.timedelta64):
            raise ValueError(f"Expected ids as texts, got {str(each)!r:.50}.")
    return tuple(map(_text, given))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _rows(what: str, given: Any, count: int) -> Rows:
    if isinstance(given, str | os.PathLike):
        given = NumpyRows(given)
    values = given if isinstance(given, NumpyRows) else to_numpy(given)
    if values.ndim != 2 or len(values) != count or not values.shape[1]:
        raise ValueError(
            f"Expected {what} as [{count}, n], a row a sample, got shape "
            f"{values.shape}."
            + (
                " Average the positions first: features [N, F]."
                if values.ndim > 2
                else ""
            )
        )
    if values.dtype.kind not in "fiu":
        raise ValueError(f"Expected {what} as numbers, got {values.dtype}.")
    if values.dtype.kind == "f":
        return values
    return np.asarray(values, np.float32)


def _places(ids: Sequence[str], hierarchy: Hierarchy) -> IntArray:
    of = {each: label for label, each in enumerate(hierarchy.classes)}
    unknown = [each for each in dict.fromkeys(ids) if each not in of]
    if unknown:
        raise ValueError(
            f"The hierarchy has no class {unknown[0]!r:.80}"
            + (f" and {len(unknown) - 1} others" if len(unknown) > 1 else "")
            + f" of the features; it begins with {hierarchy.classes[0]!r:.80}."
        )
    return np.array([of[each] for each in ids], np.int64)
