"""The wheel and the sdist, built from the tracked files alone."""

import importlib.metadata
import json
import re
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import mypy.api
import pytest

from tests.support.serving import chromium, open_blocks, tensorboard

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "tb_plugin" / "frontend"

pytestmark = pytest.mark.thorough


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    checkout = tmp_path_factory.mktemp("checkout")
    for name in run("git", "ls-files", cwd=ROOT).splitlines():
        if (ROOT / name).exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    # Its stamp tells whether it is the page of the tracked sources.
    static = Path("tb_plugin/static")
    if (ROOT / static).exists():
        shutil.copytree(ROOT / static, checkout / static, dirs_exist_ok=True)
    build = (sys.executable, "-m", "build", "--sdist", "--no-isolation")
    run(*build, cwd=checkout)
    (archive,) = (checkout / "dist").glob("keras_hier-*.tar.gz")
    return archive


@pytest.mark.parametrize(
    "name",
    [
        "keras_hier/report/palette.json",
        "tb_plugin/frontend/src/index.tsx",
        "tb_plugin/frontend/vite.config.ts",
    ],
)
def test_the_page_is_built_anew_of_whatever_it_is_made_of(tmp_path, name):
    for path in ("README.md", "setup.py", name):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    digest = (
        "import runpy, sys; sys.argv = ['setup.py', '--name'];"
        "print(runpy.run_path('setup.py')['sources_digest']())"
    )
    before = run(sys.executable, "-c", digest, cwd=tmp_path)
    assert run(sys.executable, "-c", digest, cwd=tmp_path) == before
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert run(sys.executable, "-c", digest, cwd=tmp_path) != before


def test_tensorflow_alone_bounds_the_versions_of_python():
    """Where this fails, name the newer Python on the pages and in setup.py."""

    def pythons(package):
        found = importlib.metadata.metadata(package).get_all("Classifier")
        return re.findall(
            r"Python :: (3\.\d+)$", "\n".join(found), re.MULTILINE
        )

    text = (ROOT / "setup.py").read_text()
    assert 'python_requires=">=3.11",' in text
    ours = re.findall(r"Python :: (3\.\d+)", text)
    assert ours == pythons("tensorflow")[-len(ours) :]
    after = f"3.{int(ours[-1][2:]) + 1}"
    needed = re.search(r"install_requires=\[(.*?)\]", text, re.DOTALL)[1]
    compiled = [
        name
        for name in re.findall(r'"([\w-]+)>=', needed)
        if "Tag: cp3"
        in importlib.metadata.distribution(name).read_text("WHEEL")
    ]
    lacking = [name for name in compiled if after not in pythons(name)]
    assert lacking == ["tensorflow"]
    for page in ("README.md", "docs/start.md", "Makefile"):
        said = re.search(
            r"Python (3\.\d+) to (3\.\d+)", (ROOT / page).read_text()
        )
        assert said.groups() == (ours[0], ours[-1])


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", sdist, cwd=out)
    (archive,) = out.glob("keras_hier-*.whl")
    return archive


def test_the_sdist_holds_the_built_page_and_not_its_sources(sdist):
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert "tb_plugin/static/index.js" in names
    assert not [n for n in names if n.startswith("tb_plugin/frontend")]
    # A few tests, without what they share, are no use to anybody.
    assert not [n for n in names if n.startswith("tests/")]


def test_the_wheel_holds_what_an_install_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for needed in (
        "keras_hier/commands/quality_columns.json",
        "keras_hier/hierarchy/sources/imagenet.json",
        "keras_hier/py.typed",
        "keras_hier/report/drawing.json",
        "keras_hier/report/palette.json",
        "tb_plugin/static/index.js",
    ):
        assert needed in names
    assert any(n.endswith("licenses/NOTICE") for n in names)
    # What is bundled with the page may be passed on with its notice alone.
    with zipfile.ZipFile(wheel) as archive:
        notices = archive.read("tb_plugin/static/licenses.md").decode()
    bundled = json.loads((FRONTEND / "package.json").read_text())
    for package in bundled["dependencies"]:
        assert f"## {package} " in notices
    assert notices.count("Copyright (c)") == notices.count("\n## ") >= 2
    tops = {name.partition("/")[0] for name in names}
    assert {t for t in tops if not t.endswith(".dist-info")} == {
        "keras_hier",
        "tb_plugin",
    }


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of an environment that has the wheel, and no checkout."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", "--no-deps", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    # Its dependencies are borrowed, after its own packages in the path.
    borrowed = site.getsitepackages()[0]
    (packages / "borrowed.pth").write_text(borrowed + "\n")
    return python


