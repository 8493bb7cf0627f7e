"""How alike classes are in a layer, and which channels tell a group apart."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard import errors

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import matrix_codec, means_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.means_codec import ClassMeans
from tb_plugin.reading import output_order
from tb_plugin.reading.analysis_limits import check_classes
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.seeds import run_set
from tb_plugin.reading.store import Scope, Store, epoch_key
from tb_plugin.reading.views import display_levels
from tb_plugin.routes.channel_samples import ChannelSamples, ChannelSampleStore
from tb_plugin.routes.channel_tests import channels_of, grid_of

CACHE_BYTES = 192 * 2**20
# A correlation is sent in steps of a hundredth, as it is written.
STEPS = 100


class _Layer(NamedTuple):
    """The class means of a layer, and all epochs that have some."""

    epoch: Epoch
    steps: list[int]
    means: ClassMeans
    tree: Hierarchy


class ResponsesService:
    """Answers what the class means of layers say.

    Safe to use from many threads.

    Args:
        store: where records are read from.
        samples: reads the strongest samples of channels.
        cache_bytes: how much to keep in memory, of means and what was made of
            them.
    """

    def __init__(
        self,
        store: Store,
        samples: ChannelSampleStore,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._store, self._samples = store, samples
        # One at a time: each takes some 128 MiB of means a few times over.
        self._cache = Cache(cache_bytes, max_concurrent=1)

    def read(self, scope: Scope, run: str, layer: str, step: int) -> Json:
        """Returns the layers, and how alike the classes of groups are in one.

        The means are those of the last epoch up to this one that has any, or
        else of the first that has. The `error` says why means
        cannot be compared: there are other layers to go to.

        Args:
            scope: whose data.
            run: the sub-run.
            layer: the layer; by default the last one.
            step: the epoch.
        """
        _check_single(run)
        layers = self._layers(scope, run)
        layer = layer or layers[-1]["key"]
        names = {each["key"]: each["name"] for each in layers}
        told = {
            "layers": layers,
            "layer": layer,
            "name": names.get(layer, layer),
        }
        try:
            return told | self._likeness(scope, run, layer, step)
        except CodecError as error:
            return told | {"error": str(error)}

    def _likeness(self, scope: Scope, run: str, layer: str, step: int) -> Json:
        found = self._layer(scope, run, layer, step)
        means = found.means
        alike = self._correlation(scope, run, layer, found)
        told: Json = self._cache.get_or_compute(
            (epoch_key(scope, run, layer, found.epoch), "likeness"),
            lambda: _likeness(alike, found.tree),
            lambda _: 4096,
        )
        return {
            "name": means.layer,
            "step": found.epoch.step,
            "steps": found.steps,
            "shape": means.shape,
            "pool": means.pool,
            "features": means.means.shape[1],
            "samples": int(means.counts.sum()),
            "without": int((means.counts == 0).sum()),
            "hierarchy": means.hierarchy,
            **told,
        }

    def correlation(
        self, scope: Scope, run: str, layer: str, step: int
    ) -> bytes:
        """Returns the correlation of classes as a matrix of the log.

        Each pair stands once, above the diagonal in label order, as 1 plus the
        hundredths of its correlation above -1. Classes without samples have
        no cells.
        """
        _check_single(run)
        found = self._layer(scope, run, layer, step)
        alike = self._correlation(scope, run, layer, found)

        def encode() -> bytes:
            steps = np.rint(STEPS * (1 + alike.astype(np.float64)))
            codes = np.triu(np.nan_to_num(steps, nan=-1) + 1, 1)
            return matrix_codec.encode(
                codes, hierarchy=found.means.hierarchy, layer=found.means.layer
            )

        key = epoch_key(scope, run, layer, found.epoch)
        return self._cache.get_or_compute((key, "blob"), encode, len)

    def channels(
        self, scope: Scope, run: str, layer: str, step: int, node: int
    ) -> Json:
        """Returns the channels of a layer by how they tell a group apart.

        Args:
            scope: whose data.
            run: the sub-run.
            layer: the layer.
            step: the epoch.
            node: of the tree of the classes.
        """
        _check_single(run)
        found = self._layer(scope, run, layer, step)
        means, tree = found.means, found.tree
        if node >= len(tree.parents):
            raise errors.NotFoundError(f"node {node} of the tree")
        there = means.counts > 0
        inside = np.zeros(tree.num_classes, bool)
        inside[_labels_below(tree, node)] = True
        among = inside[there]
        if among.all() or not among.any():
            raise CodecError(
                "Channels are ranked by how they tell a group from the other "
                f"classes: of the {len(among):,} with samples "
                f"{'all' if among.all() else 'none'} are in this one."
            )
        alike = self._correlation(scope, run, layer, found)
        told: Json = self._cache.get_or_compute(
            (epoch_key(scope, run, layer, found.epoch), node),
            lambda: channels_of(means, inside, alike),
            lambda told: 4096 + 1024 * len(told["entries"]),
        )
        grid = grid_of(means)
        samples, problem = self._samples_of(scope, run, layer, found)
        entries = []
        for entry in told["entries"]:
            channel = entry["channel"]
            cell, of_layer = divmod(channel, grid.channels)
            entries.append(
                {
                    **entry,
                    "channel": of_layer,
                    "cell": [*divmod(cell, grid.columns)]
                    if grid.rows
                    else None,
                    "samples": samples and samples.of_channel(channel),
                }
            )
        return {
            "step": found.epoch.step,
            "classes": int(among.sum()),
            "others": int((~among).sum()),
            "features": means.means.shape[1],
            "grid": [grid.rows, grid.columns] if grid.rows else None,
            "index": samples and samples.digest,
            "samples_error": problem,
            **told,
            "entries": entries,
        }

    def _samples_of(
        self, scope: Scope, run: str, layer: str, found: _Layer
    ) -> tuple[ChannelSamples | None, str | None]:
        """Returns the strongest samples, or why they cannot be read."""
        try:
            return (
                self._samples.read(scope, run, layer, found.epoch, found.means),
                None,
            )
        except CodecError as error:
            return None, str(error)

    def _layers(self, scope: Scope, run: str) -> list[Json]:
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

    def _has_means(self, scope: Scope, run: str, layer: str) -> bool:
        try:
            return bool(self._store.mean_epochs(scope, run, layer))
        except errors.NotFoundError:
            return False

    def _layer(self, scope: Scope, run: str, layer: str, step: int) -> _Layer:
        try:
            epochs = self._store.mean_epochs(scope, run, layer)
        except errors.NotFoundError:
            raise errors.NotFoundError(
                f"class means of layer {layer!r:.100} in run {run!r:.100}"
            ) from None
        chosen = ([e for e in epochs if e.step <= step] or epochs[:1])[-1]
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
        return _Layer(chosen, [e.step for e in epochs], means, tree)

    def _correlation(
        self, scope: Scope, run: str, layer: str, found: _Layer
    ) -> npt.NDArray[np.float32]:
        from keras_hier.probing.alignment.class_correlation import (
            class_correlation,
        )

        def compute() -> npt.NDArray[np.float32] | str:
            try:
                return class_correlation(found.means.means)
            except ValueError as error:
                return str(error)  # it takes as long to find out

        alike = self._cache.get_or_compute(
            (epoch_key(scope, run, layer, found.epoch), "alike"),
            compute,
            lambda alike: 1024 if isinstance(alike, str) else alike.nbytes,
        )
        if isinstance(alike, str):
            raise CodecError(alike)
        return alike


def _likeness(alike: npt.NDArray[np.float32], tree: Hierarchy) -> Json:
    """Returns how alike classes are, and those of the groups of each level."""
    # Imported late: TensorBoard must not wait for what probes need.
    from keras_hier.probing.alignment.class_correlation import ClassPairs

    pairs = ClassPairs(alike)
    levels = []
    for level in display_levels(tree)[:-1]:
        group = np.full(tree.num_classes, -1)
        for at, node in enumerate(level.nodes.tolist()):
            group[_labels_below(tree, node)] = at
        within = pairs.within(group)
        levels.append(
            {"groups": len(level.nodes), **_numbers(within._asdict())}
        )
    return {"mean": number(pairs.mean), "levels": levels}


def _labels_below(tree: Hierarchy, node: int) -> npt.NDArray[np.int64]:
    return tree.order[tree.start[node] : tree.stop[node]]


def _numbers(values: dict[str, float]) -> Json:
    return dict(
        zip(values, numbers(np.array(list(values.values()))), strict=True)
    )


def _check_single(run: str) -> None:
    runs = run_set(run)
    if runs:
        raise CodecError(
            f"{len(runs.names)} runs are {len(runs.names)} networks: their "
            "responses are told of a single run. Choose one of them."
        )
