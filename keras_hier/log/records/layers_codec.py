"""The probes of each layer of a network as bytes: one record an epoch.

A record is the gzip of JSON, an object of values and of lists of values. D
layers are listed from the input on, L levels of the tree from the coarsest to
the classes. Lists have D entries, or D times L, layer by layer; those of the
control have E, or E times L. Shares and their standard errors are 0 to 1. NaN
is written as null. Twelve layers at five levels take 3 KiB.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np

from keras_hier.files import flat_json, limits
from keras_hier.log.metadata import VERSION
from keras_hier.log.records.container import (
    CodecError,
    decode_text,
    encode_text,
    is_count,
    is_digest,
)
from keras_hier.tensors import FloatArray

# Lists of numbers, by their axes: "D" layers, "L" levels, "A" layers asked, "E"
# layers of the control.
OfLayers = Annotated[FloatArray, "D"]
OfLevels = Annotated[FloatArray, "L"]
OfCells = Annotated[FloatArray, "DL"]
OfAsked = Annotated[FloatArray, "A"]
OfControl = Annotated[FloatArray, "E"]
OfControlCells = Annotated[FloatArray, "EL"]

# Characters of the name, shape or pooling of a layer.
MAX_NAME = 200
# Scores, N times C, that what layers add is read from, at most.
READ = 2**24
MOST_BYTES = 4 * 2**20
_DIGITS = 6


@dataclasses.dataclass(frozen=True, kw_only=True)
class LayersRecord:
    """The probes of D layers at L levels of a tree, over an untrained control.

    Attributes:
        hierarchy: digest of the tree.
        samples: N, whose features were read.
        folds: that each probe was fitted and read on; 0 where none was.
        seed: of the folds.
        controls: untrained networks compared with; 0 where none was.
        groups: int [L], of each level, the last is the classes.
        layers: str [D], names, from the input on.
        shapes: str [D], of the tensor, channels last, such as "13 x 13 x 128".
        pools: str [D], how it became features.
        features: int [D], F of each.
        penalty: float [D], of the probe.
        at_edge: bool [D], whether no penalty beyond it was tried.
        right: float [D, L], share of the samples that the probe names right.
        right_se: float [D, L].
        recall: float [D, L], mean over the groups of the share right in each.
        recall_se: float [D, L].
        over: float [D, L], `right` less that of the control's best layer at
            that level, which is chosen by one half of the samples and read
            from the other.
        over_se: float [D, L], paired by sample; where there are several
            controls, with `over_spread`.
        over_spread: float [L], the part of `over_se` that is how far one more
            untrained network would lie from the mean of the controls.
        behind: float [D], `right` at the classes less that of the best layer.
        behind_se: float [D], paired by sample.
        alignment: float [D], of the class means with the tree.
        alignment_se: float [D], by jackknife over classes.
        alignment_over: float [D], less that of the control's best layer.
        alignment_over_se: float [D], paired by class, else as `over_se`.
        alignment_spread: float, the part of it as `over_spread`.
        reliability: float [D], of the class means: two halves of the samples.
        band: float, what 95 % of permuted trees stay below in size.
        adds_loss: float [D], change of the output's log loss when the probe is
            asked as well.
        adds_loss_se: float [D].
        adds_error: float [D], change of the share wrong.
        adds_error_se: float [D].
        adds_loss_over: float [D], `adds_loss` less what asking the same layer
            of an untrained network changes; NaN without a control.
        adds_loss_over_se: float [D], paired by sample, with
            `adds_loss_spread`.
        adds_loss_spread: float [D], the part of it as `over_spread`.
        adds_error_over: float [D], likewise.
        adds_error_over_se: float [D].
        adds_error_spread: float [D].
        asked: int [A], layers that are worth asking, the first one first.
        asked_error: float [A], change of the share wrong by each of them.
        asked_error_se: float [A].
        asked_over: float [A], less what the same layer of an untrained network
            changes in its place; NaN as `adds_error_over`.
        asked_over_se: float [A], as `adds_error_over_se`.
        output_right: float, share that the output itself names right, of as
            many samples as have `READ` scores; NaN without.
        per_class: float, samples of a class that has any, on the average.
        control_layers: str [E].
        control_right: float [E, L], mean over the controls.
        control_recall: float [E, L].
        control_alignment: float [E].
    """

    hierarchy: str
    samples: int
    folds: int
    seed: int
    controls: int
    groups: Annotated[tuple[int, ...], "L"]
    layers: Annotated[tuple[str, ...], "D"]
    shapes: Annotated[tuple[str, ...], "D"]
    pools: Annotated[tuple[str, ...], "D"]
    features: Annotated[tuple[int, ...], "D"]
    penalty: OfLayers
    at_edge: Annotated[tuple[bool, ...], "D"]
    right: OfCells
    right_se: OfCells
    recall: OfCells
    recall_se: OfCells
    over: OfCells
    over_se: OfCells
    over_spread: OfLevels
    behind: OfLayers
    behind_se: OfLayers
    alignment: OfLayers
    alignment_se: OfLayers
    alignment_over: OfLayers
    alignment_over_se: OfLayers
    alignment_spread: float
    reliability: OfLayers
    band: float
    adds_loss: OfLayers
    adds_loss_se: OfLayers
    adds_error: OfLayers
    adds_error_se: OfLayers
    adds_loss_over: OfLayers
    adds_loss_over_se: OfLayers
    adds_loss_spread: OfLayers
    adds_error_over: OfLayers
    adds_error_over_se: OfLayers
    adds_error_spread: OfLayers
    asked: Annotated[tuple[int, ...], "A"]
    asked_error: OfAsked
    asked_error_se: OfAsked
    asked_over: OfAsked
    asked_over_se: OfAsked
    output_right: float
    control_layers: Annotated[tuple[str, ...], "E"]
    control_right: OfControlCells
    control_recall: OfControlCells
    control_alignment: OfControl
    per_class: float = math.nan

    @property
    def num_layers(self) -> int:
        """D."""
        return len(self.layers)

    @property
    def num_levels(self) -> int:
        """L."""
        return len(self.groups)


# The axes of each list.
_LISTS: Mapping[str, str] = {
    field.name: field.type.__metadata__[0]
    for field in dataclasses.fields(LayersRecord)
    if hasattr(field.type, "__metadata__")
}
_COUNTS = ("samples", "folds", "seed", "controls")
_NUMBERS = ("band", "output_right", "alignment_spread", "per_class")


def encode(record: LayersRecord) -> bytes:
    """Encodes a record."""
    fields: dict[str, Any] = {"version": VERSION}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            value = [_rounded(each) for each in value.ravel().tolist()]
        elif isinstance(value, float):
            value = _rounded(value)
        fields[field.name] = list(value) if type(value) is tuple else value
    text = json.dumps(fields, separators=(",", ":"), allow_nan=False)
    _record(fields)
    return encode_text(text)


def decode(blob: bytes) -> LayersRecord:
    """Decodes a stored record and checks that all of it fits together."""
    names = [field.name for field in dataclasses.fields(LayersRecord)]
    try:
        fields = flat_json.loads(
            decode_text(blob, MOST_BYTES),
            ["version", *names],
            limits.LAYER_CELLS,
        )
    except ValueError as error:
        if isinstance(error, CodecError):
            raise
        raise _damaged(str(error)) from error
    version = fields.get("version")
    if version != VERSION:
        raise CodecError(
            f"The record of layers has version {version!r:.40}, this program "
            f"reads version {VERSION}. Update keras-hier."
        )
    return _record(fields)


def _record(fields: Mapping[str, Any]) -> LayersRecord:
    """Makes a record of fields, not yet checked."""
    found: dict[str, Any] = {"hierarchy": fields.get("hierarchy")}
    if not is_digest(found["hierarchy"]):
        raise _damaged("it names no tree")
    for name in _COUNTS:
        found[name] = _checked(name, fields.get(name), is_count)
    for name in _NUMBERS:
        found[name] = _number(name, fields.get(name))
    for name in _LISTS:
        values = fields.get(name)
        if not isinstance(values, list):
            raise _damaged(f"{name} is no list")
        found[name] = values
    lengths = {
        "L": len(found["groups"]),
        "D": len(found["layers"]),
        "E": len(found["control_layers"]),
        "A": len(found["asked"]),
    }
    if (
        not 0 < lengths["L"] <= limits.LAYER_LEVELS
        or not 0 < lengths["D"] <= limits.LAYERS
        or max(lengths["D"], lengths["E"]) * lengths["L"] > limits.LAYER_CELLS
        or lengths["E"] > limits.LAYERS
        or lengths["A"] > lengths["D"]
    ):
        raise _damaged(
            f"it has {lengths['D']} layers at {lengths['L']} levels, and "
            f"{lengths['E']} of a control; expected 1 to {limits.LAYERS} at 1 "
            f"to {limits.LAYER_LEVELS}, and {limits.LAYER_CELLS:,} at all "
            "levels together"
        )
    if found["controls"] and not lengths["E"]:
        raise _damaged("it names no layer of its control")
    for name, axes in _LISTS.items():
        shape = [lengths[axis] for axis in axes]
        if len(found[name]) != math.prod(shape):
            raise _damaged(
                f"{name} has {len(found[name])} entries, expected "
                f"{' x '.join(map(str, shape))}"
            )
        if check := _KINDS.get(name):
            found[name] = tuple(
                _checked(name, value, check) for value in found[name]
            )
        else:
            found[name] = np.array(
                [_number(name, value) for value in found[name]], np.float64
            ).reshape(shape)
    if not all(index < lengths["D"] for index in found["asked"]):
        raise _damaged("asked names a layer that there is not")
    return LayersRecord(**found)


def _is_name(value: Any) -> bool:
    return type(value) is str and len(value) <= MAX_NAME


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("groups", "features", "asked"), is_count),
    **dict.fromkeys(("layers", "shapes", "pools", "control_layers"), _is_name),
    "at_edge": lambda value: type(value) is bool,
}


def _checked(name: str, value: Any, check: Callable[[Any], bool]) -> Any:
    if not check(value):
        raise _damaged(f"{name} holds {value!r:.40}")
    return value


def _number(name: str, value: Any) -> float:
    if value is None:
        return math.nan
    if type(value) not in (int, float) or not -1e12 < value < 1e12:
        raise _damaged(f"{name} holds {value!r:.40}")
    return float(value)


def _rounded(value: float) -> float | None:
    return round(value, _DIGITS) if math.isfinite(value) else None


def _damaged(why: str) -> CodecError:
    return CodecError(f"The record of layers is damaged: {why}.")
