"""A report of what the layers of a network know."""

import dataclasses
import os
import warnings
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from keras_hier.files import limits
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.spreadsheets import text_of_rows
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log import metadata
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.log.records.matrix_codec import ProbeHeader
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.probing.sentences import sentences
from keras_hier.terminal import escaped

Matrix = npt.NDArray[np.int64]

# Fields of a record, one value a layer at each level, and their columns.
_AT_LEVELS = {
    "right": "right",
    "right_se": "right_se",
    "recall": "recall",
    "recall_se": "recall_se",
    "over": "over_untrained",
    "over_se": "over_untrained_se",
}
# And one value a layer.
_OF_LAYERS = {
    "alignment": "alignment",
    "alignment_se": "alignment_se",
    "alignment_over": "alignment_over_untrained",
    "alignment_over_se": "alignment_over_untrained_se",
    "adds_error": "adds_error",
    "adds_error_se": "adds_error_se",
    "adds_loss": "adds_log_loss",
    "adds_loss_se": "adds_log_loss_se",
    "adds_error_over": "adds_error_over_untrained",
    "adds_error_over_se": "adds_error_over_untrained_se",
    "adds_loss_over": "adds_log_loss_over_untrained",
    "adds_loss_over_se": "adds_log_loss_over_untrained_se",
}


