"""The tree that the errors of a network make, for the heads of others.

    python -m benchmarks.study.head_tree kept/NAME-held_out.npz \
        --data tiny-imagenet --out errors.json

`training --keep` wrote the file; `training --head-tree` reads the tree.
"""

import argparse
from pathlib import Path

import numpy as np

import keras_hier as kh
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.scores import confusion_matrix


def main() -> None:
    """Writes the tree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("said", type=Path, help="NAME-held_out.npz")
    parser.add_argument("--data", type=Path, required=True, help="its classes")
    parser.add_argument("--out", type=Path, required=True, help="a .json")
    args = parser.parse_args()
    classes = class_folders(split_folder(args.data, "train"))
    with np.load(args.said) as said:
        answers = said["class"].argmax(axis=1)
        matrix = confusion_matrix(said["labels"], answers, len(classes))
    args.out.write_text(kh.Hierarchy.from_confusions(matrix, classes).to_json())


if __name__ == "__main__":
    main()
