"""`keras-hier probe` on a saved network, with images in folders or records."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from probed_files import CLASSES, TREE

import keras_hier as kh
from keras_hier.commands.inputs import saved_model
from keras_hier.log.run_log import RunLog


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved network, and images of four colours in class folders."""
    folder = tmp_path_factory.mktemp("saved")
    # Features of some weights want a penalty beyond those tried.
    keras.utils.set_random_seed(0)
    image = keras.Input((12, 12, 3))
    x = keras.layers.Rescaling(1 / 255)(image)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv1")(x)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv2")(x)
    x = keras.layers.Flatten()(x)
    model = keras.Model(image, keras.layers.Dense(4, name="class")(x))
    model.save(folder / "model.keras")
    rng = np.random.default_rng(0)
    for number, name in enumerate(CLASSES):
        (folder / "val" / name).mkdir(parents=True)
        for at in range(8):
            pixels = rng.integers(0, 100, (16, 20, 3), np.uint8)
            pixels[..., number % 3] += np.uint8(30 * number)
            file = folder / "val" / name / f"{at}.png"
            Image.fromarray(pixels).save(file)
    return folder


UNTRAINED = "--untrained 0 --folds 2"


def of_model(folder, data="val", model="model.keras"):
    return f"probe {folder / model} --data {folder / data}"


def test_numbers_want_the_order_of_their_classes(folder, saved):
    lines = [f"{name},{'cd'[name > 'b']}" for name in reversed(CLASSES)]
    Path("bare.csv").write_text("\n".join(["class,group1", *lines]) + "\n")
    bare = "probe --features late.npy --hierarchy bare.csv --labels"
    model = f"{of_model(saved)} {UNTRAINED} --keep kept --hierarchy bare.csv"
    for command in (f"{bare} y.npy", model):
        assert "does not number the classes" in folder.refused(command)
    said = folder(f"{bare} y.npy --classes order.txt")
    assert folder(f"{bare} ids.npy") == said
    folder(f"{model} --classes order.txt")
    kept = kh.analysis.Features.load("kept")
    assert kept.classes == CLASSES
    assert np.bincount(kept.labels).tolist() == [8] * 4


def test_a_saved_network(folder, saved):
    more = "--logdir run --keep feats --untrained 2 --folds 2"
    out = folder(f"{of_model(saved)} --hierarchy tree.json {more}")
    first, few, two, best, *_ = out.split("\n")
    assert first == "32 samples, 2 layers: conv1, conv2"
    assert few.startswith("Few samples: 8.0 a class. ")
    assert two.startswith("Two controls: ")
    assert best.startswith("Best layer ")
    record = RunLog("run").layers()
    assert (record.controls, record.pools) == (2, ("grid3", "grid3"))
    # Folders come sorted, bus first; the tree's first class is cat.
    kept = kh.analysis.Features.load("feats")
    network = keras.models.load_model(saved / "model.keras")
    for label, name in enumerate(CLASSES):
        image = Image.open(saved / "val" / name / "0.png")
        pixels = keras.utils.img_to_array(image)
        data = keras.preprocessing.image.smart_resize(pixels, (12, 12))
        scores = network.predict(data[None], verbose=0)[0]
        rows = kept.output[np.asarray(kept.labels) == label]
        assert len(rows) == 8
        assert abs(rows - scores).max(axis=1).min() < 0.05
    # The kept features are read again, by the ids of their classes.
    Path("other.json").write_text(TREE.subset(CLASSES[::-1]).to_json())
    command = "probe --features feats --folds 2 --hierarchy"
    assert folder(f"{command} tree.json") == folder(f"{command} other.json")


def test_a_computed_tree_does_not_order_folders_that_are_numbers(
    folder, saved, tmp_path
):
    ids = ("1", "2", "3", "10")
    for name, number in zip(CLASSES, ids, strict=True):
        shutil.copytree(saved / "val" / name, tmp_path / "images" / number)
    counts = np.diag([90] * 4) + 30 * np.eye(4, k=1, dtype=int)
    np.savez("m.npz", matrix=counts, classes=np.array(ids))
    folder("log --matrix m.npz --logdir run")
    command = f"probe {saved / 'model.keras'} --data images {UNTRAINED}"
    said = folder.refused(f"{command} --logdir run")
    assert "in an order of their own, '1, 2, 3', ...: say by --classes" in said
    Path("order.txt").write_text("\n".join(sorted(ids)))
    folder(f"{command} --logdir run --classes order.txt --keep f --step 2")
    assert kh.analysis.Features.load("f").classes == ("1", "10", "2", "3")


