"""Prints how far a tree that was computed from errors can be believed."""

from keras_hier.hierarchy.computed_tree import ComputedTree
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line


def print_evidence(found: ComputedTree, run: str | None = None) -> None:
    """Prints how far a tree can be believed, and how to edit that of a run."""
    tree = found.hierarchy
    errors = tree.origin.errors if tree.origin else 0
    is_group = (tree.labels < 0) & (tree.parents >= 0)
    groups = int(is_group.sum())
    if not groups:
        print_line(
            f"There is no tree: {quantity(errors, 'error')} "
            f"{by_number(errors, 'makes', 'make')} no groups, so all "
            "classes stand side by side."
        )
        return
    if found.inside.size:
        _print_inside(found, errors)
    else:
        print_line(
            f"The tree of {by_number(errors, 'this', 'these')} "
            f"{quantity(errors, 'error')} has {quantity(groups, 'group')} and "
            "no level of groups: at each most would be single classes."
        )
    if found.support.size:
        weak = int(found.weak[is_group].sum())
        print_line(
            f"{weak:,} of its {quantity(groups, 'group')} "
            f"{by_number(1 if groups == 1 else weak, 'is', 'are')} weak: a "
            "support that is not half of the way from chance to 1. They may "
            "not come back with other samples: 23 to 54 % of such groups did, "
            "of as many classes at random 2 % at most."
            + (f" Edit it: keras-hier tree {run} --out tree.csv" if run else "")
        )


def _print_inside(found: ComputedTree, errors: int) -> None:
    """Prints how many of the errors lie inside the groups of the levels."""
    sizes = [level.num_groups for level in found.hierarchy.levels()[:-1]]
    largest = quantity(sizes[0], "group")
    most = ", ".join(f"{size:,}" for size in sizes[:-1])
    groups = " and ".join(filter(None, (most, quantity(sizes[-1], "group"))))
    # Chance is that of the errors that a tree has not seen.
    chance = f"({found.inside_chance[0]:.0%} by chance)"
    unseen = (
        f"{found.inside_held_out[0]:.0%} of errors that it has not seen lie "
        f"inside its {largest} {chance}, {found.inside[0]:.0%} of its own"
        if found.inside_held_out.size
        else f"{found.inside[0]:.0%} of them lie inside its {largest} "
        f"{chance}, which flatters it"
    )
    print_line(
        f"The tree of {groups} was computed from "
        f"{by_number(errors, 'this', 'these')} {quantity(errors, 'error')}: "
        f"{unseen}."
    )
