"""Models with heads, and functions that find their outputs and heads."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_hier.heads.distillation import Distillation
from keras_hier.heads.group_head import PROBE_LOSS_WEIGHT, GroupHead
from keras_hier.keras_internals import compile_arguments, overrides_call
from keras_hier.log.metadata import CLASS_OUTPUT


@keras.saving.register_keras_serializable(package="keras_hier")
class HeadedModel(keras.Model):
    """A functional model with heads, as `add_heads` returns it.

    It differs from any other functional model in one thing: `compile` refuses
    what would let a probe disturb the training that it watches.
    """

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        **kwargs: Any,
    ) -> None:
        """Configures the model for training; see `keras.Model.compile`.

        Raises:
            ValueError: with probes, `global_clipnorm`, or a loss weight of a
                probe other than `ProbeHead.loss_weight`.
        """
        probes = [n for n, h in heads_of(self).items() if h.role == "probe"]
        if probes and _clips_globally(optimizer):
            raise ValueError(
                "`global_clipnorm` scales all gradients by their common norm, "
                f"so that the probes ({', '.join(probes)}) would change how "
                "the trunk is trained. Use `clipnorm` or `clipvalue`, or train "
                "without probes."
            )
        for name in probes:
            trained = loss.get(name) if isinstance(loss, Mapping) else loss
            weights = loss_weights if isinstance(loss_weights, Mapping) else {}
            if trained is not None and weights.get(name) != PROBE_LOSS_WEIGHT:
                raise ValueError(
                    f"Expected a loss weight of {PROBE_LOSS_WEIGHT} for the "
                    f"probe {name!r}, got {weights.get(name)}. Pass "
                    f"loss_weights={{{name!r}: ProbeHead.loss_weight, ...}}, "
                    "or use compile_args(), which fills it in."
                )
        super().compile(optimizer, loss, loss_weights, **kwargs)

    def get_compile_config(self) -> dict[str, Any]:
        """Returns what `compile` was given, as plain JSON types."""
        given = compile_arguments(self)
        if not given:
            return {}
        # Variables can be saved on TensorFlow alone.
        weights = keras.tree.map_structure(_number, given["loss_weights"])
        config: dict[str, Any] = keras.saving.serialize_keras_object(
            # Keras takes the optimizer out when it has saved as HDF5.
            {"optimizer": self.optimizer, **given, "loss_weights": weights}
        )
        return config

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles as `get_compile_config` described."""
        # Keras leaves this to models that override `compile`.
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)


def heads_of(model: keras.Model) -> dict[str, GroupHead]:
    """Returns the heads and probes of a model by output name."""
    return {
        layer.name: layer
        for layer in model.layers
        if isinstance(layer, GroupHead)
    }


def distillation_of(model: keras.Model) -> Distillation | None:
    """Returns the `Distillation` layer of a model, if it has one."""
    for layer in model.layers:
        if isinstance(layer, Distillation):
            return layer
    return None


def main_output(model: keras.Model) -> tuple[str, Any]:
    """Returns the name and the tensor of the output of the classes.

    In a dict of outputs the name is the key, by which Keras trains it. A
    `keras.Sequential` names no output: logs call its one `class`.

    Raises:
        ValueError: the outputs are not known, or there is not exactly one that
            `add_heads` has not added.
    """
    check_graph(model)
    if isinstance(model, keras.Sequential):
        names = [CLASS_OUTPUT] * len(model.outputs)
    elif has_dict_outputs(model):
        keys = {id(tensor): key for key, tensor in model.output.items()}
        names = [
            keys.get(id(tensor), name)
            for name, tensor in zip(
                model.output_names, model.outputs, strict=True
            )
        ]
    else:
        names = model.output_names
    added = set(heads_of(model))
    if distillation := distillation_of(model):
        added.add(distillation.name)
    mains = [
        (name, tensor)
        for name, tensor in zip(names, model.outputs, strict=True)
        if name not in added
    ]
    if len(mains) != 1:
        raise ValueError(
            "Expected a model with one output for the classes, got "
            f"{len(mains)}: {[name for name, _ in mains]}."
        )
    return mains[0]


def trained_output(model: keras.Model) -> tuple[str, Any]:
    """Does what `main_output` does, for a model that is to be trained."""
    name, main = main_output(model)
    if not has_dict_outputs(model) and len(model.outputs) > 1:
        names = ", ".join(f"{each!r}: ..." for each in model.output_names)
        raise ValueError(
            "Expected the outputs of a model with heads as a dict, by which "
            f"each is trained: keras.Model(inputs, {{{names}}})."
        )
    if main.shape[-1] == 1:
        raise ValueError(
            f"The output {name!r} has a single class, so that nothing can be "
            "wrong. Give two classes an output each, Dense(2)."
        )
    return name, main


def input_of(model: keras.Model) -> Any:
    """Returns the input of a model with its structure, to build others on it.

    `model.inputs` has lost it: Keras would match the keys of a dict with the
    names of the Input layers.
    """
    # A Sequential has `inputs`, but no `input`.
    sequential = isinstance(model, keras.Sequential)
    return model.inputs[0] if sequential else model.input


def has_dict_outputs(model: keras.Model) -> bool:
    """Tells whether a model returns, and is trained on, a dict by output."""
    # A Sequential has `outputs`, but no `output`.
    sequential = isinstance(model, keras.Sequential)
    return not sequential and isinstance(model.output, dict)


def check_graph(model: Any) -> None:
    """Raises an error unless the graph of a model is known."""
    if isinstance(model, keras.Sequential):
        if not getattr(model, "outputs", None):
            raise ValueError(
                f"The Sequential model {model.name!r} is not built, so that "
                "its outputs are not known. Start it with a keras.Input of the "
                "shape of a sample, or call model.build((None, height, width, "
                "channels)) first."
            )
    elif not isinstance(model, keras.Model) or not hasattr(model, "operations"):
        raise ValueError(
            "Expected a functional model, keras.Model(inputs, outputs), or a "
            f"keras.Sequential, got {type(model).__name__}, whose graph of "
            "layers is not known. Call a subclassed model's layers on a "
            "keras.Input instead; or train it without heads: on labels as they "
            "are, compiled with a loss and weighted_metrics="
            "[kh.ConfusionMatrix(hierarchy)]."
        )


def check_made_of_graph(model: Any) -> None:
    """Raises an error unless models made of this one's graph compute alike."""
    check_graph(model)
    if overrides_call(model):
        raise ValueError(
            f"{type(model).__name__} overrides call, which a model made of its "
            "graph would not keep. Make a layer of what it does, such as "
            "keras.layers.Rescaling; or pass "
            "keras.Model(model.input, model.output) to go without it."
        )


def _number(weight: Any) -> Any:
    """Returns the number that a variable holds at present."""
    if isinstance(weight, keras.Variable):
        return float(keras.ops.convert_to_numpy(weight))
    return weight


def _clips_globally(optimizer: Any) -> bool:
    if optimizer is None:  # compiled to evaluate alone
        return False
    optimizer = keras.optimizers.get(optimizer)
    # A loss-scaling optimizer wraps the one that clips.
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return any(o.global_clipnorm is not None for o in (optimizer, inner))
