"""Matrices that the callback logs: of what, of which epochs."""

import functools
from pathlib import Path

import keras
import numpy as np
import pytest
import small
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.records import matrix_codec

CLASSES = ["car", "cat", "dog", "wolf"]
TREE = kh.Hierarchy.from_nested(
    {"animal": {"pet": ["cat", "dog"], "wild": ["wolf"]}, "thing": ["car"]},
    classes=CLASSES,
)
FLAT = kh.Hierarchy.from_nested({"any": CLASSES}, classes=CLASSES)
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(53, 6)), RNG.integers(0, 4, 53)
X_VAL, Y_VAL = RNG.normal(size=(37, 6)), RNG.integers(0, 4, 37)


def matrices(folder, output="class"):
    """Returns {step: matrix} of a sub-run."""
    return {step: found[1] for step, found in records(folder, output).items()}


def records(folder, output="class"):
    """Returns {step: (header, matrix)} of a sub-run."""
    if not Path(folder).exists():
        return {}
    reader = event_accumulator.EventAccumulator(
        str(folder), size_guidance={"tensors": 0}
    )
    reader.Reload()
    tag = kinds.tag_of("matrix", output)
    if tag not in reader.Tags()["tensors"]:
        return {}
    events = sorted(reader.Tensors(tag), key=lambda e: e.wall_time)
    found = [
        (e.step, matrix_codec.decode(e.tensor_proto.string_val[0]))
        for e in events
    ]
    # Once only: a step that was logged twice is a fault.
    assert len(dict(found)) == len(found)
    return {step: (header, m.toarray()) for step, (header, m) in found}


def confusion(model, x, y):
    scores = model.predict(x, verbose=0)
    return kh.scores.confusion_matrix(y, scores.argmax(axis=1), 4)


def trunk():
    keras.utils.set_random_seed(1)
    x = keras.Input((6,))
    hidden = keras.layers.Dense(5, "tanh", name="hidden")(x)
    return keras.Model(x, keras.layers.Dense(4, name="class")(hidden))


@functools.cache
def new_model(rate):
    return small.AsNew(lambda: compiled(trunk(), rate=rate, eagerly=False))


