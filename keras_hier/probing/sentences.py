"""Puts a report of layers into sentences that its numbers bear out."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import special

from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.layer_evidence import (
    LayerEvidence,
    classes_with_samples,
    is_beaten,
    is_behind,
    layer_evidence,
    untrained_right,
)
from keras_hier.quantities import by_number, percent, quantity

# With fewer samples a class a probe finds little of what a layer knows: less
# than 40 of 70 % (docs/why/layers.md).
FEW_SAMPLES = 10
_NOT_ALIGNED = "Classes are not shown to lie as in the tree"
# The share of permuted trees outside the band of their alignment.
_OUTSIDE = 0.05


def sentences(
    record: LayersRecord, evidence: LayerEvidence | None = None
) -> tuple[str, ...]:
    """Returns what D layers know, the most important first.

    Where something is not shown, a sentence gives its largest estimate, and how
    large it would have to be.
    """
    evidence = evidence or layer_evidence(record)
    found = [*_caveats(record)]
    if record.folds:
        found += [each for each in [beaten(record)] if each]
        found.append(_best(record))
        found += _learned(record, evidence)
        found += _asking(record, evidence)
    found += _alignment(record, evidence)
    return tuple(found)


def _caveats(record: LayersRecord) -> Iterable[str]:
    if record.folds and record.per_class < FEW_SAMPLES:
        yield (
            f"Few samples: {record.per_class:.1f} a class. A probe of so few "
            "tells little of what a layer knows, and nothing if they are one "
            "or two: give it 50 a class."
        )
    if not record.controls:
        yield (
            "No control: without an untrained network beside it, nobody can "
            "tell what was learned from what any such network has."
        )
    if record.controls == 1:
        yield (
            "One control: how far untrained networks lie from one another is "
            "not known from one. Compare with three or more."
        )
    if record.controls == 2:
        yield (
            "Two controls: how far untrained networks lie from one another is "
            "hardly known from two, so that next to nothing is found, however "
            "much was learned. Compare with three or more."
        )


def beaten(record: LayersRecord) -> str | None:
    """Returns a sentence if an untrained network's layers beat the output."""
    if not is_beaten(record):
        return None
    return (
        f"A linear probe of {_untrained(record)} beats this output, "
        f"{percent(untrained_right(record))} right against "
        f"{percent(record.output_right)}: mend the training before anything "
        "is added to it."
    )


def _best(record: LayersRecord) -> str:
    right = record.right[:, -1]
    best = int(right.argmax())
    classes = quantity(record.groups[-1], "class")
    # A probe chooses among the classes that it has seen.
    seen = classes_with_samples(record)
    if seen < record.groups[-1]:
        classes = f"the {seen:,} of {classes} with samples"
    text = (
        f"Best layer {record.layers[best]}: a linear probe names "
        f"{percent(right[best])} of {quantity(record.samples, 'sample')} "
        f"right among {classes}"
    )
    if record.controls:
        place = int(record.control_right[:, -1].argmax())
        text += (
            f", {percent(record.control_right[place, -1])} in an untrained "
            "network"
        )
    # One of several that know equally much is best by luck.
    near = np.isfinite(record.behind)
    near &= [not is_behind(record, layer) for layer in range(len(near))]
    near[best] = False
    if near.any():
        text += (
            f"; {_names(record.layers, near)} {_are(near)} not shown to be "
            "behind it"
        )
    last = record.num_layers - 1
    if is_behind(record, last):
        text += (
            f"; {record.layers[last]}, the last one, is "
            f"{_within(-record.behind[last], record.behind_se[last])} lower"
        )
    return text + "."


def _learned(record: LayersRecord, evidence: LayerEvidence) -> Iterable[str]:
    over, error = record.over[:, -1], record.over_se[:, -1]
    found = evidence.over.found.reshape(record.over.shape)[:, -1]
    rates = evidence.over.rates.reshape(record.over.shape)[:, -1]
    if np.isnan(rates).all():
        return
    better, worse = found & (over > 0), found & (over < 0)
    other = ~found & ~np.isnan(rates)
    than = f"than {_untrained(record)}"
    claims = []
    if better.any():
        best = int(np.where(better, over, -np.inf).argmax())
        which, tell = _names(record.layers, better), "tell"
        if better.all():
            which = "Every layer"
        if better.all() or better.sum() == 1:
            tell = "tells"
        claims.append(
            f"{which} {tell} classes apart better {than}, by up to "
            f"{_within(over[best], error[best])} ({record.layers[best]})"
        )
    elif other.any():
        claims.append(f"No layer is shown to tell classes apart better {than}")
    if worse.any():
        last = int(np.where(worse, over, np.inf).argmin())
        claims.append(
            f"{_names(record.layers, worse)} {_are(worse)} worse {than}, by up "
            f"to {_within(-over[last], error[last])} ({record.layers[last]})"
        )
    yield "; ".join(claims) + "."
    if other.any():
        near = int(np.where(other, over, -np.inf).argmax())
        alone, together = evidence.least("over", near)
        begin = f"Not shown of {_names(record.layers, other)}: the"
        end = " at all its levels" if record.num_levels > 1 else ""
        if not better.any():
            begin = "The"
            end += f", from {_of(together)} if all were as far ahead"
        yield (
            f"{begin} largest estimate is {record.layers[near]}'s, "
            f"{_within(over[near], error[near])}; with "
            f"{quantity(record.controls, 'control')} it would be shown from "
            f"{_of(alone)} on{end}."
        )


