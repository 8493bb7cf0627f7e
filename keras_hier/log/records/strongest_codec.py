"""The strongest samples of the channels of a layer as bytes: versioned.

A blob is the gzip of

1. 4 bytes, the magic number `KHX1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `StrongestHeader`), with `"version": 1`,
4. values, float32 [F, K], little-endian: the K largest of each channel,
5. rows, uint32 [F, K]: whose they are, in the table that follows,
6. labels of the S samples of the table, uint32 [S],
7. their ids: JSON, `{"ids": [...]}`, all ASCII.

The record belongs to class means of the same layer at the same step, and names
them by their digest: means that overtake them leave it behind.
"""

import dataclasses
import gzip
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.files import flat_json, limits
from keras_hier.log.records.container import (
    CodecError,
    Digest,
    Name,
    Size,
    blob_digest,
    check_header,
    make_header,
    read_record,
    write_fields,
)
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import MAX_ID

MAGIC = b"KHX1"
_WHAT = "record of strongest samples"


@dataclasses.dataclass(frozen=True)
class StrongestHeader:
    """The header of stored strongest samples.

    Attributes:
        layer: name of the layer.
        features: F.
        kept: K, of each channel.
        samples: S, those of the table.
        classes: C.
        text: bytes of their ids.
        hierarchy: digest of the hierarchy of the classes.
        means: digest of the record of class means that it belongs to.
    """

    layer: Name
    features: Size
    kept: Size
    samples: Size
    classes: Size
    text: Size
    hierarchy: Digest
    means: Digest


@dataclasses.dataclass(frozen=True)
class StrongestSamples:
    """The samples at which each channel of a layer is strongest.

    Attributes:
        ids: str [S], what the samples are called that are the strongest of any
            channel.
        labels: int64 [S], their classes, in label order.
        rows: int64 [F, K], places in `ids`, the strongest sample first.
        values: float32 [F, K], of the channel for these samples.
        means: digest of the record of class means that it belongs to.
    """

    layer: str
    hierarchy: str
    num_classes: int
    ids: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    means: str = ""


def encode(record: StrongestSamples) -> bytes:
    """Encodes the strongest samples of a layer."""
    rows, labels = np.asarray(record.rows), np.asarray(record.labels)
    values = np.asarray(record.values)
    if rows.ndim != 2 or rows.shape != values.shape:
        raise CodecError(
            "Expected rows and values [F, K], got shapes "
            f"{rows.shape} and {values.shape}."
        )
    text = text_of(record.ids)
    header = StrongestHeader(
        layer=record.layer,
        features=rows.shape[0],
        kept=rows.shape[1],
        samples=len(record.ids),
        classes=record.num_classes,
        text=len(text),
        hierarchy=record.hierarchy,
        means=record.means,
    )
    _within_limits(check_header(header, _WHAT))
    _check_content(header, record.ids, labels, rows, values)
    raw = b"".join(
        (
            write_fields(MAGIC, header),
            values.astype("<f4").tobytes(),
            rows.astype("<u4").tobytes(),
            labels.astype("<u4").tobytes(),
            text,
        )
    )
    return gzip.compress(raw, compresslevel=6, mtime=0)


def encode_with(
    record: StrongestSamples, means: ClassMeans, means_blob: bytes
) -> bytes:
    """Encodes the strongest samples of channels whose means are stored."""
    classes, features = means.means.shape
    own = means.layer, means.hierarchy, classes, features
    given = record.layer, record.hierarchy, record.num_classes, len(record.rows)
    if given != own:
        raise CodecError(
            f"Expected samples of {features:,} channels of {means.layer!r:.80} "
            f"under the same tree, got those of {len(record.rows):,} of "
            f"{record.layer!r:.80}."
        )
    return encode(dataclasses.replace(record, means=blob_digest(means_blob)))


def decode(blob: bytes) -> StrongestSamples:
    """Decodes stored samples and checks that all of it fits together."""
    header, body = read_record(blob, MAGIC, _WHAT, _parse_header, _length)
    cells = 4 * header.features * header.kept
    parts = np.split(body, np.cumsum([cells, cells, 4 * header.samples]))
    shape = header.features, header.kept
    values = parts[0].view("<f4").astype(np.float32).reshape(shape)
    rows = parts[1].view("<u4").astype(np.int64).reshape(shape)
    labels = parts[2].view("<u4").astype(np.int64)
    ids = _ids(parts[3].tobytes())
    _check_content(header, ids, labels, rows, values)
    return StrongestSamples(
        header.layer,
        header.hierarchy,
        header.classes,
        ids,
        labels,
        rows,
        values,
        header.means,
    )


def text_of(ids: tuple[str, ...]) -> bytes:
    """Returns ids as they are stored."""
    return json.dumps({"ids": list(ids)}, separators=(",", ":")).encode("ascii")


def _ids(text: bytes) -> tuple[str, ...]:
    try:
        found = flat_json.loads(
            text.decode("ascii"), ("ids",), limits.STRONGEST
        )["ids"]
    except (ValueError, KeyError) as error:
        raise CodecError("The ids of the strongest samples are damaged.") from (
            error
        )
    if not isinstance(found, list):
        raise CodecError("The ids of the strongest samples are no list.")
    return tuple(found)


def _check_content(
    header: StrongestHeader,
    ids: tuple[str, ...],
    labels: np.ndarray,
    rows: np.ndarray,
    values: np.ndarray,
) -> None:
    if len(ids) != header.samples or labels.shape != (header.samples,):
        raise CodecError(
            f"Expected ids and labels of {header.samples:,} samples, got "
            f"{len(ids):,} and {labels.shape}."
        )
    if not all(type(i) is str and 0 < len(i) <= MAX_ID for i in ids):
        raise CodecError(f"An id has 1 to {MAX_ID} characters.")
    if labels.min() < 0 or labels.max() >= header.classes:
        raise CodecError(
            f"A sample is of none of the {header.classes:,} classes."
        )
    if rows.min() < 0 or rows.max() >= header.samples:
        raise CodecError(
            f"A channel names none of the {header.samples:,} samples."
        )
    if not np.isfinite(values).all():
        raise CodecError("A value of a channel is not finite.")


def _length(header: StrongestHeader) -> int:
    """Returns how many bytes follow the header."""
    cells = header.features * header.kept
    return 8 * cells + 4 * header.samples + header.text


def _parse_header(fields: dict[str, Any]) -> StrongestHeader:
    return _within_limits(make_header(StrongestHeader, fields, _WHAT))


def _within_limits(header: StrongestHeader) -> StrongestHeader:
    cells = header.features * header.kept
    if (
        max(cells, header.samples) > limits.STRONGEST
        or header.classes > limits.CLASSES
        or header.text > limits.TREE_BYTES
    ):
        raise CodecError(
            f"{header.kept:,} samples of each of {header.features:,} channels, "
            f"{header.samples:,} in all with ids of {header.text:,} bytes, are "
            f"more than the {limits.STRONGEST:,} that are kept of a layer."
        )
    return header
