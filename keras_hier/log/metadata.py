"""Names in the log: plugin, tags, kinds, sub-runs. Stored names never change.

A sub-run is a split of a run: `<log_dir>/train`, `<log_dir>/validation`. The
step is the epoch that has just ended, counted from 1.

| tag | value, a scalar string tensor |
|---|---|
| `blocks/<output>` | a confusion matrix per step (see matrix_codec.py) |
| `blocks/hierarchy/<digest>` | gzip of the JSON of a hierarchy |
| `blocks/grouping/<digest>` | gzip of the JSON of a grouping |
| `blocks/samples/<output>` | predictions by sample (see sample_codec.py) |
| `blocks/layers/<output>` | what each layer knows (see layers_codec.py) |
| `blocks/means/<layer>` | class means of a layer (see means_codec.py) |
| `blocks/strongest/<layer>` | strongest samples (see strongest_codec.py) |
| `blocks/sample_index/<digest>` | an index (see sample_index.py) |
| `blocks/pictures/<digest>/<piece>` | its thumbnails (see picture_codec.py) |

A sub-run carries every hierarchy, grouping and index that its records name.
"""

import json
import operator
from typing import Any, Literal, get_args

PLUGIN_NAME = "blocks"
VERSION = 1

Kind = Literal[
    "matrix",
    "hierarchy",
    "grouping",
    "samples",
    "sample_index",
    "pictures",
    "layers",
    "means",
    "strongest",
]
Role = Literal["class", "head", "probe"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Of these there is one an epoch; all others are written once.
EPOCH_KINDS: tuple[Kind, ...] = (
    "matrix",
    "samples",
    "layers",
    "means",
    "strongest",
)
ROLES: tuple[Role, ...] = get_args(Role)
SPLITS = ("train", "validation", "test")
CLASS_OUTPUT = "class"
_LINEAR = "_linear"
# Fifteen digits: exact in JavaScript, and what the routes accept.
MAX_STEP = 10**15 - 1
# Ours has 35 bytes; a later version may have some more.
_MAX_CONTENT = 1000


def matrix_tag(output: str) -> str:
    """Returns the tag of the confusion matrices of an output."""
    return f"{PLUGIN_NAME}/{_checked(output)}"


def hierarchy_tag(digest: str) -> str:
    """Returns the tag of the hierarchy with this digest."""
    return f"{PLUGIN_NAME}/hierarchy/{digest}"


def grouping_tag(digest: str) -> str:
    """Returns the tag of the grouping with this digest."""
    return f"{PLUGIN_NAME}/grouping/{digest}"


def samples_tag(output: str) -> str:
    """Returns the tag of the samples of an output."""
    return f"{PLUGIN_NAME}/samples/{_checked(output)}"


def layers_tag(output: str) -> str:
    """Returns the tag of what the layers below an output know."""
    return f"{PLUGIN_NAME}/layers/{_checked(output)}"


def means_tag(layer: str) -> str:
    """Returns the tag of the class means of a layer, by any name."""
    return f"{PLUGIN_NAME}/means/{_checked(as_output(layer))}"


def strongest_tag(layer: str) -> str:
    """Returns the tag of a layer's strongest samples, by any name."""
    return f"{PLUGIN_NAME}/strongest/{_checked(as_output(layer))}"


def index_tag(digest: str) -> str:
    """Returns the tag of the index of samples with this digest."""
    return f"{PLUGIN_NAME}/sample_index/{digest}"


def pictures_tag(digest: str, piece: int) -> str:
    """Returns the tag of a piece of the pictures of an index.

    A tag a piece, because TensorBoard reads all steps of a tag at once.
    """
    return f"{PLUGIN_NAME}/pictures/{digest}/{piece}"


def scalar_tag(output: str, score: str) -> str:
    """Returns the tag of an ordinary TensorBoard scalar of an output."""
    return f"hierarchy/{output}/{score}"


def as_output(layer: str) -> str:
    """Returns the name of a layer as it stands in tags, without slashes."""
    return layer.replace("/", "_")


def linear_output(layer: str) -> str:
    """Returns the output under which the matrix of a layer's probe is."""
    return f"{as_output(layer)}{_LINEAR}"


# Of the best layer of untrained networks: no layer may be called so.
UNTRAINED = linear_output("untrained")


def is_linear(output: str) -> bool:
    """Tells whether an output is named as that of a layer's probe."""
    return output.endswith(_LINEAR)


def output_of(tag: str) -> str:
    """Returns the output whose matrices, or samples, a tag holds."""
    return tag.rpartition("/")[2]


def kind_of_tag(tag: str) -> Kind | None:
    """Returns the kind of record that a tag names; None if it is not ours.

    The metadata have it too, but TensorBoard keeps only those of the first
    record of a tag, which another program may have written.
    """
    first, *names = tag.split("/")
    if first != PLUGIN_NAME or not all(names):
        return None
    match names:
        case [_]:
            return "matrix"
        case [
            "hierarchy"
            | "grouping"
            | "samples"
            | "sample_index"
            | "layers"
            | "means"
            | "strongest" as kind,
            _,
        ]:
            return kind
        case ["pictures", _, _]:
            return "pictures"
    return None


def _checked(output: str) -> str:
    if not output or "/" in output:
        raise ValueError(
            "An output's name must be a non-empty string without '/', got "
            f"{output!r}."
        )
    return output


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


def is_step(step: int) -> bool:
    """Tells whether an integer may number an epoch."""
    return 0 <= step <= MAX_STEP


def metadata_content(kind: Kind) -> bytes:
    """Returns the `plugin_data.content` of a tag.

    TensorBoard keeps it from the first record of a tag only, so it holds
    nothing that changes from step to step.
    """
    return json.dumps({"version": VERSION, "kind": kind}).encode()


def kind_of(content: bytes) -> Kind | None:
    """Reads `plugin_data.content`; None for what this version cannot read."""
    if len(content) > _MAX_CONTENT:
        return None
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        return None
    kind = fields.get("kind")
    return kind if kind in KINDS else None


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
