"""Times heads, probes and confusion matrices in a training step.

    python -m benchmarks.speed.training_step --json

The same AlexNet over the 1,000 ImageNet classes is compiled several times:

- plain, with the losses and `accuracy`; and with its `ConfusionMatrix`;
- with three heads over groups, which teach each other or do not;
- with three probes;
- with heads over the classes at all convolutions, `hidden` and `convolved`.

All take a few steps in turn, in each round anew, on one random batch. A ratio
is the median over rounds of a step's time over the plain step of the round.
"""

import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import keras_hier as kh
from benchmarks.measuring import options, show


def variants(
    image_size: int, width: float
) -> dict[str, tuple[keras.Model, dict]]:
    """Returns models, and what to compile them with, by name."""
    hierarchy = kh.Hierarchy.imagenet()
    groupings = {
        "conv2": hierarchy.cut(groups=4),
        "conv4": hierarchy.cut(groups=30),
        "conv5": hierarchy.cut(groups=100),
    }

    def alexnet() -> keras.Model:
        return kh.AlexNet(1000, (image_size, image_size, 3), width=width)

    everywhere = {f"conv{i}": hierarchy.cut(max_size=1) for i in range(1, 6)}
    models = {
        "plain": alexnet(),
        "heads": kh.add_heads(alexnet(), heads=groupings),
        "alone": kh.add_heads(alexnet(), heads=groupings, distillation=None),
        "probes": kh.add_heads(alexnet(), probes=groupings),
        "classes": kh.add_heads(alexnet(), heads=everywhere),
        "convolved": kh.add_heads(
            alexnet(), heads=everywhere, head="convolved"
        ),
        "metrics": alexnet(),
    }
    compiled = {}
    for name, model in models.items():
        arguments = kh.compile_args(model, hierarchy)
        metrics: list = ["accuracy"]
        if name == "metrics":
            metrics.append(kh.ConfusionMatrix(hierarchy))
        headed = isinstance(model.output, dict)
        arguments["weighted_metrics"] = (
            {"class": metrics} if headed else metrics
        )
        compiled[name] = (model, arguments)
    return compiled


def main() -> None:
    """Measures and prints."""
    parser = options(__doc__)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--width", type=float, default=0.5)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=3, help="a round")
    args = parser.parse_args()

    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    shape = (args.batch_size, args.image_size, args.image_size, 3)
    images = keras.ops.convert_to_tensor(rng.uniform(0, 255, shape), "float32")
    labels = rng.integers(0, 1000, args.batch_size)
    batches = {}
    times: dict[str, list[float]] = {}
    models = variants(args.image_size, args.width)
    for name, (model, arguments) in models.items():
        model.compile(keras.optimizers.SGD(0.01, momentum=0.9), **arguments)
        batches[name] = kh.targets(model)(images, labels)
        times[name] = []
        for _ in range(2):
            model.train_on_batch(*batches[name])

    for _ in range(args.rounds):
        for name, (model, _) in models.items():
            start = time.perf_counter()
            for _ in range(args.steps):
                model.train_on_batch(*batches[name])
            times[name].append((time.perf_counter() - start) / args.steps)

    result = {
        f"{name}_ratio": round(
            statistics.median(
                own / plain
                for own, plain in zip(times[name], times["plain"], strict=True)
            ),
            4,
        )
        for name in times
        if name != "plain"
    }
    result["plain_step_ms"] = round(statistics.median(times["plain"]) * 1e3, 1)
    show(result, args.json)


if __name__ == "__main__":
    main()
