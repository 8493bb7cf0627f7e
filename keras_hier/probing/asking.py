"""Measures what a layer adds to the output, when both are combined."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence.significance import beyond_chance
from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.probing.differences import BEYOND, Differences, spread_of
from keras_hier.probing.fits.linear_probe import folds_of
from keras_hier.probing.layer_reader import LayerReading
from keras_hier.probing.probe_data import ProbeData
from keras_hier.scores.fusion import Experts, check_logits, fuse, fusion_weights
from keras_hier.tensors import FloatArray, IntArray

Scores = npt.NDArray[np.floating]

# N times C of the scores that weights are fitted to: some thousand samples fix
# two or three weights.
_FITTED = 2**22
_CHUNK = 4096


class Change(NamedTuple):
    """How a mean changes; negative is better.

    Attributes:
        value: of the change.
        error: its standard error, paired by sample, the spread included.
        spread: the part of the error that is the distance of one more
            untrained network from the mean of the controls; NaN without.
    """

    value: float = np.nan
    error: float = np.nan
    spread: float = np.nan


class Gain(NamedTuple):
    """How loss and error change when a layer is combined with the output.

    Attributes:
        loss: of the log loss.
        wrong: of the share named wrong.
        loss_over: less the change by the same layer of untrained networks, NaN
            without any.
        wrong_over: likewise.
    """

    loss: Change = Change()
    wrong: Change = Change()
    loss_over: Change = Change()
    wrong_over: Change = Change()


class Asked(NamedTuple):
    """The gains by combining layers with the output.

    Attributes:
        output_right: share that the output names right.
        gains: [D], of each layer alone.
        order: int [A], layers that are worth combining, one after another.
        in_turn: [A], what each adds to those before it.
    """

    output_right: float
    gains: Sequence[Gain]
    order: Sequence[int]
    in_turn: Sequence[Gain]


def ask(
    data: ProbeData,
    output: Rows,
    layers: Sequence[LayerReading],
    controls: Sequence[Sequence[LayerReading]],
) -> Asked:
    """Combines layers with the output of the network."""
    chosen = np.asarray(output[data.subset])
    # Logarithms of probabilities may be -inf, where a softmax gave 0.
    if not (chosen < np.inf).all() or np.isneginf(chosen).all(axis=1).any():
        raise ValueError(
            "Expected scores of the output that are numbers, logits or "
            "log-probabilities. Got NaN, inf, or -inf for all classes."
        )
    check_logits("scores of the output that are logits", chosen)
    names = data.features.layers
    scores, *untrained = (
        {
            name: each.probe.scores
            for name, each in zip(names, one, strict=True)
            if each.probe and each.probe.scores is not None
        }
        for one in (layers, *controls)
    )
    asking = Asking(
        chosen, scores, data.labels[data.subset], data.seed, untrained
    )
    gains = {layer: asking.gain(layer) for layer in names}
    order, in_turn = asking.in_turn(gains)
    return Asked(
        asking.output_right,
        list(gains.values()),
        [names.index(layer) for layer in order],
        in_turn,
    )


class Asking:
    """Multiplies the posterior of an output with those of layers.

    The weights of the product are fitted to one half of the samples and read on
    the other, then the other way round. The output alone gets a weight too, so
    better calibration is no gain.

    Reference:
        Hinton: Training products of experts by minimizing contrastive
        divergence, Neural Computation 14(8), 2002.
    """

    def __init__(
        self,
        output: Scores,
        layers: Mapping[str, Scores],
        labels: IntArray,
        seed: int,
        untrained: Sequence[Mapping[str, Scores]] = (),
    ) -> None:
        self._output, self._layers, self._labels = output, layers, labels
        self._untrained = untrained
        self._half = folds_of(labels, 2, seed)
        every = range(output.shape[1])
        self._each = Grouping([str(label) for label in every], every)
        self._alone = self._read(())

    @property
    def output_right(self) -> float:
        """The share of the samples that the output names right."""
        return 1 - float(self._alone[1].mean())

    def gain(self, layer: str, asked: tuple[str, ...] = ()) -> Gain:
        """Returns what a layer adds to the output and to those in `asked`."""
        before = self._read(asked) if asked else self._alone
        after = self._read((*asked, layer))
        others = [
            self._read((*asked, layer), each[layer]) for each in self._untrained
        ]
        return Gain(
            *(
                _change(new, [old])
                for new, old in zip(after, before, strict=True)
            ),
            *(
                _change(new, old) if others else Change()
                for new, *old in zip(after, *others, strict=True)
            ),
        )

    def in_turn(
        self, first: Mapping[str, Gain]
    ) -> tuple[list[str], list[Gain]]:
        """Returns the layers that are worth combining, one after another.

        Each removes errors beyond chance, and more than the same layer of an
        untrained network does. The next is the one that lowers the log loss
        most. The list ends at the first that removes no errors beside those
        before it.
        """
        left = self._shown(first)
        asked: list[str] = []
        gains: list[Gain] = []
        loss = {layer: first[layer].loss.value for layer in left}
        while loss:
            best = min(loss, key=lambda layer: loss[layer])
            gain = self.gain(best, tuple(asked)) if asked else first[best]
            # The best of several is so by luck as well (Bonferroni).
            if asked and not self._shown({best: gain}, of=len(loss)):
                break
            asked.append(best)
            gains.append(gain)
            loss = {
                layer: float(self._read((*asked, layer))[0].mean())
                for layer in left
                if layer not in asked
            }
        return asked, gains

    def _shown(self, gains: Mapping[str, Gain], of: int = 0) -> list[str]:
        """Returns the layers that remove errors, among `of` or all of them."""
        tests = []
        for name in ("wrong", "wrong_over")[: 1 + bool(self._untrained)]:
            change, error, spread = np.transpose(
                [getattr(gain, name) for gain in gains.values()]
            )
            reading, controls = len(self._labels) - 1, len(self._untrained) - 1
            tests.append(Differences(change, error, spread, reading, controls))
        p = np.max([each.p for each in tests], axis=0)
        size = np.min([each.size for each in tests], axis=0)
        found = beyond_chance(p, "layers", tested=max(of, len(p))).found
        found &= size >= BEYOND
        return [
            layer
            for (layer, gain), is_found in zip(
                gains.items(), found, strict=True
            )
            if is_found
            and gain.wrong.value < 0
            and not gain.wrong_over.value >= 0
        ]

    def _read(
        self, asked: tuple[str, ...], instead: Scores | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Returns the loss of each sample, and whether it is named wrong."""
        asks = {layer: self._layers[layer] for layer in asked}
        if instead is not None:
            asks[asked[-1]] = instead
        losses = np.empty(len(self._labels))
        wrong = np.empty(len(self._labels))
        for half in (0, 1):
            fitted = np.flatnonzero(self._half != half)
            # Every so many samples: the data may be in the order of classes.
            few = max(_FITTED // self._output.shape[1], 500)
            step = max(len(fitted) // few, 1)
            part = fitted[::step]
            output, heads = self._of(asks, part)
            weights = fusion_weights(output, heads, self._labels[part])
            read = np.flatnonzero(self._half == half)
            for start in range(0, len(read), _CHUNK):
                part = read[start : start + _CHUNK]
                log_p = fuse(*self._of(asks, part), weights)
                hit = log_p[np.arange(len(part)), self._labels[part]]
                losses[part] = -hit
                # An output worse than chance may have weight 0, and all classes
                # tie; its own scores do not.
                said = log_p if asked else np.asarray(self._output[part])
                wrong[part] = said.argmax(axis=1) != self._labels[part]
        return losses, wrong

    def _of(
        self, asks: Mapping[str, Scores], part: IntArray
    ) -> tuple[FloatArray, Experts]:
        heads = {
            layer: (np.asarray(scores[part]), self._each)
            for layer, scores in asks.items()
        }
        return np.asarray(self._output[part], np.float64), heads


def _change(new: FloatArray, old: Sequence[FloatArray]) -> Change:
    """Returns how the mean of samples [N] changes from that of others."""
    change = new - np.mean(old, axis=0)
    count = len(change)
    reading = change.std(ddof=1) / np.sqrt(count) if count > 1 else np.nan
    spread = spread_of([float(each.mean()) for each in old])
    return Change(
        float(change.mean()), float(np.hypot(reading, spread)), spread
    )