@pytest.fixture
def user(installed, tmp_path, monkeypatch):
    """Runs a command of the environment in an empty folder."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda name, *arguments: run(installed.parent / name, *arguments)


def test_the_installed_wheel_is_the_one_that_is_used(user, installed):
    tree = user("keras-hier", "tree", "imagenet", "--groups", "4")
    for group in ("organism", "artifact", "food", "rest"):
        assert group in tree
    where = user(
        "python",
        "-c",
        "import keras_hier, keras_hier.tensorboard_loader as loader\n"
        "from importlib.metadata import entry_points\n"
        "(point,) = [p for p in entry_points(group='tensorboard_plugins')"
        " if p.name == 'blocks']\n"
        "print(point.load() is loader.Loader, keras_hier.__file__)",
    )
    assert where.startswith("True")
    assert str(installed.parents[1].resolve()) in where


TRAINING = """
import keras
import numpy as np
import keras_hier as kh

tree = kh.Hierarchy.from_nested(
    {"pet": ["cat", "dog"], "car": ["bus", "van"]},
    classes=["cat", "dog", "bus", "van"],
)
y = np.arange(40) % 4
x = np.eye(4)[y] + np.random.default_rng(0).normal(size=(40, 4))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
model.compile("adam", jit_compile=False, **kh.compile_args(model, tree))
logged = kh.BlocksCallback("runs/trained")
model.fit(x, y, validation_data=(x, y), callbacks=[logged], verbose=0)
"""


@pytest.mark.browser
def test_a_training_by_the_installed_wheel_is_drawn(user, installed, tmp_path):
    user("python", "-c", TRAINING)
    (tmp_path / "m.csv").write_text("cat,dog,bus\n9,5,0\n4,9,0\n0,1,9\n")
    user("keras-hier", "log", "--matrix", "m.csv", "--logdir", "runs/counted")
    runs = tmp_path / "runs"
    with (
        tensorboard(runs, python=installed) as server,
        chromium() as browser,
    ):
        server.wait("counted/validation", 1)
        server.wait("trained/validation", 1)
        view = "p.blocks.s=run%3Dtrained%252Fvalidation"
        frame = open_blocks(browser.new_page(), f"{server.url}#blocks&{view}")
        frame.wait_for_selector(
            "[data-testid=matrix][aria-label*='40 samples']"
        )


def test_a_strict_type_checker_sees_the_types_of_the_wheel(
    installed, tmp_path, monkeypatch
):
    """It names the wrong lines of programs alone, and each name has a type."""
    monkeypatch.chdir(tmp_path)  # mypy looks for packages there, too
    for program in (ROOT / "tests/project/typed").glob("*.py"):
        shutil.copy(program, tmp_path)
    lines = ["import keras_hier as kh"]
    for name in ("", ".data", ".analysis", ".analysis.evidence"):
        module = importlib.import_module(f"keras_hier{name}")
        for public in {*module._HOMES, *getattr(module, "_MODULES", ())}:
            lines.append(f"reveal_type(kh{name}.{public})")
    (tmp_path / "names.py").write_text("\n".join(lines))
    found, said, _ = mypy.api.run(
        [
            *("--python-executable", str(installed), "--config-file", ""),
            *("--strict", "--cache-dir", str(tmp_path / "cache")),
            *("right.py", "wrong.py", "names.py"),
        ]
    )
    wrong = (tmp_path / "wrong.py").read_text().splitlines()
    marked = {n for n, line in enumerate(wrong, 1) if line.endswith("# wrong")}
    errors = re.findall(r"^(\S+):(\d+): error: ", found, re.MULTILINE)
    assert {*errors} == {("wrong.py", str(n)) for n in marked}, found + said
    assert found.count("Revealed type is ") == len(lines) - 1
    assert 'Revealed type is "Any"' not in found
