"""The order in which the outputs of a run are listed: the page opens the first.

The order is alphabetical in a run with the output `class`: the page opens that.
"""

from collections.abc import Iterable, Sequence

from tensorboard import errors

from keras_hier.log import metadata
from keras_hier.log.records import layers_codec
from keras_hier.log.records.container import CodecError
from tb_plugin.reading.store import Outputs, Scope, Store


def in_order(
    store: Store, scope: Scope, outputs: Outputs
) -> dict[str, list[str]]:
    """Returns the outputs of each run that have matrices, in their order."""
    found = {}
    for run, names in outputs.matrices.items():
        below = outputs.layers.get(run, ())
        if below and metadata.CLASS_OUTPUT not in names:
            layers = layer_names(store, scope, run, below)
            found[run] = from_the_deepest(names, below, tuple(layers))
        else:
            found[run] = sorted(names)
    return found


def from_the_deepest(
    names: Iterable[str], below: Sequence[str], layers: Sequence[str]
) -> list[str]:
    """Returns outputs from those of the classes up to those next to the input.

    Outputs are of a layer as `conv1_linear` is of `conv1`. Those of no layer
    come first, those of untrained weights last. Below those in `below` layers
    were looked at: they are of the classes.
    """
    depth = {layer: place for place, layer in enumerate(layers)}

    def place(name: str) -> tuple[bool, int, str]:
        of_layer = depth.get(name.rpartition("_")[0], -1)
        is_read_out = of_layer >= 0 or metadata.is_linear(name)
        return name not in below and is_read_out, -of_layer, name

    return sorted(names, key=place)


def layer_names(
    store: Store, scope: Scope, run: str, below: Iterable[str]
) -> dict[str, str]:
    """Returns the layers that were looked at, from the input on.

    Their names, by how they stand in names of outputs. A record that is damaged
    has none.
    """
    names: dict[str, str] = {}
    for output in sorted(below):
        try:
            epoch = store.layer_epochs(scope, run, output)[-1]
            record = layers_codec.decode(epoch.blob)
        except (CodecError, errors.NotFoundError):
            continue
        for name in record.layers:
            names.setdefault(metadata.as_output(name), name)
    return names
