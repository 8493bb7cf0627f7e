"""Shows a run in a notebook: the tab itself, and a picture beside it."""

import html
import io
import os
import tempfile
from pathlib import Path
from typing import Any

from keras_hier.log.log_predictions import log_predictions
from keras_hier.log.run_log import RunLog
from keras_hier.report.pictures import draw_epoch

# A notebook keeps the page: of a long run, fewer epochs.
_MOST_BYTES = 3e6
# The page can neither read the notebook nor open other pages.
_FRAME = (
    '<iframe sandbox="allow-scripts allow-downloads" srcdoc="{page}" '
    'title="Blocks" style="width: 100%; height: {height}px; border: 0">'
    "</iframe>"
)


class Shown:
    """A page and a picture: notebooks draw it where it is the last value.

    A notebook that is not trusted, nbconvert and version control show the
    picture.

    Args:
        page: of the tab, HTML.
        picture: of the last epoch, PNG.
        height: of the tab, in CSS pixels.
    """

    def __init__(self, page: str, picture: bytes, height: int) -> None:
        self._page, self._picture = page, picture
        self._height = height

    def _repr_html_(self) -> str:
        return _FRAME.format(page=html.escape(self._page), height=self._height)

    def _repr_png_(self) -> bytes:
        return self._picture


def show(
    run_or_true: Any, y_pred: Any = None, *, height: int = 720, **options: Any
) -> Shown:
    """Shows the tab in a notebook, without a server.

    Args:
        run_or_true: folder of a run; or what `log_predictions` takes: true
            classes [N] beside `y_pred` or `scores`, or a confusion matrix
            [C, C].
        y_pred: predicted classes [N].
        height: of the tab, in CSS pixels.
        **options: of `log_predictions`, such as `classes` and `hierarchy`.

    Returns:
        An object that a notebook draws: the tab in a frame of its own, and a
        PNG for readers that run no scripts.

    Raises:
        LogError: no such run.
        ValueError: as `log_predictions`, or options beside a run.

    Example:
        >>> true, named = ["cat", "dog", "car"] * 20, ["dog", "dog", "car"] * 20
        >>> show(true, named)._repr_png_()[1:4]
        b'PNG'
    """
    from tb_plugin.exporting import exported

    if isinstance(run_or_true, str | os.PathLike):
        if y_pred is not None or options:
            raise ValueError(
                "The folder of a run goes without predictions and options of "
                "log_predictions."
            )
        return _shown(Path(run_or_true), exported, height)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "predictions"
        log_predictions(run, run_or_true, y_pred, **options)
        return _shown(run, exported, height)


def _shown(run: Path, exported: Any, height: int) -> Shown:
    picture = draw_epoch(RunLog(run), None, None, None, "light", None).image
    data = io.BytesIO()
    picture.save(data, "PNG")
    page = exported(run, most_bytes=_MOST_BYTES).page.decode()
    return Shown(page, data.getvalue(), height)
