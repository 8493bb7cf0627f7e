"""Images in and out: TFRecords, augmentation and the drawn data set."""

import importlib
from typing import Any

# Resolved on first use (PEP 562). No module here is called like a function of
# this package: importing it would put the module in the function's place.
_HOMES = {
    "classes": "datasets",
    "count": "datasets",
    "imagenet": "datasets",
    "write_records": "tfrecords",
}
_MODULES = ("shapes",)

__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
        return getattr(module, name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
