"""The schema of TFRecords: the keys of their fields, and their classes."""

import glob
import os
import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keras_hier.data.class_list import CLASS_LIST, read_class_list
from keras_hier.data.frames import record_spans
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels

Pattern = str | os.PathLike[str] | Sequence[str]

# Keys of the inception scripts and of those after them; then those of TFDS.
IMAGE_KEYS = ("image/encoded", "image")
LABEL_KEYS = ("image/class/label", "label")
ID_KEY = "image/class/synset"
# "train-00003-of-01024", also with an ending.
_SHARD = re.compile(
    r"(?P<stem>.*)-(?P<index>\d{1,9})-of-(?P<shards>\d{1,9})(?P<ending>[.][^-]*)?",
    re.DOTALL,
)
# Of the file that an image comes from.
NAME_KEYS = ("image/filename", "file_name")


@dataclass(frozen=True)
class Schema:
    """The keys of an image and of its class, as one record has them.

    Attributes:
        image: key of the encoded image.
        target: key of the class id, or else of the integer.
        named: whether it is the id, which is trusted over the integer.
        example: the id of the record looked at, or "".
    """

    image: str
    target: str
    named: bool
    example: str


def find_files(pattern: Pattern) -> list[str]:
    """Lists the files of a pattern.

    Args:
        pattern: a glob pattern, or a list of files.

    Returns:
        Paths, sorted. With a pattern, shards that are not on the disk are
        warned of.

    Raises:
        ValueError: there are none, or one of a list is no file, or a pattern
            matches the shards of two conversions.
    """
    if isinstance(pattern, str | os.PathLike):
        files = [p for p in glob.glob(str(pattern)) if os.path.isfile(p)]
        if files != [str(pattern)]:
            _check_shards(files)
    else:
        files = [str(path) for path in pattern]
        for path in files:
            if not os.path.isfile(path):
                raise ValueError(
                    f"Expected TFRecord files. Received {path!r}, where no "
                    "file is."
                )
    if not files:
        raise ValueError(
            f"No files match {pattern!r}. Expected TFRecord files, as in "
            "'records/train-*'."
        )
    return sorted(files)


def _check_shards(files: Sequence[str]) -> None:
    """Checks for shards that were never copied, and for two sets of them.

    A pattern may leave shards out on purpose: missing are those that are
    nowhere on the disk.
    """
    sets: dict[tuple[str, str | None], dict[int, str]] = defaultdict(dict)
    for path in files:
        if match := _SHARD.fullmatch(path):
            name = match["stem"], match["ending"]
            sets[name].setdefault(int(match["shards"]), path)
    for (stem, ending), found in sets.items():
        (shards, path), *others = found.items()
        if others:
            raise ValueError(
                "Expected the shards of one conversion. The pattern matches "
                f"those of {len(found)}, such as {path!r} and "
                f"{others[0][1]!r}: images would be read twice. Write out how "
                "many shards the one that you mean has."
            )
        beside = glob.glob(
            f"{glob.escape(stem)}-*-of-*{glob.escape(ending or '')}"
        )
        matches = (
            match for path in beside if (match := _SHARD.fullmatch(path))
        )
        present = sum(
            match["stem"] == stem
            and match["ending"] == ending
            and int(match["shards"]) == shards
            for match in matches
        )
        if present < shards:
            warnings.warn(
                f"{shards - present} of the {shards} shards that {path!r} "
                "belongs to are missing: their images are not read. Make or "
                "copy them, or list the files in place of a pattern.",
                stacklevel=4,
            )


def detect_schema(files: Sequence[str]) -> Schema:
    """Finds the schema of records by looking at the first.

    Args:
        files: TFRecord files of one schema.

    Returns:
        The keys to read.

    Raises:
        ValueError: there is no record, or it has no known keys.
    """
    from tensorflow.train import Example

    for path in files:
        for position, length in record_spans(path):
            with open(path, "rb") as file:
                file.seek(position)
                data = file.read(length)
            try:
                features = dict(Example.FromString(data).features.feature)
            # The error of protobuf depends on its implementation.
            except Exception as error:
                raise ValueError(
                    f"The first record of {path} is no tf.train.Example."
                ) from error
            return _schema(path, features)
    raise ValueError(f"The files hold no records: {files[:3]} ...")


def _schema(path: str, features: dict) -> Schema:
    def first(keys: Sequence[str], kind: str) -> str | None:
        for key in keys:
            if key in features and features[key].WhichOneof("kind") == kind:
                return key
        return None

    image = first(IMAGE_KEYS, "bytes_list")
    label = first(LABEL_KEYS, "int64_list")
    class_id = first([ID_KEY], "bytes_list")
    values = features[class_id].bytes_list.value if class_id else []
    example_id = values[0].decode(errors="replace") if values else ""
    target = class_id if example_id else label
    if image is None or target is None:
        raise ValueError(
            f"Unknown schema in {path}. Expected an image (bytes) under one of "
            f"{list(IMAGE_KEYS)} and its class under {ID_KEY!r} (bytes) or one "
            f"of {list(LABEL_KEYS)} (int64). Received: {sorted(features)}"
        )
    return Schema(image, target, bool(example_id), example_id)


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
    """Reads the class list beside the files.

    Args:
        files: TFRecord files.

    Returns:
        Class ids in label order, or None without a list.

    Raises:
        ValueError: files from several folders, whose lists differ; a list
            that is none.
    """
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
    """Returns the classes of ILSVRC-2012 if a record names one of them.

    Args:
        schema: what `detect_schema` found.

    Returns:
        1000 WordNet ids, sorted, which is the label order in use everywhere
        but in the development kit; or None.
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
    """Decides which class each label stands for.

    Args:
        files: TFRecord files.
        schema: what `detect_schema` found in them.
        wanted: class ids in label order, or None for those of the files.
        label_offset: the integer that stands for the first class.
        numbering: of the nodes that labels may be, besides classes.

    Returns:
        C class ids in label order.

    Raises:
        ValueError: what was asked for contradicts the files, or the two
            together leave the order open.
    """
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
    """Returns the label that each class id of records stands for.

    Args:
        files: TFRecord files.
        order: class ids in label order, from `label_order`.
        numbering: of the nodes that ids may name, besides classes.
    """
    own = {name: label for label, name in enumerate(order)}
    if numbering is None:
        # As records from before spell a class that is a group as well.
        spelled = {f"{name} (itself)": label for name, label in own.items()}
        return spelled | own
    # A list of the classes alone is of ids: "dog" is the class, whatever group
    # is called so as well.
    listed = listed_classes(files)
    is_ids = listed is not None and set(listed) == set(order)
    return numbering.by_name | own if is_ids else numbering.by_name


def agreed_classes(
    hierarchy: Hierarchy, classes: Sequence[str] | None
) -> tuple[str, ...]:
    """Returns the classes of a tree; raises if others, or another order, came.

    Args:
        hierarchy: whose nodes are labels.
        classes: class ids in label order, if given as well.
    """
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
