"""The pixels that a data set gives, the order, and fit on them."""

import io
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from record_files import encoded

import keras_hier as kh


def labels(dataset) -> list[int]:
    return [int(label) for _, batch in dataset for label in batch]


def test_the_centre_is_taken_whatever_the_format(write, ramp):
    """Of [64, 80], the middle 56 x 56: columns from 12, rows from 4."""
    kinds = [
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("PNG", mode) for mode in ("RGB", "L", "RGBA")),
    ]
    path = write(*({"image": encoded(ramp, *k), "label": 0} for k in kinds))
    dataset = kh.data.imagenet(path, 56, 3, classes=["a"], label_offset=0)
    found = np.concatenate([images for images, _ in dataset])
    for image, (kind, mode) in zip(found, kinds, strict=True):
        expected = Image.fromarray(ramp).convert(mode).convert("RGB")
        expected = np.asarray(expected)[4:60, 12:68].astype(float)
        assert abs(image - expected).mean() < 2, (kind, mode)


def test_exif_rotation_is_ignored(write, ramp):
    image, exif = Image.fromarray(ramp), Image.Exif()
    exif[0x0112] = 6  # to be turned by a right angle
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=100, exif=exif)
    path = write({"image": buffer.getvalue(), "label": 0})
    images, _ = next(
        iter(kh.data.imagenet(path, 56, 1, classes=["a"], label_offset=0))
    )
    assert abs(images[0].numpy()[..., 0] - ramp[4:60, 12:68, 0]).mean() < 2


