"""The header of a stored confusion matrix, and what may stand in it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from keras_hier.files import limits
from keras_hier.log.metadata import ROLES, Role
from keras_hier.log.records.container import (
    CodecError,
    Count,
    Digest,
    MaybeDigest,
    MaybeName,
    Size,
    is_count,
    is_name,
    make_header,
)


class CoarseHeader(NamedTuple):
    """Samples that stand in no cell, by display level.

    Their label is a group of several classes.

    Attributes:
        samples: how many there are.
        levels: of each level: its groups, how many of these samples it can
            judge, and how many rightly.
        largest: how many of the judged are in the group that has the most, by
            level.
    """

    samples: int
    levels: Sequence[Sequence[int]]
    largest: Sequence[int]


class ProbeHeader(NamedTuple):
    """How a probe was fitted that was no output of the network.

    Attributes:
        fit: "lda", the shrunken linear discriminant.
        pool: how the layer became features.
        features: F.
        folds: of the samples; each was read by a probe of the others.
        penalty: on the diagonal of the covariance.
    """

    fit: str
    pool: str
    features: int
    folds: int
    penalty: float


@dataclasses.dataclass(frozen=True)
class MatrixHeader:
    """The header of a stored matrix.

    Attributes:
        size: n, the number of rows and columns: classes, or groups.
        nonzeros: number of nonzero cells.
        total: number of samples, the sum of all cells.
        correct: number of samples on the diagonal.
        hierarchy: digest of the hierarchy of the classes.
        grouping: digest of the grouping that rows and columns stand for; None
            when they stand for the classes.
        role: "class", "head" or "probe".
        layer: name of the layer that a head or probe reads, of at most 1,000
            characters; None otherwise.
        coarse: `samples` of a `CoarseHeader`. Only written if there are any.
        coarse_levels: its `levels`, likewise.
        coarse_largest: its `largest`, likewise; may be empty.
        probe: the fields of a `ProbeHeader`, of a probe that was fitted after
            training. Only written of such.
    """

    size: Size
    nonzeros: Count
    total: Count
    correct: Count
    hierarchy: Digest
    grouping: MaybeDigest = None
    role: Role = "class"
    layer: MaybeName = None
    coarse: Count = 0
    coarse_levels: Sequence[Sequence[int]] = ()
    coarse_largest: Sequence[int] = ()
    probe: Mapping[str, Any] | None = None


def parse_header(fields: dict[str, Any]) -> MatrixHeader:
    """Makes a header of fields that are not yet checked."""
    header = make_header(MatrixHeader, fields, "matrix")
    if (
        header.role not in ROLES
        or not _counts_coarse(header)
        or not _is_probe(header.probe)
    ):
        raise CodecError(
            f"The header of the matrix is invalid: {fields!r:.300}."
        )
    if header.size > limits.CLASSES or header.nonzeros > limits.NONZEROS:
        raise CodecError(
            f"The matrix claims {header.size:,} rows and {header.nonzeros:,} "
            f"nonzero cells: at most {limits.CLASSES:,} and "
            f"{limits.NONZEROS:,} are read."
        )
    if header.probe is None:
        return header
    known = {name: header.probe[name] for name in ProbeHeader._fields}
    return dataclasses.replace(header, probe=known)


def _is_probe(fields: Any) -> bool:
    """Tells whether the fields of a probe are there, and of their kinds."""
    if fields is None:
        return True
    return (
        isinstance(fields, dict)
        and all(is_name(fields.get(name)) for name in ("fit", "pool"))
        and all(is_count(fields.get(name)) for name in ("features", "folds"))
        and type(fields.get("penalty")) in (int, float)
        and not abs(fields["penalty"]) >= 2**53  # NaN is where none was
    )


def _counts_coarse(header: MatrixHeader) -> bool:
    """Tells whether the figures of samples without a cell can be right."""
    coarse, levels = header.coarse, header.coarse_levels
    largest = header.coarse_largest
    return (
        isinstance(levels, list | tuple)
        and len(levels) <= limits.COARSE_LEVELS
        and all(
            isinstance(level, list | tuple)
            and len(level) == 3
            and all(type(n) is int for n in level)
            and 0 < level[0] <= header.size
            and 0 <= level[2] <= level[1] <= coarse
            for level in levels
        )
        and isinstance(largest, list | tuple)
        and len(largest) in (0, len(levels))
        and all(type(most) is int for most in largest)
        and all(0 <= n <= of[1] for n, of in zip(largest, levels, strict=False))
    )
