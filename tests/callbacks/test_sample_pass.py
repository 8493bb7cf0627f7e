"""Samples logged by the callback, on the backend that is in use."""

import keras
import numpy as np
import pytest
import small
from sampled_fit import NAMES, TREE, X_VAL, Y_VAL, X, Y, compiled, expect, fit
from small import one_hot, softmax

import keras_hier as kh
from keras_hier.callbacks.sample_pass import SamplePredictor
from keras_hier.callbacks.top_k_model import TEMPERATURES
from keras_hier.log.records.paths_codec import calibrating
from keras_hier.log.records.sample_index import SampleError
from keras_hier.log.run_log import RunLog
from keras_hier.scores.paths import Paths
from keras_hier.scores.temperature import tempered


class TestPredictions:
    @pytest.mark.parametrize(
        "from_logits",
        [pytest.param(True, marks=pytest.mark.any_backend), False],
    )
    def test_is_what_the_model_predicts(self, tmp_path, from_logits):
        model = compiled(from_logits=from_logits)
        log = fit(model, tmp_path, (X_VAL, Y_VAL, NAMES), epochs=2)
        assert log.sample_epochs(log.sample_outputs[0]) == (2,)
        expect(log.samples(), model)

    @pytest.mark.parametrize(
        "from_logits",
        [pytest.param(True, marks=pytest.mark.any_backend), False],
    )
    def test_paths_above_the_best_class(self, tmp_path, from_logits):
        model = compiled(from_logits=from_logits)
        log = fit(model, tmp_path, (X_VAL, Y_VAL, NAMES), epochs=2)
        read, output = log.samples(), log.sample_outputs[0]
        paths = log.record("paths", output)
        rows = [NAMES.tolist().index(name) for name in read.ids]
        p = model.predict(X_VAL, verbose=0)[rows]
        p = softmax(p) if from_logits else p
        fits = calibrating(41)[0]
        losses = [
            -np.log(tempered(p, False, heat)[fits, read.labels[fits]]).mean()
            for heat in TEMPERATURES
        ]
        assert paths.temperature == TEMPERATURES[np.argmin(losses)]
        for found, heat in (
            (paths.before, 1),
            (paths.after, paths.temperature),
        ):
            _, path = Paths(TREE).upwards(tempered(p, False, heat))
            np.testing.assert_allclose(found, path[:, :-1], atol=2e-3)

    def test_the_main_output_of_a_model_with_heads(self, tmp_path):
        model = kh.add_heads(small.model(), heads={"conv1": TREE.cut(groups=3)})
        small.compiled(model, TREE)
        x, y = kh.targets(model)(X_VAL, Y_VAL)
        log = fit(model, tmp_path, {"x": x, "y": y, "id": NAMES}, epochs=2)
        assert log.sample_outputs == ("class",)
        p = softmax(model.predict(X_VAL, verbose=0)["class"])
        read = log.samples()
        rows = [NAMES.tolist().index(name) for name in read.ids]
        np.testing.assert_array_equal(
            read.classes[:, 0], p[rows].argmax(axis=1)
        )

    @pytest.mark.any_backend
    @pytest.mark.parametrize("values", ["one", "few", "infinite"])
    def test_of_equal_scores_the_lower_class_comes_first(self, values):
        logits = np.random.default_rng(0).integers(0, 4, (64, 30)) / 4
        logits = logits.astype("float32")
        if values == "one":
            logits[:] = 0
        elif values == "infinite":
            logits[:, 3:] = -np.inf
        labels = np.arange(64) % 3
        x = keras.Input((30,))
        model = keras.Model(x, keras.layers.Identity(name="class")(x))
        model.compile(
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        predictor = SamplePredictor(model, (logits, labels), 30)
        predictor.check(pictures=False)
        index, ranked, *_ = predictor.run()
        expected = (-logits[index.order]).argsort(axis=1, kind="stable")
        np.testing.assert_array_equal(ranked.classes, expected[:, :5])
        np.testing.assert_array_equal(
            ranked.rank,
            1 + (expected == index.labels[:, None]).argmax(axis=1),
        )
        p = softmax(logits[index.order])
        np.testing.assert_allclose(
            ranked.probabilities,
            np.take_along_axis(p, ranked.classes, axis=1),
            rtol=1e-5,
        )

    @pytest.mark.any_backend
    def test_training_goes_on_as_without(self, tmp_path):
        model, other = compiled(small.model), compiled(small.model)
        fit(model, tmp_path, (X_VAL, Y_VAL), epochs=3, samples_every=1)
        other.fit(X, Y, batch_size=16, epochs=3, verbose=0, shuffle=False)
        for one, two in zip(model.weights, other.weights, strict=True):
            np.testing.assert_allclose(
                keras.ops.convert_to_numpy(one),
                keras.ops.convert_to_numpy(two),
                atol=1e-6,
            )


class Shuffled(keras.utils.PyDataset):
    """Another order each time it is walked through."""

    def __init__(self, named=True):
        super().__init__()
        self.rng = np.random.default_rng(0)
        self.named = named

    def __len__(self):
        return 3

    def __getitem__(self, number):
        if number == 0:
            self.order = self.rng.permutation(41)
        rows = self.order[number * 20 : (number + 1) * 20]
        return (X_VAL[rows], Y_VAL[rows], NAMES[rows])[: 3 if self.named else 2]


class TestData:
    @pytest.mark.parametrize(
        "labels",
        [
            lambda y: y[:, None].astype("float32"),
            one_hot,
            lambda y: one_hot(y).tolist(),
            lambda y: {"class": y, "other": y},
        ],
    )
    def test_labels_of_every_kind(self, tmp_path, labels):
        model = compiled()
        data = (X_VAL, labels(Y_VAL), NAMES.tolist())
        expect(fit(model, tmp_path, data).samples(), model)

    def test_a_tf_data_set_with_ids(self, tmp_path):
        import tensorflow as tf

        model = compiled()
        data = tf.data.Dataset.from_tensor_slices((X_VAL, Y_VAL, NAMES))
        expect(fit(model, tmp_path, data.batch(7)).samples(), model)

    @pytest.mark.parametrize("form", ["data set", "objects"])
    def test_inputs_that_are_text(self, tmp_path, form):
        import tensorflow as tf

        texts = np.array([f"word{label} of a text" for label in Y_VAL])
        split = keras.layers.TextVectorization(output_mode="multi_hot")
        split.adapt(texts)
        text = keras.Input((), dtype="string")
        scores = keras.layers.Dense(TREE.num_classes, name="class")(split(text))
        model = compiled(keras.Model(text, scores))
        data = tf.data.Dataset.from_tensor_slices((texts, Y_VAL)).batch(10)
        samples = {
            "data set": data,
            "objects": (texts.astype(object), Y_VAL),
        }[form]
        logger = kh.BlocksCallback(
            tmp_path, samples=samples, thumbnails_per_class=0
        )
        model.fit(data, verbose=0, shuffle=False, callbacks=[logger])
        read = RunLog(str(tmp_path), "validation").samples()
        ids = [str(n) for n in range(41)]
        expect(read, model, ids=ids, images=tf.constant(texts))

    def test_ids_are_positions_by_default(self, tmp_path):
        model = compiled()
        read = fit(model, tmp_path, (X_VAL, Y_VAL)).samples()
        assert not read.named
        expect(read, model, ids=[str(n) for n in range(41)])

    def test_shuffled_data_with_ids_have_one_index(self, tmp_path):
        model = compiled()
        log = fit(model, tmp_path, Shuffled(), epochs=2, samples_every=1)
        first, second = (log.samples("class", n) for n in (1, 2))
        assert first.index == second.index
        expect(second, model)

    def test_shuffled_data_without_ids_are_noticed(self, tmp_path):
        with pytest.warns(UserWarning, match="give ids, or do not shuffle"):
            fit(compiled(), tmp_path, Shuffled(False), 2, samples_every=1)

    def test_of_weight_0_any_label_will_do(self, tmp_path):
        model = compiled()
        weights = np.arange(41) % 3 / 2
        labels = np.where(weights, Y_VAL, -1)
        read = fit(model, tmp_path, (X_VAL, labels, weights)).samples()
        kept = np.flatnonzero(weights)
        expect(read, model, Y_VAL[kept], [str(n) for n in kept], X_VAL[kept])

    def test_fewer_classes_than_five(self, tmp_path):
        x = keras.Input((8, 8, 1))
        y = keras.layers.Dense(2, name="class")(keras.layers.Flatten()(x))
        model = keras.Model(x, y)
        entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(loss=entropy)
        predictor = SamplePredictor(model, (X, Y % 2), 2)
        predictor.check(pictures=False)
        assert predictor.run()[1].classes.shape == (60, 2)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ((X_VAL, Y_VAL, NAMES, NAMES), "Expected elements"),
            ([(X_VAL,)], "got tuple of 1"),
            ({"x": X_VAL, "y": Y_VAL, "ids": NAMES}, "got keys"),
            ((X_VAL, Y_VAL, {"id": NAMES}), "third is a dict with keys"),
            ((X_VAL, Y_VAL[:5]), "got lengths 5, 41"),
            ((X_VAL, Y_VAL, 7), "got lengths 41, none, of a single value"),
            ((X_VAL, [[0, 1], [2]]), "got a list"),
            (iter([(X_VAL, Y_VAL)]), "again and again"),
            ([], "holds no samples"),
            ((X_VAL, Y_VAL + 1), "must lie in 0..5: .* the first is 6"),
            ((X_VAL, Y_VAL - 1), "must lie in 0..5"),
            ((X_VAL, Y_VAL + 0.5), "labels must be integers"),
            ((X_VAL, {"other": Y_VAL}), "none of the output 'class'"),
            ((X_VAL, Y_VAL, Y_VAL), "needs an id of its own"),
            ((X_VAL, Y_VAL, np.array(["x" * 10_000] * 41)), "1 to 1000"),
            ((X_VAL, Y_VAL, np.array([""] * 41)), "has 0"),
            ([(X_VAL, Y_VAL, NAMES[:3])], "Expected 41 ids, got 3"),
        ],
    )
    def test_bad_data_are_refused_before_training(
        self, tmp_path, data, message
    ):
        with pytest.raises(SampleError, match=message):
            fit(compiled(), tmp_path, data)

    def test_an_endless_data_set(self, tmp_path):
        import tensorflow as tf

        data = tf.data.Dataset.from_tensor_slices((X_VAL, Y_VAL)).batch(8)
        with pytest.raises(SampleError, match="repeats for ever"):
            fit(compiled(), tmp_path, data.repeat())


