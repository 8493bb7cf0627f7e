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

import importlib
from typing import Any

# Resolved on first use (PEP 562): several of these modules import scipy.stats,
# for which the others need not wait.
_HOMES = {
    "AlignedCells": "aligned_cells",
    "BeyondChance": "significance",
    "CellDifferences": "count_differences",
    "CountsDifferences": "count_differences",
    "CountsIntervals": "intervals",
    "Interval": "intervals",
    "Kappa": "agreement",
    "OneWay": "surprise",
    "Paired": "paired_differences",
    "PairedCells": "paired_differences",
    "SeedDifferences": "seeds",
    "ShareDifferences": "count_differences",
    "Spread": "seeds",
    "Surprises": "surprise",
    "align_cells": "aligned_cells",
    "beyond_chance": "significance",
    "binomial_p": "exact_tests",
    "cell_differences": "count_differences",
    "group_differences": "count_differences",
    "intervals_of_counts": "intervals",
    "kappa": "agreement",
    "kappa_of_counts": "agreement",
    "least_p": "exact_tests",
    "mcnemar": "paired_differences",
    "newcombe_interval": "intervals",
    "one_way_confusions": "surprise",
    "paired_cells": "paired_differences",
    "paired_groups": "paired_differences",
    "paired_nodes": "paired_differences",
    "paired_seeds": "seeds",
    "poisson_p": "exact_tests",
    "proportions_p": "exact_tests",
    "share_differences": "count_differences",
    "spread": "seeds",
    "surprising_confusions": "surprise",
    "unpaired_seeds": "seeds",
    "wilson_interval": "intervals",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
