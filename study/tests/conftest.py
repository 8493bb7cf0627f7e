"""A process that scripts share, since importing TensorFlow takes seconds."""

import functools
import subprocess
from collections.abc import Callable

import pytest
from kept_process import KeptProcess, kept  # noqa: F401

from study.tests.study_runs import TRAINING


@pytest.fixture(scope="session")
def study(
    kept: KeptProcess,  # noqa: F811
) -> Callable[..., subprocess.CompletedProcess]:
    """Runs the study and returns how it ended."""
    return functools.partial(kept.run, TRAINING)
