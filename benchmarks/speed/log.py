"""How large a stored matrix is, and how long it takes to write and read.

python -m benchmarks.speed.log [PREDICTIONS.npz] [--json]
"""

from typing import Any

import numpy as np

from benchmarks.measuring import best_ms, options, show
from keras_hier.log.records import matrix_codec
from keras_hier.scores import confusion_matrix

DIGEST = "0" * 16


def measure(matrix: np.ndarray) -> dict[str, Any]:
    """Returns the size of counts [C, C], and the best of several times."""
    blob = matrix_codec.encode(matrix, hierarchy=DIGEST)

    return {
        "nonzeros": int(np.count_nonzero(matrix)),
        "bytes": len(blob),
        "encode_ms": best_ms(
            lambda: matrix_codec.encode(matrix, hierarchy=DIGEST), 9
        ),
        "decode_ms": best_ms(lambda: matrix_codec.decode(blob), 9),
        "read_header_ms": best_ms(lambda: matrix_codec.read_header(blob), 9),
    }


def main() -> None:
    """Measures and prints."""
    parser = options(__doc__)
    parser.add_argument(
        "predictions",
        nargs="?",
        help="`labels` and `predictions` of 1000 classes in an .npz file",
    )
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
    show(found, args.json)


if __name__ == "__main__":
    main()
