"""What each layer of a network knows, with what it means in sentences."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from tensorboard import errors

from keras_hier.log import layers_codec
from keras_hier.log.container import CodecError
from keras_hier.log.layers_codec import LayersRecord
from tb_plugin.answers import Json, number, numbers
from tb_plugin.cache import Cache
from tb_plugin.epochs import Epoch
from tb_plugin.seeds import run_set
from tb_plugin.store import Scope, Store, epoch_key

if TYPE_CHECKING:
    from keras_hier.analysis.significance import BeyondChance

CACHE_BYTES = 32 * 2**20
# A curve is some hundred pixels wide.
MAX_EPOCHS = 300

ALIGNMENT = (
    "alignment",
    "alignment_se",
    "alignment_over",
    "alignment_over_se",
)


class LayersService:
    """Answers what the layers below an output know, and since when.

    Safe to use from many threads.

    Args:
        store: where records are read from.
        cache_bytes: how much to keep in memory.
    """

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = store
        self._records = Cache(cache_bytes)

    def read(self, scope: Scope, run: str, output: str, step: int) -> Json:
        """Returns a record, its sentences, and the alignment of all epochs.

        The record is that of the last epoch up to this one that has any, or
        else of the first that has.

        Args:
            scope: whose data.
            run: the sub-run.
            output: the output.
            step: the epoch.

        Raises:
            NotFoundError: no such run, or no layers below this output.
            CodecError: a set of runs, or the record is damaged.
        """
        runs = run_set(run)
        if runs:
            raise CodecError(
                f"{len(runs.names)} runs are {len(runs.names)} networks: what "
                "their layers know is told of a single run. Choose one of them."
            )
        try:
            epochs = self._store.layer_epochs(scope, run, output)
        except errors.NotFoundError:
            raise errors.NotFoundError(
                f"layers below output {output!r:.100} of run {run!r:.100}"
            ) from None
        chosen = ([e for e in epochs if e.step <= step] or epochs[:1])[-1]

        def record_of(epoch: Epoch) -> LayersRecord:
            return self._records.get_or_compute(
                epoch_key(scope, run, output, epoch),
                lambda: layers_codec.decode(epoch.blob),
                _size,
            )

        record = record_of(chosen)
        points = []
        for epoch in _spaced(epochs, chosen):
            point: Json = {"step": epoch.step}
            try:
                point |= _alignment(record_of(epoch), record.layers)
            except CodecError as error:
                point["error"] = str(error)
            points.append(point)
        # Imported late: TensorBoard must not wait for what probes need.
        from keras_hier.probing.layer_evidence import is_behind, layer_evidence
        from keras_hier.probing.sentences import sentences

        evidence = layer_evidence(record)
        return {
            "step": chosen.step,
            "steps": [epoch.step for epoch in epochs],
            "sentences": list(sentences(record)),
            "record": _fields(record),
            "beyond_chance": {
                "over": _tests(evidence.over, record.over.shape),
                "alignment_over": _tests(
                    evidence.alignment, record.alignment_over.shape
                ),
                "adds_error": _tests(
                    evidence.adds_error, record.adds_error.shape
                ),
                "adds_loss": _tests(evidence.adds_loss, record.adds_loss.shape),
                "behind": [
                    None if np.isnan(change) else is_behind(record, layer)
                    for layer, change in enumerate(record.behind)
                ],
            },
            "epochs": points,
        }


def _tests(tests: "BeyondChance", shape: tuple[int, ...]) -> Json:
    """Returns which differences were found, None where none was tested."""
    found = tests.found.astype(object)
    found[np.isnan(tests.rates)] = None
    return {
        "found": found.reshape(shape).tolist(),
        "tested": tests.tested,
        "rate": tests.rate,
    }


def _fields(record: LayersRecord) -> Json:
    """Returns a record as JSON: a list a layer, of lists where levels are."""
    found: Json = {}
    for field in dataclasses.fields(record):
        value: Any = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            rows = value if value.ndim > 1 else [value]
            lists = [numbers(row) for row in rows]
            value = lists if value.ndim > 1 else lists[0]
        elif isinstance(value, float):
            value = number(value)
        found[field.name] = value
    return found


def _alignment(record: LayersRecord, layers: Sequence[str]) -> Json:
    """Returns the alignment of some layers; None for one that is not there."""
    place = {name: at for at, name in enumerate(record.layers)}
    found: Json = {
        name: [
            number(getattr(record, name)[place[layer]])
            if layer in place
            else None
            for layer in layers
        ]
        for name in ALIGNMENT
    }
    control = record.control_alignment
    known = control[np.isfinite(control)]
    found["control"] = number(known.max()) if len(known) else None
    return found


def _spaced(epochs: Sequence[Epoch], chosen: Epoch) -> list[Epoch]:
    """Returns as many epochs as a curve shows, the chosen one among them."""
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), MAX_EPOCHS))
    steps = {epochs[at].step for at in places.round().astype(int)}
    steps.add(chosen.step)
    return [epoch for epoch in epochs if epoch.step in steps]


def _size(record: LayersRecord) -> int:
    values = vars(record).values()
    arrays = sum(v.nbytes for v in values if isinstance(v, np.ndarray))
    # A name takes some hundred bytes besides its letters.
    lists = sum(len(v) for v in values if isinstance(v, tuple))
    names = (*record.layers, *record.shapes, *record.pools)
    return 2048 + arrays + 100 * lists + 4 * sum(map(len, names))
