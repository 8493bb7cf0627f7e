"""Answers at a promised accuracy, on samples that did not calibrate."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.kinds import KINDS
from keras_hier.log.records import sample_codec
from keras_hier.log.records.container import CodecError, blob_digest
from tb_plugin.reading import analysis_limits, parameters
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Readers, Service, route

if TYPE_CHECKING:
    from keras_hier.answers.logged_answers import LoggedAnswers, Worth

CACHE_BYTES = 128 * 2**20
PROMISES = [round(0.5 + each / 100, 2) for each in range(50)]
# The largest of each are drawn or listed.
MAX_CELLS = 20_000
MAX_WRONG = 200
_WHERE = (
    "BlocksCallback(samples=...), BlocksWriter.samples and keras-hier log "
    "--scores log them."
)


class AnswerService(Service):
    """Measures the answers of an epoch and caches what they follow from."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._found = Cache(CACHE_BYTES)

    @route
    def answers(self, request: wrappers.Request, scope: Scope) -> Json:
        """Tells how often answers by a class or a group would be right.

        One half of the samples calibrates, and all is measured on the other
        (docs/how-to/answers.md). Nodes are numbered as in the tree of the log;
        node 0 says nothing. Shares are of the samples `measured`.

        Query:
            run, output, step: the epoch of a single run.
            level: number of a level, for `groups`, `cells` and `calibration`.
            promise: the promised share of right answers, such as 0.95.

        Returns:
            step: of the samples, the last with some up to the epoch that was
                asked for, otherwise the first.
            index: digest of their index.
            calibrating, measured: how many samples choose the thresholds, and
                how many are measured.
            needed: samples that calibrate a promise at least.
            temperature: by which logits are divided.
            curve: at promises from 0.5 to 0.99, in `tree` (answer by a
                class, a group or nothing) and `refusing` (by the class, or not
                at all): lists of the entries of `now`.
            promise: of each of the curve; of `now` the one asked for.
            now: at the promise, for `tree` and `refusing`, the following
                entries.
            threshold: that of `kh.Answers`; null if the promise takes more
                samples.
            accuracy: the share that is right, where nothing said is right;
                `low` and `high` are its 95 % interval.
            coverage: how much is said: 1 for a class, 0 for nothing.
            classes, groups, nothing: the shares of answers of each kind.
            bars: the groups of the level in display order. `nodes` are the true
                ones, `samples` those of each. `right` counts right answers.
                `answered` counts answers by nothing, by a node of each level
                from the coarsest on, and by a class at last.
            cells: how often samples of the groups `rows` were answered by the
                nodes `columns`, or by one in such a group: `counts`, the 20,000
                largest of `total`.
            wrong: the 200 surest wrong answers of `total`: `samples` are their
                numbers, `ids` what they are called, `labels` their classes,
                `nodes` the answers, `confidence` how sure these are.
            calibration: at each level from the coarsest on, how far
                probabilities lie from how often they are right, `before` and
                `after` the temperature. `before_chance` and `after_chance` are
                what probabilities show that are exactly right.
        """
        run, output, step = parameters.epoch_of(request)
        level = parameters.number("level", parameters.text(request, "level"))
        promise = _promise(parameters.text(request, "promise"))
        epoch = self._store.epoch(scope, run, output, step)
        analysis_limits.check_single(epoch)
        tree = self._store.tree_of(scope, run, epoch.header)
        if not 0 <= level < len(display_levels(tree)):
            raise errors.InvalidArgumentError(
                f"levels are numbered 0..{len(display_levels(tree)) - 1}, got "
                f"{level}"
            )
        samples = self._samples_up_to(scope, run, output, step)
        self._check_tree(tree)
        key = (scope.experiment, run, output, samples.step, samples.wall_time)

        def load() -> tuple[str, tuple[str, ...], "LoggedAnswers", Json]:
            return self._load(scope, run, output, samples, tree)

        index, ids, logged, whole = self._found.get_or_compute(
            (*key, tree.digest), load, lambda found: _size(found[2])
        )
        return {
            "step": samples.step,
            "index": index,
            **whole,
            **_at_promise(logged, ids, tree, level, promise),
        }

    def _samples_up_to(
        self, scope: Scope, run: str, output: str, step: int
    ) -> Epoch:
        try:
            epochs = self._store.sample_epochs(scope, run, output)
        except errors.NotFoundError:
            epochs = []
        if not epochs:
            raise CodecError(
                f'No samples logged for output "{output}". {_WHERE}'
            )
        return ([e for e in epochs if e.step <= step] or epochs[:1])[-1]

    def _check_tree(self, tree: Hierarchy) -> None:
        if tree.height[0] < 2:
            raise CodecError(
                "The tree has no groups to answer by: log under one that has, "
                "such as Hierarchy.from_csv."
            )
        if tree.origin is not None and tree.origin.kind == "confusions":
            raise CodecError(
                "The tree was computed from errors, and would flatter answers: "
                "log under one that was not, or made from other samples and "
                "saved as CSV."
            )

    def _load(
        self,
        scope: Scope,
        run: str,
        output: str,
        samples: Epoch,
        tree: Hierarchy,
    ) -> tuple[str, tuple[str, ...], "LoggedAnswers", Json]:
        # TensorBoard shall not wait for scipy.stats before it is asked for.
        from keras_hier.answers.logged_answers import LoggedAnswers

        analysis_limits.check_samples(sample_codec.peek(samples.blob))
        header, index, top_k = self._samples.predictions(scope, run, samples)
        if header.hierarchy != tree.digest:
            raise CodecError(
                f"The samples of epoch {samples.step} were logged under "
                "another tree than the matrix."
            )
        sums = self._paths(scope, run, output, samples)
        try:
            logged = LoggedAnswers(
                tree, index.labels, top_k.classes[:, 0], sums
            )
        except ValueError as error:
            raise CodecError(str(error)) from error
        if not len(logged.fits):
            raise CodecError(
                f"{len(index)} samples are too few for one half to calibrate "
                "and the other to be measured: log more."
            )
        return header.index, index.ids, logged, _curves(logged, tree, sums)

    def _paths(
        self, scope: Scope, run: str, output: str, samples: Epoch
    ) -> Any:
        digest = blob_digest(samples.blob)
        try:
            records = self._store.records(scope, run, "paths", output)
        except errors.NotFoundError:
            records = []
        for record in records:
            if record.step == samples.step:
                sums = KINDS["paths"].decode(record.blob)
                if sums.record == digest:
                    return sums
        raise CodecError(
            f"The samples of epoch {samples.step} were logged without the "
            "probabilities of groups: give all scores [N, C] of the classes, "
            "not the best alone."
        )


