"""What is measured of a trained network."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from scipy.special import log_softmax, softmax

import keras_hier as kh
from keras_hier import scores
from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.scores.fusion import Experts, fuse

CUTS = (4, 16, 33)


def predict(
    model: keras.Model, pixels: np.ndarray
) -> tuple[np.ndarray, Experts]:
    """Returns logits of the classes, and of the heads with their groupings."""
    parts = range(0, len(pixels), 512)
    outputs = keras.tree.map_structure(
        lambda *of: np.concatenate(of),
        *[model.predict_on_batch(pixels[at : at + 512]) for at in parts],
    )
    heads = heads_of(model)
    if not heads:
        return outputs, {}
    return outputs[main_output(model)[0]], {
        name: (outputs[name], head.grouping) for name, head in heads.items()
    }


def report(
    hierarchy: kh.Hierarchy,
    labels: np.ndarray,
    outputs: tuple[np.ndarray, Experts],
    weights: dict[str, float],
    scale: float,
) -> dict[str, Any]:
    """Scores the class output alone, under CRM, and fused with its heads.

    Args:
        hierarchy: of the classes.
        labels: true classes, integers [N].
        outputs: logits of the classes and of the heads.
        weights: of the fusion, fitted to held-out images.
        scale: of the logits of the classes alone, fitted to these too: what
            is fused has a temperature, and one may be given to any output.
    """
    logits, heads = outputs
    scaled = softmax(scale * logits.astype(np.float64), axis=1)
    figures = {
        "class": {
            **evaluate(labels, logits, hierarchy),
            "scaled_calibration_error": scores.expected_calibration_error(
                labels, scaled
            ),
        },
        "crm": evaluate_crm(labels, logits, hierarchy),
        "heads": {
            name: float((z.argmax(1) == of.of_class[labels]).mean())
            for name, (z, of) in heads.items()
        },
    }
    if heads:
        fused = fuse(logits, heads, weights)
        figures["fused"] = evaluate(labels, fused, hierarchy)
        figures["fused_crm"] = evaluate_crm(labels, fused, hierarchy)
    return figures


def evaluate(
    labels: np.ndarray, logits: np.ndarray, hierarchy: kh.Hierarchy
) -> dict[str, float | None]:
    """Returns every figure of the table for class logits [N, C].

    `severity` is None where nothing is wrong.
    """
    # The logarithm of a probability is finite where that itself is 0.
    log_p = log_softmax(logits.astype(np.float64), axis=1)
    probabilities = softmax(logits.astype(np.float64), axis=1)
    top5 = scores.top_k(probabilities, min(5, hierarchy.num_classes))
    matrix = scores.confusion_matrix(labels, top5[:, 0], hierarchy.num_classes)
    figures: dict[str, float | None] = {
        "top1_error": 1 - scores.accuracy(matrix),
        "top5_error": 1 - scores.top_k_accuracy(labels, top5),
        "distance1": scores.distance_at_1(matrix, hierarchy),
        "distance5": scores.distance_at_k(labels, top5, hierarchy),
        "severity": severity(matrix, hierarchy),
        "calibration_error": scores.expected_calibration_error(
            labels, probabilities
        ),
        "log_loss": -float(log_p[np.arange(len(labels)), labels].mean()),
    }
    for groups, cut in cuts_of(hierarchy).items():
        figures[f"groups{groups}"] = scores.group_accuracy(matrix, cut)
        figures[f"within{groups}"] = right_within(labels, probabilities, cut)
    return figures


def cuts_of(hierarchy: kh.Hierarchy) -> dict[int, kh.Grouping]:
    """Returns the cuts that are scored, by how many groups they should have.

    Trees whose nodes have many children make more of them, and few classes
    fewer.
    """
    most = hierarchy.num_classes
    return {at: hierarchy.cut(groups=min(at, most)) for at in CUTS}


def chance(labels: np.ndarray, hierarchy: kh.Hierarchy) -> dict[str, float]:
    """Returns what is right, or wrong, without a look at the images.

    Errors are those of any classes at random, `groupsG` is what always the
    most frequent group of these images has right, and `withinG` any class of
    the group that is told.
    """
    classes = hierarchy.num_classes
    found = {f"top{k}_error": 1 - min(k / classes, 1) for k in (1, 5)}
    for groups, cut in cuts_of(hierarchy).items():
        of_image = cut.of_class[labels]
        found[f"groups{groups}"] = float(np.bincount(of_image).max()) / len(
            labels
        )
        found[f"within{groups}"] = float(
            np.mean(1 / np.bincount(cut.of_class)[of_image])
        )
    return found


def right_within(
    labels: np.ndarray, probabilities: np.ndarray, cut: kh.Grouping
) -> float:
    """Returns the share that is right where the group of an image is told."""
    others = cut.of_class[labels][:, None] != cut.of_class
    told = np.where(others, -1.0, probabilities)
    return float(np.mean(told.argmax(axis=1) == labels))


def severity(matrix: np.ndarray, hierarchy: kh.Hierarchy) -> float | None:
    """Returns how far off mistakes are; None without one, for JSON."""
    found = scores.severity(matrix, hierarchy)
    return None if np.isnan(found) else found


def evaluate_crm(
    labels: np.ndarray, logits: np.ndarray, hierarchy: kh.Hierarchy
) -> dict[str, float | None]:
    """Evaluates the same network under conditional risk minimization."""
    risk = scores.conditional_risk(
        softmax(logits.astype(np.float64), axis=1), hierarchy
    )
    top5 = scores.top_k(-risk, min(5, hierarchy.num_classes))
    matrix = scores.confusion_matrix(labels, top5[:, 0], hierarchy.num_classes)
    return {
        "top1_error": 1 - scores.accuracy(matrix),
        "top5_error": 1 - scores.top_k_accuracy(labels, top5),
        "distance1": scores.distance_at_1(matrix, hierarchy),
        "distance5": scores.distance_at_k(labels, top5, hierarchy),
        "severity": severity(matrix, hierarchy),
    }


def hits(
    labels: np.ndarray,
    outputs: tuple[np.ndarray, Experts],
    weights: dict[str, float],
) -> dict[str, Any]:
    """Tells for each image whether it was right, for a bootstrap of images.

    Returns:
        The number of `images`, and by reading and figure bits in base64, the
        first image first (`numpy.packbits`).
    """
    logits, heads = outputs
    readings = {"class": logits}
    if heads:
        readings["fused"] = fuse(logits, heads, weights)
    return {"images": len(labels)} | {
        reading: {
            f"top{k}": _packed(
                (scores.top_k(z, min(k, z.shape[1])) == labels[:, None]).any(1)
            )
            for k in (1, 5)
        }
        for reading, z in readings.items()
    }


def _packed(right: np.ndarray) -> str:
    return base64.b64encode(np.packbits(right).tobytes()).decode()


def keep(
    path: Path,
    labels: np.ndarray,
    outputs: tuple[np.ndarray, Experts],
    weights: dict[str, float],
    classes: Sequence[str],
) -> None:
    """Saves the scores of images: of the classes, of heads, of all fused.

    `classes`, str [C], are the ids that labels and columns number. A head's
    columns are its groups: `NAME.groups`, int [C], are those of the classes.
    """
    logits, heads = outputs
    named = {"class": logits} | {name: z for name, (z, _) in heads.items()}
    named["fused"] = fuse(logits, heads, weights)
    small: dict[str, Any] = {
        name: z.astype(np.float16) for name, z in named.items()
    }
    small |= {f"{name}.groups": of.of_class for name, (_, of) in heads.items()}
    np.savez_compressed(
        path, labels=labels, classes=np.array(classes, str), **small
    )
