"""The framing of TFRecord files, read without TensorFlow."""

import os
from collections.abc import Iterator

# A record: its length (8 bytes), a checksum of that (4), the data, a checksum
# of the data (4).
HEADER = 8 + 4
FOOTER = 4


def record_spans(path: str) -> Iterator[tuple[int, int]]:
    """Yields position and length in bytes of the data of each record.

    TensorFlow's own message about a truncated file names no file.
    """
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        position = index = 0
        while position < size:
            file.seek(position)
            header = file.read(HEADER)
            length = int.from_bytes(header[:8], "little")
            end = position + HEADER + length + FOOTER
            if len(header) < HEADER or end > size:
                raise ValueError(
                    f"{path} is truncated or no TFRecord file: record {index}, "
                    f"at byte {position}, ends beyond the file's {size} bytes. "
                    "Write the file again."
                )
            yield position + HEADER, length
            position, index = end, index + 1
