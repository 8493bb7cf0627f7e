"""The predictions of all samples as bytes: top K, actual class, rank.

A blob is the gzip of

1. 4 bytes, the magic number `KHS1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `SamplesHeader`), with `"version": 1`,
4. planes of N bytes each, a byte a sample, in the order of the index:

   - W planes for each of the K best classes, best first;
   - two planes of the code of the best class's probability;
   - a plane for each of the K - 1 other probabilities, as shares of the first;
   - two planes of the code of the actual class's probability, 0 where it is the
     best class;
   - W planes of the number of classes above the actual one, 0 where it is among
     the K, or unknown.

W is 1 for up to 256 classes, 2 for up to 65,536, else 4. The low byte is first.

The code of a probability is that of `probability_codes`; 65534 stands for an
actual class beyond the K of which no more is known.

The k-th probability is p_1 (byte / 255)^2, where p_1 is the decoded one: its
absolute error is at most 0.002, and smaller the smaller it is. The sum of all K
is off by `SUM_ERROR` at most, for the 100 that are read, and of five by 0.007.
"""

import dataclasses
import gzip
from typing import Any

import numpy as np

from keras_hier.files import limits
from keras_hier.log.records.container import (
    CodecError,
    Digest,
    Size,
    inflated_size,
    make_header,
    peek_record,
    read_record,
    write_fields,
)
from keras_hier.log.records.probability_codes import (
    UNKNOWN,
    from_codes,
    from_planes,
    to_codes,
    to_planes,
)

MAGIC = b"KHS1"
WHAT = "record of samples"
TOP = 5
# Most where half of the sum is the first and all others are alike: each of 99
# is off by sqrt(p_1 p_k) / 255, together by 0.02, and the first by the rest.
SUM_ERROR = 0.022


@dataclasses.dataclass(frozen=True)
class SamplesHeader:
    """The header of a stored record of samples.

    Attributes:
        samples: N, the number of samples.
        classes: C, the number of classes.
        top: K, how many classes are stored for each sample.
        hierarchy: digest of the hierarchy of the classes.
        index: digest of the index, which says what the samples are.
    """

    samples: Size
    classes: Size
    top: Size
    hierarchy: Digest
    index: Digest


@dataclasses.dataclass(frozen=True)
class TopKPredictions:
    """The best classes of N samples, and the rank of the actual class.

    Attributes:
        classes: int [N, K], best first.
        probabilities: float [N, K], descending.
        actual: float [N], probability of the actual class; NaN where it is
            beyond the K and nothing else is known.
        rank: int [N], place of the actual class from 1; 0 where it is beyond
            the K and nothing else is known.
    """

    classes: np.ndarray
    probabilities: np.ndarray
    actual: np.ndarray
    rank: np.ndarray

    def take(self, places: np.ndarray) -> "TopKPredictions":
        """Returns the samples at these places, in their order."""
        return TopKPredictions(
            self.classes[places],
            self.probabilities[places],
            self.actual[places],
            self.rank[places],
        )


def encode(
    ranked: TopKPredictions,
    labels: np.ndarray,
    *,
    num_classes: int,
    hierarchy: str,
    index: str,
) -> bytes:
    """Encodes the predictions for the samples of an index, in its order."""
    samples, top = ranked.classes.shape
    if (
        ranked.probabilities.shape != (samples, top)
        or ranked.actual.shape != (samples,)
        or ranked.rank.shape != (samples,)
        or labels.shape != (samples,)
        or not 1 <= top <= num_classes
    ):
        raise CodecError(
            "Expected classes and probabilities [N, K], actual, rank and "
            f"labels [N], K in 1..{num_classes}; got {ranked.classes.shape}, "
            f"{ranked.probabilities.shape}, {ranked.actual.shape}, "
            f"{ranked.rank.shape} and {labels.shape}."
        )
    header = SamplesHeader(samples, num_classes, top, hierarchy, index)
    _check_limits(header)
    width = _width(num_classes)
    first = to_codes(ranked.probabilities[:, 0])
    others = np.sqrt(
        ranked.probabilities[:, 1:] / from_codes(first)[:, None].clip(1e-300)
    )
    others = np.rint(255 * others.clip(0, 1)).astype(np.uint8)
    actual = to_codes(ranked.actual)
    # By the label: of equal scores another class may stand first at rank 1.
    actual[ranked.classes[:, 0] == labels] = 0
    above = np.where(ranked.rank > top, ranked.rank - 1, 0)
    raw = b"".join(
        (
            write_fields(MAGIC, header),
            *(to_planes(ranked.classes[:, k], width) for k in range(top)),
            to_planes(first, 2),
            np.ascontiguousarray(others.T).tobytes(),
            to_planes(actual, 2),
            to_planes(above, width),
        )
    )
    return gzip.compress(raw, compresslevel=6, mtime=0)


