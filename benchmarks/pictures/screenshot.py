"""Takes a picture of the Blocks tab over a log folder.

    python -m benchmarks.pictures.screenshot LOGDIR OUT.png \
        [--view 'run=plain/validation&rows=n02084071'] [--keys '/,dog']
        [--theme dark] [--size 1440x900]

`--view` is what follows `#blocks&p.blocks.s=` in the address bar, unquoted;
`--keys` are pressed then, one after another, words typed as they are. The
picture has the 256 colours that serve it best, a third of the bytes.
"""

import argparse
import io
import time
import urllib.parse
from pathlib import Path

from PIL import Image
from playwright.sync_api import Frame, Page

from tests.support.serving import chromium, open_blocks, tensorboard

# Milliseconds for curves, labels and fades.
SETTLING = 1500
# A view that a link opens has no matrix to wait for.
DRAWN = """performance.getEntriesByName('blocks:first-matrix').length
    || document.querySelector(
        '[data-testid=samples], [data-testid=quality], [data-testid=layer], '
        + '[data-testid=layer-slider], [data-testid=answers-sentence]')"""
# A status with an ellipsis is still being computed.
ANSWERED = """![...document.querySelectorAll('[role=status]')].some(
    (status) => status.textContent.endsWith('…'))"""
# Keys of the page that have a name and not a sign.
KEYS = ("Enter", "Escape", "Home", "End", "ArrowLeft", "ArrowRight")


def main() -> None:
    """Reads the command line, writes the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logdir", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--view", default="", help="the state of a link")
    parser.add_argument("--keys", default="", metavar="KEY,WORD,...")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--size", default="1440x900", metavar="WxH")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    with tensorboard(args.logdir.resolve()) as server, chromium() as browser:
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=args.theme,
        )
        fragment = "#blocks"
        if args.view:
            fragment += f"&p.blocks.s={urllib.parse.quote(args.view)}"
        # The runs are there a moment after TensorBoard answers.
        while not server.get("runs")["runs"]:
            time.sleep(0.2)
        frame = open_blocks(page, server.url + fragment)
        frame.wait_for_function(DRAWN)
        settle(page, frame)
        for key in filter(None, args.keys.split(",")):
            is_key = len(key) == 1 or key in KEYS
            press = page.keyboard.press if is_key else page.keyboard.type
            press(key)
            settle(page, frame)
        save(page.screenshot(), args.out)


def settle(page: Page, frame: Frame) -> None:
    """Waits until the page has its answers and stands still."""
    page.wait_for_timeout(SETTLING)
    frame.wait_for_function(ANSWERED)
    page.wait_for_timeout(SETTLING)


def save(png: bytes, path: Path) -> None:
    """Writes a picture with a palette of its own, even surfaces unchanged."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(
        256,
        Image.Quantize.MEDIANCUT,
        kmeans=3,
        dither=Image.Dither.NONE,
    ).save(path, optimize=True)


if __name__ == "__main__":
    main()
