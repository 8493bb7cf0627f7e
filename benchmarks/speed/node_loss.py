"""Times labels of nodes in a training step, by the number of classes.

    python -m benchmarks.speed.node_loss --json

A linear classifier of 64 features is compiled by `compile_args` over the tree
of ImageNet's 1,000 classes, and over that of 21,841 nouns. The loss is most of
such a step. Labels are exact; of nodes, all exact or half of them known at a
group only; and soft, over classes and over all nodes.

All take a few steps in turn, in each round anew, on one random batch. A ratio
is the median over rounds of a step's time over that of Keras's crossentropy in
the same round, of soft labels for soft ones. The matrix of errors is not
counted.
"""

import os
import statistics
import time
from typing import Literal, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import keras_hier as kh
from benchmarks.measuring import options, show
from benchmarks.speed.hierarchy import draw_classes

FEATURES = 64


class Case(NamedTuple):
    """A way to compile, the labels it is given, and what it is held against."""

    label_mode: Literal["int", "categorical", "nodes"]
    labels: np.ndarray
    against: str | None


def cases(hierarchy: kh.Hierarchy, samples: int) -> dict[str, Case]:
    """Returns what is compared, by name."""
    rng = np.random.default_rng(0)
    classes = hierarchy.num_classes
    numbering = kh.NodeLabels(hierarchy)
    exact = rng.integers(0, classes, samples)
    parents = hierarchy.parents[hierarchy.leaves[exact]]
    coarse = np.array(
        [hierarchy.node_label(hierarchy.node_ids[node]) for node in parents]
    )
    soft = np.zeros((samples, numbering.num_labels), "float32")
    soft[np.arange(samples), exact] = soft[np.arange(samples), coarse] = 0.5
    of_classes = np.eye(classes, dtype="float32")[exact]
    mixed = np.where(np.arange(samples) % 2, exact, coarse)
    return {
        "exact": Case("int", exact, None),
        "nodes, all exact": Case("nodes", exact, "exact"),
        "nodes, half coarse": Case("nodes", mixed, "exact"),
        "soft": Case("categorical", of_classes, None),
        "nodes, soft over classes": Case("nodes", of_classes, "soft"),
        "nodes, soft over nodes": Case("nodes", soft, "soft"),
    }


def measure(
    hierarchy: kh.Hierarchy, samples: int, rounds: int, steps: int
) -> dict[str, float]:
    """Times the steps of every case."""
    features = keras.ops.convert_to_tensor(
        np.random.default_rng(1).normal(size=(samples, FEATURES)), "float32"
    )
    compared = cases(hierarchy, samples)
    models = {}
    for name, case in compared.items():
        model = keras.Sequential(
            [
                keras.Input((FEATURES,)),
                keras.layers.Dense(hierarchy.num_classes),
            ]
        )
        # The matrix of so many classes has to be one of groups.
        arguments = kh.compile_args(
            model,
            hierarchy,
            label_mode=case.label_mode,
            at=hierarchy.cut(groups=100),
        )
        model.compile("sgd", loss=arguments["loss"])
        models[name] = model
    times: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(rounds + 1):
        for name, model in models.items():
            start = time.perf_counter()
            for _ in range(steps):
                model.train_on_batch(features, compared[name].labels)
            # The first one compiles.
            if turn:
                times[name].append((time.perf_counter() - start) / steps)
    result = {}
    for name, case in compared.items():
        if case.against is None:
            result[f"{name} ms"] = 1000 * statistics.median(times[name])
        else:
            ratios = zip(times[name], times[case.against], strict=True)
            result[f"{name} ratio"] = statistics.median(
                a / b for a, b in ratios
            )
    return result


def main() -> None:
    """Prints the figures."""
    parser = options(__doc__)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=5, help="a round")
    args = parser.parse_args()
    keras.utils.set_random_seed(0)
    trees = [
        kh.Hierarchy.imagenet(),
        kh.Hierarchy.from_wordnet(draw_classes(21_841)),
    ]
    found = {
        str(tree.num_classes): measure(
            tree, args.batch_size, args.rounds, args.steps
        )
        for tree in trees
    }
    show(found, args.json)


if __name__ == "__main__":
    main()
