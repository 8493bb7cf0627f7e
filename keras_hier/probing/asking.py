"""What a layer adds to the output, when it is asked as well."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from keras_hier.analysis.evidence.significance import beyond_chance
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.probing.differences import BEYOND, Differences, spread_of
from keras_hier.probing.fits.linear_probe import folds_of
from keras_hier.scores.fusion import Experts, fuse, fusion_weights

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating]

# Scores that weights are fitted to: some thousand samples fix two or three
# weights. N times C.
_FITTED = 2**22
_CHUNK = 4096


class Change(NamedTuple):
    """How a mean changes; negative is better.

    Attributes:
        value: of the change.
        error: its standard error, paired by sample, the spread included.
        spread: the part of it that is how far one more untrained network lies
            from the mean of the controls; NaN where there is none.
    """

    value: float = np.nan
    error: float = np.nan
    spread: float = np.nan


class Gain(NamedTuple):
    """How loss and error change by asking a layer.

    Attributes:
        loss: of the log loss.
        wrong: of the share named wrong.
        loss_over: less that by asking the same layer of untrained networks,
            NaN without any.
        wrong_over: likewise.
    """

    loss: Change = Change()
    wrong: Change = Change()
    loss_over: Change = Change()
    wrong_over: Change = Change()


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
        untrained: the same of the layers of each control.

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
        """Returns the layers that are worth asking, one after another.

        These take errors off beyond chance, and more than the same layer of an
        untrained network. Each is the one that takes the log loss down most
        among those of which that is so alone, and has to take errors off beside
        those before it; the first that does not ends the list.

        Args:
            first: what each layer adds alone.
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
        """Returns the layers that take errors off, among those or so many."""
        tests = [
            _differences(
                [getattr(gains[layer], name) for layer in gains],
                len(self._labels) - 1,
                len(self._untrained) - 1,
            )
            for name in ("wrong", "wrong_over")[: 1 + bool(self._untrained)]
        ]
        p = np.max([each.p for each in tests], axis=0)
        size = np.min([each.size for each in tests], axis=0)
        found = beyond_chance(p, "layers", tested=max(of, len(p))).found
        found &= size >= BEYOND
        return [
            layer
            for (layer, gain), is_found in zip(
                gains.items(), found, strict=True
            )
            if is_found and _is_less(gain)
        ]

    def _read(
        self, asked: tuple[str, ...], instead: Scores | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Returns the loss of each sample, and whether it is named wrong.

        Args:
            asked: layers.
            instead: scores [N, C] that take the place of those of the last.
        """
        asks = {layer: self._layers[layer] for layer in asked}
        if instead is not None:
            asks[asked[-1]] = instead
        losses = np.empty(len(self._labels))
        wrong = np.empty(len(self._labels))
        for half in (0, 1):
            fitted = np.flatnonzero(self._half != half)
            # The halves are in the order of the data, which may be by class.
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
                # The weight of an output that is worse than chance may be 0, by
                # which all classes tie; what it says itself is no tie.
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


def _is_less(gain: Gain) -> bool:
    return gain.wrong.value < 0 and not gain.wrong_over.value >= 0


def _differences(
    changes: Sequence[Change], of_reading: int, of_spread: int
) -> Differences:
    change, error, spread = np.array(changes, np.float64).T
    return Differences(change, error, spread, of_reading, of_spread)


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
