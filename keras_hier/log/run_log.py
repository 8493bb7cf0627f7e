"""Reads the log of one run without a server, and without TensorFlow.

TensorBoard's loaders import TensorFlow wherever it is installed, and keep all
scalars as well. This reader takes our own tags from the event files of one
sub-run, whatever program wrote them and however many.
"""

import os
from typing import Any

import numpy as np

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.log import kinds, metadata
from keras_hier.log.event_files import event_reader
from keras_hier.log.event_files.event_reader import (
    DamagedError,
    LogError,
    Record,
)
from keras_hier.log.event_files.restarts import latest_attempt, spans
from keras_hier.log.event_files.storage import file_system
from keras_hier.log.logged_samples import Samples
from keras_hier.log.records import (
    container,
    matrix_codec,
    picture_codec,
    sample_codec,
)
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples

__all__ = ["DamagedError", "LogError", "Record", "RunLog", "Samples"]


class RunLog:
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
        header, matrix = log.matrix("class", 50)
        tree, sizes = log.tree(header)
        ```
    """

    def __init__(
        self, run: str | os.PathLike[str], split: str | None = None
    ) -> None:
        run = os.fspath(run)
        if split is not None and split not in metadata.SPLITS:
            raise LogError(
                f"split must be one of {metadata.SPLITS}, got {split!r}."
            )
        if not file_system(run).isdir(run):
            raise LogError(f"There is no folder {run!r}: {event_reader.WANTED}")
        folder, passed_over = event_reader.folder_of(run, split)
        self._folder = folder
        self._series, damage = event_reader.read(folder)
        self.damage = (*passed_over, *damage)
        self.outputs = self._outputs("matrix")
        self.sample_outputs = self._outputs("samples")
        self.layer_outputs = self._outputs("layers")
        self.mean_layers = self._outputs("means")
        series = [k for k, row in kinds.KINDS.items() if row.per_epoch]
        if not any(map(self._outputs, series)):
            none = f"{folder!r} holds no confusion matrices."
            if self.damage:
                raise DamagedError(
                    f"{none} {' '.join(self.damage)} Copy what is damaged "
                    "anew, or move it away to go on without it."
                )
            raise LogError(none)
        self.name, self.split = metadata.name_and_split(_last_two(folder))

    def epochs(self, output: str = metadata.CLASS_OUTPUT) -> tuple[int, ...]:
        """Returns the epochs of an output, in ascending order.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs("matrix", output)

    def matrix(
        self, output: str = metadata.CLASS_OUTPUT, epoch: int | None = None
    ) -> tuple[matrix_codec.MatrixHeader, Any]:
        """Returns one epoch of an output.

        Args:
            output: name of the model's output.
            epoch: counted from 1; None for the last one.

        Returns:
            The header, and the counts as an int64 sparse array [n, n], in
            label order.

        Raises:
            LogError: no such output or epoch, or a damaged one.
        """
        found: tuple[matrix_codec.MatrixHeader, Any]
        found = self.record("matrix", output, epoch)
        return found

    def sample_epochs(
        self, output: str = metadata.CLASS_OUTPUT
    ) -> tuple[int, ...]:
        """Returns the epochs of which the samples were logged, ascending.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs("samples", output)

    def samples(
        self, output: str = metadata.CLASS_OUTPUT, epoch: int | None = None
    ) -> Samples:
        """Returns the predictions for the samples at the end of an epoch.

        Args:
            output: name of the model's output.
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
        step, (header, planes) = self._epoch("samples", output, epoch)
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

    def layer_epochs(
        self, output: str = metadata.CLASS_OUTPUT
    ) -> tuple[int, ...]:
        """Returns the epochs of which the layers were looked at, ascending.

        Raises:
            LogError: no such output.
        """
        return self.record_epochs("layers", output)

    def layers(
        self, output: str = metadata.CLASS_OUTPUT, epoch: int | None = None
    ) -> LayersRecord:
        """Returns what each layer knew at the end of an epoch.

        Args:
            output: name of the model's output for the classes.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such output or epoch, or a damaged one.
        """
        found: LayersRecord = self.record("layers", output, epoch)
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

    def record_epochs(self, kind: str, name: str) -> tuple[int, ...]:
        """Returns the epochs of a kind of record, ascending.

        Args:
            kind: its name in `keras_hier.log.kinds.KINDS`, of one an epoch.
            name: the output or the layer that the records are of.

        Raises:
            LogError: no such output or layer.
        """
        return tuple(record.step for record in self._epochs(kind, name))

    def record(self, kind: str, name: str, epoch: int | None = None) -> Any:
        """Returns what a codec decodes of an epoch.

        Args:
            kind: its name in `keras_hier.log.kinds.KINDS`, of one an epoch.
            name: the output or the layer that the record is of.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such output, layer or epoch, or a damaged one.
        """
        return self._epoch(kind, name, epoch)[1]

    def index(self, digest: str) -> SampleIndex:
        """Returns the index that records of samples refer to.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        found: SampleIndex = self._named("sample_index", digest)
        return found

    def hierarchy(self, digest: str) -> Hierarchy:
        """Returns the tree that records refer to.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        found: Hierarchy = self._named("hierarchy", digest)
        return found

    def pictures(self, index: str) -> dict[int, bytes]:
        """Returns the thumbnails of an index.

        Args:
            index: its digest.

        Returns:
            JPEG files by the number of their sample. Empty ones are gaps: the
            picture could not be read. Damaged pieces are left out.
        """
        found: dict[int, bytes] = {}
        pieces = 1
        place = 0
        while place < pieces:
            records = self._series.get(
                kinds.tag_of("pictures", index, place), (None, [])
            )[1]
            place += 1
            # A run that was killed may lack some pieces.
            if not records:
                continue
            try:
                header, read = picture_codec.decode(records[-1].blob)
            except container.CodecError:
                continue
            pieces = len(header.firsts)
            if header.index == index:
                found.update(read)
        return found

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
            grouping = self._named("grouping", header.grouping)
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

    def _outputs(self, kind: str) -> tuple[str, ...]:
        return tuple(
            sorted(
                metadata.output_of(tag)
                for tag, (found, records) in self._series.items()
                if found == kind and latest_attempt(records)
            )
        )

    def _epochs(self, kind: str, name: str) -> list[Record]:
        names = self._outputs(kind)
        if name not in names:
            raise LogError(
                f"{self._folder!r} has {kinds.KINDS[kind].missing} {name!r}; "
                f"it has {', '.join(map(repr, names)) or 'none'}."
            )
        return latest_attempt(self._series[kinds.tag_of(kind, name)][1])

    def _epoch(
        self, kind: str, name: str, epoch: int | None
    ) -> tuple[int, Any]:
        """Returns the number of an epoch and what its record says."""
        records = {r.step: r for r in self._epochs(kind, name)}
        steps = list(records)
        step = steps[-1] if epoch is None else epoch
        if step not in records:
            if not isinstance(step, int | np.integer):
                raise LogError(f"epoch must be an integer, got {step!r:.40}.")
            raise LogError(
                f"{self._folder!r} has no epoch {step} of {name!r}; it has "
                f"{spans(steps)}."
                + "".join(f" {sentence}" for sentence in self.damage)
            )
        try:
            return step, kinds.KINDS[kind].decode(records[step].blob)
        except container.CodecError as error:
            others = [other for other in steps if other != step]
            raise LogError(
                f"Epoch {step} of {name!r} in {self._folder!r} cannot be "
                f"read: {error}"
                + (f" Other epochs: {spans(others)}." if others else "")
            ) from error

    def _named(self, kind: str, digest: str) -> Any:
        """Returns the tree, grouping or index that records name."""
        tag = kinds.tag_of(kind, digest)
        records = self._series.get(tag, (None, []))[1]
        if not records:
            raise LogError(
                f"{self._folder!r} does not hold {tag!r}, which its records "
                "name. Were all event files copied?"
            )
        try:
            found = kinds.KINDS[kind].decode(records[-1].blob)
        except (container.CodecError, HierarchyError) as error:
            raise LogError(
                f"{tag!r} in {self._folder!r} cannot be read: {error}"
            ) from error
        if found.digest != digest:
            raise LogError(
                f"{tag!r} in {self._folder!r} holds something else, "
                f"{found.digest!r}."
            )
        return found


def _last_two(folder: str) -> str:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return "/".join(parts[-2:])
