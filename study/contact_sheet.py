"""The labels that a network contradicts most, as a sheet of pictures.

    python -m study.contact_sheet SCORES-val.npz --data FOLDER \
        --logdir runs/best [--scores fused] [--out sheet]

SCORES is what `training --final --keep` of the study leaves of the images of
FOLDER/val/<class>/: `labels` [N] and logits [N, C] by output. All of them are
logged with their pictures, so that the lists can be looked at in the tab
*Quality*. The first ten of them are drawn, pictures with their labels and what
else the network sees: into sheet-wrong.png those whose label may be wrong, into
sheet-two.png those that may show two objects. Whether they do is for people to
say.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.special import softmax

import keras_hier as kh
from keras_hier.analysis.data_quality.label_issues import suspect_labels
from keras_hier.data.folders import class_folders, find_images, split_folder

MOST = 10
COLUMNS = 5
SIDE = 192
TEXT = 44
GAP = 12


def main() -> None:
    """Logs the samples and draws the sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scores_file", type=Path, metavar="SCORES")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scores", default="fused", help="which output")
    parser.add_argument("--logdir", type=Path)
    parser.add_argument("--out", help="where the sheets go, without -two.png")
    args = parser.parse_args()

    folder = split_folder(args.data, "validation")
    classes = class_folders(folder)
    hierarchy = kh.Hierarchy.imagenet().subset(classes)
    ids = find_images(folder, classes)
    with np.load(args.scores_file) as file:
        labels = file["labels"].astype(np.int64)
        logits = file[args.scores].astype(np.float64)
    if [classes[label] for label in labels] != [
        name.partition("/")[0] for name in ids
    ]:
        raise SystemExit(f"{args.scores_file} is not about the images there.")
    if args.logdir:
        with kh.BlocksWriter(args.logdir, hierarchy) as log:
            log.predictions(labels, logits, 1)
            index = log.samples(labels, logits, 1, ids=ids, from_logits=True)
            log.pictures(index, [folder / name for name in ids])

    found = suspect_labels(labels, softmax(logits, axis=1), hierarchy)
    suspects = found.suspects
    print(
        f"{found.accuracy:.1%} right; {len(suspects.sample):,} candidates of "
        f"{len(labels):,}, {found.listed} listed (expected precision "
        f"{found.expected_precision:.2f}); "
        f"{len(found.two_objects.sample)} may show two objects"
    )
    two = found.two_objects
    lists = {
        "wrong": (suspects.sample, suspects.given, suspects.suggested),
        "two": (two.sample, two.given, two.other),
    }
    for kind, columns in lists.items():
        rows = []
        for sample, *pair in zip(*(c[:MOST] for c in columns), strict=True):
            names = [hierarchy.node_names[hierarchy.leaves[c]] for c in pair]
            chances = softmax(logits[sample])[pair]
            rows.append((folder / ids[sample], *names))
            print(
                f"{kind} {len(rows):2} {ids[sample]}: {names[0]} "
                f"{chances[0]:.4f}, {names[1]} {chances[1]:.2f}"
            )
        if args.out:
            # The 256 colours that serve it best, a third of the bytes.
            sheet = draw(rows).quantize(256)
            sheet.save(f"{args.out}-{kind}.png", optimize=True)


def draw(rows: list[tuple[Path, str, str]]) -> Image.Image:
    """Draws pictures with their labels and suggestions below."""
    lines = -(-len(rows) // COLUMNS)
    width, height = SIDE + GAP, SIDE + TEXT + GAP
    sheet = Image.new(
        "RGB", (COLUMNS * width + GAP, lines * height + GAP), "white"
    )
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for k, (path, given, other) in enumerate(rows):
        left = GAP + k % COLUMNS * width
        top = GAP + k // COLUMNS * height
        with Image.open(path) as image:
            picture = image.convert("RGB").resize((SIDE, SIDE))
        sheet.paste(picture, (left, top))
        text = f"{k + 1}  {given}", f"     {other}?"
        for line, colour in enumerate(("#1b1f24", "#ad390a")):
            at = left, top + SIDE + 3 + 19 * line
            pen.text(at, text[line], colour, font)
    return sheet


if __name__ == "__main__":
    main()
