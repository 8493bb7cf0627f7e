"""Finds the `ConfusionMatrix` metrics of a model and their hierarchy."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_hier.heads.headed_model import has_dict_outputs, main_output
from keras_hier.keras_internals import (
    compile_arguments,
    given_metrics,
    metrics_by_output,
)
from keras_hier.log import metadata
from keras_hier.training.confusion_matrix import ConfusionMatrix


def check_model(model: keras.Model) -> None:
    """Raises an error unless a model has a `ConfusionMatrix`."""
    if _has_matrix(given_metrics(model)):
        return
    raise ValueError(
        "BlocksCallback found no ConfusionMatrix among the model's metrics. "
        "Add one: model.compile(..., weighted_metrics=["
        "kh.ConfusionMatrix(hierarchy)]), or for a model with heads "
        "model.compile(..., **kh.compile_args(model, hierarchy))."
    )


def confusion_matrices(model: keras.Model) -> dict[str, ConfusionMatrix]:
    """Returns the metrics by output; without one they are the main output's."""
    names = getattr(model, "output_names", None) or [metadata.CLASS_OUTPUT]
    if hasattr(model, "operations") and has_dict_outputs(model):
        names = list(model.output)
    found: dict[str, ConfusionMatrix] = {}
    for output, metric in metrics_by_output(model):
        if isinstance(metric, ConfusionMatrix):
            name = (output or names[0]).replace("/", "_")
            if name in found:  # classes and groups of one output
                name = f"{name}_{metric.name}"
            found[name] = metric
    return found


def metric_of_samples(model: keras.Model) -> ConfusionMatrix:
    """Returns the metric of the main output, which knows its classes."""
    if keras.backend.backend() == "jax":
        import jax

        if jax.process_count() > 1:
            raise ValueError(
                "samples= needs one process, as a pass over the data is not "
                f"split among them; there are {jax.process_count()}."
            )
    main = output_of_samples(model)
    given = [
        metrics.get(main) if isinstance(metrics, dict) else metrics
        for metrics in given_metrics(model)
    ]
    for metric in keras.tree.flatten(given):
        if isinstance(metric, ConfusionMatrix):
            return metric
    raise ValueError(
        f"samples= needs a ConfusionMatrix on the output {main!r}, whose "
        "hierarchy says what its classes are."
    )


def output_of_samples(model: keras.Model) -> str:
    """Returns the name of the output of the classes.

    For a subclassed model whose outputs are a dict, the one with a
    `ConfusionMatrix`.
    """
    if getattr(model, "outputs", None):
        return main_output(model)[0]
    given = compile_arguments(model)
    names = {
        name
        for metrics in (given.get("metrics"), given.get("weighted_metrics"))
        if isinstance(metrics, Mapping)
        for name, of_output in metrics.items()
        if _has_matrix(of_output)
    }
    if len(names) > 1:
        raise ValueError(
            "samples= needs a single output of the classes, but "
            f"{', '.join(map(repr, sorted(names)))} of the subclassed model "
            f"{model.name!r} have a ConfusionMatrix: give one of them alone "
            "one, or call its layers on a keras.Input."
        )
    return names.pop() if names else metadata.CLASS_OUTPUT


def _has_matrix(metrics: Any) -> bool:
    return any(
        isinstance(metric, ConfusionMatrix)
        for metric in keras.tree.flatten(metrics)
    )


def synchronise(model: keras.Model) -> None:
    """Brings the states of metrics back into a model that JAX trains."""
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
