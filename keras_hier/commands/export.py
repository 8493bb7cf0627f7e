"""`keras-hier export`: the tab of a run as one file, to mail."""

import argparse
from pathlib import Path

import numpy as np

from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.log.event_files.event_reader import holds_records
from keras_hier.log.metadata import SPLITS
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line

MEGABYTE = 10**6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier export` to its parser."""
    parser.add_argument("folder", metavar="RUN", help="folder of the run")
    parser.add_argument(
        "--out", required=True, metavar="FILE.html", help="the file to write"
    )
    parser.add_argument(
        "--split",
        choices=SPLITS,
        help="of this one alone, default: all that there are",
    )
    parser.add_argument(
        "--max-size",
        type=float,
        default=3.0,
        metavar="MB",
        help="leave out epochs, evenly, until the file is no larger, default: "
        "%(default)s; the last epoch always stays",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier export`."""
    from tb_plugin.exporting import Export, page

    target = checked_target(args.out, ".html")
    splits = _splits(Path(args.folder), args.split)
    export = Export(splits)
    steps = {each: export.steps(*each) for each in export.outputs()}
    most = max(map(len, steps.values()), default=0)
    if not most:
        raise LogError(f"{args.folder!r} has no epoch that can be read.")
    title = Path(args.folder).resolve().name
    wanted = most
    while True:
        kept = {each: _thinned(all_, wanted) for each, all_ in steps.items()}
        data = page(export.answers(kept), title)
        too_large = len(data) / (args.max_size * MEGABYTE)
        if too_large <= 1 or wanted == 1:
            break
        # The page itself is a part of the size: this may take a few rounds.
        wanted = max(1, min(wanted - 1, int(wanted / too_large)))
    write_atomically(target, data)
    shown = f"{wanted} of {most}" if wanted < most else f"{most}"
    print_line(
        f"{args.out}: {len(data) / MEGABYTE:.2f} MB, "
        f"{quantity(len(steps), 'output')}, epochs: {shown}. Samples, layers "
        "and responses are not in it."
    )


def _splits(folder: Path, split: str | None) -> dict[str, Path]:
    """Returns the folders of the splits of a run, by what the page says."""
    name = folder.resolve().name
    wanted = SPLITS if split is None else (split,)
    found = {
        f"{name}/{each}": folder / each
        for each in wanted
        if (folder / each).is_dir() and holds_records(str(folder / each))
    }
    # The folder of a split, or of a run without any; or what is wrong with it.
    return found or {RunLog(folder, split).name: folder}


def _thinned(steps: list[int], most: int) -> list[int]:
    """Returns so many epochs, evenly, the last among them."""
    if len(steps) <= most:
        return steps
    places = np.linspace(len(steps) - 1, 0, most).round().astype(int)
    return [steps[at] for at in sorted(set(places.tolist()))]
