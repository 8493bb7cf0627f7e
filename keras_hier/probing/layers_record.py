"""Makes a record of what was read of layers, and of those of a control."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.asking import Asked, Gain
from keras_hier.probing.differences import spread_of
from keras_hier.probing.layer_reader import LayerReading
from keras_hier.probing.probe_data import ProbeData
from keras_hier.tensors import FloatArray

Readings = Sequence[LayerReading]


def make_record(
    data: ProbeData,
    layers: Readings,
    controls: Sequence[Readings],
    asked: Asked | None,
) -> LayersRecord:
    """Makes the record of a report."""
    features = data.features
    in_turn = asked.in_turn if asked else []
    return LayersRecord(
        hierarchy=data.tree,
        samples=len(features),
        per_class=len(features) / len(data.present),
        folds=data.folds,
        seed=data.seed,
        controls=len(controls),
        groups=tuple(level.num_groups for level in data.levels),
        layers=features.layers,
        shapes=features.shapes,
        pools=features.pools,
        features=tuple(features.rows(x).shape[1] for x in features.layers),
        at_edge=tuple(bool(x.probe and x.probe.at_edge) for x in layers),
        **_shares(layers, len(data.levels)),
        **_over_controls(data, layers, controls),
        **_alignments(layers, controls),
        **_adds(asked.gains if asked else [Gain()] * len(layers)),
        asked=tuple(asked.order) if asked else (),
        asked_error=np.array([gain.wrong.value for gain in in_turn]),
        asked_error_se=np.array([gain.wrong.error for gain in in_turn]),
        asked_over=np.array([gain.wrong_over.value for gain in in_turn]),
        asked_over_se=np.array([gain.wrong_over.error for gain in in_turn]),
        output_right=asked.output_right if asked else np.nan,
        control_layers=features.layers if controls else (),
    )


def _shares(layers: Readings, levels: int) -> dict[str, Any]:
    """Returns the fields about what probes name right."""
    probes = [each.probe for each in layers if each.probe]
    if not probes:
        at_levels = np.full((len(layers), levels), np.nan)
        names = ("right", "right_se", "recall", "recall_se")
        return {
            **dict.fromkeys(names, at_levels),
            **dict.fromkeys(
                ("penalty", "behind", "behind_se"), at_levels[:, 0]
            ),
        }
    hits = np.stack([each.right for each in probes])  # [D, L, N]
    samples = hits.shape[-1]
    right = hits.mean(axis=-1)
    change = hits[:, -1].astype(float) - hits[right[:, -1].argmax(), -1]
    return {
        "penalty": np.array([each.penalty for each in probes]),
        "right": right,
        "right_se": np.sqrt(right * (1 - right) / samples),
        "recall": np.stack([each.recall for each in probes]),
        "recall_se": np.stack([each.recall_se for each in probes]),
        "behind": change.mean(axis=-1),
        "behind_se": change.std(axis=-1) / np.sqrt(samples),
    }


def _over_controls(
    data: ProbeData, layers: Readings, controls: Sequence[Readings]
) -> dict[str, Any]:
    """Returns the fields about probes of the network and of its controls."""
    depth, levels = len(layers), len(data.levels)
    over, over_se = np.full((2, depth, levels), np.nan)
    spread = np.full(levels, np.nan)
    right, recall = np.full((2, depth if controls else 0, levels), np.nan)
    probes = [each.probe for each in layers if each.probe]
    others = [[x.probe for x in one if x.probe] for one in controls]
    if probes and others:
        hits = np.array([[x.right for x in one] for one in others])
        right = hits.mean(axis=-1).mean(axis=0)
        recall = np.mean([[x.recall for x in one] for one in others], axis=0)
        for level in range(levels):
            best = _best_hits(hits[:, :, level].astype(float), data.half == 0)
            spread[level] = spread_of(best.mean(axis=1).tolist())
            own = np.array([each.right[level] for each in probes], float)
            change = own - best.mean(axis=0)
            over[:, level] = change.mean(axis=-1)
            over_se[:, level] = np.hypot(
                change.std(axis=-1) / np.sqrt(change.shape[-1]), spread[level]
            )
    return {
        "over": over,
        "over_se": over_se,
        "over_spread": spread,
        "control_right": right,
        "control_recall": recall,
    }


def _best_hits(hits: FloatArray, half: npt.NDArray[np.bool_]) -> FloatArray:
    """Returns what the best untrained layer names right, [controls, N].

    The layer is chosen by one half of the samples and read from the other:
    chosen by the same samples, the best of several would be best by luck.
    """
    found = np.empty((len(hits), hits.shape[-1]))
    for read in (half, ~half):
        best = hits[:, :, ~read].mean(axis=(0, 2)).argmax()
        found[:, read] = hits[:, best, read]
    return found


def _adds(gains: Sequence[Gain]) -> dict[str, Any]:
    """Returns the fields about what layers add to the output."""
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
    layers: Readings, controls: Sequence[Readings]
) -> dict[str, Any]:
    """Returns the fields about tree alignment."""

    def values(name: str, of: Readings) -> FloatArray:
        return np.array(
            [
                getattr(each.alignment, name) if each.alignment else np.nan
                for each in of
            ]
        )

    over, over_se = np.full((2, len(layers)), np.nan)
    found: dict[str, Any] = {
        "alignment": values("value", layers),
        "alignment_se": values("standard_error", layers),
        "alignment_over": over,
        "alignment_over_se": over_se,
        "alignment_spread": np.nan,
        "reliability": np.array([each.reliability for each in layers]),
        # Ignores the NaN of layers that have none.
        "band": float(np.fmax.reduce(values("band", layers))),
        "control_alignment": np.empty(0),
    }
    if not controls:
        return found
    control = np.mean([values("value", one) for one in controls], axis=0)
    found["control_alignment"] = control
    if not np.isfinite(control).any():
        return found
    # A layer may be the same for all samples, as a token before attention is.
    at = int(np.nanargmax(control))
    best = [one[at].alignment for one in controls]
    spread = spread_of([each.value for each in best if each])
    without = np.mean([each.without for each in best if each], axis=0)
    for place, layer in enumerate(layers):
        if layer.alignment is None:
            continue
        change = layer.alignment.without - without
        count = len(change)
        jackknife = (count - 1) / count * ((change - change.mean()) ** 2).sum()
        over[place] = layer.alignment.value - control[at]
        over_se[place] = np.hypot(np.sqrt(jackknife), spread)
    found["alignment_spread"] = spread
    return found
