"""`keras-hier demo`: trains two networks on drawn shapes, then serves them."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_hier.files.output_files import checked_folder
from keras_hier.quantities import percent
from keras_hier.terminal import print_line

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier demo` to its parser."""
    parser.add_argument(
        "--logdir",
        type=Path,
        default=Path("runs/demo"),
        help="folder for the two runs (default: %(default)s)",
    )
    parser.add_argument(
        "--epochs",
        type=int,
        default=12,
        help="epochs of each network (default: %(default)s)",
    )
    parser.add_argument(
        "--per-class",
        type=int,
        default=120,
        metavar="N",
        help="training pictures of each class; validation has a quarter as "
        "many (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--serve",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="start TensorBoard when trained",
    )
    parser.add_argument(
        "--port", type=int, default=6006, help="TensorBoard's port"
    )


def run(args: argparse.Namespace) -> int:
    """Draws the data, trains both networks, serves TensorBoard."""
    if args.epochs < 1 or args.per_class < 4 or args.seed < 0:
        raise ValueError(
            "expected --epochs of at least 1, --per-class of at least 4 and "
            f"--seed of at least 0, got {args.epochs}, {args.per_class} and "
            f"{args.seed}."
        )
    checked_folder(args.logdir)
    args.logdir.mkdir(parents=True, exist_ok=True)
    if any(args.logdir.glob("*/*/events.out.tfevents.*")):
        print_line(
            f"{args.logdir} holds runs already, so nothing is trained. Remove "
            "it to train anew, or choose another --logdir."
        )
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        train(args.logdir, args.epochs, args.per_class, args.seed)
    command = ["tensorboard", "--logdir", str(args.logdir)]
    if not args.serve:
        print_line("Look at the runs with")
        print_line(f"  {' '.join(command)}")
        return 0
    print_line(f"TensorBoard: http://localhost:{args.port}/#blocks")
    sys.stdout.flush()
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "tensorboard.main",
            *command[1:],
            "--port",
            str(args.port),
        ],
    )


def train(logdir: Path, epochs: int, per_class: int, seed: int) -> None:
    """Trains a plain and a hierarchy-aware AlexNet into two runs."""
    import keras
    from tqdm import tqdm

    import keras_hier as kh

    hierarchy = kh.data.shapes.hierarchy()
    images, labels = kh.data.shapes.load(per_class, seed=seed)
    held_out = kh.data.shapes.load(max(1, per_class // 4), seed=seed + 1)

    batch_size = 64
    steps = -(-len(images) // batch_size)
    # Into a file it would write a line for each step.
    with tqdm(total=2 * epochs * steps, unit="step", disable=None) as bar:
        for name, heads in (
            ("plain", {}),
            ("hierarchy", {"conv3": _groups(hierarchy)}),
        ):
            keras.utils.set_random_seed(seed)
            model = kh.AlexNet(
                hierarchy.num_classes,
                input_shape=images.shape[1:],
                width=0.25,
                normalization="batch",
                dropout=0.2,
            )
            if heads:
                model = kh.add_heads(model, heads=heads)
            model.compile(
                keras.optimizers.Adam(
                    keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps)
                ),
                **kh.compile_args(model, hierarchy),
            )
            targets = kh.targets(model)
            model.fit(
                *targets(images, labels),
                validation_data=targets(*held_out),
                batch_size=batch_size,
                epochs=epochs,
                verbose=0,
                callbacks=[
                    kh.BlocksCallback(logdir / name, samples=held_out),
                    _progress(bar, name, epochs),
                ],
            )


def _progress(bar: Any, name: str, epochs: int) -> Any:
    import keras

    def on_epoch_end(epoch: int, logs: dict[str, float]) -> None:
        # With heads the outputs have names, and so have their metrics.
        accuracy = logs.get("val_class_accuracy", logs.get("val_accuracy", 0))
        what = f"{name}, epoch {epoch + 1} of {epochs}"
        if bar.disable:
            print_line(f"{what}: {percent(accuracy)} right", sys.stderr)
        bar.set_description(what)
        bar.set_postfix_str(f"{percent(accuracy)} right")

    return keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: bar.update(),
        on_epoch_end=on_epoch_end,
    )


def _groups(hierarchy: "Hierarchy") -> Any:
    """Returns the middle level: finer than the first, coarser than classes."""
    levels = hierarchy.levels()
    return levels[len(levels) // 2]
