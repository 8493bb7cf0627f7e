"""Readers of the sources of hierarchies; most return one row a class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

from keras_hier.files import flat_json, limits
from keras_hier.hierarchy.tree.hierarchy_error import (
    HierarchyError,
    quoted,
    twins_hint,
)
from keras_hier.hierarchy.tree.node_table import (
    JSON_FORMAT,
    ROOT_ID,
    ROOT_NAME,
    NodeTable,
    unique_ids,
)
from keras_hier.hierarchy.tree.origin import FIELDS, Origin
from keras_hier.hierarchy.tree.rows import Row
from keras_hier.plausibility import require_order
from keras_hier.tensors import to_numpy

_REQUIRED = ("parents", "ids", "names", "labels")


def label_order(
    rows: Sequence[Row], classes: Iterable[str] | None, source: str
) -> list[str]:
    """Checks that `classes` and the rows name the same classes."""
    found = [row.class_id for row in rows]
    if classes is None:
        raise HierarchyError(
            f"{source} does not number the classes: pass classes=[...], the "
            "class ids in the label order of the data set (for class folders: "
            f"sorted(names)). It holds {len(found)} classes, "
            f"{quoted(found)}."
        )
    # As labels spell a class that is a group as well, see `NodeLabels.by_name`.
    spelled = {f"{group} (itself)": group for row in rows for group in row.path}
    for known in found:
        spelled.pop(known, None)
    ids = unique_ids(classes)
    classes = unique_ids([spelled.get(name, name) for name in ids])
    missing = sorted(set(classes) - set(found))
    surplus = sorted(set(found) - set(classes))
    if missing or surplus:
        parts = []
        if missing:
            parts.append(f"not in the tree: {quoted(missing)}")
        if surplus:
            parts.append(f"in the tree but not in classes=: {quoted(surplus)}")
        raise HierarchyError(
            f"classes= and {source} must name the same classes; "
            + "; ".join(parts)
            + ". Use .subset(classes) to keep a part of a tree."
            + twins_hint(missing, surplus)
        )
    return classes


def nested_rows(tree: Any) -> list[Row]:
    """Returns the rows of dicts and lists; the strings in lists are classes."""
    rows: list[Row] = []
    ids = _Ids()
    path: list[Any] = []
    # Dicts and lists that are open, the innermost last: what is left of each,
    # and how many groups are above it. A tree may be deeper than Python calls.
    opened: dict[int, tuple[Any, Iterator[Any], int]] = {}

    def enter(item: Any) -> None:
        if isinstance(item, str):
            rows.append(Row(ids.add(item), tuple(path)))
        elif id(item) in opened:
            raise HierarchyError(
                "The tree contains itself: a cycle below "
                f"{'/'.join(map(str, path))!r:.80}."
            )
        elif isinstance(item, Mapping):
            opened[id(item)] = item, iter(item.items()), len(path)
        elif isinstance(item, Sequence):
            opened[id(item)] = item, iter(item), len(path)
        else:
            above = "/".join(map(str, path)) or "the root"
            raise HierarchyError(
                "A nested tree is made of dicts (group -> below), lists and "
                f"class ids (str); below {above!r:.80} came "
                f"{type(item).__name__}."
            )

    enter(tree)
    while opened:
        key = next(reversed(opened))
        container, left, depth = opened[key]
        del path[depth:]
        for below in left:
            if isinstance(container, Mapping):
                group, below = below
                path.append(_stripped(group))
            enter(below)
            break
        else:
            del opened[key]
    return rows


def path_rows(paths: Iterable[Sequence[str]]) -> list[Row]:
    """Returns the rows of paths that run from the coarsest group to a class."""
    require_order("paths", paths, "the labels", HierarchyError)
    rows = []
    ids = _Ids()
    if isinstance(paths, np.ndarray):
        paths = paths.tolist()  # plain strings
    for label, path in enumerate(paths):
        if isinstance(path, np.ndarray):
            path = path.tolist()
        is_path = isinstance(path, Sequence) and not isinstance(path, str)
        if not is_path or not path:
            raise HierarchyError(
                "Each path must be a sequence of names from the coarsest group "
                f"to the class; path {label} is {path!r}."
            )
        rows.append(Row(ids.add(path[-1]), tuple(map(_stripped, path[:-1]))))
    return rows


def _stripped(group: Any) -> Any:
    """Returns the name of a group without blanks around it."""
    return group.strip() if isinstance(group, str) else group


class _Ids:
    """Refuses class ids that differ only in blanks around them.

    Ids are the keys of the data set, so their blanks are not stripped.
    """

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def add(self, class_id: Any) -> Any:
        if isinstance(class_id, str):
            other = self._seen.setdefault(class_id.strip(), class_id)
            if other != class_id:
                raise HierarchyError(
                    f"The classes {other!r} and {class_id!r} differ in blanks "
                    "only: give them one id, or two that can be told apart."
                )
        return class_id


def linkage_table(linkage: np.ndarray, classes: Sequence[str]) -> NodeTable:
    """Builds the tree of a SciPy linkage matrix [C - 1, 4], left before right.

    The ids of groups are `cluster 0` (the first merge) to `cluster C-3`, or
    `merged cluster 0` if classes are called so. Their names are the two members
    that merged first and the number of others. The last merge is the root.
    """
    from scipy.cluster.hierarchy import is_valid_linkage

    linkage = np.asarray(to_numpy(linkage), float)
    num_classes = len(classes)
    if (
        linkage.shape != (num_classes - 1, 4)
        or not np.isfinite(linkage).all()
        or not is_valid_linkage(linkage)
    ):
        raise HierarchyError(
            f"Expected a valid SciPy linkage [C - 1, 4] for C={num_classes} "
            f"classes, got shape {linkage.shape}."
        )
    merged = linkage[:, :2].astype(int).tolist()
    group_names = _group_names(merged, classes)
    kind = "cluster"
    while any(name.startswith(f"{kind} ") for name in classes):
        kind = f"merged {kind}"
    table = NodeTable([], [], [], [])
    # Without rows, whose paths grow with C squared in a chain of merges.
    stack = [(2 * num_classes - 2, -1)]
    while stack:
        item, parent = stack.pop()
        merge = item - num_classes
        if merge < 0:
            node_id = name = classes[item]
        else:
            node_id, name = f"{kind} {merge}", group_names[merge]
            left, right = merged[merge]
            node = len(table.parents)
            stack += [(right, node), (left, node)]
        table.parents.append(parent)
        table.ids.append(node_id if parent >= 0 else ROOT_ID)
        table.names.append(name if parent >= 0 else ROOT_NAME)
        table.labels.append(item if merge < 0 else -1)
    return table


def _group_names(
    merged: Sequence[Sequence[int]], classes: Sequence[str]
) -> list[str]:
    """Names each merge [C - 1] by its nearest two members."""
    first: list[int] = []
    size: list[int] = []
    names = []
    for merge, pair in enumerate(merged):
        inside = [item - len(classes) for item in pair if item >= len(classes)]
        # Whatever merged first below are two classes.
        first.append(min([merge, *(first[each] for each in inside)]))
        size.append(2 - len(inside) + sum(size[each] for each in inside))
        near = ", ".join(classes[item] for item in merged[first[-1]])
        rest = size[-1] - 2
        names.append(f"{near} +{rest}" if rest else near)
    return names


def imagenet_table() -> NodeTable:
    """Reads the tree of the ILSVRC-2012 classes that the package brings."""
    file = resources.files(__package__) / "imagenet.json"
    return json_table(file.read_text("utf-8"))


def json_table(source: str | bytes | Mapping[str, Any]) -> NodeTable:
    """Reads what `Hierarchy.to_json` wrote: a text, or its parsed content."""
    if isinstance(source, Mapping):
        content: Mapping[str, Any] = source
    else:
        content = _json_fields(source)
    if content.get("format") != JSON_FORMAT or content.get("version") != 1:
        raise HierarchyError(
            f"Expected a JSON object of format {JSON_FORMAT!r}, version 1; got "
            f"format {content.get('format')!r:.80}, version "
            f"{content.get('version')!r:.80}. Hierarchy.to_json() writes it."
        )
    missing = set(_REQUIRED) - set(content)
    if missing:
        raise HierarchyError(f"The hierarchy lacks {sorted(missing)}.")
    return NodeTable(
        content["parents"],
        content["ids"],
        content["names"],
        content["labels"],
        content.get("level_names"),
        Origin.from_fields(content),
    )


def _json_fields(source: Any) -> dict[str, Any]:
    # The text may come from anyone. Above all it is never used as a file name.
    if not isinstance(source, str | bytes):
        raise HierarchyError(
            "Expected the JSON text that Hierarchy.to_json() writes, or its "
            f"parsed content, got {type(source).__name__}. To read a file, use "
            "Hierarchy.load(path)."
        )
    if len(source) > limits.TREE_BYTES:
        raise HierarchyError(
            f"The JSON of a hierarchy takes at most {limits.TREE_BYTES:,} "
            f"bytes, got {len(source):,}."
        )
    try:
        text = source.decode() if isinstance(source, bytes) else source
        if not text.lstrip().startswith("{"):
            raise ValueError(
                "expected the JSON text that Hierarchy.to_json() writes, which "
                f"begins with '{{', got {text[:40]!r}. To read a file, use "
                "Hierarchy.load(path), or Hierarchy.from_csv(path) for a CSV."
            )
        return flat_json.loads(
            text,
            ("format", "version", *_REQUIRED, "level_names", *FIELDS),
            limits.NODES,
        )
    except ValueError as error:
        raise HierarchyError(f"Not a hierarchy: {error}") from error
