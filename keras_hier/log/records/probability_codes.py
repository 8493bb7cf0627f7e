"""Probabilities as codes of two bytes, and values as planes of bytes.

The code of a probability p is that of its surprise s = -ln p, the loss of a
sample: `round(256 ln s) + 4096`, within 0 and 65533. So s = exp((code - 4096) /
256). Its relative error is at most 0.2 % from 1.1e-7 on; lower ones count as
that. The absolute error of p is at most 0.0008. 65535 stands for p = 0, 65534
for one that is not known.
"""

import numpy as np

UNKNOWN = 65534
_PER_E = 256
_ONE = 4096  # the code of s = 1, p = 1 / e
_LAST = 65533
_ZERO = 65535


def to_codes(probabilities: np.ndarray) -> np.ndarray:
    """Returns the codes of probabilities, NaN for unknown ones."""
    p = np.asarray(probabilities, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        codes = np.rint(_PER_E * np.log(-np.log(p.clip(0, 1)))) + _ONE
    # p = 1 has s = 0, which is code 0 like all that is nearly as sure.
    codes = np.nan_to_num(codes.clip(0, _LAST), nan=0)
    codes[p == 0] = _ZERO
    codes[np.isnan(p)] = UNKNOWN
    return codes.astype(np.int64)


def from_codes(codes: np.ndarray) -> np.ndarray:
    """Returns the probabilities of codes."""
    p = np.exp(-np.exp((codes - float(_ONE)) / _PER_E))
    p[codes == _ZERO] = 0
    p[codes == UNKNOWN] = np.nan
    return p


def to_planes(values: np.ndarray, width: int) -> bytes:
    """Returns a plane for each of the low bytes of values [N]."""
    little = np.ascontiguousarray(values, dtype="<u4")
    bytes_of = little.view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray(bytes_of[:, :width].T).tobytes()


def from_planes(planes: np.ndarray) -> np.ndarray:
    """Returns the values, int64 [N], of planes [W, N]."""
    values = np.zeros(planes.shape[1], np.int64)
    for place, plane in enumerate(planes):
        values |= plane.astype(np.int64) << (8 * place)
    return values
