"""How large a stored matrix is, and how long it takes to write and read.

python -m benchmarks.speed.log [PREDICTIONS.npz] [--json]
"""

import argparse
import json
import timeit
from typing import Any

import numpy as np

from keras_hier.log.records import matrix_codec
from keras_hier.scores import confusion_matrix

DIGEST = "0" * 16


def measure(matrix: np.ndarray) -> dict[str, Any]:
    """Returns size and the best of several times, in milliseconds.

    Args:
        matrix: int [C, C].
    """
    blob = matrix_codec.encode(matrix, hierarchy=DIGEST)

    def best(action: Any) -> float:
        return round(1e3 * min(timeit.repeat(action, number=1, repeat=9)), 2)

    return {
        "nonzeros": int(np.count_nonzero(matrix)),
        "bytes": len(blob),
        "encode_ms": best(
            lambda: matrix_codec.encode(matrix, hierarchy=DIGEST)
        ),
        "decode_ms": best(lambda: matrix_codec.decode(blob)),
        "read_header_ms": best(lambda: matrix_codec.read_header(blob)),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "predictions",
        nargs="?",
        help="`labels` and `predictions` of 1000 classes in an .npz file",
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    found = {"a third of the cells": measure(rng.poisson(0.45, (1000, 1000)))}
    if args.predictions:
        with np.load(args.predictions) as data:
            real = confusion_matrix(
                data["labels"].astype(int),
                data["predictions"].astype(int),
                1000,
            )
        found["given predictions"] = measure(real)
    if args.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(name)
        for key, value in figures.items():
            print(f"  {key:15} {value:,}")


if __name__ == "__main__":
    main()