def decode(blob: bytes) -> tuple[SamplesHeader, np.ndarray]:
    """Decodes the header and the planes, uint8 [planes, N]."""
    header, body = read_record(
        blob,
        MAGIC,
        WHAT,
        _header,
        lambda h: _planes(h) * h.samples,
    )
    planes = body.reshape(_planes(header), header.samples)
    width = _width(header.classes)
    # The last ones count classes, of which there are as many.
    for at in [*range(0, header.top * width, width), len(planes) - width]:
        highest = from_planes(planes[at : at + width]).max()
        if highest >= header.classes:
            raise CodecError(
                f"A class lies outside 0..{header.classes - 1}: {highest}."
            )
    first = from_planes(planes[header.top * width :][:2])
    if (first == UNKNOWN).any():
        raise CodecError("The probability of a best class is not there.")
    return header, planes


def peek(blob: bytes) -> SamplesHeader:
    """Reads the header alone: a thousandth of the work that `decode` is."""
    header, start = peek_record(blob, MAGIC, WHAT, _header)
    if inflated_size(blob) != start + _planes(header) * header.samples:
        raise CodecError("The record is truncated.")
    return header


def to_predictions(
    header: SamplesHeader, planes: np.ndarray, labels: np.ndarray
) -> TopKPredictions:
    """Decodes the planes, given the actual classes."""
    if labels.shape != (header.samples,):
        raise CodecError(
            f"The record is about {header.samples} samples, its index about "
            f"{len(labels)}."
        )
    top, width = header.top, _width(header.classes)
    parts = np.split(planes, np.cumsum([top * width, 2, top - 1, 2]), axis=0)
    classes = np.empty((header.samples, top), np.int64)
    for k in range(top):
        classes[:, k] = from_planes(parts[0][k * width : (k + 1) * width])
    first = from_codes(from_planes(parts[1]))
    probabilities = np.empty((header.samples, top))
    probabilities[:, 0] = first
    shares = probabilities[:, 1:]
    np.divide(parts[2].T, 255, out=shares)
    np.square(shares, out=shares)
    shares *= first[:, None]
    above = from_planes(parts[4])
    places = classes == labels[:, None]
    within = places.any(axis=1)
    rank = np.where(
        within, places.argmax(axis=1) + 1, np.where(above, above + 1, 0)
    )
    actual = from_codes(from_planes(parts[3]))
    actual = np.where(rank == 1, first, actual)
    return TopKPredictions(classes, probabilities, actual, rank)


def _width(num_classes: int) -> int:
    return 1 if num_classes <= 2**8 else 2 if num_classes <= 2**16 else 4


def _planes(header: SamplesHeader) -> int:
    return (header.top + 1) * _width(header.classes) + header.top + 3


def _header(fields: dict[str, Any]) -> SamplesHeader:
    header = make_header(SamplesHeader, fields, "record")
    if header.top > header.classes:
        raise CodecError(
            f"The header of the record is invalid: {fields!r:.300}."
        )
    _check_limits(header)
    return header


def _check_limits(header: SamplesHeader) -> None:
    if (
        header.samples > limits.SAMPLES
        or header.classes > limits.CLASSES
        or header.top > limits.TOP
        or header.samples * header.top > limits.RANKED
    ):
        raise CodecError(
            f"{header.samples:,} samples of {header.classes:,} classes with "
            f"{header.top:,} each are too many: at most {limits.SAMPLES:,} "
            f"samples, {limits.CLASSES:,} classes, {limits.TOP} for a sample "
            f"and {limits.RANKED:,} in all."
        )
