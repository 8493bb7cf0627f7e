"""Times a hierarchy of ImageNet-21k's size: build, cut, serialise, look up.

The classes are 21,841 nouns of WordNet 3.0 below "physical entity", drawn with
a fixed seed, so that many of them are inner nodes of the tree, as in
ImageNet-21k. Every figure is the best of several runs, in milliseconds.

Example:
    python -m benchmarks.speed.hierarchy --json
"""

import platform
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.measuring import best_ms, options, show
from keras_hier import scores
from keras_hier.hierarchy import Hierarchy
from keras_hier.hierarchy.sources import wordnet

PHYSICAL_ENTITY = "n00001930"


def draw_classes(count: int, seed: int = 0) -> list[str]:
    """Draws that many nouns below "physical entity", sorted."""
    wnids = [
        f"n{offset.decode()}"
        for offset in re.findall(rb"(?m)^(\d{8}) ", wordnet.nouns())
    ]
    rows, _ = wordnet.rows(wnids)
    below = [row.class_id for row in rows if PHYSICAL_ENTITY in row.path]
    drawn = np.random.default_rng(seed).choice(below, count, replace=False)
    return sorted(drawn.tolist())


def draw_counts(size: int, nonzeros: int, seed: int = 0) -> sparse.coo_array:
    """Draws a sparse confusion matrix [size, size]."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(0, size, (2, nonzeros))
    samples = rng.integers(1, 10, nonzeros)
    return sparse.coo_array((samples, (rows, columns)), (size, size))


def _from_unread_wordnet(wnids: list[str]) -> Hierarchy:
    wordnet.nouns.cache_clear()
    wordnet.synset.cache_clear()
    return Hierarchy.from_wordnet(wnids)


def measure(classes: int, repeats: int) -> dict[str, Any]:
    """Times everything once the classes are drawn."""
    wnids = draw_classes(classes)
    tree = Hierarchy.from_wordnet(wnids)
    table = (tree.parents, tree.node_ids, tree.node_names, tree.labels)
    paths = [
        (
            *(tree.node_ids[node] for node in tree.ancestors(leaf)[-2::-1]),
            tree.node_ids[leaf],
        )
        for leaf in tree.leaves
    ]
    text = tree.to_json()
    a, b = np.random.default_rng(0).integers(0, classes, (2, 1_000_000))
    counts = draw_counts(classes, 200_000)
    calls: dict[str, Callable[[], Any]] = {
        "from_wordnet_first_ms": lambda: _from_unread_wordnet(wnids),
        "from_wordnet_again_ms": lambda: Hierarchy.from_wordnet(wnids),
        "from_paths_ms": lambda: Hierarchy.from_paths(paths),
        "build_ms": lambda: Hierarchy(*table),
        "cut_1000_groups_ms": lambda: tree.cut(groups=1000),
        "cut_max_size_ms": lambda: tree.cut(max_size=classes // 70),
        "levels_ms": tree.levels,
        "to_json_ms": tree.to_json,
        "from_json_ms": lambda: Hierarchy.from_json(text),
        "distance_of_1e6_pairs_ms": lambda: tree.lca_distance(a, b),
        "node_counts_of_2e5_cells_ms": lambda: scores.node_counts(counts, tree),
    }
    inner = len({f"{wnid} (group)" for wnid in wnids} & set(tree.node_ids))
    return {
        "classes": classes,
        "inner_node_classes": inner,
        "nodes": len(tree.parents),
        "height": int(tree.height[0]),
        "json_bytes": len(text),
        **{name: best_ms(call, repeats) for name, call in calls.items()},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """Prints the figures."""
    parser = options(__doc__)
    parser.add_argument("--classes", type=int, default=21_841)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    show(measure(args.classes, args.repeats), args.json)


if __name__ == "__main__":
    main()
