"""Hierarchical confusion and hierarchy-aware heads for Keras classifiers."""

import importlib
from typing import Any

from keras_hier import missing_packages, serialization

__version__ = "0.1.0"

# Which module holds each public name. Resolved on first use (PEP 562), so that
# `keras-hier log` and the TensorBoard plugin never pay for importing Keras.
_HOMES = {
    "AlexNet": "alexnet",
    "Answers": "answers",
    "BlocksCallback": "callbacks.blocks_callback",
    "BlocksWriter": "log.blocks_writer",
    "ConfusionMatrix": "training.confusion_matrix",
    "Distillation": "heads.distillation",
    "GroupHead": "heads.group_head",
    "Grouping": "hierarchy",
    "Hierarchy": "hierarchy",
    "HierarchyError": "hierarchy",
    "LayersCallback": "callbacks.layers_callback",
    "LossWeightSchedule": "training.loss_weight_schedule",
    "NodeLabels": "hierarchy",
    "ProbeHead": "heads.group_head",
    "RunLog": "log.run_log",
    "add_heads": "heads.add_heads",
    "answering_model": "answers.answering_model",
    "apply_verdicts": "analysis.data_quality.verdicts",
    "compile_args": "training.compile_args",
    "fuse_heads": "heads.fuse_heads",
    "label_budget": "budget",
    "load_model": "heads.load_model",
    "log_predictions": "log.log_predictions",
    "show": "notebook",
    "targets": "training.targets",
    "without_heads": "heads.add_heads",
}
_MODULES = (
    "analysis",
    "data",
    "heads",
    "losses",
    "report",
    "scores",
)

__all__ = ["__version__", *_HOMES, *_MODULES]

serialization.register()


def __getattr__(name: str) -> Any:
    try:
        if name in _HOMES:
            module = importlib.import_module(f"keras_hier.{_HOMES[name]}")
            return getattr(module, name)
        if name in _MODULES:
            return importlib.import_module(f"keras_hier.{name}")
    except ModuleNotFoundError as error:
        raise missing_packages.named(error) from error
    raise AttributeError(f"module 'keras_hier' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
