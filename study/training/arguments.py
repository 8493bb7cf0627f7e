"""The command line of a run, and what makes two runs the same."""

import argparse
import re
from math import inf
from pathlib import Path
from typing import Any

from study.training.augment import VIEWS
from study.training.teacher import fingerprint
from study.training.variants import VARIANTS

# What makes two lines the same run, and what lines had before they said so.
KEY: dict[str, Any] = dict.fromkeys(
    (
        "data", "classes", "variant", "trunk", "width", "per_class", "epochs",
        "seed", "optimizer", "learning_rate", "weight_decay", "dropout",
        "label_smoothing", "batch_size", "image_size", "crop", "hold_out",
        "final", "exact", "coarse", "coarse_count", "exact_share", "l2",
        "cutmix", "steps_per_epoch", "threshold", "pseudo_weight",
        "teacher", "new_classes", "stem_stride", "head_tree",
        "even",
    )
)  # fmt: skip
KEY |= {"view": "crops", "cutmix": 0.0}
# What is told apart too, but was not said by lines of old.
PROVENANCE = ("images_digest", "hierarchy_digest", "precision")
# With --final also the images of val, which no training depends on.
ASKED = "val_digest"
# What names of kept files tell by other means, or not at all.
UNNAMED = {
    "data", "classes", "variant", "epochs", "seed", "final", "exact", "coarse",
    "teacher", "new_classes", "head_tree", "even",
}  # fmt: skip
# What --exact trains by unless told otherwise: the best of study/results.md.
# Rate and penalty have not been searched.
AT_ANY_DEPTH: dict[str, Any] = {
    "epochs": 120,
    "steps_per_epoch": 100,
    "validate_every": 20,
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.05,
    "l2": 5e-4,
    "view": "crops",
}
# Images a class from which on half of each batch is exact in place of a
# quarter, the better at 100, as that is at 25; between them nothing was tried.
MANY_EXACT = 100
# Pixels of the smallest images that AlexNet takes.
SMALLEST = 32
# The least that numbers may be.
LEAST: dict[str, float] = {
    "seed": 0, "epochs": 1, "steps_per_epoch": 1, "validate_every": 1,
    "per_class": 1, "hold_out": 1, "stem_stride": 1, "image_size": 1,
    "crop": 1, "batch_size": 1, "exact": 1, "coarse_count": 1,
    "learning_rate": 0, "weight_decay": 0, "l2": 0, "dropout": 0,
    "label_smoothing": 0, "threshold": 0, "pseudo_weight": 0, "threads": 0,
}  # fmt: skip


