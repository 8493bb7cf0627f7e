"""Analyses of data and of a network by the predictions of the network.

`quality` finds classes and labels at fault, `evidence` tells differences from
chance: NumPy and SciPy only. `features`, `untrained` and `probe` tell what each
layer of a network knows; only the first two of these import Keras.
"""

import importlib
from typing import Any

# Resolved on first use (PEP 562): the rooms below this one are never imported
# for its sake.
_HOMES = {
    "Features": "probing.features",
    "ProbeReport": "probing.probe_report",
    "channels": "analysis.evidence.channel_evidence",
    "class_correlation": "probing.alignment.class_correlation",
    "features": "features.extraction",
    "probe": "probing.probe",
    "tree_alignment": "probing.alignment.tree_alignment",
    "untrained": "features.untrained",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"keras_hier.{_HOMES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