def compiled(
    model=None, hierarchy=TREE, rate=0.5, metrics=None, eagerly=small.EAGERLY
):
    """A model; without one, or anything special, the same as new."""
    if model is None and hierarchy is TREE and metrics is None:
        return new_model(rate)()
    model = model or trunk()
    model.compile(
        keras.optimizers.SGD(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=(
            [kh.ConfusionMatrix(hierarchy)] if metrics is None else metrics
        ),
        run_eagerly=eagerly,
    )
    return model


def fit(model, log_dir, epochs=2, callbacks=(), validation=True, **arguments):
    options = {
        key: arguments.pop(key)
        for key in ("every", "train")
        if key in arguments
    }
    logger = kh.BlocksCallback(log_dir, **options)
    if validation:
        arguments["validation_data"] = (X_VAL, Y_VAL)
    callbacks = [*callbacks, logger]
    options = {"batch_size": 8, "epochs": epochs, "verbose": 0}
    model.fit(X, Y, callbacks=callbacks, **options, **arguments)
    return logger


class Reference(keras.callbacks.Callback):
    """Predicts the validation data anew after every epoch."""

    def __init__(self):
        super().__init__()
        self.matrices = {}

    def on_epoch_end(self, epoch, logs=None):
        self.matrices[epoch + 1] = confusion(self.model, X_VAL, Y_VAL)


class TestWhatIsLogged:
    def test_validation_is_what_the_model_predicts(self, tmp_path):
        reference = Reference()
        fit(compiled(), tmp_path, epochs=3, callbacks=[reference])
        logged = matrices(tmp_path / "validation")
        assert list(logged) == [1, 2, 3]
        for step, matrix in logged.items():
            np.testing.assert_array_equal(matrix, reference.matrices[step])
        assert len({m.tobytes() for m in logged.values()}) == 3

    @pytest.mark.parametrize(
        "validation", [pytest.param(True, marks=pytest.mark.any_backend), False]
    )
    def test_training_is_what_the_model_saw(self, tmp_path, validation):
        # A model that does not learn predicts the same before and after.
        model = compiled(rate=0.0)
        fit(model, tmp_path, validation=validation)
        seen = {"train": (X, Y)}
        if validation:
            seen["validation"] = (X_VAL, Y_VAL)
        for split, data in seen.items():
            logged = matrices(tmp_path / split)
            assert list(logged) == [1, 2]
            for matrix in logged.values():
                np.testing.assert_array_equal(matrix, confusion(model, *data))
        assert (tmp_path / "validation").exists() == validation

    @pytest.mark.parametrize(
        ("every", "trained", "validated"),
        [(9, [5], [4]), (1, [1, 2, 3, 4, 5], [2, 4])],
    )
    def test_the_last_validation_is_logged(
        self, tmp_path, every, trained, validated
    ):
        model = compiled(rate=0.0)
        fit(model, tmp_path, epochs=5, every=every, validation_freq=2)
        logged = matrices(tmp_path / "validation")
        assert list(logged) == validated
        np.testing.assert_array_equal(logged[4], confusion(model, X_VAL, Y_VAL))
        logged = matrices(tmp_path / "train")
        assert list(logged) == trained
        assert {m.sum() for m in logged.values()} == {53}

    def test_a_metric_of_a_custom_train_step(self, tmp_path):
        class Custom(keras.Model):
            def __init__(self, *arguments, **options):
                super().__init__(*arguments, **options)
                self.confusion = kh.ConfusionMatrix(TREE)

            def test_step(self, data):
                x, y = data
                self.confusion.update_state(y, self(x))
                return {"distance": self.confusion.result()}

        base = trunk()
        model = Custom(base.input, base.output)
        model.compile("sgd", "mse", run_eagerly=small.EAGERLY)
        kept = kh.BlocksCallback(tmp_path, train=False)
        how = {"validation_data": (X_VAL, Y_VAL), "callbacks": [kept]}
        model.fit(X.astype("float32"), np.eye(4)[Y], verbose=0, **how)
        logged = matrices(tmp_path / "validation")[1]
        np.testing.assert_array_equal(logged, confusion(model, X_VAL, Y_VAL))

    def test_classes_and_groups_of_one_output(self, tmp_path):
        metrics = [
            kh.ConfusionMatrix(TREE),
            kh.ConfusionMatrix(TREE, at=TREE.cut(groups=2), name="coarse"),
        ]
        fit(compiled(metrics=metrics), tmp_path, epochs=1)
        fine = matrices(tmp_path / "validation")[1]
        coarse = matrices(tmp_path / "validation", "class_coarse")[1]
        expected = TREE.cut(groups=2).aggregate(fine)
        np.testing.assert_array_equal(coarse, expected)


class TestHeads:
    @pytest.fixture(scope="class")
    @classmethod
    def headed(cls):
        model = kh.add_heads(
            trunk(),
            heads={"hidden": TREE.cut(groups=2)},
            probes={"hidden": TREE.cut(max_size=1)},
        )
        return small.compiled(model, TREE)

    def fit(self, model, log_dir, **options):
        targets = kh.targets(model)
        model.fit(
            *targets(X, Y),
            validation_data=targets(X_VAL, Y_VAL),
            verbose=0,
            callbacks=[kh.BlocksCallback(log_dir, **options)],
        )

    def test_are_logged_with_role_layer_and_grouping(self, headed, tmp_path):
        self.fit(headed, tmp_path)
        header, matrix = records(tmp_path / "validation", "hidden_groups2")[1]
        assert (header.role, header.layer) == ("head", "hidden")
        assert header.grouping == TREE.cut(groups=2).digest
        scores = headed.predict(X_VAL, verbose=0)["hidden_groups2"]
        groups = TREE.cut(groups=2).lookup(Y_VAL)
        expected = kh.scores.confusion_matrix(groups, scores.argmax(axis=1), 2)
        np.testing.assert_array_equal(matrix, expected)
        header, matrix = records(tmp_path / "validation", "hidden_probe4")[1]
        assert (header.role, header.layer) == ("probe", "hidden")
        assert matrix.sum() == 37
        header, _ = records(tmp_path / "validation")[1]
        assert (header.role, header.layer) == ("class", None)
        assert header.grouping is None

    @pytest.mark.parametrize(
        ("train", "expected"),
        [
            (True, {"class"}),
            ("all", {"class", "hidden_groups2", "hidden_probe4"}),
            (False, set()),
        ],
    )
    def test_training_matrices_on_request(
        self, headed, tmp_path, train, expected
    ):
        self.fit(headed, tmp_path, train=train)
        outputs = ("class", "hidden_groups2", "hidden_probe4")
        found = {o for o in outputs if records(tmp_path / "train", o)}
        assert found == expected


class TestWhichEpochs:
    @pytest.mark.parametrize(
        ("every", "expected"), [(2, [2, 4, 5]), (range(2, 4), [2, 3, 5])]
    )
    def test_every(self, tmp_path, every, expected):
        fit(compiled(), tmp_path, epochs=5, every=every)
        assert list(matrices(tmp_path / "train")) == expected
        assert list(matrices(tmp_path / "validation")) == expected

    def test_the_last_epoch_when_training_stops_early(self, tmp_path):
        class Stop(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                self.model.stop_training = epoch == 2

        fit(compiled(), tmp_path, epochs=9, every=2, callbacks=[Stop()])
        assert list(matrices(tmp_path / "train")) == [2, 3]
        assert list(matrices(tmp_path / "validation")) == [2, 3]

    @pytest.mark.parametrize(
        "every", [0, -1, 1.5, "often", [], [0], ["1"], True, None]
    )
    def test_refuses(self, tmp_path, every):
        with pytest.raises(ValueError, match="every must be an integer"):
            kh.BlocksCallback(tmp_path, every=every)

    def test_integers_of_numpy(self, tmp_path):
        assert kh.BlocksCallback(tmp_path, every=np.int64(5)).every == 5

    def test_refuses_another_train(self, tmp_path):
        with pytest.raises(ValueError, match="True, False or 'all'"):
            kh.BlocksCallback(tmp_path, train="heads")


class TestResume:
    def test_initial_epoch_continues_the_series(self, tmp_path):
        model = compiled()
        fit(model, tmp_path, epochs=2)
        fit(model, tmp_path, epochs=4, initial_epoch=2)
        assert list(matrices(tmp_path / "train")) == [1, 2, 3, 4]
        assert list(matrices(tmp_path / "validation")) == [1, 2, 3, 4]

    def test_with_another_hierarchy(self, tmp_path):
        fit(compiled(), tmp_path, epochs=1)
        fit(compiled(hierarchy=FLAT), tmp_path, epochs=2, initial_epoch=1)
        found = records(tmp_path / "validation")
        trees = [found[step][0].hierarchy for step in (1, 2)]
        assert trees == [TREE.digest, FLAT.digest]

    def test_one_callback_serves_several_fits(self, tmp_path):
        model, logger = compiled(), kh.BlocksCallback(tmp_path)
        options = {"verbose": 0, "callbacks": [logger]}
        for start in (0, 1):
            model.fit(X, Y, epochs=start + 1, initial_epoch=start, **options)
        assert list(matrices(tmp_path / "train")) == [1, 2]


class TestOutsideFit:
    def test_evaluate_writes_nothing(self, tmp_path):
        model = compiled()
        logger = fit(model, tmp_path, epochs=1)
        model.evaluate(X, Y, verbose=0, callbacks=[logger])
        logged = matrices(tmp_path / "validation").values()
        assert {int(matrix.sum()) for matrix in logged} == {37}
        assert list(matrices(tmp_path / "train")) == [1]

    def test_not_even_after_a_fit_that_broke_off(self, tmp_path):
        class Crash(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                raise RuntimeError

        model, logger = compiled(), kh.BlocksCallback(tmp_path)
        with pytest.raises(RuntimeError):
            model.fit(X, Y, verbose=0, callbacks=[logger, Crash()])
        model.evaluate(X, Y, verbose=0, callbacks=[logger])
        logger.on_train_end()
        assert matrices(tmp_path / "train") == {}
        assert matrices(tmp_path / "validation") == {}


def test_without_confusion_matrix_says_what_to_add_before_an_epoch_is_spent(
    tmp_path,
):
    class Never(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            raise AssertionError

    with pytest.raises(ValueError, match=r"weighted_metrics=\[kh.Conf"):
        fit(compiled(metrics=[]), tmp_path, callbacks=[Never()])


def test_mirrored_totals_are_exact(mirrored, tmp_path):
    with mirrored.scope():
        model = compiled(rate=0.0)
    fit(model, tmp_path)
    for folder, x, y in (("train", X, Y), ("validation", X_VAL, Y_VAL)):
        logged = matrices(tmp_path / folder)
        assert list(logged) == [1, 2]
        for matrix in logged.values():
            np.testing.assert_array_equal(matrix, confusion(model, x, y))
