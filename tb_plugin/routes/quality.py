"""Lists of classes and labels at fault in an epoch, computed on request."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import sample_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleIndex
from tb_plugin.reading import analysis_limits, parameters
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 32 * 2**20
# Few read further, and a page of that length still scrolls smoothly.
MAX_ENTRIES = 500


class QualityService(Service):
    """Computes the lists of an epoch and caches them."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._found = Cache(CACHE_BYTES)

    @route
    def quality(self, request: wrappers.Request, scope: Scope) -> Json:
        """Lists the classes and labels that may be at fault.

        Classes are labels, samples are numbers of the index. A list has its
        first 500 `entries` in ranked order, and `total` of all. The first
        `listed` are evidence, corrected for `tested`. A network with fewer than
        60 % right `is_weak`: nothing is evidence, and there are no
        `two_objects` (docs/why/quality.md).

        Query:
            run, output, step: the epoch of a single run.

        Returns:
            step, samples, classes, accuracy: of the matrix.
            overlapping: pairs `a`, `b` of classes that may be one. `a_as_b` and
                `b_as_a` are the confusions, `expected` how many the tree leads
                to expect. `evidence` is -log10 of p, `false_discoveries` the
                q. `told_apart` is below 0.5 for `hardly_told_apart` of those
                listed. `merged_accuracy` is the accuracy with the two as one.
                `inside` is the one that seems to be contained in the other, or
                null. `distance` is how high in the tree they meet.
            cliques: `classes` that all overlap, and the samples that `crossed`
                between them.
            diverse: a `class` that may be two. It has `errors` in all, and
                `counts` of them in the two `groups`, ids of nodes, that have
                most.
            suspects: labels that may be wrong, of the last epoch up to this one
                with samples, otherwise of the first. It is null if none can be
                read, and `why` says so. It has a `step`, `samples`, `accuracy`
                and `is_weak` of its own. `index` is the digest of the index,
                `top` the number of stored classes. `expected_precision` is the
                share of those listed that are expected to be wrong. `known` is
                false if the log lacks probabilities of labels, or has only
                predictions: nothing is evidence. Entries are in the order of
                `trust` and of how often other samples cross between the two.
            sample, id: of a suspect. With its `given` and `suggested` class it
                has their probabilities `p_given` and `p_suggested`, and their
                thresholds `threshold_given` and `threshold_suggested`. `trust`
                is the probability that the label is wrong. `crossings` is how
                many other samples of one class were taken for the other.
            two_objects: samples that may show `given` and `other`, since both
                exceed their thresholds and are `distance` apart. `p_other` and
                `threshold_other` are as above. A hint: none is evidence.
        """
        run, output, step = parameters.epoch_of(request)
        epoch = self._store.epoch(scope, run, output, step)
        analysis_limits.check_single(epoch)
        header = epoch.header
        tree = self._store.tree_of(scope, run, header)
        analysis_limits.check_matrix(header, tree)
        key = (scope.experiment, run, output, step)
        classes = self._cached(
            (*key, "classes", epoch.stamp),
            lambda: _of_classes(epoch.decode()[1], tree),
        )
        return {"step": step, **classes} | self._labels(scope, key, tree)

    def _labels(
        self, scope: Scope, key: tuple[str, str, str, int], tree: Hierarchy
    ) -> Json:
        _, run, output, step = key
        try:
            epochs = self._sample_epochs(scope, run, output)
            if not epochs:
                raise CodecError(
                    f'No samples logged for output "{output}". '
                    "BlocksCallback(samples=...), BlocksWriter.samples and "
                    "keras-hier log --scores log them."
                )
            last = [e for e in epochs if e.step <= step][-1:] or epochs[:1]
            samples = (*key[:3], last[0].step, "labels", last[0].wall_time)
            found = self._cached(
                (*samples, tree.digest),  # labels are numbers in its order
                lambda: self._of_labels(scope, run, last[0], tree),
            )
        except (CodecError, errors.NotFoundError) as error:
            return {"suspects": None, "why": str(error)}
        return {"suspects": found, "why": None}

    def _sample_epochs(
        self, scope: Scope, run: str, output: str
    ) -> list[Epoch]:
        try:
            return self._store.sample_epochs(scope, run, output)
        except errors.NotFoundError:
            return []

    def _of_labels(
        self, scope: Scope, run: str, epoch: Epoch, tree: Hierarchy
    ) -> Json:
        analysis_limits.check_samples(sample_codec.peek(epoch.blob))
        header, index, top_k = self._samples.predictions(scope, run, epoch)
        own = self._store.hierarchy(scope, run, header.hierarchy)
        if own.classes != tree.classes:
            raise CodecError(
                f"The samples of epoch {epoch.step} are of other classes than "
                "the matrix."
            )
        # Imported late: starting TensorBoard must not import scipy.stats.
        from keras_hier.analysis import quality

        try:
            found = quality.suspect_labels(
                index.labels,
                top_k.probabilities,
                own,
                classes=top_k.classes,
                given=top_k.actual,
            )
        except ValueError as error:
            raise CodecError(str(error)) from error
        s = found.suspects
        return {
            "step": epoch.step,
            "index": header.index,
            "samples": len(index),
            "top": header.top,
            "known": not found.only_predictions
            and bool(np.isfinite(top_k.actual).all()),
            "accuracy": number(found.accuracy),
            "is_weak": found.is_weak,
            "expected_precision": number(found.expected_precision),
            "total": len(s.sample),
            "listed": found.listed,
            "entries": [
                {
                    "sample": int(s.sample[k]),
                    "id": index.ids[s.sample[k]],
                    "given": int(s.given[k]),
                    "suggested": int(s.suggested[k]),
                    "p_given": number(s.p_given[k]),
                    "p_suggested": number(s.p_suggested[k]),
                    "threshold_given": number(s.threshold_given[k]),
                    "threshold_suggested": number(s.threshold_suggested[k]),
                    "trust": number(s.trust[k]),
                    "crossings": int(s.crossings[k]),
                }
                for k in range(min(len(s.sample), MAX_ENTRIES))
            ],
            "two_objects": _two_objects(found, index),
        }

    def _cached(self, key: Any, compute: Callable[[], Json]) -> Json:
        return self._found.get_or_compute(key, compute, _size)