def test_any_size_shows_the_same_part_without_aliasing(write):
    """Halves stay halves; stripes of one pixel become grey."""
    halves, stripes = [], []
    for scale in (0.5, 1.5, 3, 5, 12):
        side = round(64 * scale)
        pixels = np.zeros((side, side, 3), np.uint8)
        pixels[:, side // 2 :] = 255
        halves += [encoded(pixels, kind) for kind in ("JPEG", "PNG")]
        if scale >= 3:
            pixels[:] = 0
            pixels[:, ::2] = 255
            stripes.append(encoded(pixels, "JPEG"))
    path = write(*({"image": i, "label": 0} for i in halves + stripes))
    dataset = kh.data.imagenet(path, 56, 4, classes=["a"], label_offset=0)
    found = np.concatenate([images for images, _ in dataset])
    assert len(found) == 10 + 3
    for rows in found[:10, :, :, 0]:
        assert rows[:, :26].max() < 12
        assert rows[:, 30:].min() > 243
    for image in found[10:]:
        assert image[4:-4, 4:-4].std() < 12


@pytest.fixture
def numbered(write, ramp) -> str:
    """40 records in two files; each image is the ramp, its blue the number."""
    paths = []
    for file in range(2):
        records = []
        for index in range(20):
            image = ramp.copy()
            image[..., 2] = 20 * file + index
            label = 20 * file + index
            records.append({"image": encoded(image), "label": label})
        paths.append(write(*records, name=f"train-{file}"))
    return str(Path(paths[0]).parent / "train-*")


def numbers(pattern: str, **arguments) -> tf.data.Dataset:
    classes = [str(i) for i in range(40)]
    options = {"classes": classes, "label_offset": 0, **arguments}
    return kh.data.imagenet(pattern, 56, 16, **options)


def test_augmentation_crops_and_flips_at_random(numbered):
    corners, flips = set(), 0
    dataset = numbers(numbered, training=True, seed=1)
    for _ in range(5):
        for images, found in dataset:
            for image, label in zip(images.numpy(), found, strict=True):
                flipped = image[0, 0, 0] > image[0, -1, 0]
                pixels = image[:, ::-1] if flipped else image
                # Of 64 x 80, 56 x 56 anywhere in the middle 64 x 64.
                left, top = map(round, pixels[0, 0, :2] / 2)
                columns = 2 * (left + np.arange(56))
                assert np.allclose(pixels[..., 0], columns, atol=1)
                assert np.allclose(pixels[..., 2], int(label), atol=1)
                corners.add((left, top))
                flips += flipped
    assert {left for left, _ in corners} == set(range(8, 17))
    assert {top for _, top in corners} == set(range(9))
    assert 70 <= flips <= 130  # of 200


def test_a_seed_repeats_everything_and_epochs_differ(numbered):
    def epoch(dataset):
        images, found = zip(*dataset, strict=True)
        return np.concatenate(images), np.concatenate(found)

    one, two = (numbers(numbered, training=True, seed=3) for _ in range(2))
    first, second, again = epoch(one), epoch(one), epoch(two)
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()
    assert sorted(first[1]) == sorted(second[1]) == list(range(40))
    assert (first[1] != second[1]).any()
    other, *unseeded = (
        labels(numbers(numbered, training=True, seed=s))
        for s in (4, None, None)
    )
    assert other != first[1].tolist()
    assert unseeded[0] != unseeded[1]


def plain_crop(encoded, image_size, share, draws):
    """What `augment.crop` computes, in plain steps."""
    shape = tf.io.decode_jpeg(encoded).shape
    shorter = min(shape[:2])
    side = round(np.float32(shorter) * np.float32(share))
    place = [(length - shorter) // 2 for length in shape[:2]]
    for axis in range(2):
        room = np.float32(shorter - side)
        drawn = (
            np.float32(0.5) * room
            if draws is None
            else (draws[axis] * (room + 1))
        )
        place[axis] += int(drawn)
    ratio = max(r for r in (1, 2, 4, 8) if r == 1 or side // image_size >= r)
    window = [place[0] // ratio, place[1] // ratio, *[side // ratio] * 2]
    pixels = tf.io.decode_and_crop_jpeg(encoded, window, 3, ratio=ratio)
    if draws is not None and draws[2] < 0.5:
        pixels = pixels[:, ::-1]
    return tf.image.resize(pixels, [image_size] * 2).numpy()


def plain_epochs(pattern, image_size, share, seed, epochs):
    """The training data, one image at a time."""
    files = sorted(tf.io.gfile.glob(pattern))
    seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
    records = (
        tf.data.Dataset.from_tensor_slices(files)
        .shuffle(len(files), seed)
        .interleave(tf.data.TFRecordDataset, cycle_length=len(files))
        .shuffle(1000, seed)
    )
    for _ in range(epochs):
        pairs = tf.data.Dataset.zip(records, seeds.batch(2))
        for data, pair in pairs:
            example = tf.train.Example.FromString(data.numpy())
            (encoded,) = example.features.feature["image"].bytes_list.value
            draws = tf.random.stateless_uniform([3], pair).numpy()
            yield plain_crop(encoded, image_size, share, draws)


@pytest.fixture
def photographs(write, shared_data) -> str:
    """Originals of ILSVRC: of many sizes, on end, grey and small ones."""
    files = sorted((shared_data / "imagenet-samples").glob("*.JPEG"))[::3]
    records = [{"image": file.read_bytes(), "label": 0} for file in files]
    paths = [
        write(*records[start::2], name=f"train-{start}") for start in (0, 1)
    ]
    return str(Path(paths[0]).parent / "train-*")


@pytest.mark.parametrize(("image_size", "share"), [(227, 224 / 256), (48, 1.0)])
def test_the_pixels_are_those_of_the_plain_way(photographs, image_size, share):
    """To the last bit; and a seed gives the images that it always gave."""

    def read(**arguments):
        return kh.data.imagenet(
            photographs, image_size, 8, classes=["a"], label_offset=0,
            crop_share=share, **arguments,
        )  # fmt: skip

    dataset = read(training=True, seed=7)
    found = [i for _ in range(2) for batch, _ in dataset for i in batch.numpy()]
    expected = list(plain_epochs(photographs, image_size, share, 7, 2))
    assert len(found) == len(expected) == 68
    for image, other in zip(found, expected, strict=True):
        assert (image == other).all()

    names = {}
    for file in tf.io.gfile.glob(photographs):
        for index, data in enumerate(tf.data.TFRecordDataset(file)):
            example = tf.train.Example.FromString(data.numpy())
            (encoded,) = example.features.feature["image"].bytes_list.value
            names[f"{Path(file).name}:{index}"] = encoded
    for images, _, ids in read(ids=True):
        for image, name in zip(images.numpy(), ids.numpy(), strict=True):
            encoded = names[name.decode()]
            other = plain_crop(encoded, image_size, share, None)
            assert (image == other).all()


def test_evaluation_keeps_order_and_knows_its_length(numbered):
    dataset = numbers(numbered)
    batches = [y.numpy().tolist() for _, y in dataset]
    first = [label for batch in batches for label in batch]
    assert labels(dataset) == first
    assert sorted(first) == list(range(40))
    assert len(dataset) == 3
    assert [len(y) for y in batches] == [16, 16, 8]
    full = numbers(numbered, drop_remainder=True)
    assert len(full) == 2
    assert [len(y) for _, y in full] == [16, 16]
    assert kh.data.count(numbered) == 40


def test_fit_under_mirrored_strategy(numbered, mirrored):
    """Every sample is counted once, an odd last batch included."""
    import keras

    hierarchy = kh.Hierarchy.from_paths(
        ("low" if i < 20 else "high", str(i)) for i in range(40)
    )
    with mirrored.scope():
        image = keras.Input((56, 56, 3))
        x = keras.layers.GlobalAveragePooling2D()(image)
        model = keras.Model(image, keras.layers.Dense(40)(x))
        metric = kh.ConfusionMatrix(hierarchy)
        model.compile(
            "sgd",
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=[metric],
        )
    dataset = numbers(numbered, training=True, seed=1)
    model.fit(dataset, verbose=0, shuffle=False)
    assert metric.matrix().sum(1).tolist() == [1] * 40
