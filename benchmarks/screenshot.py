"""Takes a picture of the Blocks tab over a log folder.

    python benchmarks/screenshot.py LOGDIR OUT.png \
        [--view 'run=plain&rows=dog'] [--theme dark] [--size 1440x900]

`--view` is what follows `#blocks&p.blocks.s=` in the address bar, unquoted.
"""

import argparse
import time
import urllib.parse
from pathlib import Path

from serving import chromium, open_blocks, tensorboard


def main() -> None:
    """Reads the command line, writes the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logdir", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--view", default="", help="the state of a link")
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
        frame.wait_for_function(
            "performance.getEntriesByName('blocks:first-matrix').length"
        )
        time.sleep(1)  # curves, labels and fades
        page.screenshot(path=args.out)


if __name__ == "__main__":
    main()
