"""Second generation: what a trained network says of the images known coarsely.

A run with --keep writes what it says of the training images that are not
exact; another one takes the file as --teacher and learns from that, within the
node that the label names. Below the root (--coarse 1) these are all classes:
so coarse-blind and coarse-aware runs differ by their labels alone.

Reference:
    Xie et al.: Self-training with Noisy Student, arXiv 1911.04252.
"""

import hashlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import keras_hier as kh
from benchmarks.study.training_data import Images
from benchmarks.study.training_labels import split_known
from keras_hier.hierarchy.node_labels import NodeLabels


def rest_of(train: Images, exact: int, count: int | None) -> Images | None:
    """Returns the images that are not exact, without any label."""
    unknown = np.zeros(int(train.labels.max()) + 1, np.int32)
    return split_known(train, exact, unknown, count)[1]


def save(path: Path, rest: Images, log_p: np.ndarray) -> None:
    """Writes what a network says of the rest, log-probabilities [M, C]."""
    np.savez_compressed(
        path, images=_digest(rest), log_p=log_p.astype(np.float16)
    )


def fingerprint(path: Path) -> str:
    """Returns the name of a teacher, and a few digits of what it says."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SystemExit(f"--teacher cannot be read: {error}") from error
    return f"{path.stem}-{digest[:8]}"


def taught(path: Path, coarse: Images, hierarchy: kh.Hierarchy) -> Images:
    """Returns images whose labels are a teacher's posterior within the node.

    Args:
        path: what `save` wrote.
        coarse: images with integer labels of nodes [M].
        hierarchy: that the labels are about.

    Returns:
        The images with soft labels float32 [M, V]; the mass is on classes.
    """
    try:
        with path.open("rb") as file, np.load(file) as archive:
            log_p, images = archive["log_p"], str(archive["images"])
    except (ValueError, KeyError, TypeError, BadZipFile) as error:
        raise SystemExit(
            f"--teacher wants a NAME-rest.npz, which --keep wrote; {path} has "
            f"no such content: {error}"
        ) from error
    if images != _digest(coarse):
        raise SystemExit(
            f"{path} is about other images than these. A teacher wants the "
            "same --data, --exact, --coarse-count, --per-class and --hold-out."
        )
    numbering = NodeLabels(hierarchy)
    said = numbering.within(coarse.labels, np.exp(log_p.astype(np.float64)))
    labels = np.zeros((len(said), numbering.num_labels), np.float32)
    labels[:, : numbering.num_classes] = said
    return Images(coarse.pixels, labels)


def _digest(images: Images) -> str:
    return hashlib.sha256(images.pixels.tobytes()).hexdigest()
