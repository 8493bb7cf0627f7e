import warnings

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.run_log import LogError, RunLog
from tests.callbacks.test_retrying_log import At, fill
from tests.support import small


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 6
    x = rng.normal(size=(120, 8, 8, 1)).astype("float32")
    x += small.hierarchy().cut(groups=3).of_class[y][:, None, None, None]
    return x, y


def compiled():
    keras.utils.set_random_seed(0)
    model = small.model()
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(small.hierarchy())],
        run_eagerly=small.EAGERLY,
    )
    return model


def fit(run, data, epochs=4, callbacks=(), **arguments):
    model = compiled()
    callback = kh.LayersCallback(
        run, data, small.hierarchy(), **{"controls": 1, **arguments}
    )
    model.fit(
        *data,
        validation_data=data,
        epochs=epochs,
        batch_size=40,
        verbose=0,
        callbacks=[*callbacks, callback],
    )
    return model


def test_alignment_epoch_by_epoch(tmp_path, data):
    model = fit(
        tmp_path,
        data,
        callbacks=[kh.BlocksCallback(tmp_path)],
        every=[1, 3],
    )
    log = RunLog(str(tmp_path))
    # The last one is always logged.
    assert log.layer_epochs() == (1, 3, 4)
    assert log.epochs() == (1, 2, 3, 4)
    last = log.layers()
    assert (last.folds, last.controls) == (0, 1)
    assert last.layers == ("conv1", "conv2")
    # It is what the finished network has, read again.
    found = kh.analysis.features(model, data, per_class=20)
    again = kh.analysis.probe(found, small.hierarchy(), fit=False).record
    np.testing.assert_allclose(again.alignment, last.alignment, atol=1e-5)
    assert not np.array_equal(log.layers(epoch=1).alignment, last.alignment)


def test_a_tree_that_alignment_says_nothing_of(tmp_path, data):
    flat = kh.Hierarchy.from_nested(list("abcdef"), classes=list("abcdef"))
    pair = kh.Hierarchy.from_paths([("a",), ("b",)])
    for tree in (flat, pair):
        with pytest.warns(UserWarning, match="logs means of classes alone"):
            kh.LayersCallback(tmp_path, data, tree)
        with pytest.warns(UserWarning, match="logs nothing"):
            kh.LayersCallback(tmp_path, data, tree, means=False)
        kh.LayersCallback(tmp_path, data, tree, probe=True)


def test_probes_if_asked(tmp_path, data):
    fit(tmp_path, data, epochs=1, probe=True)
    log = RunLog(str(tmp_path))
    assert log.layers().folds == 5
    assert set(log.outputs) == {
        "conv1_linear",
        "conv2_linear",
        "untrained_linear",
    }


def test_class_means_of_the_last_epoch(tmp_path, data):
    model = fit(tmp_path, data, every=1)
    log = RunLog(str(tmp_path))
    assert log.mean_layers == ("conv1", "conv2")
    found = kh.analysis.features(model, data, per_class=20)
    for place, layer in enumerate(found.layers):
        logged = log.means(layer)
        expected = found.class_means(layer, small.hierarchy())
        np.testing.assert_allclose(logged.means, expected, atol=0.02)
        assert (logged.place, logged.pool) == (place, "grid3")
        assert logged.counts.tolist() == [20] * 6
        with pytest.raises(LogError, match="no epoch 3"):
            log.means(layer, 3)


