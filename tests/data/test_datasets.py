import glob
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_hier as kh

ANT, BEE = "n02219486", "n02206856"
CLASSES = ("ant", "bee", "cat")


def encode(pixels: np.ndarray, kind: str = "PNG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, kind, quality=100)
    return buffer.getvalue()


def labels(dataset) -> list[int]:
    return [int(label) for _, batch in dataset for label in batch]


GREY = encode(np.full((20, 20, 3), 90, np.uint8))

# The schemas in use; what one record of the class "bee" looks like in each.
SCHEMAS = {
    "inception": (
        {
            "image/encoded": GREY,
            "image/class/label": 2,
            "image/class/synset": "bee",
            "image/class/text": "bee, honeybee",
            "image/filename": "bee_1.JPEG",
        },
        {},
    ),
    "tpu": (
        {
            "image/encoded": GREY,
            "image/class/label": 2,
            "image/class/synset": "bee",
        },
        {},
    ),
    "official": (
        {"image/encoded": GREY, "image/class/label": 2},
        {"label_offset": 1},
    ),
    "tfds": (
        {"image": GREY, "label": 1, "file_name": "bee_1.JPEG"},
        {"label_offset": 0},
    ),
    "home-made": ({"image/encoded": GREY, "label": 7}, {"label_offset": 6}),
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_gives_the_same_label_and_an_id(write, schema):
    record, arguments = SCHEMAS[schema]
    dataset = kh.data.imagenet(
        write(record, record), 16, 2, classes=CLASSES, ids=True, **arguments
    )
    images, found, names = next(iter(dataset))
    assert images.shape == (2, 16, 16, 3)
    assert images.dtype == tf.float32
    assert found.dtype == tf.int32
    assert found.numpy().tolist() == [1, 1]
    assert np.allclose(images, 90, atol=1)
    # Ids are the names of files, or places in the records.
    place = b"train-00000-of-00001"
    expected = (
        [b"bee_1.JPEG"] * 2
        if schema in ("inception", "tfds")
        else [place + b":0", place + b":1"]
    )
    assert names.numpy().tolist() == expected


def test_the_id_is_trusted_over_the_integer(write):
    # Numbered from 0 by one script, from 1 by another, by the development kit
    # in another order: the ids settle it.
    path = write(
        *(
            {"image": GREY, "label": 0, "image/class/synset": name}
            for name in ("cat", "ant", "bee")
        )
    )
    dataset = kh.data.imagenet(path, 16, 2, classes=CLASSES)
    assert labels(dataset) == [2, 0, 1]
    with pytest.raises(ValueError, match="Leave out label_offset"):
        kh.data.imagenet(path, 16, 2, classes=CLASSES, label_offset=1)


@pytest.mark.parametrize("schema", ["official", "tfds"])
def test_integers_alone_need_an_offset_and_classes(write, schema):
    record, arguments = SCHEMAS[schema]
    path = write(record)
    with pytest.raises(ValueError, match="label_offset="):
        kh.data.imagenet(path, 16, 2, classes=CLASSES)
    with pytest.raises(ValueError, match="classes="):
        kh.data.imagenet(path, 16, 2, **arguments)


def test_ilsvrc_ids_need_no_class_list(write):
    ids = kh.Hierarchy.imagenet().classes
    path = write(
        {"image/encoded": GREY, "image/class/synset": ids[999]},
        {"image/encoded": GREY, "image/class/synset": ids[0]},
    )
    assert kh.data.classes(path) == ids
    assert labels(kh.data.imagenet(path, 16, 2)) == [999, 0]


def test_class_lists_are_checked(write, tmp_path):
    path = write(SCHEMAS["tpu"][0])
    with pytest.raises(ValueError, match="unknown"):
        kh.data.classes(path)
    beside = Path(path).parent / "classes.json"
    beside.write_text(json.dumps(CLASSES))
    assert kh.data.classes(path) == CLASSES
    assert labels(kh.data.imagenet(path, 16, 2)) == [1]
    for other in (("ant", "bee"), ("ant", "bee", "dog"), (*CLASSES, "dog")):
        with pytest.raises(ValueError, match=r"cat|dog"):
            kh.data.imagenet(path, 16, 2, classes=other)
    with pytest.raises(ValueError, match="twice"):
        kh.data.imagenet(path, 16, 2, classes=("ant", "ant"))
    # Asked for in another order, ids are mapped by name ...
    assert labels(kh.data.imagenet(path, 16, 2, classes=CLASSES[::-1])) == [1]
    other = ("bee", "cat", "ant")
    assert labels(kh.data.imagenet(path, 16, 2, classes=other)) == [0]
    # ... which integers cannot be.
    path = write(SCHEMAS["tfds"][0])
    with pytest.raises(ValueError, match="another order"):
        kh.data.imagenet(path, 16, 2, classes=other, label_offset=0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ('["ant", "bee', "Unterminated"),
        ('{"ant": 0, "bee": 1}', "something else"),
        ('["ant", 1]', "something else"),
        ("[]", "names no class"),
        ('["ant", "bee", "ant"]', "'ant' is there twice"),
        ("[" * 200_000, "recursion"),
        ('["caf\xe9"]', "expected UTF-8"),
    ],
)
def test_a_file_that_is_no_class_list_is_named(write, text, why):
    path = write(SCHEMAS["tpu"][0])
    Path(path).with_name("classes.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match="expected a JSON list") as caught:
        kh.data.classes(path)
    assert why in str(caught.value)


def test_files_of_two_class_lists_do_not_mix(write, tmp_path):
    paths = []
    for name, classes in (("one", CLASSES), ("two", CLASSES[::-1])):
        path = Path(write(SCHEMAS["tpu"][0], name=f"train-{name}"))
        (tmp_path / name).mkdir()
        (tmp_path / name / "classes.json").write_text(json.dumps(classes))
        paths.append(str(path.rename(tmp_path / name / path.name)))
    with pytest.raises(ValueError, match="differ"):
        kh.data.imagenet(paths, 16, 2)


def test_a_truncated_file_is_named(write):
    good = write(*[SCHEMAS["tpu"][0]] * 3, name="train-good")
    bad = Path(write(*[SCHEMAS["tpu"][0]] * 3, name="train-bad"))
    size = bad.stat().st_size
    for cut in (1, 13, size // 3 + 5, size - 5):
        bad.write_bytes(Path(good).read_bytes()[:-cut])
        with pytest.raises(ValueError, match=r"train-bad.*truncated.*record"):
            kh.data.imagenet([good, bad], 16, 2, classes=CLASSES)
    with pytest.raises(ValueError, match="train-bad"):
        kh.data.count([good, bad])
    bad.write_bytes(b"")
    assert kh.data.count([good, bad]) == 3
    assert len(kh.data.imagenet([good, bad], 16, 2, classes=CLASSES)) == 2


@pytest.mark.parametrize(
    ("schema", "training", "broken"),
    [
        (
            "tpu",
            True,
            [
                ({"image/class/synset": "dog"}, "dog"),
                ({"image/class/synset": ""}, "class ids"),
            ],
        ),
        (
            "official",
            False,
            [
                ({"image/class/label": 0}, "from 1 to 3.*0"),
                ({"image/class/label": 4}, "from 1 to 3.*4"),
            ],
        ),
        ("tfds", False, [({"label": 3}, "from 0 to 2.*3")]),
    ],
)
def test_a_label_out_of_range_names_file_and_record(
    write, schema, training, broken
):
    record, arguments = SCHEMAS[schema]
    bad = [r for each, _ in broken for r in (record, {**record, **each})]
    path = write(*bad, record)
    dataset = kh.data.imagenet(
        path, 16, 1, training, classes=CLASSES, **arguments
    )
    # TensorFlow goes on after an error.
    errors, batches = [], iter(dataset)
    for _ in range(len(bad) + 1):
        try:
            next(batches)
        except tf.errors.InvalidArgumentError as error:
            errors.append(error.message)
    assert len(errors) == len(broken)
    for place, (_, shown) in enumerate(broken):
        where = rf"in record\] \[{2 * place + 1}\].*{Path(path).name}"
        assert [e for e in errors if re.search(f"(?s){shown}.*{where}", e)]


def test_shards_that_are_nowhere_are_warned_of(write, tmp_path):
    ending = ".tfrecord"
    one = {"image": GREY, "label": 1}
    for shard in (0, 2, 3):
        write(one, name=f"train-{shard:05d}-of-00004{ending}")
    write(one, name=f"train-00001-of-00005{ending}")
    write(one, name=f"train-00001-of-00004{ending}.copy")
    pattern = tmp_path / "records" / f"train-*-of-00004{ending}"
    with pytest.warns(UserWarning, match="^1 of the 4 shards .* not read"):
        assert kh.data.count(pattern) == 3
    # Named one by one, or left out while they are there, they are no surprise.
    assert kh.data.count(sorted(glob.glob(str(pattern)))) == 3
    assert (
        kh.data.count(f"{tmp_path}/records/train-00003-of-00004{ending}") == 1
    )
    write(one, name=f"train-00001-of-00004{ending}")
    assert kh.data.count(pattern) == 4
    part = tmp_path / "records" / f"train-0000[01]-of-00004{ending}"
    assert kh.data.count(part) == 2


def test_shards_of_two_conversions_are_not_mixed(write, tmp_path):
    for name in ("train-00000-of-00001", "train-00000-of-00002", "train-x"):
        write({"image": GREY, "label": 1}, name=name)
    with pytest.raises(ValueError, match=r"one conversion.*read twice"):
        kh.data.count(tmp_path / "records" / "train-*")
    assert kh.data.count(tmp_path / "records" / "train-*-of-00001") == 1


def test_empty_patterns_and_unknown_schemas_are_explained(write, tmp_path):
    with pytest.raises(ValueError, match=r"No files match '.*nothing-\*'"):
        kh.data.imagenet(f"{tmp_path}/nothing-*", 16, 2)
    with pytest.raises(ValueError, match="No files match"):
        kh.data.imagenet([], 16, 2)
    path = write({"picture": GREY, "label": 1})
    with pytest.raises(ValueError, match=f"Unknown schema in {path}.*picture"):
        kh.data.imagenet(path, 16, 2, classes=CLASSES)
    path = write({"image": GREY, "label": "one"})
    with pytest.raises(ValueError, match="Unknown schema"):
        kh.data.imagenet(path, 16, 2, classes=CLASSES)
    with pytest.raises(ValueError, match="no records"):
        kh.data.imagenet(write(), 16, 2, classes=CLASSES)
    with tf.io.TFRecordWriter(path) as writer:
        writer.write(b"\xff\xff no example")
    with pytest.raises(ValueError, match=r"no tf\.train\.Example"):
        kh.data.imagenet(path, 16, 2, classes=CLASSES)
    Path(path).write_text("class,label\nant,0\n")
    with pytest.raises(ValueError, match="no TFRecord file"):
        kh.data.imagenet(path, 16, 2, classes=CLASSES)


def test_the_centre_is_taken_whatever_the_format(write, ramp):
    """Of [64, 80], the middle 56 x 56: columns from 12, rows from 4."""
    kinds = [
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("PNG", mode) for mode in ("RGB", "L", "RGBA")),
    ]
    path = write(
        *(
            {
                "image/encoded": encode(ramp, *kind),
                "image/class/synset": "ant",
            }
            for kind in kinds
        )
    )
    dataset = kh.data.imagenet(path, 56, 3, classes=CLASSES)
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
        halves += [encode(pixels, kind) for kind in ("JPEG", "PNG")]
        if scale >= 3:
            pixels[:] = 0
            pixels[:, ::2] = 255
            stripes.append(encode(pixels, "JPEG"))
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
            records.append(
                {
                    "image": encode(image),
                    "label": 20 * file + index,
                }
            )
        paths.append(write(*records, name=f"train-{file}"))
    return str(Path(paths[0]).parent / "train-*")


def numbers(pattern: str, **arguments) -> tf.data.Dataset:
    return kh.data.imagenet(
        pattern,
        56,
        16,
        classes=[str(i) for i in range(40)],
        label_offset=0,
        **arguments,
    )


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
    for seeds in ((3, 4), (None, None)):
        a, b = (labels(numbers(numbered, training=True, seed=s)) for s in seeds)
        assert a != b


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"crop_share": 1.2}, "crop_share"),
        ({"image_size": 0}, "must be at least 1"),
        ({"batch_size": -1}, "must be at least 1"),
        ({"classes": set(CLASSES)}, "classes must be a list, in the"),
    ],
)
def test_bad_arguments(write, arguments, message):
    given = {"image_size": 16, "batch_size": 2, "classes": CLASSES, **arguments}
    with pytest.raises(ValueError, match=message):
        kh.data.imagenet(write(SCHEMAS["tpu"][0]), **given)


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


def test_real_images_survive_the_round_trip(shared_data, tmp_path):
    """The 100 original images, grey ones among them, in their classes."""
    files = sorted((shared_data / "imagenet-samples").glob("*.JPEG"))
    for file in files:
        folder = tmp_path / "source" / file.name.split("_")[0]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file.name).symlink_to(file)
    out = tmp_path / "out"
    options = {"shards": 4, "workers": 1, "on_error": "stop", "progress": False}
    ids = kh.data.write_records(tmp_path / "source", out, **options).classes
    assert kh.data.classes(out / "train-*") == ids
    dataset = kh.data.imagenet(out / "train-*", 64, 32, classes=ids)
    images = np.concatenate([i for i, _ in dataset])
    counts = np.bincount(labels(dataset), minlength=len(ids))
    expected = [sum(f.name.startswith(i) for f in files) for i in ids]
    assert counts.tolist() == expected
    # Photographs: neither blank nor out of range.
    assert 0 <= images.min() < images.max() <= 255
    assert (images.std((1, 2, 3)) > 5).all()
