"""Pictures of logged matrices and of counts, and their files."""

import io
import os
from collections.abc import Sequence
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.metadata import CLASS_OUTPUT
from keras_hier.log.run_log import RunLog
from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.canvases.pdf import pdf_of
from keras_hier.report.canvases.svg_canvas import SvgCanvas
from keras_hier.report.figure import RATIO, Picture, compose
from keras_hier.report.subject import Subject

# So that a picture of the usual width is as wide as a page of text.
PRINT_DPI = 300
SUFFIXES = (".png", ".svg", ".pdf")


def draw_matrix(
    matrix: Any,
    hierarchy: Hierarchy,
    *,
    grouping: Grouping | None = None,
    level: int | None = None,
    theme: str = "light",
    font: str | os.PathLike[str] | None = None,
    title: Sequence[str] = (),
) -> Image.Image:
    """Draws a confusion matrix in the order of its hierarchy.

    Args:
        matrix: counts [C, C], or [G, G] with a grouping; rows true, columns
            predicted, in label order; an array or a SciPy sparse array.
        hierarchy: the tree over the C classes.
        grouping: the groups that rows and columns stand for.
        level: collapse to the display level of so many groups, one of
            `[g.num_groups for g in hierarchy.levels()]`.
        theme: "light" or "dark".
        font: a TrueType or OpenType file for the labels, where names have
            other letters than those of English.
        title: phrases that the caption begins with.

    Returns:
        An image of mode "RGB", two pixels to a pixel of the page.

    Raises:
        ValueError: a matrix of another size or not of counts, a level that the
            tree does not have, another theme, no font.

    Example:
        ```python
        hierarchy = kh.Hierarchy.imagenet()
        matrix = kh.scores.confusion_matrix(labels, predictions, 1000)
        kh.report.draw_matrix(matrix, hierarchy, title=["baseline"])
        ```

    Reference:
        Alsallakh et al., "Do Convolutional Neural Networks Learn Class
        Hierarchy?", arXiv 1710.06501.
    """
    sizes = None
    if grouping is not None:
        hierarchy = hierarchy.collapse(grouping)
        sizes = grouping.sizes
    subject = Subject(matrix, hierarchy, sizes, level)
    return compose(subject, theme, Face(font, RATIO), title).image


def draw_run(
    run: str | os.PathLike[str],
    *,
    epoch: int | None = None,
    output: str | None = None,
    split: str | None = None,
    level: int | None = None,
    theme: str = "light",
    font: str | os.PathLike[str] | None = None,
) -> Image.Image:
    """Draws a matrix that a run has logged.

    Args:
        run: folder of the run, or of one of its splits.
        epoch: counted from 1; the last one by default.
        output: name of the model's output; by default as in `RunLog`.
        split: "train", "validation" or "test"; by default the first of
            validation, test and train that is there.
        level: as in `draw_matrix`.
        theme: "light" or "dark".
        font: as in `draw_matrix`.

    Returns:
        An image of mode "RGB", two pixels to a pixel of the page.

    Raises:
        LogError: no such run, split, output or epoch, or a damaged one.
        ValueError: as `draw_matrix`.

    Example:
        ```python
        kh.report.draw_run("runs/plain", epoch=3, level=4, theme="dark")
        ```
    """
    log = RunLog(run, split)
    return draw_epoch(log, epoch, output, level, theme, font).image


def save(
    image: Image.Image, path: str | os.PathLike[str], description: str = ""
) -> None:
    """Writes a picture as PNG, wholly or not at all.

    Args:
        image: what `draw_run` or `draw_matrix` returned.
        path: a .png file in a folder that is there; one of that name gives way.
        description: stored in the file.

    Raises:
        ValueError: another kind of file, a folder, or no such folder.
        OSError: it cannot be written.
    """
    target = checked_target(path, ".png")
    write_atomically(target, _png(image, description))


def _png(image: Image.Image, description: str) -> bytes:
    texts = PngInfo()
    if description:
        # Halves of surrogate pairs, from names of files, are no Unicode, and a
        # zero ends a text in a PNG.
        text = description.encode("utf-8", "backslashreplace").decode()
        texts.add_itxt("Description", text.replace("\0", " "))
    data = io.BytesIO()
    image.save(data, "PNG", dpi=(PRINT_DPI, PRINT_DPI), pnginfo=texts)
    return data.getvalue()


def canvas_for(suffix: str) -> type[Canvas]:
    """Returns what to draw on for a file of a kind."""
    return Canvas if suffix == ".png" else SvgCanvas


def file_of(canvas: Canvas, caption: str, suffix: str) -> bytes:
    """Returns what was drawn on the canvas for a kind of file as such a file.

    Raises:
        ModuleNotFoundError: fpdf2 is not installed, which makes PDF.
        ValueError: the font cannot be put into a PDF.
    """
    if not isinstance(canvas, SvgCanvas):
        return _png(canvas.image, caption)
    if suffix == ".svg":
        return canvas.svg(caption).encode()
    return pdf_of(canvas, caption)


def draw_epoch(
    log: RunLog,
    epoch: int | None,
    output: str | None,
    level: int | None,
    theme: str,
    font: str | os.PathLike[str] | None,
    kind: type[Canvas] = Canvas,
) -> Picture:
    """Draws an epoch of a log; see `draw_run`. None: the last one."""
    output = output or log.default_output()
    steps = log.epochs(output)
    header, matrix = log.matrix(output, epoch)
    tree, grouping = log.tree(header)
    sizes = None if grouping is None else grouping.sizes
    title = [log.name] if log.name != "." else []
    title += [log.split] if log.split else []
    if header.role != "class":
        where = "" if header.layer is None else f" at {header.layer}"
        title.append(f"{header.role}{where}")
    elif output != CLASS_OUTPUT:
        title.append(output)
    step = steps[-1] if epoch is None else epoch
    title.append(f"epoch {step} of {steps[-1]}")
    if log.split == "train":
        title.append("counted while training")
    subject = Subject(matrix, tree, sizes, level, header.coarse)
    return compose(subject, theme, Face(font, RATIO), title, kind)
