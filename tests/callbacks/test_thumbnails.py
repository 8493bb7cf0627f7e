"""Pictures that are logged beside samples."""

import keras
import numpy as np
import pytest
import small
from sampled_fit import NAMES, X_VAL, Y_VAL, compiled, fit

from keras_hier.log.records.sample_index import SampleError

SHADES = (np.clip(X_VAL, 0, 1) * 255).astype(np.uint8)


def files_of(log):
    read = log.samples(log.sample_outputs[0])
    return read, log.pictures(read.index)


def test_of_the_first_of_each_class(tmp_path):
    # Rescaled inside the model, so that its inputs are pictures.
    x = keras.Input((8, 8, 1))
    y = small.model()(keras.layers.Rescaling(1 / 255)(x))
    model = compiled(keras.Model(x, y))
    log = fit(
        model, tmp_path, (SHADES, Y_VAL, NAMES), 2, thumbnails_per_class=2
    )
    read, files = files_of(log)
    for label in range(6):
        first = NAMES[np.flatnonzero(label == Y_VAL)[:2]]
        shown = [read.ids[n] for n in files if read.labels[n] == label]
        assert set(shown) == set(first)


# Inputs may have their channels first; what is shown has them last.
@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
@pytest.mark.parametrize("how", ["function", "element"])
def test_preprocessed_inputs_come_with_what_they_show(
    tmp_path, monkeypatch, how, layout
):
    data = {"x": X_VAL, "y": Y_VAL, "id": NAMES}
    options = {"thumbnails_per_class": 50}
    if how == "element":
        data["picture"] = SHADES
    else:
        options["picture_of"] = lambda x: np.clip(x, 0, 1) * 255
    model = compiled()
    monkeypatch.setattr(keras.config, "image_data_format", lambda: layout)
    log = fit(model, tmp_path, data, **options)
    read, files = files_of(log)
    assert len(files) == 41
    number = read.ids.index(NAMES[7])
    decoded = decode(files[number])
    assert abs(decoded - SHADES[7][..., 0]).mean() < 12


def test_preprocessed_inputs_are_never_shown(tmp_path):
    x = np.clip(X_VAL, 0, 1)
    with pytest.warns(UserWarning, match=r"scale of 0 to 255.*picture_of"):
        log = fit(compiled(), tmp_path, (x, Y_VAL), thumbnails_per_class=9)
    assert files_of(log)[1] == {}


def test_pictures_that_are_none(tmp_path):
    data = {"x": X_VAL, "y": Y_VAL, "picture": X_VAL}
    with pytest.raises(SampleError, match="Pictures must be"):
        fit(compiled(), tmp_path, data, thumbnails_per_class=1)


@pytest.mark.parametrize("same", [True, False])
def test_are_written_once_though_training_is_resumed(tmp_path, same):
    data = {"x": X_VAL, "y": Y_VAL, "picture": SHADES}
    options = {"thumbnails_per_class": 3, "samples_every": 1}
    model = compiled()
    fit(model, tmp_path, data, 2, **options)
    if not same:  # other data get their own
        data = {key: value[:-1] for key, value in data.items()}
    log = fit(model, tmp_path, data, 4, initial_epoch=2, **options)
    tags = [tag for tag in log._series if "/pictures/" in tag]
    assert [len(log._series[tag][1]) for tag in tags] == [1] * len(tags)
    assert len(tags) == 2 - same
    assert len(files_of(log)[1]) == 18


def decode(file):
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(file))).astype(int)
