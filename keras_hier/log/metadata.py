"""Names in the log: plugin, roles, splits, sub-runs. They never change.

A sub-run is a split of a run: `<log_dir>/train`, `<log_dir>/validation`. The
step is the epoch that has just ended, counted from 1. `kinds.py` has the tags.
"""

import operator
from typing import Any, Literal, get_args

PLUGIN_NAME = "blocks"
VERSION = 1

Role = Literal["class", "head", "probe"]
ROLES: tuple[Role, ...] = get_args(Role)
SPLITS = ("train", "validation", "test")
CLASS_OUTPUT = "class"
_LINEAR = "_linear"
# Fifteen digits: exact in JavaScript, and what the routes accept.
MAX_STEP = 10**15 - 1


def scalar_tag(output: str, score: str) -> str:
    """Returns the tag of an ordinary TensorBoard scalar of an output."""
    return f"hierarchy/{output}/{score}"


def as_output(layer: str) -> str:
    """Returns the name of a layer as it stands in tags, without slashes."""
    return layer.replace("/", "_")


def linear_output(layer: str) -> str:
    """Returns the output under which the matrix of a layer's probe is."""
    return f"{as_output(layer)}{_LINEAR}"


# Reserved for the best layer of untrained networks: no layer may have it.
UNTRAINED = linear_output("untrained")


def is_linear(output: str) -> bool:
    """Tells whether an output is named as that of a layer's probe."""
    return output.endswith(_LINEAR)


def output_of(tag: str) -> str:
    """Returns the output whose matrices, or samples, a tag holds."""
    return tag.rpartition("/")[2]


def as_step(step: Any) -> int:
    """Returns the number of an epoch, checked."""
    try:
        number = operator.index(step)
    except TypeError:
        number = -1
    if not is_step(number):
        raise ValueError(
            "step must be the number of the epoch, an integer >= 0 (the first "
            f"epoch is 1); got {step!r:.40}."
        )
    return number


def check_split(split: str, kind: type[ValueError] = ValueError) -> None:
    """Raises an error about another split than those of a log."""
    if split not in SPLITS:
        raise kind(f"split must be one of {SPLITS}, got {split!r}.")


def is_step(step: int) -> bool:
    """Tells whether an integer may number an epoch."""
    return 0 <= step <= MAX_STEP


def name_and_split(run: str) -> tuple[str, str]:
    """Splits a TensorBoard run into the name of the run and the split.

    Example:
        ```python
        name_and_split("plain/validation")  # ("plain", "validation")
        name_and_split("validation")        # (".", "validation")
        name_and_split("plain")             # ("plain", "")
        ```
    """
    name, _, last = run.rpartition("/")
    if last in SPLITS:
        return name or ".", last
    return run, ""
