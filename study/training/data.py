"""Images of class folders as arrays, and batches of random crops of them."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_hier.data.folders import class_folders, find_images, split_folder
from keras_hier.files.image_files import eight_bits
from keras_hier.quantities import quantity


class Images(NamedTuple):
    """Images of classes.

    Attributes:
        pixels: uint8 [N, size, size, 3].
        labels: int32 [N].
        classes: their folders in label order, for messages.
    """

    pixels: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...] = ()

    def take(self, index: np.ndarray) -> "Images":
        """Returns the samples of an index."""
        return Images(self.pixels[index], self.labels[index], self.classes)

    def name_of(self, label: int) -> str:
        """Returns what messages call a class."""
        return repr(self.classes[label]) if self.classes else str(label)


def classes_of(data: Path, with_val: bool = False) -> tuple[str, ...]:
    """Returns the classes of a folder of class folders, in label order.

    Args:
        data: with train/<class>/ and val/<class>/, or of class folders alone.
        with_val: whether validation images are wanted: others than those that
            are trained on, of the same classes.
    """
    try:
        train = split_folder(data, "train")
        classes = class_folders(train)
        find_images(train, classes)
    except ValueError as error:
        said = str(error)
        if "--split" in said:  # an option of the command `keras-hier`
            said += (
                " The study has no such option: put the class folders into "
                "train/."
            )
        raise SystemExit(f"--data: {said}") from error
    if len(classes) < 2:
        raise SystemExit(
            f"--data: {train} holds the class {classes[0]!r} alone. Expected "
            "class folders of two classes or more."
        )
    if not with_val:
        return classes
    try:
        val = split_folder(data, "validation")
    except ValueError:  # other splits alone
        val = data
    # By another name, such as a link, it is the same folder.
    if val.samefile(train) or val.samefile(data):
        raise SystemExit(
            f"{data} has no val folder of its own: what is looked at once must "
            "not be trained on. Expected train/<class>/ and val/<class>/ in it."
        )
    others = sorted(set(classes) ^ set(class_folders(val)))
    if others:
        raise SystemExit(
            f"{val} and {train} hold other classes: {len(others)} are in one "
            f"of them alone, such as {others[0]!r}."
        )
    return classes


def digest_of(data: Path, split: str, with_times: bool = False) -> str:
    """Returns a few digits of the names and sizes of the images of a split.

    Args:
        data: folder of splits, or of class folders.
        split: as for `split_folder`.
        with_times: whether a file that was written again is another one.
    """
    folder = split_folder(data, split)
    digest = hashlib.sha256()
    for file in find_images(folder, class_folders(folder)):
        try:
            state = (folder / file).stat()
        except OSError as error:
            raise SystemExit(
                f"{folder / file} cannot be read: {error}. Mend it, or take it "
                "out."
            ) from error
        written = state.st_mtime_ns if with_times else ""
        digest.update(f"{file}\n{state.st_size}\n{written}\n".encode())
    return digest.hexdigest()[:16]


def read_split(data: Path, split: str, size: int, cache: Path) -> Images:
    """Decodes the images of a split once, and keeps them in a file.

    Of each class there is one at least, so that labels mean the same in all
    splits of the same classes.
    """
    folder = split_folder(data, split)
    classes = class_folders(folder)
    try:
        files = find_images(folder, classes)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    missing = sorted({*classes} - {file.partition("/")[0] for file in files})
    if missing:
        raise SystemExit(f"{folder / missing[0]} holds no images.")
    found = digest_of(data, split, with_times=True)
    kept = cache / f"{split}-{size}-{found}.npz"
    if not kept.exists():
        label_of = {name: label for label, name in enumerate(classes)}
        pixels = np.empty((len(files), size, size, 3), np.uint8)
        labels = np.empty(len(files), np.int32)
        for row, file in enumerate(files):
            try:
                with Image.open(folder / file) as image:
                    whole = eight_bits(image).convert("RGB")
                    pixels[row] = np.asarray(_square(whole, size))
            except (
                OSError,
                ValueError,
                SyntaxError,
                Image.DecompressionBombError,
            ) as error:
                raise SystemExit(
                    f"{folder / file} cannot be read as an image: {error}. "
                    "Mend it, or take it out."
                ) from error
            labels[row] = label_of[file.partition("/")[0]]
        cache.mkdir(parents=True, exist_ok=True)
        # Renamed when whole: an interrupted run leaves no half of a cache.
        part = kept.with_name(f"part-{os.getpid()}-{kept.name}")
        np.savez(part, pixels=pixels, labels=labels)
        part.replace(kept)
    with np.load(kept) as arrays:
        return Images(arrays["pixels"], arrays["labels"], classes)


def _square(image: Image.Image, size: int) -> Image.Image:
    if image.size == (size, size):
        return image
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.BILINEAR, box=box)


def hold_out(
    images: Images, held_out: int, per_class: int | None
) -> tuple[Images, Images]:
    """Splits the training images of each class by one fixed shuffle.

    Args:
        images: of the training split.
        held_out: images per class to choose and tune on.
        per_class: images per class to train on, None for all others.

    Returns:
        Images to train on, and those held out. A smaller training set is a
        part of a larger one; the held-out images are the same for both.
    """
    rng = np.random.default_rng(20171023)
    train, held = [], []
    for label in range(int(images.labels.max()) + 1):
        rows = rng.permutation(np.flatnonzero(images.labels == label))
        name = images.name_of(label)
        if len(rows) <= held_out:
            raise SystemExit(
                f"Class {name} has {quantity(len(rows), 'image')}; holding out "
                f"{held_out} leaves none to train on. Lower --hold-out."
            )
        if len(rows) - held_out < (per_class or 0):
            raise SystemExit(
                f"Class {name} has {quantity(len(rows) - held_out, 'image')} "
                f"beside the {held_out} held out, too few for "
                f"--per-class {per_class}."
            )
        held.append(rows[:held_out])
        end = None if per_class is None else held_out + per_class
        train.append(rows[held_out:end])
    return (
        images.take(np.concatenate(train)),
        images.take(np.sort(np.concatenate(held))),
    )


def in_order(
    pixels: np.ndarray, labels: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields batches in order, the last one smaller."""
    for start in range(0, len(labels), batch_size):
        rows = slice(start, start + batch_size)
        yield pixels[rows], labels[rows]


