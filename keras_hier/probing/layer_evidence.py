"""Which layers differ from an untrained network beyond chance."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.analysis.significance import BeyondChance, beyond_chance
from keras_hier.log.layers_codec import LayersRecord

FloatArray = npt.NDArray[np.float64]

# A difference is told from none by so many standard errors, whatever else.
BEYOND = 2.0
# Logarithm of a p so small that what is smaller makes no difference.
_LEAST = -50.0


class LayerEvidence(NamedTuple):
    """What is beyond chance at D layers and L levels, all considered.

    Attributes:
        over: of the differences `record.over`, found bool [D L], row by row.
        alignment: of `record.alignment_over`, found bool [D].
        adds_error: of `record.adds_error`, found bool [D].
        adds_loss: of `record.adds_loss`, found bool [D].
    """

    over: BeyondChance
    alignment: BeyondChance
    adds_error: BeyondChance
    adds_loss: BeyondChance


def layer_evidence(record: LayersRecord) -> LayerEvidence:
    """Tests all differences of a record from its control, as two families.

    Of twelve layers at five levels that do not differ three lie two standard
    errors off. One family are the shares right of all layers at all levels, as
    the map of the view shows them; the other is the alignment of all layers.
    So are, each, the errors and the log loss that asking a layer as well as the
    output takes off.

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
    return LayerEvidence(
        _found(
            record.over.ravel(),
            record.over_se.ravel(),
            np.broadcast_to(record.over_spread, record.over.shape).ravel(),
            record.samples - 1,
            record.controls - 1,
            len(record.control_layers),
            "layers at levels",
        ),
        # Of a jackknife over classes, which may be few.
        _found(
            record.alignment_over,
            record.alignment_over_se,
            np.full_like(record.alignment_over, record.alignment_spread),
            classes_with_samples(record) - 1,
            record.controls - 1,
            len(record.control_layers),
            "layers",
        ),
        *(
            _found(
                change,
                error,
                spread=np.full_like(change, np.nan),
                of_reading=record.samples - 1,
                of_spread=0,
                best_of=1,
                family="layers",
            )
            for change, error in (
                (record.adds_error, record.adds_error_se),
                (record.adds_loss, record.adds_loss_se),
            )
        ),
    )


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
    if math.isnan(record.per_class):
        return classes
    return min(round(record.samples / record.per_class), classes)


def _found(
    change: FloatArray,
    error: FloatArray,
    spread: FloatArray,
    of_reading: int,
    of_spread: int,
    best_of: int,
    family: str,
) -> BeyondChance:
    """Tests differences by their standard errors, by t.

    Args:
        change: differences [n] from the best of some layers.
        error: float [n], their standard errors.
        spread: float [n], the part of these that is how far controls lie from
            one another; NaN where it is not known.
        of_reading: degrees of freedom of the rest of them.
        of_spread: degrees of freedom of that part.
        best_of: how many layers that was the best of.
        family: what is tested.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(change) / error
        part = spread / error
    # None at all is none, however well it is known.
    size[(change == 0) & (error >= 0)] = 0.0
    size[~(error >= 0)] = np.nan
    p = _p_values(size, part, max(of_reading, 1), of_spread)
    # The best one is so by luck as well, which makes all others look worse:
    # each of them might have been it.
    p = np.where(change < 0, np.minimum(best_of * p, 1.0), p)
    tests = beyond_chance(p, family)
    return tests._replace(found=tests.found & (size >= BEYOND))


def _p_values(
    size: FloatArray, part: FloatArray, of_reading: int, of_spread: int
) -> FloatArray:
    """Returns two-sided p of differences whose error has two sources.

    The interval of level 1 - p that ends at no difference has a squared half
    width that is the sum of those of both sources, each with its own t.

    Args:
        size: float [n], differences in standard errors.
        part: float [n], the share of each standard error that is spread, its
            square that of the variance; NaN where there is none.
        of_reading: degrees of freedom of what is not spread.
        of_spread: degrees of freedom of the spread.
    """
    p = 2 * special.stdtr(of_reading, -size)
    at = np.flatnonzero((part > 0) & (size > 0))
    if not at.size:
        return p
    # From 1 on down, so that widths ascend.
    log_p = np.linspace(0.0, _LEAST, 5_000)
    reading, spread = (
        special.stdtrit(freedom, np.exp(log_p) / 2) ** 2
        for freedom in (of_reading, of_spread)
    )
    for place in at:
        share = min(float(part[place]), 1.0) ** 2
        width = (1 - share) * reading + share * spread
        p[place] = np.exp(np.interp(size[place] ** 2, width, log_p))
    return p
