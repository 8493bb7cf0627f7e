"""The index of the samples of a run: their ids and actual classes.

Samples are numbered by class, those of a class by id. So data that are shuffled
each epoch keep one index, and two runs over the same data share it.

It is stored as the gzip of JSON, `{"counts": [...], "ids": [...], "named":
true, "version": 1}`. `counts` are the samples of each class. `named` is false
if the ids are mere positions in the data. Its digest is that of its JSON.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from keras_hier.files import flat_json, limits
from keras_hier.hierarchy.tree.grouping import canonical_json, digest_of
from keras_hier.log.metadata import VERSION
from keras_hier.log.records.container import (
    CodecError,
    decode_text,
    encode_text,
)
from keras_hier.log.records.given_labels import as_integers, require_within
from keras_hier.plausibility import require_order

# File names have at most 255 bytes; this leaves room for folders.
MAX_ID = 1000


class SampleError(ValueError):
    """Samples that cannot be logged as they were given."""


class SampleIndex:
    """Ids and actual classes of N samples, ordered by class, then by id.

    Attributes:
        ids: str [N], in the order of the index.
        labels: int64 [N], in the order of the index, so ascending.
        num_classes: C.
        named: False if the ids are positions in the data.
        order: int64 [N], where each sample of the index was among those given.
    """

    def __init__(
        self,
        labels: Any,
        num_classes: int,
        ids: Any | None = None,
        named: bool = True,
    ) -> None:
        given = checked_labels(labels, num_classes)
        if not given.size:
            raise SampleError("There are no samples to log.")
        if given.size > limits.SAMPLES or num_classes > limits.CLASSES:
            raise SampleError(
                f"At most {limits.SAMPLES:,} samples of {limits.CLASSES:,} "
                f"classes can be logged, got {given.size:,} of "
                f"{num_classes:,}. Log fewer samples."
            )
        self.num_classes = num_classes
        self.named = named and ids is not None
        if ids is None:
            self.order = np.argsort(given, kind="stable")
            self.ids = tuple(map(str, self.order.tolist()))
        else:
            names = as_ids(ids)
            _check_ids(names, len(given))
            classes = given.tolist()
            ordered = sorted(
                range(len(names)), key=lambda i: (classes[i], names[i])
            )
            self.order = np.array(ordered)
            self.ids = tuple(names[i] for i in ordered)
        self.labels = given[self.order]

    def __len__(self) -> int:
        """Returns N."""
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        """Tells whether two indexes are about the same samples."""
        return isinstance(other, SampleIndex) and self.digest == other.digest

    def __hash__(self) -> int:
        """Hashes the digest."""
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits, by which records name the index."""
        return digest_of(self.to_json())

    def to_json(self) -> str:
        """Returns the JSON that is stored."""
        counts = np.bincount(self.labels, minlength=self.num_classes)
        return canonical_json(
            {
                "version": VERSION,
                "counts": counts.tolist(),
                "ids": list(self.ids),
                "named": self.named,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what `to_json` wrote."""
        keys = ("version", "counts", "ids", "named")
        try:
            fields = flat_json.loads(text, keys, limits.SAMPLES)
            version, counts, ids, named = (fields[key] for key in keys)
        except (ValueError, KeyError) as error:
            raise CodecError("The index of the samples is damaged.") from error
        if version != VERSION:
            raise CodecError(
                f"The index has version {version!r:.40}, this program reads "
                f"version {VERSION}. Update keras-hier."
            )
        if (
            not isinstance(counts, list)
            or not isinstance(ids, list)
            or not ids
            or len(counts) > limits.CLASSES
            or not all(type(n) is int and 0 <= n <= len(ids) for n in counts)
            or sum(counts) != len(ids)
            or not all(type(i) is str and len(i) <= MAX_ID for i in ids)
        ):
            raise CodecError(
                "The index of the samples is damaged: its ids do not fit its "
                "classes."
            )
        self = cls.__new__(cls)
        self.num_classes = len(counts)
        self.labels = np.repeat(np.arange(len(counts)), counts)
        self.named = bool(named)
        self.ids = tuple(ids)
        self.order = np.arange(len(ids))
        return self

    @classmethod
    def from_blob(cls, blob: bytes) -> Self:
        """Reads what `to_blob` returned."""
        return cls.from_json(decode_text(blob, limits.INFLATED_BYTES))

    def to_blob(self) -> bytes:
        """Returns the bytes that are stored."""
        return encode_text(self.to_json())


def checked_labels(labels: Any, num_classes: int) -> np.ndarray:
    """Returns labels as int64 [N], if they lie in [0, C)."""
    if not np.size(labels):
        return np.empty(0, np.int64)  # a batch may be empty
    try:
        values = as_integers("labels", labels)
        require_within("labels", values, num_classes)
    except ValueError as error:
        raise SampleError(str(error)) from None
    return values.astype(np.int64)


def as_ids(ids: Any) -> list[str]:
    """Returns names or numbers as strings.

    Bytes that are not UTF-8, as file names may have, are escaped in
    hexadecimal.
    """
    if isinstance(ids, str | bytes):
        raise SampleError(f"ids must be a list of strings, got {ids!r:.80}.")
    require_order("ids", ids, "the samples", SampleError)
    values = ids.tolist() if hasattr(ids, "tolist") else list(ids)
    names = []
    for at, value in enumerate(values):
        if isinstance(value, bytes):
            value = value.decode("utf-8", "backslashreplace")
        elif isinstance(value, int | np.integer) and type(value) is not bool:
            value = str(value)
        elif not isinstance(value, str):
            raise SampleError(
                "ids must be strings or integers, got "
                f"{type(value).__name__} at index {at}."
            )
        names.append(value)
    return names


def _check_ids(names: Sequence[str], samples: int) -> None:
    if len(names) != samples:
        raise SampleError(
            f"Expected an id for each of the {samples} samples, got "
            f"{len(names)}."
        )
    for at, name in enumerate(names):
        if not name or len(name) > MAX_ID:
            raise SampleError(
                f"An id has 1 to {MAX_ID} characters; that of sample {at} has "
                f"{len(name)}. Give shorter ones, or none to number the "
                "samples."
            )
    ((name, count),) = Counter(names).most_common(1)
    if count > 1:
        raise SampleError(
            f"Every sample needs an id of its own; {count} are called "
            f"{name!r:.80}. Put the folder before the file name, or give no "
            "ids to number the samples."
        )
