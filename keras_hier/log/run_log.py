"""Reads the log of one run without a server, and without TensorFlow.

TensorBoard's loaders import TensorFlow wherever it is installed, and keep all
scalars as well. This reader takes our own tags from the event files of one
sub-run, whatever program wrote them and however many.
"""

import os
from typing import Any

import numpy as np

from keras_hier.files.html_tables import html_table
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.log import metadata
from keras_hier.log.event_files.event_reader import (
    DamagedError,
    LogError,
    Record,
)
from keras_hier.log.logged_samples import Samples, pictures_in
from keras_hier.log.predictions.matrix_scores import columns_of, scores_in
from keras_hier.log.record_reader import RecordReader
from keras_hier.log.records import (
    container,
    matrix_codec,
    sample_codec,
)
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.log.run_rows import rows_of

__all__ = ["DamagedError", "LogError", "Record", "RunLog", "Samples"]


class RunLog(RecordReader):
    """The matrices, trees and samples of one split of one run.

    Args:
        run: folder of the run, or of one of its splits.
        split: "train", "validation" or "test"; by default the first of
            validation, test and train that is there.

    Attributes:
        name: the run, as the page calls it.
        split: the split that was read, "" if the folder is none.
        outputs: str [n], the outputs that have matrices.
        sample_outputs: str [n], the outputs that have samples.
        layer_outputs: str [n], the outputs whose layers were looked at.
        mean_layers: str [n], the layers with class means, "/" in names as "_".
        damage: str [n], a sentence for each file that could not be read to
            its end, also of splits before this one that hold nothing else.

    Raises:
        LogError: no such folder or split, or none with matrices or samples.

    Example:
        ```python
        log = RunLog("runs/plain")
        header, matrix = log.matrix(50)
        tree, sizes = log.tree(header)
        ```
    """

    def __init__(
        self, run: str | os.PathLike[str], split: str | None = None
    ) -> None:
        super().__init__(run, split)
        self.outputs = self.names("matrix")
        self.sample_outputs = self.names("samples")
        self.layer_outputs = self.names("layers")
        self.mean_layers = self.names("means")

    def __repr__(self) -> str:
        return f"<RunLog of {self._folder!r}, outputs {self.outputs}>"

    def _repr_html_(self) -> str:
        return html_table(repr(self._folder), rows_of(self, self._folder))

    def default_output(self, kind: str = "matrix") -> str:
        """Returns the output that is meant where none is named.

        It is `class` if that was logged. Otherwise it is the first in the
        alphabet of the network's own for the classes, or of all.

        Args:
            kind: "matrix", "samples" or "layers", that it is to have.

        Raises:
            LogError: a damaged epoch.
        """
        names = self.names(kind)
        if metadata.CLASS_OUTPUT in names or not names:
            return metadata.CLASS_OUTPUT
        if len(names) == 1:
            return names[0]
        return next(filter(self._is_own, names), names[0])

    def _is_own(self, output: str) -> bool:
        """Returns whether an output is the network's own for the classes."""
        if output not in self.outputs:
            return False
        header, _ = self.matrix(output)
        return header.role == "class" and header.grouping is None

    def _asked(
        self, kind: str, output: str | int | None, epoch: int | None
    ) -> tuple[str, int | None]:
        if isinstance(output, int | np.integer):
            if epoch is not None:
                raise LogError(f"output must be a name, got {output}.")
            return self.default_output(kind), int(output)
        return output or self.default_output(kind), epoch

    def epochs(self, output: str | None = None) -> tuple[int, ...]:
        """Returns the epochs of an output, in ascending order.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs(
            "matrix", output or self.default_output("matrix")
        )

    def matrix(
        self, output: str | int | None = None, epoch: int | None = None
    ) -> tuple[matrix_codec.MatrixHeader, Any]:
        """Returns one epoch of an output.

        Args:
            output: name of the model's output, `default_output` if none is
                given. An epoch may stand in its place.
            epoch: counted from 1; None for the last one.

        Returns:
            The header, and the counts as an int64 sparse array [n, n], in
            label order.

        Raises:
            LogError: no such output or epoch, or a damaged one.
        """
        found: tuple[matrix_codec.MatrixHeader, Any]
        found = self.record("matrix", *self._asked("matrix", output, epoch))
        return found

    def scores(self, output: str | None = None) -> dict[str, np.ndarray]:
        """Returns the scores of all epochs, as TensorBoard shows them.

        Args:
            output: name of the model's output, `default_output` if none is
                given.

        Returns:
            `epoch`, int64 [E], and by name float64 [E]: `accuracy_groups<G>` of
            each level, `severity` and `distance`; NaN where an epoch lacks it.

        Raises:
            LogError: no such output, or a damaged epoch.

        Example:
            ```python
            pandas.DataFrame(RunLog("runs/plain").scores())
            ```
        """
        rows = []
        for epoch in self.epochs(output):
            header, matrix = self.matrix(output, epoch)
            tree, _ = self.tree(header)
            rows.append({"epoch": epoch} | scores_in(header, matrix, tree))
        return columns_of(rows)

    def sample_epochs(self, output: str | None = None) -> tuple[int, ...]:
        """Returns the epochs of which the samples were logged, ascending.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs(
            "samples", output or self.default_output("samples")
        )

    def samples(
        self, output: str | int | None = None, epoch: int | None = None
    ) -> Samples:
        """Returns the predictions for the samples at the end of an epoch.

        Args:
            output: name of the model's output, `default_output` if none is
                given. An epoch may stand in its place.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such output or epoch, a damaged one, or one whose index
                is missing.

        Example:
            ```python
            found = RunLog("runs/plain").samples()
            wrong = np.flatnonzero(found.classes[:, 0] != found.labels)
            [found.ids[i] for i in wrong]
            ```
        """
        step, (header, planes) = self.epoch_of(
            "samples", *self._asked("samples", output, epoch)
        )
        index = self.index(header.index)
        if index.num_classes != header.classes:
            raise LogError(
                f"{self._folder!r}: the samples of epoch {step} have "
                f"{header.classes} classes, their index {index.num_classes}."
            )
        try:
            ranked = sample_codec.to_predictions(header, planes, index.labels)
        except container.CodecError as error:
            raise LogError(
                f"Epoch {step} in {self._folder!r}: {error}"
            ) from error
        return Samples(
            epoch=step,
            labels=index.labels,
            ids=index.ids,
            named=index.named,
            num_classes=header.classes,
            hierarchy=header.hierarchy,
            index=header.index,
            **vars(ranked),
        )

    def layer_epochs(self, output: str | None = None) -> tuple[int, ...]:
        """Returns the epochs of which the layers were looked at, ascending.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs(
            "layers", output or self.default_output("layers")
        )

    def layers(
        self, output: str | int | None = None, epoch: int | None = None
    ) -> LayersRecord:
        """Returns what each layer knew at the end of an epoch.

        Args:
            output: name of the model's output for the classes, as in `matrix`.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such output or epoch, or a damaged one.
        """
        found: LayersRecord = self.record(
            "layers", *self._asked("layers", output, epoch)
        )
        return found

    def means(self, layer: str, epoch: int | None = None) -> ClassMeans:
        """Returns the class means of a layer at the end of an epoch.

        Args:
            layer: its name.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such layer or epoch, or a damaged one.
        """
        found: ClassMeans
        found = self.record("means", metadata.as_output(layer), epoch)
        return found

    def strongest(
        self, layer: str, epoch: int | None = None
    ) -> StrongestSamples:
        """Returns the strongest samples of each channel of a layer.

        Args:
            layer: its name.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such layer or epoch, or a damaged one.
        """
        found: StrongestSamples
        found = self.record("strongest", metadata.as_output(layer), epoch)
        return found

    def index(self, digest: str) -> SampleIndex:
        """Returns the index that records of samples refer to.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        found: SampleIndex = self.named("sample_index", digest)
        return found

    def hierarchy(self, digest: str) -> Hierarchy:
        """Returns the tree that records refer to.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        found: Hierarchy = self.named("hierarchy", digest)
        return found

    def pictures(self, index: str) -> dict[int, bytes]:
        """Returns the thumbnails of an index.

        Args:
            index: its digest.

        Returns:
            JPEG files by the number of their sample. Empty ones are gaps: the
            picture could not be read. Damaged pieces are left out.
        """
        return pictures_in(self._series, index)

    def tree(
        self, header: matrix_codec.MatrixHeader
    ) -> tuple[Hierarchy, Grouping | None]:
        """Returns the tree over the rows of a matrix.

        Args:
            header: what `matrix` returned.

        Returns:
            The tree, collapsed to the groups of a head, and these groups.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        tree = self.hierarchy(header.hierarchy)
        grouping = None
        if header.grouping is not None:
            grouping = self.named("grouping", header.grouping)
            try:
                tree = tree.collapse(grouping)
            except HierarchyError as error:
                raise LogError(
                    f"{self._folder!r}: the groups do not fit the tree: {error}"
                ) from error
        if tree.num_classes != header.size:
            raise LogError(
                f"{self._folder!r}: the matrix has {header.size} rows, its "
                f"tree {tree.num_classes} classes."
            )
        return tree, grouping
