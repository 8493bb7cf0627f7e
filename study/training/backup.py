"""A run that is interrupted and goes on where it was."""

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

Curves = dict[str, list[float]]
WEIGHTS = ".weights.h5"


class Backup:
    """What a run leaves after each epoch: its state and its figures so far.

    Weights and optimizer are one file, which has the number of the epoch as its
    name once it is whole: Keras's `BackupAndRestore` writes the epoch apart,
    and a run that ended in between would do an epoch twice. Masks of dropout
    begin anew when a run goes on, which nothing else depends on.

    Args:
        root: folder of the backups of all runs.
        key: tells a run apart from all others.

    Attributes:
        name: of the run's folder, a few digits of its key.
    """

    def __init__(self, root: Path, key: tuple) -> None:
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
        self.name = digest[:16]
        self._folder = root / self.name
        self._curves = self._folder / "curves.jsonl"
        # Beside the folder, which is there only when a run was begun. The lock
        # is there only while a process has the run.
        self._lock = root / f"{self.name}.lock"

    @property
    def epoch(self) -> int:
        """The number of epochs that are done."""
        return max(_kept_epochs(self._folder), default=0)

    @property
    def begun(self) -> bool:
        """Whether the run was begun and has not ended."""
        return self._folder.exists()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other processes from the run, until this one ends.

        Raises:
            SystemExit: another process has it.
        """
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SystemExit(
                    "This run is under way in another process, which holds "
                    f"{self._lock}: wait for it, or end it."
                ) from error
            try:
                yield
            finally:
                self._lock.unlink(missing_ok=True)

    def restore(self, model: keras.Model) -> None:
        """Gives a compiled model the state after the epochs that are done."""
        if self.epoch:
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self._folder / f"{self.epoch}{WEIGHTS}")

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Returns what `fit` needs, after all callbacks of its own."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return [_Stopwatch(), _Curves(self._curves), _Keep(self._folder)]

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


class _Keep(keras.callbacks.Callback):
    """Keeps the state after an epoch, and forgets those before."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        earlier = _kept_epochs(self._folder)
        part = self._folder / f"part{WEIGHTS}"
        self.model.save_weights(part)
        part.rename(self._folder / f"{epoch + 1}{WEIGHTS}")
        for old in earlier:
            (self._folder / f"{old}{WEIGHTS}").unlink()


def _kept_epochs(folder: Path) -> list[int]:
    """Returns the epochs whose state is kept, of a run that is not done."""
    return [
        int(path.name.removesuffix(WEIGHTS))
        for path in folder.glob(f"[0-9]*{WEIGHTS}")
    ]
