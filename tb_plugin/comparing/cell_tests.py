"""Tests of the cells of two epochs of single runs."""

from typing import Any

import numpy as np

from keras_hier.analysis.comparing.class_matching import Cut, counts_of_groups
from keras_hier.analysis.comparing.epoch_tests import Paired, Sides
from tb_plugin.reading.answers import Json, numbers

CELLS = "cells of this level that could differ"
# More cannot be seen at once; a level of 1,000 classes has some 10,000 in all.
MAX_CELLS = 20_000


def cells_of(sides: Sides | None, paired: Paired | None, cut: Cut) -> Json:
    """Tests the cells of a level, by counts if there are `sides`."""
    # TensorBoard shall not wait for scipy.stats before it is asked for.
    from keras_hier.analysis import evidence

    found: Any
    if sides is not None:
        both = (counts_of_groups(side, cut) for side in sides)
        found = evidence.cell_differences(*both)
        # Shares are of all samples of a row; what is no cell is not tested.
        inside = found.columns < cut.groups
        found = type(found)(*(column[inside] for column in found))
    elif paired is not None:
        found = evidence.paired_cells(
            cut.of_class[paired.labels],
            cut.of_class[paired.first],
            cut.of_class[paired.second],
            cut.groups,
        )
    beyond = evidence.beyond_chance(found.p, CELLS, least=found.least)
    places = np.flatnonzero(beyond.found)
    places = places[np.argsort(found.p[places], kind="stable")][:MAX_CELLS]
    return {
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "total": len(found.p),
        "found": int(beyond.found.sum()),
        "rows": found.rows[places].tolist(),
        "columns": found.columns[places].tolist(),
        "shown": found.first[places].tolist(),
        "other": found.second[places].tolist(),
        "p": numbers(found.p[places]),
        "q": numbers(beyond.rates[places]),
        "standardised": numbers(found.standardised[places]),
    }
