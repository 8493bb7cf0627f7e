"""Second generation: what a trained network says of the images known coarsely.

A run with --keep writes what it says of the training images that are not
exact; another one takes the file as --teacher and learns from that, within the
node that the label names. Below the root (--coarse 1) these are all classes:
so coarse-blind and coarse-aware runs differ by their labels alone. Of several
files the mean teaches.

References:
    Xie et al.: Self-training with Noisy Student, arXiv 1911.04252.
    Hinton et al.: Distilling the knowledge in a neural network, arXiv
    1503.02531 (several teachers).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from study.training.data import Images
from study.training.keep import require_classes
from study.training.labels import split_known


def rest_of(train: Images, exact: int, count: int | None) -> Images | None:
    """Returns the images that are not exact, without any label."""
    unknown = np.zeros(int(train.labels.max()) + 1, np.int32)
    return split_known(train, exact, unknown, count)[1]


def save(
    path: Path, rest: Images, log_p: np.ndarray, classes: Sequence[str]
) -> None:
    """Writes what a network says of the rest, log-probabilities [M, C]."""
    np.savez_compressed(
        path,
        images=_digest(rest),
        log_p=log_p.astype(np.float16),
        classes=np.array(classes, str),
    )


def fingerprint(paths: Sequence[Path]) -> str:
    """Returns the names of files, and a few digits of the content of each.

    In the order of these names: the mean of teachers does not depend on any.
    """
    return " ".join(sorted(f"{path.stem}-{_content(path)}" for path in paths))


def taught(
    paths: Sequence[Path],
    coarse: Images,
    hierarchy: kh.Hierarchy,
    even: bool = False,
) -> Images:
    """Returns images whose labels are a posterior within the node.

    Args:
        paths: what `save` wrote; the mean of the posteriors counts.
        coarse: images with integer labels of nodes [M].
        hierarchy: that the labels are about.
        even: whether the classes below a node are as frequent in what is
            said as each other.

    Returns:
        The images with soft labels float32 [M, V]; the mass is on classes.
    """
    images = _digest(coarse)
    numbering = NodeLabels(hierarchy)
    mean = np.zeros((len(coarse.labels), numbering.num_classes))
    for path in paths:
        log_p = _said(path, images, hierarchy.classes).astype(np.float64)
        mean += np.exp(log_p) / len(paths)
    said = numbering.within(
        coarse.labels, mean, np.ones(numbering.num_classes) if even else None
    )
    labels = np.zeros((len(said), numbering.num_labels), np.float32)
    labels[:, : numbering.num_classes] = said
    return Images(coarse.pixels, labels)


def _said(path: Path, images: str, classes: Sequence[str]) -> np.ndarray:
    """Reads log-probabilities [M, C] of these images and classes."""
    try:
        with path.open("rb") as file, np.load(file) as archive:
            log_p, others = archive["log_p"], str(archive["images"])
            ids = archive["classes"].tolist()
    except (ValueError, KeyError, TypeError, BadZipFile) as error:
        raise SystemExit(
            f"--teacher wants a NAME-rest.npz, which --keep wrote; {path} has "
            f"no such content: {error}"
        ) from error
    if others != images:
        raise SystemExit(
            f"{path} is about other images than these. A teacher wants the "
            "same --data, --exact, --coarse-count, --per-class, --hold-out and "
            "--image-size."
        )
    require_classes(path, ids, classes)
    return log_p


def _content(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error}") from error


def _digest(images: Images) -> str:
    return hashlib.sha256(images.pixels.tobytes()).hexdigest()
