"""Saves fitted answers as JSON, and reads what may be any file."""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.answers.calibration import Fitted, Wanted, check
from keras_hier.files import flat_json, limits
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.text_files import read_text
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping

_FORMAT = "keras-hier answers"
_PLAIN = ("accuracy", "confidence", "rule", "temperature", "from_logits")
_FIELDS = (
    *("format", "version", "hierarchy", *_PLAIN, "thresholds", "samples"),
    *("group_names", "of_class", "group_nodes"),
)


def write(
    path: str | os.PathLike[str], fitted: Fitted, hierarchy: Hierarchy
) -> None:
    """Writes a .json file."""
    target = checked_target(path, ".json")
    content: dict[str, Any] = {
        "format": _FORMAT,
        "version": 1,
        "hierarchy": hierarchy.digest,
        **{name: getattr(fitted, name) for name in _PLAIN},
        # JSON has no infinity.
        "thresholds": [
            each if math.isfinite(each) else None
            for each in fitted.thresholds.tolist()
        ],
        "samples": fitted.samples.tolist(),
    }
    if fitted.at is not None:
        content["group_names"] = list(fitted.at.names)
        content["of_class"] = fitted.at.of_class.tolist()
        content["group_nodes"] = fitted.at.nodes and list(fitted.at.nodes)
    write_atomically(target, json.dumps(content, indent=1).encode())


def read(path: str | os.PathLike[str], hierarchy: Hierarchy) -> Fitted:
    """Reads it; raises `ValueError` about anything else."""
    text = read_text(Path(path), limits.TREE_BYTES)
    try:
        found = flat_json.loads(text, _FIELDS, limits.CLASSES)
        if found.get("format") != _FORMAT or found.get("version") != 1:
            raise ValueError("it is no file of Answers.save, version 1.")
        if found.get("hierarchy") != hierarchy.digest:
            raise ValueError(
                f"it was fitted with the tree {found.get('hierarchy')!r:.40}, "
                f"this one is {hierarchy.digest!r}."
            )
        return _fitted(found, hierarchy)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        # A missing field is a KeyError, whose text is the name alone.
        raise ValueError(f"{Path(path).name!r:.80}: {error}") from None


def _fitted(found: dict[str, Any], hierarchy: Hierarchy) -> Fitted:
    at = None
    if "of_class" in found:
        of_class = np.array(found["of_class"], np.int64)
        nodes = found["group_nodes"]
        at = Grouping(tuple(found["group_names"]), of_class, nodes)
    wanted = Wanted(at=at, **{name: found[name] for name in _PLAIN})
    check(wanted, hierarchy.num_classes)
    if wanted.temperature is None or not isinstance(wanted.from_logits, bool):
        raise ValueError("temperature or from_logits is missing.")
    thresholds = np.array(
        [math.inf if each is None else each for each in found["thresholds"]],
        np.float64,
    )
    samples = np.array(found["samples"], np.int64)
    size = 1 if at is None else at.num_groups
    if thresholds.shape != (size,) or samples.shape != (size,):
        raise ValueError(
            f"expected {size} thresholds and numbers of samples, got "
            f"{thresholds.shape} and {samples.shape}."
        )
    if not (thresholds >= 0).all() or (samples < 0).any():
        raise ValueError("thresholds and numbers of samples are 0 or more.")
    return Fitted(
        wanted.accuracy,
        wanted.confidence,
        at,
        wanted.rule,
        float(wanted.temperature),
        wanted.from_logits,
        thresholds,
        samples,
    )
