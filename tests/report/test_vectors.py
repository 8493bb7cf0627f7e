"""SVG and PDF hold what the PNG shows, text as text."""

import re
import sys
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest
from small import MATRIX, hierarchy

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.canvases.svg_canvas import SvgCanvas
from keras_hier.report.figure import compose
from keras_hier.report.subject import Subject

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ("</text><script>x()</script>", '"&amp;<!--', "]]>(\\) Tj", "pug")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "mine"
    tree = kh.Hierarchy.from_paths([("<b>group</b>", name) for name in HOSTILE])
    matrix = np.full((4, 4), 5) + np.diag([90, 90, 90, 90])
    # Without samples, and never predicted: dotted lines.
    matrix[3] = matrix[:, 3] = 0
    with kh.BlocksWriter(folder, tree) as log:
        log.matrix(matrix, 1)
    return folder


def drawn(run, path, *options):
    assert main(["report", str(run), "--out", str(path), *options]) == 0
    return path.read_bytes()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_svg_holds_names_as_text_and_no_other_elements(run, tmp_path, theme):
    tree = ElementTree.fromstring(
        drawn(run, tmp_path / "a.svg", "--theme", theme)
    )
    texts = [each.text for each in tree.iter(f"{SVG}text")]
    # Beside the rows, and above the columns.
    assert all(texts.count(name) == 2 for name in HOSTILE)
    assert any(text.startswith("mine · validation") for text in texts)
    assert {each.tag for each in tree.iter()} == {
        SVG + tag for tag in ("svg", "title", "text", "rect", "path", "image")
    }
    for image in tree.iter(f"{SVG}image"):
        assert image.get("href").startswith("data:image/png;base64,")


def test_svg_has_the_texts_of_the_png_within_the_page():
    subject = Subject(MATRIX, hierarchy())
    pixels, vectors = (
        compose(subject, kind=kind) for kind in (Canvas, SvgCanvas)
    )
    assert pixels.labels == vectors.labels
    tree = ElementTree.fromstring(vectors.canvas.svg())
    size = [float(tree.get(side)) for side in ("width", "height")]
    assert size == [side / 2 for side in pixels.image.size]
    found = tree.findall(f"{SVG}text")
    assert [each.text for each in found] == [
        each.text for each in pixels.labels
    ]
    for each in found:
        assert 0 < float(each.get("x")) < size[0]
        assert 0 < float(each.get("y")) < size[1]


def inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def texts_of(pdf):
    """Returns the texts of a PDF, by the table from its letters to Unicode."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    page, table = (
        next(data for data in map(inflated, streams) if word in data)
        for word in (b" Tj", b"begincmap")
    )
    pairs = re.findall(rb"<(\w{4})> <(\w{4})>\n", table)
    letters = {int(a, 16): chr(int(b, 16)) for a, b in pairs}
    for text in re.findall(rb"\(((?:[^\\)]|\\.)*)\) Tj", page, re.DOTALL):
        plain = re.sub(
            rb"\\(.)",
            lambda found: {b"r": b"\r", b"n": b"\n"}.get(found[1], found[1]),
            text,
            flags=re.DOTALL,
        )
        codes = np.frombuffer(plain, ">u2").tolist()
        yield "".join(letters[code] for code in codes)


def test_pdf_holds_names_as_text(run, tmp_path):
    pdf = drawn(run, tmp_path / "a.pdf")
    assert pdf == drawn(run, tmp_path / "b.pdf")
    texts = list(texts_of(pdf))
    assert all(texts.count(name) == 2 for name in HOSTILE)
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf


def test_a_thousand_classes_are_small(tmp_path):
    tree = kh.Hierarchy.imagenet()
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(1000), 50)
    near = tree.order[(tree.rank[true] + rng.integers(-9, 10, 50000)) % 1000]
    named = np.where(rng.random(50000) < 0.7, true, near)
    kh.log_predictions(tmp_path / "run", true, named, hierarchy=tree)
    for suffix in ("svg", "pdf"):
        for level in ([], ["--level", "31"]):
            data = drawn(tmp_path / "run", tmp_path / f"a.{suffix}", *level)
            assert len(data) < 500_000


def test_what_keeps_from_a_pdf_is_one_error(run, tmp_path, monkeypatch, capsys):
    out = tmp_path / "a.pdf"
    with monkeypatch.context() as patch:
        patch.setattr(Face, "data", b"no font")
        assert main(["report", str(run), "--out", str(out)]) == 2
    assert "the font cannot be put into a PDF" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "fpdf", None)
    assert main(["report", str(run), "--out", str(out)]) == 2
    assert "pip install fpdf2" in capsys.readouterr().err
    assert not out.exists()