class TestModels:
    def test_two_replicas_say_the_same(self, tmp_path, mirrored):
        with mirrored.scope():
            model = compiled()
        log = fit(model, tmp_path, (X_VAL, Y_VAL, NAMES), epochs=2)
        expect(log.samples(), model)

    def test_a_model_that_diverged(self, tmp_path):
        class Diverge(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                if epoch == 1:
                    layer = self.model.get_layer("class")
                    layer.bias.assign(np.full(6, np.nan))

        with pytest.warns(UserWarning, match="Epoch 2 .* 41 samples are NaN"):
            log = fit(
                compiled(),
                tmp_path,
                (X_VAL, Y_VAL),
                epochs=2,
                samples_every=1,
                callbacks=[Diverge()],
            )
        assert log.sample_epochs() == (1,)

    def test_what_it_returns_must_be_known(self, tmp_path):
        class Subclassed(keras.Model):
            def __init__(self):
                super().__init__()
                self.inner = small.model("softmax")

            def call(self, x):
                return self.inner(x)

        model = Subclassed()
        model.compile(
            "sgd",
            lambda y, p: keras.ops.mean(p),
            weighted_metrics=[kh.ConfusionMatrix(TREE)],
        )
        logger = kh.BlocksCallback(tmp_path, samples=(X_VAL[:3], Y_VAL[:3]))
        with pytest.raises(ValueError, match="logits or probabilities"):
            model.fit(X, Y, verbose=0, callbacks=[logger])


class TestEpochs:
    def test_every_n_and_the_last(self, tmp_path):
        log = fit(compiled(), tmp_path, (X_VAL, Y_VAL), 5, samples_every=2)
        assert log.sample_epochs() == (2, 4, 5)

    @pytest.mark.parametrize("before", [True, False])
    def test_the_last_of_a_stopped_training(self, tmp_path, before):
        class Stop(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                self.model.stop_training = epoch == 2

            def on_train_end(self, logs=None):
                self.weights = self.model.get_weights()
                self.model.set_weights([0 * w for w in self.weights])

        stop, model = Stop(), compiled()
        logger = kh.BlocksCallback(
            tmp_path, samples=(X_VAL, Y_VAL, NAMES), thumbnails_per_class=0
        )
        model.fit(
            X,
            Y,
            epochs=9,
            verbose=0,
            callbacks=[stop, logger] if before else [logger, stop],
        )
        model.set_weights(stop.weights)
        log = RunLog(str(tmp_path), "validation")
        assert log.sample_epochs() == (3,)
        expect(log.samples(), model)

    def test_of_another_split(self, tmp_path):
        log = fit(compiled(), tmp_path, (X, Y), samples_split="test")
        assert len(log.samples()) == 60

    @pytest.mark.parametrize(
        "wrong",
        [
            {"samples_every": 0},
            {"samples_split": "val"},
            {"thumbnails_per_class": -1},
            {"thumbnails_per_class": 1.5},
        ],
    )
    def test_options_that_are_none(self, wrong):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            kh.BlocksCallback("run", samples=(X, Y), **wrong)
