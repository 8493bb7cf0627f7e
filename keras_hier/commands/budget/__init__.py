"""`keras-hier budget`: what more labels would buy."""

from keras_hier.commands.budget.command import add_arguments, run

__all__ = ["add_arguments", "run"]
