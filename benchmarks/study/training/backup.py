"""A run that is interrupted and goes on where it was."""

import hashlib
import json
import shutil
import time
from pathlib import Path

import keras

Curves = dict[str, list[float]]
WHOLE = ".whole"


class Backup:
    """What a run leaves after each epoch: its state and its figures so far.

    Weights, optimizer and epoch are kept by `BackupAndRestore`, one after the
    other: a run that ended between them would go on from the weights of an
    epoch that it does again. So they are copied once they are whole, and the
    copy has its name last. Masks of dropout begin anew when a run goes on,
    which nothing else depends on.

    Args:
        root: folder of the backups of all runs.
        key: tells a run apart from all others.
    """

    def __init__(self, root: Path, key: tuple) -> None:
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
        self._folder = root / digest[:16]
        self._curves = self._folder / "curves.jsonl"
        self._state = self._folder / "state"

    @property
    def epoch(self) -> int:
        """The number of epochs that are done."""
        return max(_kept_epochs(self._folder), default=0)

    @property
    def begun(self) -> bool:
        """Whether the run was begun and has not ended."""
        return self._folder.exists()

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Returns what `fit` needs, after all callbacks of its own."""
        self._folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._state, ignore_errors=True)
        if self.epoch:
            shutil.copytree(self._folder / f"{self.epoch}{WHOLE}", self._state)
        return [
            _Stopwatch(),
            _Curves(self._curves),
            keras.callbacks.BackupAndRestore(
                str(self._state), delete_checkpoint=False
            ),
            _Whole(self._state),
        ]

    def curves(self) -> Curves:
        """Returns figures by name, and `seconds`, of all epochs."""
        # Of an epoch that was done again, the later line. A line cut by the
        # end of the process is of an epoch that was done again.
        rows: dict[int, dict[str, float]] = {}
        for text in self._curves.read_text().splitlines():
            try:
                row = json.loads(text)
            except ValueError:
                continue
            rows[row.pop("epoch")] = row
        curves: Curves = {}
        for epoch in sorted(rows):
            for name, value in rows[epoch].items():
                curves.setdefault(name, []).append(value)
        return curves

    def remove(self) -> None:
        """Forgets a run that is done."""
        shutil.rmtree(self._folder)


class _Stopwatch(keras.callbacks.Callback):
    """Adds the seconds of an epoch to its figures, and those of a core."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._started = time.time(), time.process_time()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            started, used = self._started
            logs["seconds"] = time.time() - started
            logs["cpu_seconds"] = time.process_time() - used


class _Curves(keras.callbacks.Callback):
    """Writes the figures of an epoch as a line of JSON.

    Keras's `CSVLogger` takes its columns from the first epoch that it sees.
    Going on with one that is validated, where the first was not, it writes
    other columns under the old names.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch}
        row |= {name: float(value) for name, value in (logs or {}).items()}
        with self._path.open("a") as file:
            file.write(f"\n{json.dumps(row)}\n")


class _Whole(keras.callbacks.Callback):
    """Copies the state after an epoch, and forgets the copy before."""

    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        folder = self._state.parent
        part = folder / "part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(self._state, part)
        part.rename(folder / f"{epoch + 1}{WHOLE}")
        for old in _kept_epochs(folder):
            if old != epoch + 1:
                shutil.rmtree(folder / f"{old}{WHOLE}")


def _kept_epochs(folder: Path) -> list[int]:
    """Returns the epochs whose state is kept, of runs that are not done."""
    return [int(path.stem) for path in folder.glob(f"*{WHOLE}")]
