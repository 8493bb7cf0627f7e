"""Records of every schema as a data set: labels, class lists, files."""

import glob
import json
import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from record_files import encoded

import keras_hier as kh

ANT, BEE = "n02219486", "n02206856"
CLASSES = ("ant", "bee", "cat")


def labels(dataset) -> list[int]:
    return [int(label) for _, batch in dataset for label in batch]


GREY = encoded(np.full((20, 20, 3), 90, np.uint8))

BARE = {"image/encoded": GREY, "image/class/label": 2}
TPU = {**BARE, "image/class/synset": "bee"}
NAMED = {"image/class/text": "bee, honeybee", "image/filename": "bee_1.JPEG"}
TFDS = {"image": GREY, "label": 1, "file_name": "bee_1.JPEG"}

# The schemas in use; what one record of the class "bee" looks like in each.
SCHEMAS = {
    "inception": ({**TPU, **NAMED}, {}),
    "tpu": (TPU, {}),
    "official": (BARE, {"label_offset": 1}),
    "tfds": (TFDS, {"label_offset": 0}),
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
    path = write(TPU)
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
    path = write(TFDS)
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
    path = write(TPU)
    Path(path).with_name("classes.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match="expected a JSON list") as caught:
        kh.data.classes(path)
    assert why in str(caught.value)


def test_files_of_two_class_lists_do_not_mix(write, tmp_path):
    paths = []
    for name, classes in (("one", CLASSES), ("two", CLASSES[::-1])):
        path = Path(write(TPU, name=f"train-{name}"))
        (tmp_path / name).mkdir()
        (tmp_path / name / "classes.json").write_text(json.dumps(classes))
        paths.append(str(path.rename(tmp_path / name / path.name)))
    with pytest.raises(ValueError, match="differ"):
        kh.data.imagenet(paths, 16, 2)


def test_a_truncated_file_is_named(write):
    good = write(*[TPU] * 3, name="train-good")
    bad = Path(write(*[TPU] * 3, name="train-bad"))
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
        kh.data.imagenet(write(TPU), **given)
