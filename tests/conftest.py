"""Settings and fixtures of all tests."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import tf_data
from hypothesis import settings

# XLA compiles for longer than any test trains, mostly in LLVM. Here LLVM
# translates without optimizing, and in one piece: threads cost more than they
# save. XLA's own passes are as ever.
_FLAGS = (
    "--xla_backend_optimization_level=0 "
    "--xla_cpu_parallel_codegen_split_count=1"
)
# JAX ends the process over a flag that it does not know.
if tuple(map(int, version("jaxlib").split(".")[:2])) < (0, 11):
    _FLAGS += " --xla_cpu_use_fusion_emitters=false"
os.environ.setdefault("XLA_FLAGS", _FLAGS)

# A busy machine is not a failure.
settings.register_profile("keras-hier", deadline=None, max_examples=40)
settings.load_profile("keras-hier")

# Imported modules stay: no collection need look at them.
gc.disable()


def pytest_make_parametrize_id(
    config: pytest.Config, val: object, argname: str
) -> str | None:
    # gzip writes the time. With such bytes in its name, a test would have
    # another name in each process, and none would run.
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The rooms with long tests begin, so that no process waits for another at
    # the end: see --no-loadscope-reorder in the Makefile. Every third of these
    # files drives a browser, which leaves the cores to the others at times.
    first = "project data commands callbacks heads training losses features"
    order = {room: at for at, room in enumerate(first.split())}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))
    places: dict[bool, dict[Path, float]] = {False: {}, True: {}}
    for item in items:
        is_browser = item.path.parent.name == "browser"
        of_kind = places[is_browser]
        at = len(of_kind)
        of_kind.setdefault(item.path, 2 * at + 1.5 if is_browser else at)
    place = {**places[False], **places[True]}
    items.sort(key=lambda item: place[item.path])


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.enable()
    # Rarely a full collection: graphs are many objects and live for a test.
    gc.set_threshold(700, 10, 100)
    if "tensorflow" in sys.modules:
        tf_data.without_autotuning()
        tf_data.without_xla()
    # TensorFlow's devices can be set only before its first operation, so this
    # is done before any test runs, and only where a test asks for it.
    if any("mirrored" in getattr(i, "fixturenames", ()) for i in session.items):
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )


# One for all: strategies in one process number their collectives alike, so that
# a second one's would be taken for the first's.
@pytest.fixture(scope="session")
def mirrored() -> Any:
    """A `MirroredStrategy` over two logical CPUs."""
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    assert strategy.num_replicas_in_sync == 2
    return strategy


def pytest_sessionfinish() -> None:
    # pytest collects garbage five times more, of millions of objects.
    gc.freeze()


@pytest.fixture
def keras_config() -> Iterator[Any]:
    """Keras's settings, which are as before after the test."""
    from keras import config

    floats, channels = config.floatx(), config.image_data_format()
    policy = config.dtype_policy()
    yield config
    config.set_floatx(floats)
    config.set_image_data_format(channels)
    config.set_dtype_policy(policy)


@pytest.fixture
def unused_port() -> int:
    """A port whose successor is free as well."""
    import socket

    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KiB."""
    options = ("-t", "tmpfs", "-o", "size=128k", "tmpfs", str(tmp_path))
    try:
        done = subprocess.run(["mount", *options], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("may not mount a small disk: " + done.stderr.decode())
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)
