"""Folders of kept features, whole ones and ones with every kind of damage.

A folder is drawn from a seed: the contents of its files by name. NumPy and
`json` read each file by themselves, and are the oracle.
"""

import contextlib
import io
import json
import os
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.probing.features import Features
from keras_hier.probing.features_folder import (
    DESCRIPTION,
    IDS,
    LABELS,
    OUTPUT,
    layer_file,
)
from tests.support import hostile
from tests.support.whole_records import CLASSES, TREE

_NO_JSON = (ValueError, RecursionError)
# Things that lie where a file should be.
PIPE, FOLDER, NOWHERE = "a pipe", "a folder", "a link to nowhere"
Files = dict[str, Any]

REVERSED = Hierarchy.from_paths([(each,) for each in CLASSES[::-1]])
OTHERS = Hierarchy.from_paths([(f"other {n}",) for n in range(12)])
SAMPLES = 24
_SHAPES: tuple[tuple[int, ...], ...] = (
    (), (0,), (SAMPLES,), (SAMPLES, 1), (SAMPLES, 12), (12, SAMPLES),
    (SAMPLES - 1, 12), (SAMPLES, 0), (SAMPLES, 2, 6), (0, 2**62),
)  # fmt: skip
_CLAIMED: tuple[tuple[int, ...], ...] = (
    (2**40,), (SAMPLES, 2**40), (2**40, 12), (2**31, 2**31), (2**62, 4, 4),
    (SAMPLES, -1), (10**30,), (SAMPLES,) * 60,
)  # fmt: skip
_DTYPES = (
    "<f2", ">f4", "<f8", "<f16", "|i1", ">i2", "<i8", "<u8", "|b1", "<c8",
    "|S3", "<U4", "<U0", "<M8[s]", "<m8[ns]", "|V5",
)  # fmt: skip


@cache
def whole() -> tuple[Files, ...]:
    """Returns folders as they should be: by numbers of classes, and by ids."""
    rng = np.random.default_rng(0)
    labels = np.arange(SAMPLES) % len(CLASSES)
    by_id = [CLASSES[each] for each in labels]
    scores = rng.normal(size=(SAMPLES, len(CLASSES)))
    layers = {
        "conv1": rng.normal(size=(SAMPLES, 9)).astype(np.float16),
        "../fc": rng.normal(size=(SAMPLES, 4)).astype(np.float32),
    }
    made = (
        Features(
            layers,
            labels,
            scores.astype(np.float32),
            ids=[f"{n}.jpg" for n in range(SAMPLES)],
            classes=CLASSES,
            pools={"conv1": "grid3"},
        ),
        Features(layers, by_id),
    )
    return tuple(map(_saved, made))


def _saved(features: Features) -> Files:
    with tempfile.TemporaryDirectory() as parent:
        features.save(Path(parent) / "feats")
        files = sorted((Path(parent) / "feats").iterdir())
        return {file.name: file.read_bytes() for file in files}


def draw(rng: np.random.Generator) -> Files:
    """Returns a damaged folder."""
    folders = whole()
    files = dict(folders[rng.integers(len(folders))])
    damage = (
        _describe, _describe, _classes, _bytes, _swap, _claim, _array, _array,
        _replace,
    )  # fmt: skip
    for _ in range(1 + int(rng.random() < 0.2)):
        damage[rng.integers(len(damage))](rng, files)
    return files


def _name(rng: np.random.Generator, files: Files) -> str:
    arrays = [name for name in files if name.endswith(".npy")]
    return arrays[rng.integers(len(arrays))]


def _describe(rng: np.random.Generator, files: Files) -> None:
    if not isinstance(said := files.get(DESCRIPTION), bytes):
        return
    try:
        files[DESCRIPTION] = hostile.changed(rng, json.loads(said))
    except _NO_JSON:  # it is no JSON any more
        files[DESCRIPTION] = hostile.damaged(rng, said)


def _classes(rng: np.random.Generator, files: Files) -> None:
    try:
        said = json.loads(files[DESCRIPTION])
        given = said.get("classes") or CLASSES
        drawn = [*given[: rng.integers(len(given) + 1)], "another"]
        other = (drawn, given[::-1], given[:-1], [*given[:-1], given[0]])
        said["classes"] = other[rng.integers(len(other))]
    except (AttributeError, LookupError, TypeError, *_NO_JSON):
        return  # too damaged to be damaged further
    files[DESCRIPTION] = json.dumps(said).encode()


def _bytes(rng: np.random.Generator, files: Files) -> None:
    names = [name for name, each in files.items() if isinstance(each, bytes)]
    name = names[rng.integers(len(names))]
    data = files[name]
    cut = data[: int(rng.integers(len(data) + 1))]
    files[name] = cut if rng.random() < 0.3 else hostile.damaged(rng, data)


def _swap(rng: np.random.Generator, files: Files) -> None:
    one, other = _name(rng, files), _name(rng, files)
    files[one], files[other] = files[other], files[one]


