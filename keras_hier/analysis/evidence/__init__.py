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
_NAMES = {
    "agreement": ("Kappa", "kappa", "kappa_of_counts"),
    "aligned_cells": ("AlignedCells", "align_cells"),
    "count_differences": (
        *("CellDifferences", "CountsDifferences", "ShareDifferences"),
        *("cell_differences", "group_differences", "share_differences"),
    ),
    "exact_tests": ("binomial_p", "least_p", "poisson_p", "proportions_p"),
    "intervals": (
        *("CountsIntervals", "Interval", "intervals_of_counts"),
        *("newcombe_interval", "wilson_interval"),
    ),
    "paired_differences": (
        *("Paired", "PairedCells", "mcnemar", "paired_cells", "paired_groups"),
        "paired_nodes",
    ),
    "seeds": (
        *("SeedDifferences", "Spread", "paired_seeds", "spread"),
        "unpaired_seeds",
    ),
    "significance": ("BeyondChance", "beyond_chance"),
    "surprise": (
        *("OneWay", "Surprises", "one_way_confusions", "surprising_confusions"),
    ),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