def _promise(text: str) -> float:
    if not re.fullmatch(r"0?\.[0-9]{1,6}", text) or not float(text):
        raise errors.InvalidArgumentError(
            "'promise' must lie above 0 and below 1, such as 0.95"
        )
    return float(text)


def _size(logged: "LoggedAnswers") -> int:
    paths = logged.paths
    cells = logged.path.size + paths.labels.size
    return 64 * cells  # several arrays of them, ids and labels


def _curves(logged: "LoggedAnswers", tree: Hierarchy, sums: Any) -> Json:
    """Returns what no level and no promise changes."""
    from keras_hier.answers.promises import samples_needed

    count = len(logged.measured)
    found = [logged.calibration(level.nodes) for level in display_levels(tree)]
    return {
        "calibrating": len(logged.fits),
        "measured": count,
        "temperature": number(sums.temperature),
        "curve": {
            "promise": PROMISES,
            "needed": [samples_needed(each, None) for each in PROMISES],
            "tree": _columns(logged.by_tree(PROMISES), count),
            "refusing": _columns(logged.refusing(PROMISES), count),
        },
        "calibration": {
            "before": [number(before.error) for before, _ in found],
            "before_chance": [number(before.chance) for before, _ in found],
            "after": [number(after.error) for _, after in found],
            "after_chance": [number(after.chance) for _, after in found],
        },
    }


