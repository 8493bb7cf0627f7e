import pytest

from keras_hier.log import metadata


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("plain/validation", ("plain", "validation")),
        ("a/b/train", ("a/b", "train")),
        ("a/test", ("a", "test")),
        ("validation", (".", "validation")),
        ("plain", ("plain", "")),
        (".", (".", "")),
        ("plain/val", ("plain/val", "")),
        ("", ("", "")),
    ],
)
def test_name_and_split(run, expected):
    assert metadata.name_and_split(run) == expected


@pytest.mark.parametrize("step", [-1, 10**15, 2**63 - 1, None, 1.0, "1"])
def test_what_numbers_no_epoch(step):
    with pytest.raises(ValueError, match="number of the epoch"):
        metadata.as_step(step)
