"""How alike classes are in a layer, and which channels tell a group apart."""

import numpy as np
import numpy.typing as npt
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.log.records import matrix_codec, means_codec
from keras_hier.log.records.container import CodecError
from tb_plugin.comparing.channel_groups import told_groups
from tb_plugin.comparing.class_means import (
    about,
    channels_of,
    grid_of,
    labels_below,
    likeness,
    place_of,
    strongest_classes,
)
from tb_plugin.reading import parameters
from tb_plugin.reading.analysis_limits import check_classes
from tb_plugin.reading.answers import Json
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.channel_samples import ChannelSampleStore
from tb_plugin.reading.class_means import ClassMeansStore, LayerMeans
from tb_plugin.reading.seeds import run_set
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route, stored

CACHE_BYTES = 192 * 2**20
# A correlation is sent in steps of a hundredth, as it is written.
STEPS = 100


class ResponsesService(Service):
    """Answers what the class means of layers say."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._strongest = ChannelSampleStore(*readers)
        # One at a time: each takes some 128 MiB of means a few times over.
        self._cache = Cache(CACHE_BYTES, max_concurrent=1)
        self._means = ClassMeansStore(self._store, self._cache)

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
            shape: of the layer; `pool` and `features` say how it was read, and
                `grid` the rows and columns of its cells or null.
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
        told = self._means.named(scope, run, layer)
        try:
            return told | self._likeness(scope, run, told["layer"], step)
        except CodecError as error:
            return told | {"error": str(error)}

    def _likeness(self, scope: Scope, run: str, layer: str, step: int) -> Json:
        found = self._means.read(scope, run, layer, step)
        alike = self._correlation(scope, run, layer, found)
        told: Json = self._cache.get_or_compute(
            (epoch_key(scope, run, layer, found.epoch), "likeness"),
            lambda: likeness(alike, found.tree),
            lambda _: 4096,
        )
        return {**about(found), **told}

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
        found = self._means.read(scope, run, layer, step)
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
            for, against: features beyond chance that are higher in the group,
                and lower; surest first.
            entries: the channels, surest first, at most 100 of those `found`.
            feature: its place among all that the layer has.
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
        found = self._means.read(scope, run, layer, step)
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
            lambda told: (
                110_000 + 48 * (len(told["for"]) + len(told["against"]))
            ),
        )
        grid = grid_of(means)
        samples, problem = self._strongest.read_or_why(
            scope, run, layer, found.epoch, found.means
        )
        entries = [
            {
                **entry,
                **place_of(entry["feature"], grid),
                "samples": samples and samples.of_channel(entry["feature"]),
            }
            for entry in told["entries"]
        ]
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

    @route
    def means(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends the class means of a layer as they are stored.

        `keras_hier/log/records/means_codec.py` has the format. They are of the
        epoch that `channel_groups` names.

        Query:
            run, step: the epoch of a single run.
            layer: the key of a layer. Optional: the last one.
        """
        run = parameters.text(request, "run")
        step = parameters.number("step", parameters.text(request, "step"))
        _check_single(run)
        layer = request.args.get("layer", "")
        layer = layer or self._means.layers(scope, run)[-1]["key"]
        epoch, _ = self._means.epoch(scope, run, layer, step)
        check_classes(means_codec.peek(epoch.blob))
        return stored(request, epoch.blob)

    @route
    def channel_groups(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns the group that each channel of a layer tells best.

        The groups are those of all levels. A channel has one if a class of the
        group has a higher mean than others beyond chance, all groups and all
        channels considered.

        Query:
            run, step: the epoch of a single run.
            layer: a `key` of the layers. Optional: the last one.

        Returns:
            layers, layer, name: all that have means, and the one that is shown.
            error: why its means cannot be read, in place of what follows.
            step, steps: of the means, and all that have some.
            shape, pool, features, grid, samples, without: what they are of.
            hierarchy: digest of the tree of the classes.
            tested: how many groups have enough classes.
            rate: of false discoveries.
            channels: those beyond chance, group by group in the order of the
                tree, surest first. `nodes` has the group of each, `auc` how
                surely it tells it.
        """
        run = parameters.text(request, "run")
        step = parameters.number("step", parameters.text(request, "step"))
        _check_single(run)
        told = self._means.named(scope, run, request.args.get("layer", ""))
        try:
            found = self._means.read(scope, run, told["layer"], step)
            key = (epoch_key(scope, run, told["layer"], found.epoch), "groups")
            groups: Json = self._cache.get_or_compute(
                key,
                lambda: told_groups(found.means, found.tree),
                lambda of: 4096 + 128 * len(of["channels"]),
            )
        except CodecError as error:
            return told | {"error": str(error)}
        return {**told, **about(found), **groups}

    @route
    def channel(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns what a channel of a layer responds to.

        Query:
            run, step: the epoch of a single run.
            layer: the key of a layer.
            channel: its place among the features of the layer.

        Returns:
            channel, cell: as in `channels`; `grid` is that of the layer.
            strongest: the labels with the highest means.
            samples, index, samples_error: as in `channels`.
        """
        run, layer, step = _layer_of(request)
        feature = parameters.number(
            "channel", parameters.text(request, "channel")
        )
        _check_single(run)
        found = self._means.read(scope, run, layer, step)
        if feature >= found.means.means.shape[1]:
            raise errors.NotFoundError(f"channel {feature} of {layer!r:.100}")
        grid = grid_of(found.means)
        samples, problem = self._strongest.read_or_why(
            scope, run, layer, found.epoch, found.means
        )
        return {
            **place_of(feature, grid),
            "grid": [grid.rows, grid.columns] if grid.rows else None,
            "strongest": strongest_classes(found.means, feature),
            "samples": samples and samples.of_channel(feature),
            "index": samples and samples.digest,
            "samples_error": problem,
        }

    def _correlation(
        self, scope: Scope, run: str, layer: str, found: LayerMeans
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
