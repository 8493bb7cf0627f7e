"""Reads the log of one run without a server, and without TensorFlow.

TensorBoard's loaders import TensorFlow wherever it is installed, and keep all
scalars as well. This reader takes our own tags from the event files of one
sub-run, whatever program wrote them and however many.
"""

import json
import posixpath
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.tensorflow_stub import errors
from tensorboard.compat.tensorflow_stub.io import gfile
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import (
    PyRecordReader_New,
)
from tensorboard.util.tensor_util import make_ndarray

from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.log import codec, contract
from keras_hier.log.attempts import latest_attempt

# Validation first: it is what one looks at.
_BY_INTEREST = ("validation", "test", "train")


class LogError(ValueError):
    """A log that is not there, or that holds something else."""


class Record(NamedTuple):
    """What was stored for one epoch.

    Attributes:
        step: the epoch, counted from 1.
        wall_time: seconds since 1970.
        blob: bytes, whatever the log holds.
    """

    step: int
    wall_time: float
    blob: bytes


class RunLog:
    """The matrices and trees of one split of one run.

    Args:
        run: folder of the run, or of one of its splits.
        split: "train", "validation" or "test"; by default the first of
            validation, test and train that is there.

    Attributes:
        name: the run, as the page calls it.
        split: the split that was read, "" if the folder is none.
        outputs: str [n], the outputs that have matrices.
        damage: str [n], a sentence for each file that could not be read to
            its end.

    Raises:
        LogError: no such folder or split, or none with matrices.

    Example:
        ```python
        log = RunLog("runs/plain")
        header, matrix = log.matrix("class", 50)
        tree, sizes = log.tree(header)
        ```
    """

    def __init__(self, run: str, split: str | None = None) -> None:
        if split is not None and split not in contract.SPLITS:
            raise LogError(
                f"split must be one of {contract.SPLITS}, got {split!r}."
            )
        if not gfile.isdir(run):
            raise LogError(
                f"There is no folder {run!r}: name the folder of a run, the "
                "one that BlocksCallback or `keras-hier log` wrote to."
            )
        folder = _folder_of(run, split)
        self._folder = folder
        self._series: dict[str, tuple[str, list[Record]]] = {}
        self.damage = tuple(self._read(folder))
        self.outputs = tuple(
            sorted(
                contract.output_of(tag)
                for tag, (kind, _) in self._series.items()
                if kind == "matrix"
            )
        )
        if not self.outputs:
            raise LogError(
                f"{folder!r} holds no confusion matrices."
                + "".join(f" {sentence}" for sentence in self.damage)
            )
        self.name, self.split = contract.name_and_split(_last_two(folder))

    def epochs(self, output: str = contract.CLASS_OUTPUT) -> tuple[int, ...]:
        """Returns the epochs of an output, in ascending order.

        Raises:
            LogError: no such output.
        """
        return tuple(record.step for record in self._epochs(output))

    def matrix(
        self, output: str = contract.CLASS_OUTPUT, epoch: int | None = None
    ) -> tuple[codec.MatrixHeader, Any]:
        """Returns one epoch of an output.

        Args:
            output: name of the model's output.
            epoch: counted from 1; None for the last one.

        Returns:
            The header, and the counts as an int64 sparse array [n, n], in
            label order.

        Raises:
            LogError: no such output or epoch, or a damaged one.
        """
        records = {record.step: record for record in self._epochs(output)}
        steps = list(records)
        step = steps[-1] if epoch is None else epoch
        if step not in records:
            raise LogError(
                f"{self._folder!r} has no epoch {step} of {output!r}; it has "
                f"{_spans(steps)}."
                + "".join(f" {sentence}" for sentence in self.damage)
            )
        try:
            return codec.decode(records[step].blob)
        except codec.CodecError as error:
            others = [other for other in steps if other != step]
            raise LogError(
                f"Epoch {step} of {output!r} in {self._folder!r} cannot be "
                f"read: {error}"
                + (f" Other epochs: {_spans(others)}." if others else "")
            ) from error

    def tree(
        self, header: codec.MatrixHeader
    ) -> tuple[Hierarchy, Grouping | None]:
        """Returns the tree over the rows of a matrix.

        Args:
            header: what `matrix` returned.

        Returns:
            The tree, collapsed to the groups of a head, and these groups.

        Raises:
            LogError: the log does not hold it, or a damaged one.
        """
        tree = self._named(
            contract.hierarchy_tag(header.hierarchy),
            header.hierarchy,
            Hierarchy.from_json,
        )
        grouping = None
        if header.grouping is not None:
            grouping = self._named(
                contract.grouping_tag(header.grouping),
                header.grouping,
                lambda text: Grouping.from_config(json.loads(text)),
            )
            try:
                tree = tree.collapse(grouping)
            except ValueError as error:
                raise LogError(
                    f"{self._folder!r}: the groups do not fit the tree: {error}"
                ) from error
        if tree.num_classes != header.size:
            raise LogError(
                f"{self._folder!r}: the matrix has {header.size} rows, its "
                f"tree {tree.num_classes} classes."
            )
        return tree, grouping

    def _epochs(self, output: str) -> list[Record]:
        if output not in self.outputs:
            raise LogError(
                f"{self._folder!r} has no output {output!r}; it has "
                f"{', '.join(map(repr, self.outputs))}."
            )
        return latest_attempt(self._series[contract.matrix_tag(output)][1])

    def _named(self, tag: str, digest: str, parse: Callable[[str], Any]) -> Any:
        records = self._series.get(tag, (None, []))[1]
        if not records:
            raise LogError(
                f"{self._folder!r} does not hold {tag!r}, which its matrices "
                "name. Were all event files copied?"
            )
        try:
            found = parse(codec.decode_text(records[-1].blob))
        except (ValueError, TypeError, KeyError) as error:
            raise LogError(
                f"{tag!r} in {self._folder!r} cannot be read: {error}"
            ) from error
        if found.digest != digest:
            raise LogError(
                f"{tag!r} in {self._folder!r} holds another tree, "
                f"{found.digest!r}."
            )
        return found

    def _read(self, folder: str) -> Iterator[str]:
        """Reads all files; yields what is wrong with them."""
        for file in _event_files(folder):
            try:
                for event in _events(posixpath.join(folder, file)):
                    for value in event.summary.value:
                        _keep(self._series, event, value)
            except (errors.DataLossError, DecodeError) as error:
                yield (
                    f"{file!r} is damaged or incomplete, and what follows "
                    f"the damage was not read ({_words(error)})."
                )


