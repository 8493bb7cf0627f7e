"""Numbers of things in sentences."""

import pytest

from keras_hier.quantities import by_number, quantity


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "epoch", "0 epochs"),
        (1, "epoch", "1 epoch"),
        (2, "class", "2 classes"),
        (1, "class", "1 class"),
        (12345, "class id", "12,345 class ids"),
    ],
)
def test_quantity(number, noun, text):
    assert quantity(number, noun) == text


def test_by_number():
    assert [by_number(n, "is", "are") for n in (0, 1, 2)] == [
        "are",
        "is",
        "are",
    ]
