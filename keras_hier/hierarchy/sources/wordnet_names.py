"""The synsets that plain names of classes mean, such as "fire truck".

A name with one noun in WordNet 3.0 means it. Which of several is meant is
settled by a CSV file with the columns `name` and `synset`.
"""

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.spreadsheets import text_of_rows, unguarded
from keras_hier.files.text_files import read_rows
from keras_hier.hierarchy.sources import wordnet
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError, quoted
from keras_hier.hierarchy.tree.node_table import NodeTable, unique_ids

# An error shows so many ambiguous names, synsets and letters of a gloss.
_NAMES, _SYNSETS, _GLOSS = 20, 4, 48

_ITSELF = " (itself)"
Senses = Mapping[str, str] | str | os.PathLike[str]


def table(
    names: Iterable[str],
    overrides: Mapping[str, str] | None = None,
    senses: Senses | None = None,
) -> NodeTable:
    """Builds the node table of the tree above names, whose ids they are.

    Args:
        names: C names such as "fire truck", or wnids, in label order.
        overrides: parent wnid by wnid, as for `wordnet.table`.
        senses: which wnid each name means, or a CSV file of that.

    Raises:
        HierarchyError: as `synsets` and `wordnet.table`.
        OSError: the file cannot be read or written.
    """
    ids = unique_ids(names)
    found = synsets(ids, senses)
    made = wordnet.table(found, overrides)
    node_ids, node_names = [*made.ids], [*made.names]
    for node, label in enumerate(made.labels):
        if label >= 0 and ids[label] != found[label]:
            end = _ITSELF if node_names[node].endswith(_ITSELF) else ""
            node_ids[node] = ids[label]
            node_names[node] = ids[label].replace("_", " ") + end
    return made._replace(ids=node_ids, names=node_names)


def synsets(names: Sequence[str], senses: Senses | None = None) -> list[str]:
    """Returns the wnid that each name means; a wnid means itself.

    Raises:
        HierarchyError: names that WordNet does not have, that mean several
            things or the same one. If `senses` is a file that is not there, it
            is written with all candidates.
        OSError: the file cannot be read or written.

    Example:
        >>> synsets(["fire truck", "n02123045"])
        ['n03345487', 'n02123045']
    """
    chosen, file = _chosen(senses)
    found = {
        name: chosen.get(name)
        or ([name] if wordnet.WNID.fullmatch(name) else candidates(name))
        for name in names
    }
    unclear = {name: wnids for name, wnids in found.items() if len(wnids) != 1}
    if unclear:
        raise HierarchyError(_unclear(unclear, len(found), file))
    owners: dict[str, str] = {}
    for name, (wnid,) in found.items():
        if (other := owners.setdefault(wnid, name)) != name:
            raise HierarchyError(
                f"{other!r:.80} and {name!r:.80} are one noun of WordNet, "
                f"{wnid}: say by senses={{name: id}} what each means."
            )
    return [found[name][0] for name in names]


def candidates(name: str) -> list[str]:
    """Returns the wnids of the nouns of a name, the most frequent first."""
    lemma = "_".join(name.lower().split())
    for spelling in (lemma, lemma.replace("-", "_")):
        if found := _index().get(spelling):
            # Two counts stand before the offsets.
            count = int(found.split()[0])
            return [f"n{offset}" for offset in found.split()[-count:]]
    return []


@functools.cache
def _index() -> dict[str, str]:
    """Reads the file of names: what follows each of them."""
    lines = wordnet.read("index.noun").decode("utf-8").splitlines()
    return {
        lemma: rest
        for lemma, kind, rest in (line.split(" ", 2) for line in lines)
        if kind == "n"
    }


def _chosen(senses: Senses | None) -> tuple[dict[str, list[str]], Path | None]:
    """Returns the wnids given for names, and the file that holds them."""
    if senses is None:
        return {}, None
    if isinstance(senses, Mapping):
        pairs: Iterable[tuple[str, str]] = senses.items()
        file = None
    else:
        file = Path(senses)
        pairs = _pairs_in(file) if file.exists() else ()
    found: dict[str, list[str]] = {}
    for name, wnid in pairs:
        wordnet.synset(wnid)
        found.setdefault(name, []).append(wnid)
    return found, file


def _pairs_in(file: Path) -> list[tuple[str, str]]:
    head, *rows = read_rows(file, same_width=True) or [[]]
    if not {"name", "synset"} <= {*head}:
        raise HierarchyError(
            f"{file}: expected the columns name and synset, got {quoted(head)}."
        )
    at = head.index("name"), head.index("synset")
    pairs = [(unguarded(row[at[0]]), row[at[1]]) for row in rows]
    return [pair for pair in pairs if pair[1]]


def _unclear(
    unclear: Mapping[str, Sequence[str]], count: int, file: Path | None
) -> str:
    """Returns the error about names that mean several things, or nothing."""
    unknown = [name for name, wnids in unclear.items() if not wnids]
    if file is None:
        do = (
            'Pass senses="senses.csv": that file is written then, with a line '
            "for each synset. Keep one line of each name, and call this again."
        )
    elif file.exists():
        do = f"Keep one line of each in {file}, or add one: name,synset."
    else:
        _write(unclear, file)
        do = (
            f"All are in {file} now, the most frequent synset first. Keep one "
            "line of each name, and call this again."
        )
    several = [(name, wnids) for name, wnids in unclear.items() if wnids]
    lines = []
    if unknown:
        lines.append(
            f"WordNet 3.0 has no noun {quoted(unknown)}: give another name, or "
            "an id by senses={name: id}."
        )
    if several:
        lines.append(
            f"{len(several)} of {count} names mean several things in WordNet "
            f"3.0. {do}"
        )
    for name, wnids in several[:_NAMES]:
        said = [
            f"{wnid} {wordnet.synset(wnid).gloss:.{_GLOSS}}"
            for wnid in wnids[:_SYNSETS]
        ] + ["..."] * (len(wnids) > _SYNSETS)
        lines.append(f"  {name!r:.80}: {'; '.join(said)}")
    if len(several) > _NAMES:
        lines.append(f"  and {len(several) - _NAMES} more")
    return "\n".join(lines)


def _write(unclear: Mapping[str, Sequence[str]], file: Path) -> None:
    """Writes a line for each synset that a name may mean, or one to fill."""
    known = [
        {
            "name": name,
            "synset": wnid,
            "words": ", ".join(wordnet.synset(wnid).words),
            "gloss": wordnet.synset(wnid).gloss,
        }
        for name, wnids in unclear.items()
        for wnid in wnids
    ]
    unknown = [{"name": name} for name, wnids in unclear.items() if not wnids]
    text = text_of_rows(
        ("name", "synset", "words", "gloss"), [*unknown, *known]
    )
    write_atomically(checked_target(file, ".csv"), text.encode())
