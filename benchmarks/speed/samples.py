"""How large logged samples are, and how long they take to write and read.

python -m benchmarks.speed.samples SCORES.npz [--images FOLDER] [--json]

SCORES.npz: `labels` [N] and logits `class` [N, C] of a trained network, as
`study.training --keep` leaves them. FOLDER: class folders of
pictures.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

from benchmarks.measuring import best_ms, options, show
from keras_hier.log.event_files.checksum import masked_crc32c
from keras_hier.log.predictions import thumbnails
from keras_hier.log.predictions.top_k_predictions import (
    TopKCollector,
    top_k_of_scores,
)
from keras_hier.log.records import picture_codec, sample_codec
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.records.sample_index import SampleIndex

DIGEST = "0" * 16
SAMPLES, CLASSES = 50_000, 1000


def seconds(action: Callable[[], Any], repeat: int = 3) -> float:
    """Returns the best time of several."""
    return best_ms(action, repeat) / 1000


def widened(
    labels: np.ndarray, logits: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Extends real labels [N] and logits [N, C] to 50,000 of 1,000 classes.

    Each of the 1,000 classes takes the 50 samples of a real class. The scores
    of the real classes go to as many of the 1,000, drawn anew for each class.
    Noise of 0.1 makes all samples differ. Other classes score below the
    sample's median.
    """
    real = np.unique(labels)
    wide = np.empty((SAMPLES, CLASSES), np.float32)
    each = SAMPLES // CLASSES
    for label in range(CLASSES):
        source = real[label % len(real)]
        rows = rng.choice(np.flatnonzero(labels == source), each)
        found = logits[rows] + rng.normal(0, 0.1, (each, logits.shape[1]))
        low = np.sort(found, axis=1)[:, : found.shape[1] // 2]
        block = rng.choice(low.ravel(), (each, CLASSES))
        others = np.delete(np.arange(CLASSES), label)
        places = rng.permutation(others)[: logits.shape[1]]
        places[source] = label
        block[:, places] = found
        wide[label * each : (label + 1) * each] = block
    return np.repeat(np.arange(CLASSES), each), wide


def worst(found: TopKPredictions, rng: np.random.Generator) -> TopKPredictions:
    """Replaces all classes but the right ones by drawn ones: no network's."""
    classes = found.classes.copy()
    for row, place in zip(classes, found.rank, strict=True):
        drawn = rng.choice(CLASSES, len(row), replace=False)
        wrong = np.arange(len(row)) != place - 1
        row[wrong] = drawn[wrong]
    return TopKPredictions(
        classes, found.probabilities, found.actual, found.rank
    )


def measure(
    labels: np.ndarray, found: TopKPredictions, classes: int
) -> dict[str, Any]:
    """Returns size and times of a record."""

    def encode() -> bytes:
        return sample_codec.encode(
            found, labels, num_classes=classes, hierarchy=DIGEST, index=DIGEST
        )

    def decode() -> TopKPredictions:
        return sample_codec.to_predictions(*sample_codec.decode(blob), labels)

    blob = encode()
    return {
        "samples": len(labels),
        "classes": classes,
        "right": round(float((found.rank == 1).mean()), 3),
        "bytes": len(blob),
        "bytes_a_sample": round(len(blob) / len(labels), 2),
        "encode_s": seconds(encode),
        "decode_s": seconds(decode),
    }


def measure_pictures(folder: Path, per_class: int) -> dict[str, Any]:
    """Returns size and time of the thumbnails of class folders."""
    files = [
        (label, path)
        for label, name in enumerate(sorted(p for p in folder.iterdir()))
        for path in sorted(name.rglob("*.*"))[:per_class]
    ]
    start = time.perf_counter()
    kept = thumbnails.collect(
        [label for label, _ in files],
        [path for _, path in files],
        per_class,
        picture_codec.BUDGET,
    )
    made = time.perf_counter() - start
    jpegs = kept.files()
    pieces = picture_codec.encode(jpegs, index=DIGEST, size=thumbnails.SIZE)
    return {
        "pictures": len(jpegs),
        "bytes": sum(map(len, pieces)),
        "bytes_a_picture": round(sum(map(len, pieces)) / len(jpegs)),
        "ms_a_picture": round(1e3 * made / len(jpegs), 3),
        "pieces": len(pieces),
        "decode_a_piece_s": seconds(lambda: picture_codec.decode(pieces[0])),
    }


def main() -> None:
    """Measures and prints."""
    parser = options(__doc__)
    parser.add_argument("scores", help=".npz file of `labels` and `class`")
    parser.add_argument("--images", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    with np.load(args.scores) as data:
        labels, logits = data["labels"], data["class"].astype(np.float32)
    found: dict[str, dict[str, Any]] = {}
    ranking = TopKCollector(logits.shape[1])
    ranking.add(labels, top_k_of_scores(labels, logits, from_logits=True))
    index, ranked = ranking.finish()
    found["as given"] = measure(index.labels, ranked, logits.shape[1])
    labels, logits = widened(labels, logits, rng)
    ranked = top_k_of_scores(labels, logits, from_logits=True)
    found["extended"] = measure(labels, ranked, CLASSES)
    found["extended"]["rank_s"] = seconds(
        lambda: top_k_of_scores(labels, logits, from_logits=True), 1
    )
    found["classes drawn"] = measure(labels, worst(ranked, rng), CLASSES)
    names = [f"ILSVRC2012_val_{1 + i:08}.JPEG" for i in range(SAMPLES)]
    named = SampleIndex(rng.permutation(labels), CLASSES, names)
    found["index of file names"] = {
        "bytes": len(named.to_blob()),
        "make_s": seconds(lambda: SampleIndex(labels, CLASSES, names)),
        "read_s": seconds(lambda: SampleIndex.from_json(named.to_json())),
    }
    record = rng.bytes(picture_codec.PIECE_BYTES)
    found["checksum of 4 MiB"] = {
        "ours_s": seconds(lambda: masked_crc32c(record)),
        "tensorboards_s": seconds(
            lambda: pywrap_tensorflow.masked_crc32c(record), 1
        ),
    }
    if args.images:
        found["pictures"] = measure_pictures(args.images, thumbnails.PER_CLASS)
    show(found, args.json)


if __name__ == "__main__":
    main()
