"""What must not keep TensorBoard from starting, in the real one."""

import contextlib
import json
import os
import shutil

import pytest
from reading import write

from tests.support.serving import tensorboard

PYTHON_LOADER = "--load_fast=false"
RUNS, FILES = 40, 10


def runs(server):
    """Returns the runs that any plugin of TensorBoard sees."""
    return json.loads(server.fetch("data/runs")[1])


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """400 event files in 40 folders, all of them new."""
    folder = tmp_path_factory.mktemp("many")
    write(folder / "first", (1,))
    [file] = (folder / "first/validation").iterdir()
    for run in range(RUNS):
        (folder / f"run{run}").mkdir()
        for number in range(FILES):
            shutil.copy(file, folder / f"run{run}/{file.name}.{number:02}")
    return folder


class TestOpenFiles:
    """400 event files where a process may hold 256 open."""

    @contextlib.contextmanager
    def server(self, many, limits, **options):
        """TensorBoard, once it has read the last file of every run."""
        with tensorboard(
            many, PYTHON_LOADER, open_files=limits, **options
        ) as server:
            for run in range(RUNS):
                server.wait(f"run{run}", 1)
            assert len(runs(server)) == RUNS + 1
            yield server

    def test_the_limit_is_raised(self, many):
        # Of both of TensorBoard's readers, that of TensorFlow keeps them open.
        with self.server(many, (256, 4096)) as server:
            held = len(os.listdir(f"/proc/{server.pid}/fd"))
            assert held > RUNS * FILES  # it follows them all
            assert "open files" not in server.said

    def test_where_it_cannot_be_raised_the_newest_files_are_followed(
        self, many
    ):
        with self.server(many, (256, 256), tensorflow=False) as server:
            assert "may hold 256 files open" in server.said
            assert "ulimit" in server.said
