"""`keras-hier probe`: what each layer of a network knows, into a log."""

import argparse
import os
import warnings
from typing import TYPE_CHECKING, Any

from keras_hier.commands import run_tree
from keras_hier.commands.arguments import (
    add_hierarchy,
    add_label_kinds,
    load_hierarchy,
)
from keras_hier.commands.inputs import array_files, label_kinds
from keras_hier.commands.inputs.feature_files import (
    check_controls,
    given_features,
    is_folder,
)
from keras_hier.commands.probe_options import check_options
from keras_hier.files.output_files import checked_folder, checked_target
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import SPLITS
from keras_hier.log.run_log import DamagedError, LogError, RunLog
from keras_hier.quantities import percent, quantity
from keras_hier.terminal import print_line

if TYPE_CHECKING:
    from keras_hier.probing.features import Features

# The output may be right more or less often than the run's log says by so many
# standard errors, and at least by this share, before a warning.
_ALIKE = 3
_LEAST = 0.01


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier probe` to its parser."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "model",
        nargs="?",
        metavar="MODEL.keras",
        help="a saved Keras model, which takes pixels of 0 to 255",
    )
    source.add_argument(
        "--features",
        nargs="+",
        metavar="FILE",
        help="in place of a model: a folder that --keep or Features.save "
        "wrote, or an .npy file [N, F] for each layer, from the input on",
    )
    add_hierarchy(
        parser,
        "; without the column label --classes gives the order; without a "
        "hierarchy the tree that the run has",
    )
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="class ids in the order of the model's scores, or of numbers and "
        "scores in files, one on each line, where it is not that of the "
        "hierarchy and the files do not say it themselves",
    )
    parser.add_argument("--logdir", help="folder of the run to log to")
    parser.add_argument(
        "--csv", metavar="FILE", help="write the table as .csv, too"
    )
    parser.add_argument(
        "--epoch",
        "--step",
        dest="step",
        type=int,
        metavar="N",
        help="epoch that the network is of, default: the last one of the run",
    )
    parser.add_argument(
        "--split",
        default="validation",
        choices=SPLITS,
        help="what the samples are, default: %(default)s",
    )
    parser.add_argument("--folds", type=int, default=5, help="default: 5")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    _add_model(parser.add_argument_group("with a model"))
    _add_features(parser.add_argument_group("with --features"))


def _add_model(model: argparse._ArgumentGroup) -> None:
    model.add_argument(
        "--data",
        metavar="FOLDER|RECORDS",
        help="images the model was not trained on: a folder of class folders, "
        "or a pattern of TFRecords such as `records/validation-*`",
    )
    model.add_argument(
        "--label-offset",
        type=int,
        metavar="N",
        help="integer of the first class, of records without class ids: 0 in "
        "those of TFDS",
    )
    model.add_argument(
        "--layers",
        type=lambda text: [name for name in text.split(",") if name],
        metavar="NAME,NAME",
        help="default: where the model can be cut, 12 at most",
    )
    model.add_argument(
        "--pool",
        choices=("mean", "grid3", "cls"),
        help="how positions become features, default: grid3",
    )
    model.add_argument(
        "--per-class",
        type=int,
        metavar="N",
        help="samples of each class, default: 50",
    )
    model.add_argument(
        "--untrained",
        type=int,
        metavar="N",
        help="untrained networks to compare with, default: 3; 0 for none",
    )
    model.add_argument(
        "--keep", metavar="FOLDER", help="keep the features in a new folder"
    )


def _add_features(given: argparse._ArgumentGroup) -> None:
    given.add_argument(
        "--labels",
        metavar="FILE",
        help="of .npy files: actual classes [N], class ids or numbers: .npy, "
        ".npz (FILE.npz:key) or .csv",
    )
    given.add_argument(
        "--scores",
        metavar="FILE",
        help="of .npy files: the network's own output [N, C], logits or "
        "log-probabilities: the same kinds of file",
    )
    add_label_kinds(given, "--scores")
    given.add_argument(
        "--control",
        nargs="+",
        action="append",
        metavar="FILE",
        help="the same files of an untrained network; may be given again",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier probe`."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from keras_hier.probing.probe import probe

    check_options(args)
    if args.csv:
        checked_target(args.csv, ".csv")
    for folder in filter(None, (args.logdir, args.keep)):
        checked_folder(folder)
    hierarchy = _tree(args)
    step = _step(args) if args.logdir else 1
    if args.features:
        features = given_features(args.features, args, hierarchy)
        controls = [
            given_features(files, args, hierarchy)
            for files in args.control or ()
        ]
        check_controls(features, controls, args.control or ())
    else:
        features, controls, hierarchy = _made(args, hierarchy)
    report = probe(
        features,
        hierarchy,
        control=controls or None,
        folds=args.folds,
        seed=args.seed,
    )
    for line in str(report).split("\n"):
        print_line(line)
    if args.csv:
        report.to_csv(args.csv)
    if args.logdir:
        _compare(report.record.output_right, len(features), args, step)
        report.log(args.logdir, step, args.split)
        print_line()
        print_line(f"{args.logdir}: logged at epoch {step}")


