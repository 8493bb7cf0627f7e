"""Reads samples through the store: records, their index, pictures, history.

A damaged record is an error of its epoch alone; the others are served.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from tensorboard import errors

from keras_hier.log import kinds
from keras_hier.log.metadata import CLASS_OUTPUT
from keras_hier.log.records import picture_codec, sample_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.picture_codec import PieceHeader
from keras_hier.log.records.sample_codec import SamplesHeader
from keras_hier.log.records.sample_index import SampleIndex
from tb_plugin.reading.answers import memory_of_names
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.store import Scope, Store, epoch_key

CACHE_BYTES = 128 * 2**20

# A guess: a place in a dictionary, a number and the head of a file.
_PICTURE_BYTES = 150

Record = tuple[SamplesHeader, np.ndarray]
Piece = tuple[PieceHeader, dict[int, bytes]]


class SampleStore:
    """Reads what the log holds of single samples.

    Safe to use from many threads.
    """

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = store
        self._records = Cache(cache_bytes)
        self._indexes = Cache(cache_bytes)
        self._pieces = Cache(cache_bytes)

    def epochs(self, scope: Scope, run: str, output: str) -> dict[str, Any]:
        """Lists the epochs of which the samples of an output were logged."""
        listed = []
        for epoch in self._store.sample_epochs(scope, run, output):
            entry: dict[str, Any] = {
                "step": epoch.step,
                "wall_time": epoch.wall_time,
            }
            try:
                entry |= dataclasses.asdict(sample_codec.peek(epoch.blob))
            except CodecError as error:
                entry["error"] = str(error)
            listed.append(entry)
        return {"epochs": listed}

    def blob(self, scope: Scope, run: str, output: str, step: int) -> bytes:
        """Returns a record as it is stored, once it has been checked."""
        epochs = self._store.sample_epochs(scope, run, output)
        for epoch in epochs:
            if epoch.step == step:
                self._record(scope, run, output, epoch)
                return epoch.blob
        raise errors.NotFoundError(
            f"samples at step {step} of {output!r} in run {run!r}; there are "
            f"those of {len(epochs)} steps, {epochs[0].step} to "
            f"{epochs[-1].step}"
        )

    def index_blob(self, scope: Scope, run: str, digest: str) -> bytes:
        """Returns an index as it is stored, once it has been checked."""
        return self._index(scope, run, digest)[1]

    def named_index(
        self, scope: Scope, run: str, hierarchy: str, step: int
    ) -> tuple[str, SampleIndex] | None:
        """Returns digest and index of samples of a run with ids, or None.

        They are those of the last epoch with samples up to this step, else the
        first.
        """
        outputs = self._store.outputs_of_run(scope, run).samples.get(run, ())
        for output in sorted(outputs, key=lambda o: (o != CLASS_OUTPUT, o)):
            try:
                epochs = self._store.sample_epochs(scope, run, output)
                upto = [e for e in epochs if e.step <= step] or epochs[:1]
                header = sample_codec.peek(upto[-1].blob)
                if header.hierarchy != hierarchy:
                    continue
                index, _ = self._index(scope, run, header.index)
            except (errors.NotFoundError, CodecError):
                continue
            if index.named:
                return header.index, index
        return None

    def pictures(
        self, scope: Scope, run: str, digest: str, numbers: Sequence[int]
    ) -> bytes:
        """Packs the pictures of some samples like a piece of the log.

        The answer leaves out those without a picture, and has an empty file for
        a picture that could not be read. Where all do not fit into one piece,
        `firsts` in its header has the number from which on they are missing.
        """
        index, _ = self._index(scope, run, digest)
        _check(max(numbers, default=0), len(index))
        found: dict[int, bytes] = {}
        firsts, size = self._layout(scope, run, digest)
        files: dict[int, bytes] = {}
        last = -1
        for number in sorted(set(numbers)):
            piece = int(np.searchsorted(firsts, number, side="right")) - 1
            if piece != last:  # pieces ascend as the numbers do
                files = self._piece(scope, run, digest, piece)[1]
                last = piece
            if number in files:
                found[number] = files[number]
        packed = picture_codec.encode(found, index=digest, size=size)
        return packed[0] if packed else b""

    def history(
        self,
        scope: Scope,
        run: str,
        output: str,
        digest: str,
        number: int,
        hierarchy: str | None = None,
    ) -> dict[str, Any]:
        """Returns the predictions for one sample in every epoch.

        Epochs with another index or that number the classes otherwise are left
        out; without `hierarchy` the last epoch decides.
        """
        index, _ = self._index(scope, run, digest)
        _check(number, len(index))
        label = index.labels[number : number + 1]
        listed: list[dict[str, Any]] = []
        for epoch in reversed(self._store.sample_epochs(scope, run, output)):
            try:
                header, planes = self._record(scope, run, output, epoch)
                if header.index != digest:
                    continue
                hierarchy = hierarchy or header.hierarchy
                if not self._same_classes(scope, run, header, hierarchy):
                    continue
                if header.samples != len(index):
                    raise CodecError(
                        f"The record is about {header.samples} samples, its "
                        f"index about {len(index)}."
                    )
                top_k = sample_codec.to_predictions(
                    dataclasses.replace(header, samples=1),
                    planes[:, number : number + 1],
                    label,
                )
            except CodecError as error:
                listed.append({"step": epoch.step, "error": str(error)})
                continue
            own = float(top_k.actual[0])
            listed.append(
                {
                    "step": epoch.step,
                    "classes": top_k.classes[0].tolist(),
                    "probabilities": top_k.probabilities[0].tolist(),
                    "actual": own if np.isfinite(own) else None,
                    "rank": int(top_k.rank[0]) or None,
                }
            )
        return {"label": int(label[0]), "epochs": listed[::-1]}

    def _same_classes(
        self, scope: Scope, run: str, header: SamplesHeader, hierarchy: str
    ) -> bool:
        """Tells whether a record numbers the classes as a tree does."""
        if header.hierarchy == hierarchy:
            return True
        try:
            one, other = (
                self._store.hierarchy(scope, run, each).classes
                for each in (header.hierarchy, hierarchy)
            )
        except (errors.NotFoundError, CodecError):
            return False
        return one == other

    def predictions(
        self, scope: Scope, run: str, epoch: Epoch
    ) -> tuple[SamplesHeader, SampleIndex, sample_codec.TopKPredictions]:
        """Returns the header, the index and the predictions of a record."""
        header, planes = sample_codec.decode(epoch.blob)
        index, _ = self._index(scope, run, header.index)
        if index.num_classes != header.classes:
            raise CodecError(
                f"The samples have {header.classes} classes, their index "
                f"{index.num_classes}."
            )
        return (
            header,
            index,
            sample_codec.to_predictions(header, planes, index.labels),
        )

    def _record(
        self, scope: Scope, run: str, output: str, epoch: Epoch
    ) -> Record:
        key = epoch_key(scope, run, output, epoch)
        return self._records.get_or_compute(
            key, lambda: sample_codec.decode(epoch.blob), lambda r: r[1].nbytes
        )

    def _index(
        self, scope: Scope, run: str, digest: str
    ) -> tuple[SampleIndex, bytes]:
        key = (scope.experiment, run, digest)

        def load() -> tuple[SampleIndex, bytes]:
            tag = kinds.tag_of("sample_index", digest)
            blob = self._store.record(scope, run, tag).blob
            index = SampleIndex.from_blob(blob)
            if index.digest != digest:
                raise CodecError(
                    f"The index {digest} in run {run!r} holds another, "
                    f"{index.digest}."
                )
            return index, blob

        def size(found: tuple[SampleIndex, bytes]) -> int:
            index, blob = found
            arrays = index.labels.nbytes + index.order.nbytes
            return len(blob) + arrays + memory_of_names(index.ids)

        return self._indexes.get_or_compute(key, load, size)

    def _layout(
        self, scope: Scope, run: str, digest: str
    ) -> tuple[tuple[int, ...], int]:
        """Returns where each piece begins, and the size of the pictures."""
        header = self._piece(scope, run, digest, 0)[0]
        return (header.firsts, header.size) if header else ((), 0)

    def _piece(
        self, scope: Scope, run: str, digest: str, piece: int
    ) -> tuple[PieceHeader | None, dict[int, bytes]]:
        """Returns a piece; without pictures where it is missing or damaged."""
        tag = kinds.tag_of("pictures", digest, piece)

        def load(record: Epoch) -> Piece:
            header, files = picture_codec.decode(record.blob)
            if header.index != digest:
                raise CodecError("The pictures are those of other samples.")
            return header, files

        try:
            # The digest is that of the samples: their pictures may be others.
            record = self._store.record(scope, run, tag)
            return self._pieces.get_or_compute(
                (scope.experiment, run, tag, record.stamp),
                lambda: load(record),
                _size_of_piece,
            )
        except (errors.NotFoundError, CodecError):
            # Not cached: a run may still be writing its pictures.
            return None, {}


def _size_of_piece(piece: Piece) -> int:
    header, files = piece
    # Any number of files may be empty.
    entries = len(files) + len(header.firsts)
    return sum(map(len, files.values())) + _PICTURE_BYTES * entries


def _check(number: int, samples: int) -> None:
    if number >= samples:
        raise errors.InvalidArgumentError(
            f"samples are numbered 0..{samples - 1}, got {number}"
        )
