"""Headers that claim what is not there, and what is read all the same."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from keras_hier.files import limits
from keras_hier.files.numpy_files import NumpyFile


def npy(shape, descr="<f8", data=b"\0" * 80, version=1):
    file = io.BytesIO()
    write = {
        1: np.lib.format.write_array_header_1_0,
        2: np.lib.format.write_array_header_2_0,
    }[version]
    write(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def npz(member, name="labels.npy", compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr(name, member)
    return file.getvalue()


def read(data):
    file = NumpyFile(io.BytesIO(data), "f")
    if file.is_archive and not file.keys:
        raise ValueError("no readable array in it")
    return file.array(file.keys[0] if file.is_archive else None)


@pytest.fixture
def little_memory():
    """Whatever a file claims, a megabyte is enough to refuse it."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(["pug", "Dünenkatze"]),
        np.array([b"pug", b""]),
        np.zeros((0, 3)),
        np.array(7),
        np.array(["", ""]),
    ],
)
@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed])
def test_reads_what_numpy_writes(array, save):
    file = io.BytesIO()
    save(file, array)
    result = read(file.getvalue())
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)


def test_reads_headers_of_version_2():
    assert read(npy((10,), version=2)).tolist() == [0] * 10


@pytest.mark.parametrize(
    ("shape", "descr"),
    [
        ((10**13,), "<f8"),
        ((11,), "<f8"),
        ((2**32, 2**32), "<i8"),  # 2^64: NumPy's own product is 0
        ((10**6,), "<U1000000"),
        ((10**13,), "<U0"),  # NumPy makes letters of length 1 of these
        ((81,), "|V0"),
        ((9,), "<f8"),  # more than one says
    ],
)
@pytest.mark.parametrize("pack", [bytes, npz])
def test_arrays_that_are_not_there(shape, descr, pack, little_memory):
    with pytest.raises(ValueError, match=r"claims an array of .* holds 80: "):
        read(pack(npy(shape, descr)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"\x93NUMPY",
        b"\x93NUMPY\x03\x00" + npy((10,))[8:],
        npy((10,), "|O"),
        npy((-1,)),
        npy((-1, -10)),
        npz(b"none"),
        npz(npy((10,)))[:-30],
        npy((10,)).replace(b"<f8", b"~f8"),
    ],
)
def test_what_is_no_array(data, little_memory):
    with pytest.raises(ValueError, match="readable array"):
        read(data)


def test_members_that_unpack_to_more_than_is_read(monkeypatch, little_memory):
    monkeypatch.setattr(limits, "ARRAY_BYTES", 2**20)
    data = npz(npy((2**17,), data=b""), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="claims an array"):
        read(data)


def test_members_that_unpack_to_too_much(monkeypatch):
    member = npy((2**17,), data=b"\0" * 2**20)
    packed = npz(member, compression=zipfile.ZIP_DEFLATED)
    assert len(packed) < 10_000
    assert read(packed).size == 2**17
    monkeypatch.setattr(limits, "ARRAY_BYTES", 2**20)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"bytes when unpacked, more than"):
        read(packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**18
    # What is not packed is as large as the file, which is there.
    assert read(npz(member)).size == 2**17


def test_a_directory_that_lies_about_what_a_member_holds():
    member = npy((2**17,), data=b"\0" * 2**20)
    packed = npz(member, compression=zipfile.ZIP_DEFLATED)
    size = len(member).to_bytes(4, "little")
    assert packed.count(size) == 2
    for claim in (1, 100, len(member) - 1, len(member) + 1, 2**31):
        lying = packed.replace(size, claim.to_bytes(4, "little"))
        with pytest.raises(ValueError, match=r"readable array|claims an array"):
            read(lying)


def test_damaged_files_are_arrays_or_refused():
    rng = np.random.default_rng(0)
    whole = [
        npy((10,)),
        npy((4,), "<U5"),
        npz(npy((10,))),
        npz(npy((10,)), compression=zipfile.ZIP_DEFLATED),
    ]
    refused = 0
    tracemalloc.start()
    for _ in range(3000):
        data = bytearray(whole[rng.integers(len(whole))])
        for _ in range(rng.integers(1, 4)):
            at = rng.integers(len(data))
            if rng.random() < 0.3:
                del data[at : at + rng.integers(1, 20)]
            else:
                data[at : at + 1] = rng.bytes(rng.integers(0, 3))
        try:
            assert isinstance(read(bytes(data)), np.ndarray)
        except ValueError:
            refused += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused > 1000
    assert peak < 4 * 2**20
