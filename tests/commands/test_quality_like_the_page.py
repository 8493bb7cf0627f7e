"""The tables of `keras-hier quality` and of the page have the same rows.

`tests/golden/quality.json` has what the server answers for a run, and the rows
that both tables have then. The page's code is held to them by
`tb_plugin/frontend/test/quality/likeTheCommand.test.ts`.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from reading import Reader

from keras_hier.cli import main
from keras_hier.commands.quality_tables import COLUMNS
from keras_hier.files.spreadsheets import unguarded
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter

FILE = Path(__file__).parents[1] / "golden" / "quality.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))
# What the page alone writes; `two_objects` are told by the thresholds.
OF_THE_PAGE = {"verdict"}
OF_THE_PAGES_TWO_OBJECTS = OF_THE_PAGE | {"threshold", "other_threshold"}
TEXTS = {
    "list", "sample", "class", "name", "other_class", "other_name", "contained",
}  # fmt: skip
EACH = 40


def matrix():
    """Counts [8, 8]: a0 and b1 cross, d1 errs into groups a and b."""
    counts = 40 * np.eye(8, dtype=int)
    counts[0, 3] = counts[3, 0] = 17
    counts[7, :4] = 7
    counts[[1, 2, 4, 6], [0, 3, 5, 7]] = 2
    return counts


def scores(labels):
    """Sure of all labels but one; d1 is seen in two samples of c0 as well."""
    p = np.full((len(labels), 8), 0.01)
    p[np.arange(len(labels)), labels] = 0.93
    p[labels == 4] = 0.4 / 7
    p[labels == 4, 4] = 0.6
    p[labels == 7] = 0.1
    p[labels == 7, 7] = 0.3
    c0 = 4 * EACH
    p[c0 + 1 : c0 + 3] = 0.0
    p[c0 + 1 : c0 + 3, 4] = 0.625
    p[c0 + 1 : c0 + 3, 7] = 0.375
    wrong = 2 * EACH + 5
    p[wrong] = 1e-6
    p[wrong, 5] = 1 - 7e-6
    return p


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with one epoch, a matrix and samples."""
    folder = tmp_path_factory.mktemp("quality")
    tree = Hierarchy.from_json(GOLDEN["tree"])
    labels = np.repeat(np.arange(8), EACH)
    ids = [f"=pictures/{i}.jpg" for i in range(len(labels))]
    with BlocksWriter(folder / "run", tree) as log:
        log.matrix(matrix(), 1)
        log.samples(labels, scores(labels), 1, ids=ids)
    return folder


@pytest.fixture(scope="module")
def rows(folder):
    """What the command writes."""
    file = folder / "out.csv"
    assert main(["quality", str(folder / "run"), "--csv", str(file)]) == 0
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def same(value):
    """Equal, but for what is beyond six digits."""
    if isinstance(value, dict):
        return {key: same(each) for key, each in value.items()}
    if isinstance(value, list):
        return [same(each) for each in value]
    if isinstance(value, float):
        return pytest.approx(value, rel=2e-5, abs=1e-9)
    return value


def test_the_server_answers_what_the_page_is_tested_with(folder):
    found = Reader(folder).get(
        "quality", run="run/validation", output="class", step=1
    )
    assert found == same(GOLDEN["answer"])


def test_columns_are_those_of_the_page_but_for_verdicts():
    columns = [name for name in GOLDEN["columns"] if name not in OF_THE_PAGE]
    assert list(COLUMNS) == columns


@pytest.mark.parametrize("name", GOLDEN["rows"])
def test_rows_are_those_of_the_page(rows, name):
    left_out = OF_THE_PAGE
    if name == "two_objects":
        left_out = OF_THE_PAGES_TWO_OBJECTS
    found = [
        {
            column: unguarded(cell) if column in TEXTS else float(cell)
            for column, cell in row.items()
            if cell
        }
        for row in rows
        if row["list"] == name
    ]
    expected = [
        {
            column: value if column in TEXTS else same(float(value))
            for column, value in row.items()
            if column not in left_out
        }
        for row in GOLDEN["rows"][name]
    ]
    assert expected
    assert found == expected
