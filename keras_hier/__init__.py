"""Hierarchical confusion and hierarchy-aware heads for Keras classifiers."""

import importlib
from typing import Any

from keras_hier import serialization

__version__ = "0.1.0"

# Which module holds each public name. Resolved on first use (PEP 562), so that
# `keras-hier log` and the TensorBoard plugin never pay for importing Keras.
_HOMES = {
    "AlexNet": "alexnet",
    "BlocksCallback": "callback",
    "BlocksWriter": "log.writer",
    "ConfusionMatrix": "metrics",
    "Distillation": "distillation",
    "GroupHead": "heads",
    "Grouping": "hierarchy",
    "Hierarchy": "hierarchy",
    "HierarchyError": "hierarchy",
    "LossWeightSchedule": "weighting",
    "ProbeHead": "heads",
    "add_heads": "grafting",
    "compile_args": "training",
    "fuse_heads": "fusing",
    "load_model": "grafting",
    "targets": "training",
    "without_heads": "grafting",
}
_MODULES = (
    "branches",
    "data",
    "distillation",
    "losses",
    "report",
    "scores",
    "seriation",
)

__all__ = ["__version__", *_HOMES, *_MODULES]

serialization.register()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"keras_hier.{_HOMES[name]}")
        return getattr(module, name)
    if name in _MODULES:
        return importlib.import_module(f"keras_hier.{name}")
    raise AttributeError(f"module 'keras_hier' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
