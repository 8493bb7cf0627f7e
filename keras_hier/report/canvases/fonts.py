"""The font of labels, and how letters that it lacks are replaced.

The default is the scalable face that Pillow carries in its own package, so a
picture looks alike on every machine and nothing is fetched. It knows the
letters of English and little else. Other letters are spelt with those, or
another font file is given.
"""

import os
import unicodedata
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Pixels of a pixel while a glyph is drawn: its outline is then placed between
# pixels and not hinted to them, which sets small text evenly.
OVERSAMPLING = 4
# No label has room for more.
_MOST_LETTERS = 200
# Letters without a decomposition in Unicode.
_SPELT = str.maketrans(
    {
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
        "×": "x", "→": "->", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe",
        "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
        "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip


class Face:
    """A font at any size, measured in pixels of the page.

    Args:
        path: a TrueType or OpenType file; None for Pillow's own face.
        ratio: pixels of the picture to a pixel of the page.

    Raises:
        ValueError: no such file, or no font.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, ratio: int = 2
    ) -> None:
        self._path = None if path is None else os.fspath(path)
        self._scale = ratio * OVERSAMPLING
        self._font = cache(self._load)
        self._knows = cache(self._has_glyph)
        self._font(11.0)

    @property
    def family(self) -> str:
        """The name of the font."""
        return self._font(11.0).getname()[0] or ""

    @property
    def data(self) -> bytes:
        """The file of the font."""
        if self._path is not None:
            return Path(self._path).read_bytes()
        return bytes(self._font(11.0).font_bytes)

    def measure(self, text: str, size: float = 11.0) -> float:
        """Returns how wide a text is set, in pixels of the page."""
        return float(self._font(size).getlength(text)) / self._scale

    def can_write(self, text: str) -> bool:
        """Tells whether the face has every letter of a text."""
        return all(map(self._knows, _tidy(text)))

    def spell(self, text: str) -> str:
        """Returns a text in letters that the face has.

        Accents go first, then what is left becomes "?".
        """
        text = _tidy(text)
        if self.can_write(text):
            return text
        return "".join(
            letter if self._knows(letter) else self._respelt(letter)
            for letter in text
        )

    def mask(
        self,
        text: str,
        size: float,
        weight: int = 0,
        shift: tuple[float, float] = (0.0, 0.0),
    ) -> tuple[Image.Image, tuple[int, int]]:
        """Draws a line of text.

        Args:
            text: the line.
            size: in pixels of the page.
            weight: how much heavier than regular, in fractions
                1 / OVERSAMPLING of a pixel of the picture on every side.
            shift: of the origin, in pixels of the picture, in [0, 1).

        Returns:
            The ink, a mask of mode "L" in pixels of the picture, and the place
            of the origin in it: the left end on the base line.
        """
        font = self._font(size)
        left, top, right, bottom = font.getbbox(
            text, anchor="ls", stroke_width=weight
        )
        # Whole pixels of the picture around the ink and the shift.
        pad = [-(int(-side) // OVERSAMPLING) + 1 for side in (right, bottom)]
        origin = (
            int(-left) // OVERSAMPLING + 2,
            int(-top) // OVERSAMPLING + 2,
        )
        extent = (origin[0] + pad[0] + 1, origin[1] + pad[1] + 1)
        large = Image.new(
            "L", (extent[0] * OVERSAMPLING, extent[1] * OVERSAMPLING)
        )
        at = tuple(
            (o + s) * OVERSAMPLING for o, s in zip(origin, shift, strict=True)
        )
        ImageDraw.Draw(large).text(
            (round(at[0]), round(at[1])),
            text,
            font=font,
            fill=255,
            anchor="ls",
            stroke_width=weight,
        )
        return large.reduce(OVERSAMPLING), origin

    def _load(self, size: float) -> ImageFont.FreeTypeFont:
        pixels = size * self._scale
        if self._path is None:
            font = ImageFont.load_default(pixels)
            if not isinstance(font, ImageFont.FreeTypeFont):
                raise ValueError(
                    "Pillow was built without FreeType, which draws text."
                )
            return font
        try:
            return ImageFont.truetype(self._path, pixels)
        except OSError as error:
            raise ValueError(
                f"{self._path!r} is no font that can be read: {error}."
            ) from error

    @cached_property
    def _missing(self) -> bytes:
        """The drawing of a code point that stands for nothing."""
        return self._ink("\U0010fffe")

    def _has_glyph(self, letter: str) -> bool:
        return letter.isspace() or self._ink(letter) != self._missing

    def _ink(self, letter: str) -> bytes:
        mask = Image.new("L", (64, 64))
        font = self._font(32.0 / self._scale)
        ImageDraw.Draw(mask).text((8, 8), letter, font=font, fill=255)
        return np.asarray(mask).tobytes()

    def _respelt(self, letter: str) -> str:
        plain = unicodedata.normalize("NFKD", letter.translate(_SPELT))
        kept = "".join(c for c in plain if not unicodedata.combining(c))
        kept = kept.translate(_SPELT)
        return kept if kept and self.can_write(kept) else "?"


def _tidy(text: str) -> str:
    """Returns one line of letters: names in logs may hold anything."""
    text = unicodedata.normalize("NFC", text[:_MOST_LETTERS])
    return " ".join(
        "".join(
            c if unicodedata.category(c)[0] != "C" else " " for c in text
        ).split()
    )
