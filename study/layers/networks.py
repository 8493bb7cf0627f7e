"""The names of networks whose layers are asked, and lines about them."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple


class Network(NamedTuple):
    """What the name of a network tells: `FOLDER/VARIANT-TRUNK-IMAGES-SEED`."""

    # Of --keep, which tells recipes apart.
    folder: str
    trunk: str
    images: int
    seed: int
    # None at the end of the training.
    epoch: int | None


def name_of(path: Path) -> str:
    """Returns the name of a network that `training --keep` has kept.

    Args:
        path: of its weights or scores.
    """
    stem = path.name.removesuffix(".weights.h5").removesuffix(".npz")
    return f"{path.parent.name}/{re.sub('-(val|held_out)$', '', stem)}"


def parse(name: str) -> Network | None:
    """Reads a name, or None if it is not of a network of the study."""
    found = re.fullmatch(
        r"(.+)/\w+-(batch|none|lrn)-(\d+)-(\d+)(?:-epoch(\d+))?", name
    )
    if not found:
        return None
    folder, trunk, images, seed, epoch = found.groups()
    return Network(
        folder, trunk, int(images), int(seed), int(epoch) if epoch else None
    )


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Reads a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]
