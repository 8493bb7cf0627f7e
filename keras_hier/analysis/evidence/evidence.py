"""Whether a difference is news or noise.

- One network: `wilson_interval` of a share, `intervals_of_counts` of the
  recalls and precisions of groups, `kappa` of a level.
- Two networks over the same samples: `paired_groups`, `paired_nodes`,
  `paired_cells`, and `mcnemar` of what was fixed and broken.
- Two matrices of which only the counts are known: `cell_differences`,
  `group_differences`.
- Several seeds: `align_cells`, `spread`, `paired_seeds`, `unpaired_seeds`.
- Against the tree: `surprising_confusions`; one way only:
  `one_way_confusions`.

Whatever is shown in numbers goes through `beyond_chance`, which corrects for
how much was looked at. docs/why/statistics.md says which test is used where.
"""

from keras_hier.analysis.evidence.agreement import Kappa, kappa, kappa_of_counts
from keras_hier.analysis.evidence.aligned_cells import AlignedCells, align_cells
from keras_hier.analysis.evidence.count_differences import (
    CellDifferences,
    CountsDifferences,
    ShareDifferences,
    cell_differences,
    group_differences,
    share_differences,
)
from keras_hier.analysis.evidence.exact_tests import (
    binomial_p,
    least_p,
    poisson_p,
    proportions_p,
)
from keras_hier.analysis.evidence.intervals import (
    CountsIntervals,
    Interval,
    intervals_of_counts,
    newcombe_interval,
    wilson_interval,
)
from keras_hier.analysis.evidence.paired_differences import (
    Paired,
    PairedCells,
    mcnemar,
    paired_cells,
    paired_groups,
    paired_nodes,
)
from keras_hier.analysis.evidence.seeds import (
    SeedDifferences,
    Spread,
    paired_seeds,
    spread,
    unpaired_seeds,
)
from keras_hier.analysis.evidence.significance import (
    BeyondChance,
    beyond_chance,
)
from keras_hier.analysis.evidence.surprise import (
    OneWay,
    Surprises,
    one_way_confusions,
    surprising_confusions,
)

__all__ = [
    "AlignedCells",
    "BeyondChance",
    "CellDifferences",
    "CountsDifferences",
    "CountsIntervals",
    "Interval",
    "Kappa",
    "OneWay",
    "Paired",
    "PairedCells",
    "SeedDifferences",
    "ShareDifferences",
    "Spread",
    "Surprises",
    "align_cells",
    "beyond_chance",
    "binomial_p",
    "cell_differences",
    "group_differences",
    "intervals_of_counts",
    "kappa",
    "kappa_of_counts",
    "least_p",
    "mcnemar",
    "newcombe_interval",
    "one_way_confusions",
    "paired_cells",
    "paired_groups",
    "paired_nodes",
    "paired_seeds",
    "poisson_p",
    "proportions_p",
    "share_differences",
    "spread",
    "surprising_confusions",
    "unpaired_seeds",
    "wilson_interval",
]
