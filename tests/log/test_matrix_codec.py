import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from keras_hier.log.records import container, matrix_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.matrix_codec import decode, encode, read_header

DIGEST = "0123456789abcdef"
PREDICTIONS = (
    Path(__file__).parents[3] / "shared/data/imagenet_val_predictions.npz"
)

counts = st.one_of(
    st.just(0), st.integers(0, 5), st.integers(0, 2**20), st.integers(0, 2**40)
)
matrices = st.integers(1, 12).flatmap(
    lambda n: hnp.arrays(np.int64, (n, n), elements=counts)
)


def pack(header, body, magic=b"KHM1"):
    text = json.dumps(header).encode()
    raw = magic + struct.pack("<I", len(text)) + text + bytes(body)
    return gzip.compress(raw, mtime=0)


# 2 x 2, [[0, 3], [4, 0]]: one cell a row, at columns 1 and 0.
HEADER = {
    "version": 1,
    "size": 2,
    "nonzeros": 2,
    "total": 7,
    "correct": 0,
    "hierarchy": DIGEST,
    "grouping": None,
    "role": "class",
    "layer": None,
}
BODY = [1, 1, 1, 0, 3, 4]
PROBE = {"fit": "lda", "pool": "", "features": 9, "folds": 5, "penalty": 0.1}


class TestFormat:
    def test_is_what_the_module_says(self):
        raw = gzip.decompress(encode([[0, 3], [4, 0]], hierarchy=DIGEST))
        (length,) = struct.unpack_from("<I", raw, 4)
        assert raw[:4] == b"KHM1"
        assert json.loads(raw[8 : 8 + length]) == HEADER
        assert list(raw[8 + length :]) == BODY

    def test_columns_are_distances_and_integers_leb128(self):
        matrix = np.zeros((300, 300), int)
        matrix[0, [0, 1, 290]] = [1, 300, 2]
        raw = gzip.decompress(encode(matrix, hierarchy=DIGEST))
        (length,) = struct.unpack_from("<I", raw, 4)
        # 290 comes 288 cells after column 1: 288 = 2 * 128 + 32.
        # 300 = 2 * 128 + 44.
        columns, cells = [0, 0, 0x80 | 32, 2], [1, 0x80 | 44, 2, 2]
        assert list(raw[8 + length :]) == [3] + [0] * 299 + columns + cells

    def test_ignores_fields_that_it_does_not_know(self):
        header, _ = decode(pack({**HEADER, "later": 1}, BODY))
        assert header.size == 2

    def test_does_not_keep_them_of_a_probe_either(self):
        probe = {**PROBE, "later": "x" * 60_000}
        header, _ = decode(pack({**HEADER, "probe": probe}, BODY))
        assert header.probe == PROBE


class TestRoundTrip:
    @given(matrices)
    def test_is_exact(self, matrix):
        blob = encode(matrix, hierarchy=DIGEST)
        header, decoded = decode(blob)
        np.testing.assert_array_equal(decoded.toarray(), matrix)
        assert decoded.dtype == np.int64
        assert header == read_header(blob)
        assert header.total == matrix.sum()
        assert header.correct == matrix.trace()
        assert header.nonzeros == np.count_nonzero(matrix)

    @pytest.mark.parametrize("dtype", ["float32", "int32", "uint8", "bool"])
    def test_of_any_numeric_type(self, dtype):
        matrix = np.array([[1, 0], [1, 1]], dtype)
        _, decoded = decode(encode(matrix, hierarchy=DIGEST))
        np.testing.assert_array_equal(decoded.toarray(), matrix)

    def test_of_sparse_cells_given_twice(self):
        cells = sparse.coo_array(([2, 3, 1], ([0, 0, 1], [1, 1, 0])), (2, 2))
        _, decoded = decode(encode(cells, hierarchy=DIGEST))
        assert decoded.toarray().tolist() == [[0, 5], [1, 0]]

    @pytest.mark.parametrize(
        "parts",
        [
            np.ones(300, bool),
            np.ones(300, np.int8),
            np.full(2, 200, np.uint8),
            np.array([2**24, 1], np.float32),
        ],
        ids=lambda parts: parts.dtype.name,
    )
    @pytest.mark.parametrize("form", ["coo", "csr"])
    def test_of_parts_whose_sum_exceeds_their_type(self, parts, form):
        cell = np.zeros(len(parts), np.int32)
        if form == "coo":
            matrix = sparse.coo_array((parts, (cell, cell)), (2, 2))
        else:
            ends = [0, len(parts), len(parts)]
            matrix = sparse.csr_array((parts, cell, ends), (2, 2))
        header, decoded = decode(encode(matrix, hierarchy=DIGEST))
        total = int(parts.sum(dtype=np.float64))
        assert decoded.toarray().tolist() == [[total, 0], [0, 0]]
        assert (header.total, header.correct) == (total, total)
        # The caller's is as it was.
        np.testing.assert_array_equal(matrix.data, parts)
        assert matrix.nnz == len(parts)

    def test_keeps_role_layer_and_grouping(self):
        own = {"hierarchy": DIGEST, "grouping": "f" * 16, "role": "head"}
        header, _ = decode(encode(np.eye(3), **own, layer="convolution ☃"))
        assert (header.role, header.layer) == ("head", "convolution ☃")
        assert (header.hierarchy, header.grouping) == (DIGEST, "f" * 16)


