"""A saved model and the images that it is shown, for `keras-hier probe`."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_hier.quantities import quantity

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy

_BATCH = 64


def load(file: str) -> Any:
    """Loads a model.

    Raises:
        ValueError: no such file, none that Keras has written, or layers that
            nobody knows here.
    """
    import keras_hier as kh

    if not Path(file).is_file():
        raise ValueError(f"There is no file {file!r}.")
    # Of these Keras says that they are not found.
    if file.endswith(".keras") and not zipfile.is_zipfile(file):
        raise ValueError(
            f"{file!r} is damaged or no model: expected what "
            "model.save('NAME.keras') writes."
        )
    try:
        return kh.load_model(file)
    except MemoryError:
        raise
    except Exception as error:  # Keras lets through what it comes across
        first: BaseException = error
        while first.__context__ is not None:
            first = first.__context__
        reason = " ".join(str(first).split()).partition(". ")[0].rstrip(".")
        raise ValueError(
            f"{file!r} cannot be loaded: {reason:.200}. Expected what "
            "model.save('NAME.keras') writes, of layers that Keras or "
            "keras_hier has. With layers of your own make the features by "
            "kh.analysis.features in your program, and give their folder to "
            "--features."
        ) from error


def scored_tree(
    hierarchy: "Hierarchy", scored: int, source: str
) -> "Hierarchy":
    """Returns the tree, or that of the folders where these are what is scored.

    Raises:
        ValueError: the model scores another number of classes.
    """
    from keras_hier.data.folders import class_folders

    if scored == hierarchy.num_classes:
        return hierarchy
    folders = class_folders(Path(source)) if Path(source).is_dir() else ()
    if len(folders) == scored and set(folders) <= set(hierarchy.classes):
        # A network trained on these folders numbers them as they are sorted.
        return hierarchy.subset(folders)
    held = f", {source!r} holds {len(folders):,}" if folders else ""
    raise ValueError(
        f"The model scores {quantity(scored, 'class')}, the hierarchy has "
        f"{hierarchy.num_classes:,}{held}. Give the hierarchy of the model's "
        "classes, in their order."
    )


def images_in(source: str, model: Any, hierarchy: "Hierarchy") -> Any:
    """Returns images, labels in the order of the hierarchy, and ids."""
    import keras
    import tensorflow as tf

    shape = model.input_shape
    if isinstance(shape, list | dict) or len(shape) != 4 or None in shape[1:]:
        raise ValueError(
            "Expected a model that takes images [N, H, W, channels] of one "
            f"size, got {shape}. Make the features by kh.analysis.features, "
            "and give their folder to --features."
        )
    if not Path(source).is_dir():
        from keras_hier.data.datasets import imagenet

        return imagenet(source, shape[1], _BATCH, hierarchy=hierarchy, ids=True)
    from keras_hier.data.folders import as_text, class_folders

    folders = class_folders(Path(source))
    places = {each: label for label, each in enumerate(hierarchy.classes)}
    unknown = [folder for folder in folders if folder not in places]
    if unknown:
        raise ValueError(
            f"The hierarchy has no class {unknown[0]!r:.80}, as a folder in "
            f"{source!r} is named."
        )
    labels = np.array([places[folder] for folder in folders], np.int32)
    images = keras.utils.image_dataset_from_directory(
        source,
        class_names=list(folders),
        color_mode="grayscale" if shape[3] == 1 else "rgb",
        batch_size=_BATCH,
        image_size=shape[1:3],
        shuffle=False,
        crop_to_aspect_ratio=True,
        verbose=False,
    )
    # As `keras-hier log --images` finds them: from the folder on, with slashes.
    ids = [
        as_text(Path(os.path.relpath(file, source)).as_posix())
        for file in images.file_paths
    ]
    named = tf.data.Dataset.from_tensor_slices(ids).batch(_BATCH)
    return tf.data.Dataset.zip((images, named)).map(
        lambda batch, names: (batch[0], tf.gather(labels, batch[1]), names)
    )


@contextmanager
def naming_the_image(source: str) -> Iterator[None]:
    """Turns what TensorFlow says of a damaged image into a sentence.

    Raises:
        ValueError: the images cannot be read.
    """
    import tensorflow as tf

    try:
        yield
    except (
        tf.errors.InvalidArgumentError,
        tf.errors.NotFoundError,
        tf.errors.DataLossError,
    ) as error:
        # Records are named after this, by `kh.data.imagenet`.
        reason = str(error.message).rpartition("assertion failed: ")[2]
        raise ValueError(
            _damaged(source)
            or f"The images of {source!r} cannot be read: "
            f"{reason.strip().partition(chr(10))[0]}"
        ) from error


def _damaged(source: str) -> str | None:
    """Returns a sentence about the first damaged image of a folder, if any."""
    from keras_hier.data.examples import read_image
    from keras_hier.data.folders import as_text, class_folders, find_images

    folder = Path(source)
    if not folder.is_dir():
        return None
    for file in find_images(folder, class_folders(folder)):
        try:
            read_image(folder / file, None)
        except Exception as error:  # Pillow's decoders raise many
            return (
                f"{as_text(str(folder / file))}: not a whole image ({error}). "
                "Mend or remove it."
            )
    return None
