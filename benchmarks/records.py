"""How fast records are read, against bare decoding on the same cores.

    python benchmarks/records.py --json

The bound decodes the same JPEGs, whole, out of memory, and does nothing else.
The pipeline reads them from records, checks and maps labels, decodes, crops at
random, resizes, flips and batches. Both are measured in turn, several times;
medians are reported, and the median of their ratios.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
from PIL import Image

import keras_hier as kh

SAMPLES = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "imagenet-samples"
)
# So that a file holds as many images as one of ImageNet's would, or near it.
COPIES = 10


def make_records(images: Path | None, folder: Path) -> tuple[str, str]:
    """Writes records, a class per copy; returns their pattern and content."""
    drawn = folder / "drawn"
    if images is None:
        drawn.mkdir()
        pixels, _ = kh.data.shapes.load(2, size=400)
        for index, image in enumerate(pixels):
            Image.fromarray(image).save(drawn / f"{index}.jpg", quality=90)
    classes = folder / "classes"
    classes.mkdir()
    for copy in range(COPIES):
        (classes / f"copy{copy:02d}").symlink_to(
            (images or drawn).resolve(), target_is_directory=True
        )
    summary = kh.data.write_records(
        classes, folder / "records", shards=8, workers=1, progress=False
    )
    what = images.name if images else "drawn, 400 x 400"
    return (
        str(folder / "records" / "train-*"),
        f"{summary.images // COPIES} images, {what}",
    )


def rate(batches: Iterable, batch_size: int, seconds: float) -> float:
    """Images per second, the first batch left out."""
    iterator = iter(batches)
    next(iterator)
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        next(iterator)
        count += batch_size
    return count / spent


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--images",
        type=Path,
        default=SAMPLES if SAMPLES.is_dir() else None,
        help="folder of JPEGs (default: original ImageNet images if they lie "
        "beside the checkout, else drawn ones)",
    )
    parser.add_argument("--image-size", type=int, default=227)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="a round")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        pattern, what = make_records(args.images, Path(folder))
        encoded = [
            tf.io.parse_single_example(
                record, {"image/encoded": tf.io.FixedLenFeature([], tf.string)}
            )["image/encoded"]
            for record in tf.data.TFRecordDataset(tf.io.gfile.glob(pattern))
        ]
        # Batches of nothing but a count: decoded pixels are thrown away.
        bound = (
            tf.data.Dataset.from_tensor_slices(encoded)
            .repeat()
            .map(
                lambda data: tf.shape(tf.io.decode_jpeg(data, channels=3))[0],
                num_parallel_calls=tf.data.AUTOTUNE,
                deterministic=False,
            )
            .batch(args.batch_size)
            .prefetch(4)
        )
        # A long epoch, as that of a real data set.
        pipeline = kh.data.imagenet(
            sorted(tf.io.gfile.glob(pattern)) * 50,
            args.image_size,
            args.batch_size,
            training=True,
        )
        decoded, read = [], []
        for _ in range(args.rounds):
            decoded.append(rate(bound, args.batch_size, args.seconds))
            read.append(rate(pipeline, args.batch_size, args.seconds))

    figures = {
        "images_per_s": round(statistics.median(read), 1),
        "decode_bound_images_per_s": round(statistics.median(decoded), 1),
        "share_of_bound": round(
            statistics.median(
                fast / bare for fast, bare in zip(read, decoded, strict=True)
            ),
            3,
        ),
        "image_size": args.image_size,
        "images": what,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
    }
    if args.json:
        json.dump(figures, sys.stdout)
        print()
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
