"""Every example in a docstring of the package runs."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from PIL import Image

import keras_hier as kh

MODULES = [
    module.name
    for module in pkgutil.walk_packages(kh.__path__, "keras_hier.")
    if ">>> " in Path(importlib.util.find_spec(module.name).origin).read_text()
]


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


def test_some_have_examples():
    assert len(MODULES) > 30


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
