"""Writes TensorBoard event files without TensorFlow.

TensorBoard's own `EventFileWriter` imports TensorFlow wherever it is installed,
hands records to a thread, so that errors are raised an epoch late, and computes
checksums slowly. Here a record is in the file when `write` returns, and
on the disk when `flush` does.
"""

import contextlib
import itertools
import os
import re
import socket
import struct
import time

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto.types_pb2 import DT_FLOAT, DT_STRING
from tensorboard.plugins.scalar import metadata as scalar_metadata

from keras_hier.log.event_files import storage
from keras_hier.log.event_files.checksum import masked_crc32c
from keras_hier.log.kinds import metadata_content
from keras_hier.log.metadata import PLUGIN_NAME

_numbers = itertools.count()
_NAME = re.compile(r"events\.out\.tfevents\.(\d{10})\.")
_HIGHEST = 10**10 - 1


class EventFile:
    """One new event file in a folder, which is created when missing.

    TensorBoard's loaders read the files of a folder in the order of their
    names, which begin with a time. One of them drops steps of an earlier file
    that a later file has too. So the name sorts after all names in the folder,
    and wall times rise even if the clock is set back. A URL such as `gs://...`
    works where TensorFlow has been imported or fsspec knows the scheme.

    Attributes:
        path: path of the file.
        number: the number with which its name begins.
        latest: wall time of the last record.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        latest: float = 0.0,
        above: int = -1,
    ) -> None:
        folder = os.fspath(folder)
        storage.make_folder(folder)
        self.latest = latest
        above = max(above, _highest(folder))
        self.number = min(max(int(time.time()), above + 1), _HIGHEST)
        # Unique among processes.
        self.path = os.path.join(
            folder,
            f"events.out.tfevents.{self.number:010d}.{socket.gethostname()}."
            f"{os.getpid()}.{PLUGIN_NAME}.{next(_numbers):06d}",
        )
        self._file = storage.create(self.path)
        self._waiting: list[bytes] = []
        self._empty = True
        self._add(event_pb2.Event(file_version="brain.Event:2"))
        try:
            self.write()
        except BaseException:
            # Every attempt to log on would leave another, and TensorBoard
            # holds all of them open.
            with contextlib.suppress(Exception):
                self._file.remove()
            raise
        self._empty = True

    @property
    def usable(self) -> bool:
        """False once the file may end in half a record."""
        return self._file.usable

    def add_blob(self, tag: str, kind: str, blob: bytes, step: int) -> None:
        """Adds bytes as a scalar string tensor of our plugin."""
        metadata = summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(
                plugin_name=PLUGIN_NAME, content=metadata_content(kind)
            ),
            # Without a data class, both of TensorBoard's loaders drop the tag.
            data_class=summary_pb2.DATA_CLASS_TENSOR,
        )
        tensor = tensor_pb2.TensorProto(dtype=DT_STRING, string_val=[blob])
        self._add_value(tag, tensor, metadata, step)

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Adds an ordinary scalar, shown under TensorBoard's Scalars."""
        metadata = scalar_metadata.create_summary_metadata(None, None)
        metadata.data_class = summary_pb2.DATA_CLASS_SCALAR
        tensor = tensor_pb2.TensorProto(dtype=DT_FLOAT, float_val=[value])
        self._add_value(tag, tensor, metadata, step)

    def write(self) -> None:
        """Writes all added records to the file, or on an error none of them."""
        data, self._waiting = b"".join(self._waiting), []
        if data:
            self._file.write(data)
            self._empty = False

    def discard(self) -> None:
        """Drops added records that are not written yet."""
        self._waiting = []

    def flush(self) -> None:
        """Writes what was added, and returns once it is on the disk."""
        self.write()
        self._file.sync()

    def exists(self) -> bool:
        """Tells whether the file was neither deleted nor moved."""
        return self._file.exists()

    def close(self) -> None:
        """Flushes and closes the file, or removes one that holds nothing."""
        try:
            self.write()
            if self._empty:
                self._file.remove()
                return
            self._file.sync()
        finally:
            self._file.close()

    def _add_value(
        self,
        tag: str,
        tensor: tensor_pb2.TensorProto,
        metadata: summary_pb2.SummaryMetadata,
        step: int,
    ) -> None:
        summary = summary_pb2.Summary()
        summary.value.add(tag=tag, tensor=tensor, metadata=metadata)
        self._add(event_pb2.Event(step=step, summary=summary))

    def _add(self, event: event_pb2.Event) -> None:
        self.latest = max(time.time(), self.latest + 1e-6)
        event.wall_time = self.latest
        data = event.SerializeToString()
        length = struct.pack("<Q", len(data))
        self._waiting += (
            length,
            struct.pack("<I", masked_crc32c(length)),
            data,
            struct.pack("<I", masked_crc32c(data)),
        )


def _highest(folder: str) -> int:
    """Returns the highest number in a folder's names, -1 if there are none."""
    names = storage.file_system(folder).listdir(folder)
    found = (_NAME.match(name) for name in names)
    return max((int(match[1]) for match in found if match), default=-1)
