"""Finds the tensors of a network between which it can be cut in two."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import keras

from keras_hier.heads.headed_model import (
    check_made_of_graph,
    input_of,
    main_output,
)
from keras_hier.keras_internals import call_inputs, overrides_call, producer

MOST = 12
# Layers that only bend or scale what a weighted layer gave.
_LINEAR = (None, keras.activations.linear)
_ACTIVATIONS = (
    keras.layers.Activation,
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ReLU,
)
_RESHAPED = {"Dropout", "Flatten", "Identity", "Reshape"}
_FUNCTIONS = {"Relu", "Relu6", "Gelu", "Silu", "Sigmoid", "Tanh", "Elu"}


class Point(NamedTuple):
    """A tensor of a network.

    Attributes:
        name: of the layer that gives it, such as `backbone/conv1` within a
            model, or `relu (2)` for the second use.
        tensor: symbolic.
        within: the calls of models that it lies in, from outside in: the inputs
            of the call, and the model.
    """

    name: str
    tensor: Any
    within: tuple[tuple[Any, keras.Model], ...] = ()


def points_of(model: keras.Model, layers: Iterable[str] | None) -> list[Point]:
    """Returns the points of named layers, or at most 12 cut points."""
    check_made_of_graph(model)
    if layers is None:
        found = cut_points(model)
        if not found:
            raise ValueError(
                f"Expected {model.name!r} to have a tensor between its inputs "
                "and its output layer that all after it depends on, found "
                "none: name the layers to read, layers=[...]."
            )
        # Points are left out evenly, never the last.
        last, count = len(found) - 1, min(len(found), MOST)
        return [
            found[round(n * last / max(count - 1, 1))] for n in range(count)
        ]
    names = tuple(layers)
    if not names:
        raise ValueError("Expected at least one layer, got none.")
    # Some are operations, or uses of a shared layer.
    cuts = {point.name: point for point in cut_points(model)}
    return [cuts.get(name) or _named(model, name) for name in names]


def cut_points(model: keras.Model) -> list[Point]:
    """Returns one tensor a block that all others after it depend on.

    They go from the input to the output layer. A block is a layer with weights
    and what bends, scales or pools its result; its first tensor behind an
    activation is taken.
    """
    _, output = main_output(model)
    found: list[Point] = []
    run: list[tuple[Point, Any]] = []
    walked = list(_walk([output], "", ()))
    uses = Counter(id(operation) for _, operation, _ in walked)
    used: Counter[int] = Counter()
    for point, operation, has_weights in walked:
        used[id(operation)] += 1
        if point is not None and uses[id(operation)] > 1:
            use = used[id(operation)]
            point = point._replace(name=f"{point.name} ({use})")
        if has_weights:
            if run:
                found.append(_of_run(run))
            run = []
        if point is not None:
            run.append((point, operation))
    # The last run is the output layer and what follows it.
    return [point for point in found if not _is_input(point.tensor)]


def symbolic(points: Sequence[Point]) -> list[Any]:
    """Returns the tensors of points as those of the outermost model.

    A model within is called once for all points in it.
    """
    found = [point.tensor for point in points]
    calls: dict[tuple[int, int], list[int]] = {}
    for place, point in enumerate(points):
        if point.within:
            taken, model = point.within[0]
            calls.setdefault((id(taken), id(model)), []).append(place)
    for places in calls.values():
        taken, model = points[places[0]].within[0]
        inner = symbolic(
            [
                points[place]._replace(within=points[place].within[1:])
                for place in places
            ]
        )
        given = keras.Model(input_of(model), inner)(taken)
        for place, tensor in zip(places, given, strict=True):
            found[place] = tensor
    return found


def _walk(
    outputs: Sequence[Any],
    prefix: str,
    within: tuple[tuple[Any, keras.Model], ...],
) -> Iterator[tuple[Point | None, Any, bool]]:
    """Goes through a graph in the order of computation.

    Yields for each operation the point after it, if that alone is alive then;
    the operation; and whether it has weights that mix features.
    """
    order = _in_order(outputs)
    uses: dict[int, int] = {}
    for _, taken, _ in order:
        for tensor in taken:
            uses[id(tensor)] = uses.get(id(tensor), 0) + 1
    for tensor in outputs:
        uses[id(tensor)] = uses.get(id(tensor), 0) + 1
    # An input is alive from the start: before branches meet, the output depends
    # on all of them.
    alive: dict[int, Any] = {
        id(t): t for _, taken, given in order if not taken for t in given
    }
    for operation, taken, given in order:
        was_alone = len(alive) == 1 and [id(t) for t in taken] == list(alive)
        for tensor in taken:
            uses[id(tensor)] -= 1
            if not uses[id(tensor)]:
                alive.pop(id(tensor), None)
        alive.update({id(t): t for t in given if uses.get(id(t))})
        if (
            _has_graph(operation)
            and was_alone
            and len(alive) == len(operation.outputs) == 1
        ):
            yield from _walk(
                operation.outputs,
                f"{prefix}{operation.name}/",
                (*within, (call_inputs(given[0]), operation)),
            )
            continue
        used = [tensor for tensor in given if uses.get(id(tensor))]
        alone = len(alive) == 1 and len(used) == 1
        point = Point(f"{prefix}{operation.name}", used[0], within)
        # Weights that are matrices mix features.
        weights = getattr(operation, "weights", ())
        mixes = any(len(weight.shape) > 1 for weight in weights)
        yield point if alone else None, operation, mixes


def _in_order(
    outputs: Sequence[Any],
) -> list[tuple[Any, list[Any], list[Any]]]:
    """Returns the calls that outputs depend on, each after those it takes."""
    done: set[tuple[int, ...]] = set()
    order = []
    waiting = [(tensor, False) for tensor in outputs]
    while waiting:
        tensor, is_ready = waiting.pop()
        call = producer(tensor)
        key = tuple(map(id, call[2]))
        if key in done:
            continue
        if is_ready:
            done.add(key)
            order.append(call)
            continue
        waiting.append((tensor, True))
        waiting += [(each, False) for each in call[1]]
    return order


def _has_graph(operation: Any) -> bool:
    """Tells whether it can be entered; a subclassed model is a plain layer."""
    return (
        isinstance(operation, keras.Model)
        and bool(getattr(operation, "outputs", None))
        and not overrides_call(operation)
    )


def _of_run(run: Sequence[tuple[Point, Any]]) -> Point:
    """Returns the first point with an activation behind it, else the last.

    Reshaped ones are only taken if there is no other.
    """
    for point, operation in run:
        activation = getattr(operation, "activation", None)
        if (
            isinstance(operation, _ACTIVATIONS)
            or activation not in _LINEAR
            or type(operation).__name__ in _FUNCTIONS
        ):
            return point
    kept = [
        point
        for point, operation in run
        if type(operation).__name__ not in _RESHAPED
    ]
    return (kept or [point for point, _ in run])[-1]


def _is_input(tensor: Any) -> bool:
    operation, taken, _ = producer(tensor)
    while taken and not getattr(operation, "weights", ()) and len(taken) == 1:
        operation, taken, _ = producer(taken[0])
    return not taken


def _named(model: keras.Model, name: str) -> Point:
    """Returns what the layer of this name gives."""
    within: list[tuple[Any, keras.Model]] = []
    inside = model
    *models, last = name.split("/")
    for part in models:
        layer = _layer(inside, part, name)
        if not _has_graph(layer):
            raise ValueError(
                f"There is no layer {name!r}: {part!r} is no model whose graph "
                "of layers is known, so ask for it as a whole."
            )
        taken = call_inputs(_only_output(inside, layer, name))
        within.append((taken, layer))
        inside = layer
    layer = _layer(inside, last, name)
    return Point(name, _only_output(inside, layer, name), tuple(within))


def _layer(model: keras.Model, name: str, path: str) -> Any:
    for layer in model.layers:
        if layer.name == name:
            return layer
    names = ", ".join(layer.name for layer in model.layers)
    raise ValueError(
        f"There is no layer {path!r} in {model.name!r}; there are "
        f"{names:.500}. A layer of a model within it is named "
        "'model/layer'."
    )


def _only_output(model: keras.Model, layer: Any, path: str) -> Any:
    order = _in_order(model.outputs)
    used = {id(tensor) for _, taken, _ in order for tensor in taken}
    used.update(map(id, model.outputs))
    found = {
        id(tensor): tensor
        for operation, _, given in order
        if operation is layer
        for tensor in given
        if id(tensor) in used
    }
    if len(found) != 1:
        raise ValueError(
            f"The layer {path!r} gives {len(found)} tensors that the outputs "
            "depend on, expected one."
        )
    return next(iter(found.values()))
