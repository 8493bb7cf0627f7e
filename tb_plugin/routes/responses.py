"""How alike classes are in a layer, and which channels tell a group apart."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import matrix_codec, means_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.means_codec import ClassMeans
from tb_plugin.comparing.class_means import (
    channels_of,
    grid_of,
    labels_below,
    likeness,
)
from tb_plugin.reading import output_order, parameters
from tb_plugin.reading.analysis_limits import check_classes
from tb_plugin.reading.answers import Json
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.channel_samples import ChannelSamples, ChannelSampleStore
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.seeds import run_set
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route, stored

CACHE_BYTES = 192 * 2**20
# A correlation is sent in steps of a hundredth, as it is written.
STEPS = 100


class _Layer(NamedTuple):
    """The class means of a layer, and all epochs that have some."""

    epoch: Epoch
    steps: list[int]
    means: ClassMeans
    tree: Hierarchy


class ResponsesService(Service):
    """Answers what the class means of layers say."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._strongest = ChannelSampleStore(*readers)
        # One at a time: each takes some 128 MiB of means a few times over.
        self._cache = Cache(CACHE_BYTES, max_concurrent=1)

    @route
    def responses(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns how alike the classes are to a layer.

        The means are those of the last epoch up to this one that has any,
        otherwise of the first. docs/why/layers.md explains the figures.

        Query:
            run, step: the epoch of a single run.
            layer: a `key` of the layers. Optional: the last one.

        Returns:
            layers: all that have means, from the input on, by `key` and `name`.
            layer, name: the key and the name of the one that is shown.
            error: why its means cannot be compared, in place of what follows.
            step: of the means; `steps` are all that have some.
            shape: of the layer; `pool` and `features` say how it was read.
            samples: how many there are; `without` counts classes without any.
            hierarchy: digest of the tree of the classes.
            mean: the mean correlation of two classes' means, each channel
                standardised.
            levels: for each but the last its `groups`, and the mean over pairs
                `inside` one group and `outside`. Under 95 % of permutations of
                the classes they lie within `band` and `band_outside` of `mean`.
        """
        run = parameters.text(request, "run")
        layer = request.args.get("layer", "")
        step = parameters.number("step", parameters.text(request, "step"))
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
            lambda: likeness(alike, found.tree),
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

    @route
    def correlation(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends the same correlations pair by pair, as `matrix` sends a matrix.

        A pair stands once, above the diagonal in label order. Its cell is 1
        plus the hundredths of the correlation above -1, so 1 to 201. Classes
        without samples have no cells.

        Query:
            run, step: the epoch of a single run.
            layer: the key of a layer.

        Raises:
            422: more than 5,000,000 pairs (3,162 classes).
        """
        run, layer, step = _layer_of(request)
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
        blob = self._cache.get_or_compute((key, "blob"), encode, len)
        return stored(request, blob)

    @route
    def channels(self, request: wrappers.Request, scope: Scope) -> Json:
        """Ranks the channels of a layer by how they tell a group apart.

        A group is compared with all other classes (`kh.analysis.channels`), as
        far as both have about as many samples a class.

        Query:
            run, step: the epoch of a single run.
            layer: the key of a layer.
            node: a group of the tree that `responses` names.

        Returns:
            step, features: of the means.
            classes, others, compared: how many classes there are with samples,
                in the group and not, and how many of both are compared.
            is_small: whether either is fewer than `least_classes`. Then the ten
                channels that set the group highest are listed, none is `found`,
                and `q` is null.
            alone: how many channels have p <= `rate` by themselves. `expected`
                are so many by chance.
            inside, band: mean correlation of two classes of the group, and how
                far permuted groups are from the mean of all.
            grid: rows and columns of cells that the layer was pooled to, or
                null.
            entries: the channels, surest first, at most 100 of those `found`.
            channel, cell, auc: a channel, its row and column in the grid or
                null, and the area under the ROC curve.
            strongest: the labels with the highest means.
            samples: at most six where the channel is highest, or null. Each has
                its `id`, its `label`, its `value`, and its `number` in the
                index or null.
            index: digest of the index for `pictures`, or null.
            samples_error: why the samples cannot be read, or null.
        """
        run, layer, step = _layer_of(request)
        node = parameters.number("node", parameters.text(request, "node"))
        _check_single(run)
        found = self._layer(scope, run, layer, step)
        means, tree = found.means, found.tree
        if node >= len(tree.parents):
            raise errors.NotFoundError(f"node {node} of the tree")
        there = means.counts > 0
        inside = np.zeros(tree.num_classes, bool)
        inside[labels_below(tree, node)] = True
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
                self._strongest.read(
                    scope, run, layer, found.epoch, found.means
                ),
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


def _layer_of(request: wrappers.Request) -> tuple[str, str, int]:
    """Returns the run, the layer and the step that a request names."""
    run, layer, step = (
        parameters.text(request, name) for name in ("run", "layer", "step")
    )
    return run, layer, parameters.number("step", step)


def _check_single(run: str) -> None:
    runs = run_set(run)
    if runs:
        raise CodecError(
            f"{len(runs.names)} runs are {len(runs.names)} networks: their "
            "responses are told of a single run. Choose one of them."
        )