def _events(path: str) -> Iterator[Any]:
    reader = PyRecordReader_New(path.encode())
    while True:
        try:
            reader.GetNext()
        except errors.OutOfRangeError:
            return
        yield event_pb2.Event.FromString(reader.record())


def _keep(
    series: dict[str, tuple[str, list[Record]]], event: Any, value: Any
) -> None:
    data = value.metadata.plugin_data
    if data.plugin_name != contract.PLUGIN_NAME:
        return
    kind = contract.kind_of(data.content)
    if kind is None or not value.HasField("tensor"):
        return
    record = Record(event.step, event.wall_time, _as_bytes(value.tensor))
    series.setdefault(value.tag, (kind, []))[1].append(record)


def _as_bytes(tensor: Any) -> bytes:
    # Anyone may have written a tensor of any type and shape under our name;
    # what is no string fails as a matrix of this one epoch.
    try:
        array = np.asarray(make_ndarray(tensor))
    except (TypeError, ValueError):
        return b""
    value = array.item() if array.size == 1 else b""
    return value if isinstance(value, bytes) else b""


def _folder_of(run: str, split: str | None) -> str:
    """Returns the folder of a split, that of the run itself if it is one."""
    run = run.rstrip("/") or run
    here = contract.name_and_split(posixpath.basename(run))[1]
    if _event_files(run) and split in (None, here):
        return run
    found = [s for s in _BY_INTEREST if _event_files(posixpath.join(run, s))]
    if split is not None and split not in found:
        raise LogError(
            f"{run!r} has no split {split!r}; it has "
            f"{', '.join(found) or 'none'}."
        )
    if found:
        return posixpath.join(run, split or found[0])
    runs = [
        posixpath.join(run, name)
        for name in sorted(gfile.listdir(run))
        if any(_event_files(posixpath.join(run, name, s)) for s in _BY_INTEREST)
    ]
    raise LogError(
        f"{run!r} holds no log"
        + (f", but {' and '.join(map(repr, runs))} do." if runs else ".")
    )


def _event_files(folder: str) -> list[str]:
    if not gfile.isdir(folder):
        return []
    return sorted(name for name in gfile.listdir(folder) if "tfevents" in name)


def _last_two(folder: str) -> str:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return "/".join(parts[-2:])


def _spans(steps: list[int]) -> str:
    """Writes ascending numbers: 1 to 3, 5, 9."""
    spans: list[list[int]] = []
    for step in steps:
        if spans and spans[-1][1] == step - 1:
            spans[-1][1] = step
        else:
            spans.append([step, step])
    words = [str(a) if a == b else f"{a} to {b}" for a, b in spans]
    if len(words) > 8:
        return f"{len(steps)} epochs, {steps[0]} to {steps[-1]}"
    return f"{'epoch' if len(steps) == 1 else 'epochs'} {', '.join(words)}"


def _words(error: Exception) -> str:
    return str(getattr(error, "message", None) or error).strip(".")
