"""Makes a PDF of a drawing, text as text in the font of the drawing."""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from keras_hier.report.canvases.svg_canvas import SvgCanvas

# Two pixels of a picture to one of the page, 300 to an inch of 72 points.
_POINTS = 2 * 72 / 300


def pdf_of(canvas: SvgCanvas, title: str) -> bytes:
    """Returns the PDF of a drawing.

    Raises:
        ModuleNotFoundError: fpdf2 is not installed.
        ValueError: the font cannot be put into a PDF.
    """
    import fpdf
    from fontTools import ttLib

    try:
        ttLib.TTFont(io.BytesIO(canvas.face.data), fontNumber=0)
    except ttLib.TTLibError as error:
        raise ValueError(
            f"the font cannot be put into a PDF: {error}. Choose a .ttf by "
            "--font, or draw an .svg."
        ) from error
    size = (canvas.width * _POINTS, canvas.height * _POINTS)
    pdf = fpdf.FPDF(unit="pt", format=size)
    # The same drawing gives the same bytes.
    pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    pdf.set_title(title)
    pdf.add_page()
    with tempfile.TemporaryDirectory() as folder:
        font = Path(folder) / "font.ttf"
        font.write_bytes(canvas.face.data)
        pdf.add_font("face", fname=font)
        svg = canvas.svg(fonts="face")
        pdf.image(io.BytesIO(svg.encode()), 0, 0, *size)
        file = bytes(pdf.output())
        pdf.fonts["face"].close()
    return file
