"""How often samples of some classes were named as others, by epoch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from keras_hier.tensors import BoolArray
from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json, number
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import AnyEpoch, Epoch, parts_of
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 128 * 2**20


class Cells(NamedTuple):
    """The errors of an epoch, small enough for hundreds to be kept.

    Attributes:
        row: [E] label of the actual class of each cell with errors.
        column: [E] label of the predicted class.
        samples: [E] of the cell.
        actual: int64 [C], samples of each class.
        predicted: int64 [C], samples named so.
    """

    row: npt.NDArray[Any]
    column: npt.NDArray[Any]
    samples: npt.NDArray[Any]
    actual: npt.NDArray[np.int64]
    predicted: npt.NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """How much memory all of it takes."""
        return sum(array.nbytes for array in self)


def cells_of(matrix: sparse.csr_array) -> Cells:
    """Returns the errors of a matrix, in the smallest types that hold them."""
    found = matrix.tocoo()
    is_error = found.row != found.col
    count = found.data[is_error]
    label = np.min_scalar_type(max(matrix.shape[0] - 1, 0))
    return Cells(
        found.row[is_error].astype(label),
        found.col[is_error].astype(label),
        count.astype(np.min_scalar_type(int(count.max(initial=0)))),
        np.asarray(matrix.sum(axis=1), np.int64).ravel(),
        np.asarray(matrix.sum(axis=0), np.int64).ravel(),
    )


def rates(cells: Cells, rows: BoolArray, columns: BoolArray) -> Json:
    """Counts the samples of some classes that were named as some others.

    Right answers are none of them: where both have a class, its diagonal does
    not count.

    Returns:
        `named` counts samples of `rows` named as `columns`, `reverse` the other
        way round: `errors`, of how many `samples`, and their share by `chance`.
        The chance names each sample at random in the proportions of all
        predictions; it is None without samples.
    """
    row, column = cells.row, cells.column
    there, back = rows[row] & columns[column], columns[row] & rows[column]
    both = rows & columns

    def side(wrong: BoolArray, of: BoolArray, named: BoolArray) -> Json:
        samples = int(cells.actual[of].sum())
        total = int(cells.predicted.sum())
        chance = None
        if samples:
            # As floats: the products of counts may be too large for int64.
            own = float(
                cells.actual[both] @ cells.predicted[both].astype(float)
            )
            drawn = float(samples) * float(cells.predicted[named].sum())
            chance = max(drawn - own, 0.0) / total / samples
        return {
            "errors": int(cells.samples[wrong].sum(dtype=np.int64)),
            "samples": samples,
            "chance": chance,
        }

    return {
        "named": side(there, rows, columns),
        "reverse": side(back, columns, rows),
    }


class RateService(Service):
    """Answers how a part of the matrix fared over the epochs."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._cells = Cache(CACHE_BYTES)

    @route
    def rates(self, request: wrappers.Request, scope: Scope) -> Json:
        """Counts how often some classes were named as others, by epoch.

        Right answers never count, even where both sides share a class. In a
        set, errors and samples are sums over `runs`, `chance` is a mean, and
        `spread` is the standard deviation of the share between runs.

        Query:
            run, output: whose epochs.
            rows, columns: up to 1,000 nodes each of the tree of the last
                readable epoch, such as `2,5`. All classes below them count.

        Returns:
            epochs: by `step`, each with the entries below. An epoch under
                another tree names it instead, as `hierarchy` and `grouping`. An
                epoch that cannot be read has an `error`.
            named: samples of the rows named as the columns.
            reverse: samples of the columns named as the rows.
            errors, samples: how many were, and of how many.
            chance: the share expected if every sample were named at random, in
                the proportions of all predictions.
        """
        run, output = parameters.output_of(request)
        rows, columns = (
            parameters.numbers(name, parameters.text(request, name))
            for name in ("rows", "columns")
        )
        series = self._store.epochs(scope, run, output)
        trees = [self._tree(scope, run, epoch) for epoch in series]
        readable = [tree for tree in trees if isinstance(tree, Hierarchy)]
        last = readable[-1] if readable else None
        masks = (
            [_below(last, nodes) for nodes in (rows, columns)] if last else []
        )
        listed: list[dict[str, Any]] = []
        for epoch, tree in zip(series, trees, strict=True):
            point: dict[str, Any] = {"step": epoch.step}
            if isinstance(tree, str):
                point["error"] = tree
            elif tree != last:
                point["hierarchy"] = epoch.header.hierarchy
                point["grouping"] = epoch.header.grouping
            else:
                try:
                    found = [
                        rates(self._read(scope, member, output, part), *masks)
                        for member, part in parts_of(run, epoch)
                    ]
                    point |= found[0] if len(found) == 1 else _together(found)
                except ValueError as error:
                    point["error"] = str(error)
            listed.append(point)
        return {"epochs": listed}

    def _tree(self, scope: Scope, run: str, epoch: AnyEpoch) -> Hierarchy | str:
        try:
            return self._store.tree_of(scope, run, epoch.header)
        except (ValueError, errors.NotFoundError) as error:
            return str(error)

    def _read(self, scope: Scope, run: str, output: str, epoch: Epoch) -> Cells:
        return self._cells.get_or_compute(
            epoch_key(scope, run, output, epoch),
            lambda: cells_of(epoch.decode()[1]),
            lambda found: found.nbytes,
        )


def _together(runs: Sequence[Json]) -> Json:
    """Returns the rates of several runs: sums, and the spread of the shares."""
    found: Json = {"runs": len(runs)}
    for side in ("named", "reverse"):
        each = [run[side] for run in runs]
        wrong, samples = (
            np.array([rate[name] for rate in each], float)
            for name in ("errors", "samples")
        )
        chances = [c for rate in each if (c := rate["chance"]) is not None]
        is_known = len(chances) == len(each)
        found[side] = {
            "errors": int(wrong.sum()),
            "samples": int(samples.sum()),
            "chance": sum(chances) / len(chances) if is_known else None,
            "spread": number((wrong / samples).std(ddof=1))
            if is_known
            else None,
        }
    return found


def _below(tree: Hierarchy, nodes: Sequence[int]) -> BoolArray:
    """Returns the classes below any of the nodes, bool [C]."""
    size = len(tree.parents)
    found = np.zeros(tree.num_classes, bool)
    for node in nodes:
        if not 0 <= node < size:
            raise errors.InvalidArgumentError(
                f"nodes must lie in 0..{size - 1}, got {node}"
            )
        found[tree.order[tree.start[node] : tree.stop[node]]] = True
    return found