@pytest.mark.skipif(not PREDICTIONS.exists(), reason="no shared data")
def test_size_of_the_real_ilsvrc_matrix():
    with np.load(PREDICTIONS) as data:
        cells = data["labels"].astype(int) * 1000 + data["predictions"]
    matrix = np.bincount(cells, minlength=10**6).reshape(1000, 1000)
    blob = encode(matrix, hierarchy=DIGEST)
    assert len(blob) <= 30 * 1024
    np.testing.assert_array_equal(decode(blob)[1].toarray(), matrix)


class TestRefusesToEncode:
    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            ([[1, 2, 3]], r"square, \[n, n\]; got shape \(1, 3\)"),
            ([1, 2], "square"),
            (np.zeros((0, 0)), "at least one class"),
            ([[1, 0], [-2, 0]], r"row 1, column 0 is negative \(-2\)"),
            ([[0.5, 0], [0, 1]], "row 0, column 0 is 0.5. Was it normalised"),
            ([[np.nan, 0], [0, 1]], "NaN or inf"),
            ([["a", "b"], ["c", "d"]], "must hold numbers"),
            ([[2**52, 2**52], [0, 1]], "fewer than 2\\^53"),
            (np.array([[2**63, 0], [0, 1]], np.uint64), "fewer than 2\\^53"),
            (
                sparse.coo_array(([2**62] * 4, ([0] * 4, [1] * 4)), (2, 2)),
                "fewer than 2\\^53",
            ),
        ],
    )
    def test_what_is_no_confusion_matrix(self, matrix, message):
        with pytest.raises(CodecError, match=message):
            encode(matrix, hierarchy=DIGEST)

    def test_an_unknown_role(self):
        with pytest.raises(CodecError, match="role must be one of"):
            encode(np.eye(2), hierarchy=DIGEST, role="tail")

    def test_a_layer_whose_name_is_too_long_to_be_read_back(self):
        with pytest.raises(CodecError, match="layer is 'xxx"):
            encode(np.eye(2), hierarchy=DIGEST, role="head", layer="x" * 1001)


