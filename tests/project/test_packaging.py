"""The wheel and the sdist, built from the tracked files alone."""

import json
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "tb_plugin" / "frontend"


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
    run(sys.executable, "-m", "build", "--sdist", cwd=checkout)
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


def test_the_installed_wheel_works(wheel, tmp_path):
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", "--no-deps", wheel)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    # Its dependencies are borrowed, after its own packages in the path.
    borrowed = site.getsitepackages()[0]
    (packages / "borrowed.pth").write_text(borrowed + "\n")

    command = tmp_path / "venv" / "bin" / "keras-hier"
    tree = run(command, "tree", "imagenet", "--groups", "4", cwd=tmp_path)
    for group in ("organism", "artifact", "food", "rest"):
        assert group in tree
    where = run(
        python,
        "-c",
        "import keras_hier, keras_hier.tensorboard_loader as loader\n"
        "from importlib.metadata import entry_points\n"
        "(point,) = [p for p in entry_points(group='tensorboard_plugins')"
        " if p.name == 'blocks']\n"
        "print(point.load() is loader.Loader, keras_hier.__file__)",
        cwd=tmp_path,
    )
    assert where.startswith("True")
    assert str(packages.resolve()) in where
