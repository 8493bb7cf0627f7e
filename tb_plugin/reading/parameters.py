"""Reads the parameters of a request."""

import re

from tensorboard import errors
from werkzeug import wrappers

MAX_NODES = 1000


def output_of(request: wrappers.Request) -> tuple[str, str]:
    """Returns the run and the output that a request names."""
    return text(request, "run"), text(request, "output")


def epoch_of(
    request: wrappers.Request, prefix: str = ""
) -> tuple[str, str, int]:
    """Returns the run, the output and the step that a request names."""
    run, output, step = (
        text(request, prefix + name) for name in ("run", "output", "step")
    )
    return run, output, number(prefix + "step", step)


def text(request: wrappers.Request, name: str) -> str:
    """Returns a parameter that must be there."""
    value = request.args.get(name, "")
    if not value:
        raise errors.InvalidArgumentError(f"the parameter {name!r} is missing")
    return value


def digest(request: wrappers.Request, name: str) -> str:
    """Returns a parameter that is a digest."""
    value = text(request, name)
    if not re.fullmatch("[0-9a-f]{16}", value):
        raise errors.InvalidArgumentError(
            f"{name!r} must be 16 hexadecimal digits"
        )
    return value


def numbers(name: str, values: str) -> list[int]:
    """Returns whole numbers between commas, at most `MAX_NODES`."""
    parts = values.split(",", MAX_NODES)
    if len(parts) > MAX_NODES:
        raise errors.InvalidArgumentError(
            f"at most {MAX_NODES} {name} at a time"
        )
    return [number(name, part) for part in parts]


def number(name: str, value: str) -> int:
    """Returns a whole number."""
    if not re.fullmatch("[0-9]{1,15}", value):
        raise errors.InvalidArgumentError(f"{name!r} must be a whole number")
    return int(value)
