"""A process that scripts share, since importing TensorFlow takes seconds."""

import functools
import subprocess
from collections.abc import Callable, Iterator

import pytest
from kept_process import KeptProcess
from study_runs import TRAINING


@pytest.fixture(scope="session")
def kept() -> Iterator[KeptProcess]:
    """Where scripts run one after another."""
    with KeptProcess() as process:
        yield process


@pytest.fixture(scope="session")
def study(kept: KeptProcess) -> Callable[..., subprocess.CompletedProcess]:
    """Runs the study and returns how it ended."""
    return functools.partial(kept.run, TRAINING)