def parse_arguments(description: str | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="training",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--table", type=Path, nargs="+", metavar="JSONL", help="print a table")
    add(
        "--split", choices=("val", "held_out"), default="val", help="of --table"
    )
    add("--intervals", action="store_true", help="in --table: 95 %%")
    add("--data", type=Path, help="folder with train/<class>/ and val/<class>/")
    add("--hierarchy", default="imagenet", metavar="imagenet|JSON|CSV")
    add(
        "--head-tree",
        type=Path,
        metavar="JSON",
        help="tree whose cuts the heads name, such as one that errors make; "
        "everything else is about that of --hierarchy",
    )
    add(
        "--new-classes",
        type=Path,
        metavar="FOLDER",
        help="folder of class folders, or with val/, of classes that are not "
        "in --data: in which groups are they put? --hierarchy has them too",
    )
    add("--variant", choices=sorted(VARIANTS), default="baseline")
    add("--seed", type=int, default=0)
    add("--epochs", type=int, default=40)
    add("--steps-per-epoch", type=int, metavar="N", help="all images once")
    add("--validate-every", type=int, default=1, metavar="EPOCHS")
    add("--per-class", type=int, metavar="N", help="training images (all)")
    add("--hold-out", type=int, default=50, metavar="N", help="per class")
    add("--final", action="store_true", help="evaluate on val too, for a table")
    add("--out", type=Path, help="file of JSON lines to append to")
    add(
        "--trunk",
        choices=("batch", "none", "lrn", "googlenet"),
        default="batch",
        help="AlexNet with this normalization, or inception modules",
    )
    add("--stem-stride", type=int, metavar="N", help="of AlexNet's conv1 (2)")
    add("--width", type=float, default=0.5)
    add("--image-size", type=int, default=64)
    add("--crop", type=int, default=56)
    add("--batch-size", type=int, default=128)
    add("--optimizer", choices=("adam", "sgd"), default="adam")
    add("--learning-rate", type=float, default=1e-3)
    add("--weight-decay", type=float, default=0.0, help="Keras's, of all")
    add("--dropout", type=float, default=0.5)
    add("--label-smoothing", type=float, default=0.0)
    add("--precision", default="float32", help="such as mixed_bfloat16")
    add("--threads", type=int, help="of TensorFlow, both kinds")
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    add("--backup", type=Path, help="folder of unfinished runs (beside --out)")
    add("--logdir", type=Path, help="log block matrices to a folder in here")
    add("--keep", type=Path, help="folder for scores and the trained network")
    add(
        "--keep-at",
        type=int,
        nargs="+",
        default=(),
        metavar="EPOCH",
        help="keep them after these epochs, too",
    )
    of = parser.add_argument_group(
        "labels at any depth",
        "With --exact other defaults hold: "
        + ", ".join(f"{name} {value}" for name, value in AT_ANY_DEPTH.items())
        + "; cutmix 0.5 without --coarse and with --teacher; exact share 0.25 "
        f"with --coarse, 0.5 from --exact {MANY_EXACT} on without --teacher.",
    )
    add = of.add_argument
    add("--exact", type=int, metavar="N", help="images a class known exactly")
    add(
        "--coarse",
        metavar="G",
        help="the rest is known at a cut into so many groups (1: not at all), "
        "at 'depthN' of the tree or at 'randomN' groups (left out)",
    )
    add("--coarse-count", type=int, metavar="N", help="of the rest, a class")
    add("--exact-share", type=float, help="of each batch")
    add("--view", choices=sorted(VIEWS), default="crops", help="augmentation")
    add("--cutmix", type=float, default=0.0, help="share of mixed batches")
    add("--l2", type=float, help="L2 penalty of the paper's kind, with sgd")
    add("--threshold", type=float, help="of pseudo-labels")
    add("--pseudo-weight", type=float, help="of pseudo-labels")
    add(
        "--teacher",
        type=Path,
        nargs="+",
        metavar="NPZ",
        help="NAME-rest.npz, which --keep wrote: learn from what that network "
        "says within the nodes of the labels (of several the mean)",
    )
    add(
        "--even",
        action="store_true",
        default=None,  # as in lines from before there was such an argument
        help="the teacher names the classes below a node equally often",
    )
    args = parser.parse_args()
    if args.exact is not None:
        args = _at_any_depth(parser)
    if not args.table and not (args.data and args.out):
        parser.error("Give --data and --out to train, or --table.")
    if args.out and not args.backup:
        args.backup = args.out.parent / "unfinished"
    _check(parser, args)
    given = vars(args)
    args.unusual = {
        name: given[name]
        for name in KEY
        if name not in UNNAMED and given[name] != parser.get_default(name)
    }
    return args


def _at_any_depth(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Reads the command line again, with the defaults of --exact."""
    parser.set_defaults(**AT_ANY_DEPTH)
    args = parser.parse_args()
    if args.optimizer != "sgd" or args.weight_decay:
        parser.set_defaults(l2=None)
    if args.coarse is None or args.teacher:
        parser.set_defaults(cutmix=0.5)
    if args.coarse is not None:
        half = args.exact >= MANY_EXACT and not args.teacher
        parser.set_defaults(exact_share=0.5 if half else 0.25)
    return parser.parse_args()


def _check_numbers(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    for name, least in LEAST.items():
        given = getattr(args, name)
        # NaN is no number of so much or more either.
        if given is not None and not given >= least:
            option = f"--{name.replace('_', '-')}"
            parser.error(f"Expected {option} of {least} or more, got {given}.")
    if args.crop < SMALLEST and args.trunk != "googlenet":
        parser.error(
            f"Expected --crop of {SMALLEST} or more, which AlexNet needs, got "
            f"{args.crop}."
        )
    if not 0 < args.width < inf:
        parser.error(f"Expected --width of more than 0, got {args.width:g}.")
    if not args.learning_rate < inf:
        parser.error("Expected --learning-rate of a number, got inf.")
    if not args.seed < 2**32:
        parser.error(f"Expected --seed of less than 2^32, got {args.seed}.")
    if wrong := [n for n in args.keep_at if not 0 < n <= args.epochs]:
        parser.error(
            f"Expected --keep-at of epochs from 1 to {args.epochs}, got "
            f"{wrong[0]}."
        )
    if args.dropout >= 1:
        parser.error(
            f"Expected --dropout of less than 1, got {args.dropout:g}."
        )
    if args.crop > args.image_size:
        parser.error(
            f"Expected --crop of at most --image-size {args.image_size}, got "
            f"{args.crop}."
        )
    if args.label_smoothing >= 1:
        parser.error(
            "Expected --label-smoothing of less than 1, got "
            f"{args.label_smoothing:g}."
        )
    if not 0 <= args.cutmix <= 1:
        parser.error(
            "Expected --cutmix, a share of the batches, of 0 to 1, got "
            f"{args.cutmix:g}."
        )
    if args.exact_share is not None:
        # NaN and infinity cannot be rounded.
        is_share = 0 < args.exact_share < 1
        exact = round(args.batch_size * args.exact_share) if is_share else 0
        if not 0 < exact < args.batch_size:
            parser.error(
                f"Expected --exact-share that leaves exact and coarse images "
                f"in a batch of {args.batch_size}, got {args.exact_share:g}."
            )


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    _check_numbers(parser, args)
    new = {
        "--coarse": args.coarse,
        "--coarse-count": args.coarse_count,
        "--exact-share": args.exact_share,
        "--view": args.view != "crops",
        "--cutmix": args.cutmix,
        "--teacher": args.teacher,
    }
    wanting = [name for name, given in new.items() if given]
    if args.exact is None and wanting:
        parser.error(f"{', '.join(wanting)} wants --exact N.")
    if args.coarse is None:
        of_coarse = ("--coarse-count", "--exact-share")
        if useless := [n for n in of_coarse if new[n] is not None]:
            parser.error(f"{', '.join(useless)} wants --coarse G.")
    if args.head_tree and not VARIANTS[args.variant].heads:
        parser.error(f"--head-tree is of heads, and {args.variant} has none.")
    if args.keep_at and not args.keep:
        parser.error("--keep-at wants --keep FOLDER.")
    if args.stem_stride is not None and args.trunk == "googlenet":
        parser.error("--stem-stride is of AlexNet, not of googlenet.")
    if args.exact is not None and args.logdir:
        parser.error("--logdir is not for --exact, whose labels are nodes.")
    if args.exact is not None and args.label_smoothing:
        parser.error("--label-smoothing is not for --exact.")
    variant = VARIANTS[args.variant]
    if args.exact is not None and (variant.loss or variant.learned_weights):
        parser.error(
            f"--exact has a loss of its own, and {args.variant} another one."
        )
    if args.l2 is not None and (args.optimizer != "sgd" or args.weight_decay):
        parser.error("--l2 is for --optimizer sgd without --weight-decay.")
    pseudo = VARIANTS[args.variant].pseudo
    if pseudo and (args.coarse is None or args.exact_share is None):
        parser.error(f"{args.variant} wants --coarse and --exact-share.")
    if args.teacher and (pseudo or args.coarse is None):
        parser.error("--teacher wants --coarse, and no pseudo variant.")
    if args.even and not args.teacher:
        parser.error("--even is of --teacher.")
    if not pseudo and (args.threshold or args.pseudo_weight) is not None:
        parser.error("--threshold and --pseudo-weight are of pseudo variants.")


def settings(
    args: argparse.Namespace,
    num_classes: int,
    new_classes: str | None = None,
    **digests: str,
) -> dict[str, Any]:
    """Returns what a run is to be, as in its line.

    Args:
        args: of the command line.
        num_classes: C.
        new_classes: a few digits of those that are never trained on.
        digests: of `PROVENANCE`, and `ASKED` with --final.
    """
    wanted = {name: value for name, value in vars(args).items() if name in KEY}
    if args.teacher:
        wanted["teacher"] = fingerprint(args.teacher)
    if args.head_tree:
        wanted["head_tree"] = fingerprint([args.head_tree])
    return {
        **wanted,
        "data": args.data.name,
        "classes": num_classes,
        "new_classes": new_classes,
        "precision": args.precision,
        **digests,
    }


def run_name(args: argparse.Namespace, images: int) -> str:
    """Returns how the files are called that a run keeps; its seed is last."""
    if args.exact is None:
        parts = [args.variant, args.trunk]
        if args.stem_stride:
            parts.append(f"stem{args.stem_stride}")
        parts.append(str(images))
    else:
        parts = [args.variant, str(args.exact), args.coarse or "0"]
        if args.epochs != AT_ANY_DEPTH["epochs"]:
            parts.append(f"epochs{args.epochs}")
        if args.teacher:
            even = "even" if args.even else ""
            parts.append(f"taught{len(args.teacher)}{even}")
        parts += [
            f"{name.replace('_', '')}={value}"
            for name, value in args.unusual.items()
        ]
    if args.head_tree:
        parts.append(args.head_tree.stem)
    return "-".join([*parts, str(args.seed)])


def taught_by(teacher: str | None) -> str | None:
    """Returns what is common to the teachers of all seeds of a row."""
    if teacher is None:
        return None
    return re.sub(r"-\d+-rest-[0-9a-f]{8}(?= |$)", "", teacher)


def has_like_teacher(settings: dict[str, Any]) -> bool:
    """Tells whether a run has no teacher, or the one of which tables speak.

    That is a single network that was not taught, was trained as long, and knew
    no coarse labels where the run has none, all by its name (`run_name`).
    """
    teacher = settings["teacher"]
    if teacher is None:
        return True
    found = re.search(r"-epochs(\d+)(?=-|$)", teacher)
    epochs = int(found[1]) if found else AT_ANY_DEPTH["epochs"]
    alone = rf"-{settings['exact']}-0(?=-|$)"
    return (
        " " not in teacher
        and "-taught" not in teacher
        and epochs == settings["epochs"]
        and (settings["coarse"] != "1" or bool(re.search(alone, teacher)))
    )


def key(line: dict[str, Any]) -> tuple[Any, ...]:
    """Returns what a run is told apart by."""
    return tuple(line.get(name, default) for name, default in KEY.items())


def is_same(line: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tells whether a line, maybe an old one, is of the run that is wanted."""
    names = (*PROVENANCE, *([ASKED] if ASKED in wanted else []))
    return key(line) == key(wanted) and all(
        line.get(name) in (None, wanted[name]) for name in names
    )
