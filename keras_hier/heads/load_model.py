"""Loads saved models."""

import os
import warnings
from typing import Any

import keras

from keras_hier.heads.headed_model import HeadedModel


def load_model(path: str | os.PathLike[str], **kwargs: Any) -> keras.Model:
    """Loads a saved model with layers, losses or metrics of keras_hier.

    The same as `keras.saving.load_model`, which finds the classes of this
    package once `keras_hier` is imported. In HDF5 files, the legacy format,
    only this function finds them all.

    Args:
        path: of a `.keras` file.
        **kwargs: of `keras.saving.load_model`.

    Returns:
        The model, compiled if it was. Keras does not read the optimizer's
        state from HDF5 files: it begins anew, with a warning.
    """
    # HDF5 names the class of a model without the package it is registered in.
    known = {HeadedModel.__name__: HeadedModel}
    known |= kwargs.pop("custom_objects", None) or {}
    model = keras.saving.load_model(path, custom_objects=known, **kwargs)
    _renew_optimizer(model)
    return model


def _renew_optimizer(model: keras.Model) -> None:
    """Makes an optimizer anew that Keras built before there were weights.

    Keras 3.15 does so for HDF5 files, and such a model cannot be trained.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not optimizer.built or not model.trainable_weights:
        return
    if optimizer._trainable_variables:
        return
    model.optimizer = type(optimizer).from_config(optimizer.get_config())
    model.optimizer.build(model.trainable_variables)
    warnings.warn(
        "The optimizer begins anew: of an HDF5 file Keras does not read its "
        "state. A .keras file has it.",
        stacklevel=3,
    )
