"""Reads one table of true and predicted classes: CSV, Parquet, JSON lines.

Its columns may have any names. Parquet is counted as it is read, so that a
table of any length takes the memory of its pairs.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.commands.inputs.array_files import (
    Source,
    is_whole,
    read_classes,
    text_of,
)
from keras_hier.files import limits
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import parse_rows, read_text

# Names that programs give these columns, and the option that names others.
_KNOWN = {
    "labels": (
        "--true",
        ("label", "labels", "y_true", "true", "actual", "target"),
    ),
    "predictions": (
        "--pred",
        ("prediction", "predictions", "y_pred", "pred", "predicted"),
    ),
}
# Pairs of Parquet that are held before they are added up.
_MANY_PAIRS = 4_000_000
_MOST_NUMBER = 2**53
_KINDS = ".csv, .tsv, .jsonl or .parquet, or - for the standard input"


class Table(NamedTuple):
    """Pairs of classes.

    Attributes:
        sources: of the true classes and of the predicted ones.
        counts: int64 [N], how many samples each pair stands for, or None.
    """

    sources: list[Source]
    counts: np.ndarray | None


def read_table(args: argparse.Namespace) -> Table:
    """Reads the table of `keras-hier log TABLE`."""
    path = Path(args.table)
    wanted = {"labels": args.true, "predictions": args.pred}
    if path.suffix == ".parquet":
        columns, counts = _from_parquet(path, wanted, args.count)
    else:
        head, rows = _lines(args.table)
        at = {each: _found(head, each, name) for each, name in wanted.items()}
        columns = {each: [row[i] for row in rows] for each, i in at.items()}
        counts = None
        if args.count is not None:
            place = _found(head, "counts", args.count)
            counts = _counts([row[place] for row in rows], args.table)
    order = None if args.classes is None else read_classes(args.classes)
    kinds = (args.labels_are, args.predictions_are or args.labels_are)
    sources = [
        Source(
            _values(columns[each], args.table, _KNOWN[each][0]),
            order,
            args.table,
            each,
            kind,
        )
        for each, kind in zip(_KNOWN, kinds, strict=True)
    ]
    return Table(sources, counts)


def _lines(name: str) -> tuple[list[str], Sequence[Sequence[Any]]]:
    """Returns the names of the columns, and the rows below."""
    suffix = Path(name).suffix
    if name == "-":
        data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
        if len(data) > limits.FILE_BYTES:
            raise ValueError(
                f"expected at most {limits.FILE_BYTES:,} bytes, got more."
            )
        text = data.decode("utf-8-sig", "backslashreplace")
        suffix = ".jsonl" if text.lstrip()[:1] == "{" else ".csv"
    elif suffix not in (".csv", ".tsv", ".jsonl", ".ndjson"):
        raise ValueError(f"{name}: expected {_KINDS}.")
    elif not Path(name).exists():
        raise ValueError(f"there is no file {name!r}.")
    else:
        text = read_text(name)
    if suffix in (".jsonl", ".ndjson"):
        return _of_objects(text, name)
    rows = parse_rows(text, name, are_samples=True, same_width=True)
    if len(rows) < 2:
        raise ValueError(f"{name} has no rows below the names of its columns.")
    return rows[0], [list(map(unguarded, row)) for row in rows[1:]]


def _of_objects(text: str, name: str) -> tuple[list[str], list[list[Any]]]:
    head: list[str] = []
    rows = []
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ValueError(f"{name}, line {number}: expected an object.")
        head = head or list(found)
        if missing := [each for each in head if each not in found]:
            raise ValueError(
                f"{name}, line {number}: {missing[0]!r:.80} is missing."
            )
        rows.append([found[each] for each in head])
    if not rows:
        raise ValueError(f"{name} is empty.")
    return head, rows


def _found(head: Sequence[str], wanted: str, name: str | None) -> int:
    option, known = _KNOWN.get(wanted, ("--count", ()))
    return find_column(head, option, known, name)


def find_column(
    head: Sequence[str], option: str, known: Sequence[str], name: str | None
) -> int:
    """Returns the place of a column of this name, or of one that is known."""
    lower = [str(each).lower() for each in head]
    if name is not None:
        found = [i for i, each in enumerate(head) if each == name]
    else:
        found = [i for i, each in enumerate(lower) if each in known]
    if len(found) == 1:
        return found[0]
    columns = ", ".join(map(repr, head[:20]))
    what = f"the column {name!r:.80}" if name else f"one of {', '.join(known)}"
    raise ValueError(
        f"expected {what} among the columns {columns:.300}: name it by "
        f"{option}. If the first line is a sample, write names above it."
    )


def _values(column: list[Any], name: str, option: str) -> Any:
    """Returns whole numbers [N], also those pandas made floats, or text."""
    odd = next(
        (
            each
            for each in column
            if each == ""
            or isinstance(each, bool)
            or not isinstance(each, str | int | float)
            or (isinstance(each, float) and not each.is_integer())
            or (not isinstance(each, str) and abs(each) > _MOST_NUMBER)
        ),
        column,
    )
    if odd is not column:
        raise ValueError(
            f"{name}: {odd!r:.80} in the column of {option} names no class: "
            "expected ids or whole numbers. Leave out samples without a class."
        )
    if not any(isinstance(each, str) for each in column):
        return np.array(column, np.int64)
    return tuple(map(text_of, column))


def _counts(column: Iterable[Any], name: str) -> np.ndarray:
    texts = list(map(str, column))
    wrong = [each for each in texts if not is_whole(each) or each[0] == "-"]
    if wrong:
        raise ValueError(
            f"{name}: expected whole numbers of samples in the column of "
            f"--count, got {wrong[0]!r:.80}."
        )
    return np.array([int(float(each)) for each in texts], np.int64)


def _from_parquet(
    path: Path, wanted: dict[str, str | None], count: str | None
) -> tuple[dict[str, list[Any]], np.ndarray]:
    """Counts the pairs of a Parquet file, batch by batch."""
    import pyarrow as pa
    from pyarrow import parquet

    if not path.exists():
        raise ValueError(f"there is no file {str(path)!r}.")
    parts: list[Any] = []
    try:
        file = parquet.ParquetFile(path)
        head = file.schema_arrow.names
        names = [head[_found(head, *each)] for each in wanted.items()]
        if count is not None:
            names.append(head[_found(head, "counts", count)])
        for batch in file.iter_batches(2**20, columns=names):
            part = pa.Table.from_batches([batch]).select(names)
            if count is None:
                part = part.append_column("", pa.repeat(1, len(part)))
            parts.append(_summed(part))
            if sum(map(len, parts)) > _MANY_PAIRS:
                parts = [_summed(pa.concat_tables(parts))]
        if not any(map(len, parts)):
            raise ValueError(f"{path} is empty.")
        true, named, counts = _summed(pa.concat_tables(parts)).columns
        numbers = counts.to_numpy()
        if numbers.dtype.kind not in "iu" or numbers.min() < 0:
            raise ValueError(
                f"{path}: expected whole numbers of samples in the column of "
                f"--count, got {counts.type}, the least {numbers.min()}."
            )
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error
    pairs = (true.to_pylist(), named.to_pylist())
    return dict(zip(wanted, pairs, strict=True)), numbers.astype(np.int64)


def _summed(pairs: Any) -> Any:
    """Adds up the third column of an Arrow table over equal pairs."""
    table = pairs.rename_columns(["true", "named", "count"])
    found = table.group_by(["true", "named"]).aggregate([("count", "sum")])
    if len(found) > limits.NONZEROS:
        raise ValueError(
            f"more than {limits.NONZEROS:,} pairs of classes. Are these "
            "columns of classes?"
        )
    return found.select(["true", "named", "count_sum"])
