"""Loss weights that change while a model trains."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from keras_hier.keras_internals import compile_arguments


class LossWeightSchedule(keras.callbacks.Callback):
    """Sets the weights of losses at the beginning of every epoch.

    Give `variables` to `compile_args` (or to `compile`) and the schedule itself
    to the callbacks of `fit`. On JAX each change compiles the training step
    anew: change weights seldom there.

    Args:
        schedule: maps an epoch, an int from 0 on, to a weight by output name,
            the same names in every epoch.

    Attributes:
        variables: dict of the weights, `keras.Variable` by output name.

    Raises:
        ValueError: in `fit`, the model is not compiled with `variables`, as
            none is that was loaded; or the schedule names other outputs than
            at epoch 0.

    Example:
        >>> import keras_hier as kh
        >>> fading = kh.LossWeightSchedule(
        ...     lambda epoch: {"conv2_groups4": 0.3 * 0.9**epoch})
        >>> list(fading.variables)
        ['conv2_groups4']
        >>> # compile_args(model, hierarchy, loss_weights=fading.variables)
        >>> # model.fit(..., callbacks=[fading])

    Reference:
        Zhu, Bain: B-CNN: branch convolutional neural network for hierarchical
        classification, arXiv 1709.09890.
    """

    def __init__(self, schedule: Callable[[int], Mapping[str, float]]) -> None:
        super().__init__()
        self.schedule = schedule
        self.variables = {
            name: keras.Variable(
                float(weight), trainable=False, name=f"{name}_loss_weight"
            )
            for name, weight in schedule(0).items()
        }

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Checks that the model is trained with these weights."""
        given = compile_arguments(self.model)
        if not given:  # by what means it is compiled is not known
            return
        known = {id(w) for w in keras.tree.flatten(given.get("loss_weights"))}
        missing = [n for n, v in self.variables.items() if id(v) not in known]
        if missing:
            raise ValueError(
                "Expected a model compiled with the variables of this "
                f"schedule; those of {', '.join(missing)} are not among its "
                "loss weights, and would change nothing. Pass "
                "loss_weights=schedule.variables to compile_args; a model that "
                "was loaded holds numbers: compile it again."
            )

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Sets the weights."""
        weights = self.schedule(epoch)
        if set(weights) != set(self.variables):
            raise ValueError(
                f"Expected the schedule to name {sorted(self.variables)} in "
                f"every epoch, as in epoch 0. Got {sorted(weights)} in epoch "
                f"{epoch}."
            )
        changed = False
        for name, weight in weights.items():
            variable = self.variables[name]
            # Not float(variable): one of several replicas has none.
            before = keras.ops.convert_to_numpy(variable)
            variable.assign(float(weight))
            changed |= before != keras.ops.convert_to_numpy(variable)
        if changed and keras.backend.backend() == "jax":
            self.model.make_train_function(force=True)
            self.model.make_test_function(force=True)
