"""Records of layers with numbers drawn at random."""

import functools
from typing import Any

import numpy as np

from keras_hier.log.records.layers_codec import LayersRecord


def layers_record(
    hierarchy: str, layers: int, levels: int, controls: int, seed: int = 0
) -> LayersRecord:
    """Makes a record of D layers at L levels, with a control or without."""
    rng = np.random.default_rng(seed)
    names = tuple(f"conv{number}" for number in range(1, layers + 1))
    drawn = functools.partial(_drawn, rng)
    without = 0 if controls else np.nan
    return LayersRecord(
        hierarchy=hierarchy,
        samples=5050,
        per_class=50.5,
        folds=5,
        seed=0,
        controls=controls,
        groups=tuple(range(4, 4 + levels)),
        layers=names,
        shapes=("13 x 13 x 128",) * layers,
        pools=("grid3",) * layers,
        features=(1152,) * layers,
        penalty=drawn(layers),
        at_edge=(False,) * layers,
        right=drawn(layers, levels),
        right_se=drawn(layers, levels),
        recall=drawn(layers, levels),
        recall_se=drawn(layers, levels),
        over=drawn(layers, levels) + without,
        over_se=drawn(layers, levels) + without,
        over_spread=drawn(levels) + without,
        behind=drawn(layers),
        behind_se=drawn(layers),
        alignment=drawn(layers),
        alignment_se=drawn(layers),
        alignment_over=drawn(layers) + without,
        alignment_over_se=drawn(layers) + without,
        alignment_spread=0.25 + without,
        reliability=drawn(layers),
        band=0.05,
        adds_loss=-drawn(layers),
        adds_loss_se=drawn(layers),
        adds_error=-drawn(layers),
        adds_error_se=drawn(layers),
        adds_loss_over=-drawn(layers) + without,
        adds_loss_over_se=drawn(layers) + without,
        adds_loss_spread=drawn(layers) + without,
        adds_error_over=-drawn(layers) + without,
        adds_error_over_se=drawn(layers) + without,
        adds_error_spread=drawn(layers) + without,
        asked=(0,),
        asked_error=-drawn(1),
        asked_error_se=drawn(1),
        asked_over=-drawn(1) + without,
        asked_over_se=drawn(1) + without,
        output_right=0.34,
        control_layers=names if controls else (),
        control_right=drawn(layers if controls else 0, levels),
        control_recall=drawn(layers if controls else 0, levels),
        control_alignment=drawn(layers if controls else 0),
    )


def _drawn(rng: np.random.Generator, *shape: int) -> Any:
    return rng.random(shape).round(6)
