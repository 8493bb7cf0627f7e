"""The Blocks tab as a user reads and works it."""

import csv
import io
import re
import time
import urllib.parse
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from playwright.sync_api import expect
from visiting import PATIENCE, visit

# Reads the pixels of the matrix as a share of ink: marks are blue, so that
# what is neither grey nor orange is a mark.
INK = """([left, top, size]) => {
  const canvas = document.querySelector('[data-testid="matrix"]');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const side = Math.floor(size * scale);
  const { data } = canvas.getContext("2d").getImageData(
    Math.round(left * scale), Math.round(top * scale), side, side);
  let bits = "";
  for (let i = 0; i < data.length; i += 4) {
    bits += data[i + 2] - data[i] > 25 && data[i + 3] > 100 ? "1" : "0";
  }
  return [side, bits];
}"""

# The pairs of texts that lie on one another. Boxes are taller than letters.
TOUCHING = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)]
    .map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([text, box]) => text.trim() && box.width > 0);
  return boxes.flatMap(([text, a], i) => boxes.slice(i + 1)
    .filter(([, b]) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map(([other]) => [text, other]));
}"""

SETTLED = """new Promise((done) => {
  let still = 0;
  const look = () => {
    still = document.querySelector("svg.labels.moving") ? 0 : still + 1;
    if (still > 3) done();
    else requestAnimationFrame(look);
  };
  look();
})"""

# Left, top and size of the matrix within the map.
BOX = """() => {
  const [cells, around] = ["cursor", "map"].map((name) => document
    .querySelector(`[data-testid=${name}]`).getBoundingClientRect());
  return [cells.left - around.left, cells.top - around.top, cells.width];
}"""

# Longer than the pause that `addressBar.ts` makes between two addresses.
AFTER_WRITING = "new Promise((done) => setTimeout(done, 450))"


# What stands behind the button "view".
VIEW_MENU = (
    *("order of siblings", "value", "scale", "show", "least count"),
    *("bars", "speed"),
)


class Screen:
    """One open Blocks tab."""

    def __init__(
        self, page: Any, url: str, size: Any = None, **view: Any
    ) -> None:
        self.page = page
        if size:
            page.set_viewport_size(size)
        if view:
            view = {name.rstrip("_"): value for name, value in view.items()}
            state = urllib.parse.quote(urllib.parse.urlencode(view), safe="")
            url = f"{url}#blocks&p.blocks.s={state}"
        self.frame = visit(page, url)

    def ready(self) -> Self:
        """Waits until a matrix is drawn."""
        self.frame.wait_for_selector(
            '[data-testid="matrix"][aria-label*="samples"]'
        )
        self.frame.wait_for_function(
            "performance.getEntriesByName('blocks:first-matrix').length"
        )
        return self

    def find(self, name: str) -> Any:
        """Returns the part of the page with this test id."""
        return self.frame.get_by_test_id(name)

    def text(self, name: str) -> str:
        """Returns the text of a part."""
        return str(self.find(name).inner_text())

    def says(self, name: str, *words: str) -> str:
        """Returns the text of a part once it says all of this."""
        said = self.frame.wait_for_function(
            """([name, words]) => {
              const part = document.querySelector(`[data-testid="${name}"]`);
              const text = part?.textContent ?? "";
              const isSaid = words.every((each) => text.includes(each));
              return part && isSaid && { text: part.innerText ?? text };
            }""",
            arg=[name, list(words)],
        )
        return str(said.json_value()["text"])

    def notes(self, words: str) -> None:
        """Waits until the caption says this, shown or as its tooltip."""
        whole = re.compile(re.escape(words))
        expect(self.find("caption")).to_have_attribute("title", whole)

    def reads(self, name: str, text: str) -> None:
        """Waits until a part says this and nothing else."""
        expect(self.find(name)).to_have_text(text, use_inner_text=True)

    def has_no(self, *names: str) -> None:
        """Waits until none of these parts is there."""
        for name in names:
            expect(self.find(name)).to_have_count(0)

    def texts(self, parts: Any) -> list[str]:
        """Returns the texts of a list once there is one."""
        # Playwright waits for one element, never for the first of many, and
        # what is drawn (SVG) has no inner text for it.
        parts.first.wait_for()
        return list(
            parts.evaluate_all(
                "all => all.map((each) => each.innerText ?? each.textContent)"
            )
        )

    def until(
        self, read: Callable[[], Any], holds: Callable[[Any], Any]
    ) -> Any:
        """Returns what is read once this holds of it, or what is read last."""
        end = time.monotonic() + PATIENCE / 1000
        while not holds(found := read()) and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        return found

    def epoch(self) -> int:
        """Returns the epoch that is drawn."""
        label = self.find("matrix").get_attribute("aria-label")
        found = re.search(r"epoch (\d+)", label or "")
        return int(found.group(1)) if found else 0

    def wait_epoch(self, epoch: int) -> None:
        """Waits until an epoch is drawn."""
        self.frame.wait_for_selector(
            f'[data-testid="matrix"][aria-label$="epoch {epoch}"]'
        )

    def press(self, *keys: str) -> None:
        """Presses keys on the page."""
        # As after a click or a tab: before, the keys are TensorBoard's.
        if not self.frame.evaluate("document.hasFocus()"):
            self.frame.evaluate("window.focus()")
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, label: str, value: str) -> None:
        """Chooses from a select of the top bar, or of its view menu."""
        self.choice(label).select_option(value)
        if label in VIEW_MENU:
            self.find("view").click()
            expect(self.find("view-menu")).to_be_hidden()

    def unfold(self) -> Any:
        """Returns the lists of groups and classes, which are folded first."""
        parts = self.find("parts")
        parts.locator("summary").click()
        return parts

    def options(self, label: str) -> Any:
        """Returns what a select of the top bar offers."""
        return self.choice(label).locator("option")

    def choice(self, label: str) -> Any:
        """Returns a select of the top bar; the view menu opens for its own."""
        if label in VIEW_MENU and not self.find("view-menu").is_visible():
            self.find("view").click()
        return self.frame.get_by_label(label, exact=True).first

    def settle(self) -> None:
        """Waits until no zoom is under way, nor one that follows from it."""
        self.frame.evaluate(SETTLED)

    def matrix_box(self) -> tuple[float, float, float]:
        """Returns left, top, size of the matrix within the map."""
        self.find("cursor").wait_for()
        # At once: between two reads the page may be laid out anew.
        left, top, size = self.frame.evaluate(BOX)
        return left, top, size

    def draw(self) -> None:
        """Waits until what is asked for now is drawn."""
        # The frame that is asked for now is drawn in the next one.
        self.frame.evaluate(
            "new Promise(f => requestAnimationFrame(() => "
            "requestAnimationFrame(f)))"
        )

    def ink(self) -> np.ndarray:
        """Returns where the matrix has marks, bool [pixels, pixels]."""
        self.draw()
        side, bits = self.frame.evaluate(INK, list(self.matrix_box()))
        return (np.frombuffer(bits.encode(), np.uint8) == ord("1")).reshape(
            side, side
        )

    def wait_other_ink(self, before: np.ndarray) -> None:
        """Waits until other places of the matrix have marks than before."""
        end = time.monotonic() + PATIENCE / 1000
        while np.array_equal(self.ink(), before):
            assert time.monotonic() < end, "the matrix is what it was"

    def image(self) -> str:
        """Returns the drawn map, with all its colours."""
        self.draw()
        return str(
            self.frame.evaluate(
                "document.querySelector('[data-testid=matrix]').toDataURL()"
            )
        )

    def point(self, column: float, row: float) -> tuple[float, float]:
        """Returns page coordinates of a place in the matrix, both 0 to 1."""
        box = self.find("cursor").bounding_box()
        return (
            box["x"] + column * box["width"],
            box["y"] + row * box["width"],
        )

    def background(self) -> str:
        """Returns the colour behind everything."""
        return str(
            self.frame.evaluate(
                "getComputedStyle(document.documentElement)"
                ".getPropertyValue('--background').trim()"
            )
        )

    def link(self, *parts: str, without: str = "\n") -> str:
        """Returns the address once it says all of this, and nothing of that.

        After a part that ends in "=" stands what is shown now: while one drags,
        the address may be behind.
        """
        self.page.wait_for_function(
            """([parts, without]) => {
              const twice = decodeURIComponent(location.hash);
              return parts.every((part) => twice.includes(part))
                && !twice.includes(without);
            }""",
            arg=[list(parts), without],
        )
        if any(part.endswith("=") for part in parts):
            # A timer of the frame: it comes after the one that writes.
            self.frame.evaluate(AFTER_WRITING)
        return str(self.page.evaluate("location.href"))


def touching(screen, selector):
    """Returns the pairs of texts that lie on one another."""
    return screen.frame.evaluate(TOUCHING, selector)


def group(screen, name, part="tree-actual"):
    """Returns a group by its name."""
    return screen.find(part).locator(f'[aria-label^="{name}, "]').first


def members(hierarchy, name):
    """Returns the labels of the classes of a group."""
    node = hierarchy.find(name)
    return hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]


def exported(screen: Screen, what: str) -> Any:
    """Returns Playwright's download of what the export menu saves."""
    screen.find("export").click()
    with screen.page.expect_download() as waiting:
        screen.find(f"export-{what}").click()
    return waiting.value


def rows_of(download: Any) -> list[dict[str, str]]:
    """Returns the rows of a CSV that was saved."""
    text = download.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def saved(screen: Screen, what: str) -> tuple[str, list[dict[str, str]]]:
    """Returns the name and the rows of a CSV that the menu saves."""
    download = exported(screen, what)
    return download.suggested_filename, rows_of(download)
