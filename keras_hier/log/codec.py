"""A confusion matrix as bytes: versioned, sparse, exact.

A blob is the gzip of

1. 4 bytes, the magic number `KHM1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `MatrixHeader`), with `"version": 1`,
4. three runs of unsigned LEB128 integers, one after another:
   nonzero cells per row [n]; columns [nonzeros], the first of a row as it is
   and every other as its distance to the one before, less 1; counts
   [nonzeros].

Rows are true classes and columns predicted ones, in LABEL order. LEB128 writes
seven bits a byte, low bits first, with the high bit set on all but the last
byte. Nearly every number here is below 128, so gzip finds a byte a number.

A good network's 1000 x 1000 matrix of the ILSVRC validation set (10,566 nonzero
cells) takes 16 KiB instead of 3.8 MiB.
"""

import dataclasses
import gzip
import json
import struct
import zlib
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.log.contract import ROLES, VERSION, Role

MAGIC = b"KHM1"
# A blob is read from files that anyone may have written: what it claims is
# believed only within these bounds.
MAX_INFLATED_BYTES = 128 * 2**20
MAX_HEADER_BYTES = 64 * 2**10
_VARINT_BYTES = 9  # 63 bits: fits an int64


class CodecError(ValueError):
    """A matrix that cannot be stored, or a blob that is not one."""


@dataclasses.dataclass(frozen=True)
class MatrixHeader:
    """What a stored matrix says about itself.

    Attributes:
        size: n, the number of rows and columns: classes, or groups.
        nonzeros: number of nonzero cells.
        total: number of samples, the sum of all cells.
        correct: number of samples on the diagonal.
        hierarchy: digest of the hierarchy of the classes.
        grouping: digest of the grouping that rows and columns stand for; None
            when they stand for the classes.
        role: "class", "head" or "probe".
        layer: name of the layer that a head or probe reads; None otherwise.
    """

    size: int
    nonzeros: int
    total: int
    correct: int
    hierarchy: str
    grouping: str | None = None
    role: Role = "class"
    layer: str | None = None


def encode(
    matrix: Any,
    *,
    hierarchy: str,
    grouping: str | None = None,
    role: Role = "class",
    layer: str | None = None,
) -> bytes:
    """Encodes a confusion matrix.

    Args:
        matrix: [n, n] counts, rows true and columns predicted, in label order:
            an array of any integer or floating type, or a SciPy sparse array.
        hierarchy: digest of the hierarchy.
        grouping: digest of the grouping, for a matrix of groups.
        role: what the output is: "class", "head" or "probe".
        layer: the layer that a head or probe reads.

    Returns:
        The blob: bytes that depend on nothing but the arguments.

    Raises:
        CodecError: not square, not whole numbers, negative, or too large.

    Example:
        ```python
        blob = encode([[9, 1], [0, 10]], hierarchy="0123456789abcdef")
        header, matrix = decode(blob)
        header.correct      # 19
        matrix.toarray()    # [[9, 1], [0, 10]]
        ```
    """
    if role not in ROLES:
        raise CodecError(f"role must be one of {ROLES}, got {role!r}.")
    cells = _as_csr(matrix)
    header = MatrixHeader(
        size=cells.shape[0],
        nonzeros=int(cells.nnz),
        total=int(cells.data.sum()),
        correct=int(cells.diagonal().sum()),
        hierarchy=hierarchy,
        grouping=grouping,
        role=role,
        layer=layer,
    )
    per_row = np.diff(cells.indptr)
    columns = cells.indices.astype(np.int64)
    deltas = np.diff(columns, prepend=-1) - 1
    firsts = cells.indptr[:-1][per_row > 0]
    deltas[firsts] = columns[firsts]
    head = write_fields(MAGIC, header)
    raw = b"".join(
        (
            head,
            _to_varints(per_row),
            _to_varints(deltas),
            _to_varints(cells.data),
        )
    )
    if len(head) > 8 + MAX_HEADER_BYTES or len(raw) > MAX_INFLATED_BYTES:
        raise CodecError(
            f"A matrix of {header.size} classes with {header.nonzeros:,} "
            f"nonzero cells takes {len(raw):,} bytes before compression; at "
            f"most {MAX_INFLATED_BYTES:,} are stored. Store groups instead: "
            "grouping.aggregate(matrix)."
        )
    return gzip.compress(raw, compresslevel=1, mtime=0)


