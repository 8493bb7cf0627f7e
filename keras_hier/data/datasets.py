"""Data sets such as ImageNet from TFRecords of every schema in use."""

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from keras_hier.data.augment import CROP_SHARE, crop
from keras_hier.data.batches import in_batches
from keras_hier.data.frames import record_spans
from keras_hier.data.label_order import (
    agreed_classes,
    classes,
    known_names,
    label_order,
)
from keras_hier.data.record_folder import CLASS_LIST
from keras_hier.data.schema import (
    NAME_KEYS,
    Pattern,
    Schema,
    detect_schema,
    find_files,
)
from keras_hier.files.image_files import MAX_PIXELS
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.plausibility import require_order

__all__ = ["classes", "count", "imagenet"]

# Most bytes and images in the shuffle buffer, which holds encoded images.
SHUFFLE_BYTES = 256 * 2**20
SHUFFLE_IMAGES = 16_384
# Bytes of an unknown class id that an error message shows.
MOST_QUOTED = 80
# Files read in parallel; a batch has records of all of them.
OPEN_FILES = 16
# Batches. AUTOTUNE has no bound, and 256 images at 227 pixels take 158 MB.
PREFETCH = 4


def imagenet(
    pattern: Pattern,
    image_size: int,
    batch_size: int,
    training: bool = False,
    *,
    classes: Sequence[str] | None = None,
    hierarchy: Hierarchy | None = None,
    label_offset: int | None = None,
    seed: int | None = None,
    crop_share: float = CROP_SHARE,
    drop_remainder: bool = False,
    ids: bool = False,
) -> Any:
    """Reads images and labels from TFRecords, ready for `model.fit`.

    One record is looked at to see which keys the files have: those of the
    inception scripts and `keras-hier records` (`image/encoded`,
    `image/class/synset`), of the TPU and official/vision scripts
    (`image/encoded`, `image/class/label`) or of TFDS (`image`, `label`).

    Where records have class ids, labels come from the ids. The integers, which
    start at 0 or at 1 depending on the program that wrote them, are ignored.
    Otherwise `label_offset` must say where they start, and `classes` their ids.

    For training, AlexNet's augmentation: a random square out of the middle
    square of the image, and a random flip. Otherwise the centre crop.

    Args:
        pattern: files: a glob pattern such as `records/train-*`, or a list.
        image_size: side of the images, S, in pixels.
        batch_size: images per batch, B, over all replicas.
        training: whether to shuffle and augment.
        classes: class ids in label order, such as `hierarchy.classes`. Default:
            `keras_hier.data.classes(pattern)`. They are checked against the
            class list beside the records.
        hierarchy: of the classes, where labels may be any node. A class id that
            names a group has that node's label (`NodeLabels.by_name`). If the
            class list beside the records has all classes and no group, ids are
            those of classes.
        label_offset: for records without class ids: the integer that stands for
            the first class.
        seed: makes order and augmentation repeatable; epochs still differ.
        crop_share: side of the crop over the shorter side of the image. The
            paper's is 224 / 256, which is 56 out of 64.
        drop_remainder: whether to leave out a last batch that is not full.
        ids: whether to return the ids of the images as well, for
            `BlocksCallback(samples=...)`: the file name in a record, or else
            the file of the record and its place in it, as "val-00000:17".

    Returns:
        A `tf.data.Dataset` of (images float32 [B, S, S, 3] in [0, 255], labels
        int32 [B]), one epoch long, with `ids` of (images, labels, ids string
        [B]).

    Raises:
        ValueError: no files, a truncated file, unknown keys, an unclear or
            differing class list, or a size below 1.
        InvalidArgumentError: while iterating, with file and record: a label
            out of range, an unknown class id, a damaged record, or an image
            other than a whole JPEG or PNG of up to 2^26 pixels.

    Example:
        >>> import keras_hier as kh
        >>> train = kh.data.imagenet(
        ...     "records/train-*", 227, batch_size=256, training=True)
        >>> train.element_spec[0].shape
        TensorShape([None, 227, 227, 3])

    Reference:
        Krizhevsky et al. 2012, ImageNet classification with deep convolutional
        neural networks, section 4.1 (the augmentation).
    """
    import tensorflow as tf

    _check_sizes(image_size, batch_size, crop_share)
    require_order("classes", classes, "the labels")
    files = find_files(pattern)
    counts, image_bytes = counts_and_size(files)
    schema = detect_schema(files)
    numbering = None
    if hierarchy is not None:
        numbering = NodeLabels(hierarchy)
        classes = agreed_classes(hierarchy, classes)
    order = label_order(files, schema, classes, label_offset, numbering)
    features = _features(schema, ids)
    names = known_names(files, order, numbering)
    labels_of = _labels(schema, order, label_offset or 0, numbering, names)

    def read(record: tuple[Any, Any, Any], *seeds: Any) -> tuple[Any, ...]:
        data, file, index = record
        example = tf.io.parse_single_example(data, features)
        draws = [tf.random.stateless_uniform([3], pair) for pair in seeds]
        image = crop(example[schema.image], image_size, crop_share, *draws)
        names = (_name(example, file, index),) if ids else ()
        return image, example[schema.target], *names

    records = read_records(files, counts, image_bytes, training, seed)
    expected = (
        "an undamaged record with a whole image, JPEG or PNG, of at "
        f"most {MAX_PIXELS} pixels under {schema.image}"
    )

    def labelled(read: Any, files: Any, indices: Any) -> tuple[Any, ...]:
        images, found, *names = read
        return images, labels_of(found, files, indices), *names

    batches = in_batches(records, read, batch_size, expected, drop_remainder)
    # By the batch: checking a single record costs as much as reading it.
    dataset = batches.map(labelled).prefetch(PREFETCH)
    # Without a cardinality Keras warns when the data run out.
    number = sum(counts) / batch_size
    number = math.floor(number) if drop_remainder else math.ceil(number)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(number))
    options = tf.data.Options()
    options.deterministic = seed is not None or not training
    return dataset.with_options(options)


