import keras
import numpy as np
import pytest
import small

import keras_hier as kh


class Weights(keras.callbacks.Callback):
    def __init__(self, variable):
        super().__init__()
        self.variable, self.seen = variable, []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(round(float(self.variable), 4))


def test_a_weight_follows_its_schedule_and_trains_by_it():
    hierarchy = small.hierarchy()
    model = kh.add_heads(
        small.model(),
        heads={"conv2": hierarchy.cut(depth=1)},
        distillation=None,
    )
    # No weight at first: the head must stay as it is.
    schedule = kh.LossWeightSchedule(
        lambda epoch: {"conv2_groups3": 0.5 * epoch}
    )
    sgd = keras.optimizers.SGD(0.1)
    small.compiled(model, hierarchy, sgd, loss_weights=schedule.variables)
    kernel = model.get_layer("conv2_groups3").kernel
    x, y = kh.targets(model)(*small.data(8))
    before = keras.ops.convert_to_numpy(kernel).copy()
    watch = Weights(schedule.variables["conv2_groups3"])
    fit = {"batch_size": 4, "verbose": 0, "callbacks": [schedule, watch]}
    model.fit(x, y, epochs=1, **fit)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(kernel), before)
    model.fit(x, y, epochs=3, initial_epoch=1, **fit)
    assert watch.seen == [0, 0, 0.5, 0.5, 1, 1]
    assert abs(keras.ops.convert_to_numpy(kernel) - before).max() > 1e-4


def test_a_saved_model_keeps_the_number(tmp_path):
    hierarchy = small.hierarchy()
    model = kh.add_heads(small.model(), {"conv2": hierarchy.cut(depth=1)})
    schedule = kh.LossWeightSchedule(lambda epoch: {"conv2_groups3": 0.5})
    schedule.variables["conv2_groups3"].assign(0.25)
    arguments = kh.compile_args(
        model, hierarchy, loss_weights=schedule.variables
    )
    model.compile("sgd", **arguments)
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    weights = again.get_compile_config()["loss_weights"]
    assert weights == {
        "class": 1.0,
        "conv2_groups3": 0.25,
        "distillation": 1.0,
    }


def test_a_model_without_its_variables_is_refused(tmp_path):
    hierarchy = small.hierarchy()
    model = kh.add_heads(small.model(), {"conv2": hierarchy.cut(depth=1)})
    schedule = kh.LossWeightSchedule(lambda epoch: {"conv2_groups3": 0.5})
    x, y = kh.targets(model)(*small.data(8))
    small.compiled(model, hierarchy)
    model.save(tmp_path / "model.keras")
    for wrong in (model, kh.load_model(tmp_path / "model.keras")):
        with pytest.raises(ValueError, match="those of conv2_groups3 are not"):
            wrong.fit(x, y, verbose=0, callbacks=[schedule])


def test_a_schedule_that_changes_its_names():
    schedule = kh.LossWeightSchedule(
        lambda epoch: {"conv2" if epoch == 0 else "conv3": 1.0}
    )
    with pytest.raises(ValueError, match=r"conv2.*conv3.*in epoch 1"):
        schedule.on_epoch_begin(1)


def test_a_schedule_made_inside_the_scope_of_replicas(mirrored):
    with mirrored.scope():
        schedule = kh.LossWeightSchedule(
            lambda epoch: {"conv2_groups3": 0.5 * epoch}
        )
    schedule.on_epoch_begin(3)
    weight = schedule.variables["conv2_groups3"]
    assert keras.ops.convert_to_numpy(weight) == 1.5
