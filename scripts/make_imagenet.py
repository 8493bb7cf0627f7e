"""Makes imagenet.json, the tree of the 1000 ILSVRC-2012 classes.

The tree is that of WordNet 3.0 by the rule of hierarchy/sources/wordnet.py,
with the overrides below. Its first level is organism, artifact, food and rest,
as in Blocks (Alsallakh et al. 2017, arXiv 1710.06501): a class belongs to the
one of the first three that lies above it, or else to the rest.

Siblings are ordered by the confusions of a real network on the 50,000
validation images: the cross-validated predictions that
https://github.com/cleanlab/label-errors publishes, as an .npz file with
`wnids` [1000], `labels` [50000] and `predictions` [50000]. Only the order of
siblings is taken from them.

Example:
    python scripts/make_imagenet.py --wnids predictions.npz \
        --order-by predictions.npz
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_hier import scores
from keras_hier.hierarchy import Hierarchy
from keras_hier.hierarchy.orders.sibling_orders import order_siblings
from keras_hier.hierarchy.sources import wordnet
from keras_hier.hierarchy.tree import rows as tree_rows
from keras_hier.hierarchy.tree import transforms
from keras_hier.hierarchy.tree.rows import Row

# The first level; whatever lies below none of these is the rest.
FIRST_LEVEL = {
    "n00004475": "organism",
    "n00021939": "artifact",
    "n00021265": "food",
}
REST = "rest"

# WordNet has two nouns "food", a substance and a solid one, and the longest
# paths of fruit and drink lead past both: to parts of plants and to liquids.
OVERRIDES = {
    "n07555863": "n00021265",  # food (solid) -> food
    "n07705931": "n07705711",  # edible fruit -> produce
    "n07881800": "n00021265",  # beverage -> food
}


def imagenet_tree(wnids: Sequence[str]) -> Hierarchy:
    """Builds the tree, siblings in label order.

    Args:
        wnids: the 1000 class ids in label order.

    Returns:
        A hierarchy whose first level is organism, artifact, food and rest.
    """
    rows, names = wordnet.rows(wnids, OVERRIDES)
    rows = [_below_first_level(row) for row in rows]
    levels = [*FIRST_LEVEL, REST]
    rows.sort(key=lambda row: levels.index(row.path[0]))  # stable
    names[REST] = REST
    return Hierarchy(
        *tree_rows.collapse_chains(tree_rows.from_rows(rows, wnids, names))
    )


def _below_first_level(row: Row) -> Row:
    for depth, wnid in enumerate(row.path):
        if wnid in FIRST_LEVEL:
            return row._replace(path=row.path[depth:])
    # Without "entity", which would be a chain of its own below the rest.
    return row._replace(path=(REST, *row.path[1:]))


def read_wnids(path: Path) -> list[str]:
    """Reads class ids from an .npz with `wnids`, or a text file of lines."""
    if path.suffix == ".npz":
        return np.load(path)["wnids"].tolist()
    return path.read_text("utf-8").split()


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--wnids",
        type=Path,
        required=True,
        help="the 1000 ids: a text file, or an .npz with `wnids`",
    )
    parser.add_argument(
        "--order-by",
        type=Path,
        help="an .npz with `labels` and `predictions` that index its `wnids`",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).parents[1]
        / "keras_hier"
        / "hierarchy"
        / "sources"
        / "imagenet.json",
    )
    args = parser.parse_args()
    wnids = sorted(read_wnids(args.wnids))
    tree = imagenet_tree(wnids)
    if args.order_by:
        with np.load(args.order_by) as file:
            if file["wnids"].tolist() != wnids:
                parser.error(f"{args.order_by}: its `wnids` are not --wnids")
            matrix = scores.confusion_matrix(
                file["labels"], file["predictions"], len(wnids)
            )
        siblings = order_siblings(tree, matrix, fixed=[0])
        tree = Hierarchy(*transforms.reordered(tree, siblings))
    args.out.write_text(tree.to_json() + "\n", "utf-8")
    sizes = [level.num_groups for level in tree.levels()]
    print(f"{args.out}: {tree!r}, levels {sizes}")


if __name__ == "__main__":
    main()
