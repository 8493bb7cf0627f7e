"""How often the intervals hold what is true, and the tests cry wolf.

Shares are counted over all outcomes: on average over true shares (exactly for
Wilson's, on a grid for others) and at the worst of them. An interval of 95 %
should hold 95 %, a test at 0.05 be wrong in 5 of 100 comparisons of equal
shares. Kappa's interval is simulated: samples drawn at random, errors spread
evenly over the other classes.

    python -m study.coverage [--draws 4000] [--seed 0]

About a minute on one core of an AMD EPYC.
"""

import argparse

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from keras_hier import scores
from keras_hier.analysis import channels, class_correlation, evidence
from keras_hier.probing.alignment.class_correlation import ClassPairs

FloatArray = npt.NDArray[np.float64]

# Shares of the classes, and samples, of the matrices simulated for kappa.
TABLES = {
    "10 samples of 2 classes": ((0.5, 0.5), 10),
    "10 samples of 2 classes, 9 to 1": ((0.9, 0.1), 10),
    "50 samples of 2 classes, 9 to 1": ((0.9, 0.1), 50),
    "50 samples of 10 classes": ((0.1,) * 10, 50),
    "500 samples of 100 classes": ((0.01,) * 100, 500),
}
EVEN = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)
STEEP = (0.005, 0.01, 0.02, 0.9, 0.98, 0.99, 0.995)


def main() -> None:
    """Reads the command line, prints a line of the tables for each case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for trials in (5, 50, 500):
        mean, worst, where, inner = wilson(trials)
        print(
            f"| Wilson's, {trials} samples | {mean:.1%} | {worst:.1%} "
            f"| a share of {min(where, 1 - where):.2g} from 0 or 1; "
            f"between 0.05 and 0.95, {inner:.1%} |"
        )
    for first, second in ((5, 5), (5, 10), (10, 10), (50, 50)):
        mean, worst, here = newcombe(first, second)
        both = " and ".join(f"{share:.2g}" for share in here)
        print(
            f"| Newcombe's, {first} and {second} samples | {mean:.1%} "
            f"| {worst:.1%} | shares of {both} |"
        )
    rng = np.random.default_rng(args.seed)
    for name, (shares, samples) in TABLES.items():
        found = {
            accuracy: kappa(
                np.array(shares), samples, accuracy, args.draws, rng
            )
            for accuracy in EVEN + STEEP
        }
        mean, normal = np.mean([found[accuracy] for accuracy in EVEN], axis=0)
        worst = min(found, key=lambda accuracy: found[accuracy][0])
        least = min(found, key=lambda accuracy: found[accuracy][1])
        print(
            f"| kappa's, {name} | {mean:.1%} | {found[worst][0]:.1%} "
            f"| {worst:.1%} right; the normal one {normal:.1%}, "
            f"{found[least][1]:.1%} at {least:.1%} |"
        )
    held, normal = kappa_of_ones(1000, args.draws, rng)
    print(
        f"| kappa's, a sample of each of 1,000 classes, named by chance "
        f"| {held:.1%} | the normal one {normal:.1%} |"
    )
    for first, second in ((5, 5), (5, 50), (10, 10), (20, 50), (50, 50)):
        mean, worst = alarms(first, second)
        print(
            f"| Fisher's mid-p, {first} and {second} samples "
            f"| {mean:.1%} | at most {worst:.1%} |"
        )
    for active in ("always", "seldom"):
        alone, alike = channel_alarms(active == "seldom", rng)
        print(
            f"| channels of 15 classes of 10 samples among 85 of 50, active "
            f"{active} | {alone:.0%} | with their numbers {alike:.0%} |"
        )
    for size in (2, 3, 5, 20):
        print(f"| band of {size} classes of a layer | {band(size, rng):.1%} |")
    print(
        "| 256 channels of 1,000 classes of 5 samples, active for one sample "
        f"of 500 | {silent_alarms(rng):.0%} | |"
    )


def wilson(trials: int) -> tuple[float, float, float, float]:
    """Returns the mean coverage, the least, where, and that of the middle."""
    counts = np.arange(trials + 1)
    low, high = evidence.wilson_interval(counts, np.full(trials + 1, trials))
    # The integral of a binomial over all shares is a beta's, over n + 1.
    inside = np.diff(
        special.betainc(counts + 1, trials - counts + 1, np.stack([low, high])),
        axis=0,
    )
    mean = float(inside.sum()) / (trials + 1)
    # Coverage jumps where an interval ends, so it is least beside an end.
    ends = np.concatenate([low, high])
    shares = np.concatenate(
        [np.nextafter(ends, 0), np.nextafter(ends, 1), ends]
    )
    shares = shares[(shares > 0) & (shares < 1)]
    chances = stats.binom.pmf(counts, trials, shares[:, None])
    held = (
        chances * ((low <= shares[:, None]) & (shares[:, None] <= high))
    ).sum(1)
    least = int(held.argmin())
    middle = (shares >= 0.05) & (shares <= 0.95)
    return mean, float(held[least]), float(shares[least]), held[middle].min()


def newcombe(
    first: int, second: int
) -> tuple[float, float, tuple[float, float]]:
    """Returns the mean coverage, the least, and the two shares there."""
    one, other = np.arange(first + 1), np.arange(second + 1)
    low, high = evidence.newcombe_interval(one[:, None], first, other, second)
    even, steep = even_shares(), steep_shares()
    mean = float(held_differences(first, second, low, high, even).mean())
    held = held_differences(first, second, low, high, steep)
    at = np.unravel_index(int(held.argmin()), held.shape)
    return mean, float(held.min()), (float(steep[at[0]]), float(steep[at[1]]))


def held_differences(
    first: int,
    second: int,
    low: FloatArray,
    high: FloatArray,
    shares: FloatArray,
) -> FloatArray:
    """Returns the coverage [S, S] of intervals of a difference."""
    one = stats.binom.pmf(np.arange(first + 1), first, shares[:, None])
    other = stats.binom.pmf(np.arange(second + 1), second, shares[:, None])
    held = np.empty((shares.size, shares.size))
    for at, share in enumerate(shares):
        difference = shares[:, None, None] - share
        inside = (low <= difference) & (difference <= high)
        held[at] = np.einsum("i,sj,sij->s", one[at], other, inside)
    return held


def even_shares() -> FloatArray:
    """Returns 200 true shares in even steps, neither 0 nor 1."""
    return (np.arange(200) + 0.5) / 200


def steep_shares() -> FloatArray:
    """Returns 301 true shares, close near 0 and 1, where coverage is least."""
    return special.expit(np.linspace(-9, 9, 301))


def kappa(
    shares: FloatArray,
    samples: int,
    accuracy: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Returns how often kappa's interval held, and the normal one alone.

    The shares [C] are those of the classes, and sum to 1. Matrices of a single
    class, always named, have no kappa and are left out.
    """
    classes = shares.size
    # A wrong answer is one of the others, each as likely.
    named = accuracy * shares + (1 - accuracy) * (1 - shares) / (classes - 1)
    chance = float(shares @ named)
    truth = (accuracy - chance) / (1 - chance)
    held = []
    for _ in range(draws):
        labels = rng.choice(classes, samples, p=shares)
        shift = rng.integers(1, classes, samples)
        wrong = rng.random(samples) >= accuracy
        held.append(_held(labels, (labels + wrong * shift) % classes, truth))
    mean = np.nanmean(held, axis=0)
    return float(mean[0]), float(mean[1])


