"""Which layers differ from an untrained network beyond chance."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    BeyondChance,
    beyond_chance,
)
from keras_hier.log.records.layers_codec import READ, LayersRecord
from keras_hier.probing.differences import BEYOND, Differences

FloatArray = npt.NDArray[np.float64]


class _Family(NamedTuple):
    """What is tested together.

    Attributes:
        name: of what is tested.
        of: each has to be beyond chance in all of these.
        p: the largest of each.
    """

    name: str
    of: Sequence[Differences]
    p: FloatArray


class LayerEvidence(NamedTuple):
    """What is beyond chance at D layers and L levels, all considered.

    Attributes:
        over: of the differences `record.over`, found bool [D L], row by row.
        alignment: of `record.alignment_over`, found bool [D].
        adds_error: of `record.adds_error` and, where that is known, of
            `record.adds_error_over` as well, found bool [D].
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

        Of `over` it is that at the classes, of what a layer adds that over an
        untrained layer where that is known.

        Args:
            what: which family, "over" or another name of those above.
            layer: its place.

        Returns:
            That of this layer alone, as sure at all its levels, all others as
            they are; and that of each layer if all were as sure.
        """
        family = self.families[self._fields.index(what)]
        last = family.of[-1]
        levels = len(family.p) // (len(self.alignment.found) or 1)
        row = slice(layer * levels, (layer + 1) * levels)
        # A row of p of 0 is found with as many others as it ever can be.
        sure = family.p.copy()
        sure[row] = np.where(np.isnan(sure[row]), np.nan, 0.0)
        tests = beyond_chance(sure, family.name)
        count = int((tests.rates <= tests.rate).sum())
        p = tests.rate * count / max(tests.tested, 1)
        at = (layer + 1) * levels - 1
        return float(last.least(p)[at]), float(last.least(tests.rate)[at])


def layer_evidence(record: LayersRecord) -> LayerEvidence:
    """Tests all differences of a record from its control, as two families.

    Of twelve layers at five levels that do not differ three lie two standard
    errors off. One family are the shares right of all layers at all levels, as
    the map of the view shows them; the other is the alignment of all layers.
    So are, each, the errors and the log loss that asking a layer as well as the
    output takes off: more than nothing, and more than asking the same layer of
    an untrained network does, for which the larger p of the two counts.

    Both are corrected as cells and groups of a comparison are, by Benjamini
    and Hochberg: where nothing differs, anything is found in 5 % of the
    records at most, as by Holm. Where nearly all differ, which is what
    training does, Holm would go on asking of the first layers what it takes to
    be the best of sixty. The cells of a layer, and those read against one
    control, rise and fall together, which the procedure allows (Benjamini and
    Yekutieli).

    What is worse has to be surer, for the control's best layer is so by luck
    as well: p is multiplied by the number of its layers (Bonferroni).

    Both errors are taken together as an interval of both would be: where one
    is all of it, the test is t over that one. Of three networks the spread is
    known badly, by two degrees of freedom; were both one error with those of
    Welch and Satterthwaite, more would be found where there is nothing than
    the rate allows, most of all beside two networks.

    The standard errors are of reading, and of how far untrained networks lie
    from one another where there are two or more: one that has learned nothing
    lies off the mean of its controls as well. Of few samples a probe would come
    out otherwise on others, which they do not tell: then more is found.

    Args:
        record: of the layers; one that was logged before there was this test
            has all that it takes.

    Returns:
        What was found, better or worse alike: the sign of the difference says
        which. Nothing without a control.

    Reference:
        Zou and Donner, Construction of confidence limits about effect measures:
        a general approach, Statistics in Medicine 27, 2008 (two errors in one
        interval); Benjamini and Yekutieli, The control of the false discovery
        rate in multiple testing under dependency, Annals of Statistics 29,
        2001.
    """
    families = _families(record)
    over, alignment, error, loss = map(_found, families)
    return LayerEvidence(over, alignment, error, loss, families)


def is_beaten(record: LayersRecord) -> bool:
    """Tells whether an untrained network's probe is right more often.

    Than the output of the network itself, beyond chance. The shares are taken
    as those of unrelated samples, which makes their difference look less sure
    than it is.

    Args:
        record: of the layers; one from before has all that it takes.
    """
    bar = untrained_right(record)
    right = record.output_right
    if not bar > right:  # or not known
        return False
    read = min(record.samples, max(READ // max(record.groups[-1], 1), 2))
    spread = record.over_spread[-1]
    if math.isnan(spread):
        # Of a record from before it is at most all of the error.
        spread = float(np.fmin.reduce(record.over_se[:, -1]))
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
    """Returns what the best untrained layer names right of the classes.

    That layer is chosen by other samples than it is read from, so that it is
    not the best by luck. NaN without a control.
    """
    bars = record.right[:, -1] - record.over[:, -1]
    known = bars[np.isfinite(bars)]
    return float(np.median(known)) if known.size else math.nan


def is_behind(record: LayersRecord, layer: int) -> bool:
    """Tells whether a layer knows the classes less well than the best one.

    The best of D layers is so by the samples that it is compared on, by luck
    as well: of twelve that know equally much, the last one is two standard
    errors behind in one record of seven. Each of the D - 1 others might have
    been it, so its difference has to be that much surer (Bonferroni).

    Args:
        record: of the layers; an older one has all that it takes.
        layer: its place.
    """
    change, error = record.behind[layer], record.behind_se[layer]
    if not change < 0:
        return False
    with np.errstate(divide="ignore"):
        p = special.stdtr(max(record.samples - 1, 1), change / error)
    return bool((record.num_layers - 1) * p <= special.ndtr(-BEYOND))


def classes_with_samples(record: LayersRecord) -> int:
    """Returns how many classes have samples; all, where that is not known.

    Args:
        record: of the layers; one without probes knows it as well.
    """
    classes = record.groups[-1]
    if not record.per_class > 0:
        return classes
    return round(min(record.samples / record.per_class, classes))


def _families(record: LayersRecord) -> tuple[_Family, ...]:
    controls = record.controls - 1
    best_of = len(record.control_layers)
    over = Differences(
        record.over.ravel(),
        record.over_se.ravel(),
        np.broadcast_to(record.over_spread, record.over.shape).ravel(),
        record.samples - 1,
        controls,
        best_of,
    )
    alignment = Differences(
        record.alignment_over,
        record.alignment_over_se,
        np.full_like(record.alignment_over, record.alignment_spread),
        # Of a jackknife over classes, which may be few.
        classes_with_samples(record) - 1,
        controls,
        best_of,
    )
    return (
        _family("layers at levels", over),
        _family("layers", alignment),
        *(
            _adds(record, *values)
            for values in (
                (
                    record.adds_error,
                    record.adds_error_se,
                    record.adds_error_over,
                    record.adds_error_over_se,
                    record.adds_error_spread,
                ),
                (
                    record.adds_loss,
                    record.adds_loss_se,
                    record.adds_loss_over,
                    record.adds_loss_over_se,
                    record.adds_loss_spread,
                ),
            )
        ),
    )


def _adds(
    record: LayersRecord,
    change: FloatArray,
    error: FloatArray,
    over: FloatArray,
    over_error: FloatArray,
    spread: FloatArray,
) -> _Family:
    of_reading, controls = record.samples - 1, record.controls - 1
    unknown = np.full_like(change, np.nan)
    tests = [Differences(change, error, unknown, of_reading, 0)]
    if np.isfinite(over).any():
        tests.append(
            Differences(over, over_error, spread, of_reading, controls)
        )
    return _family("layers", *tests)


def _family(name: str, *of: Differences) -> _Family:
    return _Family(name, of, np.fmax.reduce([each.p for each in of]))


def _found(family: _Family) -> BeyondChance:
    tests = beyond_chance(family.p, family.name)
    size = np.fmin.reduce([each.size for each in family.of])
    return tests._replace(found=tests.found & (size >= BEYOND))
