"""The errors that a pilot lets expect after more labels."""

import dataclasses
import json
import os
from typing import Any

import numpy as np
from PIL import Image

from keras_hier.budget.picture import Lines, compose
from keras_hier.files.html_tables import html_table
from keras_hier.quantities import quantity
from keras_hier.report.canvases.canvas import Canvas
from keras_hier.tensors import FloatArray, IntArray


@dataclasses.dataclass(frozen=True, repr=False)
class LabelBudget:
    """Errors to expect after more labels: of D depths, M numbers of them.

    The errors are those of a linear head on these features. Bands hold 90 %:
    low end, middle, high end. NaN stands for
    what the pilot cannot tell.

    Attributes:
        depths: str [D], "classes" first, then such as "16 groups".
        more: int64 [M], more labels of each class.
        cost: float64 [D, M], of all these labels.
        now: float64 [3], band of the error with the pilot's labels.
        error: float64 [D, M, 3], bands of the error after more labels.
        gain: float64 [D, M, 3], bands of how much lower that is.
        chance: error of a blind guess that names the most frequent class.
        samples: labels of the pilot.
        classes: how many classes these have.
        notes: str [...], what the pilot cannot tell, and why.
    """

    depths: tuple[str, ...]
    more: IntArray
    cost: FloatArray
    now: FloatArray
    error: FloatArray
    gain: FloatArray
    chance: float
    samples: int
    classes: int
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        """The error with the labels of the pilot, as a sentence."""
        pilot = (
            f"{quantity(self.samples, 'label')} of "
            f"{quantity(self.classes, 'class')}"
        )
        if np.isnan(self.now).any():
            return f"{pilot}."
        return (
            f"{pilot}: a linear head errs in {_band(self.now)} "
            f"(a blind guess in {100 * self.chance:.1f} %)."
        )

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Returns the rows of the table: texts."""
        found = [("labels of", "more a class", "cost", "error", "lower by")]
        for depth, name in enumerate(self.depths):
            for at, more in enumerate(self.more.tolist()):
                found.append(
                    (
                        name,
                        f"{more:,}",
                        f"{self.cost[depth, at]:,.0f}",
                        _band(self.error[depth, at]),
                        _band(self.gain[depth, at]),
                    )
                )
        return found

    def __str__(self) -> str:
        rows = self.rows()
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [self.title, ""]
        for name, *cells in rows:
            line = [f"{name:{wide[0]}}"]
            line += [
                f"{cell:>{width}}"
                for cell, width in zip(cells, wide[1:], strict=True)
            ]
            lines.append("  ".join(line))
        return "\n".join([*lines, "", "Bands of 90 %.", *self.notes])

    def __repr__(self) -> str:
        return f"<LabelBudget of {self.title.rstrip('.')}>"

    def _repr_html_(self) -> str:
        head, *rows = (" · ".join(row[1:]) for row in self.rows())
        names = np.repeat(self.depths, len(self.more)).tolist()
        table = [("labels of", head), *zip(names, rows, strict=True)]
        table += [("", note) for note in self.notes]
        return html_table(self.title, table)

    def to_json(self) -> str:
        """Returns all of it as JSON, in which null stands for NaN."""
        fields: dict[str, Any] = dataclasses.asdict(self)
        for name, value in fields.items():
            if isinstance(value, np.ndarray):
                plain = value.astype(object)
                plain[value != value] = None
                fields[name] = plain.tolist()
        return json.dumps(fields, indent=1)

    def draw(
        self,
        theme: str = "light",
        font: str | os.PathLike[str] | None = None,
    ) -> Image.Image:
        """Draws error over cost, a line a depth, with bands.

        Args:
            theme: "light" or "dark".
            font: a TrueType or OpenType file.

        Returns:
            An image of mode "RGB", as `kh.report.save` writes it.

        Raises:
            ValueError: another theme, or no font.
        """
        return drawing(self, theme, font).image


def drawing(
    budget: LabelBudget,
    theme: str = "light",
    font: str | os.PathLike[str] | None = None,
    kind: type[Canvas] = Canvas,
) -> Canvas:
    """Draws a budget on a canvas of a kind."""
    lines = Lines(
        (budget.title, *budget.notes),
        budget.depths,
        budget.cost,
        budget.now,
        budget.error,
    )
    return compose(lines, theme, font, kind)


def _band(band: FloatArray) -> str:
    if np.isnan(band).any():
        return "-"
    low, middle, high = (100 * band).tolist()
    return f"{middle:.1f} % ({low:.1f} to {high:.1f})"
