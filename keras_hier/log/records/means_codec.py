"""Class means of a layer as bytes: versioned, a byte a mean.

A blob is the gzip of

1. 4 bytes, the magic number `KHC1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `MeansHeader`), with `"version": 1`,
4. samples of each class, uint32 [C], little-endian; the mean of none is NaN,
5. the lowest mean of each channel, float32 [F], and the highest, float32 [F],
6. codes, uint8 [F, C], channel by channel: 0 is the lowest mean of the channel,
   255 the highest, and those between are equally far apart.

Classes are in LABEL order. Rounding changes a mean by at most a 510th of the
range of its channel. From some 400 channels on the correlation of two classes'
means is right to 0.003. With fewer the error is a little larger, some 0.06 /
sqrt(F) over all pairs of 1,000 classes.
"""

import dataclasses
import gzip
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.files import limits
from keras_hier.log.records.container import (
    CodecError,
    Count,
    Digest,
    Name,
    Size,
    check_header,
    inflated_size,
    make_header,
    peek_record,
    read_record,
    write_fields,
)

MAGIC = b"KHC1"
# The codes of a channel.
_CODES = 255


@dataclasses.dataclass(frozen=True)
class MeansHeader:
    """The header of stored class means.

    Attributes:
        layer: name of the layer.
        place: of it among those logged with it, 0 for the first from the input.
        shape: of its tensor, channels last, such as "13 x 13 x 128".
        pool: how that became features, such as "grid3".
        classes: C.
        features: F.
        samples: that the means are of.
        hierarchy: digest of the hierarchy of the classes.
    """

    layer: Name
    place: Count
    shape: Name
    pool: Name
    classes: Size
    features: Size
    samples: Size
    hierarchy: Digest


@dataclasses.dataclass(frozen=True)
class ClassMeans:
    """The mean of each channel of a layer over each class; see `MeansHeader`.

    Attributes:
        counts: int64 [C], samples of each class, in label order.
        means: float32 [C, F], NaN for classes without samples.
    """

    layer: str
    place: int
    shape: str
    pool: str
    hierarchy: str
    counts: npt.NDArray[np.int64]
    means: npt.NDArray[np.float32]


def encode(record: ClassMeans) -> bytes:
    """Encodes class means."""
    counts = np.asarray(record.counts)
    with np.errstate(over="ignore"):
        means = np.asarray(record.means).astype(np.float32)
    if means.ndim != 2 or counts.shape != means.shape[:1]:
        raise CodecError(
            "Expected class means [C, F] and samples of each class [C], got "
            f"shapes {means.shape} and {counts.shape}."
        )
    there = counts > 0
    if not there.any() or not np.isfinite(means[there]).all():
        raise CodecError(
            f"The class means of {record.layer!r:.80} are not finite, or of no "
            "class."
        )
    header = MeansHeader(
        layer=record.layer,
        place=record.place,
        shape=record.shape,
        pool=record.pool,
        classes=means.shape[0],
        features=means.shape[1],
        samples=int(counts.sum()),
        hierarchy=record.hierarchy,
    )
    _within_limits(check_header(header, "class means"))
    low, high = means[there].min(axis=0), means[there].max(axis=0)
    # In float64: a range may be larger than the largest float32.
    reach = high.astype(np.float64) - low
    scale = _CODES / np.where(reach > 0, reach, 1)
    codes = np.zeros(means.shape[::-1], np.uint8)
    for channel, column in enumerate(np.ascontiguousarray(means[there].T)):
        codes[channel, there] = np.rint(
            (column.astype(np.float64) - low[channel]) * scale[channel]
        )
    raw = b"".join(
        (
            write_fields(MAGIC, header),
            counts.astype("<u4").tobytes(),
            low.astype("<f4").tobytes(),
            high.astype("<f4").tobytes(),
            codes.tobytes(),
        )
    )
    return gzip.compress(raw, compresslevel=6, mtime=0)


def decode(blob: bytes) -> ClassMeans:
    """Decodes stored class means and checks that all of it fits together."""
    header, body = read_record(
        blob, MAGIC, "class means", _parse_header, _length
    )
    parts = np.split(
        body, np.cumsum([4 * header.classes, *[4 * header.features] * 2])
    )
    counts = parts[0].view("<u4").astype(np.int64)
    low, high = (each.view("<f4").astype(np.float64) for each in parts[1:3])
    if int(counts.sum()) != header.samples:
        raise CodecError(
            f"The classes have {counts.sum():,} samples, the header says "
            f"{header.samples:,}."
        )
    if not (np.isfinite(low) & np.isfinite(high) & (low <= high)).all():
        raise CodecError("A channel begins above its end, or nowhere.")
    codes = parts[3].reshape(header.features, header.classes)
    columns = np.empty(codes.shape, np.float32)
    step = (high - low) / _CODES
    for channel, column in enumerate(codes):
        columns[channel] = low[channel] + column * step[channel]
    columns[:, counts == 0] = np.nan
    return ClassMeans(
        header.layer,
        header.place,
        header.shape,
        header.pool,
        header.hierarchy,
        counts,
        columns.T,
    )


def peek(blob: bytes) -> MeansHeader:
    """Reads the header alone."""
    header, start = peek_record(blob, MAGIC, "class means", _parse_header)
    if inflated_size(blob) != start + _length(header):
        raise CodecError("The record is truncated.")
    return header


def _length(header: MeansHeader) -> int:
    """Returns how many bytes follow the header."""
    classes, features = header.classes, header.features
    return 4 * classes + 8 * features + classes * features


def _parse_header(fields: dict[str, Any]) -> MeansHeader:
    return _within_limits(make_header(MeansHeader, fields, "class means"))


def _within_limits(header: MeansHeader) -> MeansHeader:
    if (
        header.classes * header.features > limits.MEANS
        or header.features > limits.FEATURES
        or header.classes > limits.CLASSES
    ):
        raise CodecError(
            f"{header.classes:,} classes times {header.features:,} channels "
            f"are more than the {limits.MEANS:,} class means, of at most "
            f"{limits.FEATURES:,} channels, that are kept of a layer. Pool it "
            "by 'mean', or leave it out."
        )
    if header.place >= limits.LAYERS:
        raise CodecError(
            f"place must be 0 to {limits.LAYERS - 1}, got {header.place}."
        )
    return header
