"""Keeps the state of a training, for one that is interrupted to go on from."""

from pathlib import Path

import keras


class Backup(keras.callbacks.Callback):
    """Keeps after each epoch the state that an interrupted training needs.

    Keras's `BackupAndRestore` writes weights and epoch one after the other: a
    process that is killed in between trains an epoch twice, and one that is
    killed while it writes has lost both. Here the epoch is in the name, which
    the file gets once it is whole.

    Args:
        folder: of the backups.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Writes weights and optimizer, then removes those of before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        earlier = list(self.folder.glob("epoch*"))
        part = self.folder / "part.weights.h5"
        self.model.save_weights(part)
        kept = part.rename(self.folder / f"epoch{epoch + 1}.weights.h5")
        for file in earlier:
            if file != kept:
                file.unlink()


def epochs_done(folder: Path) -> int:
    """Returns the last epoch with a backup, 0 where there is none."""
    names = [file.name for file in folder.glob("epoch*.weights.h5")]
    return max(
        (int(n.removeprefix("epoch").split(".")[0]) for n in names), default=0
    )


def restore(model: keras.Model, folder: Path, epoch: int) -> None:
    """Reads the weights and the optimizer of a backup."""
    model.optimizer.build(model.trainable_variables)
    file = folder / f"epoch{epoch}.weights.h5"
    try:
        model.load_weights(file)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{file} is of another network, or damaged: give --resume the "
            f"options of the run that was interrupted. ({error})"
        ) from error


def check_logdir(logdir: Path, resume: bool) -> None:
    """Keeps two runs from mixing in one folder."""
    begun = any(logdir.glob("*/events.out.tfevents.*"))
    # The backup goes last, once all networks are saved.
    is_left = epochs_done(logdir / "backup") > 0
    done = (logdir / "last.keras").exists() and not is_left
    if resume and (done or not begun):
        raise ValueError(f"{logdir} holds no interrupted run to resume.")
    if begun and not resume:
        raise ValueError(
            f"{logdir} holds a run already: choose another --logdir."
            if done
            else f"{logdir} holds an interrupted run: continue it with "
            "--resume, or choose another --logdir."
        )
    logdir.mkdir(parents=True, exist_ok=True)
