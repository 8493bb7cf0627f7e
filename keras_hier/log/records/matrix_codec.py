"""A confusion matrix as bytes: versioned, sparse, exact.

A blob is the gzip of

1. 4 bytes, the magic number `KHM1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `MatrixHeader`), with `"version": 1`,
4. three runs of unsigned LEB128 integers, one after another:

   - nonzero cells per row [n];
   - columns [nonzeros], the first of a row as it is, every other as its
     distance to the one before, less 1;
   - counts [nonzeros].

Rows are true classes and columns predicted ones, in LABEL order. LEB128 writes
seven bits a byte, low bits first, with the high bit set on all but the last
byte. Nearly every number here is below 128, so gzip finds a byte a number.

A good network's 1000 x 1000 matrix of the ILSVRC validation set (10,566 nonzero
cells) takes 16 KiB instead of 3.8 MiB.
"""

import gzip
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.files import limits
from keras_hier.log.metadata import ROLES, Role
from keras_hier.log.records import varints
from keras_hier.log.records.container import (
    CodecError,
    check_header,
    inflated_size,
    peek_record,
    read_record,
    write_fields,
)
from keras_hier.log.records.matrix_header import (
    CoarseHeader,
    MatrixHeader,
    ProbeHeader,
    parse_header,
)

__all__ = ["CoarseHeader", "MatrixHeader", "ProbeHeader"]

MAGIC = b"KHM1"
_COARSE_FIELDS = ("coarse", "coarse_levels", "coarse_largest")


def encode(
    matrix: Any,
    *,
    hierarchy: str,
    grouping: str | None = None,
    role: Role = "class",
    layer: str | None = None,
    coarse: CoarseHeader | None = None,
    probe: ProbeHeader | None = None,
) -> bytes:
    """Encodes counts [n, n]; the bytes depend on the arguments alone."""
    if role not in ROLES:
        raise CodecError(f"role must be one of {ROLES}, got {role!r}.")
    coarse = coarse or CoarseHeader(0, (), ())
    cells = _as_csr(matrix)
    if cells.shape[0] > limits.CLASSES or cells.nnz > limits.NONZEROS:
        raise CodecError(
            f"A matrix of {cells.shape[0]:,} classes with {cells.nnz:,} "
            f"nonzero cells is too large: at most {limits.CLASSES:,} and "
            f"{limits.NONZEROS:,} are stored. Store groups instead: "
            "grouping.aggregate(matrix)."
        )
    header = MatrixHeader(
        size=cells.shape[0],
        nonzeros=int(cells.nnz),
        total=int(cells.data.sum()),
        correct=int(cells.diagonal().sum()),
        hierarchy=hierarchy,
        grouping=grouping,
        role=role,
        layer=layer,
        coarse=coarse.samples,
        coarse_levels=coarse.levels,
        coarse_largest=coarse.largest,
        probe=None if probe is None else probe._asdict(),
    )
    check_header(header, "matrix")
    left_out = (
        *(() if coarse.samples else _COARSE_FIELDS),
        *(() if probe else ("probe",)),
    )
    raw = write_fields(MAGIC, header, left_out) + _cells_as_bytes(cells)
    return gzip.compress(raw, compresslevel=1, mtime=0)


def decode(blob: bytes) -> tuple[MatrixHeader, sparse.csr_array]:
    """Decodes a matrix [n, n] and checks that all of it fits together."""
    header, body = _open(blob)
    size, nonzeros = header.size, header.nonzeros
    outside = f"A column lies outside 0..{size - 1}."
    per_row, deltas, counts = varints.read_runs(
        body,
        varints.Run(size, size, np.int32, outside),
        varints.Run(nonzeros, size - 1, np.int32, outside),
        varints.Run(
            nonzeros,
            header.total,
            np.int64,
            "A cell counts more samples than the whole matrix.",
        ),
    )
    if per_row.sum(dtype=np.int64) != nonzeros:
        raise CodecError(
            f"The rows hold {per_row.sum(dtype=np.int64)} nonzero cells, the "
            f"header says {nonzeros}."
        )
    if counts.min(initial=1) < 1:
        raise CodecError("A nonzero cell has count 0.")
    indptr = np.zeros(size + 1, np.int32)
    np.cumsum(per_row, out=indptr[1:])
    # Distances to absolute columns: one running sum, which each row begins by
    # going back from where the one before has ended.
    firsts = indptr[:-1][per_row > 0]
    deltas += 1
    deltas[firsts] -= 1
    lasts = deltas
    if nonzeros:
        lasts = np.add.reduceat(deltas, firsts, dtype=np.int64)
    if lasts.max(initial=0) >= size:
        raise CodecError(outside)
    deltas[firsts[1:]] -= lasts[:-1].astype(np.int32)
    columns = np.cumsum(deltas, out=deltas)
    matrix = sparse.csr_array((counts, columns, indptr), shape=(size, size))
    # In whole numbers what exceeds 2^63 would come out as something else.
    if counts.sum(dtype=np.float64) >= 2**53:
        raise CodecError("The cells hold more samples than can be counted.")
    found = int(counts.sum()), int(matrix.diagonal().sum())
    if found != (header.total, header.correct):
        raise CodecError(
            f"The cells hold {found[0]} samples, {found[1]} of them correct; "
            f"the header says {header.total} and {header.correct}."
        )
    return header, matrix


