"""The documentation: the site builds without a warning, and its code runs.

The Python of a page runs from top to bottom in one namespace and one empty
folder; of its shell blocks the lines that begin with `keras-hier` do.
`<!-- setup` ... `-->` holds what a page needs and its reader has already,
`<!-- not run: why -->` above a block says why it stays out. A block below
`<!-- needs PACKAGE -->` runs where that is installed, after all other setup and
what stands in `<!-- setup PACKAGE` ... `-->`.
"""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from keras_hier import cli

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
BLOCK = re.compile(
    r"^<!-- setup ?(?P<for>\w+)?\n(?P<setup>.*?)^-->$"
    r"|(?P<out><!-- not run: [^>]+ -->\n+)?(<!-- needs (?P<needs>\w+) -->\n+)?"
    r"^```(?P<kind>python|sh)\n(?P<code>.*?)^```$",
    flags=re.DOTALL | re.MULTILINE,
)


@pytest.mark.thorough
def test_the_site_builds_without_a_warning(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going",
         "-b", "html", ROOT / "docs", tmp_path],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # Written by a hook of docs/conf.py.
    assert "KHM1" in (tmp_path / "reference/http.html").read_text("utf-8")


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")


@pytest.mark.parametrize(
    "page",
    [
        *PAGES,
        *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md")),
        *sorted((ROOT / "study").glob("*.md")),
    ],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_lead_to_files(page):
    links = LINK.findall(page.read_text("utf-8"))
    missing = [each for each in links if not (page.parent / each).exists()]
    assert not missing


def blocks(page, package=None):
    """Yields kind, code and line of what runs on a page, or needs a package."""
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        if found["setup"] is not None:
            if found["for"] in (None, package):
                yield "python", found["setup"], line
        elif not found["out"] and found["needs"] == package:
            yield found["kind"], found["code"], line


@pytest.mark.thorough
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(blocks(page))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_code_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    execute(page)


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")  # theirs
@pytest.mark.parametrize(
    ("page", "package"),
    sorted(
        {
            (page, found["needs"])
            for page in PAGES
            for found in BLOCK.finditer(page.read_text("utf-8"))
            if found["needs"]
        }
    ),
    ids=lambda each: getattr(each, "stem", each),
)
def test_code_that_needs_a_package_runs(page, package, tmp_path, monkeypatch):
    pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    execute(page, package)


def execute(page, package=None):
    """Runs what is on a page, or what needs a package."""
    names = {"__name__": "page"}
    for kind, code, line in blocks(page, package):
        if kind == "python":
            # Half a minute of training need not be waited for here.
            code = re.sub(r"shapes\.load\(\d{3}", "shapes.load(4", code)
            code = re.sub(r"\bepochs=5\b", "epochs=1", code)
            # Errors then name the line of the page.
            exec(compile("\n" * (line - 1) + code, page, "exec"), names)
            continue
        for command in code.replace("\\\n", " ").splitlines():
            if command.startswith("keras-hier "):
                run(command, page, line)


def run(command, page, line):
    """Runs one command of ours, which must end well."""
    error = io.StringIO()
    arguments = shlex.split(command, comments=True)[1:]
    with contextlib.redirect_stderr(error):
        status = cli.main(arguments)
    assert status == 0, f"{page}:{line}: {command}\n{error.getvalue()}"
