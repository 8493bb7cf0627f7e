"""What a layer adds to the output, when it is asked as well."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from keras_hier.hierarchy.grouping import Grouping
from keras_hier.probing.linear_probe import folds_of
from keras_hier.scores.fusion import Experts, fuse, fusion_weights

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Scores that weights are fitted to, and that gains are read from: some thousand
# samples fix two or three weights. N times C.
_FITTED = 2**22
READ = 2**24
_CHUNK = 4096


@dataclasses.dataclass(frozen=True)
class Gain:
    """How loss and error change by asking.

    Attributes:
        loss: change of the mean log loss; negative is better.
        loss_se: its standard error.
        error: change of the share named wrong.
        error_se: its standard error.
    """

    loss: float
    loss_se: float
    error: float
    error_se: float

    @property
    def is_real(self) -> bool:
        """Whether fewer are named wrong, by two standard errors or more."""
        return self.error < 0 and self.error <= -2 * self.error_se


class Asking:
    """Multiplies the posterior of an output with those of layers.

    The weights of the product are fitted to one half of the samples and read on
    the other, and the other way round. What it is compared with has a weight
    too, so that better calibration alone is no gain.

    Args:
        output: scores [N, C] of the output, log-probabilities or logits.
        layers: by layer, scores [N, C] of probes that did not see the sample.
        labels: int64 [N].
        seed: of the halves.

    Reference:
        Hinton: Training products of experts by minimizing contrastive
        divergence, Neural Computation 14(8), 2002.
    """

    def __init__(
        self,
        output: npt.NDArray[np.floating],
        layers: Mapping[str, npt.NDArray[np.floating]],
        labels: IntArray,
        seed: int,
    ) -> None:
        self._output, self._layers, self._labels = output, layers, labels
        self._half = folds_of(labels, 2, seed)
        self._each = Grouping(
            [str(label) for label in range(output.shape[1])],
            np.arange(output.shape[1]),
        )
        self._alone = self._read(())

    @property
    def output_right(self) -> float:
        """The share of the samples that the output names right."""
        return 1 - float(self._alone[1].mean())

    def gain(self, layer: str, asked: tuple[str, ...] = ()) -> Gain:
        """Returns what a layer adds to the output and to others asked.

        Args:
            layer: the one to ask as well.
            asked: those asked already.
        """
        before = self._read(asked) if asked else self._alone
        return _gain(self._read((*asked, layer)), before)

    def in_turn(
        self, first: Mapping[str, Gain]
    ) -> tuple[list[str], list[Gain]]:
        """Returns the layers that are worth asking, one after another.

        Each is the one that takes the log loss down most; the first that does
        not take errors off by two standard errors ends the list.

        Args:
            first: what each layer adds alone.
        """
        asked: list[str] = []
        gains: list[Gain] = []
        found = dict(first)
        while found:
            best = min(found, key=lambda layer: found[layer].loss)
            if not found[best].is_real:
                break
            asked.append(best)
            gains.append(found[best])
            found = {
                layer: self.gain(layer, tuple(asked))
                for layer in self._layers
                if layer not in asked
            }
        return asked, gains

    def _read(self, asked: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
        """Returns the loss of each sample, and whether it is named wrong."""
        losses = np.empty(len(self._labels))
        wrong = np.empty(len(self._labels))
        for half in (0, 1):
            fitted = np.flatnonzero(self._half != half)
            # The halves are in the order of the data, which may be by class.
            few = max(_FITTED // self._output.shape[1], 500)
            step = max(len(fitted) // few, 1)
            part = fitted[::step]
            output, heads = self._of(asked, part)
            weights = fusion_weights(output, heads, self._labels[part])
            read = np.flatnonzero(self._half == half)
            for start in range(0, len(read), _CHUNK):
                part = read[start : start + _CHUNK]
                log_p = fuse(*self._of(asked, part), weights)
                hit = log_p[np.arange(len(part)), self._labels[part]]
                losses[part] = -hit
                # The weight of an output that is worse than chance may be 0, by
                # which all classes tie; what it says itself is no tie.
                said = log_p if asked else np.asarray(self._output[part])
                wrong[part] = said.argmax(axis=1) != self._labels[part]
        return losses, wrong

    def _of(
        self, asked: tuple[str, ...], part: IntArray
    ) -> tuple[FloatArray, Experts]:
        heads = {
            layer: (np.asarray(self._layers[layer][part]), self._each)
            for layer in asked
        }
        return np.asarray(self._output[part], np.float64), heads


def _gain(
    after: tuple[FloatArray, FloatArray], before: tuple[FloatArray, FloatArray]
) -> Gain:
    values: list[float] = []
    for new, old in zip(after, before, strict=True):
        change = new - old
        spread = change.std(ddof=1) if len(change) > 1 else np.nan
        values += [float(change.mean()), float(spread / np.sqrt(len(change)))]
    return Gain(*values)


def posterior_of_groups(
    scores: npt.NDArray[np.floating], grouping: Grouping
) -> FloatArray:
    """Returns the probabilities of groups [N, G]: those of classes, summed."""
    p = np.exp(log_softmax(np.asarray(scores, np.float64), axis=1))
    order = np.argsort(grouping.of_class, kind="stable")
    first = np.searchsorted(
        grouping.of_class[order], np.arange(grouping.num_groups)
    )
    summed: FloatArray = np.add.reduceat(p[:, order], first, axis=1)
    return summed