def centre(images: Images, crop: int) -> np.ndarray:
    """Returns the middle [N, crop, crop, 3] of each image."""
    start = (images.pixels.shape[1] - crop) // 2
    return images.pixels[:, start : start + crop, start : start + crop]


def crops(
    images: Images,
    crop: int,
    batch_size: int,
    seed: int,
    soften: Callable[[np.ndarray], np.ndarray],
    skip: int = 0,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draws shuffled batches of random crops, mirrored half of the time.

    Without end: an epoch is N // batch_size batches, the rest of its images
    waits for another one. The first `skip` batches are drawn and left out.
    """
    if len(images.labels) < batch_size:
        raise SystemExit(
            f"{len(images.labels)} images to train on make no batch of "
            f"{batch_size}. Lower --batch-size."
        )
    rng = np.random.default_rng(seed)
    # [N, y, x, channel, crop, crop]: a view, nothing is copied.
    windows = np.lib.stride_tricks.sliding_window_view(
        images.pixels, (crop, crop), axis=(1, 2)
    )
    places = windows.shape[1]
    while True:
        order = rng.permutation(len(images.labels))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            y, x = rng.integers(places, size=(2, batch_size))
            mirror = rng.random((batch_size, 1, 1, 1)) < 0.5
            if skip:
                skip -= 1
                continue
            pixels = windows[rows, y, x].transpose(0, 2, 3, 1)
            pixels = np.where(mirror, pixels[:, :, ::-1], pixels)
            yield pixels, soften(images.labels[rows])


def stream(
    batches: Callable[[], Iterator[tuple[np.ndarray, Any]]],
    count: int = tf.data.INFINITE_CARDINALITY,
) -> tf.data.Dataset:
    """Makes a data set of a generator of `count` batches.

    Without tf.data's autotuning, whose thread sleeps for ever longer, up to a
    minute, and must end before an epoch can (TensorFlow 2.21).
    """
    data = tf.data.Dataset.from_generator(
        batches,
        output_signature=tf.nest.map_structure(
            lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype),
            next(batches()),
        ),
    ).prefetch(4)
    data = data.apply(tf.data.experimental.assert_cardinality(count))
    options = tf.data.Options()
    options.autotune.enabled = False
    return data.with_options(options)