@dataclasses.dataclass(frozen=True)
class ProbeReport:
    """The report of D layers at L levels of a tree.

    `print(report)` shows sentences and a table.

    Attributes:
        record: all numbers.
        hierarchy: the tree.
        matrices: by layer, counts int64 [C, C] of the probe of the classes.
        control_matrix: name and counts of the best untrained layer, or None.
        means: by layer, the class means, float32 [C, F]; NaN for classes
            without samples. A layer with means that are not finite has none.
        counts: int64 [C], samples of each class.
        strongest: by layer, the strongest samples of its channels, where the
            samples have ids.
    """

    record: LayersRecord
    hierarchy: Hierarchy
    matrices: Mapping[str, Matrix]
    control_matrix: tuple[str, Matrix] | None
    means: Mapping[str, npt.NDArray[np.float32]]
    counts: Matrix
    strongest: Mapping[str, StrongestSamples]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings in words, the most important first."""
        return sentences(self.record)

    def log(
        self,
        log_dir: str | os.PathLike[str],
        step: int,
        split: str = "validation",
        output: str = metadata.CLASS_OUTPUT,
        means: bool = True,
    ) -> None:
        """Logs the report, and the matrices of its probes, for TensorBoard.

        Args:
            log_dir: folder of the run.
            step: the epoch that the network is of, counted from 1.
            split: "train", "validation" or "test".
            output: name of the model's output for the classes.
            means: whether to log the class means of the layers as well, for
                the view of responses, and the strongest samples of each channel
                if the samples have ids. 1,000 classes of 2,048 channels take
                1.7 MB.
        """
        with BlocksWriter(log_dir, self.hierarchy, split) as writer:
            self.write(writer, step, output, means)

    def write(
        self,
        writer: BlocksWriter,
        step: int,
        output: str = metadata.CLASS_OUTPUT,
        means: bool = True,
    ) -> None:
        """Does what `log` does, by a writer that is open.

        Args:
            writer: over the tree of the report.
            step: the epoch that the network is of, counted from 1.
            output: name of the model's output for the classes.
            means: whether to log class means, and strongest samples, as well.
        """
        record = self.record
        for place, layer in enumerate(record.layers):
            if layer in self.matrices:
                writer.matrix(
                    self.matrices[layer],
                    step,
                    metadata.linear_output(layer),
                    role="probe",
                    layer=layer,
                    probe=self._header(place),
                )
        if self.control_matrix:
            layer, matrix = self.control_matrix
            writer.matrix(
                matrix,
                step,
                metadata.UNTRAINED,
                role="probe",
                layer=layer,
                probe=self._header(record.layers.index(layer)),
            )
        writer.layers(record, step, output)
        if means:
            self.write_means(writer, step)

    def write_means(self, writer: BlocksWriter, step: int) -> None:
        """Logs class means and strongest samples, by a writer that is open.

        Args:
            writer: over the tree of the report.
            step: the epoch that the network is of, counted from 1.
        """
        record = self.record
        too_large = []
        for place, layer in enumerate(record.layers):
            if layer not in self.means:
                continue
            means = self.means[layer]
            classes, features = means.shape
            if (
                means.size > limits.MEANS
                or features > limits.FEATURES
                or classes * (classes - 1) / 2 > limits.ANALYSED_CELLS
            ):
                too_large.append(layer)
                continue
            writer.means(
                ClassMeans(
                    layer,
                    place,
                    record.shapes[place],
                    record.pools[place],
                    self.hierarchy.digest,
                    self.counts,
                    means,
                ),
                step,
                self.strongest.get(layer),
            )
        if too_large:
            classes, features = self.means[too_large[0]].shape
            warnings.warn(
                f"The class means of {', '.join(too_large):.300} are not "
                f"logged: {classes:,} classes of {features:,} channels are "
                "more than the page shows the responses of.",
                stacklevel=3,
            )

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a table: a row for each layer at each level.

        Args:
            path: of a .csv.

        Raises:
            ValueError: another suffix, or no such folder.
        """
        target = checked_target(path, ".csv")
        record = self.record
        rows = [
            self._row(layer, level)
            for layer in range(record.num_layers)
            for level in range(record.num_levels)
        ]
        write_atomically(target, text_of_rows([*rows[0]], rows).encode())

    def __str__(self) -> str:
        """Returns sentences, and a table with a line for each layer."""
        record = self.record
        width = max(len("layer"), *(len(escaped(x)) for x in record.layers))
        lines = [escaped(each) for each in self.sentences]
        if record.folds:
            heads = "".join(
                f"{f'of {groups:,}':>9}" for groups in record.groups
            )
            lines += [
                "",
                f"{'layer':{width}}{'features':>9}{heads}"
                f"{'untrained':>15}{'tree':>7}{'adds':>14}{'over':>14}".rstrip(),
            ]
            lines += [
                self._line(place, width) for place in range(record.num_layers)
            ]
            lines += [
                "",
                "of G: % named right among G groups; untrained: points over "
                "an untrained network's",
                "best layer at the classes; tree: correlation of classes with "
                "the tree; adds: points of",
                "error when asked as well as the output, over: less those of "
                "the same layer untrained.",
                "± is one standard error over samples, not seeds.",
            ]
            if record.controls:
                lines += [
                    "Above, better than untrained is what is so beyond chance "
                    "among all layers and",
                    "levels, more as in the tree among all layers "
                    "(Benjamini-Hochberg, 5 %).",
                ]
        return "\n".join(lines)

    def _line(self, place: int, width: int) -> str:
        record = self.record
        cells = "".join(f"{100 * x:9.1f}" for x in record.right[place])
        over = _with_error(record.over[place, -1], record.over_se[place, -1])
        adds = _with_error(
            record.adds_error[place], record.adds_error_se[place]
        )
        beyond = _with_error(
            record.adds_error_over[place], record.adds_error_over_se[place]
        )
        aligned = record.alignment[place]
        tree = f"{aligned:7.2f}" if np.isfinite(aligned) else f"{'':7}"
        return (
            f"{escaped(record.layers[place]):{width}}"
            f"{record.features[place]:9,}{cells}{over:>15}{tree}{adds:>14}"
            f"{beyond:>14}"
        ).rstrip()

    def _row(self, place: int, level: int) -> dict[str, object]:
        record = self.record
        row: dict[str, object] = {
            "layer": record.layers[place],
            "shape": record.shapes[place],
            "pool": record.pools[place],
            "features": record.features[place],
            "penalty": float(record.penalty[place]),
            "groups": record.groups[level],
        }
        for field, column in _AT_LEVELS.items():
            row[column] = float(getattr(record, field)[place, level])
        for field, column in _OF_LAYERS.items():
            row[column] = float(getattr(record, field)[place])
        return row

    def _header(self, place: int) -> ProbeHeader:
        record = self.record
        return ProbeHeader(
            "lda",
            record.pools[place],
            record.features[place],
            record.folds,
            float(record.penalty[place]),
        )


def _with_error(value: float, error: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{100 * value:+.1f} ± {100 * error:.1f}"