def _tree(args: argparse.Namespace) -> Hierarchy:
    """Returns the tree, in the order in which a model scores the classes."""
    if args.hierarchy:
        found = load_hierarchy(
            args.hierarchy,
            groups=args.groups_are,
            in_sorted_order=_says_order(args),
        )
    else:
        # Splits may stand under trees of their own.
        of_run = run_tree.tree_of_run(args.logdir, "probe", args.split)
        of_run = of_run or run_tree.tree_of_run(args.logdir, "probe")
        if of_run is None:
            raise ValueError(
                f"{args.logdir!r} has no tree of classes yet: give --hierarchy."
            )
        found = of_run
    if args.model and args.classes:
        listed = array_files.read_classes(args.classes)
        return found.subset(label_kinds.own_ids(listed, found))
    if found.origin and not _says_order(args):
        # Folders are numbered by their names, arrays and records by nobody.
        by_name = bool(args.model) and args.label_offset is None
        run_tree.check_order(found, by_name)
    return found


def _says_order(args: argparse.Namespace) -> bool:
    """Tells whether class ids are known, in whatever order a tree has them."""
    if args.classes or (args.features and is_folder(args.features)):
        return True
    if args.model:
        return False
    if args.labels is None:
        return True  # another error says so
    sources = array_files.sources_of(args)
    listed = all(source.classes is not None for source in sources)
    return listed or all(source.are_ids for source in sources)


def _step(args: argparse.Namespace) -> int:
    """Returns the epoch asked for, or the last one of the run."""
    asked: int | None = args.step
    try:
        log = RunLog(args.logdir, args.split)
    except DamagedError:
        if asked is None:  # which epoch was the last one is not known
            raise
        return asked
    except LogError:
        return asked or 1
    if asked is not None:
        try:
            last = log.layer_epochs()[-1]
        except LogError:
            last = asked
        if asked < last:
            raise ValueError(
                f"--epoch {asked} would come after epoch {last}, of which "
                f"{args.logdir!r} has the layers. Log epochs in ascending "
                "order, or name another --logdir."
            )
        return asked
    steps = [log.epochs(output)[-1] for output in log.outputs]
    return max([step for step in steps if step > 0], default=1)


def _compare(
    right: float, samples: int, args: argparse.Namespace, step: int
) -> None:
    """Warns if the network is right more or less often than the run says."""
    try:
        header, _ = RunLog(args.logdir, args.split).matrix(epoch=step)
    except LogError:
        return
    if header.grouping is not None or not header.total or not right >= 0:
        return
    logged = header.correct / header.total
    variance = logged * (1 - logged) * (1 / samples + 1 / header.total)
    if abs(right - logged) > max(_ALIKE * variance**0.5, _LEAST):
        warnings.warn(
            f"The output names {percent(right)} of these samples right, and "
            f"{percent(logged)} in the log of epoch {step}: other samples, "
            "or images that are prepared in another way than for the run "
            "(--data shrinks them to the size that the model takes). Make the "
            "features by kh.analysis.features on the run's own data.",
            stacklevel=2,
        )


def _made(
    args: argparse.Namespace, hierarchy: Hierarchy
) -> "tuple[Features, list[Features], Hierarchy]":
    """Makes features of a saved model, and of untrained ones beside it.

    Returns both, and the tree of the classes that the model scores.
    """
    from keras_hier.commands.inputs import saved_model
    from keras_hier.features.extraction import FeatureReader
    from keras_hier.features.untrained import untrained
    from keras_hier.heads.headed_model import main_output

    model = saved_model.load(args.model)
    scored = main_output(model)[1].shape[-1]
    whole = hierarchy
    hierarchy = saved_model.scored_tree(whole, scored, args.data)
    data = saved_model.images_in(
        args.data, model, hierarchy, args.label_offset, whole
    )
    pool = {} if args.pool is None else {"pool": args.pool}
    how: dict[str, Any] = {"seed": args.seed}
    if args.per_class is not None:
        how["per_class"] = args.per_class
    reader = FeatureReader(model, args.layers, hierarchy=hierarchy, **pool)
    with saved_model.naming_the_image(args.data):
        found = reader.read(data, path=args.keep, **how)
    print_line(
        f"{quantity(len(found), 'sample')}, "
        f"{quantity(len(found.layers), 'layer')}: "
        f"{', '.join(found.layers)}"
    )
    if reader.left_out:
        print_line(reader.left_out)
    count = 3 if args.untrained is None else args.untrained
    controls = [
        FeatureReader(
            untrained(model, seed), found.layers, hierarchy=hierarchy, **pool
        ).read(data, **how)
        for seed in range(count)
    ]
    return found, controls, hierarchy
