"""The demo command, as `make demo` starts it, on few pictures."""

import contextlib
import io
import subprocess
import sys
import time
import urllib.error
from pathlib import Path

import pytest

from keras_hier.cli import main
from tests.support.serving import Server

COMMAND = [sys.executable, "-m", "keras_hier.cli", "demo"]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    few = ["--epochs", "1", "--per-class", "4", "--no-serve"]
    out, bar = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(bar):
        assert main(["demo", "--logdir", str(folder), *few]) == 0
    assert f"tensorboard --logdir {folder}" in out.getvalue()
    assert "epoch 1 of 1" in bar.getvalue()
    return folder


def runs_at(port: int) -> dict[str, list[str]]:
    """Returns the outputs by run, once TensorBoard has read all four."""
    server = Server(f"http://localhost:{port}/", 0)
    end = time.monotonic() + 300
    found: dict[str, list[str]] = {}
    while len(found) < 4 and time.monotonic() < end:
        time.sleep(0.2)
        with contextlib.suppress(urllib.error.URLError):
            runs = server.get("runs")["runs"]
            found = {run["run"]: run["outputs"] for run in runs}
    return found


def test_both_runs_are_served_and_not_trained_again(
    logdir: Path, unused_port: int
) -> None:
    files = sorted(logdir.rglob("*"))
    with subprocess.Popen(
        [*COMMAND, "--logdir", str(logdir), "--port", str(unused_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            runs = runs_at(unused_port)
        finally:
            process.terminate()
        printed = process.communicate()[0]
    assert runs == {
        "plain/train": ["class"],
        "plain/validation": ["class"],
        "hierarchy/train": ["class"],
        "hierarchy/validation": ["class", "conv3_groups12"],
    }
    assert sorted(logdir.rglob("*")) == files
    assert "nothing is trained" in printed
    assert f"http://localhost:{unused_port}/#blocks" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--epochs=0", "expected --epochs of at least 1"),
        ("--per-class=3", "expected --epochs of at least 1"),
        ("--seed=-1", "expected --epochs of at least 1"),
        ("--logdir=/proc/demo", "/proc/demo"),
    ],
)
def test_arguments_that_will_not_do(run, arguments, said):
    assert said in run.refused(f"demo {arguments} --no-serve")
    assert not Path("runs").exists()
