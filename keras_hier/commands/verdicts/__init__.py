"""`keras-hier verdicts`: lists verdicts on labels, and applies them."""

from keras_hier.commands.verdicts.command import add_arguments, run

__all__ = ["add_arguments", "run"]
