"""The networks that a run keeps, and what they say of the images."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np

import keras_hier as kh
from keras_hier.scores.fusion import fusion_weights
from study.training.exits import Seen
from study.training.scores import keep

# By split.
Scores = dict[str, Seen]


def refuse_others(
    folder: Path, name: str, run: str, begun: bool = True
) -> None:
    """Refuses to take the place of files that another run kept.

    `NAME.run` says whose they are. Older files lack it, and are taken for those
    of a run that was begun.

    Args:
        folder: of --keep.
        name: how the files begin.
        run: `Backup.name`.
        begun: whether it is a run that goes on.

    Raises:
        SystemExit: there are files of another run.
    """
    there, owner = folder / f"{name}-held_out.npz", folder / f"{name}.run"
    is_theirs = owner.exists() and owner.read_text() != run
    if is_theirs or (there.exists() and not begun):
        raise SystemExit(
            f"{there} is of another run. Give --keep another folder."
        )


def keep_network(
    folder: Path,
    name: str,
    model: keras.Model,
    scores: Scores,
    run: str,
    classes: Sequence[str],
) -> None:
    """Saves a network without its heads, and the scores of all outputs.

    Args:
        folder: made if it is not there.
        name: how the files begin.
        model: trained so far.
        scores: by split. `held_out` decides how heads are fused.
        run: whose files they are, see `refuse_others`.
        classes: ids in label order.

    Raises:
        SystemExit: there are files of another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    refuse_others(folder, name, run)
    (folder / f"{name}.run").write_text(run)
    kh.without_heads(model).save_weights(folder / f"{name}.weights.h5")
    labels, outputs = scores["held_out"]
    weights = fusion_weights(*outputs, labels)
    for split, (labels, outputs) in scores.items():
        keep(folder / f"{name}-{split}.npz", labels, outputs, weights, classes)


def require_classes(
    path: Path, found: Sequence[str], classes: Sequence[str]
) -> None:
    """Refuses scores whose columns are of other classes, or in another order.

    Raises:
        SystemExit: the ids that were found are not those expected.
    """
    if tuple(found) != tuple(classes):
        raise SystemExit(
            f"{path} is about {len(found)} classes, and {len(classes)} in this "
            "order are expected: give --data the folder of the run."
        )


def said_of(
    path: Path, output: str, classes: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Reads the classes of images [N], what an output said, and the ids.

    Args:
        path: of scores, `NAME-SPLIT.npz` of `keep_network`.
        output: "class", "fused" or a head.
        classes: ids in label order that the scores have to be about.

    Raises:
        SystemExit: a file that cannot be read, or is about something else.
    """
    try:
        with path.open("rb") as file, np.load(file) as kept:
            labels, said = kept["labels"], kept[output]
            ids = tuple(kept["classes"].tolist())
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise SystemExit(
            f"Expected scores that --keep saved, such as NAME-held_out.npz. "
            f"{path} has no such content: {error}"
        ) from error
    if classes is not None:
        require_classes(path, ids, classes)
    return labels, said, ids


class KeepAt(keras.callbacks.Callback):
    """Keeps a network in the middle of its training, as at the end.

    Args:
        epochs: after which it is kept, from 1.
        folder: see `keep_network`.
        name: of the run.
        seen: returns the scores of a network.
        run: see `keep_network`.
        classes: likewise.
    """

    def __init__(
        self,
        epochs: Collection[int],
        folder: Path,
        name: str,
        seen: Callable[[keras.Model], Scores],
        run: str,
        classes: Sequence[str],
    ) -> None:
        super().__init__()
        self._epochs = epochs
        self._folder = folder
        self._name = name
        self._seen = seen
        self._run = run
        self._classes = classes

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keeps the network if it is time."""
        if epoch + 1 not in self._epochs:
            return
        keep_network(
            self._folder,
            f"{self._name}-epoch{epoch + 1}",
            self.model,
            self._seen(self.model),
            self._run,
            self._classes,
        )
