"""Logs matrices and samples for the TensorBoard plugin, from any program."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.log import kinds, metadata
from keras_hier.log.predictions import thumbnails
from keras_hier.log.predictions.counted_predictions import counted_predictions
from keras_hier.log.predictions.matrix_scores import coarse_header, scores_of
from keras_hier.log.predictions.path_sums import path_sums
from keras_hier.log.predictions.thumbnails import Thumbnails
from keras_hier.log.predictions.top_k_predictions import top_k_of_samples
from keras_hier.log.record_writer import RecordWriter
from keras_hier.log.records import picture_codec, strongest_codec
from keras_hier.log.records.given_labels import are_texts, class_numbers
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.log.records.matrix_codec import ProbeHeader
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.paths_codec import PathSums
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.plausibility import require_label_order
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.tensors import to_numpy


class BlocksWriter(RecordWriter):
    """Writes the confusion matrices and samples of one split of one run.

    The files appear in `<log_dir>/<split>`, beside those of Keras's own
    `TensorBoard` callback. TensorFlow and Keras are not needed.

    Epochs are logged in ascending order, one writer at a time in a folder.
    When a call returns, all that it logs is in the file. Where it raises
    `OSError`, nothing of it is. `flush` returns once it survives a power cut.

    Args:
        log_dir: folder of the run, one for each training or fold.
        hierarchy: the tree over the C classes.
        split: "train", "validation" or "test": the sub-run.
        resume: whether to continue from an epoch that may lie below the last
            one in the folder: that epoch and later ones are replaced, though
            their records stay in the files. By default that is an error.

    Raises:
        ValueError: an unknown split; later, an epoch below the last one, a
            tree or grouping whose JSON is larger than readers take, or a writer
            that is closed.
        OSError: the folder cannot be made, or not be written to.

    Example:
        ```python
        hierarchy = kh.Hierarchy.from_nested(
            {"pet": ["cat", "dog"], "vehicle": ["car"]},
            classes=["car", "cat", "dog"],
        )
        with kh.BlocksWriter("runs/mine", hierarchy) as writer:
            writer.predictions([0, 1, 2, 2], [0, 1, 1, 2], step=1)
        ```
    """

    def matrix(
        self,
        matrix: Any,
        step: int,
        output: str = metadata.CLASS_OUTPUT,
        grouping: Grouping | None = None,
        role: metadata.Role = "class",
        layer: str | None = None,
        coarse: CoarseCounts | None = None,
        probe: ProbeHeader | None = None,
    ) -> None:
        """Logs one confusion matrix, and the scores that follow from it.

        Args:
            matrix: counts of samples, rows true and columns predicted, in
                label order: [C, C], or [G, G] with a grouping. An array of
                any numeric type, or a SciPy sparse array.
            step: the epoch that has just ended, counted from 1.
            output: name of the model's output.
            grouping: the groups that rows and columns stand for.
            role: "class", or for other outputs "head" or "probe".
            layer: the layer that a head or probe reads.
            coarse: samples that stand in no cell, over the tree of the rows.
            probe: how it was fitted, where a probe was after training.

        Raises:
            ValueError: a matrix of another size, or not of counts.
            HierarchyError: a grouping that does not fit the hierarchy.
        """
        tree = self.hierarchy
        if grouping is not None:
            tree = tree.collapse(grouping)
        require_label_order(matrix, tree.classes)
        if not sparse.issparse(matrix):
            matrix = to_numpy(matrix)
        size = tree.num_classes
        if matrix.shape != (size, size):
            what = "classes" if grouping is None else "groups"
            raise ValueError(
                f"Output {output!r}: expected a matrix [{size}, {size}], one "
                f"row for each of the {what}; got {tuple(matrix.shape)}."
                + ("" if grouping else subset_hint(matrix.shape, size))
            )
        beside = coarse_header(coarse, tree)
        blob = kinds.encode(
            "matrix",
            matrix,
            hierarchy=self.hierarchy.digest,
            grouping=None if grouping is None else grouping.digest,
            role=role,
            layer=layer,
            coarse=beside,
            probe=probe,
        )
        scores = scores_of(matrix, tree, beside)
        self._log.add_epoch(
            step,
            [("matrix", output, blob)],
            self.named_trees(grouping),
            {metadata.scalar_tag(output, k): v for k, v in scores.items()},
        )

    def predictions(
        self,
        labels: Any,
        predictions: Any,
        step: int,
        output: str = metadata.CLASS_OUTPUT,
        node_labels: bool = False,
        *,
        role: metadata.Role = "class",
        layer: str | None = None,
        counts: Any = None,
    ) -> None:
        """Counts predictions and logs their confusion matrix.

        Args:
            labels: true classes, integers or ids [N]: a list, an array, a
                tensor wherever it lies, a Series of pandas.
            predictions: predicted classes, likewise, or scores [N, C] of which
                the largest counts.
            step: the epoch that has just ended, counted from 1.
            output: name of the model's output.
            node_labels: whether true labels may be any node of the tree, as
                `kh.NodeLabels` numbers them. A sample whose label is a group of
                several classes stands in no cell; the accuracy of levels that
                it decides counts it.
            role: as for `matrix`.
            layer: likewise.
            counts: integers [N], how many samples each pair stands for.

        Raises:
            ValueError: lengths that differ, unknown classes, scores of another
                width or not numbers.
        """
        matrix, coarse = counted_predictions(
            labels, predictions, self.hierarchy, node_labels, counts
        )
        self.matrix(matrix, step, output, role=role, layer=layer, coarse=coarse)

    def samples(
        self,
        labels: Any,
        scores: Any,
        step: int,
        ids: Any | None = None,
        output: str = metadata.CLASS_OUTPUT,
        from_logits: bool = False,
    ) -> SampleIndex:
        """Logs the 5 best classes of each sample and the rank of its own class.

        Scores [N, C] also say how likely the groups above the best class are.
        The confusion matrix is logged by `predictions`, not by this.

        Args:
            labels: true labels, integers or class ids [N].
            scores: probabilities [N, C]; or a tuple, the best classes of each
                sample, integers [N, K], and their probabilities [N, K].
            step: the epoch that has just ended, counted from 1.
            ids: str [N], what the samples are called, such as file names, all
                different; by default their positions.
            output: name of the model's output.
            from_logits: whether scores [N, C] are logits.

        Returns:
            The index of the samples, for `pictures`.

        Raises:
            SampleError: a `ValueError`. Lengths that differ, labels or classes
                outside [0, C), probabilities that are NaN, negative or do not
                sum to 1, ids that are not unique, empty or too long.

        Example:
            ```python
            with kh.BlocksWriter("runs/mine", hierarchy) as log:
                index = log.samples(labels, probabilities, 1, ids=names)
                log.pictures(index, images)
            ```
        """
        tree = self.hierarchy
        require_label_order(scores, tree.classes, ("columns",))
        if are_texts(to_numpy(labels)):
            labels = class_numbers("labels", labels, tree.classes)
        index, ranked = top_k_of_samples(
            labels, scores, tree.num_classes, ids, from_logits
        )
        sums = path_sums(tree, index, ranked, scores, from_logits)
        self.ranked(index, ranked, step, output, sums)
        return index

    def ranked(
        self,
        index: SampleIndex,
        ranked: TopKPredictions,
        step: int,
        output: str = metadata.CLASS_OUTPUT,
        sums: PathSums | None = None,
    ) -> None:
        """Logs samples that a `TopKCollector` has collected batch by batch.

        Args:
            index: of the samples.
            ranked: their predictions, in the order of the index.
            step: the epoch that has just ended, counted from 1.
            output: name of the model's output.
            sums: how likely the nodes above the likeliest class are.
        """
        blob = kinds.encode(
            "samples",
            ranked,
            index.labels,
            num_classes=self.hierarchy.num_classes,
            hierarchy=self.hierarchy.digest,
            index=index.digest,
        )
        records = [("samples", output, blob)]
        if sums is not None:
            records.append(("paths", output, kinds.encode("paths", sums, blob)))
        named = [*self.named_trees(), ("sample_index", index)]
        self._log.add_epoch(step, records, named)

    def pictures(
        self,
        index: SampleIndex,
        images: Iterable[Any] | Thumbnails,
        per_class: int = thumbnails.PER_CLASS,
        budget: int = picture_codec.BUDGET,
    ) -> None:
        """Logs thumbnails of samples, once a run.

        Args:
            index: what `samples` returned.
            images: of each sample, in the order in which `samples` got them.
                An array uint8 or float [H, W], [H, W, 1] or [H, W, 3] within 0
                to 255, an encoded file as bytes, a path, or None. Those that
                cannot be read are left blank, with a warning. So are floats
                from 0 to 1.
            per_class: how many of each class at most, the first ones.
            budget: bytes. If it does not hold so many of each class, fewer are
                kept, with a warning.

        Raises:
            ValueError: there are fewer or more images than samples.
        """
        if not isinstance(images, Thumbnails):
            labels = np.empty(len(index), np.int64)
            labels[index.order] = index.labels
            images = thumbnails.collect(labels, images, per_class, budget)
        pieces = images.pieces(index)
        self._log.begin()
        self._log.add_named("sample_index", index)
        for place, piece in enumerate(pieces):
            tag = kinds.tag_of("pictures", index.digest, place)
            self._log.add_once(tag, "pictures", piece)
        self._log.commit()

    def layers(
        self,
        record: LayersRecord,
        step: int,
        output: str = metadata.CLASS_OUTPUT,
    ) -> None:
        """Logs what each layer knows, as `kh.analysis.probe` reports it.

        Args:
            record: over the tree of this writer.
            step: the epoch that has just ended, counted from 1.
            output: name of the model's output for the classes.

        Raises:
            ValueError: a record over another tree.
        """
        if record.hierarchy != self.hierarchy.digest:
            raise ValueError(
                f"The layers were looked at under the tree {record.hierarchy}, "
                f"this log has {self.hierarchy.digest}."
            )
        alignments = {
            metadata.scalar_tag(metadata.as_output(layer), "tree_alignment"): v
            for layer, v in zip(
                record.layers, record.alignment.tolist(), strict=True
            )
        }
        blob = kinds.encode("layers", record)
        self._log.add_epoch(
            step, [("layers", output, blob)], self.named_trees(), alignments
        )

    def means(
        self,
        record: ClassMeans,
        step: int,
        strongest: StrongestSamples | None = None,
    ) -> None:
        """Logs the class means of a layer.

        Args:
            record: over the tree of this writer.
            step: the epoch that has just ended, counted from 1.
            strongest: the strongest samples of the same channels.

        Raises:
            ValueError: means over another tree, too many, or not finite;
                samples of another layer.
        """
        tree, size = self.hierarchy, len(record.means)
        if (record.hierarchy, size) != (tree.digest, tree.num_classes):
            raise ValueError(
                f"Expected means of {tree.num_classes} classes under the tree "
                f"{tree.digest}, got {size} under {record.hierarchy}."
            )
        name = metadata.as_output(record.layer)
        blob = kinds.encode("means", record)
        records = [("means", name, blob)]
        if strongest is not None:
            few = strongest_codec.encode_with(strongest, record, blob)
            records.append(("strongest", name, few))
        self._log.add_epoch(step, records, self.named_trees())

    def has_pictures(self, index: str) -> bool:
        """Tells whether the folder holds thumbnails, by the index's digest."""
        return self._log.holds(kinds.tag_of("pictures", index, 0))
