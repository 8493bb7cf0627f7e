"""The runs of the chapter on labels at any depth, by its recipe."""

from collections.abc import Sequence

from study.tables.bootstrap import Row, matches, shared_and_varied
from study.training.arguments import AT_ANY_DEPTH, MANY_EXACT

Wanted = tuple[str, ...]
SPLIT = "val"
EPOCHS: int = AT_ANY_DEPTH["epochs"]
RECIPE = (
    *("view=crops", "l2=0.0005", "learning_rate=0.05", "dropout=0.5"),
    "coarse_count=None",
)
VARIANT = "variant=classes5-distil"
# Exact labels alone want CutMix, beside coarse ones they do not.
ALONE = ("coarse=None", "cutmix=0.5")
QUARTER = ("cutmix=0.0", "exact_share=0.25")
HALF = ("cutmix=0.0", "exact_share=0.5")


def heads_of(epochs: int) -> Wanted:
    """Returns what the rows with heads have in common."""
    return (*RECIPE, f"epochs={epochs}", "teacher=None", VARIANT)


def share_of(exact: int) -> Wanted:
    """Returns how batches are mixed beside so many exact labels a class."""
    return QUARTER if exact < MANY_EXACT else HALF


def pairs_of(rows: Sequence[Row], epochs: int) -> list[tuple[int, str]]:
    """Returns the exact labels a class that have coarse ones beside, and these.

    Those at a depth of the tree come first, random groups after those of the
    tree.
    """
    found = set()
    for row in rows:
        exact, coarse = row.settings["exact"], row.settings["coarse"]
        if exact is None or coarse in (None, "1"):
            continue
        if matches(row, (*heads_of(epochs), *share_of(exact))):
            found.add((exact, coarse))

    def place(pair: tuple[int, str]) -> tuple[int, bool, int, str]:
        kind = pair[1].rstrip("0123456789")
        number = int(pair[1].removeprefix(kind))
        return pair[0], kind != "depth", number, kind

    return sorted(found, key=place)


def most_exact(rows: Sequence[Row], epochs: int) -> int:
    """Returns the most exact labels a class that were trained on alone."""
    wanted = (*heads_of(epochs), "coarse=None")
    found = [r.settings["exact"] for r in rows if matches(r, wanted)]
    return max((exact for exact in found if exact is not None), default=0)


def the_row(rows: Sequence[Row], wanted: Wanted) -> Row | None:
    """Returns the row that is named, None if there is none yet."""
    found = [row for row in rows if matches(row, wanted)]
    if len(found) > 1:
        differ = ", ".join(shared_and_varied(found)[1])
        raise SystemExit(
            f"{len(found)} rows have {' '.join(wanted)}, and differ by "
            f"{differ}: give lines of one of them."
        )
    return found[0] if found else None


def sides(
    rows: Sequence[Row], new: Wanted, old: Wanted, reading: str
) -> tuple[Row, Row] | None:
    """Returns the two rows that are named, of the seeds that both have.

    None where there is no such pair of runs yet.
    """
    one, other = (
        the_row(rows, (*wanted, f"read={reading}")) for wanted in (new, old)
    )
    if not one or not other:
        return None
    seeds = sorted(one.runs.keys() & other.runs.keys())
    if not seeds:
        return None
    first, second = (
        row._replace(runs={seed: row.runs[seed] for seed in seeds})
        for row in (one, other)
    )
    return first, second
