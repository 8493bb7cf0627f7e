"""A saved model and the images that it is shown, for `keras-hier probe`."""

import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_hier.commands.arguments import PART_OF_A_TREE
from keras_hier.quantities import quantity

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy

_BATCH = 64
# An image file can be read as so many.
_CHANNELS = (1, 3, 4)


def load(file: str) -> Any:
    """Loads a model, or says in a sentence why it cannot be."""
    import keras_hier as kh

    if not Path(file).is_file():
        raise ValueError(f"There is no file {file!r}.")
    # Keras says of a damaged file that it is not found.
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
    """Returns the tree, or its part of the images' classes if it is scored."""
    if scored == hierarchy.num_classes:
        return hierarchy
    shown = _classes_in(source, hierarchy)
    if len(shown) == scored and set(shown) <= set(hierarchy.classes):
        return hierarchy.subset(shown)
    held = f", {source!r} holds {len(shown):,}" if shown else ""
    raise ValueError(
        f"The model scores {quantity(scored, 'class')}, the hierarchy has "
        f"{hierarchy.num_classes:,}{held}. Give the hierarchy of the model's "
        "classes, in their order."
        + (PART_OF_A_TREE if scored < hierarchy.num_classes else "")
    )


def _classes_in(source: str, hierarchy: "Hierarchy") -> tuple[str, ...]:
    """Returns class ids as a network trained on these images numbers them."""
    from keras_hier.data.folders import class_folders
    from keras_hier.data.label_order import listed_classes
    from keras_hier.data.schema import find_files

    if not Path(source).is_dir():
        return listed_classes(find_files(source)) or ()
    folders = class_folders(Path(source))
    ids = _ids_of(folders, hierarchy, source).values()
    return (*dict.fromkeys(filter(None, ids)),)


def _ids_of(
    folders: Sequence[str], hierarchy: "Hierarchy", source: str
) -> dict[str, str]:
    """Returns the class id of each folder, "" for a group of several."""
    from keras_hier.hierarchy.labels.node_labels import NodeLabels

    own = {each: label for label, each in enumerate(hierarchy.classes)}
    if own.keys() >= set(folders):
        # None is a group: "dog" is the class, whatever is called so as well.
        return {folder: folder for folder in folders}
    numbering = NodeLabels(hierarchy)
    known = {f"{name} (itself)": label for name, label in own.items()}
    known |= numbering.by_name
    for folder in folders:
        if folder not in known:
            raise ValueError(
                f"The folder {folder!r:.80} in {source!r} is no class of the "
                f"hierarchy: {numbering.why_not(folder)}"
            )
    # A group with a single class below it is that class.
    exact = numbering.head_labels(None)[[known[each] for each in folders]]
    ids = [*hierarchy.classes] + [""] * numbering.num_labels
    return {folder: ids[at] for folder, at in zip(folders, exact, strict=True)}


def _size_of(model: Any) -> tuple[int, int, int, bool]:
    """Returns height, width and channels of a model's images.

    And whether the channels come first, as in PyTorch.
    """
    shape = model.input_shape
    if isinstance(shape, list | dict) or len(shape) != 4 or None in shape[1:]:
        raise ValueError(
            "Expected a model that takes images [N, H, W, channels], or "
            f"[N, channels, H, W], of one size, got {shape}. Make the features "
            "by kh.analysis.features, and give their folder to --features."
        )
    # No image has many channels.
    if shape[1] in _CHANNELS and shape[3] not in _CHANNELS:
        return shape[2], shape[3], shape[1], True
    return *shape[1:], False


def images_in(
    source: str,
    model: Any,
    hierarchy: "Hierarchy",
    label_offset: int | None = None,
    whole: "Hierarchy | None" = None,
) -> Any:
    """Returns images, labels of the hierarchy's nodes, and ids.

    Folders are named by nodes of `whole`, of which `hierarchy` is a part.
    Images of a group of several classes have the label of the root.
    """
    import tensorflow as tf

    height, width, channels, first = _size_of(model)

    def placed(images: Any) -> Any:
        return tf.einsum("...hwc->...chw", images) if first else images

    if not Path(source).is_dir():
        from keras_hier.data.datasets import imagenet

        return imagenet(
            source,
            height,
            _BATCH,
            hierarchy=hierarchy,
            label_offset=label_offset,
            ids=True,
        ).map(lambda read, *about: (placed(read), *about))
    if label_offset is not None:
        raise ValueError(
            f"--label-offset goes with records, and {source!r} is a folder."
        )
    from keras_hier.data.folders import as_text, class_folders, find_images

    folders = class_folders(Path(source))
    class_of = _ids_of(folders, whole or hierarchy, source)
    # The root is behind the last class.
    places = {each: label for label, each in enumerate(hierarchy.classes)}
    places[""] = len(places)
    # As `keras-hier records` and `log --images` find them.
    files = find_images(Path(source), folders)
    labels = [places[class_of[file.partition("/")[0]]] for file in files]
    images = tf.data.Dataset.from_tensor_slices(
        (
            [os.fsencode(os.path.join(source, file)) for file in files],
            np.array(labels, np.int32),
            [as_text(file) for file in files],
        )
    )
    return images.map(
        lambda file, label, name: (
            placed(_pixels(file, height, width, channels)),
            label,
            name,
        ),
        num_parallel_calls=tf.data.AUTOTUNE,
    ).batch(_BATCH)


def _pixels(file: Any, height: int, width: int, channels: int) -> Any:
    """Reads an image, float32 [height, width, channels] of 0 to 255.

    Resized as `keras.utils.image_dataset_from_directory(...,
    crop_to_aspect_ratio=True)` does.
    """
    import tensorflow as tf

    from keras_hier.data.examples import read_image

    def read(path: bytes) -> Any:
        return read_image(Path(os.fsdecode(path)), None)["image/encoded"]

    encoded = tf.numpy_function(read, [file], tf.string)
    image = tf.io.decode_image(encoded, channels, expand_animations=False)
    size = tf.shape(image)
    fitting = [size[1] * height // width, size[0] * width // height]
    crop = tf.clip_by_value(fitting, 1, size[:2])
    top, left = tf.unstack((size[:2] - crop) // 2)
    image = image[top : top + crop[0], left : left + crop[1]]
    image = tf.image.resize(image, (height, width))
    return tf.ensure_shape(image, (height, width, channels))


@contextmanager
def naming_the_image(source: str) -> Iterator[None]:
    """Turns an error of TensorFlow about a damaged image into a sentence."""
    import tensorflow as tf

    try:
        yield
    except (
        tf.errors.InvalidArgumentError,
        tf.errors.NotFoundError,
        tf.errors.DataLossError,
        tf.errors.UnknownError,
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
