"""The results of every loss, layer and metric on the same numbers.

The names of the arrays begin with the class that they are of.
"""

from typing import Any

import keras
import numpy as np
import small
from keras import ops

import keras_hier as kh
from keras_hier import losses
from keras_hier.alexnet import LocalResponseNormalization
from keras_hier.answers.answering_model import NodeAnswers
from keras_hier.heads.cell_means import CellMeans
from keras_hier.heads.distillation import Distillation, DivergenceLoss
from keras_hier.heads.fuse_heads import FusedClasses
from keras_hier.keras_internals import BatchNormalization
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.training.class_crossentropy import ClassCrossentropy
from keras_hier.training.node_accuracy import NodeAccuracy

TREE = small.hierarchy()
CUT = TREE.cut(depth=1)
FOREIGN = kh.Grouping(["x", "y"], [0, 1, 0, 1, 1, 0])
# The classes themselves, in the order of the tree.
CLASSES = TREE.cut(max_size=1)
SAMPLES = 12


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Returns float32 numbers that are the same everywhere."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def value_and_gradient(
    function: Any, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns f(x), and the gradient of its weighted sum in x."""

    def total(x: Any) -> tuple[Any, Any]:
        value = function(x)
        weights = normal(*ops.shape(value), seed=9)
        return ops.sum(value * ops.convert_to_tensor(weights)), value

    if keras.backend.backend() == "jax":
        import jax

        # Compiled as one: each operation by itself takes several times as long.
        slope, value = jax.jit(jax.grad(total, has_aux=True))(x)
    elif keras.backend.backend() == "torch":
        leaf = ops.convert_to_tensor(x).clone().detach().requires_grad_()
        sum_, value = total(leaf)
        sum_.backward()
        slope = leaf.grad
    else:
        import tensorflow as tf

        leaf = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(leaf)
            found, value = total(leaf)
        slope = tape.gradient(found, leaf)
    return ops.convert_to_numpy(value), ops.convert_to_numpy(slope)


def fill(variables: list[Any], scale: float = 0.5) -> None:
    """Sets weights: initializers differ between backends."""
    for seed, variable in enumerate(variables):
        value = scale * normal(*variable.shape, seed=seed + 1)
        # Variances and the like must be above 0.
        variable.assign(abs(value) + 0.5 if "var" in variable.name else value)


def of_losses() -> dict[str, np.ndarray]:
    """Losses and their gradients, from labels in all forms."""
    labels = np.arange(SAMPLES) % 6
    logits = 2 * normal(SAMPLES, 6)
    soft = np.full((SAMPLES, 6), 0.02, "float32")
    soft[np.arange(SAMPLES), labels] += 0.88
    made = {
        "HierarchicalCrossentropy": lambda **options: (
            losses.HierarchicalCrossentropy(TREE, 0.4, **options)
        ),
        "SoftLabelCrossentropy": lambda **options: losses.SoftLabelCrossentropy(
            TREE, 3.0, **options
        ),
    }
    found = {}
    for name, make in made.items():
        for form, given in (("integers", labels), ("soft", soft)):
            loss = make(reduction=None)
            found[f"{name} {form}"], found[f"{name} {form} gradient"] = (
                value_and_gradient(lambda x, f=loss, y=given: f(y, x), logits)
            )
        loss = make(from_logits=False, reduction=None)
        p = ops.convert_to_numpy(ops.softmax(ops.convert_to_tensor(logits)))
        found[f"{name} probabilities"], found[f"{name} slope of them"] = (
            value_and_gradient(lambda x, f=loss: f(labels, x), p)
        )
        weights = ops.convert_to_tensor(abs(normal(SAMPLES)))
        found[f"{name} weighted"] = ops.convert_to_numpy(
            make()(labels, logits, sample_weight=weights)
        )
    loss = ClassCrossentropy(from_logits=True, reduction=None)
    found["ClassCrossentropy"], found["ClassCrossentropy gradient"] = (
        value_and_gradient(lambda x: loss(labels, x), logits)
    )
    # Six classes, then the inner nodes; over classes, over a cut and otherwise.
    nodes = np.arange(SAMPLES) % (6 + 6)
    for grouping, width in ((None, 6), (CUT, 3), (FOREIGN, 2)):
        loss = NodeCrossentropy(TREE, grouping, reduction=None)
        for form, given in (("integers", nodes), ("soft", soft)):
            name = f"NodeCrossentropy {width} {form}"
            found[name], found[f"{name} gradient"] = value_and_gradient(
                lambda x, f=loss, y=given: f(y, x), logits[:, :width]
            )
    found["DivergenceLoss"], found["DivergenceLoss gradient"] = (
        value_and_gradient(
            lambda x: DivergenceLoss(reduction=None)(labels, x), logits[:, 0]
        )
    )
    return found


def of_layers() -> dict[str, np.ndarray]:
    """Returns what layers return, and its gradients."""
    found = {}
    features = normal(SAMPLES, 6, 5, 4)
    layers: dict[str, tuple[Any, dict[str, Any]]] = {
        "LocalResponseNormalization": (
            LocalResponseNormalization(depth=3, alpha=0.5),
            {},
        ),
        "BatchNormalization": (BatchNormalization(), {}),
        "CellMeans": (CellMeans((4, 3), "channels_last"), {}),
        "GroupHead pool": (kh.GroupHead(CUT, "any", "pool"), {}),
        "GroupHead grid": (kh.GroupHead(CUT, "any", "grid"), {}),
        "GroupHead dense": (kh.GroupHead(CUT, "any", "dense"), {}),
        "ProbeHead": (kh.ProbeHead(CUT, "any", "pool"), {}),
        "ProbeHead training": (
            kh.ProbeHead(CUT, "any", "grid"),
            {"training": True},
        ),
    }
    for name, (layer, options) in layers.items():
        layer.build(features.shape)
        fill(layer.weights)
        if "Probe" in name:  # nothing flows back through a probe
            found[name] = ops.convert_to_numpy(layer(features, **options))
            for weight in layer.non_trainable_variables:
                if weight.dtype == "float32":
                    found[f"{name} {weight.path.split('/')[-1]}"] = (
                        ops.convert_to_numpy(weight)
                    )
            continue
        found[name], found[f"{name} gradient"] = value_and_gradient(
            lambda x, f=layer: f(x), features
        )
    logits = [normal(SAMPLES, 6), *(normal(SAMPLES, n, seed=n) for n in (3, 2))]
    logits.append(normal(SAMPLES, 6, seed=5))
    heads = [ops.convert_to_tensor(values) for values in logits[1:]]
    groupings = [CUT, FOREIGN, CLASSES]
    for from_logits in (True, False):
        kind = "logits" if from_logits else "probabilities"
        scores = logits[0]
        if not from_logits:
            scores = ops.convert_to_numpy(
                ops.softmax(ops.convert_to_tensor(scores))
            )
        for layer in (
            Distillation(groupings, 2.0, from_logits),
            FusedClasses([0.8, 0.3, 0.2, 0.5], groupings, from_logits),
        ):
            name = f"{type(layer).__name__} {kind}"
            found[name], found[f"{name} gradient"] = value_and_gradient(
                lambda x, f=layer: f([x, *heads]),
                scores,
            )
        for rule in ("climbing", "information"):
            answers = NodeAnswers(TREE, [0.6] * 6, rule, 1.5, from_logits)
            for part, said in answers(ops.convert_to_tensor(scores)).items():
                found[f"NodeAnswers {rule} {kind} {part}"] = (
                    ops.convert_to_numpy(said)
                )
    return found


def of_metrics() -> dict[str, np.ndarray]:
    """Matrices and distances."""
    found = {}
    labels, logits = np.arange(SAMPLES) % 6, normal(SAMPLES, 6)
    weights = (np.arange(SAMPLES) % 4 / 2).astype("float32")
    for name, metric in {
        "classes": kh.ConfusionMatrix(TREE),
        "cut": kh.ConfusionMatrix(TREE, CUT),
        "foreign": kh.ConfusionMatrix(TREE, FOREIGN),
        "nodes": kh.ConfusionMatrix(TREE, node_labels=True),
    }.items():
        metric.update_state(labels, logits)
        metric.update_state(labels[:, None], logits[::-1], weights)
        found[f"ConfusionMatrix {name}"] = metric.matrix()
        found[f"ConfusionMatrix {name} distance"] = ops.convert_to_numpy(
            metric.result()
        )
    nodes = np.arange(SAMPLES) % (6 + 6)
    for k in (1, 2):
        accuracy = NodeAccuracy(TREE, k=k)
        accuracy.update_state(nodes, logits, weights)
        found[f"NodeAccuracy {k}"] = ops.convert_to_numpy(accuracy.result())
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    metric.update_state(nodes, logits, weights)
    coarse = metric.coarse()
    found["ConfusionMatrix coarse"] = np.stack([coarse.labelled, coarse.met])
    return found


def of_training() -> dict[str, np.ndarray]:
    """Returns numbers of a model with heads and probes, and when fused."""
    model = kh.add_heads(
        small.model("softmax"),
        heads={"conv1": CUT, "conv2": [FOREIGN, CLASSES]},
        probes={"conv1": CLASSES},
        head=kh.heads.hidden(units=8, dropout=0.0),
    )
    # Each layer by its own name, whatever order a backend lists them in.
    for weight in sorted(model.weights, key=lambda w: w.path):
        fill([weight], 0.3)
    schedule = kh.LossWeightSchedule(
        lambda epoch: {"conv1_groups3": 0.5 + epoch}
    )
    model.compile(
        keras.optimizers.SGD(0.02, momentum=0.9),
        **kh.compile_args(model, TREE, loss_weights=schedule.variables),
    )
    apply = kh.targets(model, class_weight={2: 0.5})
    x, y, weights = apply(*small.data(32))
    history = model.fit(
        x,
        y,
        sample_weight=weights,
        batch_size=16,
        epochs=2,
        shuffle=False,
        verbose=0,
        callbacks=[schedule],
    ).history
    images, labels = small.data(16, seed=1)
    found = {f"HeadedModel {name}": values for name, values in history.items()}
    for name, values in model.predict(images, verbose=0).items():
        found[f"HeadedModel output {name}"] = values
    found["HeadedModel fused"] = kh.fuse_heads(model, (images, labels)).predict(
        images, verbose=0
    )
    return {name: np.asarray(values) for name, values in found.items()}


def of_alexnet() -> dict[str, np.ndarray]:
    """Returns numbers of a small AlexNet after a step."""
    found = {}
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 1), "uint8")
    for normalization in ("lrn", "batch"):
        model = kh.AlexNet(
            6, (32, 32, 1), 0.02, normalization=normalization, dropout=0.0
        )
        for weight in model.trainable_variables:
            fill([weight], 0.2)
        model.compile(
            keras.optimizers.SGD(0.01), losses.HierarchicalCrossentropy(TREE)
        )
        loss = model.train_on_batch(images, np.arange(4))
        name = f"AlexNet {normalization}"
        found[f"{name} loss"] = np.asarray(loss)
        found[name] = model.predict(images, verbose=0)
    return found


def all_of_them() -> dict[str, np.ndarray]:
    """Returns all numbers by name."""
    return {
        **of_losses(),
        **of_layers(),
        **of_metrics(),
        **of_training(),
        **of_alexnet(),
    }
