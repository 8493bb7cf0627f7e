"""Which layers differ from an untrained network beyond chance."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from scipy import special

from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    BeyondChance,
    beyond_chance,
)
from keras_hier.log.records.layers_codec import READ, LayersRecord
from keras_hier.probing.differences import BEYOND, Differences
from keras_hier.tensors import FloatArray


class _Family(NamedTuple):
    """Differences that are tested together.

    Attributes:
        name: of what is tested.
        of: each has to be beyond chance in all of these.
        p: the largest of each.
    """

    name: str
    of: Sequence[Differences]
    p: FloatArray

    @classmethod
    def make(cls, name: str, *of: Differences) -> Self:
        return cls(name, of, np.fmax.reduce([each.p for each in of]))

    def found(self) -> BeyondChance:
        tests = beyond_chance(self.p, self.name)
        size = np.fmin.reduce([each.size for each in self.of])
        return tests._replace(found=tests.found & (size >= BEYOND))


class LayerEvidence(NamedTuple):
    """Differences beyond chance at D layers and L levels.

    Attributes:
        over: of the differences `record.over`, found bool [D L], row by row.
        alignment: of `record.alignment_over`, found bool [D].
        adds_error: of `record.adds_error`, and of `record.adds_error_over` if
            that is known, found bool [D].
        adds_loss: of `record.adds_loss` likewise, found bool [D].
        families: these, as they were tested.
    """

    over: BeyondChance
    alignment: BeyondChance
    adds_error: BeyondChance
    adds_loss: BeyondChance
    families: tuple[_Family, ...]

    def least(self, what: str, layer: int) -> tuple[float, float]:
        """Returns how large a difference would have to be to be shown.

        For `over` it is the difference at the classes. For what a layer adds it
        is the difference over an untrained layer if that is known. The first
        size is for this layer alone, as sure at all its levels; the second for
        each layer if all were as sure.
        """
        family = self.families[self._fields.index(what)]
        last = family.of[-1]
        levels = len(family.p) // (len(self.alignment.found) or 1)
        row = slice(layer * levels, (layer + 1) * levels)
        # A row with p = 0 is found with as many others as it ever can be.
        sure = family.p.copy()
        sure[row] = np.where(np.isnan(sure[row]), np.nan, 0.0)
        tests = beyond_chance(sure, family.name)
        count = int((tests.rates <= tests.rate).sum())
        p = tests.rate * count / max(tests.tested, 1)
        at = (layer + 1) * levels - 1
        return float(last.least(p)[at]), float(last.least(tests.rate)[at])


def layer_evidence(record: LayersRecord) -> LayerEvidence:
    """Tests all differences of a record from its control, in families.

    The families are: the shares right of all layers at all levels; the
    alignment of all layers; the errors that a layer takes off the output; and
    the log loss that it takes off. A layer that adds something has to take off
    more than nothing, and more than the same layer of an untrained network: the
    larger p of the two counts.

    Each family is corrected by Benjamini and Hochberg. Where nothing differs,
    anything is found in at most 5 % of the records. Nearly all layers differ
    after a training, and Holm's correction would lose most of these. The cells
    of a layer rise and fall together, which the procedure allows (Benjamini and
    Yekutieli).

    The best layer of the control is so by luck as well. So p is multiplied by
    the number of its layers where a layer is worse (Bonferroni).

    An error has two sources, samples and untrained networks; see `Differences`.
    With few samples a probe would differ on others, which the errors do not
    tell: then more is found.

    Reference:
        Benjamini and Yekutieli, The control of the false discovery rate in
        multiple testing under dependency, Annals of Statistics 29, 2001.
    """
    families = _families(record)
    over, alignment, error, loss = (family.found() for family in families)
    return LayerEvidence(over, alignment, error, loss, families)


def is_beaten(record: LayersRecord) -> bool:
    """Tells whether a probe of an untrained network beats the output.

    It does if it is right more often beyond chance. The two shares are taken as
    those of unrelated samples, so the test is careful.
    """
    bar = untrained_right(record)
    right = record.output_right
    if not bar > right:  # or not known
        return False
    read = min(record.samples, max(READ // max(record.groups[-1], 1), 2))
    spread = record.over_spread[-1]
    reading = sum(
        max(share * (1 - share), 0.0) / max(samples, 1)
        for share, samples in ((right, read), (bar, record.samples))
    )
    test = Differences(
        np.array([bar - right]),
        np.array([math.sqrt(reading + spread**2)]),
        np.array([spread]),
        read - 1,
        record.controls - 1,
    )
    return bool((test.change >= test.least(FALSE_DISCOVERIES)).all())


def untrained_right(record: LayersRecord) -> float:
    """Returns the share right of the best untrained layer at the classes.

    The layer is chosen by other samples than it is read from, so luck does not
    make it the best. NaN without a control.
    """
    bars = record.right[:, -1] - record.over[:, -1]
    known = bars[np.isfinite(bars)]
    return float(np.median(known)) if known.size else math.nan


def is_behind(record: LayersRecord, layer: int) -> bool:
    """Tells whether a layer knows the classes less well than the best one.

    The best of D layers is the best on these samples by luck as well. Each of
    the D - 1 others might have been it, so the difference has to be that much
    surer (Bonferroni).
    """
    change, error = record.behind[layer], record.behind_se[layer]
    if not change < 0:
        return False
    with np.errstate(divide="ignore"):
        p = special.stdtr(max(record.samples - 1, 1), change / error)
    return bool((record.num_layers - 1) * p <= special.ndtr(-BEYOND))


def classes_with_samples(record: LayersRecord) -> int:
    """Returns how many classes have samples; all, where that is not known."""
    classes = record.groups[-1]
    if not record.per_class > 0:
        return classes
    return round(min(record.samples / record.per_class, classes))


def _families(record: LayersRecord) -> tuple[_Family, ...]:
    samples, controls = record.samples - 1, record.controls - 1
    best_of = len(record.control_layers)
    over = Differences(
        record.over.ravel(),
        record.over_se.ravel(),
        np.broadcast_to(record.over_spread, record.over.shape).ravel(),
        samples,
        controls,
        best_of,
    )
    alignment = Differences(
        record.alignment_over,
        record.alignment_over_se,
        np.full_like(record.alignment_over, record.alignment_spread),
        # A jackknife over classes, which may be few.
        classes_with_samples(record) - 1,
        controls,
        best_of,
    )
    families = [
        _Family.make("layers at levels", over),
        _Family.make("layers", alignment),
    ]
    for name in ("adds_error", "adds_loss"):
        change, error, beyond, beyond_error, spread = (
            getattr(record, f"{name}{end}")
            for end in ("", "_se", "_over", "_over_se", "_spread")
        )
        unknown = np.full_like(change, np.nan)
        tests = [Differences(change, error, unknown, samples, 0)]
        if np.isfinite(beyond).any():
            tests.append(
                Differences(beyond, beyond_error, spread, samples, controls)
            )
        families.append(_Family.make("layers", *tests))
    return tuple(families)
