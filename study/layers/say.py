"""Does what a probe would add tell which heads a trained network listens to?

    python -m study.layers.say \
        --probes study/results/layer_probes.jsonl \
        --heads study/results/final.jsonl

For each seed and trunk the layers are ranked twice: by how much log loss their
probe takes off a network *without* heads, and by the weight that their head has
in the fused answer of a network trained *with* heads. Prints both and
Spearman's correlation, with the share of all orders of the layers that would
correlate as well or better.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from study.layers.networks import parse, read_lines

VARIANT = "classes5-distil"


def main() -> None:
    """Prints a line for each trunk and seed, and one for each trunk."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--probes", type=Path, required=True)
    parser.add_argument("--heads", type=Path, required=True)
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument(
        "--folders",
        nargs="+",
        default=("batch-100", "none-100"),
        help="where the probed networks were kept",
    )
    args = parser.parse_args()
    said = {
        (row["trunk"], row["seed"]): _by_layer(row["fusion_weights"])
        for row in read_lines(args.heads)
        if row["variant"] == VARIANT
        and row["train_images"] == args.per_class * row["classes"]
    }
    adds: dict[tuple[str, int], dict[str, float]] = {}
    for row in read_lines(args.probes):
        network = parse(row["network"])
        if (
            network
            and network.folder in args.folders
            and "grid3" in row["pools"]
        ):
            gains = dict(zip(row["layers"], row["adds_loss"], strict=True))
            adds[network.trunk, network.seed] = {
                layer: -gain for layer, gain in gains.items()
            }
    for trunk in ("batch", "none"):
        pairs = []
        for key in sorted(adds.keys() & said.keys()):
            if key[0] != trunk:
                continue
            layers = sorted(adds[key].keys() & said[key].keys())
            pairs.append(
                (
                    rankdata([adds[key][layer] for layer in layers]),
                    rankdata([said[key][layer] for layer in layers]),
                )
            )
            listed = ", ".join(
                f"{layer} {adds[key][layer]:.3f} {said[key][layer]:.2f}"
                for layer in layers
            )
            rho, share = correlation(pairs[-1:])
            print(f"{trunk} {key[1]}: {listed}: {rho:.2f}, p = {share:.3f}")
        if pairs:
            rho, share = correlation(pairs)
            print(f"{trunk}, mean of {len(pairs)}: {rho:.2f}, p = {share:.3f}")


def correlation(
    pairs: list[tuple[np.ndarray, np.ndarray]],
) -> tuple[float, float]:
    """Returns the mean correlation, and the share of orders that reach it.

    Seeds are of one network, which has one order of its layers: that one order
    is what is permuted, for all seeds together.
    """
    found = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs]))
    size = len(pairs[0][0])
    reached = [
        np.mean([np.corrcoef(a[list(order)], b)[0, 1] for a, b in pairs])
        >= found - 1e-9
        for order in itertools.permutations(range(size))
    ]
    return found, float(np.mean(reached))


def _by_layer(weights: dict[str, float]) -> dict[str, float]:
    return {
        name.split("_")[0]: weight
        for name, weight in weights.items()
        if "_" in name
    }


if __name__ == "__main__":
    main()
