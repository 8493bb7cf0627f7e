"""The WordNet 3.0 tree above a set of synsets.

A class id such as "n02084071" names a noun of WordNet **3.0** by its offset in
the file `data.noun`; offsets of other versions differ. The file is looked for
in nltk's data folders, then where Debian puts it.

WordNet is a directed acyclic graph, a hierarchy is a tree. This rule turns the
graph into a tree: **the parent of a synset is its deepest hypernym**, the one
with the longest path to the root; among equals the one that WordNet lists
first. It is a rule per synset, so the same synset has the same parent whatever
the classes are. `overrides` replaces its choice for single synsets.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import NodeTable, unique_ids
from keras_hier.hierarchy.tree.rows import Row, collapse_chains, from_rows

DEBIAN = Path("/usr/share/wordnet")

WNID = re.compile(r"n\d{8}")


class Synset(NamedTuple):
    """A noun of WordNet: its words, its meaning, the wnids of its hypernyms."""

    words: tuple[str, ...]
    gloss: str
    hypernyms: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first word."""
        return self.words[0]


def table(
    wnids: Iterable[str], overrides: Mapping[str, str] | None = None
) -> NodeTable:
    """Builds the node table of the tree above some synsets.

    Args:
        wnids: C ids such as "n02084071", in label order. One that lies above
            another becomes a leaf child of its group.
        overrides: parent wnid by wnid, instead of the rule's choice.

    Returns:
        The nodes depth-first, siblings in label order, without chains of
        single children.

    Raises:
        HierarchyError: an id is no noun of WordNet 3.0 or comes twice, the
            overrides make a cycle, or WordNet is not installed.

    Example:
        >>> table(["n02084071", "n02121808", "n02958343"]).names
        ['all classes', 'carnivore', 'dog', 'domestic cat', 'car']
    """
    classes = unique_ids(wnids)
    class_rows, names = rows(classes, overrides)
    return collapse_chains(from_rows(class_rows, classes, names))


def rows(
    wnids: Iterable[str], overrides: Mapping[str, str] | None = None
) -> tuple[list[Row], dict[str, str]]:
    """Finds the path from the root of WordNet down to every synset.

    Args:
        wnids: unique ids such as "n02084071".
        overrides: parent wnid by wnid, instead of the rule's choice.

    Returns:
        A row for each id, its path from "entity" to its parent, or to itself if
        it lies above another id; and the display name of every wnid in them.

    Raises:
        HierarchyError: as `table`.
    """
    overrides = overrides or {}
    for wnid, parent in overrides.items():
        synset(wnid), synset(parent)
    classes = list(wnids)
    paths = {wnid: _path(wnid, overrides) for wnid in classes}
    above = {group for path in paths.values() for group in path}
    class_rows = [
        Row(wnid, (*paths[wnid], wnid) if wnid in above else paths[wnid])
        for wnid in classes
    ]
    return class_rows, {w: synset(w).name for w in above.union(classes)}


@functools.cache
def synset(wnid: str) -> Synset:
    """Reads one synset.

    Returns:
        Its words, with blanks, its gloss and its hypernyms.

    Example:
        >>> synset("n02084071").name
        'dog'
    """
    if not WNID.fullmatch(wnid):
        raise HierarchyError(
            f"Expected WordNet ids: 'n' and 8 digits, such as 'n02084071'. Got "
            f"{wnid!r}."
        )
    text, start = nouns(), int(wnid[1:])
    line = text[start : text.find(b"\n", start)].decode("utf-8")
    if not line.startswith(f"{wnid[1:]} "):
        raise HierarchyError(
            f"WordNet 3.0 has no noun {wnid!r}. Ids are byte offsets, which "
            "differ between versions: is this one from WordNet 3.1, or from a "
            "data set with ids of its own?"
        )
    # offset, file, type, words (hexadecimal), then (word, id) for each, the
    # number of pointers, then (symbol, offset, part of speech, words) for each
    head, _, gloss = line.partition(" | ")
    fields = head.split()
    end = 4 + 2 * int(fields[3], 16)
    words, pointers = fields[4:end:2], fields[end + 1 :]
    hypernyms = (
        f"n{pointers[at + 1]}"
        for at in range(0, len(pointers) - 3, 4)
        if pointers[at] in ("@", "@i")
    )
    return Synset(
        tuple(word.replace("_", " ") for word in words),
        gloss.strip(),
        tuple(hypernyms),
    )


@functools.cache
def _depth(wnid: str) -> int:
    """Returns the length of the longest path from the root of WordNet."""
    return 1 + max(map(_depth, synset(wnid).hypernyms), default=-1)


def _parent(wnid: str, overrides: Mapping[str, str]) -> str | None:
    hypernyms = synset(wnid).hypernyms  # max() takes the first among equals
    return overrides.get(wnid) or max(hypernyms, key=_depth, default=None)


def _path(wnid: str, overrides: Mapping[str, str]) -> tuple[str, ...]:
    path = [wnid]
    while (parent := _parent(path[-1], overrides)) is not None:
        if parent in path:
            raise HierarchyError(
                f"The overrides make a cycle: {parent!r} lies above itself."
            )
        path.append(parent)
    return tuple(path[:0:-1])


@functools.cache
def nouns() -> bytes:
    """Reads the file of nouns, 15 MB; a wnid is an offset into it."""
    text = read("data.noun")
    version = re.search(rb"WordNet (\d\.\d) Copyright", text[:2000])
    if not version or version[1] != b"3.0":
        found = version[1].decode() if version else "something else"
        raise HierarchyError(
            f"Expected WordNet 3.0, whose offsets the ids are. Found {found}: "
            "run `python -m nltk.downloader wordnet`."
        )
    return text


def read(name: str) -> bytes:
    """Reads a file of WordNet."""
    import nltk.data

    try:
        # Finds the folder as well as the zip that nltk.downloader leaves.
        with nltk.data.find(f"corpora/wordnet/{name}").open() as file:
            return file.read()
    except LookupError:
        pass
    if (DEBIAN / name).exists():
        return (DEBIAN / name).read_bytes()
    raise HierarchyError(
        "WordNet 3.0 is not installed. Run `python -m nltk.downloader wordnet` "
        "or, on Debian, `apt-get install wordnet-base wordnet-sense-index`."
    )