def kappa_of_ones(
    classes: int, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Returns the same for one sample of each class, named at random."""
    labels = np.arange(classes)
    held = [
        _held(labels, rng.integers(0, classes, classes), 0.0)
        for _ in range(draws)
    ]
    mean = np.mean(held, axis=0)
    return float(mean[0]), float(mean[1])


def _held(
    labels: npt.NDArray[np.int64],
    named: npt.NDArray[np.int64],
    truth: float,
) -> FloatArray:
    """Returns float [2], whether both intervals hold the truth; NaN for none.

    Labels and answers are [N].
    """
    size = 1 + max(int(labels.max()), int(named.max()))
    found = evidence.kappa(
        scores.confusion_matrix(labels, named, num_classes=size)
    )
    if np.isnan(found.kappa):
        return np.full(2, np.nan)
    low, high = found.interval()
    half = stats.norm.ppf(0.975) * found.standard_error
    return np.array(
        [low <= truth <= high, abs(found.kappa - truth) <= half], float
    )


def alarms(first: int, second: int) -> tuple[float, float]:
    """Returns how often equal shares have p of 0.05 or less: mean, most."""
    one, other = np.arange(first + 1), np.arange(second + 1)
    p = evidence.proportions_p(one[:, None], first, other, second)
    even, steep = (
        np.einsum(
            "si,sj,ij->s",
            stats.binom.pmf(one, first, shares[:, None]),
            stats.binom.pmf(other, second, shares[:, None]),
            p <= 0.05,
        )
        for shares in (even_shares(), steep_shares())
    )
    return float(even.mean()), float(steep.max())


def channel_alarms(
    is_seldom: bool, rng: np.random.Generator, draws: int = 100
) -> tuple[float, float]:
    """Returns how often channels are found for classes that do not differ.

    Args:
        is_seldom: whether the 128 channels are those of a rectifier, active
            for one sample of fifteen; else normal.
        rng: draws the samples.
        draws: how many layers.

    Returns:
        The share of layers, without the classes' samples and with them.
    """
    counts = np.repeat([10, 50], [15, 85])
    found = np.zeros((draws, 2), bool)
    for draw in found:
        values = rng.standard_normal((counts.sum(), 128))
        if is_seldom:
            values = np.maximum(values - 1.5, 0)
        first = np.cumsum(counts) - counts
        means = np.add.reduceat(values, first) / counts[:, np.newaxis]
        draw[:] = [
            channels(means, range(15), samples=samples).found > 0
            for samples in (None, counts)
        ]
    alone, alike = found.mean(axis=0)
    return float(alone), float(alike)


def silent_alarms(rng: np.random.Generator, draws: int = 100) -> float:
    """Returns how often channels are found that most classes never see.

    Of 15 classes of 1,000 that do not differ from the others.
    """
    found = 0
    for _ in range(draws):
        active = rng.binomial(5, 0.002, (1000, 256))
        means = np.where(active, rng.gamma(np.maximum(active, 1)), 0) / 5
        counts = np.full(1000, 5)
        found += channels(means, range(15), samples=counts).found > 0
    return found / draws


def band(size: int, rng: np.random.Generator, draws: int = 2000) -> float:
    """Returns how many permuted groups of a size lie within their band.

    Of a layer of 100 classes and 64 channels in which five groups of twenty
    have half of their variance in common.
    """
    shared = np.repeat(rng.standard_normal((5, 64)), 20, axis=0)
    alike = class_correlation(shared + rng.standard_normal((100, 64)))
    pairs = ClassPairs(alike)
    held = 0
    for _ in range(draws):
        group = np.full(100, -1)
        group[rng.permutation(100)[:size]] = 0
        found = pairs.within(group)
        held += abs(found.inside - pairs.mean) <= found.band
    return held / draws


if __name__ == "__main__":
    main()
