"""Which class, or node of a tree, each label of records stands for."""

from collections.abc import Sequence
from pathlib import Path

from keras_hier.data.record_folder import CLASS_LIST, read_class_list
from keras_hier.data.schema import Pattern, Schema, detect_schema, find_files
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels


def classes(pattern: Pattern) -> tuple[str, ...]:
    """Returns the class ids of records, in label order.

    They stand in `classes.json` beside the records, where `keras-hier records`
    puts them. Records without that list are taken for ILSVRC-2012, with the
    sorted WordNet ids as its classes, if they name such ids.

    Args:
        pattern: files: a glob pattern such as `records/train-*`, or a list.

    Returns:
        C class ids. `hierarchy.subset(ids)` is the tree of these classes.

    Raises:
        ValueError: there are no files, or their classes cannot be known.

    Example:
        >>> import keras_hier as kh
        >>> kh.data.classes("records/train-*")[:2]
        ('10-tooth gear', '13-tooth gear')
    """
    files = find_files(pattern)
    found = listed_classes(files) or ilsvrc_classes(detect_schema(files))
    if found is None:
        raise ValueError(
            f"The classes of {files[0]} are unknown: there is no {CLASS_LIST} "
            "beside it, a JSON list of the class ids in label order, and its "
            "records do not name ILSVRC-2012 classes."
        )
    return found


def listed_classes(files: Sequence[str]) -> tuple[str, ...] | None:
    """Returns class ids in label order from the lists beside files, if any."""
    lists = {}
    for folder in {Path(file).parent for file in files}:
        path = folder / CLASS_LIST
        if path.is_file():
            lists[read_class_list(path)] = path
    if len(lists) > 1:
        raise ValueError(
            "The class lists beside the files differ: "
            f"{sorted(str(path) for path in lists.values())}."
        )
    return next(iter(lists), None)


def ilsvrc_classes(schema: Schema) -> tuple[str, ...] | None:
    """Returns the sorted ids of ILSVRC-2012 if a record names one of them.

    Sorted ids are the label order in use everywhere but in the development kit.
    """
    ids = Hierarchy.imagenet().classes
    return ids if schema.example in ids else None


def label_order(
    files: Sequence[str],
    schema: Schema,
    wanted: Sequence[str] | None,
    label_offset: int | None,
    numbering: NodeLabels | None = None,
) -> tuple[str, ...]:
    """Decides which class each label stands for: ids [C] in label order."""
    listed = listed_classes(files)
    if wanted is None:
        order = listed or ilsvrc_classes(schema)
    else:
        order = tuple(wanted)
        if len(set(order)) < len(order):
            raise ValueError("The `classes` argument names a class twice.")
        if listed is not None:
            if numbering is not None and schema.named:
                # Folders of groups may be listed as well, and classes lack.
                # A list of the classes themselves is of ids, of which one may
                # be called as a group is.
                if set(order) != set(listed):
                    numbering.labels_of(listed)
            else:
                _check_same(order, listed, files[0], schema)
    if order is None:
        raise ValueError(
            f"The classes of {files[0]} are unknown. Pass classes=, the class "
            "ids in label order, such as hierarchy.classes."
        )
    if schema.named and label_offset is not None:
        raise ValueError(
            f"The records of {files[0]} name their classes "
            f"({schema.target!r}), so that their integers are not used. "
            f"Leave out label_offset={label_offset}."
        )
    if not schema.named and label_offset is None:
        raise ValueError(
            f"The records of {files[0]} hold an integer, {schema.target!r}, "
            "and no class id. Pass label_offset= (--label-offset of a "
            "command), that of the first class: 1 in records made by the "
            "inception, TPU and official/vision scripts, 0 in those of TFDS."
        )
    return order


def known_names(
    files: Sequence[str],
    order: Sequence[str],
    numbering: NodeLabels | None = None,
) -> dict[str, int]:
    """Returns the label that each class id of records stands for."""
    own = {name: label for label, name in enumerate(order)}
    if numbering is None:
        return own
    # A list of the classes alone is of ids: "dog" is the class, whatever group
    # is called so as well.
    listed = listed_classes(files)
    is_ids = listed is not None and set(listed) == set(order)
    return numbering.by_name | own if is_ids else numbering.by_name


def agreed_classes(
    hierarchy: Hierarchy, classes: Sequence[str] | None
) -> tuple[str, ...]:
    """Returns the classes of a tree."""
    if classes is not None and tuple(classes) != hierarchy.classes:
        raise ValueError(
            "`classes` and the classes of `hierarchy` differ, or are in "
            "another order. Labels of nodes are those of the hierarchy: leave "
            "`classes` out, or make the hierarchy with it."
        )
    return hierarchy.classes


def _check_same(
    wanted: tuple[str, ...], listed: tuple[str, ...], file: str, schema: Schema
) -> None:
    absent = sorted(set(wanted) - set(listed))
    surplus = sorted(set(listed) - set(wanted))
    if absent or surplus:
        lacking, others = (
            [f"{name:.80}" for name in names[:5]] for names in (absent, surplus)
        )
        raise ValueError(
            f"The `classes` argument has {len(wanted)} classes, the records of "
            f"{file} have {len(listed)}. Not in the records: {lacking} "
            f"({len(absent)} in all); not in `classes`: {others} "
            f"({len(surplus)} in all). A tree of the records' classes is "
            "hierarchy.subset(keras_hier.data.classes(pattern)); if some are "
            "groups of a tree, pass hierarchy= in place of classes=."
        )
    if not schema.named and wanted != listed:
        raise ValueError(
            f"The `classes` argument has the classes of {file} in another "
            f"order than the {CLASS_LIST} beside it, and the records hold no "
            "class ids to map them by. Pass classes= in the listed order."
        )
