"""Intervals of changes, over few seeds and many images."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from study.tables.bootstrap import wrong
from study.tables.lines import images_asked

Line = dict[str, Any]


class Change(NamedTuple):
    """A relative change in per cent, with bounds of 95 %."""

    value: float
    seeds: tuple[float, float]  # of other seeds, asked the same images
    both: tuple[float, float]  # of other seeds and other images
    exact: bool  # whether it is known which images are wrong


class Part(NamedTuple):
    """The logarithm of a ratio of errors, and what it varies by."""

    middle: float
    of_seeds: float  # variances of the mean; NaN of one seed
    degrees: int
    of_images: float
    exact: bool


def part(
    new: Sequence[Line],
    old: Sequence[Line],
    k: int,
    reading: str,
    split: str = "val",
) -> Part | None:
    """Compares the errors of runs in the same order of seeds.

    None where a run has no error, of which no ratio can be told.

    Args:
        new: runs that are read as `reading` says.
        old: runs whose class output is read.
        k: among how many answers the class must be.
        reading: "class", "fused", ...
        split: "val" or "held_out".

    What the images vary is known where the lines tell which of them are wrong.
    Elsewhere it is bounded from above: an image is no more than right or wrong,
    and what is hard for one network is not easy for another, so that two errors
    vary no more apart than if they were independent.
    """
    sides = ((new, reading), (old, "class"))
    errors = np.array(
        [
            [line[split][read][f"top{k}_error"] for line in runs]
            for runs, read in sides
        ]
    )
    if not errors.all():
        return None
    ratios = np.log(errors[0] / errors[1])
    images = min(images_asked(line, split) for line in (*new, *old))
    exact = all(
        knows(line, split, read) for runs, read in sides for line in runs
    )
    if exact:
        shares = [
            np.mean([wrong(line, split, read, k) for line in runs], axis=0)
            for runs, read in sides
        ]
        apart = shares[0] / shares[0].mean() - shares[1] / shares[1].mean()
        of_images = float(np.var(apart, ddof=1)) / images
    else:
        p = errors.mean(axis=1)
        of_images = float(((1 - p) / p).sum()) / images
    # What other seeds would have is not known from one.
    of_seeds = ratios.var(ddof=1) if len(ratios) > 1 else np.nan
    return Part(
        float(ratios.mean()),
        float(of_seeds) / len(ratios),
        len(ratios) - 1,
        of_images,
        exact,
    )


def error_bounds(
    runs: Sequence[Line], k: int, reading: str, split: str
) -> tuple[float, float] | None:
    """Returns 95 % of an error in per cent, over seeds and images.

    Of one seed there is none: what other seeds would have is not known.
    """
    if len(runs) < 2:
        return None
    errors = np.array([line[split][reading][f"top{k}_error"] for line in runs])
    images = min(images_asked(line, split) for line in runs)
    middle = float(errors.mean())
    if exact := all(knows(line, split, reading) for line in runs):
        share = np.mean(
            [wrong(line, split, reading, k) for line in runs], axis=0
        )
        of_images = float(np.var(share, ddof=1)) / images
    else:
        of_images = middle * (1 - middle) / images
    half = half_both(
        float(errors.var(ddof=1)) / len(runs), len(runs) - 1, of_images, exact
    )
    return 100 * (middle - half), 100 * (middle + half)


def change(parts: Sequence[Part]) -> Change:
    """Returns the mean change of several comparisons, with its bounds.

    Seeds of different comparisons are independent. Their images are the same:
    at most, they err alike on them.
    """
    middle = float(np.mean([one.middle for one in parts]))
    of_seeds = sum(one.of_seeds for one in parts) / len(parts) ** 2
    # Satterthwaite's: the seeds of each are few.
    shares = [
        (one.of_seeds / len(parts) ** 2) ** 2 / one.degrees for one in parts
    ]
    degrees = of_seeds**2 / sum(shares) if of_seeds else np.inf
    of_images = float(np.mean([np.sqrt(one.of_images) for one in parts])) ** 2
    half = half_width(of_seeds, degrees)
    exact = all(one.exact for one in parts)
    wide = half_both(of_seeds, degrees, of_images, exact)
    return Change(
        float(100 * np.expm1(middle)),
        bounds(middle, half),
        bounds(middle, wide),
        exact,
    )


def half_both(
    of_seeds: float, degrees: float, of_images: float, exact: bool
) -> float:
    """Returns half of 95 % of what varies by few seeds and by many images.

    The images add degrees of freedom, by Satterthwaite. Where theirs is only a
    bound, that is no reason to trust the seeds more.
    """
    if not of_seeds:
        return half_width(of_images, np.inf)
    total = of_seeds + of_images
    both = half_width(total, degrees * (total / of_seeds) ** 2)
    return both if exact else max(both, half_width(of_seeds, degrees))


def half_width(variance: float, degrees: float) -> float:
    """Returns half of 95 %, by Student's distribution."""
    return float(stats.t.ppf(0.975, degrees) * np.sqrt(variance))


def bounds(middle: float, half: float) -> tuple[float, float]:
    """Returns the ends of an interval of logarithms in per cent."""
    return (
        float(100 * np.expm1(middle - half)),
        float(100 * np.expm1(middle + half)),
    )


def knows(line: Line, split: str, reading: str) -> bool:
    """Tells whether a line says which images are wrong."""
    return reading in line.get("hits", {}).get(split, {})
