"""Features in files, of other programs or of `--keep`, for `probe`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy
    from keras_hier.probing.features import Features


def is_folder(features: list[str]) -> bool:
    """Tells whether features are one folder, and no files of layers."""
    return len(features) == 1 and Path(features[0]).is_dir()


def given_features(
    files: list[str], args: argparse.Namespace, hierarchy: "Hierarchy"
) -> "Features":
    """Reads features of other programs, or those that were kept."""
    from keras_hier.commands.inputs import array_files
    from keras_hier.probing.features import Features

    if is_folder(files):
        listed = args.classes and array_files.read_classes(args.classes)
        return Features.load(files[0], listed or None)
    odd = [file for file in files if Path(file).suffix != ".npy"]
    if odd:
        raise ValueError(
            f"--features must be one folder or .npy files, got {odd[0]!r}."
        )
    if args.labels is None:
        raise ValueError("--features of .npy files want --labels.")
    names = [Path(file).stem for file in files]
    if len(set(names)) < len(names):
        raise ValueError(
            "Each file is named after its layer, and two are named alike: "
            f"{', '.join(names)}."
        )
    labels, scores = _labels_and_scores(args, hierarchy)
    return Features(
        {name: Path(file) for name, file in zip(names, files, strict=True)},
        labels,
        output=scores,
    )


def check_controls(
    features: "Features",
    controls: Sequence["Features"],
    given: Sequence[list[str]],
) -> None:
    """Raises an error where files of a control lack a layer."""
    for control, files in zip(controls, given, strict=True):
        lacks = [name for name in features.layers if name not in control.layers]
        if lacks and not is_folder(files):
            raise ValueError(
                "--control wants files named like those of --features, which "
                f"are named after their layers: there is no "
                f"{lacks[0] + '.npy'!r:.80} among {', '.join(files):.200}."
            )


def _labels_and_scores(
    args: argparse.Namespace, hierarchy: "Hierarchy"
) -> tuple[np.ndarray, np.ndarray | None]:
    """Reads labels [N] and scores [N, C], if any, as `keras-hier log` does."""
    from keras_hier.commands.inputs import array_files, label_kinds

    read = label_kinds.labels_and_scores(
        array_files.sources_of(args), hierarchy
    )
    return read[0], read[1] if args.scores else None
