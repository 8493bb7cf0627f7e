"""Trees, groups and sample indices: what records of a log name by a digest."""

from collections.abc import Callable

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log import metadata
from keras_hier.log.event_files.split_log import SplitLog
from keras_hier.log.records import container
from keras_hier.log.records.sample_index import SampleIndex


class Referenced:
    """Adds what records refer to, each once, unless the log holds it.

    Args:
        log: of one split, in the middle of a call that logs records.
    """

    def __init__(self, log: SplitLog) -> None:
        self._log = log
        self._blobs: dict[str, bytes] = {}

    def add_trees(
        self, tree: Hierarchy, grouping: Grouping | None = None
    ) -> None:
        """Adds the tree of a record, and the groups that a matrix is of.

        Raises:
            CodecError: one of them is larger than a reader would take.
        """
        self._add(
            metadata.hierarchy_tag(tree.digest),
            "hierarchy",
            lambda: _encode(f"tree of {tree.num_classes:,} classes", tree),
        )
        if grouping is not None:
            self._add(
                metadata.grouping_tag(grouping.digest),
                "grouping",
                lambda: _encode(f"{grouping.num_groups:,} groups", grouping),
            )

    def add_index(self, index: SampleIndex) -> None:
        """Adds what samples there are."""
        tag = metadata.index_tag(index.digest)
        self._add(tag, "sample_index", index.to_blob)

    def _add(
        self, tag: str, kind: metadata.Kind, make: Callable[[], bytes]
    ) -> None:
        if tag not in self._blobs:
            self._blobs[tag] = make()
        self._log.add_once(tag, kind, self._blobs[tag])


def _encode(what: str, content: Hierarchy | Grouping) -> bytes:
    text = content.to_json()
    if len(text) > limits.TREE_BYTES:
        raise container.CodecError(
            f"The JSON of the {what} takes {len(text):,} bytes, at most "
            f"{limits.TREE_BYTES:,} are stored: shorten ids and names."
        )
    return container.encode_text(text)
