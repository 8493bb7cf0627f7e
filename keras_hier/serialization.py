"""Registers the classes of this package with Keras without importing them.

Classes are registered by name as soon as Keras is imported, and their modules
only when a saved model needs them. So `import keras_hier` is enough to load a
model, and does not import Keras.
"""

import importlib
import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGE = "keras_hier"
# Which module holds each class that is in saved models.
HOMES = {
    "BatchNormalization": "keras_internals",
    "CellMeans": "heads.cell_means",
    "ClassCrossentropy": "training.class_crossentropy",
    "ConfusionMatrix": "training.confusion_matrix",
    "Distillation": "heads.distillation",
    "DivergenceLoss": "heads.distillation",
    "FusedClasses": "heads.fuse_heads",
    "GroupHead": "heads.group_head",
    "HeadedModel": "heads.headed_model",
    "HierarchicalCrossentropy": "losses.hierarchical_crossentropy",
    "LocalResponseNormalization": "alexnet",
    "NodeAnswers": "answers.answering_model",
    "NodeAccuracy": "training.node_accuracy",
    "NodeCrossentropy": "losses.node_crossentropy",
    "ProbeHead": "heads.group_head",
    "SoftLabelCrossentropy": "losses.soft_label_crossentropy",
}


class _LazyClass:
    """Stands for a class in Keras's registry until its module is imported."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def from_config(self, config: dict[str, Any], **kwargs: Any) -> Any:
        """Makes the object of a config. The import registers the class."""
        module = importlib.import_module(f"{PACKAGE}.{self._module}")
        return getattr(module, self._name).from_config(config, **kwargs)


def register() -> None:
    """Makes the classes known to Keras: now, or once it is imported."""
    keras = sys.modules.get("keras")
    if keras is None:
        sys.meta_path.insert(0, _KerasImportHook())
    else:
        _register(keras)


def _register(keras: ModuleType) -> None:
    known = keras.saving.get_custom_objects()
    for name, module in HOMES.items():
        known.setdefault(f"{PACKAGE}>{name}", _LazyClass(module, name))


class _KerasImportHook(importlib.abc.MetaPathFinder):
    """An import hook that registers the classes once Keras is imported."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != "keras":
            return None
        spec = self._from_others(fullname, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_register(module: ModuleType) -> None:
                load(module)
                if module.__name__ == fullname:
                    _register(module)
                    if self in sys.meta_path:
                        sys.meta_path.remove(self)

            setattr(spec.loader, "exec_module", load_and_register)  # noqa: B010
        return spec

    def _from_others(
        self, fullname: str, path: Sequence[str] | None, target: Any
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            if finder is not self:
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        return None
