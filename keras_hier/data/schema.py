"""The files and the schema of TFRecords: the keys of their fields."""

import glob
import os
import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from keras_hier.data.frames import record_spans

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
# Keys of the name of the file that an image comes from.
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
    """Returns the sorted paths of a glob pattern, or of a list."""
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
    """Checks for shards that are nowhere on the disk, and for two sets of them.

    A pattern may leave shards out on purpose.
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
    """Returns the schema of the first record."""
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
