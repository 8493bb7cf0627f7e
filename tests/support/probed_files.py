"""Files for `keras-hier probe`."""

from pathlib import Path

import numpy as np

import keras_hier as kh

CLASSES = ("cat", "dog", "bus", "van")
TREE = kh.Hierarchy.from_paths(
    [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
)
CONTROLS = ("u1", "u2", "u3", "u4", "u5")
LAYERS = ("early", "middle", "late")


def write_features() -> None:
    """Writes three files of features, labels, scores and a tree here."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 4
    noise = rng.normal(size=(3, 200, 6))
    noise[1] += 3 * np.eye(2, 6)[labels // 2]
    noise[2] += 3 * np.eye(4, 6)[labels]
    for name, values in zip(LAYERS, noise, strict=True):
        np.save(f"{name}.npy", values.astype(np.float16))
    np.save("y.npy", labels)
    np.save("ids.npy", np.array(CLASSES)[labels])
    np.save("scores.npy", np.eye(4)[labels] + rng.normal(size=(200, 4)))
    for name in CONTROLS:
        Path(name).mkdir()
        for layer in LAYERS:
            np.save(f"{name}/{layer}.npy", rng.normal(size=(200, 6)))
    Path("tree.json").write_text(TREE.to_json())
    Path("order.txt").write_text("\n".join(CLASSES))
