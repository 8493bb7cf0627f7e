"""Images and records that the tests of the data side share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from record_files import write_records


@pytest.fixture
def shared_data() -> Path:
    """Real images beside the checkout."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real images: {folder} is not there")
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Three classes of 4 images: plain colours, the class's number in red."""
    for index, name in enumerate(("ant", "bee", "cat")):
        folder = tmp_path / "source" / "train" / name
        folder.mkdir(parents=True)
        for image in range(4):
            colour = (50 * index, 10 * image, 200)
            Image.new("RGB", (40, 30), colour).save(folder / f"{image}.png")
    return tmp_path / "source"


@pytest.fixture
def ant(tmp_path: Path) -> Path:
    """The only class folder of a source, empty."""
    folder = tmp_path / "source" / "ant"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes a record file from dicts of features; returns its path."""

    def write(
        *records: dict[str, Any], name: str = "train-00000-of-00001"
    ) -> str:
        return write_records(tmp_path / "records" / name, records)

    return write


@pytest.fixture
def ramp() -> np.ndarray:
    """An image [64, 80, 3] whose red is the column, green the row."""
    red, green = np.meshgrid(np.arange(80), np.arange(64))
    return np.stack([red, green, 0 * red], -1).astype(np.uint8) * 2
