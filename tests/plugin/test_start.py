"""What must not keep TensorBoard from starting, in the real one."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reading import write

from tests.support.serving import tensorboard

ROOT = Path(__file__).parents[2]
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


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The metadata of this checkout, whatever was installed before."""
    folder = tmp_path / "metadata"
    folder.mkdir()
    subprocess.run(
        [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    found = (folder / "keras_hier.egg-info/entry_points.txt").read_text()
    assert "keras_hier.tensorboard_loader:Loader" in found
    # An installation in place reaches a package by its finder, which is asked
    # after the path is.
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")
    return folder


def test_a_foreign_package_of_the_plugins_name(
    installed, tmp_path, monkeypatch
):
    foreign = tmp_path / "foreign/tb_plugin"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").touch()
    (foreign / "plugin.py").write_text("import sys; sys.exit('usage: ...')")
    path = os.environ["PYTHONPATH"]
    monkeypatch.setenv("PYTHONPATH", f"{foreign.parent}{os.pathsep}{path}")
    logdir = tmp_path / "logdir"
    write(logdir / "run", (1,))
    with tensorboard(logdir, PYTHON_LOADER, tensorflow=False) as server:
        plugins = json.loads(server.fetch("data/plugins_listing")[1])
        assert "scalars" in plugins
        assert "blocks" not in plugins
        assert "The Blocks tab is missing" in server.said
        assert str(foreign) in server.said
