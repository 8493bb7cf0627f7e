"""The source of a computed tree, and the evidence for it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from keras_hier.files import limits
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError

_KIND_LENGTH = 40
_DIGITS = 4


class Origin(NamedTuple):
    """The source of a computed tree, and the evidence for it.

    It is no part of the tree's identity: `Hierarchy.digest` leaves it out.

    Attributes:
        kind: "confusions" or "means".
        samples: that the confusions were counted over, 0 if unknown.
        errors: among them, 0 if unknown.
        support: float [V], how far each group would come back in other errors
            (or features). It is the largest share in common with a group of a
            new tree (Jaccard), averaged over draws of the errors and over
            halves of them. 1 for the root and classes; empty if not measured.
        support_chance: float [V], the same for as many classes at random.
        inside: float [L], the share of the errors inside the groups of each of
            the `Hierarchy.levels` but the last. It flatters the tree, which was
            made to have them inside.
        inside_held_out: float [L], the same for trees made from half of the
            errors, measured with the other half.
        inside_chance: float [L], the share of these errors that would be inside
            if each drew its wrong class by how often classes are predicted. If
            `inside_held_out` is empty, of the tree's own errors.
    """

    kind: str
    samples: int = 0
    errors: int = 0
    support: tuple[float, ...] = ()
    support_chance: tuple[float, ...] = ()
    inside: tuple[float, ...] = ()
    inside_held_out: tuple[float, ...] = ()
    inside_chance: tuple[float, ...] = ()

    def of_nodes(self, nodes: Sequence[int]) -> Self:
        """Returns the same for a tree of these nodes, in another order."""
        support, chance = (
            tuple(values[node] for node in nodes) if values else ()
            for values in (self.support, self.support_chance)
        )
        return self._replace(support=support, support_chance=chance)

    def to_fields(self) -> dict[str, Any]:
        """Returns the fields of the JSON of a tree."""
        fields: dict[str, Any] = {
            "origin": self.kind,
            "origin_samples": self.samples,
            "origin_errors": self.errors,
        }
        for name in _LISTS:
            if values := getattr(self, name):
                fields[name] = [round(value, _DIGITS) for value in values]
        return fields

    @classmethod
    def from_fields(cls, content: Mapping[str, Any]) -> Self | None:
        """Reads them again, from a text that may come from anyone."""
        kind = content.get("origin")
        if kind is None:
            return None
        if not isinstance(kind, str) or not 0 < len(kind) <= _KIND_LENGTH:
            raise HierarchyError(
                "The origin of a hierarchy must be 'confusions' or 'means', "
                f"got {kind!r:.80}."
            )
        counts = [content.get(name, 0) for name in FIELDS[1:3]]
        for count in counts:
            if type(count) is not int or not 0 <= count < 2**53:
                raise HierarchyError(
                    "The samples and errors of a hierarchy's origin must be "
                    f"counts, got {count!r:.80}."
                )
        lists = [_shares(name, content.get(name, [])) for name in _LISTS]
        return cls(kind, *counts, *lists)

    def checked(self, num_nodes: int) -> Self:
        """Returns it, if its lists fit a tree."""
        for name in ("support", "support_chance"):
            if len(getattr(self, name)) not in (0, num_nodes):
                raise HierarchyError(
                    f"{name} must have one entry a node, {num_nodes}, got "
                    f"{len(getattr(self, name))}."
                )
        for name in ("inside", "inside_held_out", "inside_chance"):
            if len(getattr(self, name)) > limits.LEVEL_NAMES:
                raise HierarchyError(
                    f"{name} must have one entry a level, at most "
                    f"{limits.LEVEL_NAMES}."
                )
        return self


_LISTS = Origin._fields[3:]
FIELDS = ("origin", "origin_samples", "origin_errors", *_LISTS)


def _shares(name: str, given: Any) -> tuple[float, ...]:
    values = given if isinstance(given, list | tuple) else [None]
    for value in values:
        if (
            not isinstance(value, int | float)
            or not math.isfinite(value)
            or not 0 <= value <= 1
        ):
            raise HierarchyError(
                f"{name} of a hierarchy must be a list of shares, 0 to 1, got "
                f"{value!r:.80}."
            )
    return tuple(map(float, values))