class TestRefusesToDecode:
    def test_every_truncation(self):
        blob = encode(np.arange(900).reshape(30, 30), hierarchy=DIGEST)
        for length in range(len(blob)):
            for read in (decode, read_header, matrix_codec.peek):
                with pytest.raises(CodecError):
                    read(blob[:length])

    @given(matrices)
    def test_the_header_alone(self, matrix):
        blob = encode(matrix, hierarchy=DIGEST)
        assert matrix_codec.peek(blob) == read_header(blob)

    def test_every_damaged_byte(self):
        blob = encode(np.arange(16).reshape(4, 4), hierarchy=DIGEST)
        # Bytes 4 to 9 are the time, the flags and the system of gzip, which
        # say nothing about the content.
        for place in set(range(len(blob))) - set(range(4, 10)):
            damaged = bytearray(blob)
            damaged[place] ^= 0x55
            with pytest.raises(CodecError):
                decode(bytes(damaged))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"size": 3}, "7 integers, the matrix holds 6"),
            ({"nonzeros": 1}, "4 integers, the matrix holds 6"),
            ({"nonzeros": 10**15}, "at most 1,048,576 and 25,000,000 are"),
            ({"size": 2**20 + 1}, "claims 1,048,577 rows"),
            ({"nonzeros": 25_000_001}, "and 25,000,001 nonzero cells"),
            ({"size": 2**20, "nonzeros": 25_000_000}, "the matrix holds 6"),
            ({"hierarchy": "../../etc/passwd"}, "invalid"),
            ({"grouping": "F" * 16}, "invalid"),
            ({"size": True}, "invalid"),
            ({"total": 2**60}, "invalid"),
            ({"total": 8}, "hold 7 samples, 0 of them correct; the header"),
            ({"correct": 1}, "0 of them correct"),
            ({"role": "tail"}, "invalid"),
            ({"layer": []}, "invalid"),
            ({"layer": "x" * 1001}, "invalid"),
            ({"probe": {**PROBE, "fit": "x" * 1001}}, "invalid"),
            ({"probe": {**PROBE, "features": 10**30}}, "invalid"),
            ({"version": 2}, "version 2, this program reads version 1"),
        ],
    )
    def test_a_header_that_does_not_fit(self, changes, message):
        with pytest.raises(CodecError, match=message):
            decode(pack({**HEADER, **changes}, BODY))

    @pytest.mark.parametrize(
        "changes",
        [
            {"coarse": -1},
            {"coarse": 2**60},
            {"coarse_levels": [3]},
            {"coarse_levels": [[2, 5]]},
            {"coarse_levels": [[2, 6, 1]]},  # more than there are
            {"coarse_levels": [[2, 4, 5]]},  # more right than judged
            {"coarse_levels": [[3, 4, 3]]},  # more groups than classes
            {"coarse_levels": [[2, 4, "x"]]},
            {"coarse_levels": [[2, 5, 4]] * 65},
            {"coarse_largest": [6]},  # more than are judged
            {"coarse_largest": [1, 1]},
            {"coarse_largest": 1},
        ],
    )
    def test_figures_of_samples_without_a_cell(self, changes):
        whole = {"coarse": 5, "coarse_levels": [[2, 5, 4]]}
        assert matrix_codec.peek(pack({**HEADER, **whole}, BODY)).coarse == 5
        with pytest.raises(CodecError, match="invalid"):
            matrix_codec.peek(pack({**HEADER, **whole, **changes}, BODY))

    @pytest.mark.parametrize("name", sorted(set(HEADER) - {"version"}))
    def test_a_header_without_a_field(self, name):
        header = {k: v for k, v in HEADER.items() if k != name}
        if name in ("grouping", "role", "layer"):  # have a default
            assert decode(pack(header, BODY))[0].size == 2
        else:
            with pytest.raises(CodecError, match=f"incomplete.*{name}"):
                decode(pack(header, BODY))

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ([1, 1, 2, 0, 3, 4], "column lies outside 0..1"),
            ([1, 0, 1, 0, 3, 4], "rows hold 1 nonzero cells"),
            ([1, 1, 1, 0, 0, 7], "count 0"),
            ([1, 1, 1, 0, 3, 8], "more samples than the whole"),
            ([*BODY, 1], "the matrix holds 7"),
            (BODY[:-1], "the matrix holds 5"),
            ([*BODY, 0x80], "integers, the matrix holds 6"),
            ([*BODY[:-1], *[0x80] * 9, 1], "more than 63 bits"),
        ],
    )
    def test_a_body_that_does_not_fit(self, body, message):
        with pytest.raises(CodecError, match=message):
            decode(pack(HEADER, body))

    @pytest.mark.parametrize(
        ("blob", "message"),
        [
            (b"", "truncated"),
            (b"not gzip", "damaged"),
            (gzip.compress(b"", mtime=0), "begins with"),
            (gzip.compress(b"KHM1", mtime=0), "ends before its header"),
            (
                gzip.compress(b"PNG1" + bytes(20), mtime=0),
                "begins with b'KHM1'",
            ),
            (
                gzip.compress(b"KHM1\xff\xff\xff\xff", mtime=0),
                "claims a header",
            ),
            (gzip.compress(b"KHM1\x04\0\0\0{{{{", mtime=0), "not JSON"),
            (gzip.compress(b"KHM1\x02\0\0\0[]", mtime=0), "version None"),
            (pack(HEADER, BODY) + b"x", "1 bytes follow the end"),
        ],
    )
    def test_what_is_no_matrix(self, blob, message):
        for read in (decode, read_header):
            with pytest.raises(CodecError, match=message):
                read(blob)

    def test_what_inflates_to_more_than_it_says(self):
        # 9 bytes an integer at most, of which there are 6.
        head = len(gzip.decompress(pack(HEADER, b"")))
        with pytest.raises(CodecError, match=f"more than {head + 54} bytes"):
            decode(pack(HEADER, bytes(head + 55)))

    def test_a_text_that_inflates_without_end(self):
        with pytest.raises(CodecError, match="more than 10,000 bytes"):
            container.decode_text(gzip.compress(bytes(10_001)), 10_000)
        wide = gzip.compress("é".encode() * 2000)
        with pytest.raises(CodecError, match="not ASCII"):
            container.decode_text(wide, 10_000)

    def test_sums_of_counts_that_exceed_63_bits(self):
        most = 2**53 - 1
        row = bytes([0x80]) + bytes([8])  # 1024 cells
        count = bytes([0xFF] * 7 + [0x0F])
        header = {**HEADER, "size": 1024, "nonzeros": 2**20, "total": most}
        body = row * 1024 + bytes(2**20) + count * 2**20
        with pytest.raises(CodecError, match="more samples than can be"):
            decode(pack(header, body))
