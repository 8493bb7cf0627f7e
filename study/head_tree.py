"""The tree that the errors of a network make, for the heads of others.

    python -m study.head_tree kept/NAME-held_out.npz \
        --data tiny-imagenet --out errors.json

`training --keep` wrote the file; `training --head-tree` reads the tree.
"""

import argparse
from pathlib import Path

import keras_hier as kh
from keras_hier.scores import confusion_matrix
from study.training.data import classes_of
from study.training.keep import said_of


def main() -> None:
    """Writes the tree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("said", type=Path, help="NAME-held_out.npz")
    parser.add_argument("--data", type=Path, required=True, help="its classes")
    parser.add_argument("--out", type=Path, required=True, help="a .json")
    args = parser.parse_args()
    classes = classes_of(args.data)
    labels, said, _ = said_of(args.said, "class", classes)
    matrix = confusion_matrix(labels, said.argmax(axis=1), len(classes))
    tree = kh.Hierarchy.from_confusions(matrix, classes)
    try:
        args.out.write_text(tree.to_json())
    except OSError as error:
        parser.error(f"--out cannot be written: {error}")


if __name__ == "__main__":
    main()
