"""What a report of layers says, in sentences that its numbers bear out."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import special

from keras_hier.log.layers_codec import LayersRecord
from keras_hier.probing.layer_evidence import (
    classes_with_samples,
    is_behind,
    layer_evidence,
)
from keras_hier.quantities import by_number, quantity

# Samples a class, below which a probe tells little of what a layer knows: less
# than 40 of 70 % (docs/layers.md).
FEW_SAMPLES = 10
# Of permuted trees, outside the band of their alignment.
_OUTSIDE = 0.05


def sentences(record: LayersRecord) -> tuple[str, ...]:
    """Returns what D layers know, the most important first.

    Args:
        record: of the layers.

    Returns:
        Sentences for a reader who sees no table. The first says what the
        layers are compared with.
    """
    found = []
    if record.folds:
        found.append(_best(record))
        found += _learned(record)
        found += _asking(record)
    found += _alignment(record)
    if not record.controls:
        no_control = (
            "No control: without an untrained network beside it, nobody can "
            "tell what was learned from what any such network has."
        )
        found.insert(0, no_control)
    if record.controls == 1:
        one_control = (
            "One control: how far untrained networks lie from one another is "
            "not known from one. Compare with three or more."
        )
        found.insert(0, one_control)
    if record.controls == 2:
        two_controls = (
            "Two controls: how far untrained networks lie from one another is "
            "hardly known from two, so that next to nothing is found, however "
            "much was learned. Compare with three or more."
        )
        found.insert(0, two_controls)
    if record.folds and record.per_class < FEW_SAMPLES:
        few = (
            f"Few samples: {record.per_class:.1f} a class. A probe of so few "
            "tells little of what a layer knows, and nothing if they are one "
            "or two: give it 50 a class."
        )
        found.insert(0, few)
    return tuple(found)


def _best(record: LayersRecord) -> str:
    right = record.right[:, -1]
    best = int(right.argmax())
    classes = quantity(record.groups[-1], "class")
    # A probe chooses among those that it has seen.
    seen = classes_with_samples(record)
    if seen < record.groups[-1]:
        classes = f"the {seen:,} of {classes} with samples"
    text = (
        f"Best layer {record.layers[best]}: a linear probe names "
        f"{_percent(right[best])} of {quantity(record.samples, 'sample')} "
        f"right among {classes}"
    )
    if record.controls:
        place = int(record.control_right[:, -1].argmax())
        text += (
            f", {_percent(record.control_right[place, -1])} in an untrained "
            "network"
        )
    last = record.num_layers - 1
    if last != best and is_behind(record, last):
        text += (
            f"; {record.layers[last]}, the last one, is "
            f"{_points(-record.behind[last])} lower"
        )
    return text + "."


def _learned(record: LayersRecord) -> Iterable[str]:
    if not record.controls:
        return
    over = record.over[:, -1]
    found = layer_evidence(record).over.found.reshape(record.over.shape)[:, -1]
    better, worse = found & (over > 0), found & (over < 0)
    if better.all():
        text = "Every layer tells classes apart better than an untrained one"
    elif np.array_equal(worse, ~better):
        text = (
            f"{_names(record.layers, worse)} {_are(worse)} worse than untrained"
        )
    elif not better.any():
        text = "No layer tells classes apart better than an untrained one"
    else:
        text = (
            f"{_names(record.layers, ~better)} "
            f"{_are(~better)} no better than untrained"
        )
    if worse.any() and not np.array_equal(worse, ~better):
        text += f"; {_names(record.layers, worse)} {_are(worse)} worse"
    yield text + "."


def _asking(record: LayersRecord) -> Iterable[str]:
    if not np.isfinite(record.output_right):
        return
    if not record.asked:
        yield (
            "Asking a layer as well as the output takes no errors off, beyond "
            "chance."
        )
        return
    first, *others = (
        (record.layers[layer], -change, error)
        for layer, change, error in zip(
            record.asked,
            record.asked_error,
            record.asked_error_se,
            strict=True,
        )
    )
    name, gain, error = first
    text = (
        f"Asking {name} as well as the output takes {100 * gain:.1f} ± "
        f"{100 * error:.1f} points off its error of "
        f"{_percent(1 - record.output_right)}"
    )
    for name, gain, _ in others:
        text += f"; then {name} {100 * gain:.1f}"
    yield text + "; then nothing."


def _alignment(record: LayersRecord) -> Iterable[str]:
    if not np.isfinite(record.alignment).any():
        return
    if not record.controls:
        best = int(np.nanargmax(record.alignment))
        yield (
            f"Classes lie most as in the tree at {record.layers[best]}: "
            f"correlation {record.alignment[best]:.2f} ± "
            f"{record.alignment_se[best]:.2f}, a permuted tree stays below "
            f"{np.ceil(100 * _band_of_all(record)) / 100:.2f} at all layers."
        )
        return
    over, error = record.alignment_over, record.alignment_over_se
    if not np.isfinite(over).any():  # nothing was compared
        return
    beyond = layer_evidence(record).alignment.found & (over > 0)
    if not beyond.any():
        yield (
            "At no layer do classes lie more as in the tree than in an "
            "untrained network."
        )
        return
    best = int(np.where(beyond, over, -np.inf).argmax())
    most = f", most at {record.layers[best]}" if beyond.sum() > 1 else ""
    yield (
        f"Classes lie more as in the tree than in an untrained network at "
        f"{_names(record.layers, beyond)}{most}: "
        f"correlation {record.alignment[best]:.2f}, {over[best]:+.2f} ± "
        f"{error[best]:.2f}."
    )


def _band_of_all(record: LayersRecord) -> float:
    """Returns what 95 % of permuted trees stay below at all layers.

    The band is that of one layer: of twelve, the best lies beyond it for one
    permuted tree in three to seven. By as many standard deviations as one of
    twenty has at any of them (Bonferroni); of few classes 1 is the most.
    """
    layers = max(int(np.isfinite(record.alignment).sum()), 1)
    wider = special.ndtri(_OUTSIDE / 2 / layers) / special.ndtri(_OUTSIDE / 2)
    return min(float(record.band * wider), 1.0)


def _names(layers: Sequence[str], chosen: np.ndarray) -> str:
    """Names layers, neighbours as "conv1 to conv3"."""
    parts: list[str] = []
    begin = None
    for place, is_chosen in enumerate([*chosen.tolist(), False]):
        if is_chosen and begin is None:
            begin = place
        elif not is_chosen and begin is not None:
            last = place - 1
            if last - begin < 2:
                parts += layers[begin:place]
            else:
                parts.append(f"{layers[begin]} to {layers[last]}")
            begin = None
    *most, last_part = parts
    return f"{', '.join(most)} and {last_part}" if most else last_part


def _are(chosen: np.ndarray) -> str:
    return by_number(chosen.sum(), "is", "are")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(difference: float) -> str:
    return f"{100 * difference:.1f} points"
