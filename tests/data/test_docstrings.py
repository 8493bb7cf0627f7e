import doctest
import importlib

import pytest
from PIL import Image

import keras_hier as kh


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with `records/train-*`, as the examples have it: 96 drawings."""
    folder = tmp_path_factory.mktemp("docs")
    images, labels = kh.data.shapes.load(2)
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = folder / "images" / kh.data.shapes.CLASSES[label]
        path.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path / f"{index}.jpg")
    kh.data.write_records(
        folder / "images",
        folder / "records",
        shards=2,
        workers=1,
        progress=False,
    )
    return folder


@pytest.mark.parametrize(
    "name",
    ["augment", "folders", "frames", "reader", "records", "schema", "shapes"],
)
def test_examples_run(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    module = importlib.import_module(f"keras_hier.data.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
