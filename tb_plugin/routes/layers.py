"""The knowledge of each layer of a network, in numbers and sentences."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.log.records import layers_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.layers_codec import LayersRecord
from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.seeds import run_set
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

if TYPE_CHECKING:
    from keras_hier.analysis.evidence.significance import BeyondChance

CACHE_BYTES = 32 * 2**20
# A curve is at most 168 pixels wide.
MAX_EPOCHS = 100
# A number in a list takes a place and, mostly, an object.
_BYTES_OF_VALUE = 48

ALIGNMENT = ("alignment", "alignment_se")


class _Point(NamedTuple):
    """The values of a curve at an epoch: far less than its record.

    Attributes:
        place: of each layer in the others, by the hash of its name.
        values: [2, D], the ALIGNMENT.
        control: the alignment of the best untrained layer.
    """

    place: dict[int, int]
    values: list[list[float | None]]
    control: float | None


class LayersService(Service):
    """Answers what the layers below an output know, and since when."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._cache = Cache(CACHE_BYTES, max_concurrent=1)

    @route
    def layers(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns what the layers below an output know.

        The record is that of the last epoch up to this one that has any,
        otherwise of the first. A damaged one is refused with 422.

        Query:
            run, output, step: the epoch of a single run.

        Returns:
            step: of the record. `steps` are all that have one.
            record: the fields of `LayersRecord` in
                docs/reference/record-formats.md. Shares are 0 to 1. Lists have
                a number a layer, or a list with one a level. Figures over a
                control are null without one.
            sentences: what follows from the record (docs/why/layers.md).
            beaten: the sentence among them that an untrained network's layer
                beats the output, or null.
            beyond_chance: which differences are. `over`, `alignment_over`,
                `adds_error` and `adds_loss` are a family each. `found` is a
                list like that of the record, null where nothing was tested.
                `behind` compares each layer with the best one.
            epochs: for each `step` the `alignment` and `alignment_se` of the
                same layers, null for a layer it lacks. `control` is that of the
                best untrained layer. A damaged record has an `error`. At most
                100 epochs are listed, and the one of the record.
        """
        run, output, step = parameters.epoch_of(request)
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

        key = epoch_key(scope, run, output, chosen)
        told: Json = self._cache.get_or_compute(
            (key, "told"),
            lambda: _told(layers_codec.decode(chosen.blob)),
            lambda told: _BYTES_OF_VALUE * _count(told),
        )
        layers = told["record"]["layers"]
        return {
            "step": chosen.step,
            "steps": [epoch.step for epoch in epochs],
            **told,
            "epochs": [
                {
                    "step": epoch.step,
                    **self._point(scope, run, output, epoch, layers),
                }
                for epoch in _spaced(epochs, chosen)
            ],
        }

    def _point(
        self,
        scope: Scope,
        run: str,
        output: str,
        epoch: Epoch,
        layers: Sequence[str],
    ) -> Json:
        """Returns the alignment of some layers; None for one not there."""
        try:
            point: _Point = self._cache.get_or_compute(
                (epoch_key(scope, run, output, epoch), "point"),
                lambda: _point_of(layers_codec.decode(epoch.blob)),
                lambda point: 3 * _BYTES_OF_VALUE * len(point.place),
            )
        except CodecError as error:
            return {"error": str(error)}
        places = [point.place.get(hash(layer)) for layer in layers]
        found: Json = {
            name: [None if at is None else values[at] for at in places]
            for name, values in zip(ALIGNMENT, point.values, strict=True)
        }
        return found | {"control": point.control}


def _told(record: LayersRecord) -> Json:
    """Returns what is said of a record alone."""
    # Imported late: TensorBoard must not wait for what probes need.
    from keras_hier.probing.layer_evidence import is_behind, layer_evidence
    from keras_hier.probing.sentences import beaten, sentences

    evidence = layer_evidence(record)
    return {
        "sentences": list(sentences(record, evidence)),
        "beaten": beaten(record) if record.folds else None,
        "record": _fields(record),
        "beyond_chance": {
            "over": _tests(evidence.over, record.over.shape),
            "alignment_over": _tests(
                evidence.alignment, record.alignment_over.shape
            ),
            "adds_error": _tests(evidence.adds_error, record.adds_error.shape),
            "adds_loss": _tests(evidence.adds_loss, record.adds_loss.shape),
            "behind": [
                None if np.isnan(change) else is_behind(record, layer)
                for layer, change in enumerate(record.behind)
            ],
        },
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


def _point_of(record: LayersRecord) -> _Point:
    control = record.control_alignment
    known = control[np.isfinite(control)]
    return _Point(
        {hash(name): at for at, name in enumerate(record.layers)},
        [numbers(getattr(record, name)) for name in ALIGNMENT],
        number(known.max()) if len(known) else None,
    )


def _spaced(epochs: Sequence[Epoch], chosen: Epoch) -> list[Epoch]:
    """Returns as many epochs as a curve shows, the chosen one among them."""
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), MAX_EPOCHS))
    steps = {epochs[at].step for at in places.round().astype(int)}
    steps.add(chosen.step)
    return [epoch for epoch in epochs if epoch.step in steps]


def _count(value: Any) -> int:
    """Returns how many values JSON holds; a name counts by its length."""
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_count, value))
    return 1 + len(value) // 16 if isinstance(value, str) else 1
