"""The checksum of event files, ten times as fast as byte by byte.

TensorBoard's own is a loop in Python: 0.11 s for a MiB, 7 s for the pictures of
a large run. CRC-32C is linear, so that the checksums of many pieces can be
computed side by side, as one array, and put together afterwards.
"""

from functools import cache

import numpy as np
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
_WIDTH = 1024  # bytes of a piece
_FEW = 32 * 2**10  # bytes for which the loop is as fast


def masked_crc32c(data: bytes) -> int:
    """Returns the checksum of a record, as TFRecord files have it.

    Example:
        >>> hex(masked_crc32c(b"123456789"))
        '0xc78ab0e5'
    """
    if len(data) < _FEW:
        return int(pywrap_tensorflow.masked_crc32c(data))
    crc = _crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _crc32c(data: bytes) -> int:
    # Zeros in front change nothing, as long as the register starts at 0; that
    # it starts at all ones is the same as inverting the first four bytes.
    padding = -len(data) % _WIDTH + _WIDTH
    pieces = np.zeros(padding + len(data), np.uint8)
    pieces[padding:] = np.frombuffer(data, np.uint8)
    pieces[padding : padding + 4] ^= 0xFF
    columns = np.ascontiguousarray(pieces.reshape(-1, _WIDTH).T)
    table = _table()
    registers = np.zeros(columns.shape[1], np.uint32)
    for column in columns:
        registers = table[(registers ^ column) & 0xFF] ^ (registers >> 8)
    first, second, third, fourth = _past_a_piece()
    crc = 0
    for register in registers.tolist():
        crc = (
            first[crc & 0xFF]
            ^ second[crc >> 8 & 0xFF]
            ^ third[crc >> 16 & 0xFF]
            ^ fourth[crc >> 24]
            ^ register
        )
    return crc ^ 0xFFFFFFFF


@cache
def _table() -> np.ndarray:
    """Returns uint32 [256]: what a byte leaves of an empty register."""
    registers: np.ndarray = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        last = registers & 1
        registers = (registers >> 1) ^ last * np.uint32(_POLYNOMIAL)
    return registers


@cache
def _past_a_piece() -> list[list[int]]:
    """Returns [4, 256]: what each byte of a register is after a piece of 0."""
    places = np.array([0, 8, 16, 24], np.uint32)[:, None]
    registers = np.arange(256, dtype=np.uint32)[None] << places
    table = _table()
    for _ in range(_WIDTH):
        registers = table[registers & 0xFF] ^ (registers >> 8)
    return registers.tolist()
