"""Reads the log through TensorBoard's data provider.

TensorBoard keeps every record it has read, and may have the same epoch twice.
This module returns one series for each output, and reads it again only when a
record has been added. In the place of a run may stand a set of runs (`seeds`).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from tensorboard import errors
from tensorboard.context import RequestContext
from tensorboard.data import provider

from keras_hier.hierarchy import Grouping, Hierarchy, HierarchyError
from keras_hier.log import kinds, metadata
from keras_hier.log.event_files.restarts import latest_attempt, written_at
from keras_hier.log.records import container, matrix_codec
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.early_list import EarlyList
from tb_plugin.reading.epochs import AnyEpoch, Epoch, SummedEpoch
from tb_plugin.reading.outputs import Outputs, all_outputs
from tb_plugin.reading.seeds import run_set
from tb_plugin.reading.tensors import as_bytes, why_unread

CACHE_BYTES = 256 * 2**20
# `downsample` is required, and no step may be left out.
_ALL_STEPS = 2**31 - 1
# A guess: an epoch beside its bytes, and the header that it keeps.
_EPOCH_BYTES = 2000
# A guess: names of experiment, run and tag, and a digest.
_PLACE_BYTES = 1000


class Scope(NamedTuple):
    """The experiment that a request is about, and its context."""

    context: RequestContext
    experiment: str


def epoch_key(scope: Scope, run: str, output: str, epoch: AnyEpoch) -> Hashable:
    """Returns what identifies a record of an output in a cache."""
    return scope.experiment, run, output, epoch.step, epoch.stamp


# Step and time of the last record when the series was read; its epochs.
_Series = tuple[tuple[int, float], list[Epoch]]


class Store:
    """Reads the runs, epochs, matrices and trees of a log.

    Safe to use from many threads.
    """

    def __init__(
        self,
        data_provider: provider.DataProvider,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._provider = data_provider
        self._series = Cache(cache_bytes)
        self._trees = Cache(cache_bytes)
        self._sums = Cache(cache_bytes)
        self._early = EarlyList(
            lambda experiment: self._list(
                Scope(RequestContext(), experiment), None
            )
        )

    def list_early(self, scope: Scope) -> None:
        """Begins to list the outputs, of which a page will soon ask.

        Only what the data server lists: that takes long, and is the same
        whoever asks.
        """
        if type(self._provider).__name__ == "GrpcDataProvider":
            self._early.begin(scope.experiment)

    def outputs(self, scope: Scope) -> Outputs:
        """Returns the outputs of all runs."""
        early = self._early.take(scope.experiment)
        listed = self._list(scope, None) if early is None else early
        return all_outputs(listed)

    def outputs_of_run(self, scope: Scope, run: str) -> Outputs:
        """Returns the outputs of one run, of which there may be none."""
        filters = provider.RunTagFilter(runs=[run])
        return all_outputs(self._list(scope, filters))

    def epochs(self, scope: Scope, run: str, output: str) -> Sequence[AnyEpoch]:
        """Returns the epochs of an output, by step.

        A set of runs has the epochs that all of its runs have.
        """
        runs = run_set(run)
        if not runs:
            return self.records(scope, run, "matrix", output)
        series = self.series_of_members(scope, run, output)
        by_step = [{e.step: e for e in each} for each in series.values()]
        common = sorted(set.intersection(*map(set, by_step)))
        if not common:
            names = ", ".join(runs.names)
            raise errors.NotFoundError(
                f"{names:.300} have no epoch of {output!r:.100} in common"
            )
        key = (scope.experiment, run, output)
        return [
            SummedEpoch(
                step,
                tuple(series),
                tuple(epochs[step] for epochs in by_step),
                self._sums,
                key,
            )
            for step in common
        ]

    def series_of_members(
        self, scope: Scope, run: str, output: str
    ) -> Mapping[str, Sequence[Epoch]]:
        """Returns the epochs of each run of a set, or of a single run."""
        tag = _tag("matrix", output)
        runs = run_set(run)
        members = runs.members if runs else (run,)
        return {each: self._read(scope, each, tag) for each in members}

    def epoch(self, scope: Scope, run: str, output: str, step: int) -> AnyEpoch:
        """Returns one epoch."""
        epochs = self.epochs(scope, run, output)
        for epoch in epochs:
            if epoch.step == step:
                return epoch
        raise errors.NotFoundError(
            f"step {step} of {output!r} in run {run!r}; there are "
            f"{len(epochs)} steps, {epochs[0].step} to {epochs[-1].step}"
        )

    def sample_epochs(self, scope: Scope, run: str, output: str) -> list[Epoch]:
        """Returns the records of the samples of an output, by step."""
        return self.records(scope, run, "samples", output)

    def layer_epochs(self, scope: Scope, run: str, output: str) -> list[Epoch]:
        """Returns the records of the layers below an output, by step."""
        return self.records(scope, run, "layers", output)

    def mean_epochs(self, scope: Scope, run: str, layer: str) -> list[Epoch]:
        """Returns the records of the class means of a layer, by step."""
        return self.records(scope, run, "means", metadata.as_output(layer))

    def strongest_epochs(
        self, scope: Scope, run: str, layer: str
    ) -> list[Epoch]:
        """Returns the records of the strongest samples of a layer, by step."""
        name = metadata.as_output(layer)
        return self.records(scope, run, "strongest", name)

    def records(
        self, scope: Scope, run: str, kind: str, name: str
    ) -> list[Epoch]:
        """Returns the records of a kind of one run, by step."""
        return self._read(scope, run, _tag(kind, name))

    def record(self, scope: Scope, run: str, tag: str) -> Epoch:
        """Returns the last record of a tag that has no epochs."""
        return self._read(scope, run, tag)[-1]

    def hierarchy(self, scope: Scope, run: str, digest: str) -> Hierarchy:
        """Returns a tree that the matrices of a run name."""
        return self._hierarchy(scope, run, digest)[1]

    def grouping(self, scope: Scope, run: str, digest: str) -> Grouping:
        """Returns a grouping that the matrices of a run name."""
        tag = kinds.tag_of("grouping", digest)
        _, groups = self._tree(
            scope, run, tag, digest, Grouping.from_json, lambda g: g.num_classes
        )
        return groups

    def tree_of(
        self, scope: Scope, run: str, header: matrix_codec.MatrixHeader
    ) -> Hierarchy:
        """Returns the tree over the rows of a stored matrix."""
        tree, _ = self.served_tree(
            scope, run, header.hierarchy, header.grouping
        )
        if tree.num_classes != header.size:
            raise container.CodecError(
                f"The matrix has {header.size} rows, its tree "
                f"{tree.num_classes} classes."
            )
        return tree

    def served_tree(
        self, scope: Scope, run: str, hierarchy: str, grouping: str | None
    ) -> tuple[Hierarchy, Grouping | None]:
        """Returns a tree, collapsed to a grouping if one is given."""
        whole, tree = self._hierarchy(scope, run, hierarchy)
        if grouping is None:
            return tree, None
        groups = self.grouping(scope, run, grouping)
        key = (whole, grouping)
        collapsed = self._trees.get(key)
        if collapsed is None:
            try:
                collapsed = tree.collapse(groups)
            except HierarchyError as error:
                raise container.CodecError(str(error)) from error
            size = _bytes_of(len(collapsed.parents), collapsed.to_json())
            self._trees.put(key, collapsed, size)
        return collapsed, groups

    def _hierarchy(
        self, scope: Scope, run: str, digest: str
    ) -> tuple[Hashable, Hierarchy]:
        tag = kinds.tag_of("hierarchy", digest)
        return self._tree(
            scope,
            run,
            tag,
            digest,
            Hierarchy.from_json,
            lambda t: len(t.parents),
        )

    def _tree(
        self,
        scope: Scope,
        run: str,
        tag: str,
        digest: str,
        parse: Callable[[str], Any],
        length: Callable[[Any], int],
    ) -> tuple[Hashable, Any]:
        """Returns a tree and its key: equal ones of many runs share an entry.

        The digest leaves out where a tree comes from, so the stored bytes are
        the key.
        """
        runs = run_set(run)
        run = runs.members[0] if runs else run
        # Logged again, it may say that it was made from errors.
        record = self.record(scope, run, tag)
        blob = record.blob
        place = (scope.experiment, run, tag, record.stamp)
        key = self._trees.get(place)
        tree = None if key is None else self._trees.get(key)
        if tree is None:
            key = (tag, container.blob_digest(blob))
            self._trees.put(place, key, _PLACE_BYTES)
            tree = self._trees.get(key)
        if tree is None:
            text = container.decode_text(blob)
            try:
                tree = parse(text)
            except HierarchyError as error:
                raise container.CodecError(
                    f"{tag!r} in run {run!r} is damaged: {error}"
                ) from error
            if tree.digest != digest:
                raise container.CodecError(
                    f"{tag!r} in run {run!r} holds another tree, "
                    f"{tree.digest!r}."
                )
            self._trees.put(key, tree, _bytes_of(length(tree), text))
        return key, tree

    def _read(self, scope: Scope, run: str, tag: str) -> list[Epoch]:
        filters = provider.RunTagFilter(runs=[run], tags=[tag])
        listed = self._list(scope, filters).get(run, {}).get(tag)
        if listed is None:
            raise errors.NotFoundError(f"tag {tag!r} in run {run!r}")
        key = (scope.experiment, run, tag)
        # A new record of an old step changes the time, one of a new step both.
        state = (listed.max_step, listed.max_wall_time)
        _, epochs = self._series.get_or_compute(
            key,
            lambda: (
                state,
                self._fetch(scope, run, tag, self._series.get(key)),
            ),
            lambda series: sum(len(e.blob) + _EPOCH_BYTES for e in series[1]),
            is_fresh=lambda series: series[0] == state,
        )
        return epochs

    def _fetch(
        self, scope: Scope, run: str, tag: str, before: _Series | None
    ) -> list[Epoch]:
        try:
            read = self._provider.read_tensors(
                scope.context,
                experiment_id=scope.experiment,
                plugin_name=metadata.PLUGIN_NAME,
                downsample=_ALL_STEPS,
                run_tag_filter=provider.RunTagFilter(runs=[run], tags=[tag]),
            )
        except errors.PublicError:
            raise
        except Exception as error:  # which one depends on the tensor
            # TensorBoard reads all of a series or nothing.
            raise container.CodecError(
                f"TensorBoard cannot read the tag {tag!r:.100} in run "
                f"{run!r:.100}: {why_unread(error)}"
            ) from error
        # Epochs that were read before keep what they have cached. Those without
        # a usable time have no other mark than their bytes.
        known = {(e.step, e.wall_time): e for e in before[1]} if before else {}
        found = []
        for each in read.get(run, {}).get(tag, ()):
            step, wall_time = int(each.step), written_at(float(each.wall_time))
            # A step out of range would hide the epochs before it.
            if metadata.is_step(step):
                epoch = Epoch(step, wall_time, as_bytes(each.numpy))
                old = known.get((step, wall_time))
                found.append(old if old == epoch else epoch)
        epochs = latest_attempt(found)
        if not epochs:
            raise errors.NotFoundError(f"tag {tag!r} in run {run!r}")
        return epochs

    def _list(
        self, scope: Scope, filters: provider.RunTagFilter | None
    ) -> dict[str, dict[str, Any]]:
        return self._provider.list_tensors(
            scope.context,
            experiment_id=scope.experiment,
            plugin_name=metadata.PLUGIN_NAME,
            run_tag_filter=filters,
        )


def _tag(kind: str, name: str) -> str:
    try:
        return kinds.tag_of(kind, name)
    except ValueError as error:
        raise errors.InvalidArgumentError(str(error)) from error


def _bytes_of(nodes: int, text: str) -> int:
    """Guesses what a tree takes in memory: strings, arrays, a dictionary."""
    return 300 * nodes + 2 * len(text)
