"""Folders of a data set that are not those of the tree are an error."""

import keras
import pytest
from PIL import Image

import keras_hier as kh

CLASSES = ["bike", "bus", "pug", "tabby"]
TREE = kh.Hierarchy.from_nested(
    {"vehicle": ["bike", "bus"], "animal": ["pug", "tabby"]}, classes=CLASSES
)


def folders(path, names):
    for name in names:
        (path / name).mkdir(parents=True, exist_ok=True)
        for n in range(2):
            Image.new("RGB", (8, 8), "teal").save(path / name / f"{n}.png")
    return keras.utils.image_dataset_from_directory(
        path, image_size=(8, 8), batch_size=4, verbose=False
    )


@pytest.fixture
def model():
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
    )
    model.compile(
        "sgd",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
    )
    return model


def fit(model, train, val, callback):
    model.fit(
        train,
        validation_data=val,
        shuffle=False,
        verbose=0,
        callbacks=[callback],
    )


def test_validation_folders_that_lack_a_class(model, tmp_path):
    train = folders(tmp_path / "train", CLASSES)
    val = folders(tmp_path / "val", ["bike", "pug", "tabby"])
    callback = kh.BlocksCallback(tmp_path / "run")
    message = (
        "`validation_data` numbers 3 folders, the tree has 4 classes: label 1 "
        "is 'pug' there, and 'bus' here"
    )
    with pytest.raises(ValueError, match=message):
        fit(model, train, val, callback)
    # Renumbered, they are right.
    renumber = kh.NodeLabels(TREE).renumber(val.class_names)
    fit(model, train, val.map(renumber), kh.BlocksCallback(tmp_path / "run"))
    _, matrix = kh.RunLog(tmp_path / "run").matrix()
    assert matrix.sum(axis=1).tolist() == [2, 0, 2, 2]


def test_the_same_folders_pass(model, tmp_path):
    train = folders(tmp_path / "train", CLASSES)
    fit(model, train, train, kh.BlocksCallback(tmp_path / "run", samples=train))
    assert len(kh.RunLog(tmp_path / "run").samples().labels) == 8


def test_samples_in_another_order_are_refused_before_training(model, tmp_path):
    train = folders(tmp_path / "train", CLASSES)
    train.class_names = CLASSES[::-1]
    callback = kh.BlocksCallback(tmp_path / "run", samples=train)
    with pytest.raises(ValueError, match="label 0 is 'tabby' there"):
        fit(model, train, train, callback)
    assert not list(tmp_path.glob("run/*"))


def test_other_names_in_as_many_folders_only_warn(model, tmp_path):
    # Nothing shows that they are others.
    train = folders(tmp_path / "train", ["1-bike", "2-bus", "3-pug", "4-cat"])
    with pytest.warns(UserWarning, match="label 0 is '1-bike' there.*the same"):
        fit(model, train, train, kh.BlocksCallback(tmp_path / "run"))
    assert kh.RunLog(tmp_path / "run").epochs() == (1,)
