"""Models of several outputs: their samples, and their trees."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
X, Y = small.data(60)
X_VAL, Y_VAL = small.data(41, seed=1)


class SeveralOutputs(keras.Model):
    """Gives scores of the classes, and features."""

    def __init__(self, kind):
        super().__init__(name="several")
        self.inner = small.model()
        self.kind = kind

    def call(self, x):
        scores = self.inner(x)
        if self.kind is dict:
            return {"emb": scores * 2, "cls": scores}
        return scores, scores * 2


def test_a_subclassed_model_of_several_outputs(tmp_path):
    model = SeveralOutputs(dict)
    model.compile(
        "sgd",
        {
            "cls": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "emb": None,
        },
        weighted_metrics={"cls": [kh.ConfusionMatrix(TREE)], "emb": []},
        run_eagerly=small.EAGERLY,
    )
    logger = kh.BlocksCallback(
        tmp_path, samples=(X_VAL, {"cls": Y_VAL}), thumbnails_per_class=0
    )
    model.fit(X, {"cls": Y, "emb": Y}, verbose=0, callbacks=[logger])
    read = RunLog(tmp_path, "validation").samples("cls")
    scores = model.predict(X_VAL, verbose=0)["cls"]
    at = [int(name) for name in read.ids]
    np.testing.assert_array_equal(read.classes[:, 0], scores[at].argmax(axis=1))


@pytest.mark.parametrize(
    ("kind", "metrics", "said"),
    [
        (
            dict,
            lambda: {n: [kh.ConfusionMatrix(TREE)] for n in ("cls", "emb")},
            "'cls', 'emb' of the subclassed model 'several'",
        ),
        (
            tuple,
            lambda: [[kh.ConfusionMatrix(TREE)], []],
            "which of the 2 outputs of 'several'",
        ),
    ],
)
def test_which_output_has_the_classes_must_be_known(
    tmp_path, kind, metrics, said
):
    model = SeveralOutputs(kind)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses = {"cls": loss, "emb": None} if kind is dict else [loss, None]
    model.compile("sgd", losses, weighted_metrics=metrics())
    logger = kh.BlocksCallback(tmp_path, samples=(X_VAL, Y_VAL))
    y = {"cls": Y, "emb": Y} if kind is dict else (Y, Y)
    with pytest.raises(ValueError, match=said):
        model.fit(X, y, verbose=0, callbacks=[logger])
    assert model.optimizer.iterations == 0


def test_two_tasks_are_each_over_their_own_tree(tmp_path):
    colours = kh.Hierarchy.from_paths(
        [("warm", "red"), ("warm", "pink"), ("cold", "blue")]
    )
    trees = {"kind": TREE, "colour": colours}
    image = keras.Input((8, 8, 1))
    x = keras.layers.Flatten()(image)
    outputs = {
        name: keras.layers.Dense(tree.num_classes, name=name)(x)
        for name, tree in trees.items()
    }
    model = keras.Model(image, outputs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        "sgd",
        dict.fromkeys(trees, loss),
        weighted_metrics={n: [kh.ConfusionMatrix(t)] for n, t in trees.items()},
        run_eagerly=small.EAGERLY,
    )
    y = {"kind": Y, "colour": Y % 3}
    logger = kh.BlocksCallback(tmp_path)
    model.fit(X, y, validation_data=(X, y), verbose=0, callbacks=[logger])
    for split in ("train", "validation"):
        log = RunLog(str(tmp_path), split)
        assert log.outputs == ("colour", "kind")
        for name, tree in trees.items():
            header, matrix = log.matrix(name)
            assert log.tree(header)[0] == tree
            assert matrix.sum() == len(X)
