"""The class means of layers: which there are, and those of one epoch."""

from typing import NamedTuple

from tensorboard import errors

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import means_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.means_codec import ClassMeans
from tb_plugin.reading import output_order
from tb_plugin.reading.analysis_limits import check_classes
from tb_plugin.reading.answers import Json
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.store import Scope, Store, epoch_key


class LayerMeans(NamedTuple):
    """The class means of a layer, and all epochs that have some."""

    epoch: Epoch
    steps: list[int]
    means: ClassMeans
    tree: Hierarchy


class ClassMeansStore:
    """Reads class means through the store.

    Safe to use from many threads.
    """

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store, self._cache = store, cache

    def layers(self, scope: Scope, run: str) -> list[Json]:
        """Returns the layers with means: keys and names, from the input on."""
        outputs = self._store.outputs_of_run(scope, run)
        below = outputs.layers.get(run, ())
        names = output_order.layer_names(self._store, scope, run, below)
        listed = [
            key
            for key in outputs.means.get(run, ())
            # A training that logs fewer layers has ended those of one before.
            if key in names or self._has_means(scope, run, key)
        ]
        if not listed:
            raise errors.NotFoundError(f"class means in run {run!r:.100}")
        place = {key: at for at, key in enumerate(names)}
        listed.sort(key=lambda key: (place.get(key, len(place)), key))
        return [{"key": key, "name": names.get(key, key)} for key in listed]

    def named(self, scope: Scope, run: str, layer: str) -> Json:
        """Returns the layers, and the key and name of one, else of the last."""
        layers = self.layers(scope, run)
        layer = layer or layers[-1]["key"]
        names = {each["key"]: each["name"] for each in layers}
        return {
            "layers": layers,
            "layer": layer,
            "name": names.get(layer, layer),
        }

    def read(self, scope: Scope, run: str, layer: str, step: int) -> LayerMeans:
        """Returns means of the last epoch up to this one, else of the first."""
        chosen, steps = self.epoch(scope, run, layer, step)
        check_classes(means_codec.peek(chosen.blob))
        means = self._cache.get_or_compute(
            epoch_key(scope, run, layer, chosen),
            lambda: means_codec.decode(chosen.blob),
            lambda found: found.means.nbytes + found.counts.nbytes,
        )
        tree = self._store.hierarchy(scope, run, means.hierarchy)
        if tree.num_classes != len(means.counts):
            raise CodecError(
                f"There are means of {len(means.counts)} classes, and "
                f"{tree.num_classes} in the tree that they name."
            )
        return LayerMeans(chosen, steps, means, tree)

    def epoch(
        self, scope: Scope, run: str, layer: str, step: int
    ) -> tuple[Epoch, list[int]]:
        """Returns the record of the same epoch, and all epochs with one."""
        try:
            epochs = self._store.mean_epochs(scope, run, layer)
        except errors.NotFoundError:
            raise errors.NotFoundError(
                f"class means of layer {layer!r:.100} in run {run!r:.100}"
            ) from None
        chosen = ([e for e in epochs if e.step <= step] or epochs[:1])[-1]
        return chosen, [e.step for e in epochs]

    def _has_means(self, scope: Scope, run: str, layer: str) -> bool:
        try:
            return bool(self._store.mean_epochs(scope, run, layer))
        except errors.NotFoundError:
            return False
