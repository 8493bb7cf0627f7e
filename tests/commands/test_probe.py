"""`keras-hier probe`, on a saved network and on files of any program."""

import csv
import json
import os
import shutil
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands.inputs import saved_model
from keras_hier.log.run_log import RunLog

CLASSES = ("cat", "dog", "bus", "van")
TREE = kh.Hierarchy.from_paths(
    [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
)

CONTROLS = ("u1", "u2", "u3", "u4", "u5")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Three files of features, labels, scores and a tree."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 4
    noise = rng.normal(size=(3, 200, 6))
    pets = np.eye(2, 6)[labels // 2]
    classes = np.eye(4, 6)[labels]
    for name, values in zip(
        ("early", "middle", "late"),
        (noise[0], noise[1] + 3 * pets, noise[2] + 3 * classes),
        strict=True,
    ):
        np.save(f"{name}.npy", values.astype(np.float16))
    np.save("y.npy", labels)
    np.save("ids.npy", np.array(CLASSES)[labels])
    np.save("scores.npy", np.eye(4)[labels] + rng.normal(size=(200, 4)))
    for name in CONTROLS:
        (tmp_path / name).mkdir()
        for layer in ("early", "middle", "late"):
            np.save(f"{name}/{layer}.npy", rng.normal(size=(200, 6)))
    TREE.to_csv("tree.csv")
    (tmp_path / "tree.json").write_text(TREE.to_json())
    return tmp_path


FILES = ("early.npy", "middle.npy", "late.npy")
TREE_OF = "--hierarchy tree.json"
FEATURES = f"--features {' '.join(FILES)}"
GIVEN = f"{FEATURES} --labels y.npy {TREE_OF}"
MODEL = f"m.keras {TREE_OF} --data"


def probe(*arguments, files=FILES, labels="y.npy"):
    return main(
        [
            "probe",
            "--hierarchy",
            "tree.json",
            *(("--features", *files) if files else ()),
            *(("--labels", labels) if labels else ()),
            *arguments,
        ]
    )


def control(name):
    return ("--control", *(f"{name}/{file}" for file in FILES))


def test_three_files_open_with_sentences(folder, capsys):
    status = probe(
        *("--scores", "scores.npy", "--logdir", "run", "--csv", "out.csv"),
        *(each for name in CONTROLS for each in control(name)),
    )
    assert status == 0
    first, second, third, fourth, *_ = capsys.readouterr().out.split("\n")
    assert first.startswith("Best layer late: a linear probe names ")
    assert "in an untrained network" in first
    assert second.startswith("middle and late tell classes apart better than ")
    assert third.startswith("Not shown of early: the largest estimate is ")
    assert fourth.startswith("Asking late as well as the output takes ")
    record = RunLog("run").layers()
    assert record.layers == ("early", "middle", "late")
    assert record.controls == 5
    with open("out.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 3 * len(record.groups)


def test_class_ids_say_the_same(folder, capsys):
    assert probe() == probe(labels="ids.npy") == 0
    said = capsys.readouterr().out
    half = said[: len(said) // 2]
    assert said == half * 2
    assert half.startswith("No control: ")


def asks_late(capsys, scores, labels="y.npy", *options):
    """What the report says of asking the output, and all its numbers."""
    given = ("--scores", scores, *options)
    assert probe(*given, labels=labels, files=("late.npy",)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_scores_that_name_their_columns_are_read_by_name(folder, capsys, kind):
    scores = np.load("scores.npy")[:, ::-1]
    np.savez("z.npz", scores=scores, classes=CLASSES[::-1])
    rows = [",".join(map(str, row)) for row in scores.tolist()]
    Path("z.csv").write_text("\n".join([",".join(CLASSES[::-1]), *rows]))
    in_order = asks_late(capsys, "scores.npy", "ids.npy")
    assert asks_late(capsys, f"z.{kind}", "ids.npy") == in_order


def test_scores_in_an_order_that_labels_do_not_say_are_refused(folder, capsys):
    np.savez("z.npz", scores=np.load("scores.npy"), classes=CLASSES[::-1])
    assert probe("--scores", "z.npz") == 2
    assert "y.npy does not say how it does" in capsys.readouterr().err


def test_classes_of_the_command_number_labels_and_scores(folder, capsys):
    in_order = asks_late(capsys, "scores.npy")
    np.save("back.npy", 3 - np.load("y.npy"))
    np.save("turned.npy", np.load("scores.npy")[:, ::-1])
    Path("order.txt").write_text("\n".join(CLASSES[::-1]))
    options = ("--classes", "order.txt")
    assert asks_late(capsys, "turned.npy", "back.npy", *options) == in_order


@pytest.mark.parametrize("name", ["float.npy", "text.csv", "text.npy"])
def test_labels_of_every_kind_say_the_same(folder, capsys, name):
    labels = np.load("y.npy")
    np.save("float.npy", labels.astype(np.float64))
    np.save("text.npy", labels.astype(str))
    Path("text.csv").write_text("label\n" + "\n".join(map(str, labels)))
    assert probe() == probe(labels=name) == 0
    said = capsys.readouterr().out
    assert said == said[: len(said) // 2] * 2


@pytest.mark.parametrize("kind", ["npy", "csv"])
def test_whole_numbers_that_may_be_ids_are_asked_about(folder, capsys, kind):
    ids = ("0", "1", "10", "2")
    tree = kh.Hierarchy.from_paths([("ab"[i % 2], ids[i]) for i in range(4)])
    (folder / "tree.json").write_text(tree.to_json())
    labels = np.load("y.npy") % 3
    np.save("m.npy", labels)
    Path("m.csv").write_text("label\n" + "\n".join(map(str, labels)))
    file = f"m.{kind}"
    assert probe(labels=file) == 2
    said = capsys.readouterr().err
    assert "2 is '2' as an id and '10' as a number" in said
    assert "--labels-are ids, or --labels-are numbers" in said
    for what, expected in (("ids", [0, 1, 3]), ("numbers", [0, 1, 2])):
        assert probe("--labels-are", what, labels=file) == 0
        say = capsys.readouterr().out
        np.save("known.npy", np.array(ids)[expected][labels])
        assert probe("--labels-are", "ids", labels="known.npy") == 0
        assert capsys.readouterr().out == say


def test_a_first_row_of_scores_that_may_be_ids_is_asked_about(folder, capsys):
    ids = ("0", "1", "10", "2")
    tree = kh.Hierarchy.from_paths([("ab"[i % 2], ids[i]) for i in range(4)])
    (folder / "tree.json").write_text(tree.to_json())
    in_order = asks_late(capsys, "scores.npy", "y.npy", "--labels-are=numbers")
    np.save("named.npy", np.array(ids)[np.load("y.npy")])
    turned = [3, 0, 2, 1]
    rows = [",".join(map(str, row)) for row in np.load("scores.npy")[:, turned]]
    head = ",".join(ids[i] for i in turned)
    Path("z.csv").write_text("\n".join([head, *rows]))
    assert probe("--scores", "z.csv", labels="named.npy") == 2
    assert "--labels-are ids" in capsys.readouterr().err
    say = asks_late(capsys, "z.csv", "named.npy", "--labels-are=ids")
    assert say == in_order


def test_a_computed_tree_numbers_no_classes(folder, capsys):
    np.save("named.npy", np.array(CLASSES)[np.load("y.npy")])
    files = ("--labels", "named.npy", "--predictions", "named.npy")
    with pytest.warns(UserWarning, match="0 errors"):
        assert main(["log", *files, "--logdir", "run"]) == 0
    command = ["probe", "--features", *FILES, "--logdir", "run", "--labels"]
    assert main([*command, "y.npy"]) == 2
    assert "say by --classes which class each number" in capsys.readouterr().err
    assert main([*command, "named.npy"]) == 0
    Path("order.txt").write_text("\n".join(CLASSES))
    again = ("--classes", "order.txt", "--step", "2")
    assert main([*command, "y.npy", *again]) == 0


def test_the_tree_and_the_epoch_of_a_run(folder, capsys):
    with kh.BlocksWriter("run", TREE) as writer:
        writer.predictions([0, 1, 2, 3], [0, 1, 3, 3], step=37)
    status = main(
        ["probe", "--features", *FILES, "--labels", "y.npy", "--logdir", "run"]
    )
    assert status == 0
    log = RunLog("run")
    assert log.layer_epochs() == (37,)
    assert set(log.outputs) == {
        "class", "early_linear", "middle_linear", "late_linear",
    }  # fmt: skip
    assert "run: logged at epoch 37" in capsys.readouterr().out


def test_an_epoch_before_the_last_one_is_refused_at_once(folder, capsys):
    assert (
        main(["probe", *GIVEN.split(), "--logdir", "run", "--step", "3"]) == 0
    )
    capsys.readouterr()
    assert probe("--logdir", "run", "--step", "2") == 2
    said = capsys.readouterr()
    assert "--step 2 would come after epoch 3, of which 'run' has" in said.err
    assert not said.out  # before anything is fitted
    assert probe("--logdir", "run", "--step", "4") == 0
    assert RunLog("run").layer_epochs() == (3, 4)


def test_the_epoch_of_a_damaged_run_is_not_guessed(folder, capsys):
    with kh.BlocksWriter("run", TREE) as writer:
        writer.predictions([0, 1, 2, 3], [0, 1, 3, 3], step=37)
    (file,) = Path("run/validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    Path("tree.json").write_text(TREE.to_json())
    command = ["probe", "--features", *FILES, "--labels", "y.npy"]
    command += ["--logdir", "run", "--hierarchy", "tree.json"]
    assert main(command) == 2
    assert "is damaged" in capsys.readouterr().err
    assert [*Path("run/validation").iterdir()] == [file]


def test_the_tree_is_that_of_the_split(folder):
    other = kh.Hierarchy.from_paths(
        [("x", "cat"), ("y", "dog"), ("x", "bus"), ("y", "van")]
    )
    for split, tree in (("validation", TREE), ("test", other)):
        with kh.BlocksWriter("run", tree, split) as writer:
            writer.predictions([0, 1, 2, 3], [0, 1, 3, 3], step=1)
    command = ["probe", "--features", *FILES, "--labels", "y.npy"]
    assert main([*command, "--logdir", "run", "--split", "test"]) == 0
    log = RunLog("run", "test")
    assert log.layers().hierarchy == other.digest


@pytest.mark.parametrize(("right", "warned"), [(180, False), (30, True)])
def test_a_network_unlike_the_run_is_said(folder, right, warned):
    # Its scores name some 75 % right here.
    wrong = 200 - right
    counts = np.diag([right // 4] * 4)
    counts[0, 1] += wrong
    if not warned:
        scores = np.load("scores.npy").argmax(axis=1)
        labels = np.load("y.npy")
        counts = np.bincount(labels * 4 + scores, minlength=16).reshape(4, 4)
    with kh.BlocksWriter("run", TREE) as writer:
        writer.matrix(counts, step=2)
    said = "in the log of epoch 2"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert probe("--scores", "scores.npy", "--logdir", "run") == 0
    assert any(said in str(each.message) for each in caught) is warned


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


def test_numbers_want_the_order_of_their_classes(folder, capsys):
    lines = [f"{name},{'cd'[name > 'b']}" for name in reversed(CLASSES)]
    Path("bare.csv").write_text("\n".join(["class,group1", *lines]) + "\n")
    Path("order.txt").write_text("\n".join(CLASSES) + "\n")

    def status(labels, *options):
        given = ("--features", "late.npy", "--labels", labels, *options)
        return main(["probe", "--hierarchy", "bare.csv", *given])

    assert status("y.npy") == 2
    assert "does not number the classes" in capsys.readouterr().err
    assert status("y.npy", "--classes", "order.txt") == 0
    first = capsys.readouterr().out
    assert status("ids.npy") == 0
    assert capsys.readouterr().out == first


def test_files_of_a_control_are_named_as_the_others(folder, capsys):
    assert probe("--control", "u1/early.npy") == 2
    said = capsys.readouterr().err
    assert "named like those of --features" in said
    assert "no 'middle.npy' among u1/early.npy" in said
    assert said.count("\n") == 1


def test_a_saved_network(folder, saved, capsys):
    status = main(
        [
            "probe", str(saved / "model.keras"), "--data", str(saved / "val"),
            "--hierarchy", "tree.json", "--logdir", "run", "--keep", "feats",
            "--untrained", "2", "--folds", "2",
        ]
    )  # fmt: skip
    out = capsys.readouterr().out
    assert status == 0, out
    first, few, two, best, *_ = out.split("\n")
    assert first == "32 samples, 2 layers: conv1, conv2"
    assert few.startswith("Few samples: 8.0 a class. ")
    assert two.startswith("Two controls: ")
    assert best.startswith("Best layer ")
    record = RunLog("run").layers()
    assert record.controls == 2
    assert record.pools == ("grid3", "grid3")
    kept = kh.analysis.Features.load("feats")
    assert np.bincount(kept.labels).tolist() == [8] * 4
    # What was kept is read again, by the ids of its classes.
    other = TREE.subset(CLASSES[::-1])
    (folder / "other.json").write_text(other.to_json())
    command = ["probe", "--features", "feats", "--folds", "2", "--hierarchy"]
    capsys.readouterr()
    assert main([*command, "tree.json"]) == main([*command, "other.json"]) == 0
    said = capsys.readouterr().out
    assert said == said[: len(said) // 2] * 2


def test_a_folder_that_names_no_classes_wants_their_order(folder, capsys):
    values, labels = np.load("late.npy"), np.load("y.npy")
    kh.analysis.Features(
        {"late": values}, labels, np.load("scores.npy"), classes=CLASSES
    ).save("feats")
    file = Path("feats/features.json")
    fields = json.loads(file.read_text())
    assert fields.pop("classes") == [*CLASSES]
    file.write_text(json.dumps(fields))
    command = ["probe", "--features", "feats", "--hierarchy", "tree.json"]
    assert main(command) == 2
    assert "--classes FILE" in capsys.readouterr().err
    Path("order.txt").write_text("\n".join(CLASSES))
    assert main([*command, "--classes", "order.txt"]) == 0


def test_the_scores_of_a_network_want_the_order_of_their_classes(
    folder, saved, capsys
):
    lines = [f"{name},{'cd'[name > 'b']}" for name in CLASSES]
    Path("bare.csv").write_text("\n".join(["class,group1", *lines]) + "\n")
    Path("order.txt").write_text("\n".join(CLASSES) + "\n")
    command = [
        *("probe", str(saved / "model.keras"), "--data", str(saved / "val")),
        *("--untrained", "0", "--folds", "2", "--hierarchy"),
    ]
    assert main([*command, "bare.csv"]) == 2
    assert "does not number the classes" in capsys.readouterr().err
    for tree, more in (
        ("bare.csv", ("--classes", "order.txt", "--keep", "first")),
        ("tree.json", ("--keep", "second")),
    ):
        assert main([*command, tree, *more]) == 0
    first, second = map(kh.analysis.Features.load, ("first", "second"))
    assert first.classes == second.classes == CLASSES
    np.testing.assert_array_equal(first.labels, second.labels)


def test_a_computed_tree_does_not_order_folders_that_are_numbers(
    folder, saved, capsys
):
    ids = ("1", "2", "3", "10")
    images = folder / "images"
    for name, number in zip(CLASSES, ids, strict=True):
        shutil.copytree(saved / "val" / name, images / number)
    counts = np.diag([90] * 4) + 30 * np.eye(4, k=1, dtype=int)
    np.savez("m.npz", matrix=counts, classes=np.array(ids))
    assert main(["log", "--matrix", "m.npz", "--logdir", "run"]) == 0
    command = [
        *("probe", str(saved / "model.keras"), "--data", "images"),
        *("--untrained", "0", "--folds", "2", "--logdir", "run"),
    ]
    capsys.readouterr()
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "in an order of its own, '1, 2, 3', ...: say by --classes" in said
    Path("order.txt").write_text("\n".join(sorted(ids)))
    command += ["--classes", "order.txt", "--keep", "f", "--step", "2"]
    assert main(command) == 0
    assert kh.analysis.Features.load("f").classes == ("1", "10", "2", "3")


@pytest.mark.parametrize("of", ["--logdir run", "--hierarchy computed.json"])
def test_a_computed_tree_does_not_order_numbers(folder, capsys, of):
    # Ids in files come without an order: the tree has them sorted.
    assert (*sorted(CLASSES),) != CLASSES
    answers = np.array(CLASSES)[np.load("scores.npy").argmax(axis=1)]
    np.save("named.npy", answers)
    command = ["--labels", "ids.npy", "--predictions", "named.npy"]
    assert main(["log", *command, "--logdir", "run"]) == 0
    assert main(["tree", "run", "--out", "computed.json"]) == 0
    command = ["probe", "--features", "late.npy", "--labels"]
    capsys.readouterr()
    assert main([*command, "ids.npy", "--hierarchy", "computed.json"]) == 0
    by_id = capsys.readouterr().out
    command += ["y.npy", *of.split()]
    assert main(command) == 2
    assert "say by --classes which class each" in capsys.readouterr().err
    Path("order.txt").write_text("\n".join(CLASSES))
    assert main([*command, "--classes", "order.txt"]) == 0
    assert capsys.readouterr().out.startswith(by_id)


@pytest.mark.parametrize("kind", ["folders", "records"])
def test_a_tree_of_more_classes_than_the_network_scores(
    folder, saved, capsys, kind
):
    # Such as all of ImageNet, for a network of the folders' classes.
    more = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("pet", "cow"), ("car", "bus"),
         ("car", "van"), ("car", "tram")]
    )  # fmt: skip
    (folder / "more.json").write_text(more.to_json())
    images = shutil.copytree(saved / "val", folder / "images")
    data = "images"
    if kind == "records":
        data = "rec/train-*"
        assert main(["records", "images", "rec", "--workers", "1"]) == 0
    command = [
        *("probe", str(saved / "model.keras"), "--data", data),
        *("--hierarchy", "more.json", "--untrained", "0", "--folds", "2"),
    ]
    assert main([*command, "--logdir", "run"]) == 0
    run = RunLog("run")
    known = run.hierarchy(run.layers().hierarchy)
    assert known.classes == ("bus", "cat", "dog", "van")  # as folders come
    assert known == more.subset(known.classes)
    (images / "van").rename(folder / "van")
    Path("rec").mkdir(exist_ok=True)
    Path("rec/classes.json").write_text('["bus", "cat", "dog"]')
    assert main(command) == 2
    said = f"scores 4 classes, the hierarchy has 6, {data!r} holds 3."
    assert said in capsys.readouterr().err


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def test_a_model_that_cannot_be_loaded(folder, saved, capsys):
    whole = (saved / "model.keras").read_bytes()
    Path("half.keras").write_bytes(whole[: len(whole) // 2])
    own = keras.Sequential([keras.Input((12, 12, 3)), Doubled()])
    own.save("own.keras")
    for file, said in (
        ("half.keras", "is damaged or no model: expected what model.save("),
        ("own.keras", "cannot be loaded: Could not locate class 'Doubled'. "),
    ):
        command = [
            "probe",
            file,
            "--data",
            str(saved / "val"),
            *TREE_OF.split(),
        ]
        assert main(command) == 2
        error = capsys.readouterr().err
        assert f"{file!r} {said}" in error
        assert error.count("\n") == 1


@pytest.mark.parametrize("kind", ["folder", "records"])
def test_an_image_that_cannot_be_read_is_named(folder, saved, kind, capsys):
    images = shutil.copytree(saved / "val", folder / "images")
    source, said = "images", "images/bus/1.png: not a whole image ("
    if kind == "records":
        kh.data.write_records(
            images, "records", shards=1, workers=1, progress=False
        )
        source = "records/train-00000-of-00001"
        data = bytearray(Path(source).read_bytes())
        data[400] ^= 255
        Path(source).write_bytes(data)
        said = f"[of] [{source}]"
    else:
        (images / "bus" / "1.png").write_text("no image")
    model = str(saved / "model.keras")
    capsys.readouterr()
    assert main(["probe", model, "--data", source, *TREE_OF.split()]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_folders_are_classes_by_their_names(folder, saved):
    # Folders come sorted, bus first; the tree's first class is cat.
    arguments = ["--data", str(saved / "val"), "--hierarchy", "tree.json"]
    model = str(saved / "model.keras")
    main(
        [
            "probe",
            model,
            *arguments,
            "--keep",
            "f",
            "--untrained",
            "0",
            "--per-class",
            "8",
        ]
    )
    kept = kh.analysis.Features.load("f")
    network = keras.models.load_model(model)
    for label, name in enumerate(CLASSES):
        image = Image.open(saved / "val" / name / "0.png")
        pixels = keras.utils.img_to_array(image)
        data = keras.preprocessing.image.smart_resize(pixels, (12, 12))
        scores = network.predict(data[None], verbose=0)[0]
        rows = kept.output[np.asarray(kept.labels) == label]
        assert abs(rows - scores).max(axis=1).min() < 0.05


def test_images_of_folders_are_those_of_records(folder, saved):
    images = shutil.copytree(saved / "val", folder / "images")
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
    kh.data.write_records(
        images, "records", shards=1, workers=1, progress=False
    )
    recorded = kh.data.imagenet(
        "records/train-*", 12, 64, hierarchy=TREE, ids=True
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
    kh.data.write_records(
        saved / "val", "records", shards=1, workers=1, progress=False
    )
    for source in (str(saved / "val"), "records/train-*"):
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


def test_records_of_integers_say_where_these_start(folder, saved, capsys):
    # As TFDS writes them.
    with tf.io.TFRecordWriter("records-00000-of-00001") as writer:
        for label, name in enumerate(CLASSES):
            for file in sorted((saved / "val" / name).iterdir()):
                feature = {
                    "image": tf.train.Feature(
                        bytes_list=tf.train.BytesList(value=[file.read_bytes()])
                    ),
                    "label": tf.train.Feature(
                        int64_list=tf.train.Int64List(value=[label])
                    ),
                }
                example = tf.train.Example(
                    features=tf.train.Features(feature=feature)
                )
                writer.write(example.SerializeToString())
    command = [
        *("probe", str(saved / "model.keras"), "--data", "records-*"),
        *("--hierarchy", "tree.json", "--untrained", "0", "--folds", "2"),
    ]
    assert main(command) == 2
    assert "--label-offset of a command" in capsys.readouterr().err
    assert main([*command, "--label-offset", "0", "--keep", "kept"]) == 0
    kept = kh.analysis.Features.load("kept")
    assert np.bincount(kept.labels).tolist() == [8] * 4
    command[3] = str(saved / "val")
    assert main([*command, "--label-offset", "0"]) == 2
    assert "--label-offset goes with records" in capsys.readouterr().err


def test_ids_are_those_of_a_training_over_the_same_folder(folder, saved):
    val = saved / "val"
    # As docs/guide/responses.md says.
    images = keras.utils.image_dataset_from_directory(
        val, class_names=CLASSES, image_size=(12, 12), shuffle=False,
        crop_to_aspect_ratio=True, verbose=0,
    )  # fmt: skip
    ids = [Path(os.path.relpath(f, val)).as_posix() for f in images.file_paths]
    named = tf.data.Dataset.from_tensor_slices(ids).batch(32)
    samples = tf.data.Dataset.zip((images, named)).map(lambda xy, i: (*xy, i))
    model = keras.models.load_model(saved / "model.keras")
    model.compile(
        "sgd",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
    )
    model.fit(
        images,
        validation_data=images,
        shuffle=False,
        verbose=0,
        callbacks=[kh.BlocksCallback("run", samples=samples)],
    )
    model.save("trained.keras")
    status = main(
        [
            "probe", "trained.keras", "--data", str(val), "--logdir", "run",
            "--untrained", "0", "--folds", "2",
        ]
    )  # fmt: skip
    assert status == 0
    log = RunLog("run")
    logged = log.samples()
    of = dict(zip(logged.ids, logged.labels.tolist(), strict=True))
    assert set(log.pictures(logged.index)) == set(range(32))
    for layer in ("conv1", "conv2"):
        found = log.strongest(layer)
        assert found.rows.shape[1] == 6
        for name, label in zip(found.ids, found.labels.tolist(), strict=True):
            assert of[name] == label


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("m.keras", "wants --data"),
        (f"{MODEL} .", "There is no file 'm.keras'"),
        ("m.keras --data x --labels y.npy", "--labels does not"),
        (f"{FEATURES} {TREE_OF}", "want --labels"),
        (f"{FEATURES} --labels y.npy", "Give --hierarchy"),
        (f"{FEATURES} --labels y.npy --logdir none", "no tree of classes yet"),
        (
            f"--features y.csv --labels y.npy --logdir x {TREE_OF}",
            "one folder or .npy files",
        ),
        (
            f"--features early.npy u1/early.npy --labels y.npy {TREE_OF}",
            "named alike",
        ),
        (
            f"--features untrained.npy early.npy --labels y.npy {TREE_OF}",
            "is called 'untrained', which is what the log calls the best",
        ),
        (f"{GIVEN} --data x", "--data does not go with --features"),
        (f"{GIVEN} --step 0", "--step must be 1"),
        (f"{GIVEN} --csv x.txt", "ends in .csv"),
        (f"--features . {TREE_OF}", "holds no features"),
        (
            f"--features . --labels y.npy {TREE_OF}",
            "--labels does not go with the folder '.'",
        ),
        (
            f"--features . {TREE_OF} --control u1/early.npy",
            "--control must be a folder, as --features is one, got 'u1/early",
        ),
        (f"{GIVEN} --folds 1", "--folds must be 2 or more, got 1."),
        (f"{GIVEN} --seed -1", "--seed must be 0 or more, got -1."),
        (f"{MODEL} . --untrained -1", "--untrained must be 0 or more"),
        (f"{MODEL} x", "There is no folder or file 'x': --data is a folder"),
        # These have no option for it here.
        (
            f"{FEATURES} --labels nodes.npy {TREE_OF}",
            "Samples that are known as a group only are to be left out.",
        ),
        (
            f"{FEATURES} --labels names.npy {TREE_OF}",
            "Samples that are known as a group only are to be left out.",
        ),
    ],
)
def test_what_does_not_go_is_said_in_a_line(folder, capsys, arguments, said):
    shutil.copy("early.npy", "untrained.npy")
    np.save("nodes.npy", np.arange(200) % 5)
    np.save("names.npy", np.array([*CLASSES, "pet"])[np.arange(200) % 5])
    assert main(["probe", *arguments.split()]) == 2
    error = capsys.readouterr().err
    assert error.startswith("keras-hier probe: ")
    assert said in error
    assert "--node-labels" not in error
    assert error.count("\n") == 1
    assert not (folder / "x").exists()
