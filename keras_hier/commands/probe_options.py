"""Checks the options of `keras-hier probe` before anything is computed."""

import argparse
import os

from keras_hier.commands.arguments import check_step
from keras_hier.commands.inputs.feature_files import is_folder

# Options for features that are made, and for those that are given.
_MADE = (
    *("data", "label_offset", "layers", "pool", "per_class", "untrained"),
    "keep",
)
# A folder of features holds these itself.
_OF_FILES = ("labels", "scores", "labels_are", "predictions_are")
_GIVEN = ("control", *_OF_FILES)


def check_options(args: argparse.Namespace) -> None:
    """Raises an error about options that do not go together."""
    wrong = _MADE if args.features else _GIVEN
    for name in wrong:
        if getattr(args, name) is not None:
            raise ValueError(
                f"--{name.replace('_', '-')} does not go with "
                + ("--features." if args.features else "a model.")
            )
    if args.features and is_folder(args.features):
        _check_folder(args)
        for files in args.control or ():
            if not is_folder(files):
                raise ValueError(
                    f"--control must be a folder, as --features is one, got "
                    f"{files[0]!r}: Features.save writes one."
                )
    if not args.features and args.data is None:
        raise ValueError("A model wants --data: images and their classes.")
    if not args.logdir and not args.hierarchy:
        raise ValueError("Give --hierarchy, or the --logdir of a run.")
    check_step(args.step)
    # Otherwise these would only be found once all features are made.
    for name, least in (("folds", 2), ("seed", 0), ("untrained", 0)):
        given = getattr(args, name)
        if given is not None and given < least:
            raise ValueError(f"--{name} must be {least} or more, got {given}.")
    if args.data is not None:
        _check_data(args.data)


def _check_data(source: str) -> None:
    """Raises an error if images are looked for where there is nothing."""
    is_pattern = "://" in source or any(mark in source for mark in "*?[")
    if not is_pattern and not os.path.exists(source):
        raise ValueError(
            f"There is no folder or file {source!r}: --data is a folder of "
            "class folders, or a pattern of TFRecords such as "
            "'records/validation-*'."
        )


def _check_folder(args: argparse.Namespace) -> None:
    """Raises an error where a folder of features is given its labels again."""
    for name in _OF_FILES:
        if getattr(args, name) is not None:
            raise ValueError(
                f"--{name.replace('_', '-')} does not go with the folder "
                f"{args.features[0]!r}: its features have labels and scores "
                "of their own."
            )
