"""`keras-hier answer`: fits answers to a promise, and answers samples."""

from keras_hier.commands.answer.command import add_arguments, run

__all__ = ["add_arguments", "run"]
