"""Cells that begin like formulas, and how they read back."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.files.spreadsheets import guarded, text_of_rows, unguarded

# To which tb_plugin/frontend/test/export/csv.test.ts holds the page.
GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "formulas.json").read_text("utf-8")
)
# Letters that mean something to a spreadsheet are more frequent than others.
TEXT = st.text(
    st.one_of(st.sampled_from("=+-@'\";,\t\r\n \0\ufeff＝a"), st.characters())
)


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text, expected):
    assert guarded(text) == expected


@given(TEXT)
def test_every_text_reads_back(text):
    assert unguarded(guarded(text)) == text


@given(TEXT)
def test_no_cell_begins_like_a_formula_where_commas_do_not_part_cells(text):
    # How a spreadsheet reads the file that parts cells by semicolons or tabs.
    for mark in ";\t":
        for line in re.split("[\r\n]", guarded(text)):
            for cell in line.split(mark):
                assert not cell.lstrip(' \u00a0\ufeff"').startswith(
                    tuple("=+-@＝")
                )


def test_numbers_stay_numbers():
    rows = [
        {"a": "-1", "b": -1, "c": -0.5, "d": float("nan")},
        {"a": "x,y", "b": float("-inf")},
    ]
    text = text_of_rows("abcd", rows)
    assert text == ('a,b,c,d\r\n\'-1,-1,-0.5,\r\n"x,y",,,\r\n')
    assert next(csv.DictReader(io.StringIO(text)))["a"] == "'-1"