def _claim(rng: np.random.Generator, files: Files) -> None:
    shape = _CLAIMED[rng.integers(len(_CLAIMED))]
    descr = _DTYPES[rng.integers(len(_DTYPES))]
    body = bytes(int(rng.integers(500)))
    files[_name(rng, files)] = _header(descr, shape) + body


def _header(descr: str, shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, fields)
    return stream.getvalue()


def _array(rng: np.random.Generator, files: Files) -> None:
    """Puts another whole array in the place of one."""
    name = _name(rng, files)
    shape = _SHAPES[rng.integers(len(_SHAPES))]
    way = rng.integers(5)
    if way == 0:  # bytes of anything, in any form
        dtype = np.dtype(_DTYPES[rng.integers(len(_DTYPES))])
        size = int(np.prod(shape)) * dtype.itemsize
        files[name] = _header(dtype.str, shape) + rng.bytes(size)
        return
    if way == 1:  # the right shape, of another type
        shape = (SAMPLES,) if name in (LABELS, IDS) else (SAMPLES, 12)
    if way == 2:
        array: Any = np.array([{"a": 1}, None] * (SAMPLES // 2), object)
    elif way == 3:
        odd = (-1, 11, 12, 99, 2**31, -(2**63), 2**63 - 1)
        array = np.arange(SAMPLES) % 12
        array[rng.integers(SAMPLES)] = odd[rng.integers(len(odd))]
        array = array.astype("<u8") if rng.random() < 0.5 else array
    else:
        dtype = np.dtype(_DTYPES[rng.integers(len(_DTYPES))])
        array = np.ones(shape if 2**62 not in shape else (), dtype)
    stream = io.BytesIO()
    if rng.random() < 0.1:
        np.savez(stream, array)
    else:
        array = np.asfortranarray(array) if rng.random() < 0.3 else array
        np.save(stream, array)
    files[name] = stream.getvalue()


def _replace(rng: np.random.Generator, files: Files) -> None:
    name = list(files)[rng.integers(len(files))]
    way = rng.integers(6)
    if way < 2:
        del files[name]
    elif way == 2:  # what nobody asked for
        files[layer_file(2)] = files[name]
    else:
        files[name] = (PIPE, FOLDER, NOWHERE)[way - 3]


def read(files: Files) -> None:
    """Reads a folder, and asks for all that is in it."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), files)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                _ask(folder, files)
        except ValueError as error:
            said = str(error).replace(folder, "")
            if not said or "\n" in said or len(said) > 1000:
                raise AssertionError(f"no sentence: {said!r:.2000}") from error
            raise


def _write(folder: Path, files: Files) -> None:
    made: dict[str, Callable[[Path], None]] = {
        PIPE: os.mkfifo,
        FOLDER: os.mkdir,
        NOWHERE: lambda path: path.symlink_to("nowhere"),
    }
    for name, content in files.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            made[content](folder / name)


def _ask(folder: str, files: Files) -> None:
    found = Features.load(folder)
    said = json.loads(files[DESCRIPTION])
    _same(found.layers, said["layers"])
    _same(found.pools, said["pools"])
    _same(found.shapes, said["shapes"])
    _same(found.classes or (), said.get("classes") or ())
    _same(found.ids or (), _texts(files, IDS) if IDS in files else ())
    for place, layer in enumerate(found.layers):
        _equal(found[layer], _numbers(files, layer_file(place)))
    if found.output is not None:
        _equal(found.output, _numbers(files, OUTPUT))
    labels = _numbers(files, LABELS)
    for tree in (TREE, REVERSED):
        _ask_of_classes(found, labels, tree)
    with contextlib.suppress(ValueError):
        raise AssertionError(f"of other classes: {found.labels_in(OTHERS)}")


def _ask_of_classes(
    found: Features, labels: np.ndarray, tree: Hierarchy
) -> None:
    """Holds labels and scores to the ids that they stand for."""
    numbered = found.labels_in(tree)
    own = labels.tolist()
    if labels.dtype.kind in "iu":
        own = [found.classes[each] for each in own]  # type: ignore[index]
    _same([tree.classes[each] for each in numbered], map(_text, own))
    scores = found.output_in(tree)
    for column, each in enumerate(found.classes or ()):
        if scores is not None and found.output is not None:
            other = tree.classes.index(each)
            _equal(np.asarray(scores)[:, other], found.output[:, column])


def _numbers(files: Files, name: str) -> np.ndarray:
    array: np.ndarray = np.load(io.BytesIO(files[name]), allow_pickle=False)
    return array


def _texts(files: Files, name: str) -> list[str]:
    return [_text(each) for each in _numbers(files, name).tolist()]


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _same(found: Any, there: Any) -> None:
    if list(found) != list(there):
        raise AssertionError(f"{found!r:.200} is not what is there")


def _equal(found: np.ndarray, there: np.ndarray) -> None:
    if there.dtype.kind in "iu":  # features are floats
        there = there.astype(np.float32)
    if found.shape != there.shape or not np.array_equal(
        found, there, equal_nan=True
    ):
        raise AssertionError("numbers are not those of the file")