def _asking(record: LayersRecord, evidence: LayerEvidence) -> Iterable[str]:
    if not np.isfinite(record.output_right):
        return
    off = f"off its error of {percent(1 - record.output_right)}"
    over = -record.adds_error_over
    is_held = bool(np.isfinite(over).any())
    if record.asked:
        first, *others = (record.layers[layer] for layer in record.asked)
        gains = (-record.asked_error).tolist()
        text = (
            f"Asking {first} as well as the output takes "
            f"{_within(gains[0], record.asked_error_se[0])} {off}"
        )
        if is_held:
            more = _within(-record.asked_over[0], record.asked_over_se[0])
            text += f", {more} more than asking the same layer untrained"
        for name, gain in zip(others, gains[1:], strict=True):
            text += f"; then {name} {_of(gain)}"
        yield f"{text}; then no other is shown to."
        if not is_held:
            yield (
                "Whether that is more than asking the same layer untrained "
                "takes off is not known."
            )
        return
    gains = -record.adds_error
    values = over if is_held else gains
    tests = evidence.adds_error
    was_tested = ~np.isnan(tests.rates)
    if not was_tested.any() or (tests.found & (values > 0)).any():
        return
    layer = int(np.where(was_tested, values, -np.inf).argmax())
    alone, together = evidence.least("adds_error", layer)
    than, more = "", ""
    if is_held:
        than = " than asking the same layer untrained"
        more = (
            f", {_within(over[layer], record.adds_error_over_se[layer])} "
            "more than that"
        )
    yield (
        "No layer, asked as well as the output, is shown to take "
        f"{'more ' if is_held else ''}errors off{than}. The largest estimate "
        f"is {record.layers[layer]}'s: "
        f"{_within(gains[layer], record.adds_error_se[layer])} {off}{more}; "
        f"it would be shown from {_of(alone)} on, from {_of(together)} if all "
        "took as many."
    )


def _alignment(record: LayersRecord, evidence: LayerEvidence) -> Iterable[str]:
    if not np.isfinite(record.alignment).any():
        return
    if not record.controls:
        best = int(np.nanargmax(record.alignment))
        band = np.ceil(100 * _band_of_all(record)) / 100
        is_there = record.alignment[best] > band
        yield (
            ("Classes lie as in the tree" if is_there else _NOT_ALIGNED)
            + f": the largest correlation is {record.layers[best]}'s, "
            f"{record.alignment[best]:.2f} ± {record.alignment_se[best]:.2f}, "
            f"a permuted tree stays below {band:.2f} at all layers."
        )
        return
    over, error = record.alignment_over, record.alignment_over_se
    was_compared = ~np.isnan(evidence.alignment.rates)
    if not was_compared.any():
        return
    beyond = evidence.alignment.found & (over > 0)
    if not beyond.any():
        nearest = int(np.where(was_compared, over, -np.inf).argmax())
        alone, together = evidence.least("alignment", nearest)
        yield (
            "At no layer are classes shown to lie more as in the tree than in "
            f"{_untrained(record)}: the largest estimate is "
            f"{record.layers[nearest]}'s, {over[nearest]:+.2f} ± "
            f"{error[nearest]:.2f}; with "
            f"{quantity(record.controls, 'control')} it would be shown from "
            f"{alone:.2f} on, from {together:.2f} if all were as far ahead."
        )
        return
    best = int(np.where(beyond, over, -np.inf).argmax())
    yield (
        f"Classes lie more as in the tree than in {_untrained(record)} at "
        f"{_names(record.layers, beyond)}: up to a correlation of "
        f"{record.alignment[best]:.2f}, {over[best]:+.2f} ± "
        f"{error[best]:.2f}"
        + (f" ({record.layers[best]})." if beyond.sum() > 1 else ".")
    )


def _untrained(record: LayersRecord) -> str:
    # One alone does not tell how far others lie.
    one = record.controls == 1
    return f"{'this one' if one else 'an'} untrained network"


def _band_of_all(record: LayersRecord) -> float:
    """Returns what 95 % of permuted trees stay below at all layers.

    The record's band is for one layer; the best of twelve often lies beyond it
    (Bonferroni).
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


def _of(share: float) -> str:
    return f"{100 * share:.1f}"


def _within(difference: float, error: float) -> str:
    return f"{_of(difference)} ± {_of(error)} points"
