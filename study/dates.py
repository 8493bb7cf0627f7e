"""How often the strip dates a group in which nothing changes: wavering recalls.

Groups of 200 samples have mean recalls from 60 to 98 %, which differ from epoch
to epoch by a normal amount and by their samples. Which of them would the strip
say to be at 90 % "from epoch n", n after the first? And which of those that
learn, from 10 to 50 % up to 96 %?

    python -m study.dates [--groups 30000] [--seed 0]

The rule is that of the page's `confusion/since.ts`, in NumPy.
"""

import argparse

import numpy as np

from keras_hier.analysis.evidence import wilson_interval

SAMPLES = 200
THRESHOLD = 0.9
FALLS = 2
A_SCREEN = 30


def dated(recalls: np.ndarray, by_samples_alone: bool) -> np.ndarray:
    """Tells which groups get an epoch after the first, bool [G].

    Args:
        recalls: [G, epochs].
        by_samples_alone: whether falls do not count.
    """
    least = wilson_interval(THRESHOLD * SAMPLES, SAMPLES, 0.99).low
    right = np.rint(recalls * SAMPLES)
    is_lower = wilson_interval(right, SAMPLES, 0.99).high < least
    if not by_samples_alone:
        falls = np.maximum.accumulate(recalls, axis=1) - recalls
        wobble = FALLS * falls.max(axis=1, keepdims=True)
        is_lower &= recalls < THRESHOLD - wobble
    # What is surely lower is below, and so lies before the last that is.
    return (recalls[:, -1] >= THRESHOLD) & is_lower.any(axis=1)


def drawn(
    means: np.ndarray, wavering: float, rng: np.random.Generator
) -> np.ndarray:
    """Draws recalls [G, epochs] around their means."""
    recalls = means + wavering * rng.standard_normal(means.shape)
    return rng.binomial(SAMPLES, np.clip(recalls, 0, 1)) / SAMPLES


def main() -> None:
    """Reads the command line, prints a line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    for wavering in (0.03, 0.05, 0.1, 0.2):
        for epochs in (8, 12, 20, 50):
            mean = rng.uniform(0.6, 0.98, (args.groups, 1))
            still = drawn(np.repeat(mean, epochs, axis=1), wavering, rng)
            first = rng.uniform(0.1, 0.5, (args.groups, 1))
            soon = rng.uniform(4, 20, (args.groups, 1))
            at = np.linspace(0, 1, epochs)
            learns = 0.96 - (0.96 - first) * np.exp(-soon * at)
            screens = [
                1 - (1 - dated(still, alone).mean()) ** A_SCREEN
                for alone in (True, False)
            ]
            learned = dated(drawn(learns, wavering, rng), False).mean()
            print(
                f"wavering {wavering}, {epochs} epochs: screens of {A_SCREEN} "
                f"{screens[0]:.1%} by samples alone, {screens[1]:.1%}; of "
                f"those that learn {learned:.0%}"
            )


if __name__ == "__main__":
    main()
