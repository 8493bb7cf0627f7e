"""Kinds of labels: classes, shares of classes, or any nodes."""

from typing import Literal, get_args

LabelMode = Literal["int", "categorical", "nodes"]


def takes_nodes(label_mode: str) -> bool:
    """Tells whether labels may be inner nodes."""
    if label_mode not in get_args(LabelMode):
        raise ValueError(
            "Expected `label_mode` to be 'int', 'categorical' or 'nodes', got "
            f"{label_mode!r}."
        )
    return label_mode == "nodes"


def not_integers(width: int) -> str:
    """Returns the sentence for [N, width] where integers are wanted."""
    return (
        f"Expected labels as integers, got one-hot or soft ones [N, {width}]. "
        "Compile the model with **kh.compile_args(model, hierarchy, "
        'label_mode="categorical").'
    )


def nodes_hint(num_classes: int) -> str:
    """Returns the sentence for labels above C - 1 that are not allowed."""
    return (
        f"If labels from {num_classes} on are inner nodes of the tree, pass "
        'label_mode="nodes" to targets and to compile_args.'
    )
