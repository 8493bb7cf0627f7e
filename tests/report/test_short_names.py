"""Names cut by what tells them apart, as the page cuts them."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.report.figure import compose
from keras_hier.report.short_names import ShortNames
from keras_hier.report.subject import Subject

FILE = Path(__file__).parents[1] / "golden" / "names.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["names"][0])
def test_as_the_page_cuts_them(case):
    names = ShortNames(case["names"])
    for letters, expected in case["cuts"]:
        found = [names.shorten(name, letters, len) for name in case["names"]]
        assert found == expected


def test_nothing_is_longer_than_its_room_and_what_fits_is_not_cut():
    all_names = ["a long name of words", "a long name of some", "b", ""]
    names = ShortNames(all_names)
    for letters, name in itertools.product(range(30), all_names):
        cut = names.shorten(name, letters, len)
        assert len(cut) <= letters
        assert (cut == name) == (letters >= len(name))


def test_a_name_that_was_respelt_is_none_of_the_tree():
    names = ShortNames(["room 名1", "room 名2"])
    assert names.shorten("room ?1", 4, len) == "r…?1"


def test_a_picture_tells_its_classes_apart():
    brands = ("Arla", "Garant", "Oatly", "Yoggi")
    ends = ("Fat", "Sugar", "Protein", "Lactose")
    tree = kh.Hierarchy.from_paths(
        [
            (brand, f"{brand}-Ecological-Vanilla-Yoghurt-Very-Low-{end}")
            for brand in brands
            for end in ends
        ]
    )
    matrix = 5 * np.eye(16, dtype=int) + 1
    labels = compose(Subject(matrix, tree)).labels
    cut = [label.text for label in labels if "…" in label.text]
    # Beside the rows, and above the columns.
    assert len(cut) == 32
    assert len({*cut[:16]}) == len({*cut[16:]}) == 16
    for place, text in enumerate(cut[:16]):
        assert text.startswith(brands[place // 4][0])
        assert text[-1] != "…" or text[-2].isalpha()
