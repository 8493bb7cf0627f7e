"""`keras-hier compare A B`: what changed between two logged runs, by group."""

from keras_hier.commands.compare.command import add_arguments, run

__all__ = ["add_arguments", "run"]
