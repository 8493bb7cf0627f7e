"""The kinds of records: one row each, with all that the log knows of them.

Writer, reader, restarts and the plugin walk through `KINDS`. A new kind is a
codec in `records/`, a row here, and what shows it.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log import metadata
from keras_hier.log.records import (
    container,
    layers_codec,
    matrix_codec,
    means_codec,
    paths_codec,
    picture_codec,
    sample_codec,
    strongest_codec,
)
from keras_hier.log.records.sample_index import SampleIndex

# Ours has 35 bytes; a later version may have some more.
_MAX_CONTENT = 1000


class Kind(NamedTuple):
    """A kind of record.

    Attributes:
        tag: of its records, after "blocks/". "{}" stands for a name: that of an
            output or a layer, or a digest.
        encode: returns the bytes of a record; of pictures, those of each piece.
        decode: reads them. Both raise `CodecError`, those of trees and groups
            also `HierarchyError`.
        limit: bytes that a record takes before compression at most.
        too_large: advice on a record that takes more.
        per_epoch: whether there is one an epoch. Others are written once.
        goes_with: the matrices that end its series where a resumed run replaces
            them: those of the same "output" or those of the "classes".
        missing: begins the error about a name without records.
    """

    tag: str
    encode: Callable[..., Any]
    decode: Callable[[bytes], Any]
    limit: int = limits.INFLATED_BYTES
    too_large: str = ""
    per_epoch: bool = False
    goes_with: Literal["output", "classes"] | None = None
    missing: str = ""


KINDS = {
    "matrix": Kind(
        "{}",
        matrix_codec.encode,
        matrix_codec.decode,
        too_large="Store groups instead: grouping.aggregate(matrix).",
        per_epoch=True,
        missing="no output",
    ),
    "hierarchy": Kind(
        "hierarchy/{}",
        lambda tree: container.encode_text(tree.to_json()),
        lambda blob: Hierarchy.from_json(container.decode_text(blob)),
        limits.TREE_BYTES,
        "Shorten ids and names.",
    ),
    "grouping": Kind(
        "grouping/{}",
        lambda groups: container.encode_text(groups.to_json()),
        lambda blob: Grouping.from_json(container.decode_text(blob)),
        limits.TREE_BYTES,
        "Shorten the names.",
    ),
    "samples": Kind(
        "samples/{}",
        sample_codec.encode,
        sample_codec.decode,
        too_large="Log fewer samples.",
        per_epoch=True,
        goes_with="output",
        missing="no samples of output",
    ),
    "paths": Kind(
        "paths/{}",
        paths_codec.encode,
        paths_codec.decode,
        too_large="Log fewer samples.",
        per_epoch=True,
        goes_with="output",
        missing="no paths of output",
    ),
    "sample_index": Kind(
        "sample_index/{}",
        SampleIndex.to_blob,
        SampleIndex.from_blob,
        too_large="Shorten the ids.",
    ),
    # A tag a piece: TensorBoard reads all records of a tag at once.
    "pictures": Kind(
        "pictures/{}/{}",
        picture_codec.encode,
        picture_codec.decode,
        limits.PIECE_BYTES,
    ),
    "layers": Kind(
        "layers/{}",
        layers_codec.encode,
        layers_codec.decode,
        layers_codec.MOST_BYTES,
        per_epoch=True,
        goes_with="classes",
        missing="no layers below output",
    ),
    "means": Kind(
        "means/{}",
        means_codec.encode,
        means_codec.decode,
        per_epoch=True,
        goes_with="classes",
        missing="no class means of layer",
    ),
    "strongest": Kind(
        "strongest/{}",
        strongest_codec.encode,
        strongest_codec.decode,
        per_epoch=True,
        goes_with="classes",
        missing="no strongest samples of layer",
    ),
}


def encode(kind: str, *content: Any, **described: Any) -> bytes:
    """Returns the bytes of a record, by the arguments of its codec."""
    row = KINDS[kind]
    blob: bytes = row.encode(*content, **described)
    size = container.inflated_size(blob)
    if size > row.limit:
        raise container.CodecError(
            f"A record of the kind {kind!r} takes {size:,} bytes before "
            f"compression, at most {row.limit:,} are stored. {row.too_large}"
        )
    return blob


def tag_of(kind: str, *names: str | int) -> str:
    """Returns the tag of a kind for an output, a layer or a digest.

    Example:
        >>> tag_of("samples", "class")
        'blocks/samples/class'
    """
    row = KINDS[kind]
    for name in names if row.per_epoch else ():
        if not name or "/" in str(name):
            raise ValueError(
                "An output's name must be a non-empty string without '/', got "
                f"{name!r}."
            )
    return f"{metadata.PLUGIN_NAME}/{row.tag.format(*names)}"


def kind_of_tag(tag: str) -> str | None:
    """Returns the kind of record that a tag names; None if it is not ours.

    The metadata have it too, but TensorBoard keeps only those of the first
    record of a tag, which another program may have written.
    """
    first, _, rest = tag.partition("/")
    if first != metadata.PLUGIN_NAME:
        return None
    for kind, row in KINDS.items():
        if re.fullmatch(row.tag.replace("{}", "[^/]+"), rest):
            return kind
    return None


def metadata_content(kind: str) -> bytes:
    """Returns the `plugin_data.content` of a tag.

    TensorBoard keeps it from the first record of a tag only, so it holds
    nothing that changes from step to step.
    """
    return json.dumps({"version": metadata.VERSION, "kind": kind}).encode()


def kind_of(content: bytes) -> str | None:
    """Reads `plugin_data.content`; None for what this version cannot read."""
    if len(content) > _MAX_CONTENT:
        return None
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.get("version") != (
        metadata.VERSION
    ):
        return None
    kind = fields.get("kind")
    return kind if isinstance(kind, str) and kind in KINDS else None
