"""The features of a network at some layers, for samples with labels."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.files import limits
from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.log.records.given_labels import require_within
from keras_hier.probing.feature_arguments import (
    check_layers,
    checked_classes,
    checked_ids,
    checked_labels,
    checked_rows,
)
from keras_hier.probing.features_folder import (
    DESCRIPTION,
    OUTPUT,
    contents,
    describe,
    filled,
    keep,
    layer_file,
)
from keras_hier.probing.fits.standardised import class_sums
from keras_hier.tensors import IntArray


class Features:
    """The features of a network at D layers, for N samples.

    `kh.analysis.features` makes them of a Keras model. Features of any other
    framework are given as arrays; then Keras is not needed.

    Args:
        layers: by layer, from the input on, its features [N, F]: an array, a
            tensor on any device, or the path of an .npy file, which stays on
            the disk.
        labels: the true classes: class ids, str [N], or integers [N].
        output: scores of the network's own output, [N, C]: logits, or
            log-probabilities. Without it the report does not tell what a layer
            adds.
        ids: str [N], names of the samples, or None.
        classes: str [C], class ids in the order of integer labels and of the
            columns of `output`, if that is not the order of the hierarchy.
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
        self.labels = checked_labels(labels)
        count = len(self.labels)
        self.layers = tuple(layers)
        check_layers(self.layers)
        self._arrays = {
            name: checked_rows(f"the features of {name!r}", each, count)
            for name, each in layers.items()
        }
        self._output = None
        if output is not None:
            self._output = checked_rows("output", output, count)
        self.ids = None if ids is None else checked_ids(ids, count)
        self.classes = None
        if classes is not None:
            self.classes = checked_classes(classes, self._output)
        self.pools = tuple((pools or {}).get(each, "") for each in layers)
        self.shapes = tuple((shapes or {}).get(each, "") for each in layers)

    def __len__(self) -> int:
        """Returns N."""
        return len(self.labels)

    def __getitem__(self, layer: str) -> np.ndarray:
        """Returns the features [N, F] of a layer, read into memory."""
        return np.asarray(self.rows(layer))

    def rows(self, layer: str) -> Rows:
        """Returns the features [N, F] of a layer, on the disk if they are.

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
        if self.classes in (None, hierarchy.classes):
            return scores
        places = _places(self.classes or (), hierarchy)
        return np.asarray(scores)[:, np.argsort(places)]

    def class_means(self, layer: str, hierarchy: Hierarchy) -> np.ndarray:
        """Returns the mean features of each class, float64 [C, F].

        NaN for classes without samples.
        """
        labels, size = self.labels_in(hierarchy), hierarchy.num_classes
        count = np.bincount(labels, minlength=size)
        sums = class_sums(
            self.rows(layer), labels, size, np.arange(len(labels))
        )
        with np.errstate(invalid="ignore"):
            means: np.ndarray = sums / count[:, None]
        return means

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a folder that `load` reads, and other programs can.

        `features.json` names the layers. It is written last, so a folder
        without it is half written. `layer_000.npy` and so on hold the
        features, `labels.npy`, `output.npy` and `ids.npy` the rest.

        Args:
            path: of a new folder, or an empty one.

        Raises:
            ValueError: they number classes, and `classes` does not name them.
            FileExistsError: the folder is not empty.
            OSError: they could not be written; then nothing is left of them.
        """
        if self._are_unnamed:
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
            classes: str [C], class ids in the order of the stored numbers, if
                the folder does not name them.

        Raises:
            ValueError: no such folder, one that is half written, one whose
                files do not fit together, or one that numbers classes and names
                none, or others than `classes`.
        """
        folder = Path(path)
        try:
            found = contents(folder)
            if classes is not None:
                if found["classes"] not in (None, tuple(classes)):
                    raise ValueError(
                        "it names the classes itself, and in another way than "
                        "is said. Leave out classes= (--classes)."
                    )
                found["classes"] = classes
            made = cls(**found)
        except OSError:
            raise ValueError(_no_features(folder)) from None
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{str(folder / DESCRIPTION)!r} does not fit the files beside "
                f"it: {error}"
            ) from error
        if made._are_unnamed:
            raise ValueError(
                f"{str(path)!r} numbers the classes and does not say which are "
                "which: pass classes=, class ids in the order that the network "
                "numbers them (`keras-hier probe`: --classes FILE)."
            )
        return made

    @property
    def _are_unnamed(self) -> bool:
        """Whether labels or output number classes without `classes`."""
        by_id = isinstance(self.labels, tuple) and self._output is None
        return self.classes is None and not by_id


def _no_features(folder: Path) -> str:
    files = len(list(folder.glob("*.npy"))) if folder.is_dir() else 0
    found = (
        f"{str(folder)!r} holds no features: there is no {DESCRIPTION}, which "
        "is written last."
    )
    if files:
        found += (
            f" Its {files} .npy files are from a run that was stopped: delete "
            "the folder and make the features again."
        )
    return found


def _places(ids: Sequence[str], hierarchy: Hierarchy) -> IntArray:
    """Returns the labels of classes, int64 [n]."""
    of = {each: label for label, each in enumerate(hierarchy.classes)}
    unknown = [each for each in dict.fromkeys(ids) if each not in of]
    if unknown:
        raise ValueError(
            f"The hierarchy has no class {unknown[0]!r:.80}"
            + (f" and {len(unknown) - 1} others" if len(unknown) > 1 else "")
            + f" of the features; it begins with {hierarchy.classes[0]!r:.80}."
        )
    return np.array([of[each] for each in ids], np.int64)
