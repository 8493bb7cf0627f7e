"""The networks that a run keeps, and what they say of the images."""

from collections.abc import Callable, Collection
from pathlib import Path

import keras

import keras_hier as kh
from benchmarks.study.training.exits import Seen
from benchmarks.study.training.scores import keep
from keras_hier.scores.fusion import fusion_weights

# By split.
Scores = dict[str, Seen]


def keep_network(
    folder: Path, name: str, model: keras.Model, scores: Scores
) -> None:
    """Saves a network without its heads, and the scores of all outputs.

    Args:
        folder: made if it is not there.
        name: how the files begin.
        model: trained so far.
        scores: by split. `held_out` decides how heads are fused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kh.without_heads(model).save_weights(folder / f"{name}.weights.h5")
    labels, outputs = scores["held_out"]
    weights = fusion_weights(*outputs, labels)
    for split, (labels, outputs) in scores.items():
        keep(folder / f"{name}-{split}.npz", labels, outputs, weights)


class KeepAt(keras.callbacks.Callback):
    """Keeps a network in the middle of its training, as at the end.

    Args:
        epochs: after which it is kept, from 1.
        folder: see `keep_network`.
        name: of the run.
        seen: returns the scores of a network.
    """

    def __init__(
        self,
        epochs: Collection[int],
        folder: Path,
        name: str,
        seen: Callable[[keras.Model], Scores],
    ) -> None:
        super().__init__()
        self._epochs = epochs
        self._folder = folder
        self._name = name
        self._seen = seen

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keeps the network if it is time."""
        if epoch + 1 not in self._epochs:
            return
        name = f"{self._name}-epoch{epoch + 1}"
        keep_network(self._folder, name, self.model, self._seen(self.model))