def _check_sizes(image_size: int, batch_size: int, crop_share: float) -> None:
    for name, value in (("image_size", image_size), ("batch_size", batch_size)):
        if value < 1:
            raise ValueError(
                f"The `{name}` argument must be at least 1. "
                f"Received: {name}={value}"
            )
    if not 0 < crop_share <= 1:
        raise ValueError(
            "The `crop_share` argument must be in (0, 1]. "
            f"Received: crop_share={crop_share}"
        )


def read_records(
    files: Sequence[str],
    counts: Sequence[int],
    image_bytes: float,
    training: bool,
    seed: int | None,
) -> Any:
    """Reads records from several files at a time.

    Returns a data set of ((record, file, index in the file), seed int64 [2]);
    only for training has it seeds.
    """
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices((files, counts))
    if training:
        dataset = dataset.shuffle(len(files), seed)
    dataset = dataset.interleave(
        _open_file,
        cycle_length=min(OPEN_FILES, len(files)),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    if not training:
        return tf.data.Dataset.zip((dataset,))
    fitting = int(SHUFFLE_BYTES / image_bytes)
    dataset = dataset.shuffle(max(1, min(SHUFFLE_IMAGES, fitting)), seed)
    seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
    return tf.data.Dataset.zip(dataset, seeds.batch(2, drop_remainder=True))


def count(pattern: Pattern) -> int:
    """Counts the records of files without reading what they hold.

    Args:
        pattern: files: a glob pattern such as `records/train-*`, or a list.

    Returns:
        The number of records, N.

    Raises:
        ValueError: there are no files, or one is truncated.

    Example:
        >>> import keras_hier as kh
        >>> kh.data.count("records/train-*")
        96
    """
    return sum(counts_and_size(find_files(pattern))[0])


def counts_and_size(files: Sequence[str]) -> tuple[list[int], float]:
    """Counts the records of each file, and averages their sizes in bytes."""

    def scan(file: str) -> tuple[int, int]:
        lengths = [length for _, length in record_spans(file)]
        return len(lengths), sum(lengths)

    # Most of the time is spent waiting for the disk.
    with ThreadPoolExecutor(OPEN_FILES) as pool:
        counts, sizes = zip(*pool.map(scan, files), strict=True)
    return list(counts), sum(sizes) / max(1, sum(counts))


def _open_file(path: Any, count: Any) -> Any:
    """Returns a data set of (record, path, index of the record in the file).

    A damaged record is an empty last one: TensorFlow's own message names no
    file.
    """
    import tensorflow as tf

    records = tf.data.TFRecordDataset(path).ignore_errors()
    return tf.data.Dataset.zip(
        records.concatenate(tf.data.Dataset.from_tensors("")),
        tf.data.Dataset.from_tensors(path).repeat(),
        tf.data.Dataset.range(tf.cast(count, tf.int64)),
    )


def _name(example: dict[str, Any], file: Any, index: Any) -> Any:
    """Returns the file name of an image, or else the place of its record."""
    import tensorflow as tf

    name = tf.strings.join(
        [
            tf.strings.regex_replace(file, r".*[/\\]", ""),
            tf.strings.as_string(index),
        ],
        ":",
    )
    for key in reversed(NAME_KEYS):
        name = tf.where(tf.equal(example[key], ""), name, example[key])
    return name


def _features(schema: Schema, ids: bool) -> dict[str, Any]:
    """Returns the fields to parse; missing ones get defaults, found later."""
    import tensorflow as tf

    kind, default = (
        (tf.string, "") if schema.named else (tf.int64, tf.int64.min)
    )
    names = NAME_KEYS if ids else ()
    return {
        schema.image: tf.io.FixedLenFeature([], tf.string, ""),
        schema.target: tf.io.FixedLenFeature([], kind, default),
        **{key: tf.io.FixedLenFeature([], tf.string, "") for key in names},
    }


def _labels(
    schema: Schema,
    order: Sequence[str],
    offset: int,
    numbering: NodeLabels | None,
    by_name: Mapping[str, int],
) -> Callable[[Any, Any, Any], Any]:
    """Returns a function of targets, files and indices [B] to labels [B]."""
    import tensorflow as tf

    count = len(order) if numbering is None else numbering.num_labels
    if schema.named:
        expected = f"one of the {len(order)} class ids"
        if numbering is None:
            expected += "; ids of groups need `hierarchy=`"
        else:
            expected += f" or of the {count - len(order)} groups"
            both = [n for n in order if n not in by_name]
            if both:
                expected += (
                    f" ({numbering.why_not(both[0])} It is the class where "
                    f"{CLASS_LIST} beside the records lists all classes and no "
                    "group)"
                )
        table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant([*by_name]), tf.constant([*by_name.values()])
            ),
            default_value=-1,
        )
    else:
        expected = f"a label from {offset} to {offset + count - 1}"
        if numbering is None:
            expected += "; labels of groups need `hierarchy=`"

    def labels_of(found: Any, files: Any, indices: Any) -> Any:
        labels = table.lookup(found) if schema.named else found - offset
        fine = (labels >= 0) & (labels < count)
        # The first that is not fine, or 0 if all are.
        wrong = tf.argmin(tf.cast(fine, tf.int32))
        value = found[wrong]
        if schema.named:
            value = tf.strings.substr(value, 0, MOST_QUOTED)
        message = [
            f"Expected {expected}. Received:",
            value,
            "in record",
            indices[wrong],
            "of",
            files[wrong],
        ]
        check = tf.debugging.Assert(tf.reduce_all(fine), message)
        with tf.control_dependencies([check]):
            return tf.cast(labels, tf.int32)

    return labels_of
