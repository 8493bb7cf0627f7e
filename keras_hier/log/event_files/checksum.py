"""The checksum of event files, faster than byte by byte.

TensorBoard's own is a loop in Python: 3 ms for 16 KiB, 0.2 s for a MiB, and
every record that is read or written needs one. CRC-32C is linear, so that the
checksums of neighbouring blocks can be combined, all pairs at once, until one
is left.
"""

from functools import cache

import numpy as np
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
_FEW = 1024  # for fewer bytes the loop is as fast
_BLOCK_LEVEL = 20
_BLOCK = 2**_BLOCK_LEVEL  # bytes that are processed together


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
    found = np.zeros(1, np.uint32)
    end = len(data) % _BLOCK
    if end < 4:
        end += _BLOCK
    start = 0
    while start < len(data):
        piece = np.zeros(1 << (end - start - 1).bit_length(), np.uint8)
        at = len(piece) - (end - start)
        piece[at:] = np.frombuffer(data, np.uint8, end - start, start)
        if start == 0:
            piece[at : at + 4] ^= 0xFF
        found = _past_zeros(found, _BLOCK_LEVEL) ^ _register(piece)
        start, end = end, end + _BLOCK
    return int(found[0]) ^ 0xFFFFFFFF


def _register(piece: np.ndarray) -> np.ndarray:
    """Returns uint32 [1]: the register that was 0 before these 2**n bytes."""
    registers = piece.view("<u4").astype(np.uint32)
    level = 2
    while len(registers) > 1:
        registers = _past_zeros(registers[::2], level) ^ registers[1::2]
        level += 1
    return _past_zeros(registers, 2)


def _past_zeros(registers: np.ndarray, level: int) -> np.ndarray:
    """Returns uint32 [n]: what registers are after 2**level bytes of 0."""
    tables = _tables(level)
    after = tables[0][registers & 0xFF]
    after ^= tables[1][(registers >> 8) & 0xFF]
    after ^= tables[2][(registers >> 16) & 0xFF]
    after ^= tables[3][registers >> 24]
    return after


@cache
def _tables(level: int) -> np.ndarray:
    """Returns uint32 [4, 256]: what each byte of a register becomes."""
    places = np.array([0, 8, 16, 24], np.uint32)[:, None]
    registers: np.ndarray = np.arange(256, dtype=np.uint32)[None] << places
    if level > 0:
        for _ in range(2):
            registers = _past_zeros(registers, level - 1)
        return registers
    for _ in range(8):
        last = registers & 1
        registers = (registers >> 1) ^ last * np.uint32(_POLYNOMIAL)
    return registers