def read_header(blob: bytes) -> MatrixHeader:
    """Reads the header and checks that the blob is whole.

    It finds what is truncated, damaged or of the wrong length; that the cells
    add up is checked by `decode` alone.
    """
    return _open(blob)[0]


def peek(blob: bytes) -> MatrixHeader:
    """Reads the header alone: a tenth of the work that `read_header` is.

    Damage of the body shows when the matrix is decoded.
    """
    header, start = peek_record(blob, MAGIC, "matrix", parse_header)
    length = inflated_size(blob) - start
    integers = header.size + 2 * header.nonzeros
    if not integers <= length <= varints.MOST_BYTES * integers:
        raise CodecError("The record is truncated.")
    return header


def _as_csr(matrix: Any) -> sparse.csr_array:
    if not sparse.issparse(matrix):
        matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise CodecError(
            "A confusion matrix must be square, [n, n]; got shape "
            f"{tuple(matrix.shape)}."
        )
    if matrix.shape[0] == 0:
        raise CodecError("A confusion matrix needs at least one class, got 0.")
    if matrix.dtype.kind not in "biuf":
        raise CodecError(
            f"A confusion matrix must hold numbers, got dtype {matrix.dtype}."
        )
    # A cell may be given in parts, whose sum exceeds their type. Sums that
    # float64 does not hold exactly are refused below.
    if sparse.issparse(matrix):
        matrix = matrix.astype(np.float64)
    cells = sparse.csr_array(matrix, dtype=np.float64)
    cells.sum_duplicates()
    cells.eliminate_zeros()
    values = cells.data
    if not np.isfinite(values).all():
        raise CodecError(
            "A confusion matrix must be finite: it has NaN or inf."
        )
    if (values < 0).any():
        row, column, value = _first(cells, values < 0)
        raise CodecError(
            "A confusion matrix must hold counts: row "
            f"{row}, column {column} is negative ({value:.15g})."
        )
    if (values != np.floor(values)).any():
        row, column, value = _first(cells, values != np.floor(values))
        raise CodecError(
            "A confusion matrix must hold counts of samples, whole numbers; "
            f"row {row}, column {column} is {value:.15g}. Was it normalised?"
        )
    if values.sum() >= 2**53:
        raise CodecError(
            "A confusion matrix must hold fewer than 2^53 samples."
        )
    cells.data = values.astype(np.int64)
    return cells


def _cells_as_bytes(cells: sparse.csr_array) -> bytes:
    per_row = np.diff(cells.indptr)
    columns = cells.indices.astype(np.int64)
    deltas = np.diff(columns, prepend=-1) - 1
    firsts = cells.indptr[:-1][per_row > 0]
    deltas[firsts] = columns[firsts]
    return b"".join(map(varints.to_bytes, (per_row, deltas, cells.data)))


def _first(
    cells: sparse.csr_array, wrong: np.ndarray
) -> tuple[int, int, float]:
    at = int(np.argmax(wrong))
    row = int(np.searchsorted(cells.indptr, at, side="right")) - 1
    return row, int(cells.indices[at]), cells.data[at].item()


def _open(blob: bytes) -> tuple[MatrixHeader, np.ndarray]:
    """Returns the header and the bytes of the integers, counted."""
    header, body = read_record(
        blob,
        MAGIC,
        "matrix",
        parse_header,
        lambda h: varints.MOST_BYTES * (h.size + 2 * h.nonzeros),
        exact=False,
    )
    found = varints.count(body)
    expected = header.size + 2 * header.nonzeros
    if found != expected or (body.size and body[-1] >= 0x80):
        raise CodecError(
            f"{header.size} rows and {header.nonzeros} nonzero cells take "
            f"{expected} integers, the matrix holds {found}."
        )
    return header, body
