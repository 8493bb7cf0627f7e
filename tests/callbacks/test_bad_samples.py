"""Samples that go wrong after the first batch: training goes on."""

import os

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
X, Y = small.data(60)
X_VAL, Y_VAL = small.data(41, seed=1)
NAMES = [f"{n:03}.png" for n in range(41)]
FIRST, SECOND = slice(0, 20), slice(20, 41)
GOOD = [(X_VAL[rows], Y_VAL[rows], NAMES[rows]) for rows in (FIRST, SECOND)]


def good():
    return iter(GOOD)


class Changing:
    """A data set that gives other batches each time: `passes`, then `last`."""

    def __init__(self, *passes, last=good):
        self.passes = list(passes)
        self.last = last

    def __iter__(self):
        return (self.passes.pop(0) if self.passes else self.last)()


def breaks(error):
    def batches():
        yield GOOD[0]
        raise error

    return batches


def holds(*batches):
    return lambda: iter(batches)


def changed(x=X_VAL, y=Y_VAL, ids=NAMES):
    """Returns passes whose second batch is another."""
    return holds(GOOD[0], (x[SECOND], y[SECOND], ids[SECOND]))


new_model = small.AsNew(small.counted)


def fit(log_dir, samples, epochs=3, callbacks=(), **options):
    """Trains; returns the model."""
    model = new_model()
    options = {"samples_every": 1, "thumbnails_per_class": 0, **options}
    logger = kh.BlocksCallback(log_dir, samples=samples, **options)
    model.fit(
        *kh.targets(model)(X, Y),
        batch_size=16,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, logger],
    )
    return model


def weights(model):
    return [keras.ops.convert_to_numpy(w) for w in model.weights]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """Weights after a training that logs no samples."""
    return weights(fit(tmp_path_factory.mktemp("without"), None))


def sample_epochs(log_dir):
    try:
        return RunLog(str(log_dir), "validation").sample_epochs()
    except ValueError:
        return ()


KINDS = {
    "a file that vanished": (
        breaks(FileNotFoundError(2, "No such file", "b.png")),
        r"FileNotFoundError.*b\.png",
    ),
    "several errors at once": (
        breaks(
            RuntimeError(
                "Graph execution error:\n\n2 root error(s) found.\n"
                "  (0) INVALID_ARGUMENT:  bad jpeg\n\t [[{{node A}}]]\n"
                "  (1) CANCELLED:  RecvAsync\n0 successful operations."
            )
        ),
        r"\(0\) INVALID_ARGUMENT:  bad jpeg",
    ),
    "another shape": (changed(x=np.zeros((41, 9, 9, 1))), "."),
    "words": (changed(x=np.array(["a"] * 41)), "."),
    "no data": (holds(), "held no samples this time"),
    "a batch of another kind": (holds(GOOD[0], 7), "Expected elements"),
    "labels that are none": (changed(y=Y_VAL + 0.5), "must be integers"),
    "ids twice": (changed(ids=NAMES[::-1]), "an id of its own"),
    "too few ids": (changed(ids=NAMES[:30]), "Expected 21 ids, got 10"),
    "ids for some": (holds(GOOD[0], GOOD[1][:2]), "for all samples or for"),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.any_backend)
        if name == "another shape"
        else name
        for name in KINDS
    ],
)
def test_one_warning_says_why_and_training_goes_on(tmp_path, untouched, name):
    later, reason = KINDS[name]
    wanted = f"without its samples: .*{reason}"
    # The first look, the pass of epoch 1, and all that come then.
    data = Changing(good, good, last=later)
    with pytest.warns(UserWarning, match=wanted) as told:
        model = fit(tmp_path, data)
    (own,) = [w for w in told if "samples" in str(w.message)]
    assert len(str(own.message)) < 500
    assert RunLog(str(tmp_path), "train").epochs("class") == (1, 2, 3)
    assert sample_epochs(tmp_path) == (1,)
    for one, two in zip(weights(model), untouched, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


@pytest.mark.any_backend
def test_a_hiccup_costs_one_epoch(tmp_path):
    data = Changing(good, good, breaks(OSError("hiccup")))
    with pytest.warns(UserWarning, match=r"Epoch 2 .* OSError: hiccup\.$"):
        fit(tmp_path, data)
    assert sample_epochs(tmp_path) == (1, 3)


@pytest.mark.any_backend
def test_an_empty_batch_is_passed_over(tmp_path):
    data = [GOOD[0], (X_VAL[:0], Y_VAL[:0], []), GOOD[1]]
    fit(tmp_path, data, epochs=1)
    assert len(RunLog(str(tmp_path), "validation").samples()) == 41


def test_ids_that_change_are_noticed(tmp_path):
    other = [f"other {name}" for name in NAMES]
    later = holds(*((x, y, other[:20]) for x, y, _ in GOOD[:1]))
    with pytest.warns(UserWarning, match="not those logged before"):
        fit(tmp_path, Changing(good, good, last=later), epochs=2)
    assert sample_epochs(tmp_path) == (1, 2)


def test_ctrl_c_passes_through(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, Changing(good, last=breaks(KeyboardInterrupt())))


def test_picture_of_that_raises_costs_the_pictures(tmp_path):
    calls = []

    def picture_of(x):
        calls.append(len(x))
        if len(calls) > 2:  # the first look and the first batch
            raise MemoryError("no picture")
        return np.clip(x, 0, 1) * 255

    options = {"picture_of": picture_of, "thumbnails_per_class": 50}
    with pytest.warns(UserWarning, match="no thumbnails: no picture") as told:
        fit(tmp_path, GOOD, **options)
    assert len([w for w in told if "thumbnails" in str(w.message)]) == 1
    log = RunLog(str(tmp_path), "validation")
    assert log.sample_epochs() == (1, 2, 3)
    assert len(log.pictures(log.samples().index)) == 20


class TestTfData:
    @pytest.fixture
    def files(self, tmp_path):
        import tensorflow as tf

        folder = tmp_path / "images"
        folder.mkdir()
        for name, image in zip(NAMES, X_VAL, strict=True):
            pixels = (np.clip(image, 0, 1) * 255).astype(np.uint8)
            encoded = tf.io.encode_png(pixels).numpy()
            (folder / name).write_bytes(encoded)
        return folder

    def data(self, folder):
        import tensorflow as tf

        def read(name, label):
            path = tf.strings.join([str(folder), "/", name])
            image = tf.io.decode_png(tf.io.read_file(path))
            return tf.cast(image, "float32") / 255, label, name

        data = tf.data.Dataset.from_tensor_slices((NAMES, Y_VAL))
        return data.map(read).batch(10)

    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (os.unlink, "NotFoundError: .*035.png"),
            (lambda path: path.write_bytes(path.read_bytes()[:60]), "Error: "),
        ],
    )
    def test_a_file_that_is_gone_or_damaged(
        self, tmp_path, files, spoil, reason
    ):
        class Spoil(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                if epoch == 1:
                    spoil(files / NAMES[35])

        with pytest.warns(UserWarning, match=f"without its .*{reason}") as told:
            fit(tmp_path / "run", self.data(files), callbacks=[Spoil()])
        (own,) = [w for w in told if "samples" in str(w.message)]
        assert "Traceback" not in str(own.message)
        assert "Detected at node" not in str(own.message)
        assert "function_node" not in str(own.message)
        assert RunLog(str(tmp_path / "run"), "train").epochs() == (1, 2, 3)
        assert sample_epochs(tmp_path / "run") == (1,)