def decode(blob: bytes) -> tuple[MatrixHeader, sparse.csr_array]:
    """Decodes a stored matrix and checks that all of it fits together.

    Args:
        blob: what `encode` returned.

    Returns:
        The header, and the counts as an int64 sparse array [n, n].

    Raises:
        CodecError: the blob is not a whole, consistent matrix.
    """
    header, body = _open(blob)
    values = _from_varints(body)
    per_row, deltas, counts = np.split(
        values, [header.size, header.size + header.nonzeros]
    )
    if per_row.sum() != header.nonzeros:
        raise CodecError(
            f"The rows hold {per_row.sum()} nonzero cells, the header says "
            f"{header.nonzeros}."
        )
    if counts.min(initial=1) < 1:
        raise CodecError("A nonzero cell has count 0.")
    # Both bounds keep the running sums below from wrapping around.
    if deltas.max(initial=0) >= header.size:
        raise CodecError(f"A column lies outside 0..{header.size - 1}.")
    if counts.max(initial=0) > header.total:
        raise CodecError("A cell counts more samples than the whole matrix.")
    indptr = np.concatenate([[0], np.cumsum(per_row)])
    # Distances to absolute columns: one running sum, from which every row
    # subtracts what had been summed up before it began.
    running = np.cumsum(deltas + 1)
    before = np.concatenate([[0], running])[indptr[:-1]]
    columns = running - np.repeat(before, per_row) - 1
    if columns.max(initial=0) >= header.size:
        raise CodecError(f"A column lies outside 0..{header.size - 1}.")
    matrix = sparse.csr_array(
        (counts, columns, indptr), shape=(header.size, header.size)
    )
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

    Raises:
        CodecError: the blob is not a whole matrix.
    """
    return _open(blob)[0]


def encode_text(text: str) -> bytes:
    """Compresses the JSON of a hierarchy or a grouping."""
    return gzip.compress(text.encode(), mtime=0)


def decode_text(blob: bytes) -> str:
    """Returns what `encode_text` compressed.

    Raises:
        CodecError: the blob is not a whole text.
    """
    try:
        return inflate(blob).decode()
    except UnicodeDecodeError as error:
        raise CodecError(f"The text is not UTF-8: {error}.") from error


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
    cells = sparse.csr_array(matrix)
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
            f"{row}, column {column} is negative ({value})."
        )
    if (values != np.floor(values)).any():
        row, column, value = _first(cells, values != np.floor(values))
        raise CodecError(
            "A confusion matrix must hold counts of samples, whole numbers; "
            f"row {row}, column {column} is {value}. Was it normalised?"
        )
    if float(values.sum(dtype=np.float64)) >= 2**53:
        raise CodecError(
            "A confusion matrix must hold fewer than 2^53 samples."
        )
    cells.data = values.astype(np.int64)
    return cells


def _first(cells: sparse.csr_array, wrong: np.ndarray) -> tuple[int, int, Any]:
    at = int(np.argmax(wrong))
    row = int(np.searchsorted(cells.indptr, at, side="right")) - 1
    return row, int(cells.indices[at]), cells.data[at].item()


def inflate(blob: bytes) -> bytes:
    """Inflates a blob, of which nothing is believed.

    Raises:
        CodecError: damaged, truncated, with bytes after its end, or larger than
            `MAX_INFLATED_BYTES`.
    """
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(blob, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise CodecError(f"The record is damaged: {error}.") from error
    if not inflater.eof:
        if inflater.unconsumed_tail:
            raise CodecError(
                "The record inflates to more than "
                f"{MAX_INFLATED_BYTES:,} bytes."
            )
        raise CodecError("The record is truncated.")
    if inflater.unused_data:
        raise CodecError(
            f"{len(inflater.unused_data)} bytes follow the end of the record."
        )
    return data


def _open(blob: bytes) -> tuple[MatrixHeader, np.ndarray]:
    """Returns the header and the bytes of the integers, counted."""
    raw = inflate(blob)
    fields, start = read_fields(raw, MAGIC, "matrix")
    header = _parse_header(fields)
    body = np.frombuffer(raw, np.uint8, offset=start)
    found = int(np.count_nonzero(body < 0x80))
    expected = header.size + 2 * header.nonzeros
    if found != expected or (body.size and body[-1] >= 0x80):
        raise CodecError(
            f"{header.size} rows and {header.nonzeros} nonzero cells take "
            f"{expected} integers, the matrix holds {found}."
        )
    return header, body


def write_fields(magic: bytes, header: Any) -> bytes:
    """Returns what stands before the body of a blob; see `read_fields`."""
    fields = {"version": VERSION, **dataclasses.asdict(header)}
    text = json.dumps(fields, separators=(",", ":")).encode()
    return magic + struct.pack("<I", len(text)) + text


def read_fields(
    raw: bytes, magic: bytes, what: str
) -> tuple[dict[str, Any], int]:
    """Reads magic number, length and JSON of a header.

    Args:
        raw: what has been inflated.
        magic: its first four bytes.
        what: is stored, for messages.

    Returns:
        The fields, and where the body begins.

    Raises:
        CodecError: none of ours, cut short, or of another version.
    """
    if raw[:4] != magic:
        raise CodecError(
            f"A stored {what} begins with {magic!r}, this one with {raw[:4]!r}."
        )
    if len(raw) < 8:
        raise CodecError(f"The {what} ends before its header.")
    (length,) = struct.unpack_from("<I", raw, 4)
    if length > MAX_HEADER_BYTES or 8 + length > len(raw):
        raise CodecError(f"The {what} claims a header of {length:,} bytes.")
    try:
        fields = json.loads(raw[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise CodecError(f"The header of the {what} is not JSON.") from error
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        version = fields.get("version") if isinstance(fields, dict) else None
        raise CodecError(
            f"The {what} has version {version!r}, this program reads version "
            f"{VERSION}. Update keras-hier."
        )
    return fields, 8 + length


def _parse_header(fields: dict[str, Any]) -> MatrixHeader:
    known = {f.name for f in dataclasses.fields(MatrixHeader)}
    try:
        header = MatrixHeader(**{k: v for k, v in fields.items() if k in known})
    except TypeError as error:
        raise CodecError(
            f"The header of the matrix is incomplete: {error}."
        ) from error
    numbers = (header.size, header.nonzeros, header.total, header.correct)
    names = (header.hierarchy, header.grouping, header.layer)
    if (
        not all(type(n) is int and 0 <= n < 2**53 for n in numbers)
        or header.size == 0
        or not isinstance(header.hierarchy, str)
        or not all(name is None or isinstance(name, str) for name in names)
        or header.role not in ROLES
    ):
        raise CodecError(
            f"The header of the matrix is invalid: {fields!r:.300}."
        )
    return header


def _to_varints(values: np.ndarray) -> bytes:
    values = values.astype(np.uint64)
    lengths = np.ones(values.size, np.int64)
    for bits in range(7, 64, 7):
        lengths += values >= np.uint64(1 << bits)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    out = np.empty(int(ends[-1]) if values.size else 0, np.uint8)
    for place in range(int(lengths.max(initial=0))):
        there = lengths > place
        more = np.where(lengths[there] > place + 1, 0x80, 0).astype(np.uint8)
        group = (values[there] >> np.uint64(7 * place)) & np.uint64(0x7F)
        out[starts[there] + place] = group.astype(np.uint8) | more
    return out.tobytes()


def _from_varints(body: np.ndarray) -> np.ndarray:
    ends = np.flatnonzero(body < 0x80)
    lengths = np.diff(ends, prepend=-1)
    if lengths.max(initial=0) > _VARINT_BYTES:
        raise CodecError("The matrix holds an integer of more than 63 bits.")
    # The last byte has the highest bits; few integers have more than one.
    values = body[ends].astype(np.int64)
    for place in range(1, int(lengths.max(initial=0))):
        (longer,) = np.nonzero(lengths > place)
        lower = body[ends[longer] - place] & 0x7F
        values[longer] = (values[longer] << 7) | lower
    return values
