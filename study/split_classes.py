"""Class folders in parts, to train on some classes and ask about the others.

    python -m study.split_classes tiny-imagenet parts --parts 5
    python -m study.training --data parts/0/known \
        --new-classes parts/0/new --variant heads3-distil --out runs.jsonl

Part k has `k/new`, which is a fifth of the classes by one fixed shuffle, and
`k/known`, which is all others: each class is new in one part. The folders are
links to those of the classes, so that nothing is copied.
"""

import argparse
from pathlib import Path

import numpy as np

from keras_hier.data.folders import class_folders, split_folder


def parts_of(
    classes: tuple[str, ...], parts: int, seed: int
) -> list[tuple[str, ...]]:
    """Returns the classes of each part, sorted: each class is in one."""
    shuffled = np.random.default_rng(seed).permutation(len(classes))
    return [
        tuple(classes[label] for label in sorted(shuffled[part::parts]))
        for part in range(parts)
    ]


def link(source: Path, target: Path, classes: tuple[str, ...]) -> None:
    """Makes a folder of links to the folders of some classes."""
    target.mkdir(parents=True)
    for name in classes:
        (target / name).symlink_to((source / name).resolve())


def main() -> None:
    """Writes the folders of every part."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("data", type=Path, help="folder with train/<class>/ and val/<class>/")
    add("out", type=Path, help="folder to make, for the parts")
    add("--parts", type=int, default=5)
    add("--seed", type=int, default=0, help="of the shuffle")
    args = parser.parse_args()
    if args.out.exists():
        parser.error(f"{args.out} exists already; give another folder.")
    try:
        train = split_folder(args.data, "train")
        val = split_folder(args.data, "validation")
        classes = class_folders(train)
    except ValueError as error:
        parser.error(str(error))
    if val == train:
        # Each part would have what is trained on for its val.
        parser.error(
            f"{args.data} has no val folder. Expected train/<class>/ and "
            "val/<class>/ in it."
        )
    if not 2 <= args.parts <= len(classes):
        parser.error(
            f"Expected --parts of 2 to {len(classes)}, the number of classes, "
            f"so that each part has a new one; got {args.parts}."
        )
    for part, new in enumerate(parts_of(classes, args.parts, args.seed)):
        known = tuple(name for name in classes if name not in new)
        for kind, some in (("known", known), ("new", new)):
            place = args.out / str(part) / kind
            link(train, place / "train", some)
            link(val, place / "val", some)
        print(f"{args.out / str(part)}: {len(known)} known, {len(new)} new")


if __name__ == "__main__":
    main()
