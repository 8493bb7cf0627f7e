"""CSV as editors and spreadsheets write it, and what is wrong with a file."""

import gzip

import pytest

from keras_hier.files.text_files import parse_rows, read_text

TABLE = "class,group1\npug,dog\ntabby,cat\n"
ROWS = [["class", "group1"], ["pug", "dog"], ["tabby", "cat"]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("first", ["", "sep=", "SEP="])
def test_cells_are_parted_as_the_first_line_says(first, mark, end):
    text = TABLE.replace(",", mark).replace("\n", end)
    if first:
        text = f"{first}{mark}{end}{text}"
    for are_samples in (False, True):
        assert parse_rows(text, "f", are_samples, same_width=True) == ROWS


def test_lines_are_counted_below_that_one():
    with pytest.raises(ValueError, match="line 3: expected 2 cells"):
        parse_rows("sep=;\na;b\nc\n", "f", same_width=True)
    with pytest.raises(ValueError, match="line 3: no quotation mark"):
        parse_rows('sep=;\na;b\n"c;d\n', "f")
    # It parts cells where the first row alone does not tell.
    assert parse_rows("sep=;\na,b;c\n", "f") == [["a,b", "c"]]
    assert parse_rows("sep=;\n", "f") == []
    assert parse_rows("sep=x\n", "f") == [["sep=x"]]


@pytest.mark.parametrize("same_width", [False, True])
@pytest.mark.parametrize("row", ['"tabby,cat', 'tabby,"cat', '"tabby"",cat'])
def test_a_quotation_mark_left_open_is_named_before_the_width(row, same_width):
    text = f"{TABLE}{row}\nbus,car\n"
    with pytest.raises(ValueError, match="f, line 4: no quotation mark closes"):
        parse_rows(text, "f", same_width=same_width)


def test_a_packed_file_is_to_be_unpacked(tmp_path):
    file = tmp_path / "tree.csv.gz"
    file.write_bytes(gzip.compress(TABLE.encode()))
    with pytest.raises(ValueError, match="packed by gzip"):
        read_text(file)
