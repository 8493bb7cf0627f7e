"""The real TensorBoard, as a user starts it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Server:
    """A running TensorBoard."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fetch(self, path: str, **parameters: Any) -> tuple[int, bytes]:
        """Returns status and content of a path below the address."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}{path}?{query}") as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def get(self, route: str, **parameters: Any) -> Any:
        """Returns the JSON of one of the plugin's routes."""
        path = f"data/plugin/blocks/{route}"
        status, content = self.fetch(path, **parameters)
        assert status == 200, content
        return json.loads(content)

    def steps(self, run: str, output: str = "class") -> list[int]:
        """Returns the epochs of an output; none while it is not there."""
        path = "data/plugin/blocks/epochs"
        status, content = self.fetch(path, run=run, output=output)
        if status == 404:
            return []
        assert status == 200, content
        return [e["step"] for e in json.loads(content)["epochs"]]

    def wait(self, run: str, step: int, seconds: float = 30) -> None:
        """Returns once an epoch is there; fails when it does not come."""
        end = time.monotonic() + seconds
        while step not in (steps := self.steps(run)):
            if time.monotonic() > end:
                pytest.fail(f"{run}: epoch {step} did not appear: {steps}")
            time.sleep(0.1)


@contextlib.contextmanager
def tensorboard(logdir: Path, *flags: str) -> Iterator[Server]:
    """Runs `tensorboard --logdir` with further flags until the block ends."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", logdir]
    # Not from the checkout: a user's working folder holds none of our code.
    process = subprocess.Popen(
        [*command, "--port", "0", "--host", "127.0.0.1", *flags],
        cwd=logdir,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if found := re.search(r"http://[^ ]+", line):
                break
        else:
            pytest.fail(f"TensorBoard did not start: {''.join(lines)}")
        yield Server(found.group())
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()
