# What a type checker sees of the names that are imported on first use.

from keras_hier.analysis.evidence.agreement import Kappa as Kappa
from keras_hier.analysis.evidence.agreement import kappa as kappa
from keras_hier.analysis.evidence.agreement import (
    kappa_of_counts as kappa_of_counts,
)
from keras_hier.analysis.evidence.aligned_cells import (
    AlignedCells as AlignedCells,
)
from keras_hier.analysis.evidence.aligned_cells import (
    align_cells as align_cells,
)
from keras_hier.analysis.evidence.count_differences import (
    CellDifferences as CellDifferences,
)
from keras_hier.analysis.evidence.count_differences import (
    CountsDifferences as CountsDifferences,
)
from keras_hier.analysis.evidence.count_differences import (
    ShareDifferences as ShareDifferences,
)
from keras_hier.analysis.evidence.count_differences import (
    cell_differences as cell_differences,
)
from keras_hier.analysis.evidence.count_differences import (
    group_differences as group_differences,
)
from keras_hier.analysis.evidence.count_differences import (
    share_differences as share_differences,
)
from keras_hier.analysis.evidence.exact_tests import binomial_p as binomial_p
from keras_hier.analysis.evidence.exact_tests import least_p as least_p
from keras_hier.analysis.evidence.exact_tests import poisson_p as poisson_p
from keras_hier.analysis.evidence.exact_tests import (
    proportions_p as proportions_p,
)
from keras_hier.analysis.evidence.intervals import (
    CountsIntervals as CountsIntervals,
)
from keras_hier.analysis.evidence.intervals import Interval as Interval
from keras_hier.analysis.evidence.intervals import (
    intervals_of_counts as intervals_of_counts,
)
from keras_hier.analysis.evidence.intervals import (
    newcombe_interval as newcombe_interval,
)
from keras_hier.analysis.evidence.intervals import (
    wilson_interval as wilson_interval,
)
from keras_hier.analysis.evidence.paired_differences import Paired as Paired
from keras_hier.analysis.evidence.paired_differences import (
    PairedCells as PairedCells,
)
from keras_hier.analysis.evidence.paired_differences import mcnemar as mcnemar
from keras_hier.analysis.evidence.paired_differences import (
    paired_cells as paired_cells,
)
from keras_hier.analysis.evidence.paired_differences import (
    paired_groups as paired_groups,
)
from keras_hier.analysis.evidence.paired_differences import (
    paired_nodes as paired_nodes,
)
from keras_hier.analysis.evidence.seeds import (
    SeedDifferences as SeedDifferences,
)
from keras_hier.analysis.evidence.seeds import Spread as Spread
from keras_hier.analysis.evidence.seeds import paired_seeds as paired_seeds
from keras_hier.analysis.evidence.seeds import spread as spread
from keras_hier.analysis.evidence.seeds import unpaired_seeds as unpaired_seeds
from keras_hier.analysis.evidence.significance import (
    BeyondChance as BeyondChance,
)
from keras_hier.analysis.evidence.significance import (
    beyond_chance as beyond_chance,
)
from keras_hier.analysis.evidence.surprise import OneWay as OneWay
from keras_hier.analysis.evidence.surprise import Surprises as Surprises
from keras_hier.analysis.evidence.surprise import (
    one_way_confusions as one_way_confusions,
)
from keras_hier.analysis.evidence.surprise import (
    surprising_confusions as surprising_confusions,
)
