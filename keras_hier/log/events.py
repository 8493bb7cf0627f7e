"""Writes TensorBoard event files without TensorFlow.

TensorBoard's own `EventFileWriter` imports TensorFlow wherever it is installed,
hands records to a thread, so that an error surfaces an epoch late, and takes
its time over checksums. Here a record is on its way to the file when `write`
returns.
"""

import itertools
import os
import socket
import struct
import sys
import time
from typing import Any

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto.types_pb2 import DT_FLOAT, DT_STRING
from tensorboard.compat.tensorflow_stub.io import gfile
from tensorboard.plugins.scalar import metadata as scalar_metadata

from keras_hier.log.checksum import masked_crc32c
from keras_hier.log.contract import PLUGIN_NAME, Kind, metadata_content

_numbers = itertools.count()


class EventFile:
    """One new event file in a folder.

    Args:
        folder: created when missing. A URL such as `gs://...` works where
            TensorFlow has been imported or fsspec knows the scheme.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        folder = os.fspath(folder)
        files = _file_system(folder)
        files.makedirs(folder)
        # The name that TensorBoard looks for, unique among processes. It reads
        # files in the order of their names, so that within a second file 10
        # must not come before file 9.
        name = (
            f"events.out.tfevents.{int(time.time()):010d}."
            f"{socket.gethostname()}.{os.getpid()}.{PLUGIN_NAME}."
            f"{next(_numbers):06d}"
        )
        self.path = os.path.join(folder, name)
        self._file = files.GFile(self.path, "wb")
        self._latest = 0.0
        self._write(event_pb2.Event(file_version="brain.Event:2"))
        self.flush()

    def add_blob(self, tag: str, kind: Kind, blob: bytes, step: int) -> None:
        """Adds bytes as a scalar string tensor of our plugin."""
        metadata = summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(
                plugin_name=PLUGIN_NAME, content=metadata_content(kind)
            ),
            # Without a data class, both of TensorBoard's loaders drop the tag.
            data_class=summary_pb2.DATA_CLASS_TENSOR,
        )
        tensor = tensor_pb2.TensorProto(dtype=DT_STRING, string_val=[blob])
        self._add(tag, tensor, metadata, step)

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Adds an ordinary scalar, shown under TensorBoard's Scalars."""
        metadata = scalar_metadata.create_summary_metadata(None, None)
        metadata.data_class = summary_pb2.DATA_CLASS_SCALAR
        tensor = tensor_pb2.TensorProto(dtype=DT_FLOAT, float_val=[value])
        self._add(tag, tensor, metadata, step)

    def flush(self) -> None:
        """Hands everything to the file system."""
        self._file.flush()

    def close(self) -> None:
        """Flushes and closes the file."""
        self._file.close()

    def _add(
        self,
        tag: str,
        tensor: tensor_pb2.TensorProto,
        metadata: summary_pb2.SummaryMetadata,
        step: int,
    ) -> None:
        summary = summary_pb2.Summary()
        summary.value.add(tag=tag, tensor=tensor, metadata=metadata)
        self._write(event_pb2.Event(step=step, summary=summary))

    def _write(self, event: event_pb2.Event) -> None:
        # The reader tells a resumed run by its later wall times, so they must
        # not fall when the machine's clock is set back.
        self._latest = max(time.time(), self._latest + 1e-6)
        event.wall_time = self._latest
        data = event.SerializeToString()
        length = struct.pack("<Q", len(data))
        self._file.write(
            b"".join(
                (
                    length,
                    struct.pack("<I", masked_crc32c(length)),
                    data,
                    struct.pack("<I", masked_crc32c(data)),
                )
            )
        )


def _file_system(folder: str) -> Any:
    """TensorBoard's own file access; TensorFlow's for URLs if it is there."""
    if "://" in folder and "tensorflow" in sys.modules:
        return sys.modules["tensorflow"].io.gfile
    return gfile
