"""How likely the nodes above the likeliest class of each sample are, as bytes.

The k best classes of a sample do not tell how likely the groups are that hold
the best one. These sums do, before and after one temperature.

A blob is the gzip of

1. 4 bytes, the magic number `KHA1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `PathsHeader`), with `"version": 1`,
4. two planes of N bytes for each of the P places, the low byte first, before
   the temperature; then as many after it.

A plane has a byte for each sample, in the order of the index. Place 0 is the
likeliest class, place 1 its parent, and so on; the root is left out, and
stands as probability 1 above a class of less depth. The two bytes are the code
of a probability, that of `probability_codes`.

The first half of `np.random.RandomState(0).permutation(N)` is for calibrating,
the other for measuring. The temperature is fitted on those
of the first half that `calibrating` names. In training it is one of ten, each
1.26 times the one before, from 0.5 to 4.
"""

import dataclasses
import gzip
import math
from typing import Annotated, Any

import numpy as np

from keras_hier.files import limits
from keras_hier.log.records.container import (
    CodecError,
    Digest,
    Size,
    blob_digest,
    check_header,
    make_header,
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

MAGIC = b"KHA1"
_WHAT = "record of paths"
# One of so many calibrating samples fits the temperature, so many at most.
_ONE_OF = 5
_MOST_FOR_TEMPERATURE = 2000


@dataclasses.dataclass(frozen=True)
class PathsHeader:
    """The header of stored paths.

    Attributes:
        samples: N, the number of samples.
        places: P, nodes of each path.
        temperature: by which logits were divided, above 0.
        record: digest of the record of samples that they belong to.
    """

    samples: Size
    places: Size
    temperature: Annotated[float, "above 0"]
    record: Digest


@dataclasses.dataclass(frozen=True)
class PathSums:
    """How likely the nodes above the likeliest class of N samples are.

    Attributes:
        temperature: by which logits are divided.
        before: float [N, P], the class first, ascending.
        after: float [N, P], the same after the temperature.
        record: digest of the record of samples that they belong to.
    """

    temperature: float
    before: np.ndarray
    after: np.ndarray
    record: str = ""


def calibrating(samples: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the samples for temperature, for thresholds and for measuring."""
    # NumPy promises never to change this generator.
    order = np.random.RandomState(0).permutation(samples)
    half = samples // 2
    heat = min(half // _ONE_OF, _MOST_FOR_TEMPERATURE)
    return order[:heat], order[heat:half], order[half:]


def fits(samples: int, places: int) -> bool:
    """Tells whether the paths of so many samples are stored."""
    return samples <= limits.SAMPLES and samples * places <= limits.RANKED


def encode(sums: PathSums, samples: bytes | None = None) -> bytes:
    """Encodes paths for the samples of an index, in its order.

    Args:
        sums: the paths.
        samples: the record of samples that they belong to, in place of a
            digest.
    """
    record = sums.record if samples is None else blob_digest(samples)
    shape = sums.before.shape
    if len(shape) != 2 or sums.after.shape != shape:
        raise CodecError(
            "Expected probabilities [N, P] before and after a temperature, "
            f"got {shape} and {sums.after.shape}."
        )
    header = PathsHeader(*shape, float(sums.temperature), record)
    raw = write_fields(MAGIC, _checked(check_header(header, _WHAT)))
    for values in (sums.before, sums.after):
        if np.isnan(values).any():
            raise CodecError("A probability of a path is NaN.")
        for place in range(shape[1]):
            raw += to_planes(to_codes(values[:, place]), 2)
    return gzip.compress(raw, compresslevel=6, mtime=0)


def decode(blob: bytes) -> PathSums:
    """Decodes paths as float32."""
    header, body = read_record(
        blob, MAGIC, _WHAT, _parse, lambda h: 4 * h.samples * h.places
    )
    planes = body.reshape(2, header.places, 2, header.samples)
    found = np.empty((2, header.places, header.samples), np.float32)
    for time, place in np.ndindex(2, header.places):
        codes = from_planes(planes[time, place])
        if (codes == UNKNOWN).any():
            raise CodecError("A probability of a path is not there.")
        found[time, place] = from_codes(codes)
    before, after = found.transpose(0, 2, 1)
    return PathSums(header.temperature, before, after, header.record)


def _parse(fields: dict[str, Any]) -> PathsHeader:
    return _checked(make_header(PathsHeader, fields, _WHAT))


def _checked(header: PathsHeader) -> PathsHeader:
    heat = header.temperature
    if type(heat) not in (int, float) or not 0 < heat < math.inf:
        raise CodecError(
            f"The header of the {_WHAT} is invalid: temperature is "
            f"{heat!r:.40}."
        )
    if not fits(header.samples, header.places):
        raise CodecError(
            f"{header.samples:,} samples with paths of {header.places:,} nodes "
            f"are too many: at most {limits.SAMPLES:,} samples and "
            f"{limits.RANKED:,} nodes in all."
        )
    return header