@pytest.mark.parametrize(("means", "steps"), [("all", (1, 2, 3)), (True, (2,))])
def test_class_means_of_epochs_that_are_asked_for(tmp_path, data, means, steps):
    class Stops(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = means is True and epoch == 1

    model = compiled()
    callback = kh.LayersCallback(
        tmp_path, data, small.hierarchy(), controls=0, every=1, means=means
    )
    # The one that ends training comes after the one that logs.
    model.fit(
        *data, epochs=3, batch_size=40, verbose=0, callbacks=[callback, Stops()]
    )
    log = RunLog(str(tmp_path))
    for step in (1, 2, 3):
        if step in steps:
            assert np.isfinite(log.means("conv1", step).means).all()
        else:
            with pytest.raises(LogError):
                log.means("conv1", step)


def test_training_is_the_same_with_it(tmp_path, data):
    one = fit(tmp_path / "a", data, epochs=2)
    other = compiled()
    other.fit(*data, validation_data=data, epochs=2, batch_size=40, verbose=0)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_trouble_ends_no_training(tmp_path, data):
    x, y = data

    class Fails:
        walks = 0

        def __iter__(self):
            Fails.walks += 1
            yield x, y
            if Fails.walks == 3:
                raise OSError("the disk is gone")

    model = compiled()
    callback = kh.LayersCallback(
        tmp_path, Fails(), small.hierarchy(), controls=1, every=1
    )
    with pytest.warns(UserWarning, match="Epoch 2 was logged without what"):
        model.fit(
            *data, epochs=3, batch_size=40, verbose=0, callbacks=[callback]
        )
    assert RunLog(str(tmp_path)).layer_epochs() == (1, 3)


def test_a_layer_that_dies_is_named_once(tmp_path, data):
    class Dies(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kernel, bias = self.model.get_layer("conv2").weights
            if epoch:
                kernel.assign(np.zeros(kernel.shape))
                bias.assign(np.full(bias.shape, -9.0))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(tmp_path, data, 3, callbacks=[Dies()], every=1, means="all")
    said = [str(each.message) for each in caught]
    assert [text for text in said if "no tree alignment" in text] == [
        "Epoch 2: There is no tree alignment of 'conv2': All classes have the "
        "same mean: these features tell nothing apart."
    ]
    # What can be read of these epochs is logged.
    log = RunLog(str(tmp_path))
    for epoch, dead in ((1, False), (2, True), (3, True)):
        found = np.isnan(log.layers(epoch=epoch).alignment)
        assert found.tolist() == [False, dead]


def fit_nodes(run, x, known, controls):
    """Trains on labels of nodes; returns what is warned of."""
    tree = small.hierarchy()
    model = small.model()
    small.compiled(model, tree, keras.optimizers.SGD(0.01), label_mode="nodes")
    callback = kh.LayersCallback(
        run, (x, known), tree, controls=controls, every=1
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, known, 40, epochs=2, verbose=0, callbacks=[callback])
    return [str(each.message) for each in caught if "known" in str(each)]


def test_samples_known_as_a_group_are_left_out(tmp_path, data):
    x, y = data
    tree = small.hierarchy()
    known = y.copy()
    known[:7] = tree.node_label("dog")
    # A group of one class is that class.
    numbers = kh.NodeLabels(tree).head_labels(None)
    single = int(np.flatnonzero(numbers[6:] < 6)[0]) + 6
    known[y == numbers[single]] = single
    known[:7] = tree.node_label("dog")
    assert fit_nodes(tmp_path / "nodes", x, known, 2) == [
        "7 of 120 samples are known as a group of several classes only, and "
        "are left out."
    ]
    log = RunLog(str(tmp_path / "nodes"))
    assert log.layer_epochs() == (1, 2)
    counts = np.bincount(y[7:], minlength=6)
    np.testing.assert_array_equal(
        log.means("conv1").counts, np.minimum(counts, 20)
    )


def test_samples_that_are_known_as_groups_alone(tmp_path, data):
    x, y = data
    known = np.full(len(y), small.hierarchy().node_label("dog"))
    assert fit_nodes(tmp_path, x, known, 1) == [
        "Epochs are logged without what its layers know: ValueError: Of 120 "
        "samples none has a label that is a class: 120 are known as a group of "
        "several classes only."
    ]


def test_layers_that_are_not_there_end_it_at_once(tmp_path, data):
    with pytest.raises(ValueError, match="no layer 'conv9'"):
        fit(tmp_path, data, layers=["conv9"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"split": "val"}, "split must be one of"),
        ({"controls": -1}, "controls must be"),
        ({"every": 0}, "every must be"),
        ({"means": "last"}, "means must be"),
    ],
)
def test_arguments(tmp_path, data, arguments, said):
    with pytest.raises(ValueError, match=said):
        kh.LayersCallback(tmp_path, data, small.hierarchy(), **arguments)


def test_a_computed_tree_is_circular(tmp_path, data):
    tree = small.hierarchy()
    computed = kh.Hierarchy.from_confusions(9 * small.MATRIX, tree.classes)
    with pytest.raises(ValueError, match="circular"):
        kh.LayersCallback(tmp_path, data, computed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kh.LayersCallback(tmp_path, data, computed, probe=True)


def test_what_found_no_room_is_written_when_there_is(small_disk, data):
    run, filler = small_disk / "run", small_disk / "filler"
    actions = At(_3=lambda: fill(small_disk), _8=filler.unlink)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(run, data, 8, [actions], every=1, means="all")
    said = [str(each.message) for each in caught]
    (told,) = [each for each in said if "could not take epoch" in each]
    assert "No space left" in told
    log = RunLog(str(run))
    assert log.damage == ()
    assert log.layer_epochs() == tuple(range(1, 9))
    for layer in log.mean_layers:
        log.means(layer, 5)