def _columns(worth: "list[Worth]", measured: int) -> Json:
    from keras_hier.analysis.evidence.intervals import wilson_interval

    right = np.array([each.right for each in worth])
    low, high = wilson_interval(right, np.full(len(right), measured))
    return {
        "accuracy": numbers(right / measured),
        "low": numbers(low),
        "high": numbers(high),
        **{
            name: [number(getattr(each, name)) for each in worth]
            for name in (
                "threshold", "coverage", "classes", "groups", "nothing",
            )
        },
    }  # fmt: skip


def _at_promise(
    logged: "LoggedAnswers",
    ids: tuple[str, ...],
    tree: Hierarchy,
    level: int,
    promise: float,
) -> Json:
    from keras_hier.answers.promises import samples_needed

    count = len(logged.measured)
    worth = logged.by_tree([promise])
    places = logged.places(worth[0].threshold)
    return {
        "now": {
            "promise": promise,
            "needed": samples_needed(promise, None),
            "tree": _first(_columns(worth, count)),
            "refusing": _first(_columns(logged.refusing([promise]), count)),
        },
        **_by_group(logged, tree, level, places),
        "wrong": _wrong(logged, ids, places),
    }


def _first(columns: Json) -> Json:
    return {name: values[0] for name, values in columns.items()}


def _by_group(
    logged: "LoggedAnswers", tree: Hierarchy, level: int, places: np.ndarray
) -> Json:
    """Returns the bars and the cells of the groups of a level."""
    levels = [each.nodes for each in display_levels(tree)]
    nodes, (start, stop) = levels[level], logged.nodes(places)
    true = tree.rank[logged.labels[logged.measured]]
    row = _group_at(tree, nodes, true)
    # The finest level of which an answer lies within one group; 0 for none.
    depth = np.zeros(len(row), int)
    for place, each in enumerate(levels):
        inside = _group_at(tree, each, start) == _group_at(tree, each, stop - 1)
        depth[inside] = place + 1
    depth[stop - start == tree.num_classes] = 0
    depth[stop - start == 1] = len(levels)
    above = (depth == 0) & (stop - start < tree.num_classes)
    depth[above] = 1  # above the coarsest level, and not the root
    size = len(levels) + 1
    answered = np.bincount(row * size + depth, minlength=len(nodes) * size)
    # Below a group of the level an answer counts as this group.
    first = _group_at(tree, nodes, start)
    within = first == _group_at(tree, nodes, stop - 1)
    column = np.where(within, nodes[first], logged.answered(places))
    pairs, counts = np.unique(
        np.stack([nodes[row], column]), axis=1, return_counts=True
    )
    top = np.argsort(-counts, kind="stable")[:MAX_CELLS]
    right = np.bincount(
        row, logged.is_right(places), minlength=len(nodes)
    ).astype(int)
    return {
        "bars": {
            "nodes": nodes.tolist(),
            "samples": np.bincount(row, minlength=len(nodes)).tolist(),
            "right": right.tolist(),
            "answered": answered.reshape(-1, size).tolist(),
        },
        "cells": {
            "total": len(counts),
            "rows": pairs[0, top].tolist(),
            "columns": pairs[1, top].tolist(),
            "counts": counts[top].tolist(),
        },
    }


def _group_at(
    tree: Hierarchy, nodes: np.ndarray, position: np.ndarray
) -> np.ndarray:
    """Returns which of the nodes of a level holds each display position."""
    return np.searchsorted(tree.start[nodes], position, side="right") - 1


def _wrong(
    logged: "LoggedAnswers", ids: tuple[str, ...], places: np.ndarray
) -> Json:
    rows = np.flatnonzero(~logged.is_right(places))
    sure = logged.path[logged.measured[rows], places[rows]]
    rows = rows[np.argsort(-sure, kind="stable")]
    top = rows[:MAX_WRONG]
    samples = logged.measured[top]
    return {
        "total": len(rows),
        "samples": samples.tolist(),
        "ids": [ids[sample] for sample in samples],
        "labels": logged.labels[samples].tolist(),
        "nodes": logged.answered(places)[top].tolist(),
        "confidence": numbers(logged.path[samples, places[top]]),
    }
