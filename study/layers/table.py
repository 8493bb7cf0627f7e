"""The tables of study/results.md about what layers know.

    python -m study.layers.table \
        study/results/layer_probes.jsonl \
        --along study/results/probes_along.jsonl

For each kind of network a table, with a figure for every seed: what probes know
that were fitted afterwards (`probes`), then those that trained along
beside them (`along`). Standard errors are the largest of the seeds. Bold
is what is worth asking in all seeds.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from study.layers.networks import Network, parse, read_lines

Row = dict[str, Any]
# Kinds of networks, which differ by their seeds alone.
Kind = tuple[str, str, int, int | None]
Epochs = dict[int | None, tuple[list[Row], list[Row] | None]]
# After all epochs.
LAST = 10**9
HEADER = (
    "layer", "features", "{first} groups, % right", "{last} classes, % right",
    "over untrained, points", "tree alignment", "over untrained",
    "takes off the error, points",
)  # fmt: skip


def main() -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("probes", type=Path)
    parser.add_argument("--along", type=Path)
    args = parser.parse_args()
    along = read_lines(args.along) if args.along else []
    print(tables(read_lines(args.probes), along))


def tables(probes: list[Row], along: list[Row]) -> str:
    """Returns all tables, those of `along` last."""
    after = by_kind([row for row in probes if "mean" in row["pools"]])
    of_along = by_kind(along)
    # The epochs of one training stand below each other.
    trainings: dict[Kind, Epochs] = defaultdict(dict)
    for kind in sorted(of_along, key=lambda kind: kind[3] or LAST):
        training = (*kind[:3], None)
        trainings[training][kind[3]] = of_along[kind], after.get(kind)
    found = [
        f"### {_title(kind)}\n\n{layer_table(seeds)}"
        for kind, seeds in by_kind(
            [row for row in probes if row["controls"]]
        ).items()
    ]
    found += [
        f"### {_title(kind)}, along\n\n{along_table(epochs)}"
        for kind, epochs in trainings.items()
    ]
    return "\n\n".join(found)


def by_kind(rows: list[Row]) -> dict[Kind, list[Row]]:
    """Returns rows of networks of the study by kind, in the order of seeds."""
    found: dict[Kind, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        network = parse(row["network"])
        if network:
            found[_kind(network)][network.seed] = row
    return {
        kind: [seeds[seed] for seed in sorted(seeds)]
        for kind, seeds in found.items()
    }


def layer_table(seeds: list[Row]) -> str:
    """Returns what the layers of networks know, a row for each layer."""
    head = [
        text.format(first=seeds[0]["groups"][0], last=seeds[0]["groups"][-1])
        for text in HEADER
    ]
    lines = [_line(head), "|---" * len(head) + "|"]
    for at, layer in enumerate(seeds[0]["layers"]):
        take = _taker(seeds, at)
        adds = take("adds_error", None, -100, "adds_error_se", 1)
        if all(at in row["asked"] for row in seeds):
            adds = f"**{adds}**"
        lines.append(
            _line(
                [
                    layer,
                    f"{seeds[0]['features'][at]:,}",
                    take("right", 0, 100, "", 1),
                    take("right", -1, 100, "", 1),
                    take("over", -1, 100, "over_se", 1),
                    take("alignment", None, 1, "", 2),
                    take("alignment_over", None, 1, "alignment_over_se", 2),
                    adds,
                ]
            )
        )
    first = seeds[0]
    levels = np.array(first["control_right"]).reshape(-1, len(first["groups"]))
    best = levels.argmax(axis=0)
    lines += [
        "",
        "Right by the networks' own output: "
        + ", ".join(f"{100 * row['output_right']:.1f}" for row in seeds)
        + f" %. Untrained: {100 * levels[best[-1], -1]:.1f} % of the classes"
        f" ({first['control_layers'][best[-1]]}) and"
        f" {100 * levels[best[0], 0]:.1f} % of the groups"
        f" ({first['control_layers'][best[0]]}), alignment"
        f" {max(first['control_alignment']):.2f}; permuted trees"
        f" {max(row['band'] for row in seeds):.3f}.",
    ]
    return "\n".join(lines)


def along_table(epochs: Epochs) -> str:
    """Returns accuracies, trained along and, if known, fitted afterwards.

    Args:
        epochs: by epoch, None for the end, the networks whose probes trained
            along, and those whose probes were fitted afterwards.
    """
    first = next(iter(epochs.values()))[0][0]
    layers = [name for name in first["right"] if name != "class"]
    lines = [_line(["", *layers, "output"]), "|---" * (len(layers) + 2) + "|"]
    for epoch, (along, after) in epochs.items():
        when = f"epoch {epoch}, " if epoch else "end, "
        when = when if len(epochs) > 1 else ""
        cells = [
            ", ".join(f"{100 * row['right'][name]:.1f}" for row in along)
            for name in [*layers, "class"]
        ]
        lines.append(_line([f"{when}along", *cells]))
        if after:
            cells = [
                _taker(after, after[0]["layers"].index(name))(
                    "right", -1, 100, "", 1
                )
                for name in layers
            ]
            own = ", ".join(f"{100 * row['output_right']:.1f}" for row in after)
            lines.append(_line([f"{when}afterwards", *cells, own]))
    return "\n".join(lines)


def _taker(
    seeds: list[Row], at: int
) -> Callable[[str, int | None, float, str, int], str]:
    """Returns what writes a figure of a layer, of every seed."""

    def value(row: Row, name: str, level: int | None) -> float:
        if level is None:
            return float(row[name][at])
        # Older lines nest the levels, newer ones have them in a row.
        levels = np.array(row[name]).reshape(len(row["layers"]), -1)
        return float(levels[at, level])

    def take(
        name: str, level: int | None, scale: float, se: str, digits: int
    ) -> str:
        text = ", ".join(
            f"{round(scale * value(row, name, level), digits) + 0.0:.{digits}f}"
            for row in seeds
        )
        if se:
            spread = max(value(row, se, level) for row in seeds)
            text += f" ± {abs(scale) * spread:.{digits}f}"
        return text

    return take


def _kind(network: Network) -> Kind:
    return network.folder, network.trunk, network.images, network.epoch


def _title(kind: Kind) -> str:
    folder, trunk, images, epoch = kind
    when = f", epoch {epoch}" if epoch else ""
    return f"{folder}: normalization {trunk}, {images:,} images{when}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
