"""Which layers differ from an untrained network beyond chance."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.analysis.significance import BeyondChance, beyond_chance
from keras_hier.log.layers_codec import LayersRecord

FloatArray = npt.NDArray[np.float64]

# A difference is told from none by so many standard errors, whatever else.
BEYOND = 2.0


class LayerEvidence(NamedTuple):
    """What is beyond chance at D layers and L levels, all considered.

    Attributes:
        over: of the differences `record.over`, found bool [D L], row by row.
        alignment: of `record.alignment_over`, found bool [D].
    """

    over: BeyondChance
    alignment: BeyondChance


def layer_evidence(record: LayersRecord) -> LayerEvidence:
    """Tests all differences of a record from its control, as two families.

    Of twelve layers at five levels that do not differ three lie two standard
    errors off. One family are the shares right of all layers at all levels, as
    the map of the view shows them; the other is the alignment of all layers.

    Both are corrected as cells and groups of a comparison are, by Benjamini
    and Hochberg: where nothing differs, anything is found in 5 % of the
    records at most, as by Holm. Where nearly all differ, which is what
    training does, Holm would go on asking of the first layers what it takes to
    be the best of sixty. The cells of a layer, and those read against one
    control, rise and fall together, which the procedure allows (Benjamini and
    Yekutieli).

    What is worse has to be surer, for the control's best layer is so by luck
    as well: p is multiplied by the number of its layers (Bonferroni).

    The standard errors are of reading. Of few samples a probe would come out
    otherwise on others, which they do not tell: then more is found.

    Args:
        record: of the layers; one that was logged before there was this test
            has all that it takes.

    Returns:
        What was found, better or worse alike: the sign of the difference says
        which. Nothing without a control.

    Reference:
        Benjamini and Yekutieli, The control of the false discovery rate in
        multiple testing under dependency, Annals of Statistics 29, 2001.
    """
    return LayerEvidence(
        _found(
            record.over.ravel(),
            record.over_se.ravel(),
            record.samples - 1,
            len(record.control_layers),
            "layers at levels",
        ),
        # Of a jackknife over classes, which may be few.
        _found(
            record.alignment_over,
            record.alignment_over_se,
            record.groups[-1] - 1,
            len(record.control_layers),
            "layers",
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


def _found(
    change: FloatArray,
    error: FloatArray,
    freedom: int,
    best_of: int,
    family: str,
) -> BeyondChance:
    """Tests differences by their standard errors, by t.

    Args:
        change: differences [n] from the best of some layers.
        error: float [n], their standard errors.
        freedom: degrees of freedom of these.
        best_of: how many layers that was the best of.
        family: what is tested.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(change) / error
    # None at all is none, however well it is known.
    size[(change == 0) & (error >= 0)] = 0.0
    size[~(error >= 0)] = np.nan
    p = 2 * special.stdtr(max(freedom, 1), -size)
    # The best one is so by luck as well, which makes all others look worse:
    # each of them might have been it.
    p = np.where(change < 0, np.minimum(best_of * p, 1.0), p)
    tests = beyond_chance(p, family)
    return tests._replace(found=tests.found & (size >= BEYOND))