def _size(found: Json) -> int:
    entries = [v["entries"] for v in found.values() if _has(v)]
    entries.append(found.get("entries", []))
    # A guess: an entry is a dozen numbers and their names.
    return 2048 * (1 + sum(map(len, entries)))


def _has(value: Any) -> bool:
    return isinstance(value, dict) and "entries" in value


def _two_objects(found: Any, index: SampleIndex) -> Json:
    t, thresholds = found.two_objects, found.thresholds
    return {
        "total": len(t.sample),
        "entries": [
            {
                "sample": int(t.sample[k]),
                "id": index.ids[t.sample[k]],
                "given": int(t.given[k]),
                "other": int(t.other[k]),
                "p_given": number(t.p_given[k]),
                "p_other": number(t.p_other[k]),
                "threshold_given": number(thresholds[t.given[k]]),
                "threshold_other": number(thresholds[t.other[k]]),
                "distance": int(t.distance[k]),
            }
            for k in range(min(len(t.sample), MAX_ENTRIES))
        ],
    }


def _entries(columns: dict[str, np.ndarray]) -> list[Json]:
    """Returns the first rows of some columns, each by the names of these."""
    cells = [
        numbers(column[:MAX_ENTRIES])
        if column.dtype.kind == "f"
        else column[:MAX_ENTRIES].tolist()
        for column in columns.values()
    ]
    return [
        dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)
    ]


def _of_classes(matrix: Any, tree: Hierarchy) -> Json:
    from keras_hier.analysis import quality

    try:
        overlaps = quality.overlapping_classes(matrix, tree)
        diverse = quality.diverse_classes(matrix, tree)
    except ValueError as error:
        raise CodecError(str(error)) from error
    groups = diverse.grouping.nodes or diverse.grouping.names
    p, cliques = overlaps.pairs, overlaps.cliques[:MAX_ENTRIES]
    return {
        "samples": int(matrix.sum()),
        "classes": tree.num_classes,
        "accuracy": number(overlaps.accuracy),
        "is_weak": overlaps.is_weak,
        "overlapping": {
            "tested": overlaps.tested,
            "total": len(p.a),
            "listed": overlaps.listed,
            "hardly_told_apart": overlaps.hardly_told_apart,
            "entries": [
                pair
                | {"inside": pair["inside"] if pair["inside"] >= 0 else None}
                for pair in _entries(p._asdict())
            ],
        },
        "cliques": {
            "total": len(overlaps.cliques),
            "entries": [
                {
                    "classes": list(clique.classes),
                    "crossed": clique.crossed,
                    "expected": number(clique.expected),
                    "merged_accuracy": number(clique.merged_accuracy),
                }
                for clique in cliques
            ],
        },
        "diverse": {
            "tested": tree.num_classes,
            "total": len(diverse.classes),
            "listed": diverse.listed,
            "entries": [
                {
                    "class": int(diverse.classes[k]),
                    "errors": int(diverse.errors[k]),
                    "groups": [groups[g] for g in diverse.groups[k]],
                    "counts": diverse.counts[k].tolist(),
                    "expected": [number(v) for v in diverse.expected[k]],
                    "evidence": number(diverse.evidence[k]),
                    "false_discoveries": number(diverse.false_discoveries[k]),
                }
                for k in range(min(len(diverse.classes), MAX_ENTRIES))
            ],
        },
    }
