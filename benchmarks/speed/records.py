"""How fast records are read, against decoding alone, and where the time goes.

    python -m benchmarks.speed.records --json

Six things are measured in turn, several times, all on the same images, with
the same cores and in batches of the same size:

- decode: each JPEG decoded whole, out of memory; the pixels are thrown away.
- window: of each JPEG the random square that training takes is decoded, out of
  memory; the pixels are thrown away.
- crop: the same, resized to --image-size. This is the bound: what has to be
  done to the pixels, and nothing else. There are no records, labels, flips,
  batches of images.
- augment: the same, and half of them flipped.
- records: records read from files, with checksums, interleaved and shuffled.
- pipeline: what `kh.data.imagenet(training=True)` gives.

Time is that of the processor, over all threads: other programs on the machine
take less part in it than in that of the clock. Medians are reported; of shares,
the medians of the ratios within a round. The parts are differences of medians.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
from PIL import Image

import keras_hier as kh
from benchmarks.measuring import options, show
from keras_hier.data.augment import CROP_SHARE, crop, decode_window
from keras_hier.data.datasets import PREFETCH, counts_and_size, read_records

IMAGE = "image/encoded"
# Batches that are not counted.
WARM_UP = 3
SAMPLES = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "imagenet-samples"
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


def stages(
    files: list[str], image_size: int, batch_size: int
) -> dict[str, tf.data.Dataset]:
    """Returns what is measured, by name: endless iterators of batches."""
    images = [
        tf.io.parse_single_example(
            record, {IMAGE: tf.io.FixedLenFeature([], tf.string)}
        )[IMAGE]
        for record in tf.data.TFRecordDataset(files)
    ]

    def alone(work: Callable[[Any], Any]) -> tf.data.Dataset:
        """Returns work on images in memory, which leaves one number of each."""
        return (
            tf.data.Dataset.from_tensor_slices(images)
            .repeat()
            .map(
                # The sum needs some of the pixels, so that none are optimised
                # away.
                lambda data: tf.reduce_sum(tf.cast(work(data)[0], tf.int32)),
                num_parallel_calls=tf.data.AUTOTUNE,
                deterministic=False,
            )
            .batch(batch_size)
            .prefetch(PREFETCH)
        )

    def draws(flips: bool) -> Any:
        drawn = tf.random.uniform([3])
        return drawn if flips else tf.concat([drawn[:2], [1.0]], 0)

    # A long epoch, as that of a real data set.
    epoch = files * 1000
    counts, image_bytes = counts_and_size(files)
    records = read_records(epoch, counts * 1000, image_bytes, True, None)
    made = {
        "decode": alone(lambda data: tf.io.decode_jpeg(data, channels=3)),
        "window": alone(
            lambda data: decode_window(
                data, image_size, CROP_SHARE, draws(flips=False)
            )
        ),
        "crop": alone(
            lambda data: crop(data, image_size, CROP_SHARE, draws(flips=False))
        ),
        "augment": alone(
            lambda data: crop(data, image_size, CROP_SHARE, draws(flips=True))
        ),
        "records": records.batch(batch_size).prefetch(PREFETCH),
        "pipeline": kh.data.imagenet(
            epoch, image_size, batch_size, training=True
        ),
    }
    options = tf.data.Options()
    options.deterministic = False
    return {name: data.with_options(options) for name, data in made.items()}


def measure(
    batches: tf.data.Dataset, batch_size: int, seconds: float
) -> tuple[float, float]:
    """Microseconds per image, of the processor and of the clock."""
    iterator = iter(batches)
    for _ in range(WARM_UP):
        next(iterator)
    count, start, worked = 0, time.perf_counter(), time.process_time()
    while (spent := time.perf_counter() - start) < seconds:
        next(iterator)
        count += batch_size
    worked = time.process_time() - worked
    return 1e6 * worked / count, 1e6 * spent / count


def figures_of(rounds: list[dict[str, tuple[float, float]]]) -> dict[str, Any]:
    """Returns medians over rounds, by the processor and by the clock."""
    worked = {
        name: statistics.median(found[name][0] for found in rounds)
        for name in rounds[0]
    }

    def share(bound: str, clock: bool = False) -> float:
        ratios = [
            found[bound][clock] / found["pipeline"][clock] for found in rounds
        ]
        return round(statistics.median(ratios), 3)

    return {
        "images_per_s": round(
            1e6 / statistics.median(found["pipeline"][1] for found in rounds), 1
        ),
        "share_of_crop": share("crop"),
        "share_of_augment": share("augment"),
        "share_of_decode": share("decode"),
        "share_of_crop_by_the_clock": share("crop", clock=True),
        "microseconds": {name: round(time) for name, time in worked.items()},
        "parts": {
            "decoding the window": round(worked["window"]),
            "resizing": round(worked["crop"] - worked["window"]),
            "flipping": round(worked["augment"] - worked["crop"]),
            "reading with checksums, shuffling": round(worked["records"]),
            "parsing, labels, batching float32": round(
                worked["pipeline"] - worked["augment"] - worked["records"]
            ),
        },
    }


def main() -> None:
    """Measures and prints."""
    parser = options(__doc__)
    parser.add_argument(
        "--images",
        type=Path,
        default=SAMPLES if SAMPLES.is_dir() else None,
        help="folder of JPEGs (default: original ImageNet images if they lie "
        "beside the checkout, else drawn ones)",
    )
    parser.add_argument("--image-size", type=int, default=227)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="a stage")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        pattern, what = make_records(args.images, Path(folder))
        measured = stages(
            sorted(tf.io.gfile.glob(pattern)), args.image_size, args.batch_size
        )
        rounds = [
            {
                name: measure(batches, args.batch_size, args.seconds)
                for name, batches in measured.items()
            }
            for _ in range(args.rounds)
        ]

    figures = {
        **figures_of(rounds),
        "image_size": args.image_size,
        "images": what,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
    }
    show(figures, args.json)


if __name__ == "__main__":
    main()
