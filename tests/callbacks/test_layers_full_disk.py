"""LayersCallback where the disk is full."""

import warnings

import numpy as np

import keras_hier as kh
from keras_hier.log.run_log import RunLog
from tests.callbacks.test_layers_callback import compiled, data  # noqa: F401
from tests.callbacks.test_retrying_log import At, fill
from tests.support import small


def fit(folder, data, epochs, actions):  # noqa: F811
    """Trains, and returns what was warned of."""
    x, y = data
    samples = {"x": x, "y": y, "id": np.array([f"{n}.jpg" for n in range(120)])}
    callback = kh.LayersCallback(
        folder, samples, small.hierarchy(), controls=1, every=1, means="all"
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled().fit(
            *data,
            epochs=epochs,
            batch_size=40,
            verbose=0,
            callbacks=[actions, callback],
        )
    return [str(each.message) for each in caught if "log" in str(each.message)]


def steps(run):
    log = RunLog(str(run))
    assert log.damage == ()
    for layer in log.mean_layers:
        log.means(layer), log.strongest(layer)
    return log.layer_epochs()


def test_what_found_no_room_is_written_when_there_is(small_disk, data):  # noqa: F811
    run, filler = small_disk / "run", small_disk / "filler"
    actions = At(_3=lambda: fill(small_disk), _8=filler.unlink)
    (told,) = fit(run, data, 8, actions)
    assert "could not take epoch" in told
    assert "No space left" in told
    assert steps(run) == tuple(range(1, 9))
