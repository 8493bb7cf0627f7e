"""Makes a record of what was read of layers, and of those of a control."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.asking import Gain
from keras_hier.probing.differences import spread_of
from keras_hier.probing.features import Features
from keras_hier.probing.layer_reader import LayerReading

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Asked(NamedTuple):
    """What layers add to the output.

    Attributes:
        output_right: share that the output names right.
        gains: [D], of each layer alone.
        order: int [A], layers that are worth asking, one after another.
        in_turn: [A], what each adds to those before it.
    """

    output_right: float
    gains: Sequence[Gain]
    order: Sequence[int]
    in_turn: Sequence[Gain]


def _control_hits(
    others: Sequence[Sequence[LayerReading]], level: int, half: IntArray
) -> FloatArray:
    """Returns what the best untrained layer names right, [controls, N].

    The layer is chosen by one half of the samples and read from the other:
    the best of several by the same samples would be best by luck too.
    """
    hits = np.array([[x.right[level] for x in one] for one in others], float)
    found = np.empty((len(others), hits.shape[-1]))
    for each in (0, 1):
        chosen = hits[:, :, half != each].mean(axis=(0, 2)).argmax()
        found[:, half == each] = hits[:, chosen, half == each]
    return found


def best_control(others: Sequence[Sequence[LayerReading]], level: int) -> int:
    """Returns the layer at which untrained networks are best at a level."""
    shares = [[each.right[level].mean() for each in one] for one in others]
    return int(np.mean(shares, axis=0).argmax())


def make_record(
    features: Features,
    hierarchy: Hierarchy,
    levels: Sequence[Grouping],
    layers: Sequence[LayerReading],
    others: Sequence[Sequence[LayerReading]],
    asked: Asked | None,
    half: IntArray,
    folds: int,
    seed: int,
) -> LayersRecord:
    """Makes the record of a report.

    Args:
        features: of the network, at D layers.
        hierarchy: the tree.
        levels: of it, L.
        layers: what was read of the network, [D].
        others: the same of each control.
        asked: what layers add to the output, or None without one.
        half: int64 [N], which half of the samples each is in.
        folds: of the samples.
        seed: of the folds.
    """
    depth, height = len(layers), len(levels)
    fitted = layers[0].probe is not None
    right = np.full((depth, height), np.nan)
    recall, recall_se, right_se = (np.full_like(right, np.nan) for _ in "123")
    over, over_se = (np.full_like(right, np.nan) for _ in "12")
    spread = np.full(height, np.nan)
    behind, behind_se = (np.full(depth, np.nan) for _ in "12")
    control_right = np.full((depth if others else 0, height), np.nan)
    control_recall = np.full_like(control_right, np.nan)
    if fitted:
        hits = np.stack([layer.right for layer in layers])  # [D, L, N]
        samples = hits.shape[-1]
        right = hits.mean(axis=-1)
        right_se = np.sqrt(right * (1 - right) / samples)
        recall = np.stack([layer.recall for layer in layers])
        recall_se = np.stack([layer.recall_se for layer in layers])
        best = hits[int(right[:, -1].argmax()), -1]
        for place in range(depth):
            change = hits[place, -1].astype(float) - best
            behind[place] = change.mean()
            behind_se[place] = change.std() / np.sqrt(samples)
        if others:
            control_right = np.mean(
                [[x.right.mean(axis=-1) for x in one] for one in others], axis=0
            )
            control_recall = np.mean(
                [[x.recall for x in one] for one in others], axis=0
            )
        for level in range(height if others else 0):
            control = _control_hits(others, level, half)  # [controls, N]
            spread[level] = spread_of(control.mean(axis=1).tolist())
            for place in range(depth):
                change = hits[place, level] - control.mean(axis=0)
                over[place, level] = change.mean()
                over_se[place, level] = np.hypot(
                    change.std() / np.sqrt(samples), spread[level]
                )
    gains = asked.gains if asked else [Gain()] * depth
    in_turn = asked.in_turn if asked else []
    probes = [layer.probe for layer in layers]
    return LayersRecord(
        hierarchy=hierarchy.digest,
        samples=len(features),
        per_class=len(features) / len(np.unique(features.labels)),
        folds=folds if fitted else 0,
        seed=seed,
        controls=len(others),
        groups=tuple(level.num_groups for level in levels),
        layers=features.layers,
        shapes=features.shapes,
        pools=features.pools,
        features=tuple(features.rows(x).shape[1] for x in features.layers),
        penalty=np.array([x.penalty if x else np.nan for x in probes]),
        at_edge=tuple(bool(x and x.at_edge) for x in probes),
        right=right,
        right_se=right_se,
        recall=recall,
        recall_se=recall_se,
        over=over,
        over_se=over_se,
        over_spread=spread,
        behind=behind,
        behind_se=behind_se,
        **_alignments(layers, others),
        **_adds(gains),
        asked=tuple(asked.order) if asked else (),
        asked_error=np.array([gain.wrong.value for gain in in_turn]),
        asked_error_se=np.array([gain.wrong.error for gain in in_turn]),
        asked_over=np.array([gain.wrong_over.value for gain in in_turn]),
        asked_over_se=np.array([gain.wrong_over.error for gain in in_turn]),
        output_right=asked.output_right if asked else np.nan,
        control_layers=features.layers if others else (),
        control_right=control_right,
        control_recall=control_recall,
    )


def _adds(gains: Sequence[Gain]) -> dict[str, Any]:
    """Returns the fields of a record that are about what layers add."""
    found = {}
    for name, before, over in (
        ("loss", "loss", "loss_over"),
        ("error", "wrong", "wrong_over"),
    ):
        alone = np.array([getattr(gain, before) for gain in gains])
        beside = np.array([getattr(gain, over) for gain in gains])
        found[f"adds_{name}"], found[f"adds_{name}_se"], _ = alone.T
        (
            found[f"adds_{name}_over"],
            found[f"adds_{name}_over_se"],
            found[f"adds_{name}_spread"],
        ) = beside.T
    return found


def _alignments(
    layers: Sequence[LayerReading], others: Sequence[Sequence[LayerReading]]
) -> dict[str, Any]:
    """Returns the fields of a record that are about tree alignment."""

    def values(name: str, of: Sequence[LayerReading]) -> FloatArray:
        return np.array(
            [
                getattr(each.alignment, name) if each.alignment else np.nan
                for each in of
            ]
        )

    found: dict[str, Any] = {
        "alignment": values("value", layers),
        "alignment_se": values("standard_error", layers),
        "alignment_over": np.full(len(layers), np.nan),
        "alignment_over_se": np.full(len(layers), np.nan),
        "alignment_spread": np.nan,
        "reliability": np.array([each.reliability for each in layers]),
        # Of the layers that have one: NaN alone where none has.
        "band": float(np.fmax.reduce(values("band", layers))),
        "control_alignment": np.empty(0),
    }
    if not others:
        return found
    control = np.mean([values("value", one) for one in others], axis=0)
    found["control_alignment"] = control
    if not np.isfinite(control).any():
        return found
    # A layer may be the same for all samples, as a token before attention is.
    at = int(np.nanargmax(control))
    best = [one[at].alignment for one in others]
    spread = spread_of([each.value for each in best if each])
    without = np.mean([each.without for each in best if each], axis=0)
    for place, layer in enumerate(layers):
        if layer.alignment is None:
            continue
        change = layer.alignment.without - without
        count = len(change)
        jackknife = (count - 1) / count * ((change - change.mean()) ** 2).sum()
        found["alignment_over"][place] = layer.alignment.value - control[at]
        found["alignment_over_se"][place] = np.hypot(np.sqrt(jackknife), spread)
    found["alignment_spread"] = spread
    return found
