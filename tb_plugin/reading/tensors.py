"""Tensors as TensorBoard reads them, and why it could not."""

from typing import Any

from keras_hier.files import limits


def why_unread(error: Exception) -> str:
    """Returns why TensorBoard refused to read a series, in a sentence."""
    # gRPC is not imported for its name alone: the other loader has none.
    status = getattr(error, "code", None)
    name = getattr(status() if callable(status) else None, "name", None)
    if name == "RESOURCE_EXHAUSTED":
        return (
            f"all its records take more than the {limits.MESSAGE_BYTES >> 20} "
            "MiB that TensorBoard's default loader passes on. Start "
            "TensorBoard with --load_fast=false, or log fewer epochs."
        )
    return (
        "one of its records holds another kind of tensor than the log's "
        f"({error!s:.100})."
    )


def as_bytes(tensor: Any) -> bytes:
    """Returns the bytes of a stored string, empty for any other tensor."""
    # Anyone may have written a tensor of any type and shape under our name;
    # what is no string fails as a matrix of this one epoch.
    value = tensor.item() if tensor.size == 1 else b""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    return value if isinstance(value, bytes) else b""