@pytest.mark.parametrize("kind", ["folders", "records"])
def test_a_tree_of_more_classes_than_the_network_scores(
    folder, saved, tmp_path, kind
):
    # Such as all of ImageNet, for a network of the folders' classes.
    more = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("pet", "cow"), ("car", "bus"),
         ("car", "van"), ("car", "tram")]
    )  # fmt: skip
    Path("more.json").write_text(more.to_json())
    images = shutil.copytree(saved / "val", tmp_path / "images")
    data = "images"
    if kind == "records":
        data = "rec/train-*"
        folder("records images rec --workers 1")
    command = f"probe {saved / 'model.keras'} --data {data} {UNTRAINED}"
    folder(f"{command} --hierarchy more.json --logdir run")
    run = RunLog("run")
    known = run.hierarchy(run.layers().hierarchy)
    assert known.classes == ("bus", "cat", "dog", "van")  # as folders come
    assert known == more.subset(known.classes)
    (images / "van").rename("van")
    Path("rec").mkdir(exist_ok=True)
    Path("rec/classes.json").write_text('["bus", "cat", "dog"]')
    said = folder.refused(f"{command} --hierarchy more.json")
    assert f"scores 4 classes, the hierarchy has 6, {data!r} holds 3." in said


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def test_a_model_that_cannot_be_used(folder, saved, tmp_path):
    whole = (saved / "model.keras").read_bytes()
    Path("half.keras").write_bytes(whole[: len(whole) // 2])
    image = keras.Input((12, 12, 3))
    keras.Sequential([image, Doubled()]).save("own.keras")
    keras.Sequential(
        [keras.Input((None, 12, 3)), keras.layers.GlobalMaxPooling2D(),
         keras.layers.Dense(4)]
    ).save("any.keras")  # fmt: skip
    for file, said in (
        ("half.keras", "is damaged or no model: expected what model.save("),
        ("own.keras", "cannot be loaded: Could not locate class 'Doubled'. "),
        ("any.keras", "Expected a model that takes images [N, H, W, channels]"),
    ):
        command = f"probe {file} --data {saved / 'val'} --hierarchy tree.json"
        assert said in folder.refused(command)


@pytest.mark.parametrize("kind", ["folder", "records"])
def test_an_image_that_cannot_be_read_is_named(folder, saved, tmp_path, kind):
    images = shutil.copytree(saved / "val", tmp_path / "images")
    source, said = "images", "images/bus/1.png: not a whole image ("
    if kind == "records":
        source = write_records(images).replace("*", "00000-of-00001")
        data = bytearray(Path(source).read_bytes())
        data[400] ^= 255
        Path(source).write_bytes(data)
        said = f"[of] [{source}]"
    else:
        (images / "bus" / "1.png").write_text("no image")
    command = f"probe {saved / 'model.keras'} --data {source}"
    error = folder.failed(f"{command} --hierarchy tree.json").err
    assert said in error
    assert error.count("\n") == 1


def write_records(images):
    kh.data.write_records(
        images, "records", shards=1, workers=1, progress=False
    )
    return "records/train-*"


def test_images_of_folders_are_those_of_records(folder, saved, tmp_path):
    images = shutil.copytree(saved / "val", tmp_path / "images")
    # Formats that TensorFlow cannot decode, and files that are hidden.
    plain = Image.new("RGB", (20, 16), (200, 100, 50))
    plain.save(images / "cat" / "0.tif")
    plain.save(images / "dog" / "0.jfif", "JPEG")
    (images / "bus" / "._0.png").write_bytes(b"of a file system")
    wide = Image.new("RGB", (60, 24), "red")
    wide.paste("blue", (18, 0, 42, 24))
    wide.save(images / "bus" / "wide.png")
    data = saved_model.images_in(
        "images", keras.models.load_model(saved / "model.keras"), TREE
    )
    read = {
        name.decode(): (image, label)
        for batch in data.as_numpy_iterator()
        for image, label, name in zip(*batch, strict=True)
    }
    recorded = kh.data.imagenet(
        write_records(images), 12, 64, hierarchy=TREE, ids=True
    )
    names = [n.decode() for b in recorded.as_numpy_iterator() for n in b[2]]
    assert sorted(read) == sorted(names)
    assert {"cat/0.tif", "dog/0.jfif", "bus/wide.png"} <= set(read)
    for name, (image, label) in read.items():
        assert TREE.classes[label] == name.partition("/")[0]
        with Image.open(images / name) as file:
            pixels = keras.utils.img_to_array(file)
        expected = keras.preprocessing.image.smart_resize(pixels, (12, 12))
        # The others have gone through JPEG, as they do into records.
        assert abs(image - expected).max() < (0.01 if ".png" in name else 4)
    # The square in the middle, without the red beside it.
    assert (read["bus/wide.png"][0] == (0, 0, 255)).all()


def test_images_have_channels_where_the_model_has_them(folder, saved):
    for source in (str(saved / "val"), write_records(saved / "val")):
        last, first = (
            next(
                saved_model.images_in(
                    source,
                    keras.Sequential([keras.Input(shape), keras.layers.ReLU()]),
                    TREE,
                ).as_numpy_iterator()
            )
            for shape in ((12, 12, 3), (3, 12, 12))
        )
        assert first[0].shape == (len(first[1]), 3, 12, 12)
        np.testing.assert_array_equal(first[0].transpose(0, 2, 3, 1), last[0])
        assert first[2].tolist() == last[2].tolist()


def test_records_of_integers_say_where_these_start(folder, saved):
    # As TFDS writes them.
    with tf.io.TFRecordWriter("records-00000-of-00001") as writer:
        for label, name in enumerate(CLASSES):
            for file in sorted((saved / "val" / name).iterdir()):
                example = tf.train.Example()
                feature = example.features.feature
                feature["image"].bytes_list.value.append(file.read_bytes())
                feature["label"].int64_list.value.append(label)
                writer.write(example.SerializeToString())
    more = f"--hierarchy tree.json {UNTRAINED}"
    command = f"probe {saved / 'model.keras'} --data records-* {more}"
    assert "--label-offset of a command" in folder.refused(command)
    folder(f"{command} --label-offset 0 --keep kept")
    kept = kh.analysis.Features.load("kept")
    assert np.bincount(kept.labels).tolist() == [8] * 4
    said = folder.refused(f"{of_model(saved)} {more} --label-offset 0")
    assert "--label-offset goes with records" in said
