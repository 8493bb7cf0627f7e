"""Several processes of JAX that train together."""

import os
import subprocess
import sys

import pytest
import small

from keras_hier.log.run_log import RunLog

JAX_PROGRAM = """
import sys
import numpy as np
import keras
import keras_hier as kh

log_dir, process, port, tree = sys.argv[1:]
address = ",".join(f"127.0.0.1:{int(port) + i}" for i in range(2))
keras.distribution.initialize(address, 2, int(process))
keras.distribution.set_distribution(
    keras.distribution.DataParallel(auto_shard_dataset=False))
tree = kh.Hierarchy.from_json(tree)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 6)).astype("float32"), rng.integers(0, 6, 64)
keras.utils.set_random_seed(1)
model = keras.Sequential(
    [keras.Input((6,)), keras.layers.Dense(6, name="class")])
model.compile(
    keras.optimizers.SGD(0.0),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    weighted_metrics=[kh.ConfusionMatrix(tree)])
model.fit(x, y, batch_size=32, verbose=0, shuffle=False,
          callbacks=[kh.BlocksCallback(log_dir)])
"""


def start_jax(log_dir, process, port):
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_CPU_COLLECTIVES_IMPLEMENTATION": "gloo",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-c", JAX_PROGRAM),
            *(
                str(log_dir),
                str(process),
                str(port),
                small.hierarchy().to_json(),
            ),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.jax
def test_only_the_first_process_writes(tmp_path, unused_port):
    both = [start_jax(tmp_path / str(i), i, unused_port) for i in range(2)]
    for process in both:
        _, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
    assert RunLog(str(tmp_path / "0"), "train").matrix("class")[1].sum() == 128
    assert not (tmp_path / "1").exists()
