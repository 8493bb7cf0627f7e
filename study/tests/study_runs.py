"""Runs of the study on six small classes, dark and light."""

import numpy as np
from PIL import Image

TRAINING = "study.training"
FIGURES = (
    "top1_error", "top5_error", "distance1", "distance5", "severity",
    "groups4", "groups16", "groups33", "calibration_error",
)  # fmt: skip


def pets(tmp_path):
    """Writes a folder of class folders and its tree."""
    rng = np.random.default_rng(0)
    for split, images in (("train", 8), ("val", 2)):
        for shade, name in enumerate("abcdef"):
            place = tmp_path / "pets" / split / name
            place.mkdir(parents=True)
            for image in range(images):
                noise = rng.integers(0, 40, (40, 36, 3)) + 40 * shade
                Image.fromarray(noise.astype(np.uint8)).save(
                    place / f"{image}.png"
                )
    tree = tmp_path / "tree.csv"
    tree.write_text("a,dark\nb,dark\nc,dark\nd,light\ne,light\nf,light\n")
    return tmp_path


def small_run(folder, out):
    """Returns arguments of a run that takes seconds."""
    return [
        "--data", folder / "pets", "--hierarchy", folder / "tree.csv",
        "--hold-out", 2, "--per-class", 4, "--batch-size", 8,
        "--width", 0.05, "--image-size", 36, "--crop", 32,
        "--cache", folder / "cache", "--out", out,
    ]  # fmt: skip


def line(variant, seed, top1, top5, curve):
    """Returns the line of a run, in the form of the first ones."""
    figures = dict.fromkeys(FIGURES, 0.5)
    return {
        "variant": variant, "seed": seed, "data": "pets", "trunk": "none",
        "per_class": 100, "epochs": 3, "width": 0.5, "crop": 56,
        "optimizer": "adam", "learning_rate": 0.001, "weight_decay": 0.0,
        "dropout": 0.5, "label_smoothing": 0.0, "curve": curve,
        "val": {"class": {**figures, "top1_error": top1, "top5_error": top5}},
    }  # fmt: skip
