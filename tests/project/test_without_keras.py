"""All but training works where neither Keras nor TensorFlow is installed."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

# As in an environment that lacks them; Python runs it at every start.
BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("keras", "tensorflow"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("without_keras")
    (found / "sitecustomize.py").write_text(BLOCKED)
    (found / "answers.csv").write_text(
        "label,prediction\n" + "pug,pug\nbus,bus\npug,bus\nbike,bus\n" * 9
    )
    verdicts = "list,verdict,sample,class,other_class\n"
    (found / "verdicts.csv").write_text(verdicts)
    (found / "classes" / "pug").mkdir(parents=True)
    (found / "m.keras").touch()
    (found / "all.csv").write_text("class,label,group1\npug,0,dog\n")
    Image.new("RGB", (8, 8)).save(found / "classes" / "pug" / "1.png")
    return found


def python(folder, *arguments):
    path = os.pathsep.join([str(folder), os.getcwd()])
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_files_are_logged_drawn_and_judged(folder):
    answers = ["--labels", "answers.csv", "--predictions", "answers.csv"]
    for command in (
        ["log", *answers, "--logdir", "run"],
        ["report", "run", "--out", "matrix.png"],
        ["export", "run", "--out", "run.html"],
        ["quality", "run"],
        ["verdicts", "verdicts.csv"],
        ["tree", "run", "--out", "tree.csv"],
    ):
        done = python(folder, "-m", "keras_hier", *command)
        assert done.returncode == 0, done.stderr
    assert (folder / "matrix.png").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["demo", "--logdir", "demo"],
        ["records", "classes", "out"],
        ["probe", "m.keras", "--data", "classes", "--hierarchy", "all.csv"],
    ],
)
def test_a_command_that_needs_them_says_what_to_install(folder, command):
    done = python(folder, "-m", "keras_hier", *command)
    assert done.returncode == 2, done.stderr
    assert "pip install keras-hier" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_needs_them_says_so(folder):
    program = "import keras_hier as kh; kh.BlocksWriter; kh.add_heads"
    done = python(folder, "-c", program)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: this needs the package 'keras', which is not "
        "installed: pip install keras-hier"
    )


@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_the_line_that_installs_all_else_is_whole(page):
    root = Path(__file__).parents[2]
    (line,) = re.findall(
        # In this order, pip does not complain that Keras is missing.
        r"^pip install ([\w ]+) && pip install --no-deps \S+$",
        (root / page).read_text(),
        re.MULTILINE,
    )
    needed = {
        re.match(r"[\w-]+", each)[0]
        for each in importlib.metadata.requires("keras-hier")
        if "extra ==" not in each
    }
    # NumPy comes with SciPy.
    assert {*line.split()} == needed - {"keras", "tensorflow", "numpy"}
